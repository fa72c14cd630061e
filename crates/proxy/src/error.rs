//! Every way in which this crate refuses, and what the caller is told: the status, the
//! `X-Psoxy-Error` cause, a stable code and a sentence. One table, below.

use std::borrow::Cow;

use http::{Method, StatusCode};
use vizard_pseudonym::TokenError;
use vizard_sanitizer::{Cause, Refusal, Unsanitizable};

use crate::credentials::{CredentialCause, CredentialError};
use crate::ports::UpstreamError;
use crate::respond::Passed;

/// Why a request gets no sanitized answer. Holds no value of the request or of the source.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The caller did not use HTTPS.
    HttpsRequired,
    /// The client's address is not on the allow-list.
    ClientAddress,
    /// The proxy started without all it needs.
    NotReady(NotReady),
    /// A control header and what is wrong with it.
    ControlHeader(&'static str, &'static str),
    /// The user to act for is a reversible pseudonym that cannot be reversed.
    UserToken(TokenError),
    /// The caller names a pseudonym implementation that does not exist.
    PseudonymImplementation,
    /// The caller wants unsanitized answers.
    SkipSanitizer,
    /// The request's content encoding; named when it is a registered one.
    RequestEncoding(Option<&'static str>),
    /// The request body says gzip and is not.
    RequestGzip,
    /// The request body is larger than the limit in bytes.
    RequestTooLarge(usize),
    /// The rules refuse.
    Refused(Refusal),
    /// What the rules let pass is no request to the source.
    Outbound,
    /// No credential for the source.
    Credential(CredentialError),
    /// No answer from the source, and the limit in seconds.
    Upstream(UpstreamError, u64),
    /// The source answered with anything but success.
    Source(Box<SourceAnswer>),
    /// The answer declares a charset that JSON does not have.
    Charset,
    /// The answer could not be sanitized.
    Unsanitizable(Unsanitizable),
    /// The deadline came before the source was asked.
    NoTime,
    /// The answer was there, but not sanitized before the deadline.
    SanitizeTimeout,
    /// A call that is to be answered later could not be queued.
    Queue,
    /// A call that is to be answered later is larger than the queue takes.
    QueueTooSmall,
    /// A bug.
    Panicked,
}

/// Which part of the configuration stops every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotReady {
    /// A setting or a secret.
    Settings,
    /// The rules are not YAML.
    RulesYaml,
    /// The rules are YAML, but not rules that can run.
    Rules,
    /// Nothing: this is a deployment for files in buckets, which answers health checks alone.
    FilesOnly,
}

/// What may be told of a source's answer that is no success.
#[derive(Debug)]
pub(crate) struct SourceAnswer {
    pub(crate) status: StatusCode,
    /// The source's own numeric code.
    pub(crate) code: Option<u32>,
    /// The connector's constant text for it.
    pub(crate) text: Option<String>,
    /// Of its headers, those that the caller may see.
    pub(crate) passed: Passed,
}

/// One row of the table: how a problem looks from outside.
pub(crate) struct Row {
    pub(crate) status: StatusCode,
    /// The `X-Psoxy-Error` value.
    pub(crate) cause: Option<&'static str>,
    /// Stable, kebab-case.
    pub(crate) code: &'static str,
    pub(crate) detail: Cow<'static, str>,
}

