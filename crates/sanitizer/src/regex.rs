//! Regexes as rule authors write them (java.util.regex), run by a linear engine where that is possible.
//!
//! [`translate`] rewrites the dialect; look-around, back-references, atomic groups and possessive
//! quantifiers need the backtracking engine, which is step-limited. Running out of steps is an error that
//! the caller must turn into less data.

mod class;
mod prefix;
mod shared;
mod translate;

use prefix::Prefix;
pub(crate) use shared::Patterns;
use translate::{Dialect, Translated, translate};

/// Backtracking steps before a match is given up.
const STEP_LIMIT: usize = 200_000;
/// Longest text that the backtracking engine is given, in bytes: one step may look at all of it.
const MAX_BACKTRACKING: usize = 32 << 10;
/// Compiled size of one pattern, in bytes.
const SIZE_LIMIT: usize = 4 << 20;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    engine: Engine,
    /// The same, where it is that simple.
    prefix: Option<Prefix>,
}

#[derive(Clone, Debug)]
enum Engine {
    Linear(regex::Regex),
    Backtracking(Box<fancy_regex::Regex>),
}

/// The backtracking engine ran out of steps, or would have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StepLimit;

/// The groups of one match; index 0 is the whole of it.
#[derive(Debug)]
pub(crate) struct Groups {
    ranges: Vec<Option<(usize, usize)>>,
}

impl Groups {
    /// Groups that were found in another way, and around them the whole text.
    pub(crate) fn around(text: &str, groups: Vec<(usize, usize)>) -> Groups {
        Groups { ranges: std::iter::once((0, text.len())).chain(groups).map(Some).collect() }
    }

    /// Byte range of a group that took part in the match.
    pub(crate) fn range(&self, group: usize) -> Option<(usize, usize)> {
        self.ranges.get(group).copied().flatten()
    }

    /// How many groups the pattern has, the whole match included.
    pub(crate) fn len(&self) -> usize {
        self.ranges.len()
    }
}

impl Pattern {
    /// Matches the whole text or not at all. Where a [`Report`](crate::diagnostic::Report) is at hand, its
    /// [`Patterns`] compile less.
    pub(crate) fn whole(source: &str) -> Result<Pattern, String> {
        Self::compile(source, Dialect { whole: true, ..Dialect::default() })
    }

    fn compile(source: &str, dialect: Dialect) -> Result<Pattern, String> {
        let Translated { text, needs_backtracking } = translate(source, dialect)?;
        if !needs_backtracking {
            return match regex::RegexBuilder::new(&text).size_limit(SIZE_LIMIT).build() {
                Ok(regex) => {
                    let prefix = if dialect.whole { None } else { Prefix::read(&text) };
                    Ok(Pattern { engine: Engine::Linear(regex), prefix })
                }
                Err(error) => Err(last_line(&error.to_string())),
            };
        }
        let Translated { text, .. } = translate(source, Dialect { backtracking: true, ..dialect })?;
        fancy_regex::RegexBuilder::new(&text)
            .backtrack_limit(STEP_LIMIT)
            .delegate_size_limit(SIZE_LIMIT)
            .build()
            .map(|regex| Pattern { engine: Engine::Backtracking(Box::new(regex)), prefix: None })
            .map_err(|error| last_line(&error.to_string()))
    }

