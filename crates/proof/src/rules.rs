//! A rule file as far as it decides what leaves. Every key is known here or is a problem.

pub(crate) mod augment;
pub(crate) mod endpoint;
pub(crate) mod fields;
pub(crate) mod schema;
pub(crate) mod transform;

use std::collections::{BTreeMap, BTreeSet};

use crate::problem::{Problem, Problems};
use crate::rules::endpoint::Endpoint;
use crate::rules::fields::Fields;
use crate::rules::schema::Schema;
use crate::yaml;

/// What was read of a rule file.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) definitions: BTreeMap<String, Schema>,
    /// All names of members that the file knows; others may be values of the source.
    pub(crate) names: BTreeSet<String>,
}

impl Rules {
    pub(crate) fn read(text: &str) -> Result<Rules, Vec<Problem>> {
        let root = yaml::read(text)?;
        let mut problems = Problems::default();
        root.untagged(&mut problems);
        let mut fields = Fields::of(&root, "a rule file", &mut problems);
        fields.skip(&["allowedRequestHeaders", "defaultScopeIdForSource", "version"]);
        if let Some(node) = fields.take("extends", &mut problems) {
            problems.tell(node.line, "a file that extends another must be resolved first: `vizard resolve`");
            fields.skip(&["overrides", "allowWidening"]);
        }
        if let Some(node) = fields.take("allowAllEndpoints", &mut problems)
            && node.flag("allowAllEndpoints", &mut problems)
        {
            problems.tell(node.line, "allowAllEndpoints lets answers leave as they are");
        }
        let mut definitions = BTreeMap::new();
        if let Some(node) = fields.take("definitions", &mut problems) {
            node.untagged(&mut problems);
            for entry in node.entries("definitions", &mut problems) {
                definitions.insert(entry.key.clone(), Schema::read(&entry.node, &mut problems));
            }
        }
        let mut endpoints = Vec::new();
        if let Some(node) = fields.take("endpoints", &mut problems) {
            for item in node.list("endpoints", &mut problems) {
                endpoints.extend(Endpoint::read(item, &mut problems));
            }
        }
        fields.end(&mut problems);
        let schemas = endpoints.iter_mut().filter_map(|it| it.schema.as_mut());
        schema::resolve(&mut definitions, schemas, &mut problems);
        if !problems.0.is_empty() {
            return Err(problems.0);
        }
        let names = names(&endpoints, &definitions);
        Ok(Rules { endpoints, definitions, names })
    }
}

fn names(endpoints: &[Endpoint], definitions: &BTreeMap<String, Schema>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let schemas = endpoints.iter().filter_map(|it| it.schema.as_ref()).chain(definitions.values());
    schemas.for_each(|it| it.names(&mut names));
    let transforms = endpoints.iter().flat_map(|it| &it.transforms).flat_map(|it| &it.paths);
    transforms.for_each(|it| it.names(&mut names));
    for augment in endpoints.iter().flat_map(|it| &it.augments) {
        augment.added.names(&mut names);
        let mut texts = BTreeSet::new();
        augment.paths.iter().for_each(|it| it.names(&mut texts));
        names.extend(texts.iter().map(|it| format!("+{it}:textDigest")));
    }
    names
}
