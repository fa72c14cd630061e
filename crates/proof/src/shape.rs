//! The forms of text that transforms write: tokens, pseudonyms as JSON, digests.

/// What a token is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// `t~`, 32 bytes.
    Hash,
    /// `p~`, 32 bytes and blocks of 16 behind them.
    Reversible,
}

/// Whether the whole text is such a token, with a domain behind it where one may stand.
pub(crate) fn is_token(text: &str, token: Token, domain: bool) -> bool {
    match text.split_once('@') {
        Some((head, tail)) => domain && is_bare(head, token) && is_domain(tail),
        None => is_bare(text, token),
    }
}

fn is_bare(text: &str, token: Token) -> bool {
    match token {
        Token::Hash => text.strip_prefix("t~").is_some_and(is_hash),
        Token::Reversible => text.strip_prefix("p~").is_some_and(is_hash_and_blocks),
    }
}

/// 32 bytes in base64url.
pub(crate) fn is_hash(text: &str) -> bool {
    bytes(text) == Some(32)
}

fn is_hash_and_blocks(text: &str) -> bool {
    bytes(text).is_some_and(|count| count >= 48 && count % 16 == 0)
}

/// How many bytes a text of base64url without padding holds, if it is one and in the one spelling that it has.
fn bytes(text: &str) -> Option<usize> {
    let digit = |letter: u8| match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'-' => Some(62),
        b'_' => Some(63),
        _ => None,
    };
    let mut last = 0;
    for letter in text.bytes() {
        last = digit(letter)?;
    }
    // The last digit holds bits that belong to no byte; they are zero.
    let unused = match text.len() % 4 {
        0 => 0,
        2 => last & 0b1111,
        3 => last & 0b11,
        _ => return None,
    };
    (unused == 0).then_some(text.len() * 3 / 4)
}

/// A domain of an e-mail address in clear, or what stands for one: `h~…`, `e~…`.
pub(crate) fn is_domain(text: &str) -> bool {
    if let Some(hash) = text.strip_prefix("h~") {
        return is_hash(hash);
    }
    if let Some(both) = text.strip_prefix("e~") {
        return is_hash_and_blocks(both);
    }
    let labels: Vec<&str> = text.split('.').collect();
    let plain = |label: &&str| {
        let inner = !label.starts_with('-') && !label.ends_with('-');
        let letters = label.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-');
        !label.is_empty() && label.len() <= 63 && inner && letters
    };
    let top = labels
        .last()
        .is_some_and(|it| (2..=26).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_alphabetic()));
    labels.len() >= 2 && labels.iter().all(plain) && top
}

/// Tokens with commas between them.
pub(crate) fn is_token_list(text: &str) -> bool {
    text.split(',').all(|it| is_token(it, Token::Hash, true))
}

/// What a pseudonym as JSON may hold beside its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) reversible: bool,
    pub(crate) original: bool,
}

/// Whether the text is a pseudonym in JSON, in its one spelling.
pub(crate) fn is_pseudonym(text: &str, parts: Parts) -> bool {
    pseudonym(text, parts) == Some("")
}

/// A list of such pseudonyms, of addresses without more.
pub(crate) fn is_pseudonym_list(text: &str) -> bool {
    let Some(mut rest) = text.strip_prefix('[') else { return false };
    loop {
        match pseudonym(rest, Parts { reversible: false, original: false }) {
            Some("]") => return true,
            Some(behind) => match behind.strip_prefix(',') {
                Some(behind) => rest = behind,
                None => return false,
            },
            None => return false,
        }
    }
}

/// What stands behind the pseudonym with which a text begins.
fn pseudonym(text: &str, parts: Parts) -> Option<&str> {
    let mut rest = text.strip_prefix('{')?;
    if let Some(behind) = rest.strip_prefix("\"domain\":\"") {
        let (domain, behind) = behind.split_once('"')?;
        rest = behind.strip_prefix(',').filter(|_| is_domain(domain))?;
    }
    let (hash, behind) = rest.strip_prefix("\"hash\":\"")?.split_once('"')?;
    if !is_hash(hash) {
        return None;
    }
    rest = behind;
    if parts.original
        && let Some(behind) = rest.strip_prefix(",\"original\":")
    {
        let mut texts = serde_json::Deserializer::from_str(behind).into_iter::<String>();
        texts.next()?.ok()?;
        rest = &behind[texts.byte_offset()..];
    }
    if parts.reversible {
        let (token, behind) = rest.strip_prefix(",\"reversible\":\"")?.split_once('"')?;
        if !is_token(token, Token::Reversible, true) {
            return None;
        }
        rest = behind;
    }
    rest.strip_prefix('}')
}

