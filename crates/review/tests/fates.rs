//! What is told of a field without a document, and what the engine does with documents, are held together here.

use proptest::prelude::*;
use serde_json::Value;
use vizard_pseudonym::{Kind, Pseudonymizer};
use vizard_review::fates::{self, Fate, Fated};
use vizard_review::synthetic;
use vizard_sanitizer::outline::{Kind as Listed, Outline, Part};
use vizard_sanitizer::{Options, RuleSet};

/// A text that nothing else looks like: none of its outer letters can stand in a token, a digest or an `x`.
const TEXT: &str = "é text ß";

/// What came out at a place. A pseudonym of anything but the value itself says less than a digest.
fn observed(before: &Value, after: Option<&Value>, keys: &Pseudonymizer) -> Fate {
    let Some(after) = after else { return Fate::Dropped };
    if after == before {
        return if after.is_null() { Fate::Null } else { Fate::Kept };
    }
    let plain = before.as_str().map_or_else(|| before.to_string(), str::to_owned);
    let own = |kind| keys.token(&plain, kind).ok();
    match after {
        Value::Null => Fate::Null,
        Value::String(text) if text.contains("original") && text.contains(&plain) => Fate::Original,
        Value::String(text) if text.contains(['é', 'ß']) => Fate::Partial,
        Value::String(text) if keys.reverse(text).is_ok_and(|it| *it == plain) => Fate::Reversible,
        Value::String(text) if own(Kind::Hash).as_ref() == Some(text) => Fate::Pseudonymized,
        Value::String(text) if text == "text" || text == "ex" => Fate::Limited,
        Value::String(text) if text.starts_with("{\"length\":") => Fate::Digested,
        Value::String(_) => Fate::Constant,
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Fate::Kept,
    }
}

/// The same document with the text in the place of every invented one.
fn with_text(document: Value) -> Value {
    match document {
        Value::String(text) if text == "text" => Value::String(TEXT.to_owned()),
        Value::Array(items) => items.into_iter().map(with_text).collect(),
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, with_text(value))).collect())
        }
        other => other,
    }
}

/// All values at a kind of place, with what stands at the same position in the other document.
fn pairs<'v>(
    before: &'v Value,
    after: Option<&'v Value>,
    path: &[Part],
) -> Vec<(&'v Value, Option<&'v Value>)> {
    let Some((part, rest)) = path.split_first() else { return vec![(before, after)] };
    match part {
        Part::Name(name) => match before.get(name) {
            Some(inner) => pairs(inner, after.and_then(|it| it.get(name)), rest),
            None => Vec::new(),
        },
        // Elements that go close up the list, so positions tell nothing: a list that became shorter is left out.
        Part::Element => match (before.as_array(), after.and_then(Value::as_array)) {
            (Some(before), Some(after)) if before.len() == after.len() => before
                .iter()
                .zip(after)
                .flat_map(|(before, after)| pairs(before, Some(after), rest))
                .collect(),
            _ => Vec::new(),
        },
        Part::AnyName => Vec::new(),
    }
}

/// Nothing comes out that is more than what is told; and what is told to be kept for certain is kept.
fn compare(rules: &str) -> Result<usize, String> {
    let loaded = RuleSet::load("r", rules).map_err(|problems| problems.to_string())?.rules;
    let outline = Outline::read("r", rules).map_err(|problems| problems.to_string())?;
    let keys = synthetic::keys();
    // A filter makes null what it cannot be asked about, which is not told: it is less, not more.
    let exact = !rules.contains("[?(");
    let mut compared = 0;
    for (index, told) in fates::of(&outline).iter().enumerate() {
        let endpoint = told.endpoint;
        let Some(sample) = loaded.sample_calls().into_iter().find(|it| it.endpoint == index) else {
            continue;
        };
        let admitted = loaded.admit(&sample.call()).map_err(|refusal| format!("{sample:?} {refusal}"))?;
        let whole = synthetic::document(endpoint);
        let alone = told.fields.iter().map(|it| {
            let value = synthetic::value(it.field, &endpoint.steps);
            synthetic::document_of(&it.field.path, value)
        });
        for document in std::iter::once(whole).chain(alone).map(with_text) {
            let sanitized = admitted.sanitize(document.to_string().as_bytes(), &keys, Options::default());
            let after: Value = serde_json::from_slice(sanitized.map_err(|it| it.to_string())?.body())
                .map_err(|it| it.to_string())?;
            for fated in &told.fields {
                for (before, after) in pairs(&document, Some(&after), &fated.field.path.0) {
                    compared += usize::from(!before.is_null());
                    check(fated, before, after, &keys, exact)
                        .map_err(|why| format!("{} of {document}: {why}\n{rules}", fated.field.path))?;
                }
            }
        }
    }
    Ok(compared)
}

