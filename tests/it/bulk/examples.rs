//! The connectors of files: what their rules make of every original is exactly what is in `sanitized/`.

use std::collections::BTreeSet;

use serde::Deserialize;
use vizard_bulk::task::{Options, Origin};
use vizard_sanitizer::bulk::{BulkRules, is_bulk};
use vizard_tests::repository::{self, assert_none, compare};

use super::{loaded, made};

/// A folder of `rules/` that is about files.
pub(super) struct Connector {
    pub(super) name: String,
    pub(super) rules: BulkRules,
    examples: Vec<Example>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    name: String,
    original: String,
}

/// All of them.
pub(super) fn connectors() -> Vec<Connector> {
    let files = repository::files("rules", "/rules.yaml").into_iter();
    let bulk = files.filter(|path| is_bulk(&repository::text(path)));
    let connectors: Vec<Connector> = bulk.map(|path| connector(path.split('/').nth(1).unwrap())).collect();
    let names: Vec<&str> = connectors.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["badge", "hris", "survey", "zoom-ai-metrics"]);
    connectors
}

fn connector(name: &str) -> Connector {
    let rules = format!("rules/{name}/rules.yaml");
    let examples = repository::text(&format!("rules/{name}/examples.yaml"));
    Connector {
        name: name.to_owned(),
        rules: loaded(&rules, &repository::text(&rules)),
        examples: serde_saphyr::from_str(&examples).unwrap(),
    }
}

impl Connector {
    /// What leaves of an example.
    pub(super) fn sanitized(&self, file: &str) -> String {
        let original = self.original(file);
        let rules = self.rules.for_path(file).unwrap();
        let origin = Origin { path: file, content_type: None };
        let made = made(rules, origin, original.as_bytes(), &Options::default());
        let made = made.unwrap_or_else(|failure| panic!("{}/{file}: {failure}", self.name));
        String::from_utf8(made.output).unwrap()
    }

    pub(super) fn original(&self, file: &str) -> String {
        repository::text(&format!("example-api-responses/{}/original/{file}", self.name))
    }

    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.examples.iter().map(|it| it.original.as_str())
    }
}

#[test]
fn files_become_what_is_in_sanitized() {
    let mut problems = Vec::new();
    for connector in connectors() {
        for file in connector.files() {
            let path = format!("example-api-responses/{}/sanitized/{file}", connector.name);
            problems.extend(compare(&path, &connector.sanitized(file)).err());
        }
    }
    assert_none(&problems);
}

#[test]
fn the_rules_of_files_load_without_a_warning() {
    for connector in connectors() {
        let path = format!("rules/{}/rules.yaml", connector.name);
        let loaded = BulkRules::load(&path, &repository::text(&path)).unwrap();
        let warnings: Vec<_> = loaded.warnings.iter().map(|warning| warning.code).collect();
        assert_eq!(warnings, [] as [&str; 0], "{path}");
    }
}

#[test]
fn every_file_belongs_to_one_example() {
    for connector in connectors() {
        assert!(connector.examples.iter().all(|it| it.name.len() > 10), "{}", connector.name);
        let named: BTreeSet<&str> = connector.files().collect();
        assert_eq!(named.len(), connector.examples.len());
        assert!(named.len() > 1, "{} has one example only", connector.name);
        for folder in ["original", "sanitized"] {
            let folder = format!("example-api-responses/{}/{folder}", connector.name);
            let files = repository::files(&folder, "");
            let there: BTreeSet<&str> = files.iter().map(|it| it.rsplit('/').next().unwrap()).collect();
            assert_eq!(there, named, "{folder}");
        }
    }
}

/// What says who somebody is in these files. Columns that rules let pass hold none of it.
const PEOPLE: &[&str] = &[
    "LO-10",
    "lo-10",
    "Mirela",
    "mirela",
    "MIRELA",
    "Okonjo",
    "Tobias",
    "tobias",
    "Quillfeather",
    "羽田",
    "sakura",
    "Zofia",
    "zofia",
    "Chonaill",
    "ayodele",
    "Casimir",
    "Drake",
    "Priya",
    "priya",
    "0413",
    "203.0.113",
    "North gate",
    "61000",
    "果樹園システム部",
];

#[test]
fn nobody_shows_in_a_sanitized_file() {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for connector in connectors() {
        for file in connector.files() {
            let (before, after) = (connector.original(file), connector.sanitized(file));
            for person in PEOPLE {
                seen.extend(before.contains(person).then_some(person));
                assert!(!after.contains(person), "{}/{file} shows {person}", connector.name);
            }
        }
    }
    let unseen: Vec<_> = PEOPLE.iter().filter(|it| !seen.contains(*it)).collect();
    assert_eq!(unseen, [] as [&&str; 0], "no original has these");
}

#[test]
fn addresses_of_the_files_are_invented() {
    for connector in connectors() {
        for file in connector.files() {
            let text = connector.original(file).to_lowercase();
            for (_, domain) in text.split([',', '"', '>', ' ', '\n']).filter_map(|word| word.rsplit_once('@'))
            {
                assert!(domain.trim().ends_with(".example"), "{}/{file}: {domain}", connector.name);
            }
        }
    }
}
