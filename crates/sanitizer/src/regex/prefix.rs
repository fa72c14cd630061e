//! Patterns like `^20\d{2}-[01]\d` : from the beginning of the text, one class of ASCII characters after the other.
//! Rules cut most times of day off with one, in every record, and looking the characters up is several times
//! quicker than starting an engine.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// Longest prefix, in characters.
const MAX_LENGTH: usize = 64;

/// The characters that may stand at each place from the beginning on.
#[derive(Clone, Debug)]
pub(super) struct Prefix(Vec<Set>);

/// A bit for each ASCII character.
#[derive(Clone, Copy, Debug)]
struct Set(u128);

impl Prefix {
    /// Reads a pattern of the linear engine; `None` when it is of another kind.
    pub(super) fn read(pattern: &str) -> Option<Prefix> {
        let hir = regex_syntax::parse(pattern).ok()?;
        let mut sets = Vec::new();
        let mut anchored = false;
        add(&hir, &mut sets, &mut anchored)?;
        (anchored && !sets.is_empty()).then_some(Prefix(sets))
    }

    /// The length of the match, which begins where the text begins.
    #[inline]
    pub(super) fn matches(&self, text: &str) -> Option<usize> {
        let start = text.as_bytes().get(..self.0.len())?;
        let all = self.0.iter().zip(start).all(|(set, byte)| *byte < 128 && set.0 & (1 << byte) != 0);
        all.then_some(self.0.len())
    }
}

fn add(hir: &Hir, sets: &mut Vec<Set>, anchored: &mut bool) -> Option<()> {
    match hir.kind() {
        HirKind::Look(Look::Start) if sets.is_empty() => *anchored = true,
        HirKind::Literal(text) if text.0.is_ascii() => {
            sets.extend(text.0.iter().map(|byte| Set(1 << byte)));
        }
        HirKind::Class(Class::Unicode(class)) if class.is_ascii() => {
            let mut set = 0;
            for range in class.ranges() {
                (range.start()..=range.end()).for_each(|it| set |= 1_u128 << (it as u32));
            }
            sets.push(Set(set));
        }
        HirKind::Repetition(repetition) if repetition.max == Some(repetition.min) => {
            let is_look = matches!(repetition.sub.kind(), HirKind::Look(_));
            for _ in 0..repetition.min {
                if is_look || sets.len() > MAX_LENGTH {
                    return None;
                }
                add(&repetition.sub, sets, anchored)?;
            }
        }
        HirKind::Capture(capture) => add(&capture.sub, sets, anchored)?,
        HirKind::Concat(parts) => {
            for part in parts {
                add(part, sets, anchored)?;
            }
        }
        HirKind::Empty => {}
        _ => return None,
    }
    (*anchored && sets.len() <= MAX_LENGTH).then_some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_prefixes_and_nothing_else() {
        for (pattern, is_prefix) in [
            (r"^20[0-9]{2}-[01][0-9]", true),
            (r"\Aab", true),
            (r"^(a)(?:[b-d]{2})", true),
            (r"^a|b", false),
            (r"a", false),
            (r"^", false),
            (r"^a*", false),
            (r"^a{1,2}", false),
            (r"^a$", false),
            (r"^\d", false), // digits of every script
            (r"^é", false),
            (r"^.", false),
            (r"(?m)^a", false),
            (r"a^", false),
            (r"^a\b", false),
            (r"^a{65}", false),
            (r"^[^a]", false),
            (r"^(?i)a", true),
            (r"^(?i)k", false), // the Kelvin sign
        ] {
            assert_eq!(Prefix::read(pattern).is_some(), is_prefix, "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn matches_as_the_engine_does(
            pattern in r"\^([ab]|\[a-c\]|\(b\)|\[ac\]\{[0-3]\}|\(\?:ab\)\{2\}){0,4}",
            text in "[abcdé\n]{0,10}",
        ) {
            let found = regex::Regex::new(&pattern).unwrap().find(&text).map(|it| (it.start(), it.end()));
            if let Some(prefix) = Prefix::read(&pattern) {
                prop_assert_eq!(prefix.matches(&text).map(|end| (0, end)), found, "{}", pattern);
            }
        }
    }
}
