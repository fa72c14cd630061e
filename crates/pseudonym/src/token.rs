//! The text of tokens: `t~` and a hash, or `p~` and a hash with what decrypts to the original; for emails,
//! `@` and the domain as shown. And how to find reversible ones in a text.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

/// Which token to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `t~…`: nobody can get the original back, short of guessing with the salt in hand.
    Hash,
    /// `p~…`: this proxy can, in a request.
    Reversible,
}

/// The length of a hash in base64: no reversible token is shorter.
pub(crate) const HASH_LETTERS: usize = 43;

/// A reversible token somewhere in a text.
pub(crate) struct Found<'a> {
    /// What stands between the end of the last token and this one.
    pub(crate) before: &'a str,
    /// The base64 after `p~`.
    pub(crate) letters: &'a str,
    /// What stands after it and its domain.
    pub(crate) after: &'a str,
}

impl Found<'_> {
    /// The bytes. `None` if the letters are not canonical base64.
    pub(crate) fn bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        URL_SAFE_NO_PAD.decode(self.letters).ok().map(Zeroizing::new)
    }
}

/// Finds the first `p~` with at least 43 letters after it, and takes its domain as well. Each letter is looked
/// at once: what follows one `~` ends before the next.
pub(crate) fn find(text: &str) -> Option<Found<'_>> {
    let mut from = 0;
    while let Some(at) = text[from..].find("p~").map(|at| from + at) {
        let rest = &text[at + 2..];
        let (letters, rest) = rest.split_at(leading(rest, is_token_letter));
        if letters.len() >= HASH_LETTERS {
            return Some(Found { before: &text[..at], letters, after: without_domain(rest) });
        }
        from = at + 2;
    }
    None
}

/// The text after a leading `@domain`, `@h~…` or `@e~…`, where the `@` may be percent-encoded.
fn without_domain(text: &str) -> &str {
    let Some(domain) = text.strip_prefix('@').or_else(|| text.strip_prefix("%40")) else { return text };
    if let Some(letters) = domain.strip_prefix("h~").or_else(|| domain.strip_prefix("e~")) {
        let length = leading(letters, is_token_letter);
        if length > 0 {
            return &letters[length..];
        }
    }
    match leading(domain, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')) {
        0 => text,
        length => &domain[length..],
    }
}

/// How many of the first bytes are such ones. They are ASCII, so the text can be cut there.
fn leading(text: &str, is_such: fn(u8) -> bool) -> usize {
    text.bytes().position(|byte| !is_such(byte)).unwrap_or(text.len())
}

fn is_token_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_found_with_their_domain() {
        let a = "A".repeat(64);
        let exact = "A".repeat(43);
        let short = "A".repeat(42);
        let cases = [
            (format!("p~{a}"), Some(("", a.as_str(), ""))),
            (format!("/users/p~{a}@x.co/meetings"), Some(("/users/", a.as_str(), "/meetings"))),
            (format!("p~{a}%40x-y.co?b"), Some(("", a.as_str(), "?b"))),
            (format!("p~{a}@h~a_-b,"), Some(("", a.as_str(), ","))),
            (format!("p~{a}%40e~ab c"), Some(("", a.as_str(), " c"))),
            (format!("p~{a}@e~ b"), Some(("", a.as_str(), "~ b"))),
            (format!("p~{a}@ x"), Some(("", a.as_str(), "@ x"))),
            (format!("p~{a}%41x"), Some(("", a.as_str(), "%41x"))),
            (format!("xp~{exact}é"), Some(("x", exact.as_str(), "é"))),
            (format!("p~{short} p~p~{a}p~"), Some((&format!("p~{short} p~"), &format!("{a}p"), "~"))),
            (format!("p~{short}"), None),
            (format!("t~{a}"), None),
            (format!("p%7E{a}"), None),
            ("é p~é".to_owned(), None),
            (String::new(), None),
        ];
        for (text, expected) in &cases {
            let found = find(text).map(|found| (found.before, found.letters, found.after));
            assert_eq!(&found, expected, "{text}");
        }
    }

    #[test]
    fn are_canonical_base64() {
        let found = |letters: &'static str| Found { before: "", letters, after: "" };
        assert_eq!(found("_-8").bytes().unwrap().as_slice(), [0xff, 0xef]);
        assert!(found("_-9").bytes().is_none(), "bits after the last byte");
        assert!(found("A").bytes().is_none());
    }
}
