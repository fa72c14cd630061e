//! Augments: members that the rules add beside a text.

use std::collections::BTreeMap;

use crate::path::Path;
use crate::problem::Problems;
use crate::rules::fields::Fields;
use crate::rules::schema::{Form, Schema};
use crate::rules::transform::{keywords, paths};
use crate::yaml::Node;

/// A `textDigest` beside its text.
#[derive(Debug)]
pub(crate) struct Augment {
    pub(crate) line: usize,
    pub(crate) paths: Vec<Path>,
    /// What the added member is.
    pub(crate) added: Schema,
    /// What is digested inside a text that is JSON.
    pub(crate) inside: Option<Vec<Path>>,
    pub(crate) keywords: Vec<String>,
}

impl Augment {
    pub(crate) fn read(node: &Node, problems: &mut Problems) -> Option<Augment> {
        let mut fields = Fields::of(node, "an augment", problems);
        let method = fields.take("method", problems).and_then(|it| it.text("method", problems));
        match (node.tag.as_deref(), method) {
            (Some("textDigest"), None) | (None, Some("textDigest")) => {}
            _ => {
                problems.tell(node.line, "an augment that this check does not know");
                return None;
            }
        }
        fields.skip(&["outputSchema"]);
        let line = node.line;
        let places = fields.take("jsonPaths", problems).map(|it| paths(it, problems)).unwrap_or_default();
        if places.is_empty() {
            problems.tell(line, "an augment without jsonPaths");
        }
        let inner = fields.take("innerJsonPath", problems);
        let inside = inner.and_then(|it| {
            let text = it.text("innerJsonPath", problems)?;
            Path::read(text).map_err(|why| problems.tell(it.line, why)).ok()
        });
        let keywords = keywords(&mut fields, problems);
        fields.end(problems);
        let integer = || Schema { line, form: Form::Integer };
        let counts: BTreeMap<_, _> = keywords.iter().map(|it| (it.clone(), integer())).collect();
        let mut listed: BTreeMap<_, _> =
            ["length", "word_count"].map(|it| (it.to_owned(), integer())).into_iter().collect();
        if !keywords.is_empty() {
            listed.insert("keywords".to_owned(), Schema { line, form: Form::Object(counts) });
        }
        let form = if inside.is_some() { Form::Text } else { Form::Object(listed) };
        Some(Augment { line, paths: places, added: Schema { line, form }, inside, keywords })
    }
}