impl Problem {
    /// Status, cause, code, sentence.
    #[rustfmt::skip]
    pub(crate) fn row(&self) -> Row {
        match self {
            Problem::HttpsRequired => row(400, "HTTPS_REQUIRED", "https-required", "Requests MUST be sent over HTTPS"),
            Problem::ClientAddress => row(403, "UNAUTHORIZED_IP_ADDRESS", "client-address-not-allowed", UNAUTHORIZED_ADDRESS),
            Problem::NotReady(NotReady::Settings) => row(500, "CONFIGURATION_FAILURE", "not-ready", NOT_READY),
            Problem::NotReady(NotReady::RulesYaml) => row(500, "RULES_INVALID_YAML", "rules-not-yaml", RULES),
            Problem::NotReady(NotReady::Rules) => row(500, "RULES_INVALID", "rules-invalid", RULES),
            Problem::NotReady(NotReady::FilesOnly) => row(404, "INVALID_REQUEST", "files-only", FILES_ONLY),
            Problem::ControlHeader(name, flaw) => row(400, "INVALID_REQUEST", "control-header-invalid", format!("{name} {flaw}")),
            Problem::UserToken(TokenError::MissingKey(_)) => row(500, "FAILED_TO_BUILD_URL", "token-key-missing", USER_TOKEN_KEY),
            Problem::UserToken(_) => row(409, "TOKENIZED_REQUEST_PARAMETER_INVALID", "token-invalid", USER_TOKEN),
            Problem::PseudonymImplementation => row(400, "INVALID_REQUEST", "pseudonym-implementation-unknown", IMPLEMENTATION),
            Problem::SkipSanitizer => row(400, "INVALID_REQUEST", "skip-sanitizer-refused", SKIP),
            Problem::RequestEncoding(name) => row(400, "INVALID_REQUEST", "content-encoding-not-supported", encoding(*name)),
            Problem::RequestGzip => row(400, "INVALID_REQUEST", "content-encoding-invalid", NOT_GZIP),
            Problem::RequestTooLarge(limit) => row(413, "INVALID_REQUEST", "request-too-large", too_large(*limit)),
            Problem::Refused(refusal) => refused(refusal),
            Problem::Outbound => row(500, "FAILED_TO_BUILD_URL", "url-not-built", "Error parsing request URL"),
            Problem::Credential(error) => credential(error),
            Problem::Upstream(error, seconds) => upstream(*error, *seconds),
            Problem::Source(answer) => source(answer),
            Problem::Charset => row(500, "UNKNOWN", "source-charset", CHARSET),
            Problem::Unsanitizable(reason) => row(500, "UNKNOWN", reason.code(), format!("the source's response cannot be sanitized: {reason}")),
            Problem::NoTime => row(504, "SOURCE_API_READ_TIMEOUT", "no-time", NO_TIME),
            Problem::SanitizeTimeout => row(504, "SOURCE_API_READ_TIMEOUT", "sanitize-timeout", LATE),
            Problem::Queue => row(500, "ASYNC_HANDLER_DISPATCH", "queue-unavailable", QUEUE),
            Problem::QueueTooSmall => row(413, "ASYNC_HANDLER_DISPATCH", "queue-message-too-large", QUEUE_TOO_SMALL),
            Problem::Panicked => row(500, "UNKNOWN", "internal-error", "Unknown internal proxy error; review logs"),
        }
    }

    /// Whether the same call may have an answer a little later, without anybody doing anything about it. What the
    /// source has answered stands; and one that may have acted on a call is not asked again, unless asking twice is as
    /// good as once.
    pub(crate) fn passes(&self, method: &Method) -> bool {
        match self {
            Problem::Credential(error) => error.passes(),
            Problem::Upstream(error, _) => match error {
                UpstreamError::Refused
                | UpstreamError::ConnectTimeout
                | UpstreamError::Name
                | UpstreamError::Tls => true,
                UpstreamError::ReadTimeout | UpstreamError::Broken => method.is_safe(),
                UpstreamError::TooLarge
                | UpstreamError::Encoding
                | UpstreamError::Redirect
                | UpstreamError::Request => false,
            },
            Problem::NotReady(_) | Problem::NoTime => true,
            // Our credential, which may be renewed by then.
            Problem::Source(answer) => answer.status == StatusCode::UNAUTHORIZED,
            Problem::HttpsRequired
            | Problem::ClientAddress
            | Problem::ControlHeader(..)
            | Problem::UserToken(_)
            | Problem::PseudonymImplementation
            | Problem::SkipSanitizer
            | Problem::RequestEncoding(_)
            | Problem::RequestGzip
            | Problem::RequestTooLarge(_)
            | Problem::Refused(_)
            | Problem::Outbound
            | Problem::Charset
            | Problem::Unsanitizable(_)
            | Problem::SanitizeTimeout
            | Problem::Queue
            | Problem::QueueTooSmall
            | Problem::Panicked => false,
        }
    }

    /// The sentence for the caller.
    #[cfg(test)]
    pub(crate) fn detail(&self) -> Cow<'static, str> {
        self.row().detail
    }
}

fn refused(refusal: &Refusal) -> Row {
    let (status, cause) = match refusal.cause() {
        Cause::BlockedByRules => (403, "BLOCKED_BY_RULES"),
        Cause::InvalidRequest => (400, "INVALID_REQUEST"),
        Cause::TokenInvalid => (409, "TOKENIZED_REQUEST_PARAMETER_INVALID"),
        Cause::FailedToBuildUrl => (500, "FAILED_TO_BUILD_URL"),
        Cause::BodyNotAllowed => {
            let text = "Request body is not allowed for GET or HEAD requests";
            return Row { cause: None, ..row(400, "", refusal.code(), text) };
        }
    };
    row(status, cause, refusal.code(), refusal.to_string())
}

/// The log says more: it is for the operator, this is for the caller.
fn credential(error: &CredentialError) -> Row {
    match error.cause() {
        CredentialCause::NetworkEgressBlocked => {
            row(502, "NETWORK_EGRESS_BLOCKED", "credential-timeout", EGRESS_BLOCKED)
        }
        CredentialCause::ConnectionSetup => {
            row(500, "CONNECTION_SETUP", "credential-unavailable", "Failed to parse request; review logs")
        }
        CredentialCause::ConfigurationFailure => {
            row(503, "CONFIGURATION_FAILURE", "secret-store-unavailable", STORE_UNAVAILABLE)
        }
    }
}

