//! Access tokens: the server-to-server grant, revocation, and who may do what.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::config::{Config, TokenPolicy};
use crate::dice::{BASE64_URL, Dice, HEX};
use crate::problem::Problem;
use crate::query::Query;

/// All tokens of the account.
pub(crate) struct Tokens {
    client_id: String,
    client_secret: String,
    account_id: String,
    /// The user id of the app's owner, which tokens carry.
    owner_id: String,
    policy: TokenPolicy,
    life: Duration,
    scopes: Vec<String>,
    dice: Dice,
    issued: Mutex<Issued>,
}

#[derive(Default)]
struct Issued {
    count: u64,
    /// Each live token with the millisecond of its end.
    tokens: HashMap<String, i64>,
}

/// An answer of the token endpoint.
pub(crate) type Answer = (u16, Value);

impl Tokens {
    pub(crate) fn new(config: &Config, owner_id: String) -> Self {
        Tokens {
            client_id: config.client_id.clone(),
            client_secret: config.client_secret.clone(),
            account_id: config.account_id.clone(),
            owner_id,
            policy: config.token_policy,
            life: config.token_ttl,
            scopes: config.scopes.clone(),
            dice: Dice::new(config.seed ^ 0x746f_6b65),
            issued: Mutex::default(),
        }
    }

    /// Answers `POST /oauth/token`. The form may be in the query or in the body.
    pub(crate) fn grant(
        &self,
        form: &Query,
        authorization: Option<&str>,
        life: Option<Duration>,
        api_url: &str,
        now_millis: i64,
    ) -> Answer {
        match form.get("grant_type") {
            None | Some("") => return refusal("invalid_request"),
            Some("account_credentials") => {}
            Some(_) => return refusal("unsupported_grant_type"),
        }
        if !self.is_client(form, authorization) {
            return refusal("invalid_client");
        }
        if form.get("account_id") != Some(&self.account_id) {
            return refusal("invalid_request");
        }
        let life = life.unwrap_or(self.life);
        let token = self.issue(life, now_millis);
        let body = json!({
            "access_token": token,
            "token_type": "bearer",
            "expires_in": life.as_secs().saturating_sub(u64::from(life.as_secs() == 3600)),
            "scope": self.scopes.join(" "),
            "api_url": api_url,
        });
        (200, body)
    }

    /// Answers `POST /oauth/revoke`.
    pub(crate) fn revoke(&self, form: &Query, authorization: Option<&str>) -> Answer {
        if !self.is_client(form, authorization) {
            return refusal("invalid_client");
        }
        match form.get("token").and_then(|token| self.lock().tokens.remove(token)) {
            Some(_) => (200, json!({ "status": "success" })),
            None => (400, json!({ "reason": "Invalid Token!", "error": "invalid_grant" })),
        }
    }

    pub(crate) fn revoke_all(&self) {
        self.lock().tokens.clear();
    }

    /// Every token that is alive or has expired without being revoked.
    pub(crate) fn known(&self) -> Vec<String> {
        self.lock().tokens.keys().cloned().collect()
    }

    /// Accepts the `Authorization` header of a REST request.
    pub(crate) fn check(&self, authorization: Option<&str>, now_millis: i64) -> Result<(), Problem> {
        let token = authorization.and_then(|text| scheme(text, "bearer")).ok_or(Problem::TokenInvalid)?;
        match self.lock().tokens.get(token) {
            None => Err(Problem::TokenInvalid),
            Some(end) if *end <= now_millis => Err(Problem::TokenExpired),
            Some(_) => Ok(()),
        }
    }

    /// Either spelling of a scope will do.
    pub(crate) fn check_scope(
        &self,
        (granular, classic): (&'static str, &'static str),
    ) -> Result<(), Problem> {
        let has = |wanted: &str| self.scopes.iter().any(|scope| scope == wanted);
        if has(granular) || has(classic) { Ok(()) } else { Err(Problem::MissingScope(granular)) }
    }

    fn is_client(&self, form: &Query, authorization: Option<&str>) -> bool {
        let (id, secret) = match authorization.and_then(|text| scheme(text, "basic")) {
            Some(basic) => {
                let text = STANDARD.decode(basic).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                let Some(text) = text else { return false };
                let Some((id, secret)) = text.split_once(':') else { return false };
                (id.to_owned(), secret.to_owned())
            }
            None => {
                let field = |name| form.get(name).unwrap_or_default().to_owned();
                (field("client_id"), field("client_secret"))
            }
        };
        id == self.client_id && secret == self.client_secret
    }

    fn issue(&self, life: Duration, now_millis: i64) -> String {
        let mut issued = self.lock();
        if self.policy == TokenPolicy::SingleActive {
            issued.tokens.clear();
        }
        issued.count += 1;
        let end = now_millis + life.as_millis() as i64;
        let token = self.token_text(issued.count, now_millis / 1000, end / 1000);
        issued.tokens.insert(token.clone(), end);
        token
    }

    /// It looks like a JWT because Zoom's do, and carries the same identifiers; nobody should read it.
    fn token_text(&self, serial: u64, issued: i64, expires: i64) -> String {
        let text = |field: &str, length, alphabet| self.dice.text(field, serial, 0, length, alphabet);
        let header = json!({ "sv": "000002", "alg": "HS512", "v": "2.0", "kid": text("kid", 32, HEX) });
        let claims = json!({
            "aud": "https://oauth.zoom.us",
            "uid": self.owner_id,
            "ver": 10,
            "auid": text("auid", 32, HEX),
            "nbf": issued,
            "code": text("code", 38, BASE64_URL),
            "iss": format!("zm:cid:{}", self.client_id),
            "gno": 0,
            "exp": expires,
            "type": 3,
            "iat": issued,
            "aid": self.account_id,
            "jti": text("jti", 32, HEX),
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.{}", part(&header), part(&claims), text("signature", 86, BASE64_URL))
    }

    fn lock(&self) -> MutexGuard<'_, Issued> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bodies of the token endpoint's refusals, by error code.
pub(crate) fn refusal(error: &str) -> Answer {
    let reason = match error {
        "invalid_client" => "Invalid client_id or client_secret",
        "unsupported_grant_type" => "unsupported grant type",
        "invalid_grant" => "Invalid Token!",
        _ => "Bad Request",
    };
    (400, json!({ "reason": reason, "error": error }))
}

/// The credentials after a scheme's name, which has any case.
fn scheme<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let (scheme, rest) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case(name).then_some(rest.trim())
}
