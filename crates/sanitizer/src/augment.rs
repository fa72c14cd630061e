//! Augments: derived values put beside the text they were derived from, before anything is filtered.

use std::collections::HashMap;

use crate::diagnostic::Report;
use crate::json::{self, Member, Value};
use crate::jsonpath::Path;
use crate::jsonpath::places::{Place, wait_for};
use crate::node::{Fields, Node};
use crate::transform;
use crate::transform::text_digest::{self, Keywords, digest_inside};

/// `textDigest` as an augment: adds `+name:textDigest` beside each text it matches.
#[derive(Clone, Debug)]
pub(crate) struct Augment {
    paths: Vec<Path>,
    keywords: Keywords,
    /// Set when the texts are JSON: the places inside to digest.
    inner: Option<Path>,
}

impl Augment {
    pub(crate) fn read(mut node: Node, report: &mut Report) -> Option<Augment> {
        let tag = node.tag.take();
        let mut fields = Fields::open(node, "an augment", report)?;
        let name = transform::name(tag, &mut fields, "an augment", report)?;
        match name.value.as_str() {
            "textDigest" => {}
            "sentenceMetadata" => {
                report
                    .error("unsupported-augment", name.place, "`sentenceMetadata` is not supported")
                    .suggest("use `textDigest`, or drop the augment");
                return None;
            }
            unknown => {
                report
                    .error("unknown-augment", name.place, format!("there is no augment `{unknown}`"))
                    .suggest("augments: textDigest");
                return None;
            }
        }
        let paths = crate::program::paths(&mut fields, report)?;
        fields.ignored("outputSchema", "the digest always has the same three members", report);
        let inner = match fields.text("innerJsonPath", report).filter(|it| !it.value.trim().is_empty()) {
            None => None,
            Some(path) => Some(text_digest::inner(&path, report)?),
        };
        let keywords = Keywords::read(&mut fields, report);
        fields.close(report);
        Some(Augment { paths, keywords, inner })
    }

    /// Adds the digests to the document. A text that cannot be digested gets none.
    pub(crate) fn apply(&self, document: &mut Value<'_>) {
        for path in &self.paths {
            let places = path.select(document).places;
            let mut waiting = vec![(&mut *document, places.root())];
            while let Some((value, place)) = waiting.pop() {
                if let Value::Object(members) = value {
                    self.add_beside(members, &place.below);
                }
                wait_for(&mut waiting, value, place.below.iter().map(|below| (below.at, below)));
            }
        }
    }

    /// Puts `+name:textDigest` into an object for each of its members that holds a matched text.
    fn add_beside(&self, members: &mut Vec<Member<'_>>, below: &[Place]) {
        let mut own: Option<HashMap<String, usize>> = None;
        for place in below {
            let member = &members[place.at as usize];
            let Some(digest) = self.last_digest(&member.value, place) else { continue };
            let name = format!("+{}:textDigest", &*member.name);
            let own = own.get_or_insert_with(|| {
                let added = members.iter().enumerate().filter(|(_, member)| member.added);
                added.map(|(at, member)| (member.name.to_string(), at)).collect()
            });
            match own.get(&name) {
                Some(&at) => members[at].value = digest,
                None => {
                    own.insert(name.clone(), members.len());
                    members.push(Member { name: name.into(), value: digest, added: true });
                }
            }
        }
    }

    /// The digest of a matched text, or of the last one of a list.
    fn last_digest(&self, value: &Value<'_>, place: &Place) -> Option<Value<'static>> {
        let mut waiting = vec![(value, place)];
        while let Some((value, place)) = waiting.pop() {
            match value {
                Value::String(text) if place.chosen => match self.digest(text) {
                    None => {}
                    digest => return digest,
                },
                Value::Array(items) => {
                    waiting.extend(place.below.iter().map(|below| (&items[below.at as usize], below)));
                }
                _ => {}
            }
        }
        None
    }

    fn digest(&self, text: &str) -> Option<Value<'static>> {
        match &self.inner {
            None => json::parse(self.keywords.digest(text).as_bytes()).ok().map(owned),
            Some(path) => digest_inside(text, path, &self.keywords).map(|text| Value::String(text.into())),
        }
    }
}

/// Whether the source itself sent a name that looks like ours.
pub(crate) fn clashes(value: &Value<'_>) -> bool {
    match value {
        Value::Array(items) => items.iter().any(clashes),
        Value::Object(members) => {
            members.iter().any(|member| member.name.starts_with('+') || clashes(&member.value))
        }
        _ => false,
    }
}

/// The digest of our own making, without its borrow.
fn owned(value: Value<'_>) -> Value<'static> {
    match value {
        Value::Null => Value::Null,
        Value::Bool(it) => Value::Bool(it),
        Value::Number(text) => Value::Number(text.into_owned().into()),
        Value::String(text) => Value::String(text.into_owned().into()),
        Value::Array(items) => Value::Array(items.into_iter().map(owned).collect()),
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|it| Member {
                    name: it.name.into_owned().into(),
                    value: owned(it.value),
                    added: it.added,
                })
                .collect(),
        ),
    }
}
