//! The little HTML that the page is made of.

use crate::render::escape::xml;

/// Escaped, with what stands between back-quotes as code.
pub(super) fn with_code(text: &str) -> String {
    let mut out = String::new();
    for (at, piece) in text.split('`').enumerate() {
        match at % 2 {
            0 => out.push_str(&xml(piece)),
            _ => {
                out.push_str("<code>");
                out.push_str(&breakable(piece));
                out.push_str("</code>");
            }
        }
    }
    out
}

/// Escaped, with leave to break long paths at dots, slashes and brackets.
pub(super) fn breakable(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut run = String::new();
    for c in text.chars() {
        run.push(c);
        if matches!(c, '.' | '/' | ']' | '_' | '~' | '@') {
            out.push_str(&xml(&run));
            out.push_str("<wbr>");
            run.clear();
        }
    }
    out.push_str(&xml(&run));
    out
}

/// Escaped, with leave to break long names between their words: `redactExceptPhrases`.
pub(super) fn camel(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = ' ';
    for c in text.chars() {
        if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            out.push_str("<wbr>");
        }
        out.push_str(&xml(c.encode_utf8(&mut [0; 4])));
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        for (text, expected) in [
            ("<script>alert('x')</script>", "&lt;script&gt;alert(&apos;x&apos;)&lt;/script&gt;"),
            ("a & \"b\"", "a &amp; &quot;b&quot;"),
            ("left\u{202e}right\u{7}", "left\u{fffd}right\u{fffd}"),
            ("pass\u{ad}word\u{e0041}\u{1b}[2J\u{2028}", "pass\u{fffd}word\u{fffd}\u{fffd}[2J\u{fffd}"),
        ] {
            assert_eq!(xml(text), expected);
        }
        assert_eq!(camel("line 1, hashIp"), "line 1, hash<wbr>Ip");
        assert_eq!(with_code("keeps `a<b.c`, so"), "keeps <code>a&lt;b.<wbr>c</code>, so");
    }
}
