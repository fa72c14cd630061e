//! The health report: what is configured, what is missing, without a secret and without asking
//! anyone. It works for a proxy that cannot work otherwise.
//!
//! Field names, their order and the line end are a promise to existing tools.

use std::collections::BTreeMap;
use std::net::IpAddr;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::allow_list::AllowList;
use crate::error::UNAUTHORIZED_ADDRESS;
use crate::respond::VERSION;

/// Who may call, and what to report to those who may.
#[derive(Debug, Clone)]
pub struct Health {
    /// The client addresses that may call; `None` for all.
    pub allow_list: Option<AllowList>,
    /// What to report.
    pub facts: Facts,
}

/// What is known of the configuration. Settings by name; no secret but the salt's fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// `BUNDLE_FILENAME`.
    pub bundle_filename: Option<String>,
    /// Who makes sure that callers are who they say, as far as the host told.
    pub caller_authentication: Option<&'static str>,
    /// `TARGET_HOST`.
    pub configured_host: Option<String>,
    /// `SOURCE`.
    pub configured_source: Option<String>,
    /// Settings that are needed and absent, by name. Secrets are asked for when the report is made.
    pub missing: Vec<String>,
    /// `PSEUDONYM_IMPLEMENTATION`.
    pub pseudonym_implementation: Option<String>,
    /// `PSEUDONYMIZE_APP_IDS`.
    pub pseudonymize_app_ids: Option<bool>,
    /// The YAML text of configured rules; absent for rules shipped with the program.
    pub rules: Option<String>,
    /// The fingerprint of the salt, if there is one.
    pub salt_fingerprint: Option<String>,
    /// `GRANT_TYPE`.
    pub grant_type: Option<String>,
    /// `SOURCE_AUTH_STRATEGY_IDENTIFIER`.
    pub auth_strategy: Option<String>,
    /// The `User-Agent` sent to the source.
    pub user_agent: String,
    /// Sentences for the operator.
    pub warnings: Vec<String>,
}

impl Health {
    /// Whether a client may call.
    pub(crate) fn admits(&self, client: Option<IpAddr>) -> bool {
        self.allow_list.as_ref().is_none_or(|list| list.admits(client))
    }

    /// The report: 200 when all is there, else 412. Who may not call learns only that.
    ///
    /// `missing` are the secrets that are absent at the moment; none if nobody could tell.
    pub(crate) fn report(
        &self,
        client: Option<IpAddr>,
        missing: Option<Vec<&'static str>>,
    ) -> Response<Bytes> {
        let caller = client.map_or("unknown".to_owned(), |address| address.to_string());
        if !self.admits(client) {
            let report = Turned {
                caller_ip: caller,
                client_ip_authorized: false,
                warning_messages: [UNAUTHORIZED_ADDRESS],
            };
            return json(StatusCode::PRECONDITION_FAILED, &report);
        }
        let mut facts = self.facts.clone();
        let told = missing.is_some();
        match missing {
            Some(missing) => facts.missing.extend(missing.into_iter().map(str::to_owned)),
            None => facts.warnings.push(STORE_SILENT.to_owned()),
        }
        let passed = told
            && facts.configured_source.is_some()
            && facts.salt_fingerprint.is_some()
            && facts.missing.is_empty();
        let status = if passed { StatusCode::OK } else { StatusCode::PRECONDITION_FAILED };
        json(status, &Report::of(&facts, caller, self.allow_list.as_ref().map(|_| true)))
    }
}

const STORE_SILENT: &str = "The secret store did not answer, so nobody knows whether secrets are missing.";

fn json(status: StatusCode, report: &impl Serialize) -> Response<Bytes> {
    let mut body = serde_json::to_vec(report).expect("plain text is JSON");
    body.extend_from_slice(b"\r\n");
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What a client learns that may not call.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Turned {
    caller_ip: String,
    client_ip_authorized: bool,
    warning_messages: [&'static str; 1],
}

/// In alphabetical order, as it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    bundle_filename: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller_authentication: Option<&'static str>,
    caller_ip: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_ip_authorized: Option<bool>,
    config_properties_last_modified: BTreeMap<String, String>,
    configured_host: Option<&'a str>,
    configured_source: Option<&'a str>,
    java_source_code_version: &'static str,
    missing_config_properties: &'a [String],
    non_default_salt: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pseudonym_implementation: Option<&'a str>,
    pseudonymize_app_ids: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<&'a str>,
    salt_sha256_hash: &'a str,
    source_auth_grant_type: Option<&'a str>,
    source_auth_strategy: Option<&'a str>,
    user_agent: &'a str,
    version: &'a str,
    warning_messages: &'a [String],
}

impl Report<'_> {
    fn of(facts: &Facts, caller_ip: String, client_ip_authorized: Option<bool>) -> Report<'_> {
        Report {
            bundle_filename: facts.bundle_filename.as_deref(),
            caller_authentication: facts.caller_authentication,
            caller_ip,
            client_ip_authorized,
            config_properties_last_modified: BTreeMap::new(), // never filled by any version
            configured_host: facts.configured_host.as_deref(),
            configured_source: facts.configured_source.as_deref(),
            java_source_code_version: VERSION,
            missing_config_properties: &facts.missing,
            non_default_salt: facts.salt_fingerprint.is_some(),
            pseudonym_implementation: facts.pseudonym_implementation.as_deref(),
            pseudonymize_app_ids: facts.pseudonymize_app_ids,
            rules: facts.rules.as_deref(),
            salt_sha256_hash: facts.salt_fingerprint.as_deref().unwrap_or(""),
            source_auth_grant_type: facts.grant_type.as_deref(),
            source_auth_strategy: facts.auth_strategy.as_deref(),
            user_agent: &facts.user_agent,
            version: facts.bundle_filename.as_deref().and_then(bundle_version).unwrap_or(VERSION),
            warning_messages: &facts.warnings,
        }
    }
}

