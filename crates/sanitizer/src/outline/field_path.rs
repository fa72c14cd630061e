//! The name of a place in answers: `$.users[*].id`.

use std::fmt;

use crate::jsonpath::{self, Selector};

/// The way from the top of a document to a kind of place in it, without positions in lists.
///
/// `Display` writes it as rule files write paths: `$.users[*].id`, `$['odd name'].*`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath(pub Vec<Part>);

/// One step of the way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The member of this name.
    Name(String),
    /// Any member, where a description lists none: `.*`.
    AnyName,
    /// Any element of a list: `[*]`.
    Element,
}

impl FieldPath {
    /// The document itself.
    pub const ROOT: FieldPath = FieldPath(Vec::new());

    /// Reads one place as people write it: `$.users[*].id`, `users[].id`, `users[0]['odd name']`. A position in a list
    /// stands for any.
    ///
    /// ```
    /// use vizard_sanitizer::outline::FieldPath;
    ///
    /// assert_eq!(FieldPath::read("$['users'][0].id").unwrap().to_string(), "$.users[*].id");
    /// assert!(FieldPath::read("$..id").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// What is wrong, where it is no path or may mean more than one place.
    pub fn read(text: &str) -> Result<FieldPath, String> {
        let text = text.trim();
        if text.starts_with('@') {
            return Err("a path begins with `$` or a name; a name that begins with `@` needs brackets: \
                        `$['@name']`"
                .to_owned());
        }
        let mut path = FieldPath::ROOT;
        for segment in jsonpath::parse(&with_stars(text)?)?.segments {
            if segment.descend {
                return Err(
                    "`..` may mean many places; write the path of one field, or its name alone".to_owned()
                );
            }
            path.0.push(match segment.selector {
                Selector::Names(names) => match <[String; 1]>::try_from(names) {
                    Ok([name]) => Part::Name(name),
                    Err(_) => {
                        return Err("several names in one bracket mean several places; write one".to_owned());
                    }
                },
                Selector::Wildcard => Part::Element,
                Selector::Indexes(at) if at.len() == 1 => Part::Element,
                Selector::Indexes(_) | Selector::Slice { .. } => {
                    return Err("several positions mean several places; write `[*]` for any".to_owned());
                }
                Selector::Filter(_) => {
                    return Err("a filter names no place of its own; write `[*]` for any element".to_owned());
                }
            });
        }
        Ok(path)
    }

    /// The place one step below.
    #[must_use]
    pub fn then(&self, part: Part) -> FieldPath {
        let mut parts = Vec::with_capacity(self.0.len() + 1);
        parts.extend_from_slice(&self.0);
        parts.push(part);
        FieldPath(parts)
    }

    /// The last name on the way, which says what the value is: `id` of `$.users[*].id`, `tags` of `$.tags[*]`.
    pub fn name(&self) -> Option<&str> {
        self.0.iter().rev().find_map(|part| match part {
            Part::Name(name) => Some(name.as_str()),
            Part::AnyName | Part::Element => None,
        })
    }

    /// Whether the other place is this one or below it.
    pub fn holds(&self, other: &FieldPath) -> bool {
        other.0.starts_with(&self.0)
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("$")?;
        for part in &self.0 {
            match part {
                Part::Name(name) if is_plain(name) => write!(out, ".{name}")?,
                Part::Name(name) => write!(out, "['{}']", name.replace('\\', "\\\\").replace('\'', "\\'"))?,
                Part::AnyName => out.write_str(".*")?,
                Part::Element => out.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

/// With `[*]` for every `[]` that is not in quotes.
fn with_stars(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len() + 8);
    let (mut in_bracket, mut quote, mut escaped) = (false, None, false);
    let mut before = '.';
    for c in text.chars() {
        match (c, quote) {
            (_, Some(_)) if escaped => escaped = false,
            ('\\', Some(_)) => escaped = true,
            (c, Some(open)) if c == open => quote = None,
            (_, Some(_)) => {}
            ('\'' | '"', None) if in_bracket => quote = Some(c),
            ('[', None) => in_bracket = true,
            (']', None) => {
                if in_bracket && before == '[' {
                    out.push('*');
                }
                in_bracket = false;
            }
            ('*', None) if !in_bracket && before == '.' => {
                return Err(
                    "`*` for a name may mean many places; write the name, or `[*]` for elements".to_owned()
                );
            }
            _ => {}
        }
        out.push(c);
        before = c;
    }
    Ok(out)
}

/// Whether a name can stand behind a dot.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_place() {
        for (text, expected) in [
            ("$", "$"),
            ("email", "$.email"),
            (" $.users[*].id ", "$.users[*].id"),
            ("users[].id", "$.users[*].id"),
            ("users[0].id", "$.users[*].id"),
            ("$['users'][-1][\"id\"]", "$.users[*].id"),
            ("[*].id", "$[*].id"),
            ("$['a[]']['b.*'].c[]", "$['a[]']['b.*'].c[*]"),
            (r"$['it\'s[]'][]", r"$['it\'s[]'][*]"),
            ("o'brien[]", "$['o\\'brien'][*]"),
            ("+agenda:textDigest", "$['+agenda:textDigest']"),
            ("$['@odata']", "$['@odata']"),
        ] {
            let path = FieldPath::read(text).unwrap_or_else(|why| panic!("{text}: {why}"));
            assert_eq!(path.to_string(), expected, "{text}");
            assert_eq!(FieldPath::read(expected).as_ref(), Ok(&path), "{text}");
        }
    }

    #[test]
    fn refuses_what_may_mean_several_places() {
        for (text, why) in [
            ("$..email", "`..` may"),
            ("$..[*]", "`..` may"),
            ("users[*].*", "`*` for a name"),
            ("*", "`*` for a name"),
            ("$..*", "`*` for a name"),
            ("$['a','b']", "several names"),
            ("$.a[0,1]", "several positions"),
            ("$.a[1:]", "several positions"),
            ("$.a[?(@.b)]", "a filter"),
            ("@.a", "begins with `$`"),
            ("", "the path is empty"),
            ("$.a b", "brackets"),
            ("$['a'", "expected"),
            ("$.", "a name is missing"),
        ] {
            let found = FieldPath::read(text).unwrap_err();
            assert!(found.contains(why), "{text}: {found}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for name in
            ["a", "", " ", "a b", "it's", "\\", "\\'", "a\nb", "\"", "*", "[*]", "a.b", "é", "\u{202e}", "]"]
        {
            let path = FieldPath::ROOT.then(Part::Name(name.to_owned())).then(Part::Element);
            assert_eq!(FieldPath::read(&path.to_string()).as_ref(), Ok(&path), "{name:?}");
        }
    }
}
