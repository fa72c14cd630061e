//! YAML as a tree that remembers places and tags, and the reader that takes fields out of it.
//!
//! serde stops at the first mistake and forgets where things stood; a rule author wants every mistake
//! with its line. So the events of the parser become nodes, and [`Fields`] reads them, noting each problem.

mod fields;
mod meaning;

use std::collections::HashSet;

use granit_parser::{Event, Parser, ScalarStyle, Span};

pub(crate) use fields::Fields;
#[cfg(test)]
pub(crate) use fields::asked;
pub use meaning::Meaning;

use crate::diagnostic::{Place, Report, Spanned};

const MAX_DEPTH: usize = 100;
const MAX_NODES: usize = 200_000;

/// One value of a rule file.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) place: Place,
    /// The name in a local tag: `redact` for `!<redact>`, `!redact` and `!<!redact>`.
    pub(crate) tag: Option<Spanned<String>>,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Scalar { text: String, plain: bool },
    Sequence(Vec<Node>),
    Mapping(Vec<(Spanned<String>, Node)>),
}

impl Node {
    /// A text, whatever it looks like.
    pub(crate) fn text(written: Spanned<String>) -> Node {
        Node { place: written.place, tag: None, kind: Kind::Scalar { text: written.value, plain: false } }
    }

    pub(crate) fn list(items: Vec<Node>, place: Place) -> Node {
        Node { place, tag: None, kind: Kind::Sequence(items) }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// A tag that nobody asked for says something the author means and we do not do.
    fn refuse_tag(&self, report: &mut Report) {
        if let Some(tag) = &self.tag {
            report.warning("ignored-key", tag.place, format!("the tag `!{}` has no effect here", tag.value));
        }
    }

    fn describe(&self) -> &'static str {
        match self.kind {
            Kind::Scalar { .. } => "a single value",
            Kind::Sequence(_) => "a list",
            Kind::Mapping(_) => "a mapping",
        }
    }

    /// The text of a scalar; anything else is reported.
    pub(crate) fn into_text(self, what: &str, report: &mut Report) -> Option<Spanned<String>> {
        self.refuse_tag(report);
        match self.kind {
            Kind::Scalar { text, .. } => Some(Spanned { value: text, place: self.place }),
            _ => {
                let found = self.describe();
                report.error("wrong-kind", self.place, format!("`{what}` must be text, but this is {found}"));
                None
            }
        }
    }

    pub(crate) fn into_list(self, what: &str, report: &mut Report) -> Option<Vec<Node>> {
        self.refuse_tag(report);
        match self.kind {
            Kind::Sequence(items) => Some(items),
            _ => {
                let found = self.describe();
                report
                    .error("wrong-kind", self.place, format!("`{what}` must be a list, but this is {found}"))
                    .suggest("write one item per line, each after `- `");
                None
            }
        }
    }

    pub(crate) fn into_map(self, what: &str, report: &mut Report) -> Option<Vec<(Spanned<String>, Node)>> {
        self.refuse_tag(report);
        match self.kind {
            Kind::Mapping(entries) => Some(entries),
            _ => {
                let found = self.describe();
                report.error(
                    "wrong-kind",
                    self.place,
                    format!("`{what}` must be a mapping, but this is {found}"),
                );
                None
            }
        }
    }
}

/// Reads one YAML document. `None` when it is empty or broken; the report says why.
pub(crate) fn parse(text: &str, report: &mut Report) -> Option<Node> {
    let mut builder = Builder::default();
    for next in Parser::new_from_str(text) {
        let (event, span) = match next {
            Ok(pair) => pair,
            Err(error) => {
                let place = place_at(error.marker().line(), error.marker().col());
                report.error("yaml-syntax", place, format!("not valid YAML: {}", error.info()));
                return None;
            }
        };
        if !builder.take(event, span, report) {
            // A second document ends the reading too, and the first one stands.
            return builder.root.filter(|_| !report.has_errors());
        }
    }
    builder.root
}

/// A collection that is being read.
struct Open {
    node: Node,
    /// Of a mapping, the key that waits for its value.
    waiting: Option<Spanned<String>>,
    /// Of a mapping with more than a few keys, those so far.
    keys: HashSet<String>,
}

/// Up to this many keys are compared with each other; hashing them all would take longer.
const FEW_KEYS: usize = 16;

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
    documents: usize,
}

