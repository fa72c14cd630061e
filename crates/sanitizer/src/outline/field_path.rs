//! The name of a place in answers: `$.users[*].id`.

use std::fmt;

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

/// Whether a name can stand behind a dot.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}
