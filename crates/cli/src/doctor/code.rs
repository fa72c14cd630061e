//! Everything that a check can find, in one table: its stable code, how bad it is, what to do about it.
//! `docs/DOCTOR.md` lists the same codes.

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    NotTried,
    SettingsOk,
    SettingAbsent,
    SettingInvalid,
    SettingUnreadable,
    SettingUnknown,
    SettingForDevelopment,
    CallersUnstated,
    CallersAnybody,
    CallersHidden,
    RulesOk,
    RulesUnreadable,
    RulesInvalid,
    RulesWarning,
    RulesDiffer,
    StoreOk,
    StoreDenied,
    StoreUnavailable,
    SecretOk,
    SecretAbsent,
    SecretUnlisted,
    SecretPlaceholder,
    SecretBlank,
    SecretEmptyObject,
    SecretNotText,
    SecretWhiteSpace,
    SecretQuoted,
    SecretShape,
    SecretShort,
    SecretSame,
    SecretShadowed,
    RefreshTokenStale,
    EgressOk,
    EgressName,
    EgressRefused,
    EgressTimeout,
    EgressTls,
    EgressBroken,
    ClockOk,
    ClockOff,
    ClockWrong,
    ClockUntold,
    TokenOk,
    TokenClient,
    TokenClientKey,
    TokenAccount,
    TokenGrant,
    TokenRefreshToken,
    TokenScope,
    TokenAccountKey,
    TokenClock,
    TokenDelegation,
    TokenWorkload,
    TokenPace,
    TokenEndpoint,
    TokenRefused,
    TokenUnreachable,
    TokenAnswer,
    TokenSecret,
    TokenStore,
    TokenNotKept,
    TokenBusy,
    ScopeOk,
    ScopeMissing,
    ScopeBroad,
    ScopeExtra,
    ScopeUntold,
    StateOk,
    StateReadOnly,
    StateAbsent,
    StateUnsaved,
    StateDenied,
    StateUnavailable,
    CallOk,
    CallWarned,
    CallNoData,
    CallScope,
    CallPace,
    CallNotAdmitted,
    CallFailed,
    CallNoProbe,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    Skipped,
    Ok,
    Warning,
    Failed,
}

impl State {
    pub(crate) fn name(self) -> &'static str {
        match self {
            State::Skipped => "skipped",
            State::Ok => "ok",
            State::Warning => "warning",
            State::Failed => "failed",
        }
    }
}

