//! How to authenticate to the source: the strategy with all that belongs to it, or every reason why not.

use std::time::Duration;

use http::{HeaderName, Uri};

use super::base_url;
use super::names;
use super::reader::Reader;
use crate::connector::Connector;
use crate::credentials::{Exchange, Grant, ServiceAccount, Strategy};

/// What was read about authentication.
#[derive(Default)]
pub(super) struct Authentication {
    pub(super) strategy: Option<Strategy>,
    /// As configured, also when it is none that we know.
    pub(super) identifier: Option<String>,
    pub(super) grant_type: Option<String>,
    /// The names of the settings and secrets that are needed and absent.
    pub(super) missing: Vec<String>,
}

pub(super) async fn read(
    reader: &mut Reader<'_>,
    connector: Option<&Connector>,
    loopback_http: bool,
) -> Authentication {
    let defaults = connector.map(|it| &it.auth);
    let identifier = reader.env(STRATEGY).or_else(|| defaults.map(|it| it.strategy.clone()));
    let mut read = Authentication { identifier, ..Authentication::default() };
    let Some(identifier) = read.identifier.as_deref() else {
        reader.absent(STRATEGY, format!("one of {}", SUPPORTED.join(", ")));
        read.missing.push(STRATEGY.to_owned());
        return read;
    };
    read.strategy = match identifier {
        "oauth2_access_token" => Some(Strategy::AccessToken),
        "basic_auth" => Some(Strategy::Basic),
        "claude_admin_api_key" => {
            Some(Strategy::ApiKey { header: HeaderName::from_static("x-api-key"), secret: "ADMIN_API_KEY" })
        }
        "oauth2_refresh_token" => {
            let read_exchange = exchange(reader, connector, loopback_http).await;
            read.grant_type = read_exchange.grant_type;
            read.missing.extend(read_exchange.missing);
            read_exchange.exchange.map(Strategy::Exchange)
        }
        "gcp_service_account_key" => {
            let scopes = scopes(reader);
            read.missing.extend(scopes.is_none().then(|| SCOPES.to_owned()));
            scopes.map(|scopes| {
                Strategy::ServiceAccount(ServiceAccount { scopes, loopback_http, patience: PATIENCE })
            })
        }
        "windsurf_service_key" => {
            let known = SUPPORTED.join(", ");
            reader.wrong(STRATEGY, format!("a strategy that this version has ({known}); the configured one is known but not built yet"));
            None
        }
        other => {
            reader.unknown(
                STRATEGY,
                format!("one of {}", SUPPORTED.join(", ")),
                names::nearest(other, SUPPORTED),
            );
            None
        }
    };
    if let (Some(strategy), Some((namespaces, store))) = (&read.strategy, reader.store()) {
        let missing = strategy.missing(namespaces, store).await;
        for name in reader.found("the credentials", missing).unwrap_or_default() {
            reader.lacks(name, "a secret of the source in the secret store; requests fail until it is there");
            read.missing.push(name.to_owned());
        }
    }
    read
}

/// `OAUTH_SCOPES`: with white space between them.
fn scopes(reader: &mut Reader<'_>) -> Option<Vec<String>> {
    let Some(text) = reader.env(SCOPES) else {
        reader.absent(SCOPES, "the OAuth scopes of the source's API, with white space between them");
        return None;
    };
    let scopes: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    // As RFC 6749 has them.
    let is_scope =
        |it: &String| it.bytes().all(|it| it.is_ascii_graphic() && !matches!(it, b'"' | b'\\' | b','));
    if !scopes.iter().all(is_scope) {
        reader.wrong(SCOPES, "OAuth scopes with white space between them, not commas or quotes");
        return None;
    }
    Some(scopes)
}

#[derive(Default)]
struct ReadExchange {
    exchange: Option<Exchange>,
    grant_type: Option<String>,
    missing: Vec<String>,
}