/// Whether the text is a digest in its one spelling, with no other keywords than these.
pub(crate) fn is_digest(text: &str, keywords: &[String]) -> bool {
    let digest = || -> Option<&str> {
        let mut rest = text.strip_prefix('{')?;
        if let Some(mut behind) = rest.strip_prefix("\"keywords\":{") {
            let mut before = "";
            loop {
                let (keyword, value) = behind.strip_prefix('"')?.split_once("\":")?;
                if keyword <= before || !keywords.iter().any(|it| it == keyword) {
                    return None;
                }
                before = keyword;
                let (count, next) = count(value)?;
                if count == 0 {
                    return None;
                }
                match next.strip_prefix(',') {
                    Some(next) => behind = next,
                    None => {
                        rest = next.strip_prefix("},")?;
                        break;
                    }
                }
            }
        }
        let (length, rest) = count(rest.strip_prefix("\"length\":")?)?;
        let (words, rest) = count(rest.strip_prefix(",\"word_count\":")?)?;
        // A word is a letter at least, and a blank stands between two; blank text is counted as one word.
        (words <= length.div_ceil(2)).then_some(rest)
    };
    digest() == Some("}")
}

/// A number in its one spelling, and what stands behind it.
fn count(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let plain = digits == "0" || !digits.starts_with('0');
    digits.parse().ok().filter(|_| plain && digits.len() <= 18).map(|it| (it, rest))
}

/// Text with tokens in it, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Around {
    /// How many tokens there are.
    pub(crate) tokens: usize,
    /// All other text.
    pub(crate) rest: String,
}

/// Takes the tokens out of a text. Of what may belong to a token as well as to the text behind it, the token gets as
/// much as makes it one.
pub(crate) fn around(text: &str, token: Token, domain: bool) -> Around {
    let mut around = Around::default();
    let start = if token == Token::Hash { "t~" } else { "p~" };
    let mut rest = text;
    while let Some(at) = rest.find(start) {
        let (before, from) = rest.split_at(at);
        around.rest.push_str(before);
        let end = from[2..].find(|it: char| !(it.is_ascii_alphanumeric() || "-_".contains(it)));
        let run = end.map_or(from.len(), |it| it + 2);
        let bare = match token {
            Token::Hash => (run >= 45).then_some(45),
            // Blocks of 16 bytes are not whole digits: try the lengths that there are, the longest first.
            Token::Reversible => (66..=run).rev().take(4096).find(|it| is_bare(&from[..*it], token)),
        };
        let Some(bare) = bare.filter(|it| is_bare(&from[..*it], token)) else {
            around.rest.push_str(&from[..2]);
            rest = &from[2..];
            continue;
        };
        around.tokens += 1;
        rest = &from[bare..];
        if let Some(tail) = rest.strip_prefix('@').filter(|_| domain) {
            let end = tail
                .find(|it: char| !(it.is_ascii_alphanumeric() || "-_.~".contains(it)))
                .unwrap_or(tail.len());
            if let Some(end) = (4..=end).rev().take(512).find(|it| is_domain(&tail[..*it])) {
                rest = &tail[end..];
            }
        }
    }
    around.rest.push_str(rest);
    around
}

/// Whether a text says nothing: white space at most, as Java counts it, which spaces that do not break are not.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|it| match it {
        '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}' => false,
        '\x1c'..='\x1f' => true,
        _ => it.is_whitespace(),
    })
}

#[cfg(test)]
mod tests {
    use super::Token::{Hash, Reversible};
    use super::*;

    const H: &str = "UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk";
    const R: &str = "UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMnKYUk8FJevl3wvFyZY0eF-";

