//! Whole rule files: which kind they are, which file has which rules, and what is said of those that are wrong.
//! More wrong files stand in `tests/data/wrong-bulk-rules.txt`.

use super::*;

/// The codes that a text is told about, with their places.
fn told(yaml: &str) -> String {
    let found = BulkRules::load("r", yaml).map_or_else(|problems| problems, |loaded| loaded.warnings);
    let told = found.iter().map(|one| format!("{} {}:{}", one.code, one.place.line, one.place.column));
    told.collect::<Vec<_>>().join(", ")
}

#[test]
fn the_kind_is_told_by_the_keys() {
    for (yaml, kind) in [
        ("columnsToPseudonymize: [a]", "columnar"),
        ("delimiter: ';'", "columnar"),
        ("pseudonymFormat: JSON", "columnar"),
        ("columnsToRedactIfPresent: [a]", "columnar"),
        ("format: CSV", "record"),
        ("transforms: [redact: a]", "record"),
        ("outputSchemaFilter: {type: object}", "record"),
    ] {
        let loaded = BulkRules::load("r", yaml).unwrap();
        let (path, rules) = loaded.rules.files().next().unwrap();
        let found = match rules {
            FileRules::Columnar(_) => "columnar",
            FileRules::Record(_) => "record",
        };
        assert_eq!((path, found), (None, kind), "{yaml}");
        assert!(is_bulk(yaml), "{yaml}");
        assert!(loaded.rules.for_path("any/path").is_some());
    }
    for yaml in
        ["", "{}", "a: [", "[a]", "endpoints: []\ntransforms: []", "extends: zoom@1", "version: '1.0'"]
    {
        assert!(!is_bulk(yaml), "{yaml}");
        assert!(BulkRules::load("r", yaml).is_err(), "{yaml}");
    }
    for (yaml, bulk) in [
        ("columnsToPseudonymise: [a]", true),
        ("columnsToPseudonymise: [a]\nendpoints: []", false),
        ("endpoint: []", false),
        ("allowedRequestHeader: []", false),
        ("foo: 1", false),
    ] {
        assert_eq!(is_bulk(yaml), bulk, "{yaml}");
    }
}

#[test]
fn a_misspelled_key_is_told_with_what_was_meant() {
    for (yaml, expected) in [
        ("columnsToPseudonymise: [a]", "unknown-key 1:1"),
        ("columnsToRedact: [a]\ncolumnToRename: {a: b}", "unknown-key 2:1"),
        ("foo: 1", "no-bulk-rules 1:1"),
        ("columnsToRedact: [a]\nversion: '1.0'", "api-key-in-bulk-rules 2:1"),
        ("columnsToRedact: [a]\ntransforms: []", "mixed-bulk-rules 2:1"),
        ("columnsToRedact: [a]\nendpoints: []", "not-bulk-rules 2:1"),
        ("columnsToRedact: [a]\ndefaultScopeIdForSource: x", "ignored-key 2:1"),
        (
            "columnsToRedact: a\ncolumnsToRename: [a]\ndelimiter: \"\\n\"",
            "wrong-kind 1:18, wrong-kind 2:18, delimiter-invalid 3:12",
        ),
    ] {
        assert_eq!(told(yaml), expected, "{yaml}");
    }
    let found = BulkRules::load("r", "columnsToPseudonymise: [a]").unwrap_err();
    assert_eq!(
        found.iter().next().unwrap().suggestion.as_deref(),
        Some("did you mean `columnsToPseudonymize`?")
    );
}

const BY_PATH: &str = "
fileRules:
  /export/{week}/index_{shard}.ndjson{suffix?}: {transforms: [redact: note]}
  export/{week}/data_{shard}.csv: {columnsToPseudonymize: [email]}
  more-{day}/{file}:
    fileRules:
      users.csv: {columnsToRedact: [phone]}
      '{any}.csv': {columnsToRedact: [name]}
";

