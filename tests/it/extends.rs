//! Rule files that extend shipped ones: what they become, what their authors are told, and that without a reason
//! nothing passes or leaves that the base would have kept.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;
use vizard_proxy::prebuilt;
use vizard_sanitizer::extends::{Resolved, Shipped, resolve};
use vizard_sanitizer::{Call, Options, RuleSet};
use vizard_tests::examples::Source;
use vizard_tests::keys;
use vizard_tests::repository::{self, assert_none, compare};

pub(crate) const CASES: &str = "tests/data/extended-rules.txt";

/// `UPDATE=1` rewrites the expectations: look at them.
#[test]
fn each_extending_file_becomes_what_is_expected_or_is_told_why_not() {
    let base = repository::text("tests/data/extended-base.yaml");
    let shipped = [
        Shipped { source: "tea", text: &base },
        Shipped { source: "pot", text: "version: \"1.0\"\nextends: tea@1\n" },
        Shipped { source: "cup", text: "endpoints: []\n" },
    ];
    let mut shown = String::new();
    for case in repository::text(CASES).split("=== ").skip(1) {
        let (title, rest) = case.split_once('\n').unwrap();
        let yaml = rest.split(">>> ").next().unwrap();
        write!(shown, "=== {title}\n{yaml}{}", outcome(yaml, &shipped)).unwrap();
    }
    assert_none(&compare(CASES, &shown).err().into_iter().collect::<Vec<_>>());
}

fn outcome(yaml: &str, shipped: &[Shipped<'_>]) -> String {
    let resolved = match resolve("ours.yaml", yaml, shipped) {
        Ok(resolved) => resolved,
        Err(problems) => return format!(">>> is refused\n{problems}"),
    };
    let loaded = match RuleSet::load(&resolved.name, &resolved.text) {
        Ok(loaded) => loaded,
        Err(problems) => return format!(">>> does not load\n{problems}"),
    };
    assert_eq!(loaded.rules.sha256(), resolved.sha256());
    if resolved.base.is_none() {
        assert_eq!((resolved.text.as_str(), resolved.name.as_str()), (yaml, "ours.yaml"));
        return ">>> stays as it is\n".to_owned();
    }
    let Resolved { text, overrides, widened, warnings, reason, .. } = &resolved;
    let mut shown = format!(">>> becomes\n{text}");
    for it in overrides {
        writeln!(shown, ">>> line {}: {}: {}", it.place.line, it.endpoint, it.keys.join(", ")).unwrap();
    }
    for it in widened {
        assert!(reason.is_some());
        writeln!(shown, ">>> widened at {}:{}: {}", it.place.line, it.place.column, it.what).unwrap();
    }
    if !warnings.is_empty() {
        write!(shown, ">>> with warnings\n{warnings}").unwrap();
    }
    shown
}

/// Overrides of every endpoint of Zoom at once; `{}` stands for the path.
const OVERRIDES: &[&str] = &[
    "- pathTemplate: \"{}\"\n  allowedQueryParams: []\n",
    "- pathTemplate: \"{}\"\n  allowedMethods: []\n",
    "- pathTemplate: \"{}\"\n  dropFields: [\"$..id\", \"$..email\", \"$..[?(@.type == 2)]\"]\n",
    "- pathTemplate: \"{}\"\n  pathParameterSchemas: {userId: {pattern: '[A-Za-z0-9_-]{22}'}}\n",
    "- pathTemplate: \"{}\"\n  queryParamSchemas: {page_size: {enum: [\"30\"]}, status: {enum: [active], required: true}}\n",
    "- pathTemplate: \"{}\"\n  transforms:\n  - !<redact> {jsonPaths: [\"$..start_time\"], applyOnlyWhen: \"$[?(@.id)]\"}\n  - !<pseudonymize> {jsonPaths: [\"$..uuid\", \"$..host_id\"], includeReversible: true}\n  - !<textDigest> {jsonPaths: [\"$..timezone\"]}\n  - !<tokenize> {jsonPaths: [\"$..next_page_token\"], regex: '(.+)'}\n",
];

#[test]
fn without_a_reason_nothing_passes_or_leaves_that_the_base_keeps() {
    let zoom = Source::load("zoom");
    let endpoints: Vec<&str> = zoom.rules.endpoints().collect();
    let mut files: Vec<String> = OVERRIDES
        .iter()
        .map(|form| endpoints.iter().map(|endpoint| form.replace("{}", endpoint)).collect())
        .collect();
    files.extend(
        endpoints.iter().map(|endpoint| format!("- pathTemplate: \"{endpoint}\"\n  removed: true\n")),
    );
    let (mut refused, mut fewer) = (0, 0);
    for overrides in &files {
        let yaml = format!("extends: zoom@1\noverrides:\n{overrides}");
        let resolved = resolve("ours.yaml", &yaml, prebuilt::RULES).unwrap_or_else(|found| panic!("{found}"));
        assert!(resolved.widened.is_empty());
        let loaded = RuleSet::load(&resolved.name, &resolved.text);
        let ours = loaded.unwrap_or_else(|found| panic!("{found}")).rules;
        for example in &zoom.examples {
            let call = example.call();
            let more = call.query.map_or("any=1".to_owned(), |query| format!("{query}&any=1"));
            for method in ["GET", "HEAD", "POST", "DELETE"] {
                for query in [call.query, None, Some("page_size=30"), Some("status=active"), Some(&more)] {
                    let call = Call { method, query, ..call };
                    let (ours, base) = (ours.admit(&call), zoom.rules.admit(&call));
                    match (&ours, &base) {
                        (Ok(ours), Ok(base)) => assert_eq!(ours.endpoint(), base.endpoint()),
                        (Ok(_), Err(refusal)) => panic!("{} passes, against {refusal}\n{yaml}", example.url),
                        (Err(_), Ok(_)) => refused += 1,
                        (Err(_), Err(_)) => {}
                    }
                }
            }
            if let Ok(admitted) = ours.admit(&call) {
                let original = zoom.original(example);
                let ours = admitted.sanitize(original.as_bytes(), keys::pseudonymizer(), Options::default());
                let base = zoom.sanitize(example, original.as_bytes());
                let (ours, base) = (told(ours.unwrap().body()), told(base.body()));
                fewer += usize::from(ours.len() < base.len());
                let more: Vec<_> = ours.difference(&base).filter(|it| !is_made(it)).collect();
                assert!(more.is_empty(), "{}: {more:?} leave\n{yaml}", example.url);
            }
        }
    }
    assert!(refused > 100 && fewer > 10, "the overrides hardly do anything: {refused}, {fewer}");
}

/// Each scalar with the names above it.
fn told(body: &[u8]) -> BTreeSet<String> {
    fn gather(value: &Value, names: &str, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, value)| gather(value, &format!("{names}.{name}"), found));
            }
            Value::Array(items) => items.iter().for_each(|item| gather(item, names, found)),
            Value::Null => {}
            scalar => {
                found.insert(format!("{names}={scalar}"));
            }
        }
    }
    let mut found = BTreeSet::new();
    gather(&serde_json::from_slice(body).unwrap(), "", &mut found);
    found
}

