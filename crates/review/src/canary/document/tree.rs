//! The places of a schema as a tree: what a made-up answer is built along.

use std::collections::BTreeMap;

use regex::Regex;
use vizard_sanitizer::outline::{Endpoint, Field, FieldPath, Kind, Part};

/// The places of a schema as a tree.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    pub(super) kinds: Vec<Kind>,
    pub(super) members: BTreeMap<String, Tree>,
    pub(super) element: Option<Box<Tree>>,
}

impl Tree {
    /// All that the endpoint lists, or without a schema what its transforms name, and `also`.
    pub(super) fn of(endpoint: &Endpoint, also: &[Field]) -> Tree {
        let mut root = Tree::default();
        for field in endpoint.fields.iter().flatten().chain(also) {
            root.list(&field.path.0, field, endpoint.fields.as_deref().unwrap_or_default());
        }
        if endpoint.fields.is_none() {
            root.reached(endpoint);
        }
        root
    }

    fn list(&mut self, rest: &[Part], field: &Field, all: &[Field]) {
        match rest.split_first() {
            None => match &field.kind {
                Kind::Again { since, .. } => self.again(since, all),
                // Is added beside a text.
                Kind::Digest => {}
                kind => {
                    if !self.kinds.contains(kind) {
                        self.kinds.push(kind.clone());
                    }
                }
            },
            Some((Part::Element, rest)) => self.element.get_or_insert_default().list(rest, field, all),
            Some((Part::Name(name), rest)) => match digested(name).filter(|_| rest.is_empty()) {
                Some(text) if field.kind == Kind::Digest => {
                    self.members.entry(text.to_owned()).or_default();
                }
                _ => self.members.entry(name.clone()).or_default().list(rest, field, all),
            },
            Some((Part::AnyName, rest)) => {
                self.members.entry("any".to_owned()).or_default().list(rest, field, all);
            }
        }
    }

    /// What is listed since a place, once more.
    fn again(&mut self, since: &FieldPath, all: &[Field]) {
        for field in all.iter().filter(|it| since.holds(&it.path)) {
            let below = &field.path.0[since.0.len()..];
            if !matches!(field.kind, Kind::Again { .. }) && below.len() <= DEEPER {
                self.list(below, field, &[]);
            }
        }
    }

    /// Without a schema, the places that transforms name.
    fn reached(&mut self, endpoint: &Endpoint) {
        self.kinds.push(Kind::Object);
        for path in endpoint.steps.iter().chain(&endpoint.augments).flat_map(|step| &step.paths) {
            let mut here = &mut *self;
            for step in steps(&path.written.text) {
                here = match step {
                    Part::Element => here.element.get_or_insert_default(),
                    Part::Name(name) => here.members.entry(name).or_default(),
                    Part::AnyName => here.members.entry("any".to_owned()).or_default(),
                };
            }
        }
    }
}

/// How far below itself a definition is repeated once more.
const DEEPER: usize = 8;

/// The text that a digest is of: `topic` of `+topic:textDigest`.
fn digested(name: &str) -> Option<&str> {
    name.strip_prefix('+')?.strip_suffix(":textDigest")
}

/// The way that a path goes, as far as it can be told: filters and positions are any element, `..` is one step.
fn steps(path: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    for found in step_regex().captures_iter(path.trim_start_matches(['$', '@'])) {
        let text = |group: usize| found.get(group).map(|it| it.as_str());
        parts.push(match (text(1).or(text(2)), text(3)) {
            (Some("*"), _) => Part::AnyName,
            (Some(name), _) => Part::Name(name.to_owned()),
            (None, _) => Part::Element,
        });
    }
    parts
}

fn step_regex() -> Regex {
    Regex::new(r#"\.\.?([\w+:-]+|\*)|\[\s*['"]([^'"\]]*)['"][^\]]*\]|(\[(?:\?\([^\]]*\)|[^\]]*)\])"#)
        .expect("a constant regex")
}