impl Code {
    /// As it is written.
    pub(crate) fn name(self) -> &'static str {
        self.row().0
    }

    pub(crate) fn state(self) -> State {
        self.row().1
    }

    /// What to do; nothing where all is well.
    pub(crate) fn advice(self) -> &'static str {
        self.row().2
    }

    #[rustfmt::skip]
    fn row(self) -> (&'static str, State, &'static str) {
        use State::{Failed, Ok, Skipped, Warning};
        match self {
            Code::NotTried => ("not-tried", Skipped, ""),

            Code::SettingsOk => ("settings-ok", Ok, ""),
            Code::SettingAbsent => ("setting-absent", Failed, "set the variable in the deployment"),
            Code::SettingInvalid => ("setting-invalid", Failed, "correct the variable in the deployment"),
            Code::SettingUnreadable => ("setting-unreadable", Failed, "let the proxy read the secret store"),
            Code::SettingUnknown => ("setting-unknown", Warning, "correct the name, or take the variable out"),
            Code::SettingForDevelopment => ("setting-for-development", Warning, "take it out where real data is"),
            Code::CallersUnstated => ("callers-unstated", Warning, "set VIZARD_CALLER_AUTH: `platform` where Cloud Run's IAM or a gateway lets callers in, else `oidc`"),
            Code::CallersAnybody => ("callers-anybody", Warning, "set VIZARD_CALLER_AUTH to `oidc` or `platform`, unless nobody else can reach the port"),
            Code::CallersHidden => ("callers-hidden", Warning, "set VIZARD_TRUSTED_HOPS: 1 on Cloud Run that is called directly, 2 behind a load balancer, 0 where nothing stands in front"),

            Code::RulesOk => ("rules-ok", Ok, ""),
            Code::RulesUnreadable => ("rules-unreadable", Failed, "put the rule file there, and allow reading it: to whoever runs this, and to the proxy"),
            Code::RulesInvalid => ("rules-invalid", Failed, "correct the rules; `vizard sanitize` shows each mistake with its place"),
            Code::RulesWarning => ("rules-warning", Warning, "tell the author of the rules; `vizard sanitize` shows the places"),
            Code::RulesDiffer => ("rules-differ", Failed, "deploy the reviewed rules, or review these and set VIZARD_RULES_SHA256 anew; the proxy does not start"),

            Code::StoreOk => ("store-ok", Ok, ""),
            Code::StoreDenied => ("store-denied", Failed, "allow reading it: to whoever runs this, and to the proxy"),
            Code::StoreUnavailable => ("store-unavailable", Failed, "check account, region or project, and credentials, or the path of the store"),

            Code::SecretOk => ("secret-ok", Ok, ""),
            Code::SecretAbsent => ("secret-absent", Failed, "write it with `vizard secrets set`"),
            Code::SecretUnlisted => ("secret-unlisted", Failed, "make the secret and add it to VIZARD_SECRET_NAMES in the deployment; then `vizard secrets set`"),
            Code::SecretPlaceholder => ("secret-placeholder", Failed, "write it with `vizard secrets set`"),
            Code::SecretBlank => ("secret-blank", Failed, "write it with `vizard secrets set`"),
            Code::SecretEmptyObject => ("secret-empty-object", Failed, "write it with `vizard secrets set`"),
            Code::SecretNotText => ("secret-not-text", Failed, "write it again as text"),
            Code::SecretWhiteSpace => ("secret-white-space", Warning, "of a credential: write it again; of a salt or key: leave it, if pseudonyms were made with it"),
            Code::SecretQuoted => ("secret-quoted", Warning, "write it again without the quotation marks, if they do not belong to it"),
            Code::SecretShape => ("secret-shape", Warning, "copy it again from where the source shows it"),
            Code::SecretShort => ("secret-short", Warning, "make new ones of 32 random bytes (`vizard secrets set --generate`); keep one that pseudonyms were made with"),
            Code::SecretSame => ("secret-same", Failed, "they must differ: write the wrong one again"),
            Code::SecretShadowed => ("secret-shadowed", Warning, "delete the one that is not used"),
            Code::RefreshTokenStale => ("refresh-token-stale", Warning, "delete the one in the configuration path; the proxy writes the other"),

            Code::EgressOk => ("egress-ok", Ok, ""),
            Code::EgressName => ("egress-name", Failed, "check the host's spelling and the DNS of the network"),
            Code::EgressRefused => ("egress-refused", Failed, "check host and port, and what refuses connections on the way"),
            Code::EgressTimeout => ("egress-timeout", Failed, "let the network reach the host: security group, route, NAT, firewall"),
            Code::EgressTls => ("egress-tls", Failed, "look for a gateway that breaks TLS open; for old servers see TLS_VERSION"),
            Code::EgressBroken => ("egress-broken", Failed, "see whether the host is what it should be; try again"),

            Code::ClockOk => ("clock-ok", Ok, ""),
            Code::ClockOff => ("clock-off", Warning, "set the clock of this machine; tokens seem older or younger than they are"),
            Code::ClockWrong => ("clock-wrong", Failed, "set the clock of this machine: signatures and tokens fail"),
            Code::ClockUntold => ("clock-untold", Skipped, ""),

            Code::TokenOk => ("token-ok", Ok, ""),
            Code::TokenClient => ("token-client", Failed, "copy CLIENT_ID and CLIENT_SECRET again from the app's credentials page; `vizard secrets set`"),
            Code::TokenClientKey => ("token-client-key", Failed, "see that CLIENT_ID, PRIVATE_KEY_ID and PRIVATE_KEY belong to one app"),
            Code::TokenAccount => ("token-account", Failed, "copy ACCOUNT_ID again from the app's credentials page; it is not the account number"),
            Code::TokenGrant => ("token-grant", Failed, "make the app of the type that GRANT_TYPE needs; for account_credentials, Server-to-Server OAuth"),
            Code::TokenRefreshToken => ("token-refresh-token", Failed, "authorize the app again and store the new REFRESH_TOKEN"),
            Code::TokenScope => ("token-scope", Failed, "grant the app what TOKEN_SCOPE or OAUTH_SCOPES asks for, or ask for less"),
            Code::TokenAccountKey => ("token-account-key", Failed, "create a new key of the service account and store it as SERVICE_ACCOUNT_KEY; `vizard secrets set`"),
            Code::TokenClock => ("token-clock", Failed, "set the clock of this machine: what it signs is not valid"),
            Code::TokenDelegation => ("token-delegation", Failed, "let the domain's administrator delegate exactly OAUTH_SCOPES to the client id of the service account"),
            Code::TokenWorkload => ("token-workload", Failed, "store a SERVICE_ACCOUNT_KEY, or run where the platform vouches for the account"),
            Code::TokenPace => ("token-pace", Failed, "wait some minutes, then check again"),
            Code::TokenEndpoint => ("token-endpoint", Failed, "wait: the source has a problem of its own"),
            Code::TokenRefused => ("token-refused", Failed, "check REFRESH_ENDPOINT and GRANT_TYPE, and that the app is active"),
            Code::TokenUnreachable => ("token-unreachable", Failed, "see the checks of egress"),
            Code::TokenAnswer => ("token-answer", Failed, "see that REFRESH_ENDPOINT is the token endpoint"),
            Code::TokenSecret => ("token-secret", Failed, "write it with `vizard secrets set`"),
            Code::TokenStore => ("token-store", Failed, "see the checks of the store"),
            Code::TokenNotKept => ("token-not-kept", Failed, "authorize the app again: the source replaced the refresh token, and it could not be stored"),
            Code::TokenBusy => ("token-busy", Failed, "check again: a proxy was fetching a token"),

            Code::ScopeOk => ("scope-ok", Ok, ""),
            Code::ScopeMissing => ("scope-missing", Failed, "add the scope to the app, or take its endpoints out of the rules"),
            Code::ScopeBroad => ("scope-broad", Warning, "replace it by the scopes of the endpoints that are used"),
            Code::ScopeExtra => ("scope-extra", Warning, "take it off the app: no endpoint of the rules needs it"),
            Code::ScopeUntold => ("scope-untold", Skipped, ""),

            Code::StateOk => ("state-ok", Ok, ""),
            Code::StateReadOnly => ("state-read-only", Warning, "let the store be written to, so that processes share one access token"),
            Code::StateAbsent => ("state-absent", Failed, "make the secret, list it in VIZARD_SECRET_NAMES, and let the proxy write it; values are the proxy's to write"),
            Code::StateUnsaved => ("state-unsaved", Failed, "let the store be written to: the source replaces refresh tokens"),
            Code::StateDenied => ("state-denied", Failed, "allow writing and deleting below the state path: to whoever runs this, and to the proxy"),
            Code::StateUnavailable => ("state-unavailable", Failed, "see the checks of the store"),

            Code::CallOk => ("call-ok", Ok, ""),
            Code::CallWarned => ("call-warned", Warning, "look the warning up in docs/ERRORS.md; usually the source has changed"),
            Code::CallNoData => ("call-no-data", Warning, "nothing, if there is no such data; else try again later"),
            Code::CallScope => ("call-scope", Failed, "add the scope to the app, or take the endpoint out of the rules"),
            Code::CallPace => ("call-pace", Warning, "check again when the rate limit has recovered; callers share it"),
            Code::CallNotAdmitted => ("call-not-admitted", Warning, "nothing, if the rules are meant to be narrower than the shipped ones"),
            Code::CallFailed => ("call-failed", Failed, "look the code up in docs/ERRORS.md"),
            Code::CallNoProbe => ("call-no-probe", Skipped, ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    /// Rows of code, `=> ("name", State, "advice")`, and rows of Markdown, in which several codes may share one.
    #[test]
    fn the_documentation_lists_every_code_with_its_state() {
        let source = include_str!("code.rs").split("#[cfg(test)]").next().unwrap();
        let rows = source.lines().filter_map(|line| line.split_once("=> (\"")?.1.split_once("\", "));
        let expected: BTreeMap<&str, String> =
            rows.map(|(code, rest)| (code, rest.split(',').next().unwrap().to_lowercase())).collect();
        assert!(expected.len() > 60, "the search for codes finds too little: {expected:?}");

        let text = include_str!("../../../../docs/DOCTOR.md").split("\n## Codes\n").nth(1).unwrap();
        let mut documented = BTreeMap::new();
        for line in text.lines().filter(|line| line.starts_with("| `")) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            for code in cells[1].split(", ").map(|it| it.trim_matches('`')) {
                assert!(documented.insert(code, cells[2].to_owned()).is_none(), "{code} stands twice");
            }
        }
        assert_eq!(documented, expected);
    }
}
