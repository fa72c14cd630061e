//! What the caller asks of the proxy itself: the `X-Psoxy-*` headers, and which path is meant.

mod target;
mod user;

use http::HeaderMap;

pub(crate) use target::{Target, Trim};
pub(crate) use user::user;

use crate::error::Problem;

/// The control headers of one request, checked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Control {
    /// How the caller wants reversible pseudonyms written; as tokens otherwise.
    pub(crate) encoding: Option<Encoding>,
    /// Replaces the path of the request.
    pub(crate) path: Option<String>,
    /// Replaces the query; empty means no query.
    pub(crate) query: Option<String>,
    /// The caller asked to act for a user. Who that is is read only [where credentials can do that](user).
    pub(crate) impersonation: bool,
}

/// The two ways to write a reversible pseudonym.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// `v0.4`: a token.
    Token,
    /// `v0.3`: a JSON object as text.
    Legacy,
}

/// Whether the caller wants the health report. Any value counts, also an empty one.
pub(crate) fn asks_for_health(headers: &HeaderMap) -> bool {
    headers.contains_key("x-psoxy-health-check")
}

impl Control {
    /// Reads and checks all control headers, before anything else is done for the request.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Control, Problem> {
        if let Some(value) = single(headers, SKIP)?
            && !value.eq_ignore_ascii_case("false")
        {
            return Err(Problem::SkipSanitizer);
        }
        let encoding = match single(headers, IMPLEMENTATION)?.as_deref() {
            None => None,
            Some("v0.4") => Some(Encoding::Token),
            Some("v0.3") => Some(Encoding::Legacy),
            Some(_) => return Err(Problem::PseudonymImplementation),
        };
        Ok(Control {
            encoding,
            path: single(headers, PATH)?.map(checked_path).transpose()?,
            query: single(headers, QUERY)?.map(|query| checked_query(&query)).transpose()?,
            impersonation: headers.contains_key(USER),
        })
    }
}

const SKIP: &str = "X-Psoxy-Skip-Sanitizer";
const IMPLEMENTATION: &str = "X-Psoxy-Pseudonym-Implementation";
const PATH: &str = "X-Psoxy-TargetPath";
const QUERY: &str = "X-Psoxy-TargetQuery";
const USER: &str = "X-Psoxy-User-To-Impersonate";

/// The one value of a header, trimmed. Two values would be two requests in one.
fn single(headers: &HeaderMap, name: &'static str) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(name).iter();
    let (Some(value), extra) = (values.next(), values.next()) else {
        return Ok(None);
    };
    if extra.is_some() {
        return Err(Problem::ControlHeader(name, "must be sent once"));
    }
    // A byte that is not ASCII becomes one character that is not, and is refused as such.
    let text: String = value.as_bytes().iter().map(|&byte| char::from(byte)).collect();
    Ok(Some(text.trim_matches(|it| it <= ' ').to_owned()))
}

fn checked_path(path: String) -> Result<String, Problem> {
    let flaw = if path.is_empty() {
        Some("must not be empty")
    } else if let Some(flaw) = flaw(&path) {
        Some(flaw)
    } else if path.contains('?') {
        Some("must not contain '?'")
    } else if let Some(flaw) = unprintable(&path) {
        Some(flaw)
    } else if !path.starts_with('/') {
        Some("must start with '/'")
    } else {
        None
    };
    flaw.map_or(Ok(path), |flaw| Err(Problem::ControlHeader(PATH, flaw)))
}

fn checked_query(query: &str) -> Result<String, Problem> {
    let query = query.strip_prefix('?').unwrap_or(query);
    match flaw(query).or_else(|| unprintable(query)) {
        Some(flaw) => Err(Problem::ControlHeader(QUERY, flaw)),
        None => Ok(query.to_owned()),
    }
}

/// What is wrong with a path or a query, in the order in which it is reported.
fn flaw(text: &str) -> Option<&'static str> {
    if text.chars().count() > 4096 {
        Some("exceeds max length of 4096")
    } else if text.contains(['\r', '\n']) {
        Some("must not contain CR/LF")
    } else if text.contains([' ', '\t']) {
        Some("must not contain whitespace")
    } else if text.contains('#') {
        Some("must not contain '#'")
    } else {
        None
    }
}

