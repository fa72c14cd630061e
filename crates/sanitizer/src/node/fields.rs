//! The reader that takes fields out of a mapping and reports those that nobody took.

#[cfg(test)]
pub(crate) mod asked;

use super::{Kind, Node};
use crate::diagnostic::{Place, Report, Spanned, nearest};

/// The fields of one mapping, taken out by name; [`Fields::close`] reports what nobody asked for.
#[derive(Debug)]
pub(crate) struct Fields {
    what: &'static str,
    pub(crate) place: Place,
    entries: Vec<(Spanned<String>, Option<Node>)>,
    known: Vec<&'static str>,
}

/// The keys that the mapping with the most of them may have.
const MOST_KNOWN: usize = 20;

impl Fields {
    /// `what` names the mapping in messages, such as "an endpoint".
    pub(crate) fn open(node: Node, what: &'static str, report: &mut Report) -> Option<Fields> {
        let place = node.place;
        let entries = node.into_map(what, report)?;
        let entries = entries.into_iter().map(|(key, node)| (key, Some(node))).collect();
        Some(Fields { what, place, entries, known: Vec::with_capacity(MOST_KNOWN) })
    }

    /// The field, unless absent or null.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Node> {
        #[cfg(test)]
        let _noted = asked::note(self.what, key, asked::Reader::Node);
        self.known.push(key);
        let entry = self.entries.iter_mut().find(|(name, _)| name.value == key)?;
        entry.1.take().filter(|node| !node.is_null())
    }

    /// Whether the field is there and says null.
    pub(crate) fn is_null(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, node)| name.value == key && node.as_ref().is_some_and(Node::is_null))
    }

    pub(crate) fn text(&mut self, key: &'static str, report: &mut Report) -> Option<Spanned<String>> {
        #[cfg(test)]
        let _noted = asked::note(self.what, key, asked::Reader::Text);
        self.take(key)?.into_text(key, report)
    }

    /// A text for which an unquoted `null` is a word too, as it is the name of a type.
    pub(crate) fn word(&mut self, key: &'static str, report: &mut Report) -> Option<Spanned<String>> {
        #[cfg(test)]
        let _noted = asked::note(self.what, key, asked::Reader::Word);
        let entry =
            self.entries.iter().find(|(name, _)| name.value == key).and_then(|(_, node)| node.as_ref());
        let null = match entry {
            Some(Node { kind: Kind::Scalar { text, plain: true }, place, .. }) if text == "null" => {
                Some(Spanned { value: text.clone(), place: *place })
            }
            _ => None,
        };
        let text = self.text(key, report);
        null.or(text)
    }

    /// `true` or `false`, in any case, quoted or not.
    pub(crate) fn flag(&mut self, key: &'static str, report: &mut Report) -> Option<bool> {
        #[cfg(test)]
        let _noted = asked::note(self.what, key, asked::Reader::Flag);
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
        #[cfg(test)]
        let _noted = asked::note(self.what, key, asked::Reader::List);
        self.take(key)?.into_list(key, report)
    }

    pub(crate) fn texts(&mut self, key: &'static str, report: &mut Report) -> Option<Vec<Spanned<String>>> {
        #[cfg(test)]
        let _noted = asked::note(self.what, key, asked::Reader::Texts);
        let items = self.list(key, report)?;
        let text = |item: Node| {
            if item.is_null() {
                report.error("wrong-kind", item.place, format!("an item of `{key}` is empty"));
            }
            item.into_text(key, report)
        };
        Some(items.into_iter().filter_map(text).collect())
    }

    pub(crate) fn map(
        &mut self,
        key: &'static str,
        report: &mut Report,
    ) -> Option<Vec<(Spanned<String>, Node)>> {
        #[cfg(test)]
        let _noted = asked::note(self.what, key, asked::Reader::Map);
        self.take(key)?.into_map(key, report)
    }

    /// A key that is accepted for compatibility and has no effect; the author is told why.
    pub(crate) fn ignored(&mut self, key: &'static str, why: &str, report: &mut Report) {
        #[cfg(test)]
        let _noted = asked::note(self.what, key, asked::Reader::Ignored);
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
    use super::super::parse;
    use super::*;

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
