//! YAML as a tree that remembers places and tags, and the reader that takes fields out of it.
//!
//! serde stops at the first mistake and forgets where things stood; a rule author wants every mistake
//! with its line. So the events of the parser become nodes, and [`Fields`] reads them, noting each problem.

use granit_parser::{Event, Parser, ScalarStyle, Span};

use crate::diagnostic::{Place, Report, Spanned, nearest};

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
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
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
            return None;
        }
    }
    builder.root
}

#[derive(Default)]
struct Builder {
    /// Open collections; a mapping also holds the key that waits for its value.
    open: Vec<(Node, Option<Spanned<String>>)>,
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
                let (node, _) = self.open.pop().expect("the parser closes only what it opened");
                return self.place(node, report);
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
        self.open.push((node, None));
        true
    }

    fn place(&mut self, node: Node, report: &mut Report) -> bool {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            report.error("yaml-limit", node.place, format!("more than {MAX_NODES} values"));
            return false;
        }
        let Some((parent, waiting)) = self.open.last_mut() else {
            self.root = Some(node);
            return true;
        };
        match &mut parent.kind {
            Kind::Sequence(items) => items.push(node),
            Kind::Mapping(entries) => match (waiting.take(), node.kind) {
                (None, Kind::Scalar { text, .. }) => {
                    if entries.iter().any(|(key, _)| key.value == text) {
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

/// The fields of one mapping, taken out by name; [`Fields::close`] reports what nobody asked for.
#[derive(Debug)]
pub(crate) struct Fields {
    what: String,
    pub(crate) place: Place,
    entries: Vec<(Spanned<String>, Option<Node>)>,
    known: Vec<&'static str>,
}

impl Fields {
    /// `what` names the mapping in messages, such as "an endpoint".
    pub(crate) fn open(node: Node, what: impl Into<String>, report: &mut Report) -> Option<Fields> {
        let what = what.into();
        let place = node.place;
        let entries = node.into_map(&what, report)?;
        let entries = entries.into_iter().map(|(key, node)| (key, Some(node))).collect();
        Some(Fields { what, place, entries, known: Vec::new() })
    }

    /// The field, unless absent or null.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Node> {
        self.known.push(key);
        let entry = self.entries.iter_mut().find(|(name, _)| name.value == key)?;
        entry.1.take().filter(|node| !node.is_null())
    }

    /// Whether the field is there and says null.
    pub(crate) fn is_null(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, node)| name.value == key && node.as_ref().is_some_and(Node::is_null))
    }

    pub(crate) fn text(&mut self, key: &'static str, report: &mut Report) -> Option<Spanned<String>> {
        self.take(key)?.into_text(key, report)
    }

    /// `true` or `false`, in any case, quoted or not.
    pub(crate) fn flag(&mut self, key: &'static str, report: &mut Report) -> Option<bool> {
        let text = self.text(key, report)?;
        match text.value.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                report.error("wrong-kind", text.place, format!("`{key}` must be true or false"));
                None
            }
        }
    }

    pub(crate) fn list(&mut self, key: &'static str, report: &mut Report) -> Option<Vec<Node>> {
        self.take(key)?.into_list(key, report)
    }

    pub(crate) fn texts(&mut self, key: &'static str, report: &mut Report) -> Option<Vec<Spanned<String>>> {
        let items = self.list(key, report)?;
        Some(items.into_iter().filter_map(|item| item.into_text(key, report)).collect())
    }

    pub(crate) fn map(
        &mut self,
        key: &'static str,
        report: &mut Report,
    ) -> Option<Vec<(Spanned<String>, Node)>> {
        self.take(key)?.into_map(key, report)
    }

    /// A key that is accepted for compatibility and has no effect; the author is told why.
    pub(crate) fn ignored(&mut self, key: &'static str, why: &str, report: &mut Report) {
        self.known.push(key);
        if let Some((name, node)) = self.entries.iter_mut().find(|(name, _)| name.value == key) {
            node.take();
            report.warning("ignored-key", name.place, format!("`{key}` has no effect: {why}"));
        }
    }

    /// The places of keys nobody asked for, to be claimed by the caller instead of reported.
    pub(crate) fn key_place(&self, key: &str) -> Option<Place> {
        self.entries.iter().find(|(name, _)| name.value == key).map(|(name, _)| name.place)
    }

    /// Reports every key that was not taken.
    pub(crate) fn close(self, report: &mut Report) {
        for (name, node) in &self.entries {
            if node.is_none() || self.known.contains(&name.value.as_str()) {
                continue;
            }
            let found = report.error(
                "unknown-key",
                name.place,
                format!("`{}` is not a key of {}", name.value, self.what),
            );
            match nearest(&name.value, &self.known) {
                Some(meant) => found.suggest(format!("did you mean `{meant}`?")),
                None => found.suggest(format!("known keys: {}", self.known.join(", "))),
            }
        }
    }
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
        ] {
            assert_eq!(parsed(text).1, code, "{text}");
        }
        let deep = format!("{}{}", "[".repeat(120), "]".repeat(120));
        assert_eq!(parsed(&deep).1, "yaml-limit");
    }

    #[test]
    fn reports_unknown_keys_with_what_was_meant() {
        let mut report = Report::default();
        let text = "jsonPath: [a]\nencoding: JSON\n";
        let node = parse(text, &mut report).unwrap();
        let mut fields = Fields::open(node, "a transform", &mut report).unwrap();
        fields.texts("jsonPaths", &mut report);
        fields.text("encoding", &mut report);
        fields.close(&mut report);
        let found = report.finish("r", text);
        let one = found.iter().next().unwrap();
        assert_eq!(one.message, "`jsonPath` is not a key of a transform");
        assert_eq!(one.suggestion.as_deref(), Some("did you mean `jsonPaths`?"));
    }
}
