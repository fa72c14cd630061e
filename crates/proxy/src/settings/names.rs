//! The names that settings have, so that a name close to one of them can be told from one of somebody else's.

/// Every name that some part of the proxy reads, in this mode or another.
pub(super) const KNOWN: &[&str] = &[
    // API mode
    "SOURCE",
    "TARGET_HOST",
    "SOURCE_AUTH_STRATEGY_IDENTIFIER",
    "RULES",
    "CUSTOM_RULES_SHA",
    "PSEUDONYMIZE_APP_IDS",
    "PSOXY_SALT",
    "PSOXY_ENCRYPTION_KEY",
    "SALT_IP",
    "ENCRYPTION_KEY_IP",
    "SALT_EMAIL_DOMAINS",
    "ENCRYPTION_KEY_EMAIL_DOMAINS",
    "PSEUDONYM_IMPLEMENTATION",
    "EMAIL_CANONICALIZATION",
    "EMAIL_DOMAIN_HANDLING",
    "IS_DEVELOPMENT_MODE",
    "USER_AGENT",
    "FOLLOW_REDIRECTS",
    "TLS_VERSION",
    "REQUEST_TIMEOUT_SECONDS",
    "REQUEST_PATH_PREFIX_TO_TRIM",
    "ALLOWED_DATA_ACCESS_IP_BLOCKS",
    "BUNDLE_FILENAME",
    "PATH_TO_INSTANCE_CONFIG",
    "PATH_TO_SHARED_CONFIG",
    "SECRETS_STORE",
    "REMOTE_RESOURCE_BUCKET",
    "INSTANCE_RESOURCE_PATH",
    "SHARED_RESOURCE_PATH",
    "NEW_RELIC_ACCOUNT_ID",
    "NEW_RELIC_LAMBDA_HANDLER",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_REGION",
    "K_SERVICE",
    // Credentials
    "REFRESH_ENDPOINT",
    "GRANT_TYPE",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "REFRESH_TOKEN",
    "PRIVATE_KEY",
    "PRIVATE_KEY_ID",
    "ACCOUNT_ID",
    "ACCESS_TOKEN",
    "USE_SHARED_TOKEN",
    "ACCESS_TOKEN_CACHEABLE",
    "TOKEN_RESPONSE_TYPE",
    "CREDENTIALS_FLOW",
    "TOKEN_SCOPE",
    "BASIC_AUTH_USER_ID",
    "BASIC_AUTH_PASSWORD",
    "ADMIN_API_KEY",
    "SERVICE_KEY",
    "SERVICE_ACCOUNT_KEY",
    "OAUTH_SCOPES",
    "IDENTITY_POOL_ID",
    "IDENTITY_ID",
    "DEVELOPER_NAME_ID",
    "AUDIENCE",
    // Answers later, or to a bucket
    "ASYNC_OUTPUT_DESTINATION",
    "ASYNC_API_REQUEST_QUEUE_URL",
    "ASYNC_PUB_SUB_QUEUE",
    "SERVICE_URL",
    "SIDE_OUTPUT_ORIGINAL",
    "SIDE_OUTPUT_SANITIZED",
    // Files
    "INPUT_BUCKET",
    "OUTPUT_BUCKET",
    "ADDITIONAL_TRANSFORMS",
    "INPUT_BASE_PATH",
    "OUTPUT_BASE_PATH",
    "BUFFER_SIZE",
    "COMPRESS_OUTPUT_ALWAYS",
    "BULK_OUTPUT_FORMAT",
    "VIZARD_BULK_BAD_ROWS",
    "VIZARD_BULK_KEEP_ORDER",
    "VIZARD_BULK_QUARANTINE_BUCKET",
    // Webhooks
    "ACCEPTED_AUTH_KEYS",
    "ALLOW_ORIGINS",
    "AUTH_ISSUER",
    "REQUIRE_AUTHORIZATION_HEADER",
    "WEBHOOK_OUTPUT",
    "WEBHOOK_BATCH_OUTPUT",
    "ALLOWED_WEBHOOK_IP_BLOCKS",
    "BATCH_MERGE_SUBSCRIPTION",
    "BATCH_SIZE",
    "BATCH_INVOCATION_TIMEOUT_SECONDS",
    // The host's
    "PORT",
    "VIZARD_BIND",
    "VIZARD_CALLER_AUTH",
    "VIZARD_CONCURRENCY",
    "VIZARD_LOG",
    "VIZARD_OIDC_AUDIENCES",
    "VIZARD_OIDC_CALLERS",
    "VIZARD_OIDC_ISSUER",
    "VIZARD_PUSH_CALLER",
    "VIZARD_PUSH_ISSUER",
    "VIZARD_TRUSTED_HOPS",
    // Our own
    "VIZARD_ALLOW_LOOPBACK_HTTP",
    "VIZARD_CONNECTORS",
    "VIZARD_KMS_KEY_ID",
    "VIZARD_RULES_SHA256",
    "VIZARD_SECRETS_DIR",
    "VIZARD_STATE_PATH",
    "VIZARD_SECRET_NAMES",
    "GOOGLE_CLOUD_PROJECT",
    "VIZARD_GOOGLE_ENDPOINT",
    "GCE_METADATA_HOST",
];