impl Builder {
    /// Takes one event; `false` ends the reading.
    fn take(&mut self, event: Event<'_>, span: Span, report: &mut Report) -> bool {
        let place = place_at(span.start.line(), span.start.col());
        let node = |tag: Option<&granit_parser::Tag>, kind| Node {
            place,
            tag: tag.and_then(|tag| {
                local_tag(tag, span.tag_start.map_or(place, |at| place_at(at.line(), at.col())))
            }),
            kind,
        };
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents == 2 {
                    report
                        .warning("second-document", place, "only the first YAML document of a file is read")
                        .suggest("remove what follows `---`, or move it to its own file");
                    return false;
                }
            }
            Event::Scalar(text, style, _, tag) => {
                let plain = style == ScalarStyle::Plain;
                return self
                    .place(node(tag.as_deref(), Kind::Scalar { text: text.into_owned(), plain }), report);
            }
            Event::SequenceStart(_, _, tag) => {
                return self.open(node(tag.as_deref(), Kind::Sequence(Vec::new())), report);
            }
            Event::MappingStart(_, _, tag) => {
                return self.open(node(tag.as_deref(), Kind::Mapping(Vec::new())), report);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let closed = self.open.pop().expect("the parser closes only what it opened");
                return self.place(closed.node, report);
            }
            Event::Alias(_) => {
                report
                    .error("yaml-alias", place, "aliases are not read in rule files")
                    .suggest("write the value out; reuse schemas through `definitions` and `$ref`");
                return self.place(node(None, Kind::Scalar { text: String::new(), plain: true }), report);
            }
            _ => {}
        }
        true
    }

    fn open(&mut self, node: Node, report: &mut Report) -> bool {
        if self.open.len() >= MAX_DEPTH {
            report.error("yaml-limit", node.place, format!("nested deeper than {MAX_DEPTH} levels"));
            return false;
        }
        self.open.push(Open { node, waiting: None, keys: HashSet::new() });
        true
    }

    fn place(&mut self, node: Node, report: &mut Report) -> bool {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            report.error("yaml-limit", node.place, format!("more than {MAX_NODES} values"));
            return false;
        }
        let Some(Open { node: parent, waiting, keys }) = self.open.last_mut() else {
            self.root = Some(node);
            return true;
        };
        match &mut parent.kind {
            Kind::Sequence(items) => items.push(node),
            Kind::Mapping(entries) => match (waiting.take(), node.kind) {
                (None, Kind::Scalar { text, .. }) => {
                    if is_repeated(&text, entries, keys) {
                        report
                            .error(
                                "duplicate-key",
                                node.place,
                                format!("`{text}` stands twice in one mapping"),
                            )
                            .suggest("keep one of the two; the later one would silently win elsewhere");
                    }
                    *waiting = Some(Spanned { value: text, place: node.place });
                }
                (None, _) => {
                    report.error("wrong-kind", node.place, "a key must be plain text");
                    return false;
                }
                (Some(key), kind) => entries.push((key, Node { kind, ..node })),
            },
            Kind::Scalar { .. } => unreachable!("scalars are never opened"),
        }
        true
    }
}

/// Whether a mapping with these entries has the key already.
fn is_repeated(key: &str, entries: &[(Spanned<String>, Node)], keys: &mut HashSet<String>) -> bool {
    if entries.len() < FEW_KEYS {
        return entries.iter().any(|(known, _)| known.value == key);
    }
    if keys.is_empty() {
        keys.extend(entries.iter().map(|(known, _)| known.value.clone()));
    }
    !keys.insert(key.to_owned())
}

fn place_at(line: usize, column: usize) -> Place {
    Place { line: line.try_into().unwrap_or(u32::MAX), column: (column + 1).try_into().unwrap_or(u32::MAX) }
}

/// The name in `!<redact>`, `!redact` or `!<!redact>`; core-schema tags (`!!str`) name no transform.
fn local_tag(tag: &granit_parser::Tag, place: Place) -> Option<Spanned<String>> {
    if tag.handle().starts_with("tag:yaml.org") {
        return None;
    }
    let name = format!("{}{}", tag.handle(), tag.suffix());
    let name = name.trim_start_matches('!').to_owned();
    (!name.is_empty()).then_some(Spanned { value: name, place })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Option<Node>, String) {
        let mut report = Report::default();
        let node = parse(text, &mut report);
        (node, report.finish("r", text).iter().map(|one| one.code).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn reads_tags_in_every_spelling_with_their_place() {
        for text in ["- !<redact>\n  a: 1", "- !redact\n  a: 1", "- !<!redact>\n  a: 1"] {
            let (node, problems) = parsed(text);
            assert_eq!(problems, "", "{text}");
            let Kind::Sequence(items) = node.unwrap().kind else { panic!("a list") };
            let tag = items[0].tag.as_ref().unwrap();
            assert_eq!((tag.value.as_str(), tag.place), ("redact", Place { line: 1, column: 3 }), "{text}");
        }
    }

    #[test]
    fn refuses_what_would_be_read_in_two_ways() {
        for (text, code) in [
            ("a: 1\na: 2", "duplicate-key"),
            ("a: &x 1\nb: *x", "yaml-alias"),
            ("a: [", "yaml-syntax"),
            ("a: 1\n---\nb: 2", "second-document"),
            ("[a]: 1", "wrong-kind"),
            ("{a: 1, b: 2, a: 3}", "duplicate-key"),
        ] {
            assert_eq!(parsed(text).1, code, "{text}");
        }
        for keys in [1, FEW_KEYS - 1, FEW_KEYS, FEW_KEYS + 1, 100] {
            let distinct: String = (0..keys).map(|key| format!("k{key}: 1\n")).collect();
            assert_eq!(parsed(&distinct).1, "", "{keys} keys");
            for repeated in [0, keys - 1] {
                let text = format!("{distinct}k{repeated}: 2\nlast: 3\n");
                assert_eq!(parsed(&text).1, "duplicate-key", "{keys} keys, k{repeated} twice");
            }
        }
        let deep = format!("{}{}", "[".repeat(120), "]".repeat(120));
        assert_eq!(parsed(&deep).1, "yaml-limit");
    }
}
