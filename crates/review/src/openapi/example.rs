//! Examples that stand beside schemas: fields that occur in one occur in answers, whether a schema knows them or not.

use serde_json::Value;
use vizard_sanitizer::outline::Part;

use super::Kind;
use super::notes::{At, Notes, Oddity, quoted};
use super::spots::{Face, Spots};

/// Deepest nesting of an example that is read.
const MAX_DEPTH: usize = 60;
/// How many names a note repeats.
const MAX_NAMED: usize = 3;

/// Adds what the example has and no schema lists.
pub(super) fn add(example: &Value, spots: &mut Spots, at: &At<'_>, notes: &mut Notes) {
    // Some write the example as a text; some as a sentence.
    let parsed;
    let example = match example {
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(value) => {
                parsed = value;
                &parsed
            }
            Err(_) => return,
        },
        other => other,
    };
    let described = !spots.at(Spots::ROOT).faces.is_empty();
    let mut missing = Missing::default();
    walk(example, spots, Spots::ROOT, &mut missing, 0);
    if !described {
        notes.add(Oddity::ExampleOnly, at, || "no schema stands beside this example".to_owned());
    } else if missing.count > 0 {
        notes.add(Oddity::ExampleDisagrees, at, || {
            let names: Vec<String> = missing.names.iter().map(|it| quoted(it)).collect();
            let more = if missing.count > names.len() { ", ..." } else { "" };
            let fields = if missing.count == 1 { "a field" } else { "fields" };
            format!("the example has {fields} that no schema lists: {}{more}", names.join(", "))
        });
    }
}

#[derive(Default)]
struct Missing {
    count: usize,
    names: Vec<String>,
}

fn walk(example: &Value, spots: &mut Spots, spot: usize, missing: &mut Missing, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    if spots.at(spot).faces.is_empty()
        && let Some(kind) = kind(example)
    {
        spots.show(spot, Face { only_in_example: true, ..Face::of(kind) });
    }
    match example {
        Value::Object(members) => {
            for (name, value) in members {
                let part = Part::Name(name.clone());
                // Where any name may stand, this one may.
                let known = spots.find(spot, &part).or_else(|| spots.find(spot, &Part::AnyName));
                if known.is_none() {
                    missing.count += 1;
                    if missing.names.len() < MAX_NAMED {
                        missing.names.push(name.clone());
                    }
                }
                if let Some(below) = known.or_else(|| spots.below(spot, part)) {
                    walk(value, spots, below, missing, depth + 1);
                }
            }
        }
        Value::Array(elements) => {
            for element in elements {
                if let Some(below) = spots.below(spot, Part::Element) {
                    walk(element, spots, below, missing, depth + 1);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The kind of a value; nothing for null, which tells none.
pub(super) fn kind(value: &Value) -> Option<Kind> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(_) => Kind::Boolean,
        Value::Number(number) if number.is_i64() || number.is_u64() => Kind::Integer,
        Value::Number(_) => Kind::Number,
        Value::String(_) => Kind::String,
        Value::Array(_) => Kind::Array,
        Value::Object(_) => Kind::Object,
    })
}
