//! The metadata server, which tells a program on Google's machines who it is and gives it tokens.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use serde_json::json;

use super::status::{Code, Refusal};
use super::{Whole, answered, uri};

/// Tokens, and for how long they are good.
#[derive(Debug)]
pub(super) struct Metadata {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Whom each token stands for, and until when.
    given: BTreeMap<String, (String, Instant)>,
    lifetime: Duration,
    account: String,
}

impl Metadata {
    pub(super) fn of(account: &str) -> Metadata {
        let lifetime = Duration::from_secs(3_599);
        Metadata {
            state: Mutex::new(State { given: BTreeMap::new(), lifetime, account: account.to_owned() }),
        }
    }

    /// From now on tokens are good for so long.
    pub(super) fn set_lifetime(&self, lifetime: Duration) {
        self.state.lock().unwrap().lifetime = lifetime;
    }

    /// No token given so far is good any more.
    pub(super) fn revoke(&self) {
        self.state.lock().unwrap().given.clear();
    }

    /// A token for an account, as if its machine had asked.
    pub(super) fn token_for(&self, account: &str) -> String {
        let mut state = self.state.lock().unwrap();
        let token = format!("ya29.token-of-the-metadata-server-{:04}", state.given.len() + 1);
        let until = Instant::now() + state.lifetime;
        state.given.insert(token.clone(), (account.to_owned(), until));
        token
    }

    /// Who calls.
    pub(super) fn caller(&self, request: &Request<Bytes>) -> Result<String, Refusal> {
        let header =
            request.headers().get("authorization").and_then(|it| it.to_str().ok()).unwrap_or_default();
        let state = self.state.lock().unwrap();
        let known = header.strip_prefix("Bearer ").and_then(|token| state.given.get(token));
        match known {
            Some((account, until)) if Instant::now() < *until => Ok(account.clone()),
            _ => Err(Refusal::new(
                Code::Unauthenticated,
                "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or \
                 other valid authentication credential.",
            )),
        }
    }

    pub(super) fn kind(path: &str) -> Option<&'static str> {
        let (_, name) = path.strip_prefix("/computeMetadata/v1/")?.rsplit_once('/')?;
        Some(match name {
            "token" => "Metadata.Token",
            "identity" => "Metadata.Identity",
            "email" => "Metadata.Email",
            "project-id" => "Metadata.ProjectId",
            "numeric-project-id" => "Metadata.NumericProjectId",
            "universe-domain" => "Metadata.UniverseDomain",
            "region" => "Metadata.Region",
            _ => "Metadata.Absent",
        })
    }

    /// Answers; `identity` makes an identity token of an account for an audience.
    pub(super) fn answer(
        &self,
        request: &Request<Bytes>,
        identity: impl FnOnce(&str, &str) -> String,
    ) -> Response<Whole> {
        let mut answer = self.answer_plainly(request, identity);
        answer.headers_mut().insert("metadata-flavor", "Google".parse().unwrap());
        answer.headers_mut().insert("server", "Metadata Server for VM".parse().unwrap());
        answer
    }

    fn answer_plainly(
        &self,
        request: &Request<Bytes>,
        identity: impl FnOnce(&str, &str) -> String,
    ) -> Response<Whole> {
        let text = |body: &str| answered(200, "application/text", body.to_owned());
        let refused = |status| answered(status, "text/html; charset=UTF-8", "<html>refused</html>");
        // A page in a browser cannot set the one, and a proxy in between sets the other.
        let flavoured = request.headers().get("metadata-flavor").is_some_and(|it| it == "Google");
        if !flavoured || request.headers().contains_key("x-forwarded-for") {
            return refused(403);
        }
        let account = self.state.lock().unwrap().account.clone();
        let path = request.uri().path();
        let place = path.strip_prefix("/computeMetadata/v1/").unwrap_or_default();
        let query = uri::pairs(request.uri().query().unwrap_or_default());
        match place.replace(&account, "default").as_str() {
            "project/project-id" => text(super::PROJECT),
            "project/numeric-project-id" => text(super::PROJECT_NUMBER),
            "instance/region" => text(&format!("projects/{}/regions/europe-west3", super::PROJECT_NUMBER)),
            "universe/universe-domain" => text("googleapis.com"),
            "instance/service-accounts/default/email" => text(&account),
            "instance/service-accounts/default/token" => {
                let token = self.token_for(&account);
                let lifetime = self.state.lock().unwrap().lifetime.as_secs();
                let body = json!({"access_token": token, "expires_in": lifetime, "token_type": "Bearer"});
                answered(200, "application/json", body.to_string())
            }
            "instance/service-accounts/default/identity" => match query.get("audience") {
                Some(audience) => text(&identity(&account, audience)),
                None => answered(400, "text/html; charset=UTF-8", "non-empty audience parameter required"),
            },
            _ => refused(404),
        }
    }
}
