//! Whatever columnar rules say, and whatever a header looks like: no cell of a column that is redacted, left out or
//! pseudonymized leaves in clear, under any name.
//!
//! Rules and headers are made up at random, a few names over and over, so that renames, duplicates, transforms and
//! lists meet on the same columns in every way. What must not leave is told here from what was made up, and not by the
//! product: it is a second reading of docs/BULK.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use vizard_bulk::task::{Options, Order, Origin};
use vizard_sanitizer::bulk::BulkRules;

use super::made;

const ROUNDS: u64 = 20_000;
const ROWS: usize = 3;
const NAMES: [&str; 6] = ["email", "name", "id", "team", "mail", "user"];
/// What pipelines do; the last two end in a pseudonym.
const STEPS: [&str; 6] = [
    "[]",
    "[{filter: \"(.*)@.*\"}]",
    "[{filter: \"(.{12}).*\"}, {formatString: \"x-%s\"}]",
    "[{javaRegExpReplace: {regExp: \"(.*)@(.*)\", replace: \"$2-$1\"}}]",
    "[{pseudonymize: true}]",
    "[{filter: \"(.*)@.*\"}, {pseudonymize: true}]",
];

/// Rules as they were made up.
#[derive(Default)]
struct Rules {
    lists: BTreeMap<&'static str, Vec<&'static str>>,
    renames: Vec<(&'static str, &'static str)>,
    duplicates: Vec<(&'static str, &'static str)>,
    /// Source, new name and steps.
    pipelines: Vec<(&'static str, &'static str, usize)>,
    format: &'static str,
}

#[test]
fn no_cell_of_a_protected_column_leaves_in_clear_under_any_name() {
    let mut seen = Seen::default();
    for seed in 0..ROUNDS {
        let mut dice = Dice::new(seed);
        let rules = Rules::random(&mut dice);
        let (header, folded) = header(&mut dice);
        seen.add(&rules, &header, &folded, |column| rules.protects(folded[column]));
    }
    assert_eq!(seen.leaks, [] as [String; 0]);
    // Most of what is made up contradicts itself, or needs columns that are not there; enough remains.
    assert!(seen.files > 1_000, "only {} files were sanitized", seen.files);
    assert!(seen.protected > 1_000, "only {} protected columns were in them", seen.protected);
    assert!(seen.clear > 1_000, "only {} columns left in clear", seen.clear);
}

/// The search above finds a leak where there is one: here, it is told that every column is protected.
#[test]
fn the_search_for_clear_cells_finds_them() {
    let mut seen = Seen::default();
    for seed in 0..500 {
        let mut dice = Dice::new(seed);
        let rules = Rules::random(&mut dice);
        let (header, folded) = header(&mut dice);
        seen.add(&rules, &header, &folded, |_| true);
    }
    assert!(seen.leaks.len() > 50, "{} leaks", seen.leaks.len());
}

/// What came of the rounds.
#[derive(Default)]
struct Seen {
    files: usize,
    protected: usize,
    clear: usize,
    leaks: Vec<String>,
}

impl Seen {
    fn add(&mut self, rules: &Rules, header: &str, folded: &[&str], is_protected: impl Fn(usize) -> bool) {
        let text = rules.text();
        let Ok(loaded) = BulkRules::load("rules", &text) else { return };
        let mut input = format!("{header}\n");
        for row in 0..ROWS {
            let cells: Vec<String> = (0..folded.len()).map(|column| cell(column, row)).collect();
            writeln!(input, "{}", cells.join(",")).unwrap();
        }
        let file = loaded.rules.for_path("a.csv").expect("rules of one kind are for every file");
        let order = if text.len().is_multiple_of(2) { Order::Kept } else { Order::Shuffled { seed: 1 } };
        let options = Options { order, ..Options::default() };
        let origin = Origin { path: "a.csv", content_type: None };
        let Ok(made) = made(file, origin, input.as_bytes(), &options) else { return };
        let output = String::from_utf8(made.output).unwrap();
        self.files += 1;
        for column in 0..folded.len() {
            let shows = (0..ROWS).any(|row| output.contains(&canary(column, row)));
            let protected = is_protected(column);
            self.protected += usize::from(protected);
            self.clear += usize::from(shows);
            if shows && protected {
                self.leaks.push(format!("column {column} leaves in clear\n{text}\n{input}\n{output}"));
            }
        }
    }
}

