//! jsonpath-rust beside us: the same bytes and paths; once it only looks, once it also puts a pseudonym everywhere and
//! writes the document, which without a schema is still less than we do.

use jsonpath_rust::parser::model::JpQuery;
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::js_path_process;
use jsonpath_rust::query::queryable::Queryable;
use serde_json::{Deserializer, Value};
use vizard_pseudonym::{Kind, Pseudonymizer};

/// Operators of our dialect that the library does not have, whether or not it says so.
const OURS: [&str; 3] = ["=~", " in ", " nin "];

/// The paths of an endpoint that both dialects share, parsed beforehand, as ours are.
pub(crate) struct Library {
    queries: Vec<JpQuery>,
}

impl Library {
    pub(crate) fn of(paths: &[String]) -> Self {
        let shared = paths.iter().filter(|path| !OURS.iter().any(|it| path.contains(it)));
        Library { queries: shared.filter_map(|path| parse_json_path(path).ok()).collect() }
    }

    /// How many paths it evaluates.
    pub(crate) fn paths(&self) -> usize {
        self.queries.len()
    }

    /// Reads the body into a tree and finds what each path reaches.
    pub(crate) fn run(&self, body: &[u8]) -> usize {
        documents(body)
            .map(|document| self.queries.iter().map(|query| found(query, &document)).sum::<usize>())
            .sum()
    }

    /// The same, with a pseudonym in the place of each scalar that is reached, and the document written.
    pub(crate) fn rewrite(&self, body: &[u8], keys: &Pseudonymizer) -> usize {
        let rewritten = documents(body).map(|mut document| {
            for query in &self.queries {
                let reached = js_path_process(query, &document).unwrap_or_default();
                let places: Vec<String> = reached.into_iter().map(|it| it.path()).collect();
                for place in places {
                    if let Some(value) = document.reference_mut(place) {
                        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                        *value = Value::String(keys.token(&text, Kind::Hash).expect("a hash needs no key"));
                    }
                }
            }
            document.to_string().len()
        });
        rewritten.sum()
    }

    /// How many of the paths reach nothing in the body: a path that both read differently would be among them.
    pub(crate) fn idle(&self, body: &[u8]) -> usize {
        let reaches = |query: &&JpQuery| documents(body).any(|document| found(query, &document) > 0);
        self.queries.len() - self.queries.iter().filter(reaches).count()
    }
}

/// Reads the body into a tree, which is the first part of [`Library::run`].
pub(crate) fn read(body: &[u8]) -> usize {
    documents(body).map(|it| it.as_object().map_or(0, |it| it.len())).sum()
}

fn found(query: &JpQuery, document: &Value) -> usize {
    js_path_process(query, document).map_or(0, |it| it.len())
}

fn documents(body: &[u8]) -> impl Iterator<Item = Value> {
    Deserializer::from_slice(body).into_iter().map(|it| it.expect("the body is JSON"))
}
