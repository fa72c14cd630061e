//! Whatever rules say together: data that is redacted or pseudonymized under one name leaves clear under none.

use proptest::prelude::*;

use crate::bulk::{BulkRules, FileRules};
use crate::testing::keys;

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// Rules over a few names, and what they say in so many words.
#[derive(Clone, Debug)]
struct Said {
    pseudonymize: Vec<usize>,
    pseudonymize_if_present: Vec<usize>,
    redact: Vec<usize>,
    redact_if_present: Vec<usize>,
    include: Option<Vec<usize>>,
    rename: Vec<(usize, usize)>,
    duplicate: Vec<(usize, usize)>,
    transform: Vec<(usize, usize, usize)>,
}

const STEPS: [&str; 5] = [
    "[]",
    "[{pseudonymize: true}]",
    "[{formatString: 'x%s'}]",
    "[{formatString: 'x%s'}, {pseudonymize: true}]",
    "[{filter: '(.*)'}, {javaRegExpReplace: {regExp: '(.*)', replace: '$1'}}]",
];

fn said() -> impl Strategy<Value = Said> {
    let list = || prop::collection::vec(0..NAMES.len(), 0..2);
    let pairs = || prop::collection::vec((0..NAMES.len(), 0..NAMES.len()), 0..3);
    let transforms = prop::collection::vec((0..NAMES.len(), 0..NAMES.len(), 0..STEPS.len()), 0..2);
    let include = prop::option::weighted(0.2, prop::collection::vec(0..NAMES.len(), 1..5));
    (list(), list(), list(), list(), include, pairs(), pairs(), transforms).prop_map(
        |(
            pseudonymize,
            pseudonymize_if_present,
            redact,
            redact_if_present,
            include,
            rename,
            duplicate,
            transform,
        )| Said {
            pseudonymize,
            pseudonymize_if_present,
            redact,
            redact_if_present,
            include,
            rename,
            duplicate,
            transform,
        },
    )
}

impl Said {
    fn yaml(&self) -> String {
        let list = |names: &[usize]| names.iter().map(|it| NAMES[*it]).collect::<Vec<_>>().join(", ");
        let pairs = |pairs: &[(usize, usize)]| {
            pairs
                .iter()
                .map(|(from, to)| format!("{}: {}", NAMES[*from], NAMES[*to]))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let transforms = self.transform.iter().enumerate().map(|(at, (from, to, steps))| {
            let (from, to, steps) = (NAMES[*from], NAMES[*to], STEPS[*steps]);
            format!("k{at}: {{sourceColumn: {from}, newName: {to}, transforms: {steps}}}")
        });
        let mut yaml = format!(
            "columnsToPseudonymize: [{}]\ncolumnsToPseudonymizeIfPresent: [{}]\ncolumnsToRedact: [{}]\ncolumnsToRedactIfPresent: [{}]\ncolumnsToRename: {{{}}}\ncolumnsToDuplicate: {{{}}}\nfieldsToTransform: {{{}}}\n",
            list(&self.pseudonymize),
            list(&self.pseudonymize_if_present),
            list(&self.redact),
            list(&self.redact_if_present),
            pairs(&self.rename),
            pairs(&self.duplicate),
            transforms.collect::<Vec<_>>().join(", "),
        );
        if let Some(include) = &self.include {
            yaml.push_str(&format!("columnsToInclude: [{}]\n", list(include)));
        }
        yaml
    }

    fn is_gone(&self, column: usize) -> bool {
        self.redact.contains(&column)
            || self.redact_if_present.contains(&column)
            || self.include.as_ref().is_some_and(|include| !include.contains(&column))
    }

    fn is_pseudonymized(&self, column: usize) -> bool {
        let listed =
            |name: &usize| self.pseudonymize.contains(name) || self.pseudonymize_if_present.contains(name);
        let carried =
            self.rename.iter().chain(&self.duplicate).filter(|(from, to)| *from == column && listed(to));
        listed(&column) || carried.count() > 0
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_redacted_or_pseudonymized_never_leaves_clear(said in said(), width in 3..=5usize) {
        let Ok(loaded) = BulkRules::load("r", &said.yaml()) else { return Ok(()) };
        let Some(FileRules::Columnar(rules)) = loaded.rules.for_path("") else { panic!("they are columnar") };
        let Ok(columns) = rules.bind(&NAMES[..width]) else { return Ok(()) };
        let mut names: Vec<&str> = columns.all().iter().map(|column| column.name.as_str()).collect();
        names.sort_unstable();
        prop_assert!(names.windows(2).all(|two| two[0] != two[1]), "{}", said.yaml());
        for column in columns.all() {
            let canary = format!("canary{}", column.source);
            let mut out = String::new();
            column.cell(&canary, keys(), &mut out).unwrap();
            prop_assert!(!said.is_gone(column.source), "{} leaves:\n{}", NAMES[column.source], said.yaml());
            if said.is_pseudonymized(column.source) {
                prop_assert!(!out.contains(&canary), "{} leaves clear:\n{}", NAMES[column.source], said.yaml());
            }
            prop_assert!(!column.is_copied() || out == canary, "{}", said.yaml());
        }
    }
}
