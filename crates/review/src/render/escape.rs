//! What is done to text that came from a file before it is shown.

/// On one line and harmless to a terminal, with as many characters as before: what cannot be seen becomes `U+FFFD`, so
/// that a reader notices it.
pub(crate) fn visible(text: &str) -> String {
    let shown = |c: char| match c {
        '\t' | '\n' | '\r' => ' ',
        c if is_unseen(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.chars().map(shown).collect()
}

/// Control characters, and those that reorder or hide the text around them.
pub(crate) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{e0000}'..='\u{e007f}')
}

/// JSON in which what cannot be seen is written as an escape. Takes JSON as serde writes it: outside of strings only
/// spaces and line feeds, which stay.
pub(crate) fn json(value: &impl serde::Serialize) -> String {
    let written = serde_json::to_string_pretty(value).expect("our own records have names that are strings");
    let mut out = String::with_capacity(written.len() + 1);
    for c in written.chars() {
        if c != '\n' && is_unseen(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out.push('\n');
    out
}

/// A URI reference for the name of a file, as RFC 3986 has it.
pub(super) fn uri(file: &str) -> String {
    let mut out = String::with_capacity(file.len());
    for byte in file.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte.into()),
            // Two slashes at the beginning would name a host.
            b'/' if out == "/" => {}
            b'/' => out.push('/'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Text in an attribute or an element of XML 1.0 or HTML.
pub(crate) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            c => out.push(c),
        }
    }
    out
}

/// Text broken between words so that no line is wider than 80, unless a word is. `first` stands before the first line
/// and is `taken` wide; the others are indented by `indent`.
pub(crate) fn wrapped(first: &str, taken: usize, indent: usize, text: &str) -> String {
    const WIDTH: usize = 80;
    let (mut out, mut column, mut fresh) = (first.to_owned(), taken, true);
    for word in visible(text).split(' ').filter(|word| !word.is_empty()) {
        let wide = word.chars().count();
        if !fresh && column + 1 + wide > WIDTH {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            (column, fresh) = (indent, true);
        }
        if !fresh {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        (column, fresh) = (column + wide, false);
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_reader_of_any_format() {
        let hostile = "a\u{1b}[2J\u{9b}b\u{202e}c\r\nd\te\u{0}<&>\"'\u{ffff}";
        let seen = visible(hostile);
        assert_eq!(seen, "a\u{fffd}[2J\u{fffd}b\u{fffd}c  d e\u{fffd}<&>\"'\u{fffd}");
        assert_eq!(seen.chars().count(), hostile.chars().count());
        let written = json(&hostile);
        assert!(!written.trim_end().chars().any(is_unseen), "{written}");
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), hostile);
        let tag = json(&"\u{e0041}");
        assert_eq!(
            (tag.as_str(), serde_json::from_str::<String>(&tag).unwrap().as_str()),
            ("\"\\udb40\\udc41\"\n", "\u{e0041}")
        );
        assert_eq!(xml("<a b='\"'>&\u{1}"), "&lt;a b=&apos;&quot;&apos;&gt;&amp;\u{fffd}");
    }

    #[test]
    fn names_of_files_become_references() {
        for (file, expected) in [
            ("rules/zoom/rules.yaml", "rules/zoom/rules.yaml"),
            ("../a b/é#?.yaml", "../a%20b/%C3%A9%23%3F.yaml"),
            ("//host/x", "/host/x"),
            ("c:\\x", "c%3A%5Cx"),
            ("100%", "100%25"),
        ] {
            assert_eq!(uri(file), expected);
        }
    }

    #[test]
    fn wraps_between_words_only() {
        let text = format!("{} {} end", "x".repeat(70), "y".repeat(90));
        assert_eq!(
            wrapped("> ", 2, 4, &text),
            format!("> {}\n    {}\n    end\n", "x".repeat(70), "y".repeat(90))
        );
    }
}
