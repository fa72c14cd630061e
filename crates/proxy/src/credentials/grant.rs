//! The request to the token endpoint, exactly as each grant has it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Uri};
use url::form_urlencoded::Serializer;
use vizard_pseudonym::Secret;
use zeroize::Zeroizing;

use super::assertion;
use super::error::CredentialError;
use super::strategy::{Exchange, Grant};
use crate::ports::Clock;
use crate::secrets::Secrets;

/// A request, and the refresh token that is in it.
pub(super) struct Asked {
    pub(super) request: Request<Bytes>,
    pub(super) refresh_token: Option<Secret>,
}

/// Reads the secrets of the grant, now, and writes the request.
pub(super) async fn ask(
    exchange: &Exchange,
    secrets: &Secrets,
    clock: &dyn Clock,
) -> Result<Asked, CredentialError> {
    let client_id = match &exchange.client_id {
        Some(client_id) => trimmed("CLIENT_ID", client_id)?,
        None => read(secrets, "CLIENT_ID").await?,
    };
    let scope = exchange.scope.as_deref();
    Ok(match exchange.grant {
        Grant::AccountCredentials => {
            let account_id = match &exchange.account_id {
                Some(account_id) => trimmed("ACCOUNT_ID", account_id)?,
                None => read(secrets, "ACCOUNT_ID").await?,
            };
            let client_secret = read(secrets, "CLIENT_SECRET").await?;
            let form = [("grant_type", "account_credentials"), ("account_id", &account_id)];
            let mut request = post(&exchange.endpoint, &form);
            request.headers_mut().insert(AUTHORIZATION, basic(&client_id, &client_secret));
            Asked { request, refresh_token: None }
        }
        Grant::RefreshToken => {
            let client_secret = read(secrets, "CLIENT_SECRET").await?;
            let refresh_token = read(secrets, "REFRESH_TOKEN").await?;
            let form = [
                ("grant_type", "refresh_token"),
                ("refresh_token", &*refresh_token),
                ("client_id", &client_id),
                ("client_secret", &client_secret),
            ];
            let request = post(&exchange.endpoint, &form);
            Asked { request, refresh_token: Some(Secret::new(refresh_token.as_str())) }
        }
        Grant::ClientSecret => {
            let client_secret = read(secrets, "CLIENT_SECRET").await?;
            let mut form = vec![
                ("client_id", client_id.as_str()),
                ("client_secret", &client_secret),
                ("grant_type", "client_credentials"),
            ];
            form.extend(scope.map(|scope| ("scope", scope)));
            Asked { request: post(&exchange.endpoint, &form), refresh_token: None }
        }
        Grant::JwtAssertion => {
            let key_id = read(secrets, "PRIVATE_KEY_ID").await?;
            let key = read(secrets, "PRIVATE_KEY").await?;
            let audience = exchange.endpoint.to_string();
            let assertion = assertion::sign(&key, &key_id, &client_id, &audience, clock)?;
            let mut form = vec![
                ("client_assertion", assertion.as_str()),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_id", &client_id),
                ("grant_type", "client_credentials"),
            ];
            form.extend(scope.map(|scope| ("scope", scope)));
            Asked { request: post(&exchange.endpoint, &form), refresh_token: None }
        }
    })
}

/// `Basic` with the user and the password.
pub(super) fn basic(user: &str, password: &str) -> HeaderValue {
    let pair = Zeroizing::new(format!("{user}:{password}"));
    let text = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
    let mut value = HeaderValue::from_str(&text).expect("base64 is a header value");
    value.set_sensitive(true);
    value
}

/// A secret as text without the white space that copying leaves around it.
pub(super) async fn read(
    secrets: &Secrets,
    name: &'static str,
) -> Result<Zeroizing<String>, CredentialError> {
    let value = secrets.read(name).await?.ok_or(CredentialError::Missing(name))?;
    trimmed(name, &value)
}

fn trimmed(name: &'static str, value: &Secret) -> Result<Zeroizing<String>, CredentialError> {
    let text = value.expose_str().ok_or(CredentialError::Invalid { name, expected: "UTF-8 text" })?;
    Ok(Zeroizing::new(text.trim().to_owned()))
}

/// A form for a token endpoint.
pub(super) fn post(endpoint: &Uri, form: &[(&str, &str)]) -> Request<Bytes> {
    let mut body = Serializer::new(String::new());
    body.extend_pairs(form);
    let mut request = Request::new(Bytes::from(body.finish()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = endpoint.clone();
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    request
}
