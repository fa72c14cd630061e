//! The target of a request from the parts in which an event has it, written so that rules see what the caller wrote.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Whether a parameter is of a signature in the query, which is the gateway's affair and, like the header of that kind,
/// nobody else's.
pub(crate) fn is_of_signature(name: &str) -> bool {
    name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("x-amz-"))
}

/// A query without the signature in it.
pub(crate) fn without_signature(query: &str) -> String {
    let others = query.split('&').filter(|parameter| !is_of_signature(parameter));
    others.collect::<Vec<_>>().join("&")
}

/// Path and query. An HTTP API has decoded the path once, so that it may hold what no path may: that is encoded again.
pub(crate) fn of(path: &str, query: &str) -> String {
    let mut target = String::with_capacity(path.len() + query.len() + 1);
    if !path.starts_with('/') {
        target.push('/');
    }
    encode(path, b"?#", &mut target);
    if !query.is_empty() {
        target.push('?');
        encode(query, b"#", &mut target);
    }
    target
}

/// The path without the stage that an HTTP API puts before it: only there, and only as a whole segment.
pub(crate) fn without_stage<'p>(path: &'p str, stage: Option<&str>) -> &'p str {
    let stage = stage.filter(|stage| !stage.is_empty() && *stage != "$default");
    let rest = stage.and_then(|stage| path.strip_prefix('/')?.strip_prefix(stage));
    match rest {
        Some("") => "/",
        Some(rest) if rest.starts_with('/') => rest,
        Some(_) | None => path,
    }
}

/// A query from parameters that a REST API has decoded. Their order is lost; each gets its values in theirs.
pub(crate) fn query<'q>(parameters: impl Iterator<Item = (&'q str, &'q str)>) -> String {
    let mut parameters: Vec<_> = parameters.filter(|(name, _)| !is_of_signature(name)).collect();
    parameters.sort_by_key(|(name, _)| *name);
    let mut query = String::new();
    for (name, value) in parameters {
        query.push_str(if query.is_empty() { "" } else { "&" });
        query.extend(utf8_percent_encode(name, RESERVED));
        query.push('=');
        query.extend(utf8_percent_encode(value, RESERVED));
    }
    query
}

/// Keeps what stands there, encodes what may not, and a `%` that begins nothing.
fn encode(text: &str, not_here: &[u8], target: &mut String) {
    let bytes = text.as_bytes();
    for (place, &byte) in bytes.iter().enumerate() {
        let digits = bytes[place + 1..].iter().take(2).filter(|it| it.is_ascii_hexdigit()).count();
        let stray = byte == b'%' && digits < 2;
        let plain = (b'!'..=b'~').contains(&byte) && !b"\"<>\\^`{|}".contains(&byte);
        if plain && !stray && !not_here.contains(&byte) {
            target.push(char::from(byte));
        } else {
            write!(target, "%{byte:02X}").expect("writing to a string does not fail");
        }
    }
}

/// All but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_that_is_one_stays_as_it_is() {
        for (path, query, expected) in [
            ("/v2/users", "", "/v2/users"),
            (
                "/v2/users/p~a%40b",
                "page_size=3&next_page_token=%3D&x=a+b",
                "/v2/users/p~a%40b?page_size=3&next_page_token=%3D&x=a+b",
            ),
            ("", "", "/"),
            ("v2", "a", "/v2?a"),
            ("/v2/../users//x", "a=?", "/v2/../users//x?a=?"),
            ("/a%252Fb", "", "/a%252Fb"),
        ] {
            assert_eq!(of(path, query), expected);
        }
    }

    #[test]
    fn what_was_decoded_is_encoded_again() {
        for (path, query, expected) in [
            ("/a b/é", "", "/a%20b/%C3%A9"),
            ("/a?b#c", "", "/a%3Fb%23c"),
            ("/100%", "", "/100%25"),
            ("/100%zz/%4", "", "/100%25zz/%254"),
            ("/a%2Fb", "", "/a%2Fb"),
            ("/\u{0}\u{7f}\n", "a=\"b c\"#d", "/%00%7F%0A?a=%22b%20c%22%23d"),
        ] {
            assert_eq!(of(path, query), expected);
        }
    }

    #[test]
    fn a_stage_is_a_whole_first_segment() {
        for (path, stage, expected) in [
            ("/prod/v2/users", Some("prod"), "/v2/users"),
            ("/prod", Some("prod"), "/"),
            ("/production/v2", Some("prod"), "/production/v2"),
            ("/v2/prod/users", Some("prod"), "/v2/prod/users"),
            ("/prod/prod/users", Some("prod"), "/prod/users"),
            ("/$default/v2", Some("$default"), "/$default/v2"),
            ("/v2", None, "/v2"),
            ("/v2", Some(""), "/v2"),
        ] {
            assert_eq!(without_stage(path, stage), expected);
        }
    }

    #[test]
    fn a_query_is_encoded_again_and_in_order() {
        let decoded = [("b", "2"), ("a", "1 + 1 = 2&"), ("b", "1"), ("é", "")];
        assert_eq!(query(decoded.into_iter()), "a=1%20%2B%201%20%3D%202%26&b=2&b=1&%C3%A9=");
        assert_eq!(query(std::iter::empty()), "");
    }

    #[test]
    fn a_signature_in_the_query_goes_no_further() {
        let signed = "a=1&X-Amz-Signature=abc&b=2&x-amz-security-token=t&X-Amz-Credential=c%2F";
        assert_eq!(without_signature(signed), "a=1&b=2");
        assert_eq!(without_signature("X-Amz-Date=1"), "");
        let decoded = [("X-Amz-Signature", "abc"), ("a", "1")];
        assert_eq!(query(decoded.into_iter()), "a=1");
    }
}
