//! Augments: derived values put beside the text they were derived from, before anything is filtered.

use crate::diagnostic::{Report, Spanned};
use crate::json::{self, Member, Value};
use crate::jsonpath::{self, Path};
use crate::node::{Fields, Node};
use crate::transform::text_digest::{Keywords, digest_inside};
use crate::transform::{self};

/// `textDigest` as an augment: adds `+name:textDigest` beside each text it matches.
#[derive(Clone, Debug)]
pub(crate) struct Augment {
    paths: Vec<Path>,
    keywords: Keywords,
    /// Set when the texts are JSON: the places inside to digest.
    inner: Option<Path>,
}

impl Augment {
    pub(crate) fn read(node: Node, report: &mut Report) -> Option<Augment> {
        let tag = node.tag.clone();
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
        let inner = match fields.text("innerJsonPath", report) {
            None => None,
            Some(path) => Some(inner(&path, report)?),
        };
        let keywords = Keywords::read(&mut fields, report);
        fields.close(report);
        Some(Augment { paths, keywords, inner })
    }

    /// Adds the digests to the document. A text that cannot be digested gets none.
    pub(crate) fn apply(&self, document: &mut Value<'_>) {
        for path in &self.paths {
            for place in path.select(document).places {
                let Some(Value::String(text)) = crate::tree::at(document, &place) else { continue };
                let digest = match &self.inner {
                    None => json::parse(self.keywords.digest(text).as_bytes()).ok().map(owned),
                    Some(path) => {
                        digest_inside(text, path, &self.keywords).map(|text| Value::String(text.into()))
                    }
                };
                if let Some(digest) = digest {
                    add_beside(document, &place, digest);
                }
            }
        }
    }
}

fn inner(path: &Spanned<String>, report: &mut Report) -> Option<Path> {
    jsonpath::parse(&path.value)
        .map_err(|why| {
            report.error("path-syntax", path.place, format!("not a path: {why}"));
        })
        .ok()
}

/// Puts `+name:textDigest` into the nearest object above the place; for elements of a list the last wins.
fn add_beside(document: &mut Value<'_>, place: &[u32], digest: Value<'static>) {
    for end in (0..place.len()).rev() {
        let Some(Value::Object(members)) = crate::tree::at(document, &place[..end]) else { continue };
        let name = format!("+{}:textDigest", members[place[end] as usize].name);
        match members.iter_mut().find(|member| member.name == name) {
            Some(member) => member.value = digest,
            None => members.push(Member { name: name.into(), value: digest, added: true }),
        }
        return;
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