async fn exchange(
    reader: &mut Reader<'_>,
    connector: Option<&Connector>,
    loopback_http: bool,
) -> ReadExchange {
    let defaults = connector.map(|it| &it.auth);
    let configured = reader.env("GRANT_TYPE");
    let shipped = defaults.and_then(|it| it.grant.clone());
    let grant_type = configured.or(shipped.clone());
    let mut read = ReadExchange { grant_type: grant_type.clone(), ..ReadExchange::default() };

    let endpoint = match reader
        .config("REFRESH_ENDPOINT")
        .await
        .or_else(|| defaults.and_then(|it| it.refresh_endpoint.clone()))
    {
        Some(text) => endpoint(reader, &text, loopback_http),
        None => {
            reader.absent("REFRESH_ENDPOINT", "the https URL of the source's token endpoint");
            read.missing.push("REFRESH_ENDPOINT".to_owned());
            None
        }
    };
    let grant = match grant_type.as_deref() {
        Some(grant_type) => grant(reader, grant_type),
        None => {
            reader.absent("GRANT_TYPE", format!("one of {}", GRANTS.join(", ")));
            read.missing.push("GRANT_TYPE".to_owned());
            None
        }
    };
    token_response_type(reader);
    let shared_by_default = match defaults {
        Some(auth) if grant_type == shipped => auth.shared_token,
        Some(_) | None => grant == Some(Grant::AccountCredentials),
    };
    let shared_token = reader.flag("USE_SHARED_TOKEN").unwrap_or(shared_by_default);
    let client_id = reader.setting_or_secret("CLIENT_ID").await;
    let account_id = reader.setting_or_secret("ACCOUNT_ID").await;
    let scope = reader.config("TOKEN_SCOPE").await;
    if let (Some(endpoint), Some(grant)) = (endpoint, grant) {
        read.exchange = Some(Exchange {
            endpoint,
            grant,
            shared_token,
            client_id,
            account_id,
            scope,
            patience: PATIENCE,
        });
    }
    read
}

fn endpoint(reader: &mut Reader<'_>, text: &str, loopback_http: bool) -> Option<Uri> {
    base_url::endpoint(text, loopback_http)
        .map_err(|expected| reader.wrong("REFRESH_ENDPOINT", expected))
        .ok()
}

fn grant(reader: &mut Reader<'_>, grant_type: &str) -> Option<Grant> {
    match grant_type {
        "account_credentials" => Some(Grant::AccountCredentials),
        "refresh_token" => Some(Grant::RefreshToken),
        "client_credentials" => match reader.env("CREDENTIALS_FLOW").as_deref() {
            Some("client_secret") => Some(Grant::ClientSecret),
            Some("jwt_assertion") | None => Some(Grant::JwtAssertion),
            Some(other) => {
                let known = &["client_secret", "jwt_assertion"];
                reader.unknown(
                    "CREDENTIALS_FLOW",
                    "client_secret or jwt_assertion",
                    names::nearest(other, known),
                );
                None
            }
        },
        "refresh_token_via_query_parameter" | "certificate_credentials" | "workload_identity_federation" => {
            let known = GRANTS.join(", ");
            reader.wrong(
                "GRANT_TYPE",
                format!(
                    "a grant that this version has ({known}); the configured one is known but not built yet"
                ),
            );
            None
        }
        other => {
            reader.unknown(
                "GRANT_TYPE",
                format!("one of {}", GRANTS.join(", ")),
                names::nearest(other, GRANTS),
            );
            None
        }
    }
}

fn token_response_type(reader: &mut Reader<'_>) {
    match reader.env("TOKEN_RESPONSE_TYPE").as_deref() {
        None | Some("DEFAULT") => {}
        Some("GITHUB_ACCESS_TOKEN") => {
            reader.wrong("TOKEN_RESPONSE_TYPE", "DEFAULT; GITHUB_ACCESS_TOKEN is known but not built yet");
        }
        Some(other) => {
            let meant = names::nearest(other, &["DEFAULT"]);
            reader.unknown("TOKEN_RESPONSE_TYPE", "DEFAULT", meant);
        }
    }
}

const STRATEGY: &str = "SOURCE_AUTH_STRATEGY_IDENTIFIER";
const SCOPES: &str = "OAUTH_SCOPES";
const SUPPORTED: &[&str] = &[
    "oauth2_refresh_token",
    "oauth2_access_token",
    "basic_auth",
    "claude_admin_api_key",
    "gcp_service_account_key",
];
const GRANTS: &[&str] = &["account_credentials", "refresh_token", "client_credentials"];

/// For one call to the token endpoint.
const PATIENCE: Duration = Duration::from_secs(20);
