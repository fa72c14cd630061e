//! Regexes of rule files, and what can be told of a text that they have passed over.

mod java;

use fancy_regex::{Regex, RegexBuilder};

use crate::pattern::java::Reader;

/// A regex that can be asked.
#[derive(Debug)]
pub(crate) struct Pattern {
    whole: Regex,
    anywhere: Regex,
    /// Matches at least what the regex matches anywhere, without asking for what stands around.
    relaxed: Option<Regex>,
    /// Whether what it matches depends on what stands around, or on how it is matched.
    pub(crate) in_context: bool,
    pub(crate) groups: usize,
}

impl Pattern {
    /// Reads a regex, or says what of it is not known here.
    pub(crate) fn read(java: &str) -> Result<Pattern, String> {
        Pattern::with("", java)
    }

    /// The same for paths of calls, which are compared without regard to the case of letters.
    pub(crate) fn case_insensitive(java: &str) -> Result<Pattern, String> {
        Pattern::with("(?i)", java)
    }

    fn with(flags: &str, java: &str) -> Result<Pattern, String> {
        if java.len() > LONGEST {
            return Err(format!("a regex of more than {LONGEST} bytes"));
        }
        let letters: Vec<char> = java.chars().collect();
        let build = |text: String| {
            RegexBuilder::new(&text).build().map_err(|_| "a regex that this check cannot read".to_owned())
        };
        let Reader { out, in_context, looks_around, groups, .. } = Reader::read(&letters, false)?;
        let mut relaxed = None;
        if looks_around {
            let Reader { out, .. } = Reader::read(&letters, true)?;
            relaxed = Some(build(format!("{flags}\\A(?:{out})\\z"))?);
        }
        let whole = build(format!("{flags}\\A(?:{out})\\z"))?;
        let anywhere = build(format!("{flags}{out}"))?;
        Ok(Pattern { whole, anywhere, relaxed, in_context, groups })
    }

    /// Whether it matches the whole text. A regex that takes too many steps matches nothing.
    pub(crate) fn is_whole(&self, text: &str) -> bool {
        self.whole.is_match(text).unwrap_or(false)
    }

    /// Whether the whole text may be a match in a longer one. Known only of regexes that ask for what stands around.
    pub(crate) fn may_be_inside(&self, text: &str) -> bool {
        self.relaxed.as_ref().is_some_and(|it| it.is_match(text).unwrap_or(false))
    }

    /// Whether it matches somewhere in the text; what takes too many steps may.
    pub(crate) fn is_somewhere(&self, text: &str) -> bool {
        self.anywhere.is_match(text).unwrap_or(true)
    }

    /// What the first group of a match of the whole text holds.
    pub(crate) fn first_group<'t>(&self, text: &'t str) -> Option<&'t str> {
        let found = self.whole.captures(text).ok()??;
        found.get(1).map(|it| it.as_str())
    }

    /// Whether no text could keep this letter where every match is replaced: the letter alone is a match, wherever it
    /// stands. Not said of regexes in which more than that decides.
    pub(crate) fn takes_every(&self, letter: char) -> bool {
        let mut alone = [0; 4];
        !self.in_context && !self.is_whole("") && self.is_whole(letter.encode_utf8(&mut alone))
    }
}

const LONGEST: usize = 10_000;
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_as_java_does() {
        let cases = [
            (r"\d{4}", "2026", true),
            (r"\d+", "٣", false),
            (r"\w+", "é", false),
            (".", "\u{2028}", false),
            ("(?s).", "\n", true),
            (r"\Qa.b\E+", "a.b", true),
            (r"\Qa.b\E+", "axb", false),
            ("[A-Z]++-[0-9]", "OPS-4", true),
            ("(?i)basic", "BaSiC", true),
            (r"a(?=b)b", "ab", true),
            (r"(?<x>a)\1", "aa", true),
            (r"[^;,\s]+", "a@b.example", true),
            (r"[^;,\s]+", "a b", false),
            (r"[\w.-]+", "a.b-c", true),
            (r"[-a]", "-", true),
            ("a$", "a", true),
            (r"\x41\u0042", "AB", true),
            (r"\bfoo\b", "foo", true),
            ("a|bc", "bc", true),
            ("a|bc", "ac", false),
            ("#a b~&", "#a b~&", true),
            (r"\p{Upper}\p{L}", "Aé", true),
        ];
        for (java, text, expected) in cases {
            let pattern = Pattern::read(java).unwrap_or_else(|why| panic!("{java}: {why}"));
            assert_eq!(pattern.is_whole(text), expected, "{java} {text:?}");
        }
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for java in [
            "[a&&b]",
            "[a[b]]",
            "(?x)a",
            "(?m)^a",
            r"\R",
            r"\h",
            r"\p{IsGreek}",
            "a{x}",
            "[]a]",
            r"\012",
            "(",
            "\\",
        ] {
            assert!(Pattern::read(java).is_err(), "{java}");
        }
    }

    #[test]
    fn knows_what_may_stand_inside_a_longer_text() {
        for (java, text, expected) in [
            (r"(?<=@)\w+", "ada", true),
            (r"(?<=@)\w+", "Ada Moss", false),
            (r"\b-(a|b)(?!c)", "-b", true),
            (r"\b-(a|b)(?!c)", "-c", false),
            (r"\w+", "ada", false),
        ] {
            assert_eq!(Pattern::read(java).unwrap().may_be_inside(text), expected, "{java} {text}");
        }
    }

    #[test]
    fn knows_letters_that_cannot_stay() {
        for (java, letter, expected) in [
            (r"\d+", '7', true),
            (r"\d+", 'a', false),
            (r"\d{2}", '7', false),
            (r"[^;,\s]+", '@', true),
            (r"[^;,\s]*", '@', false),
            (r"^\d", '7', false),
            (r"\d(?!x)", '7', false),
        ] {
            assert_eq!(Pattern::read(java).unwrap().takes_every(letter), expected, "{java} {letter}");
        }
    }
}
