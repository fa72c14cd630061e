//! What `vizard check` says of the examples on its pages, with what a page shows beside the rules.

use serde::Deserialize;
use vizard_review::check::{Connector, Examples, Scope, Subject, bulk, check};
use vizard_review::finding::Finding;
use vizard_sanitizer::extends;
use vizard_sanitizer::trials::read_examples;
use vizard_tests::repository::blocks;

/// The part of `connector.yaml` that a page shows.
#[derive(Deserialize)]
struct Needs {
    scopes: Vec<Needed>,
}

#[derive(Deserialize)]
struct Needed {
    name: String,
    endpoints: Vec<String>,
}

/// The codes that an example is told about and that are not argued away.
pub(crate) fn checked(page: &str, yaml: &str) -> Vec<&'static str> {
    if super::is_about_files(page) {
        return left(&bulk::check("example", yaml));
    }
    let block = |language: &str| blocks(page, language).into_iter().next().map(|(_, text)| text);
    let (needs, shown) = (block("yaml connector"), block("yaml examples"));
    let connector = needs.as_deref().map(|text| {
        let needs: Needs = serde_saphyr::from_str(text).unwrap();
        let scope = |it: Needed| Scope { name: it.name, endpoints: it.endpoints };
        Connector { file: "connector", text, scopes: needs.scopes.into_iter().map(scope).collect() }
    });
    let calls = shown.as_deref().map(|text| read_examples("examples", text).unwrap());
    let resolved = extends::resolve("example", yaml, &[]).unwrap_or_else(|problems| panic!("{problems}"));
    let found = check(&Subject {
        name: "example",
        text: yaml,
        resolved: &resolved,
        base: None,
        connector: connector.as_ref(),
        examples: calls.as_deref().map(|calls| Examples { file: "examples", calls }).as_ref(),
    });
    left(&found)
}

/// The codes of what is not argued away.
fn left(found: &[Finding]) -> Vec<&'static str> {
    found.iter().filter(|it| it.suppressed.is_none()).map(|it| it.code).collect()
}