fn unprintable(text: &str) -> Option<&'static str> {
    (!text.chars().all(|it| (' '..='~').contains(&it))).then_some("must be printable ASCII only")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(pairs: &[(&'static str, &[u8])]) -> Result<Control, String> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_bytes(value).unwrap());
        }
        Control::read(&headers).map_err(|problem| problem.detail().into_owned())
    }

    #[test]
    fn reads_each_control_header() {
        let none = Control::default;
        let cases: [(&'static str, &[u8], Control); 9] = [
            ("x-psoxy-skip-sanitizer", b"False", none()),
            ("x-psoxy-no-response-body", b"true", none()), // documented elsewhere, never did a thing
            (
                "x-psoxy-pseudonym-implementation",
                b"v0.4",
                Control { encoding: Some(Encoding::Token), ..none() },
            ),
            (
                "x-psoxy-pseudonym-implementation",
                b"v0.3",
                Control { encoding: Some(Encoding::Legacy), ..none() },
            ),
            ("x-psoxy-targetpath", b" /v2/users ", Control { path: Some("/v2/users".into()), ..none() }),
            (
                "x-psoxy-targetquery",
                b"?page_size=30",
                Control { query: Some("page_size=30".into()), ..none() },
            ),
            ("x-psoxy-targetquery", b"??", Control { query: Some("?".into()), ..none() }),
            ("x-psoxy-targetquery", b"", Control { query: Some(String::new()), ..none() }),
            ("x-psoxy-user-to-impersonate", b"p~x", Control { impersonation: true, ..none() }),
        ];
        for (name, value, expected) in cases {
            assert_eq!(read(&[(name, value)]), Ok(expected), "{name}");
        }
    }

    #[test]
    fn refuses_with_the_first_reason_that_applies() {
        let long = vec![b'/'; 4097];
        let cases: [(&'static str, &[u8], &str); 17] = [
            ("x-psoxy-targetpath", b"", "X-Psoxy-TargetPath must not be empty"),
            ("x-psoxy-targetpath", b"  ", "X-Psoxy-TargetPath must not be empty"),
            ("x-psoxy-targetpath", &long, "X-Psoxy-TargetPath exceeds max length of 4096"),
            ("x-psoxy-targetpath", b"v2 users", "X-Psoxy-TargetPath must not contain whitespace"),
            ("x-psoxy-targetpath", b"/v2\tusers", "X-Psoxy-TargetPath must not contain whitespace"),
            ("x-psoxy-targetpath", b"v2#users", "X-Psoxy-TargetPath must not contain '#'"),
            ("x-psoxy-targetpath", b"v2?a=b", "X-Psoxy-TargetPath must not contain '?'"),
            ("x-psoxy-targetpath", b"/us\xe9rs", "X-Psoxy-TargetPath must be printable ASCII only"),
            ("x-psoxy-targetpath", b"v2/users", "X-Psoxy-TargetPath must start with '/'"),
            ("x-psoxy-targetquery", &long, "X-Psoxy-TargetQuery exceeds max length of 4096"),
            ("x-psoxy-targetquery", b"a=b c", "X-Psoxy-TargetQuery must not contain whitespace"),
            ("x-psoxy-targetquery", b"a=b#c", "X-Psoxy-TargetQuery must not contain '#'"),
            ("x-psoxy-targetquery", b"a=\xff", "X-Psoxy-TargetQuery must be printable ASCII only"),
            ("x-psoxy-pseudonym-implementation", b"v0.2", PSEUDONYM_IMPLEMENTATION),
            ("x-psoxy-pseudonym-implementation", b"", PSEUDONYM_IMPLEMENTATION),
            ("x-psoxy-skip-sanitizer", b"TRUE", SKIP_REFUSED),
            ("x-psoxy-skip-sanitizer", b"", SKIP_REFUSED),
        ];
        for (name, value, expected) in cases {
            assert_eq!(read(&[(name, value)]), Err(expected.to_owned()), "{name}");
        }
        let twice = [("x-psoxy-targetpath", &b"/a"[..]), ("x-psoxy-targetpath", b"/b")];
        assert_eq!(read(&twice), Err("X-Psoxy-TargetPath must be sent once".to_owned()));
    }

    const PSEUDONYM_IMPLEMENTATION: &str = "X-Psoxy-Pseudonym-Implementation must be v0.3 or v0.4";
    const SKIP_REFUSED: &str = "X-Psoxy-Skip-Sanitizer is not supported: every response is sanitized; \
                                leave the header out";

    #[test]
    fn the_health_header_counts_with_any_value() {
        let mut headers = HeaderMap::new();
        assert!(!asks_for_health(&headers));
        headers.insert("x-psoxy-health-check", HeaderValue::from_static(""));
        assert!(asks_for_health(&headers));
    }
}