/// The version in the name of a bundle such as `psoxy-aws-v0.6.9.jar`.
fn bundle_version(name: &str) -> Option<&str> {
    let (_, version) = name.strip_prefix("psoxy-")?.strip_suffix(".jar")?.split_once('-')?;
    Some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            configured_host: Some("api.lumen-orchard.example".to_owned()),
            configured_source: Some("zoom".to_owned()),
            salt_fingerprint: Some("pRwka918R7CEI6El1noIhIMJzqBGYUvvqXYHyMvxl2Y".to_owned()),
            grant_type: Some("account_credentials".to_owned()),
            auth_strategy: Some("oauth2_refresh_token".to_owned()),
            user_agent: "Vizard".to_owned(),
            ..Facts::default()
        }
    }

    fn report(facts: Facts, list: Option<&str>, client: Option<&str>) -> (u16, String) {
        let health = Health { allow_list: list.map(|it| AllowList::parse(it).unwrap()), facts };
        let response = health.report(client.map(|it| it.parse().unwrap()), Some(Vec::new()));
        assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
        (response.status().as_u16(), String::from_utf8(response.into_body().to_vec()).unwrap())
    }

    #[test]
    fn a_passing_report_is_written_as_promised() {
        let expected = [
            r#"{"bundleFilename":null,"callerIp":"unknown","configPropertiesLastModified":{},"#,
            r#""configuredHost":"api.lumen-orchard.example","configuredSource":"zoom","javaSourceCodeVersion":"v0.1.0","#,
            r#""missingConfigProperties":[],"nonDefaultSalt":true,"pseudonymizeAppIds":null,"#,
            r#""saltSha256Hash":"pRwka918R7CEI6El1noIhIMJzqBGYUvvqXYHyMvxl2Y","sourceAuthGrantType":"account_credentials","#,
            r#""sourceAuthStrategy":"oauth2_refresh_token","userAgent":"Vizard","version":"v0.1.0","warningMessages":[]}"#,
            "\r\n",
        ];
        assert_eq!(report(facts(), None, None), (200, expected.concat()));
    }

    #[test]
    fn a_report_with_everything_has_its_fields_in_alphabetical_order() {
        let facts = Facts {
            bundle_filename: Some("psoxy-aws-v0.6.9.jar".to_owned()),
            caller_authentication: Some("platform"),
            pseudonym_implementation: Some("v0.3".to_owned()),
            pseudonymize_app_ids: Some(false),
            rules: Some("endpoints: []".to_owned()),
            ..facts()
        };
        let (status, body) = report(facts, Some("192.0.2.0/24"), Some("192.0.2.7"));
        let document: serde_json::Value = serde_json::from_str(&body).unwrap();
        let names: Vec<_> = document.as_object().unwrap().keys().cloned().collect();
        assert_eq!((status, names.len(), names.is_sorted()), (200, 19, true), "{names:?}");
        assert_eq!(document["clientIpAuthorized"], true);
        assert_eq!(document["callerIp"], "192.0.2.7");
        assert_eq!(document["callerAuthentication"], "platform");
        assert_eq!(document["version"], "v0.6.9");
        assert_eq!(document["rules"], "endpoints: []");
    }

    #[test]
    fn fails_when_something_is_missing() {
        let cases = [
            Facts { configured_source: None, ..facts() },
            Facts { salt_fingerprint: None, ..facts() },
            Facts { missing: vec!["CLIENT_SECRET".to_owned()], ..facts() },
            Facts::default(),
        ];
        for facts in cases {
            let saltless = facts.salt_fingerprint.is_none();
            let (status, body) = report(facts, None, Some("192.0.2.7"));
            assert_eq!(status, 412);
            assert_eq!(body.contains(r#""saltSha256Hash":"""#), saltless);
        }
    }

    #[test]
    fn secrets_that_are_missing_or_cannot_be_read_fail_it() {
        let health = Health { allow_list: None, facts: facts() };
        for (missing, expected) in [
            (Some(vec!["CLIENT_SECRET"]), r#""missingConfigProperties":["CLIENT_SECRET"]"#),
            (None, r#""warningMessages":["The secret store did not answer"#),
        ] {
            let response = health.report(None, missing);
            assert_eq!(response.status(), 412);
            assert!(String::from_utf8_lossy(response.body()).contains(expected), "{expected}");
        }
    }

    #[test]
    fn a_client_that_may_not_call_learns_only_that() {
        let expected = "{\"callerIp\":\"192.0.2.7\",\"clientIpAuthorized\":false,\"warningMessages\":[\"Client IP is not authorized to access this proxy instance.\"]}\r\n";
        assert_eq!(report(facts(), Some("10.0.0.0/8"), Some("192.0.2.7")), (412, expected.to_owned()));
        assert_eq!(report(facts(), Some("0.0.0.0/0"), None).0, 412);
    }
}