#[test]
fn files_have_rules_by_their_paths() {
    let rules = BulkRules::load("r", BY_PATH).unwrap().rules;
    let all: Vec<_> = rules.files().map(|(path, _)| path.unwrap()).collect();
    assert_eq!(
        all,
        [
            "/export/{week}/index_{shard}.ndjson{suffix?}",
            "export/{week}/data_{shard}.csv",
            "more-{day}/{file}: users.csv",
            "more-{day}/{file}: {any}.csv",
        ]
    );
    for (path, which) in [
        ("export/w1/index_7.ndjson", Some(0)),
        ("export/w1/index_7.ndjson.gz", Some(0)),
        ("/export/w1/index_7.ndjson", None),
        ("export/w1/data_7.csv", Some(1)),
        ("export/w1/data_7.csv.gz", None),
        ("export/w1/x/data_7.csv", None),
        ("more-1/users.csv", Some(2)),
        ("more-1/teams.csv", Some(3)),
        ("more-1/teams.tsv", None),
        ("users.csv", None),
    ] {
        let found = rules.for_path(path);
        let expected = which.map(|at| rules.files().nth(at).unwrap().1);
        assert_eq!(found.map(std::ptr::from_ref), expected.map(std::ptr::from_ref), "{path}");
    }
}

#[test]
fn mistakes_of_templates_are_told() {
    for (yaml, expected) in [
        ("fileRules: {}", "no-bulk-rules 1:1"),
        ("fileRules:", "no-bulk-rules 1:1"),
        ("fileRules: {a.csv: {}}", "no-bulk-rules 1:20"),
        ("fileRules: {a.csv: 1}", "wrong-kind 1:20"),
        ("fileRules: {'a*.csv': {columnsToRedact: [a]}}", "file-template-invalid 1:13"),
        ("fileRules: {'{a_b}.csv': {columnsToRedact: [a]}}", "file-template-invalid 1:13"),
        ("fileRules: {a.csv: {fileRules: {b: {columnsToRedact: [a]}}}}", "file-template-invalid 1:13"),
        ("fileRules: {'{a}': {fileRules: {x/y: {columnsToRedact: [a]}}}}", "file-template-invalid 1:33"),
        (
            "fileRules: {'{a}': {fileRules: {b: {fileRules: {c: {columnsToRedact: [a]}}}}}}",
            "nested-too-deep 1:33",
        ),
        (
            "fileRules: {'{a}.csv': {columnsToRedact: [a]}, b.csv: {columnsToRedact: [a]}}",
            "file-template-unreachable 1:48",
        ),
        ("fileRules: {a.csv: {columnsToRedact: [a]}}\nformat: CSV", "mixed-bulk-rules 2:1"),
        ("fileRules: {a.csv: {columnsToRedact: [a]}}\nversion: '1.0'", "api-key-in-bulk-rules 2:1"),
    ] {
        assert_eq!(told(yaml), expected, "{yaml}");
    }
}

#[test]
fn rules_say_what_they_need_and_which_they_are() {
    let tokens = "fileRules: {a: {columnsToPseudonymize: [a]}, b: {transforms: [tokenize: a]}}";
    for (yaml, key) in [("columnsToPseudonymize: [a]", false), (tokens, true)] {
        let rules = BulkRules::load("r", yaml).unwrap().rules;
        assert_eq!(rules.needs(), Needs { encryption_key: key, ip_encryption_key: false });
        assert_eq!(rules.sha256(), hexadecimal_sha256(yaml));
        assert!(format!("{rules:?}").contains(rules.sha256()));
    }
}

#[test]
fn a_rule_file_has_bounds() {
    let names = |count: usize| (0..count).map(|n| format!("c{n}, ")).collect::<String>();
    // Every one is looked up, none compared with all.
    let all = names(20_000);
    let pairs: String = (0..20_000).map(|n| format!("c{n}: d{n}, ")).collect();
    let yaml =
        format!("columnsToPseudonymize: [{all}]\ncolumnsToInclude: [{all}]\ncolumnsToRename: {{{pairs}}}");
    let loaded = BulkRules::load("r", &yaml).unwrap();
    let FileRules::Columnar(rules) = loaded.rules.for_path("").unwrap() else { panic!("columnar") };
    assert_eq!(rules.bind(&["a"]).unwrap_err().reasons.len(), 20_000);
    assert!(rules.bind(&["a"]).unwrap_err().to_string().len() < 1_000);
    for yaml in
        [format!("fileRules: {}", "{a: ".repeat(10_000)), format!("columnsToRedact: [{}]", names(300_000))]
    {
        assert!(BulkRules::load("r", &yaml).is_err());
    }
}