/// Settings that the store may hold where the environment does not.
pub(super) const IN_THE_STORE: &[&str] = &[
    "SOURCE",
    "RULES",
    "REFRESH_ENDPOINT",
    "TOKEN_SCOPE",
    "PSEUDONYMIZE_APP_IDS",
    "PSEUDONYM_IMPLEMENTATION",
    "EMAIL_CANONICALIZATION",
    "EMAIL_DOMAIN_HANDLING",
    "USER_AGENT",
    "FOLLOW_REDIRECTS",
    "SIDE_OUTPUT_ORIGINAL",
    "SIDE_OUTPUT_SANITIZED",
];

/// Secrets that are read at the start or for the first request.
pub(super) const SECRETS: &[&str] = &[
    "PSOXY_SALT",
    "PSOXY_ENCRYPTION_KEY",
    "SALT_IP",
    "ENCRYPTION_KEY_IP",
    "SALT_EMAIL_DOMAINS",
    "ENCRYPTION_KEY_EMAIL_DOMAINS",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "ACCOUNT_ID",
    "ACCESS_TOKEN",
    "REFRESH_TOKEN",
    "PRIVATE_KEY",
    "PRIVATE_KEY_ID",
    "BASIC_AUTH_USER_ID",
    "BASIC_AUTH_PASSWORD",
    "ADMIN_API_KEY",
];

/// Those of them that make pseudonyms.
#[cfg(feature = "bulk")]
pub(super) const SECRETS_OF_PSEUDONYMS: &[&str] = SECRETS.split_at(6).0;

/// The known word that is the fewest slips away, if they are few for its length.
pub(super) fn nearest(word: &str, known: &[&'static str]) -> Option<&'static str> {
    let word = word.to_ascii_uppercase();
    let scored = known.iter().map(|it| (slips(&word, &it.to_ascii_uppercase()), *it));
    let (slips, nearest) = scored.min()?;
    (slips <= allowed(nearest)).then_some(nearest)
}

/// Of these names the one that `word` may have been meant to be; a name that is known means itself.
pub(super) fn slip_of<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let unknown = names.into_iter().filter(|it| !KNOWN.contains(it));
    let scored = unknown.map(|it| (slips(word, &it.to_ascii_uppercase()), it));
    let (slips, nearest) = scored.min()?;
    (slips <= allowed(word)).then_some(nearest)
}

/// One slip in five letters.
fn allowed(word: &str) -> usize {
    (word.len() / 5).clamp(1, 3)
}

/// How many letters must be added, left out, changed, or swapped with the next.
fn slips(a: &str, b: &str) -> usize {
    if a.len().abs_diff(b.len()) > 3 { usize::MAX } else { strsim::osa_distance(a, b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let cases = [
            ("TARGTE_HOST", Some("TARGET_HOST")),
            ("TARGET_HOSTS", Some("TARGET_HOST")),
            ("target_host", Some("TARGET_HOST")),
            ("TARGETHOST", Some("TARGET_HOST")),
            ("RULE", Some("RULES")),
            ("PATH", None),
            ("HOME", None),
            ("LANG", None),
        ];
        for (word, expected) in cases {
            assert_eq!(nearest(word, KNOWN), expected, "{word}");
        }
        assert_eq!(slip_of("TARGET_HOST", ["PATH", "TARGET_HOSTT", "SOURCE"]), Some("TARGET_HOSTT"));
        assert_eq!(slip_of("SALT_IP", ["SALTS_IP"]), Some("SALTS_IP"));
        assert_eq!(slip_of("TARGET_HOST", ["PATH", "SOURCE"]), None);
    }
}
