//! Transforms in any order, with filters, positions and conditions: what the second of two files lets out that the first
//! did not is never called less.

use std::collections::BTreeSet;

use vizard_review::diff::Direction;
use vizard_sanitizer::{Call, Options, RuleSet};
use vizard_tests::keys;

use super::mutate::Dice;
use super::{diff, told};

const SCHEMA: &str = "responseSchema: {properties: {t: {type: string}, k: {type: string}, m: {properties: {k: {type: string}}}, users: {items: {properties: {type: {type: string}, email: {type: string}, name: {type: string}}}}}}\n  ";

/// Without what filters look for.
const FEWER: &str = "responseSchema: {properties: {t: {type: string}, m: {properties: {}}, users: {items: {properties: {email: {type: string}, name: {type: string}}}}}}\n  ";

const PATHS: [&str; 14] = [
    "$.t",
    "$.k",
    "$.m",
    "$.m.k",
    "$..k",
    "$.users[*].email",
    "$.users[*].type",
    "$.users[*]['name','type']",
    "$.users[?(@.type=='guest')].email",
    "$.users[?@.type=='guest']",
    "$.users[?(@.name)].email",
    "$.users[0]",
    "$.users[0].name",
    "$.users[-1:].email",
];

const CONDITIONS: [&str; 5] = [
    "",
    "",
    ", applyOnlyWhen: \"$[?(@.k=='x')]\"",
    ", applyOnlyWhen: \"$.users[?(@.type=='guest')]\"",
    ", applyOnlyWhen: \"$[?(@.m empty false)]\"",
];

const TREATMENTS: [&str; 6] =
    ["redact", "redact", "redact", "textDigest", "pseudonymize", "redactExceptPhrases, allowedPhrases: [x]"];

/// Each text in them is there once, but for those that filters look for.
const ANSWERS: [&str; 3] = [
    r#"{"t":"t1","k":"x","m":{"k":"k1"},"users":[{"type":"guest","email":"e1","name":"n1"},{"type":"staff","email":"e2","name":"n2"},{"type":"guest","email":"e3","name":"n3"}]}"#,
    r#"{"t":"t1","k":"y","m":{},"users":[{"type":"staff","email":"e1"},{"type":"guest","email":"e2","name":"n2"}]}"#,
    r#"{"t":"t1","m":{"k":"k1"},"users":[{"email":"e1","name":"n1"}]}"#,
];

#[derive(Clone)]
struct Step {
    treatment: &'static str,
    condition: &'static str,
    paths: Vec<&'static str>,
}

fn one<T: Copy>(dice: &mut Dice, all: &[T]) -> T {
    all[dice.below(all.len())]
}

fn step(dice: &mut Dice) -> Step {
    let paths = (0..=dice.below(3)).map(|_| one(dice, &PATHS)).collect();
    Step { treatment: one(dice, &TREATMENTS), condition: one(dice, &CONDITIONS), paths }
}

/// The same with one thing done to it.
fn changed(steps: &[Step], dice: &mut Dice) -> Vec<Step> {
    let mut steps = steps.to_vec();
    let at = dice.below(steps.len());
    match dice.below(7) {
        0 => {
            let other = dice.below(steps.len());
            steps.swap(at, other);
        }
        1 => {
            let split = dice.below(steps[at].paths.len());
            let later = steps[at].paths.split_off(split);
            let rest = Step { paths: later, ..steps[at].clone() };
            steps.insert(at + 1, rest);
        }
        2 => steps.push(step(dice)),
        3 => steps.insert(at, step(dice)),
        4 => {
            steps[at].paths.remove(0);
        }
        5 => {
            let path = one(dice, &PATHS);
            steps[at].paths.push(path);
        }
        _ => steps[at].condition = one(dice, &CONDITIONS),
    }
    steps.retain(|it| !it.paths.is_empty());
    steps
}

fn rules(schema: &str, steps: &[Step]) -> String {
    let step = |it: &Step| {
        let paths: Vec<String> = it.paths.iter().map(|path| format!("\"{path}\"")).collect();
        format!("{{method: {}, jsonPaths: [{}]{}}}", it.treatment, paths.join(", "), it.condition)
    };
    let steps: Vec<String> = steps.iter().map(step).collect();
    format!("endpoints:\n- pathTemplate: /x\n  {schema}transforms: [{}]\n", steps.join(", "))
}

/// The texts of an answer that leave as they are.
fn clear(rules: &str, answer: &str) -> BTreeSet<String> {
    let rules = RuleSet::load("rules", rules).unwrap_or_else(|found| panic!("{found}")).rules;
    let call = Call { method: "GET", path: "/x", query: None, content_type: None, headers: &[], body: b"" };
    let admitted = rules.admit(&call).unwrap();
    let out = admitted.sanitize(answer.as_bytes(), keys::pseudonymizer(), Options::default()).unwrap();
    let out = String::from_utf8(out.body().to_vec()).unwrap();
    let texts = ["t1", "k1", "e1", "e2", "e3", "n1", "n2", "n3"];
    texts.into_iter().filter(|it| out.contains(&format!("\"{it}\""))).map(str::to_owned).collect()
}

#[test]
fn no_sequence_of_transforms_lets_out_more_and_is_called_less() {
    let mut dice = Dice::new(17);
    let (mut calm, mut really) = (0, 0);
    for round in 0..1_600 {
        let before: Vec<Step> = (0..=dice.below(3)).map(|_| step(&mut dice)).collect();
        let mut after = changed(&before, &mut dice);
        if round % 3 == 0 && !after.is_empty() {
            after = changed(&after, &mut dice);
        }
        let schema = one(&mut dice, &[SCHEMA, ""]);
        let other = if round % 4 == 0 { one(&mut dice, &[SCHEMA, FEWER]) } else { schema };
        let (old, new) = (rules(schema, &before), rules(other, &after));
        let diff = diff(&old, &new);
        let grows = diff.changes.iter().any(|it| it.direction == Direction::Grows);
        assert_eq!(diff.grows(), grows);
        let more = ANSWERS.iter().any(|answer| !clear(&new, answer).is_subset(&clear(&old, answer)));
        calm += usize::from(!grows);
        really += usize::from(more);
        assert!(grows || !more, "{old}{new}{:#?}", told(&diff.changes));
    }
    // It would prove nothing if one of them never happened.
    assert!(calm > 200 && really > 200, "{calm} {really}");
}
