//! What a YAML text says, apart from how it is laid out: for those who change the layout.

use super::{Kind, Node, parse};
use crate::diagnostic::{Diagnostics, Report, Spanned};

/// What the loader reads out of a text. Equal where it would read the same, but for places.
///
/// ```
/// use vizard_sanitizer::Meaning;
///
/// let read = |text| Meaning::read("rules.yaml", text).unwrap();
/// assert_eq!(read("a: [b]\n"), read("a:\n  - b # why\n"));
/// assert_ne!(read("a: [b]\n"), read("a: b\n"));
/// ```
#[derive(Debug)]
pub struct Meaning(Option<Node>);

impl Meaning {
    /// Reads a text without a judgement about its rules. `name` is used in messages only.
    ///
    /// # Errors
    ///
    /// What is not YAML that the loader takes, and a second document, of which the loader takes nothing.
    pub fn read(name: &str, text: &str) -> Result<Meaning, Diagnostics> {
        let mut report = Report::default();
        let root = parse(text, &mut report);
        let problems = report.finish(name, text);
        if problems.is_empty() { Ok(Meaning(root)) } else { Err(problems) }
    }
}

impl PartialEq for Meaning {
    fn eq(&self, other: &Meaning) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(a), Some(b)) => same(a, b),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }
}

impl Eq for Meaning {}

fn same(a: &Node, b: &Node) -> bool {
    let tag = |node: &'_ Node| node.tag.as_ref().map(|tag: &Spanned<String>| tag.value.clone());
    if tag(a) != tag(b) {
        return false;
    }
    match (&a.kind, &b.kind) {
        (Kind::Scalar { text, plain }, Kind::Scalar { text: other, plain: also }) => {
            // Whether it is in quotes decides whether a word such as `null` means nothing.
            (text, plain) == (other, also)
        }
        (Kind::Sequence(a), Kind::Sequence(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Kind::Mapping(a), Kind::Mapping(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|((key, a), (other, b))| key.value == other.value && same(a, b))
        }
        (Kind::Scalar { .. } | Kind::Sequence(_) | Kind::Mapping(_), _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_is_read_differently() {
        let base = "a:\n- !<redact> {x: 'null', y: [1, 2]}\n- b\n";
        for (text, equal) in [
            ("a:\n  - !redact\n    x: \"null\"\n    y:\n      - 1\n      - '2' # no\n  - b\n", false),
            ("a:\n  - !redact\n    x: \"null\" # yes\n    y:\n      - 1\n      - 2\n  - b\n", true),
            ("a:\n- !<redact> {x: null, y: [1, 2]}\n- b\n", false),
            ("a:\n- !<tokenize> {x: 'null', y: [1, 2]}\n- b\n", false),
            ("a:\n- {x: 'null', y: [1, 2]}\n- b\n", false),
            ("a:\n- !<redact> {y: [1, 2], x: 'null'}\n- b\n", false),
            ("a:\n- !<redact> {x: 'null', y: [1, 2, 3]}\n- b\n", false),
            ("a:\n- !<redact> {x: 'null', y: [1, 2]}\n- b: {}\n", false),
            ("A:\n- !<redact> {x: 'null', y: [1, 2]}\n- b\n", false),
            ("# nothing\n", false),
        ] {
            let read = |text| Meaning::read("r", text).unwrap();
            assert_eq!(read(base) == read(text), equal, "{text}");
        }
        assert_eq!(Meaning::read("r", "").unwrap(), Meaning::read("r", "# x\n").unwrap());
    }

    #[test]
    fn refuses_what_the_loader_does_not_read() {
        for text in ["a: [", "a: 1\na: 2\n", "a: 1\n---\nb: 2\n", "a: &x 1\nb: *x\n"] {
            assert!(Meaning::read("r", text).is_err(), "{text}");
        }
    }
}
