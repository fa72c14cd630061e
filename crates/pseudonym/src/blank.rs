//! Which texts hold nothing: the JVM's notion of white space, which rule files in the field were written for.

/// Whether the text is empty or only white space, as `Character.isWhitespace` has it: no-break spaces are
/// not blank, the ASCII separators U+001C to U+001F are.
///
/// ```
/// assert!(vizard_pseudonym::is_blank(" \t\n\u{2003}"));
/// assert!(!vizard_pseudonym::is_blank("\u{a0}"));
/// ```
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|letter| match letter {
        '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{85}' => false,
        '\u{1c}'..='\u{1f}' => true,
        other => other.is_whitespace(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_jvm() {
        let blank =
            ["", " ", "\t\n\u{b}\u{c}\r", "\u{1c}\u{1f}", "\u{1680}\u{2000}\u{2006}\u{2008}", "\u{3000}"];
        let full =
            ["a", " a ", "\u{a0}", "\u{2007}", "\u{202f}", "\u{85}", "\u{200b}", "\0", "\u{1b}", "\u{180e}"];
        assert!(blank.into_iter().all(is_blank));
        assert!(!full.into_iter().any(is_blank));
    }
}