#[rustfmt::skip]
fn upstream(error: UpstreamError, seconds: u64) -> Row {
    let connecting = || format!("Error connecting to source API: {error}");
    let communicating = || format!("Error communicating with source API: {error}");
    match error {
        UpstreamError::Refused | UpstreamError::ConnectTimeout => row(503, "CONNECTION_TO_SOURCE", "source-unreachable", connecting()),
        UpstreamError::ReadTimeout => row(504, "SOURCE_API_READ_TIMEOUT", "source-timeout", read_timeout(seconds)),
        UpstreamError::Name => row(500, "CONNECTION_TO_SOURCE", "source-name", communicating()),
        UpstreamError::Tls => row(500, "CONNECTION_TO_SOURCE", "source-tls", communicating()),
        UpstreamError::Broken => row(500, "CONNECTION_TO_SOURCE", "source-connection", communicating()),
        UpstreamError::TooLarge => row(502, "API_ERROR", "response-too-large", "the source's response is larger than this proxy accepts"),
        UpstreamError::Encoding => row(502, "API_ERROR", "response-encoding", "the source's response is compressed in a way that cannot be read"),
        UpstreamError::Redirect => row(502, "API_ERROR", "redirect-refused", "the source redirects to another origin, to plain HTTP, or too often; not followed"),
        UpstreamError::Request => row(500, "FAILED_TO_BUILD_URL", "url-not-built", "Error parsing request URL"),
    }
}

fn source(answer: &SourceAnswer) -> Row {
    let text = match &answer.text {
        Some(text) => text.clone(),
        None => format!("the source answered with status {}", answer.status.as_u16()),
    };
    // 101 and 799 are no answers that could be passed on.
    let status = Some(answer.status).filter(|it| (200..600).contains(&it.as_u16()));
    let row = row(502, "API_ERROR", "source-error", text);
    Row { status: status.unwrap_or(row.status), ..row }
}

fn row(status: u16, cause: &'static str, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Row {
    Row {
        status: StatusCode::from_u16(status).expect("the table holds valid statuses"),
        cause: Some(cause),
        code,
        detail: detail.into(),
    }
}

fn encoding(name: Option<&'static str>) -> String {
    let name = name.unwrap_or("as sent");
    format!(
        "Content encoding {name} not supported; only identity, gzip and UTF-8 compatible encodings are \
         supported (utf-8, ascii, iso-8859-1, us-ascii)"
    )
}

fn too_large(limit: usize) -> String {
    format!("the request body is larger than {limit} bytes, as sent or once decompressed")
}

fn read_timeout(seconds: u64) -> String {
    format!(
        "Source API read timeout: no response received within {seconds} seconds. The upstream API may be slow \
         or unresponsive. Consider using async processing for long-running requests, or increasing \
         REQUEST_TIMEOUT_SECONDS for this connector (or timeout_seconds in Terraform-based deployments)."
    )
}

/// Also a warning of the health report.
pub(crate) const UNAUTHORIZED_ADDRESS: &str = "Client IP is not authorized to access this proxy instance.";

const RULES: &str = "Error loading sanitizer rules";
const FILES_ONLY: &str = "this deployment sanitizes files in buckets, and answers no calls";
const NOT_READY: &str =
    "the proxy is not configured completely; its health check and its log say what is missing";
const IMPLEMENTATION: &str = "X-Psoxy-Pseudonym-Implementation must be v0.3 or v0.4";
const USER_TOKEN: &str =
    "the reversible token in X-Psoxy-User-To-Impersonate is damaged, or of another deployment's key";
const USER_TOKEN_KEY: &str =
    "X-Psoxy-User-To-Impersonate holds a reversible token, and PSOXY_ENCRYPTION_KEY is not configured";
const SKIP: &str =
    "X-Psoxy-Skip-Sanitizer is not supported: every response is sanitized; leave the header out";
const NOT_GZIP: &str = "the request body is not the gzip that its Content-Encoding says";
const CHARSET: &str = "the source's response declares a charset other than UTF-8 and cannot be sanitized";
const QUEUE: &str =
    "the call could not be queued to be answered later; try again, or without `Prefer: respond-async`";
const QUEUE_TOO_SMALL: &str = "the call is too large to be queued; send it without `Prefer: respond-async`";
const NO_TIME: &str = "the time for this call was over before the source was asked";
const LATE: &str = "the source answered so late or so much that its response was not sanitized in time";
const STORE_UNAVAILABLE: &str = "the secret store is not available at the moment; try again later";
const EGRESS_BLOCKED: &str = "Network timeout: unable to connect to target API. This could indicate: 1) Proxy \
                              network egress is blocked; 2) the token endpoint is slow or down; 3) its address \
                              is wrong.";