fn check(
    fated: &Fated<'_>,
    before: &Value,
    after: Option<&Value>,
    keys: &Pseudonymizer,
    exact: bool,
) -> Result<(), String> {
    if before.is_null() || matches!(fated.field.kind, Listed::Again { .. } | Listed::Digest) {
        return Ok(());
    }
    let seen = observed(before, after, keys);
    let worst = fated.worst().fate;
    let told = fated.words();
    // Transforms make other constants of the constant `""`.
    if matches!(fated.field.kind, Listed::Constant(_)) && seen < Fate::Kept {
        return Ok(());
    }
    // How much of a clear value stays cannot be told from the value.
    if seen > worst && !(seen.is_clear() && worst.is_clear()) {
        return Err(format!("told to be {told}, but {seen:?} was seen"));
    }
    let certain = fated.outcomes.len() == 1 && !fated.field.only_sometimes;
    if exact && certain && worst == Fate::Kept && seen != Fate::Kept {
        return Err(format!("told to be kept, but {seen:?} was seen"));
    }
    Ok(())
}

#[test]
fn the_shipped_rules_do_what_is_told_of_them() {
    let compared = compare(include_str!("../../../rules/zoom/rules.yaml")).unwrap();
    assert!(compared > 500, "{compared}");
}

const NAMES: [&str; 3] = ["a", "b", "c"];

/// A response schema of up to three levels.
fn schema() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "{type: string}",
        "{type: string}",
        "{type: integer}",
        "{type: number}",
        "{type: boolean}",
        "{}",
        "{type: 'null'}",
        "{const: x}",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|it| format!("{{items: {it}}}")),
            prop::collection::vec(inner, 1..4).prop_map(|all| {
                let members: Vec<String> =
                    all.iter().zip(NAMES).map(|(schema, name)| format!("{name}: {schema}")).collect();
                format!("{{properties: {{{}}}}}", members.join(", "))
            }),
        ]
    })
}

fn path() -> impl Strategy<Value = String> {
    let step = prop::sample::select(vec![
        ".a",
        ".b",
        ".c",
        "..a",
        "..b",
        "[*]",
        ".*",
        "..*",
        "[0]",
        "[1]",
        "[0:]",
        "['a','b']",
        "..['b','c']",
        "[?(@.a)]",
        "..[?(@.b)]",
        "[?(@.a == 'é text ß')]",
    ]);
    prop::collection::vec(step, 0..4).prop_map(|steps| format!("${}", steps.concat()))
}

fn transform() -> impl Strategy<Value = String> {
    let what = prop::sample::select(vec![
        "!<redact> {",
        "!<pseudonymize> {",
        "!<pseudonymize> {includeReversible: true, ",
        "!<pseudonymize> {includeOriginal: true, encoding: JSON, ",
        "!<textDigest> {",
        "!<tokenize> {",
        "!<redactRegexMatches> {redactions: ['ex'], ",
        "!<redactExceptSubstringsMatchingRegexes> {exceptions: ['ex'], ",
        "!<filterTokenByRegex> {filters: ['text'], ",
        "!<hashIp> {",
        "!<pseudonymizeRegexMatches> {regex: 'e', ",
        "!<pseudonymizeRegexMatches> {regex: '[^;, ]+', ",
        "!<pseudonymizeEmailHeader> {",
    ]);
    let condition = prop_oneof![
        4 => Just(""),
        1 => Just(", applyOnlyWhen: \"$[?(@.a)]\""),
        1 => Just(", applyOnlyWhen: \"$..[?(@.b == 'nothing')]\""),
    ];
    (what, prop::collection::vec(path(), 1..3), condition).prop_map(|(what, paths, condition)| {
        let paths: Vec<String> = paths.iter().map(|it| format!("\"{it}\"")).collect();
        format!("  - {what}jsonPaths: [{}]{condition}}}\n", paths.join(", "))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_rules_do_what_is_told_of_them(
        schema in schema(),
        transforms in prop::collection::vec(transform(), 0..4),
    ) {
        let transforms: String = transforms.concat();
        let transforms = if transforms.is_empty() { String::new() } else { format!("  transforms:\n{transforms}") };
        let rules = format!("endpoints:\n- pathTemplate: /x\n  responseSchema: {schema}\n{transforms}");
        if let Err(why) = compare(&rules) {
            prop_assert!(false, "{}", why);
        }
    }
}
