//! The refusals of the REST API, with Zoom's habit of repeating identifiers in them.

use serde_json::{Value, json};

/// Why a REST request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    TokenInvalid,
    TokenExpired,
    TokenInQuery,
    MissingScope(&'static str),
    MeWithoutUser,
    UserUnknown(String),
    MeetingUnknown(String),
    MeetingExpired(String),
    MeetingIdInvalid,
    MeetingTooOld,
    SummaryMissing(String),
    PageTokenInvalid,
    FieldInvalid { field: &'static str, message: &'static str },
    WindowInvalid(&'static str),
    EndpointUnknown,
    MethodNotSupported(String),
    PlanTooSmall(String),
    TooManyPerSecond,
    TooManyPerDay,
    TooManyPerHost,
}

impl Problem {
    pub(crate) fn status(&self) -> u16 {
        match self {
            Problem::TokenInvalid | Problem::TokenExpired | Problem::TokenInQuery => 401,
            Problem::UserUnknown(_)
            | Problem::MeetingUnknown(_)
            | Problem::MeetingExpired(_)
            | Problem::SummaryMissing(_)
            | Problem::EndpointUnknown => 404,
            Problem::MethodNotSupported(_) => 405,
            Problem::TooManyPerSecond | Problem::TooManyPerDay | Problem::TooManyPerHost => 429,
            Problem::MissingScope(_)
            | Problem::MeWithoutUser
            | Problem::MeetingIdInvalid
            | Problem::MeetingTooOld
            | Problem::PageTokenInvalid
            | Problem::FieldInvalid { .. }
            | Problem::WindowInvalid(_)
            | Problem::PlanTooSmall(_) => 400,
        }
    }

    fn code(&self) -> u32 {
        match self {
            Problem::TokenInvalid | Problem::TokenExpired | Problem::TokenInQuery => 124,
            Problem::MissingScope(_) => 4711,
            Problem::MeWithoutUser => 4700,
            Problem::UserUnknown(_) => 1001,
            Problem::MeetingUnknown(_) | Problem::MeetingExpired(_) | Problem::SummaryMissing(_) => 3001,
            Problem::MeetingIdInvalid
            | Problem::PageTokenInvalid
            | Problem::FieldInvalid { .. }
            | Problem::WindowInvalid(_) => 300,
            Problem::MeetingTooOld => 12702,
            Problem::EndpointUnknown | Problem::MethodNotSupported(_) => 2300,
            Problem::PlanTooSmall(_) => 200,
            Problem::TooManyPerSecond | Problem::TooManyPerDay | Problem::TooManyPerHost => 429,
        }
    }

    fn message(&self) -> String {
        match self {
            Problem::TokenInvalid => "Invalid access token.".into(),
            Problem::TokenExpired => "Access token is expired.".into(),
            Problem::TokenInQuery => {
                "Invalid access token, this access token is not supported as query parameter string.".into()
            }
            Problem::MissingScope(scope) => {
                format!("Invalid access token, does not contain scopes:[{scope}].")
            }
            Problem::MeWithoutUser => {
                "This API does not support client credentials for authorization.".into()
            }
            Problem::UserUnknown(id) => format!("User does not exist: {id}."),
            Problem::MeetingUnknown(id) => format!("Meeting does not exist: {id}."),
            Problem::MeetingExpired(id) => format!("Meeting {id} is not found or has expired."),
            Problem::MeetingIdInvalid => "Invalid meeting id".into(),
            Problem::MeetingTooOld => "Can not access a meeting a year ago.".into(),
            Problem::SummaryMissing(id) => format!("Meeting summary does not exist: {id}."),
            Problem::PageTokenInvalid => "The next page token is invalid or expired.".into(),
            Problem::FieldInvalid { .. } => "Validation Failed.".into(),
            Problem::WindowInvalid(message) => (*message).into(),
            Problem::EndpointUnknown => "This API endpoint is not recognized.".into(),
            Problem::MethodNotSupported(method) => format!("Request method '{method}' is not supported."),
            Problem::PlanTooSmall(account) => format!("Only available for Paid or ZMP account: {account}."),
            Problem::TooManyPerSecond => {
                "You have reached the maximum per-second rate limit for this API. Try again later.".into()
            }
            Problem::TooManyPerDay => {
                "You have reached the maximum daily rate limit for this API. Refer to the \
                 response header for details on when you can make another request."
                    .into()
            }
            Problem::TooManyPerHost => {
                "You have exceeded the daily rate limit (100) of Meeting Create/Update API \
                 requests permitted for this particular user. You may resume these requests at GMT 00:00:00."
                    .into()
            }
        }
    }

    pub(crate) fn body(&self) -> Value {
        let mut body = json!({ "code": self.code(), "message": self.message() });
        if let Problem::FieldInvalid { field, message } = self {
            body["errors"] = json!([{ "field": field, "message": message }]);
        }
        body
    }
}
