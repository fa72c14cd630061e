//! The shipped sources: their rules, and the calls with the example responses that belong to them.

use serde::Deserialize;
use vizard_sanitizer::bulk::is_bulk;
use vizard_sanitizer::{Admitted, Call, Options, RuleSet, Sanitized};

use crate::{keys, repository};

/// A folder of `rules/` that is about calls, compiled.
#[derive(Debug)]
pub struct Source {
    /// The name of the folder.
    pub name: String,
    /// `rules.yaml`, compiled.
    pub rules: RuleSet,
    /// `examples.yaml`.
    pub examples: Vec<Example>,
}

/// A call and the response that a source gives to it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// The method of the call.
    pub method: String,
    /// Path and query as a caller writes them.
    pub url: String,
    /// The response: a file of `example-api-responses/<source>/original`.
    pub original: String,
}

impl Source {
    /// Every folder of `rules/` that is about calls.
    pub fn all() -> Vec<Source> {
        let files = rule_files();
        let names = files.iter().map(|path| path.split('/').nth(1).unwrap());
        let all: Vec<Source> = names.map(Source::load).collect();
        assert!(!all.is_empty(), "no rules are shipped");
        all
    }

    /// One of these folders.
    pub fn load(name: &str) -> Source {
        let path = format!("rules/{name}/rules.yaml");
        let loaded =
            RuleSet::load(&path, &repository::text(&path)).unwrap_or_else(|problems| panic!("{problems}"));
        let examples = format!("rules/{name}/examples.yaml");
        let examples = serde_saphyr::from_str(&repository::text(&examples))
            .unwrap_or_else(|error| panic!("{examples}: {error}"));
        Source { name: name.to_owned(), rules: loaded.rules, examples }
    }

    /// The folder with the originals of the examples.
    pub fn originals(&self) -> String {
        format!("example-api-responses/{}/original", self.name)
    }

    /// Where the sanitized form of an example is kept.
    pub fn sanitized_path(&self, example: &Example) -> String {
        format!("example-api-responses/{}/sanitized/{}", self.name, example.original)
    }

    /// Runs an example's call through the rules.
    pub fn admit(&self, example: &Example) -> Admitted<'_> {
        self.rules
            .admit(&example.call())
            .unwrap_or_else(|refusal| panic!("{}: {}: {refusal}", self.name, example.name))
    }

    /// What the rules make of `body` when it answers an example's call.
    pub fn sanitize(&self, example: &Example, body: &[u8]) -> Sanitized {
        self.admit(example)
            .sanitize(body, keys::pseudonymizer(), Options::default())
            .unwrap_or_else(|error| panic!("{}: {}: {error}", self.name, example.name))
    }

    /// The response to an example's call.
    pub fn original(&self, example: &Example) -> String {
        repository::text(&format!("{}/{}", self.originals(), example.original))
    }
}

impl Example {
    /// The call, as the rules judge it.
    pub fn call(&self) -> Call<'_> {
        let (path, query) = match self.url.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (self.url.as_str(), None),
        };
        Call { method: &self.method, path, query, content_type: None, headers: &[], body: b"" }
    }
}

/// The shipped rule files that are about calls; the others are about files.
pub fn rule_files() -> Vec<String> {
    let mut files = repository::files("rules", "/rules.yaml");
    files.retain(|path| !is_bulk(&repository::text(path)));
    files
}

/// Compact JSON as the example files have it: two spaces deep, every scalar exactly as the engine wrote it.
pub fn pretty(body: &[u8]) -> String {
    vizard_review::trial::pretty(std::str::from_utf8(body).unwrap())
}
