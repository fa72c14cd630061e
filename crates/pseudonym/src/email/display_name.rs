//! The name beside an address, as it reads.

use std::borrow::Cow;

/// A name without the quotes around it and the backslashes they need.
pub(super) fn display_name(raw: &str) -> Cow<'_, str> {
    let raw = raw.trim_matches(|letter| letter <= ' ');
    let name = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
    if !name.contains('\\') {
        return Cow::Borrowed(name);
    }
    let mut unescaped = String::with_capacity(name.len());
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let escaped = if letter == '\\' { letters.next_if(|&next| matches!(next, '\\' | '"')) } else { None };
        unescaped.push(escaped.unwrap_or(letter));
    }
    Cow::Owned(unescaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loses_quotes_and_their_backslashes() {
        let cases = [
            (" Nora Quill ", "Nora Quill"),
            ("\"N. Quill\" ", "N. Quill"),
            (r#""Nora \"Q\" Quill""#, r#"Nora "Q" Quill"#),
            (r#""Nora \\ Quill""#, r"Nora \ Quill"),
            (r#""Nora \Quill""#, r"Nora \Quill"),
            ("\"\"", ""),
            ("\"", "\""),
            ("Nora (desk)", "Nora (desk)"),
        ];
        for (raw, expected) in cases {
            assert_eq!(display_name(raw), expected);
        }
    }
}