    /// Whether the text matches; `false` when out of steps.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.try_match(text).unwrap_or(false)
    }

    /// Whether the text matches.
    pub(crate) fn try_match(&self, text: &str) -> Result<bool, StepLimit> {
        match &self.engine {
            Engine::Linear(regex) => Ok(regex.is_match(text)),
            Engine::Backtracking(regex) => regex.is_match(affordable(text)?).map_err(|_| StepLimit),
        }
    }

    /// The first match.
    pub(crate) fn captures(&self, text: &str) -> Result<Option<Groups>, StepLimit> {
        self.captures_from(text, 0)
    }

    /// Where the first match is, without its groups, which is quicker.
    pub(crate) fn first(&self, text: &str) -> Result<Option<(usize, usize)>, StepLimit> {
        if let Some(prefix) = &self.prefix {
            return Ok(prefix.matches(text).map(|end| (0, end)));
        }
        match &self.engine {
            Engine::Linear(regex) => Ok(regex.find(text).map(|found| (found.start(), found.end()))),
            Engine::Backtracking(_) => Ok(self.captures(text)?.and_then(|groups| groups.range(0))),
        }
    }

    /// Every match that does not overlap the one before it. Ends with the first error.
    pub(crate) fn matches<'t>(
        &'t self,
        text: &'t str,
    ) -> impl Iterator<Item = Result<Groups, StepLimit>> + use<'t> {
        let mut next = Some(0);
        std::iter::from_fn(move || {
            let found = self.captures_from(text, next.take().filter(|at| *at <= text.len())?).transpose()?;
            next = found.as_ref().ok().and_then(|groups| groups.range(0)).map(|(start, end)| {
                let step = text[end..].chars().next().map_or(1, char::len_utf8);
                if end > start { end } else { end + step }
            });
            Some(found)
        })
    }

    fn captures_from(&self, text: &str, at: usize) -> Result<Option<Groups>, StepLimit> {
        let ranges = match &self.engine {
            Engine::Linear(regex) if regex.captures_len() == 1 => {
                regex.find_at(text, at).map(|found| vec![Some((found.start(), found.end()))])
            }
            Engine::Linear(regex) => regex
                .captures_at(text, at)
                .map(|found| found.iter().map(|group| group.map(|it| (it.start(), it.end()))).collect()),
            Engine::Backtracking(regex) => regex
                .captures_from_pos(affordable(text)?, at)
                .map_err(|_| StepLimit)?
                .map(|found| found.iter().map(|group| group.map(|it| (it.start(), it.end()))).collect()),
        };
        Ok(ranges.map(|ranges| Groups { ranges }))
    }

    /// Number of groups, not counting the whole match.
    pub(crate) fn groups(&self) -> usize {
        match &self.engine {
            Engine::Linear(regex) => regex.captures_len() - 1,
            Engine::Backtracking(regex) => regex.captures_len() - 1,
        }
    }

    /// Names of the named groups, with their numbers.
    pub(crate) fn names(&self) -> Vec<(usize, String)> {
        let names: Vec<Option<String>> = match &self.engine {
            Engine::Linear(regex) => regex.capture_names().map(|name| name.map(str::to_owned)).collect(),
            Engine::Backtracking(regex) => {
                regex.capture_names().map(|name| name.map(str::to_owned)).collect()
            }
        };
        names.into_iter().enumerate().filter_map(|(i, name)| Some((i, name?))).collect()
    }
}

fn affordable(text: &str) -> Result<&str, StepLimit> {
    if text.len() > MAX_BACKTRACKING { Err(StepLimit) } else { Ok(text) }
}

