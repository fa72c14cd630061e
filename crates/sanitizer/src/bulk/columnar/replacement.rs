//! Replacements as `java.util.regex` writes them: `$1`, `${name}`, and a backslash before what stands for itself.

use crate::regex::{Groups, Pattern, StepLimit};

/// The longest text that replacing makes of a shorter one, in bytes. Empty matches stand between all letters.
const MAX_GROWN: usize = 1 << 20;

/// A replacement in pieces.
#[derive(Clone, Debug)]
pub(super) struct Replacement {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Group(usize),
}

impl Replacement {
    /// Reads a replacement for the matches of a pattern; `Err` says what is wrong.
    pub(super) fn read(text: &str, pattern: &Pattern) -> Result<Replacement, String> {
        let mut replacement = Replacement { pieces: Vec::new() };
        let mut rest = text;
        while let Some(at) = rest.find(['$', '\\']) {
            replacement.literal(&rest[..at]);
            let after = &rest[at + 1..];
            if rest[at..].starts_with('\\') {
                let Some(c) = after.chars().next() else {
                    return Err("a backslash at the end stands for nothing".to_owned());
                };
                replacement.literal(&after[..c.len_utf8()]);
                rest = &after[c.len_utf8()..];
            } else {
                let (group, length) = group(after, pattern)?;
                replacement.pieces.push(Piece::Group(group));
                rest = &after[length..];
            }
        }
        replacement.literal(rest);
        Ok(replacement)
    }

    fn literal(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Literal(before)) => before.push_str(text),
            _ if text.is_empty() => {}
            _ => self.pieces.push(Piece::Literal(text.to_owned())),
        }
    }

    /// The text with each match replaced, unless that is too long.
    pub(super) fn each(&self, find: &Pattern, text: &str) -> Result<String, StepLimit> {
        let (mut out, mut at) = (String::with_capacity(text.len()), 0);
        for found in find.matches(text) {
            let groups = found?;
            let Some((start, end)) = groups.range(0) else { continue };
            out.push_str(&text[at..start]);
            self.append(text, &groups, &mut out);
            if out.len() > MAX_GROWN.max(text.len()) {
                return Err(StepLimit);
            }
            at = end;
        }
        out.push_str(&text[at..]);
        Ok(out)
    }

    fn append(&self, text: &str, groups: &Groups, out: &mut String) {
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => out.push_str(literal),
                Piece::Group(group) => {
                    out.push_str(groups.range(*group).map_or("", |(start, end)| &text[start..end]));
                }
            }
        }
    }
}

/// The group that is named after a `$`, and how long that is. Of digits the first counts, and each further one as
/// long as there is such a group.
fn group(after: &str, pattern: &Pattern) -> Result<(usize, usize), String> {
    if let Some(named) = after.strip_prefix('{') {
        let Some((name, _)) = named.split_once('}') else {
            return Err("`${` has no end".to_owned());
        };
        let found = pattern.names().into_iter().find(|(_, known)| known == name);
        let (group, _) = found.ok_or_else(|| format!("the regex has no group `{name}`"))?;
        return Ok((group, name.len() + 2));
    }
    let digit =
        |at: usize| after.as_bytes().get(at).filter(|c| c.is_ascii_digit()).map(|c| usize::from(c - b'0'));
    let Some(mut group) = digit(0) else {
        return Err("`$` is not followed by a number or a name in braces; a literal one is `\\$`".to_owned());
    };
    if group > pattern.groups() {
        return Err(format!("the regex has no group {group}"));
    }
    let mut length = 1;
    while let Some(next) =
        digit(length).map(|digit| group * 10 + digit).filter(|next| *next <= pattern.groups())
    {
        group = next;
        length += 1;
    }
    Ok((group, length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regex::Patterns;

    #[test]
    fn replaces_as_java_does() {
        for (regex, replacement, text, expected) in [
            ("(.*)@(.*)", "$2-$1", "al@b.co", "b.co-al"),
            ("^(.*)$", "$1_x", "al", "al_x"),
            // The empty match at the end counts too.
            ("(.*)", "<$1>", "al", "<al><>"),
            ("a|ab", "x", "ab", "xb"),
            (r"(?<first>\w+)\.(?<last>\w+)", "${last}.${first}", "nora.quill", "quill.nora"),
            ("(a)", "$12", "a", "a2"),
            ("(a)", r"\$1\\\x", "a", r"$1\x"),
            ("(a)|(b)", "[$1$2]", "b", "[b]"),
            ("a", "", "a", ""),
            ("é", "$0é", "é", "éé"),
        ] {
            let find = Patterns::default().find(regex).unwrap();
            let read = Replacement::read(replacement, &find).unwrap();
            assert_eq!(read.each(&find, text).unwrap(), expected, "{regex} by {replacement}");
        }
    }

    #[test]
    fn gives_up_what_grows_without_end() {
        let find = Patterns::default().find("").unwrap();
        let read = Replacement::read(&"x".repeat(1_000), &find).unwrap();
        assert_eq!(read.each(&find, "ab").map(|it| it.len()), Ok(3_002));
        assert_eq!(read.each(&find, &"a".repeat(2_000)), Err(StepLimit));
    }

    #[test]
    fn refuses_what_java_would_throw_at() {
        let find = Patterns::default().find("(?<user>a)").unwrap();
        for replacement in ["$", "$x", "$2", "${user", "${name}", "x\\", "${}", "$ 1"] {
            assert!(Replacement::read(replacement, &find).is_err(), "{replacement}");
        }
    }
}
