//! Why a call is refused: a stable code, who is to blame, and a sentence for the analytics engineer.
//!
//! A sentence may name what the rules list and count what the caller sent; it never repeats anything sent.

use std::fmt;

/// How the refusal is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// 403: no endpoint of the rules admits the call.
    BlockedByRules,
    /// 400: the call cannot be read.
    InvalidRequest,
    /// 409: a reversible token is damaged or of another key.
    TokenInvalid,
    /// 400, without an error header: GET and HEAD carry no body.
    BodyNotAllowed,
    /// 500: a token came and the encryption key is not configured.
    FailedToBuildUrl,
}

/// The check that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    PathTooLong,
    PathMalformed,
    PathAmbiguous,
    PathNotListed,
    MethodNotListed,
    PathParameterInvalid,
    QueryTooLong,
    QueryMalformed,
    QueryParameterNotListed,
    QueryParameterRequired,
    QueryParameterInvalid,
    BodyNotAllowed,
    BodyRequired,
    BodyTypeNotListed,
    BodyCharset,
    BodyNotJson,
    BodyNotForm,
    BodyInvalid,
    TokenInvalid,
    TokenKeyMissing,
    TokenChangesPath,
    TokenChangesEndpoint,
    HeaderInvalid,
}

/// A call that is not let out.
///
/// `Display` is a sentence fragment for the caller, [`Refusal::code`] is stable. Neither holds a value of
/// the call or an identifier that a token stood for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    check: Check,
    /// Replaces the usual subject of the sentence, such as "query parameter 2".
    subject: Option<String>,
    /// What may have been meant; made of the rules' words only.
    hint: Option<String>,
}

impl Refusal {
    pub(super) fn of(check: Check) -> Refusal {
        Refusal { check, subject: None, hint: None }
    }

    pub(super) fn about(check: Check, subject: impl Into<String>) -> Refusal {
        Refusal { check, subject: Some(subject.into()), hint: None }
    }

    pub(super) fn hint(mut self, hint: Option<String>) -> Refusal {
        self.hint = hint;
        self
    }

    /// Stable, kebab-case; listed in `docs/RULES.md`.
    pub fn code(&self) -> &'static str {
        self.check.row().0
    }

    /// How it is answered.
    pub fn cause(&self) -> Cause {
        self.check.row().1
    }

    /// How far the call came with one endpoint: the endpoint it came furthest with explains it best.
    pub(super) fn depth(&self) -> u8 {
        match self.check {
            Check::MethodNotListed => 1,
            Check::PathParameterInvalid => 2,
            Check::QueryParameterNotListed | Check::QueryParameterRequired | Check::QueryParameterInvalid => {
                3
            }
            Check::PathTooLong
            | Check::PathMalformed
            | Check::PathAmbiguous
            | Check::PathNotListed
            | Check::QueryTooLong
            | Check::QueryMalformed
            | Check::BodyNotAllowed
            | Check::BodyRequired
            | Check::BodyTypeNotListed
            | Check::BodyCharset
            | Check::BodyNotJson
            | Check::BodyNotForm
            | Check::BodyInvalid
            | Check::TokenInvalid
            | Check::TokenKeyMissing
            | Check::TokenChangesPath
            | Check::TokenChangesEndpoint
            | Check::HeaderInvalid => 0,
        }
    }
}

impl Check {
    /// Code, cause, usual subject, what is wrong with it.
    #[rustfmt::skip]
    fn row(self) -> (&'static str, Cause, &'static str, &'static str) {
        use Cause::{BlockedByRules as Blocked, InvalidRequest as Invalid};
        match self {
            Check::PathTooLong => ("path-too-long", Invalid, "the path", "is longer than 4096 bytes"),
            Check::PathMalformed => ("path-malformed", Blocked, "the path", "is not a well-formed URL path in UTF-8"),
            Check::PathAmbiguous => ("path-ambiguous", Blocked, "the path", "can be read in more than one way"),
            Check::PathNotListed => ("path-not-listed", Blocked, "the path", "is not listed by any endpoint"),
            Check::MethodNotListed => ("method-not-listed", Blocked, "the method", "is not listed by the endpoint"),
            Check::PathParameterInvalid => ("path-parameter-invalid", Blocked, "a path parameter", "is not what the endpoint's schema asks for"),
            Check::QueryTooLong => ("query-too-long", Invalid, "the query", "is longer than 8192 bytes"),
            Check::QueryMalformed => ("query-malformed", Blocked, "the query", "is not UTF-8"),
            Check::QueryParameterNotListed => ("query-parameter-not-listed", Blocked, "a query parameter", "is not in this endpoint's list"),
            Check::QueryParameterRequired => ("query-parameter-required", Blocked, "a query parameter", "is required and absent"),
            Check::QueryParameterInvalid => ("query-parameter-invalid", Blocked, "a query parameter", "is not what the endpoint's schema asks for"),
            Check::BodyNotAllowed => ("body-not-allowed", Cause::BodyNotAllowed, "a request body", "is not allowed for GET or HEAD requests"),
            Check::BodyRequired => ("body-required", Blocked, "the request body", "is required and absent"),
            Check::BodyTypeNotListed => ("body-content-type-not-listed", Blocked, "the content type of the request body", "is not listed by the endpoint"),
            Check::BodyCharset => ("body-charset", Blocked, "the charset of the request body", "is not UTF-8"),
            Check::BodyNotJson => ("body-not-json", Invalid, "the request body", "is not well-formed JSON"),
            Check::BodyNotForm => ("body-not-form", Invalid, "the request body", "is not a well-formed form in UTF-8"),
            Check::BodyInvalid => ("body-invalid", Blocked, "the request body", "is not what the endpoint's schema asks for"),
            Check::TokenInvalid => ("token-invalid", Cause::TokenInvalid, "a reversible token", "is damaged, or of another deployment's key"),
            Check::TokenKeyMissing => ("token-key-missing", Cause::FailedToBuildUrl, "the call", "holds a reversible token, and PSOXY_ENCRYPTION_KEY is not configured"),
            Check::TokenChangesPath => ("token-changes-path", Blocked, "a reversible token", "stands for something that cannot be one segment of a path"),
            Check::TokenChangesEndpoint => ("token-changes-endpoint", Blocked, "a reversible token", "would turn the call into one of another endpoint"),
            Check::HeaderInvalid => ("header-invalid", Blocked, "a forwarded header", "would hold control characters"),
        }
    }
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, _, subject, predicate) = self.check.row();
        write!(out, "{} {predicate}", self.subject.as_deref().unwrap_or(subject))?;
        match &self.hint {
            Some(hint) => write!(out, "; {hint}"),
            None => Ok(()),
        }
    }
}