/// Engines explain over several lines and repeat the translated pattern; the last line is the reason.
fn last_line(message: &str) -> String {
    let line = message.lines().last().unwrap_or(message).trim();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_dates_up() {
        let date = Patterns::default().find(r"^20\d{2}-[01]\d-[0-3]\d").unwrap();
        assert!(date.prefix.is_some());
        for (text, found) in [
            ("2026-11-21T08:00:00Z", Some((0, 10))),
            ("2026-11-2", None),
            (" 2026-11-21", None),
            ("2026-11-é1", None),
        ] {
            assert_eq!(date.first(text), Ok(found), "{text}");
        }
    }

    #[test]
    fn matches_as_java_does() {
        for (source, text, matches) in [
            (r"\d+", "12", true),
            (r"\d+", "١٢", false),
            (r"\w+", "é", false),
            (r"a.c", "a\u{2028}c", false),
            (r"(?s)a.c", "a\nc", true),
            (r"(?i)ABC", "abc", true),
            (r"(?i)[a-c]+", "ABC", true),
            (r"(?i)k", "\u{212A}", false),
            (r"(?i)é", "É", false),
            (r"(?iu)é", "É", true),
            (r"a(?i)b(?-i)c", "aBc", true),
            (r"a(?i)b(?-i)c", "aBC", false),
            (r"(?i:a)b", "Ab", true),
            (r"(?i:a)b", "AB", false),
            (r"\Qa.b\E+", "a.bb", true),
            (r"(?)abc", "abc", true),
            (r"[a-z&&[^bc]]+", "adz", true),
            (r"[a-z&&[^bc]]+", "abz", false),
            (r"(?<name>x)\k<name>", "xx", true),
            (r"(a|b)\1", "aa", true),
            (r"(a|b)\1", "ab", false),
            (r"^/v2/meetings/(?!summary)[^/]+$", "/v2/meetings/1", true),
            (r"^/v2/meetings/(?!summary)[^/]+$", "/v2/meetings/summary", false),
            (r"a*+a", "aaa", false),
            (r"(?>a+)b", "aab", true),
            (r"\p{Alpha}+", "abc", true),
            (r"\p{Alpha}+", "é", false),
            (r"\p{L}+", "é", true),
            (r"\p{IsLatin}+", "é", true),
            (r"\u0041\x42\x{43}", "ABC", true),
            (r"[\uD83D\uDE42]\uD83D\uDE42", "🙂🙂", true),
            (r"a{2,3}", "aaa", true),
            (r"a\-b\/c\@", "a-b/c@", true),
            (r"[\w.-]+", "a.b-c", true),
            (r"[^\s,]+", "ab", true),
            (r"\h+", " \u{a0}", true),
            (r"ab|cd", "cd", true),
            (r"ab|cd", "xcd", false),
            (r".*\bfoo\b.*", "a foo b", true),
            (r".*\bfoo\b.*", "a éfoo b", true),
        ] {
            let pattern = Pattern::whole(source).unwrap_or_else(|why| panic!("{source}: {why}"));
            assert_eq!(pattern.is_match(text), matches, "{source} on {text}");
        }
    }

    #[test]
    fn finds_with_groups() {
        let pattern = Patterns::default().find(r"@([\w.-]+)").unwrap();
        let text = "to @alice and @bob";
        let found: Vec<&str> = pattern
            .matches(text)
            .map(|groups| groups.unwrap().range(1).map_or("", |(start, end)| &text[start..end]))
            .collect();
        assert_eq!(found, ["alice", "bob"]);
        assert_eq!(Patterns::default().find("x$").unwrap().matches("x\n").count(), 1);
        assert_eq!(Patterns::default().find("x*").unwrap().matches("éx").count(), 3);
    }

    #[test]
    fn refuses_what_it_cannot_translate() {
        for source in [
            "(",
            "[a",
            r"\y",
            "a{",
            "*a",
            r"\G",
            "(?<n>a)(?<n>b)",
            r"\p{Foo}",
            "a**",
            r"\",
            r"\uD83D\u0041",
            r"\uDE42",
        ] {
            assert!(Pattern::whole(source).is_err(), "{source}");
        }
    }

    #[test]
    fn gives_up_after_a_bounded_number_of_steps() {
        let pattern = Pattern::whole(r"((?=a)a+)+b").unwrap();
        assert_eq!(pattern.try_match(&"a".repeat(5_000)), Err(StepLimit));
        // Each step looks at the whole rest here.
        let pattern = Patterns::default().find("x(?!.*y)").unwrap();
        assert_eq!(pattern.matches(&"x".repeat(1_000)).filter(Result::is_ok).count(), 1_000);
        assert_eq!(pattern.matches(&"x".repeat(1_000_000)).collect::<Vec<_>>().len(), 1);
        assert_eq!(pattern.try_match(&"x".repeat(1_000_000)), Err(StepLimit));
    }
}
