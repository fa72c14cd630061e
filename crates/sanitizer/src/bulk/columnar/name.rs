//! Names of columns, and when two spellings are one name.
//!
//! What cannot be seen does not tell columns apart: a header with a no-break space in it must not slip past a rule
//! that names the column.

use crate::diagnostic::{Place, Report, Spanned};
use crate::node::{Fields, Node};

/// The name of a column as the rules write it.
#[derive(Clone, Debug)]
pub(super) struct Name {
    /// Without what stands around it.
    pub(super) written: String,
    /// By which it is compared.
    pub(super) folded: String,
    pub(super) place: Place,
}

/// In one case, with plain spaces, without what cannot be seen.
pub(in crate::bulk) fn folded(name: &str) -> String {
    let seen = name.chars().filter(|c| !is_unseen(*c));
    let plain = seen.map(|c| if c.is_whitespace() { ' ' } else { lower(c) });
    plain.collect::<String>().trim_matches(' ').to_owned()
}

/// Without what cannot be seen at its ends.
pub(in crate::bulk) fn shown(name: &str) -> &str {
    name.trim_matches(|c: char| c.is_whitespace() || is_unseen(c))
}

/// As the JVM compares in either case: by the lower case of the upper case of each letter.
fn lower(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut upper = c.to_uppercase();
    let upper = if upper.len() == 1 { upper.next().unwrap_or(c) } else { c };
    upper.to_lowercase().next().unwrap_or(upper)
}

/// Marks of byte order and direction, joiners, soft hyphens and other controls: they leave no trace on a screen.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{e0000}'..='\u{e0fff}'
    ) || c.is_control() && !c.is_whitespace()
}

impl Name {
    /// `None`: it is blank, which is reported.
    pub(super) fn read(text: &Spanned<String>, key: &str, report: &mut Report) -> Option<Name> {
        let folded = folded(&text.value);
        if folded.is_empty() {
            report
                .error("blank-column", text.place, format!("a name in `{key}` is blank"))
                .suggest("a column without a name cannot be chosen by rules");
            return None;
        }
        Some(Name { written: shown(&text.value).to_owned(), folded, place: text.place })
    }
}

/// The names that a key lists, each once. `None`: the key is absent or null.
pub(super) fn list(fields: &mut Fields, key: &'static str, report: &mut Report) -> Option<Vec<Name>> {
    let written = fields.texts(key, report)?;
    let mut names: Vec<Name> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for text in &written {
        names.extend(Name::read(text, key, report).filter(|name| known.insert(name.folded.clone())));
    }
    Some(names)
}

/// A mapping from names to names; a key that stands twice but for its spelling is reported.
pub(super) fn pairs(fields: &mut Fields, key: &'static str, report: &mut Report) -> Vec<(Name, Name)> {
    let mut pairs: Vec<(Name, Name)> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for (from, node) in fields.map(key, report).unwrap_or_default() {
        let from = Name::read(&from, key, report);
        let to = text(node, key, report).and_then(|to| Name::read(&to, key, report));
        let (Some(from), Some(to)) = (from, to) else { continue };
        if known.insert(from.folded.clone()) {
            pairs.push((from, to));
        } else {
            report
                .error(
                    "duplicate-key",
                    from.place,
                    format!("`{}` stands twice in `{key}`, whatever its case", from.written),
                )
                .suggest("keep one of the two");
        }
    }
    pairs
}

/// A null is blank too.
fn text(node: Node, key: &str, report: &mut Report) -> Option<Spanned<String>> {
    match node.is_null() {
        true => Some(Spanned { value: String::new(), place: node.place }),
        false => node.into_text(key, report),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_tells_no_names_apart() {
        for (one, other, same) in [
            ("email", "EMail", true),
            ("email", " email\t", true),
            ("email", "\u{feff}email", true),
            ("email", "\u{a0}email\u{a0}", true),
            ("User Name", "user\u{a0}name", true),
            ("User Name", "user\u{2009}name", true),
            ("email", "e\u{200b}mail\u{2060}", true),
            ("email", "\u{202a}email\u{202c}", true),
            ("email", "email\0", true),
            ("straße", "STRAßE", true),
            ("Σίγμα", "ΣΊΓΜΑ", true),
            ("İd", "id", true),
            ("email", "e-mail", false),
            ("email", "e mail", false),
            ("User Name", "UserName", false),
            ("", "\u{a0}\u{200b}", true),
        ] {
            assert_eq!(folded(one) == folded(other), same, "{one:?} and {other:?}");
        }
        for (header, expected) in
            [("\u{feff} Email ", "Email"), ("\u{a0}User\u{a0}Name\u{200b}", "User\u{a0}Name"), ("\u{a0}", "")]
        {
            assert_eq!(shown(header), expected);
        }
    }
}