/// A text of its own for each cell, which every transform above leaves whole or takes away.
fn canary(column: usize, row: usize) -> String {
    format!("zq{column}yv{row}kwxzq")
}

fn cell(column: usize, row: usize) -> String {
    let canary = canary(column, row);
    if (column + row).is_multiple_of(3) { canary } else { format!("{canary}@lumen.example") }
}

/// A header in one of its many spellings, and the names as rules know them.
fn header(dice: &mut Dice) -> (String, Vec<&'static str>) {
    let folded: Vec<&str> = (0..3 + dice.below(4)).map(|_| NAMES[dice.below(NAMES.len())]).collect();
    let spelled: Vec<String> = folded
        .iter()
        .map(|name| match dice.below(8) {
            0 => name.to_uppercase(),
            1 => format!("\u{a0}{name}"),
            2 => format!(" {name}\u{2003}"),
            3 => format!("\"{name} \""),
            4 => format!("{}\u{200b}", name.to_uppercase()),
            _ => (*name).to_owned(),
        })
        .collect();
    let mark = if dice.below(4) == 0 { "\u{feff}" } else { "" };
    (format!("{mark}{}", spelled.join(",")), folded)
}

impl Rules {
    fn random(dice: &mut Dice) -> Rules {
        let mut rules = Rules {
            format: ["JSON", "URL_SAFE_TOKEN", "URL_SAFE_HASH_ONLY"][dice.below(3)],
            ..Rules::default()
        };
        for (key, chance) in [
            ("columnsToPseudonymize", 2),
            ("columnsToPseudonymizeIfPresent", 2),
            ("columnsToRedact", 3),
            ("columnsToRedactIfPresent", 2),
            ("columnsToInclude", 5),
        ] {
            if dice.below(chance) == 0 {
                let names = (0..1 + dice.below(3)).map(|_| NAMES[dice.below(NAMES.len())]).collect();
                rules.lists.insert(key, names);
            }
        }
        let pair = |dice: &mut Dice| (NAMES[dice.below(NAMES.len())], NAMES[dice.below(NAMES.len())]);
        if dice.below(2) == 0 {
            rules.renames.push(pair(dice));
        }
        if dice.below(3) == 0 {
            rules.duplicates.push(pair(dice));
        }
        if dice.below(3) == 0 {
            let (source, name) = pair(dice);
            rules.pipelines.push((source, name, dice.below(STEPS.len())));
        }
        rules
    }

    fn text(&self) -> String {
        let mut text = format!("pseudonymFormat: {}\n", self.format);
        for (key, names) in &self.lists {
            writeln!(text, "{key}: [{}]", names.join(", ")).unwrap();
        }
        for (key, pairs) in [("columnsToRename", &self.renames), ("columnsToDuplicate", &self.duplicates)] {
            if !pairs.is_empty() {
                let pairs: Vec<String> = pairs.iter().map(|(from, to)| format!("{from}: {to}")).collect();
                writeln!(text, "{key}: {{{}}}", pairs.join(", ")).unwrap();
            }
        }
        if !self.pipelines.is_empty() {
            text.push_str("fieldsToTransform:\n");
        }
        for (source, name, steps) in &self.pipelines {
            writeln!(text, "  {source}: {{newName: {name}, transforms: {}}}", STEPS[*steps]).unwrap();
        }
        text
    }

    /// Whether cells of a column of the file must not leave as they are.
    fn protects(&self, column: &str) -> bool {
        let listed = |key: &str, name: &str| self.lists.get(key).is_some_and(|names| names.contains(&name));
        let pseudonymized = |name: &str| {
            listed("columnsToPseudonymize", name) || listed("columnsToPseudonymizeIfPresent", name)
        };
        let mut names: BTreeSet<&str> = BTreeSet::from([column]);
        for (from, to) in self.renames.iter().chain(&self.duplicates) {
            names.extend((*from == column).then_some(*to));
        }
        listed("columnsToRedact", column)
            || listed("columnsToRedactIfPresent", column)
            || self.lists.contains_key("columnsToInclude") && !listed("columnsToInclude", column)
            || names.into_iter().any(pseudonymized)
    }
}

/// Chances that are the same in every run.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}