/// Whether a transform made this of what the base lets out.
fn is_made(told: &str) -> bool {
    let (_, value) = told.split_once('=').unwrap();
    ["\"t~", "\"p~", "\"{\\\"length\\\":"].iter().any(|made| value.starts_with(made))
}

#[test]
fn the_shipped_rules_resolve_to_themselves_and_extended_to_the_same_rules() {
    for shipped in prebuilt::RULES {
        let alone = resolve("rules.yaml", shipped.text, prebuilt::RULES).unwrap();
        assert!(alone.base.is_none() && alone.text == shipped.text);
        let extended = format!("extends: {}@1", shipped.source);
        let extended = resolve("ours.yaml", &extended, prebuilt::RULES).unwrap();
        assert_eq!(extended.base.unwrap().sha256, alone.sha256());
        let (ours, base) = (RuleSet::load("ours", &extended.text), RuleSet::load("base", shipped.text));
        let (ours, base) = (ours.unwrap(), base.unwrap());
        assert!(ours.warnings.is_empty());
        assert!(ours.rules.endpoints().eq(base.rules.endpoints()));
        let source = Source::load(shipped.source);
        for example in &source.examples {
            let original = source.original(example);
            let sanitized = ours.rules.admit(&example.call()).unwrap().sanitize(
                original.as_bytes(),
                keys::pseudonymizer(),
                Options::default(),
            );
            let expected = source.sanitize(example, original.as_bytes());
            assert_eq!(sanitized.unwrap().body(), expected.body(), "{}", example.url);
        }
    }
}
