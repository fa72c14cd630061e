//! Percent-encoding, the three spellings this crate writes.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::borrow::Cow;

/// Everything but the unreserved characters of RFC 3986.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a query parameter's name may show in clear: nothing that separates or that readers disagree about.
const QUERY_NAME: &AsciiSet = &COMPONENT
    .remove(b'!')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'@')
    .remove(b':')
    .remove(b'$')
    .remove(b',')
    .remove(b'/')
    .remove(b'?');

/// After the first `=`, a further one is an ordinary character.
const QUERY_VALUE: &AsciiSet = &QUERY_NAME.remove(b'=');

/// As one component: safe in a path segment, a query value and a form.
pub(super) fn component(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).to_string()
}

pub(super) fn query_name(text: &str) -> String {
    utf8_percent_encode(text, QUERY_NAME).to_string()
}

pub(super) fn query_value(text: &str) -> String {
    utf8_percent_encode(text, QUERY_VALUE).to_string()
}

/// Two hexadecimal digits at the start of the text.
pub(super) fn byte(digits: &[u8]) -> Option<u8> {
    let digit = |at: usize| digits.get(at).and_then(|&c| char::from(c).to_digit(16));
    Some((digit(0)? * 16 + digit(1)?) as u8)
}

/// Whether decoding would change the text.
pub(super) fn is_encoded(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(at, &c)| c == b'%' && byte(&bytes[at + 1..]).is_some())
}

/// As forms and queries are read: `+` is a space, `%zz` stays. `None`: not UTF-8.
pub(super) fn decode_form(text: &str) -> Option<String> {
    let spaced: Cow<'_, str> = if text.contains('+') { text.replace('+', " ").into() } else { text.into() };
    percent_decode_str(&spaced).decode_utf8().ok().map(Cow::into_owned)
}