    #[test]
    fn knows_tokens() {
        let cases = [
            (format!("t~{H}"), Hash, true, true),
            (format!("t~{H}@acme.com"), Hash, true, true),
            (format!("t~{H}@acme.com"), Hash, false, false),
            (format!("t~{H}@h~{H}"), Hash, true, true),
            (format!("t~{H}@e~{R}"), Hash, true, true),
            (format!("t~{H}@alice smith.com"), Hash, true, false),
            (format!("t~{H}@acme"), Hash, true, false),
            (format!("t~{H}@"), Hash, true, false),
            (format!("t~{H}x"), Hash, true, false),
            (format!("t~{}", &H[1..]), Hash, true, false),
            (format!("t~{}l", &H[..42]), Hash, true, false),
            (format!("p~{H}"), Hash, true, false),
            (H.to_owned(), Hash, true, false),
            (format!("p~{R}"), Reversible, true, true),
            (format!("p~{R}@acme.com"), Reversible, true, true),
            (format!("p~{H}"), Reversible, true, false),
            (format!("t~{R}"), Reversible, true, false),
            (format!("p~{R}AAAA"), Reversible, true, false),
            ("alice@acme.com".to_owned(), Hash, true, false),
        ];
        for (text, token, domain, expected) in cases {
            assert_eq!(is_token(&text, token, domain), expected, "{text}");
        }
    }

    #[test]
    fn knows_pseudonyms_in_json() {
        let cases = [
            (format!(r#"{{"hash":"{H}"}}"#), false, false, true),
            (format!(r#"{{"domain":"a.co","hash":"{H}"}}"#), false, false, true),
            (format!(r#"{{"hash":"{H}","domain":"a.co"}}"#), false, false, false),
            (format!(r#"{{"hash":"{H}","original":"x"}}"#), false, false, false),
            (format!(r#"{{"hash":"{H}","original":"a\"b"}}"#), false, true, true),
            (format!(r#"{{"hash":"{H}","original":"x","reversible":"p~{R}"}}"#), true, true, true),
            (format!(r#"{{"hash":"{H}","reversible":"p~{R}@a.co"}}"#), true, false, true),
            (format!(r#"{{"hash":"{H}","reversible":"p~{R}"}}"#), false, false, false),
            (format!(r#"{{"hash":"{H}"}}"#), true, false, false),
            (format!(r#"{{ "hash":"{H}"}}"#), false, false, false),
            (format!(r#"{{"hash":"{H}"}} "#), false, false, false),
            (r#"{"hash":"alice"}"#.to_owned(), false, false, false),
        ];
        for (text, reversible, original, expected) in cases {
            assert_eq!(is_pseudonym(&text, Parts { reversible, original }), expected, "{text}");
        }
        assert!(is_pseudonym_list(&format!(r#"[{{"hash":"{H}"}},{{"hash":"{H}"}}]"#)));
        assert!(!is_pseudonym_list(&format!(r#"[{{"hash":"{H}"}},"alice"]"#)));
        assert!(!is_pseudonym_list("[]"));
    }

    #[test]
    fn knows_digests() {
        let keywords = ["plan".to_owned(), "risk".to_owned()];
        let cases = [
            (r#"{"length":11,"word_count":2}"#, true),
            (r#"{"length":0,"word_count":0}"#, true),
            (r#"{"length":1,"word_count":1}"#, true),
            (r#"{"keywords":{"plan":2,"risk":1},"length":30,"word_count":8}"#, true),
            (r#"{"keywords":{"risk":1,"plan":2},"length":30,"word_count":8}"#, false),
            (r#"{"keywords":{"salary":2},"length":30,"word_count":8}"#, false),
            (r#"{"keywords":{},"length":30,"word_count":8}"#, false),
            (r#"{"length":3,"word_count":9}"#, false),
            (r#"{"length":011,"word_count":2}"#, false),
            (r#"{"length":"11","word_count":2}"#, false),
            (r#"{"length":11,"word_count":2,"text":"Hello"}"#, false),
            (r#"{"length":11,"word_count":2} Hello"#, false),
            ("Hello world", false),
        ];
        for (text, expected) in cases {
            assert_eq!(is_digest(text, &keywords), expected, "{text}");
        }
    }

    #[test]
    fn takes_tokens_out_of_a_text() {
        let around = |text: &str| {
            let Around { tokens, rest } = around(text, Hash, true);
            (tokens, rest)
        };
        assert_eq!(around(&format!("to @t~{H} and t~{H}@a.co; bye")), (2, "to @ and ; bye".to_owned()));
        assert_eq!(around(&format!("t~{H}abc")), (1, "abc".to_owned()));
        assert_eq!(around("t~alice@acme.com"), (0, "t~alice@acme.com".to_owned()));
    }
}
