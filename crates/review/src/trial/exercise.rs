//! Which endpoints, fields and paths of transforms the examples exercise, and which they never do.
//!
//! A field counts when some original holds a value other than null there. A path of a transform counts when, with its
//! condition, it reaches such a value among the listed fields of some original: the engine itself is asked, by a rule
//! set that redacts that path and nothing else.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};
use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::outline::{Endpoint, FieldPath, Kind, Outline, Part, Step, StepPath};
use vizard_sanitizer::{Call, Options, Place, RuleSet};

use super::share::Share;
use crate::finding::{Finding, Level};

/// What examples exercise, endpoint by endpoint.
#[derive(Debug)]
pub struct Exercise<'o> {
    endpoints: Vec<Exercised<'o>>,
    keys: &'o Pseudonymizer,
    /// Changes nothing: what the engine makes of a document that no rule touches.
    untouched: Option<RuleSet>,
}

/// What examples exercise of one endpoint.
#[derive(Debug)]
struct Exercised<'o> {
    endpoint: &'o Endpoint,
    examples: usize,
    listed: BTreeSet<&'o FieldPath>,
    /// Below these all is listed once more.
    again: Vec<&'o FieldPath>,
    fields: Vec<(&'o FieldPath, Place, bool)>,
    paths: Vec<Path<'o>>,
}

#[derive(Debug)]
struct Path<'o> {
    step: &'o Step,
    path: &'o StepPath,
    /// Augments work on what the source sent, transforms on what is listed.
    before_schema: bool,
    reached: bool,
    /// Redacts what the path reaches.
    probe: Option<RuleSet>,
}

/// The numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Endpoints with an example.
    pub endpoints: Share,
    /// Listed fields with a value in an example.
    pub fields: Share,
    /// Paths of transforms and augments that reached a value.
    pub transforms: Share,
    /// One row for each endpoint.
    pub rows: Vec<Row>,
}

/// The numbers of one endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// As the rules write it.
    pub endpoint: String,
    /// How many examples it answers.
    pub examples: usize,
    /// Listed fields.
    pub fields: Share,
    /// Paths of transforms and augments.
    pub transforms: Share,
}

impl<'o> Exercise<'o> {
    /// Nothing yet.
    pub fn of(outline: &'o Outline, keys: &'o Pseudonymizer) -> Exercise<'o> {
        let endpoints = outline.endpoints.iter().map(Exercised::of).collect();
        Exercise { endpoints, keys, untouched: redacting(None, None) }
    }

    /// An original answer of an endpoint, by its position. What is not JSON exercises nothing.
    pub fn add(&mut self, endpoint: usize, original: &[u8]) {
        let Some(exercised) = self.endpoints.get_mut(endpoint) else { return };
        exercised.examples += 1;
        let values = serde_json::Deserializer::from_slice(original).into_iter::<Value>();
        for value in values.map_while(Result::ok) {
            exercised.add(&value, self.untouched.as_ref(), self.keys);
        }
    }

    /// The numbers so far.
    pub fn tally(&self) -> Tally {
        let rows: Vec<Row> = self.endpoints.iter().map(Exercised::row).collect();
        let sum = |share: fn(&Row) -> Share| rows.iter().map(share).fold(Share::default(), Share::and);
        Tally {
            endpoints: Share::count(rows.iter().map(|row| row.examples > 0)),
            fields: sum(|row| row.fields),
            transforms: sum(|row| row.transforms),
            rows,
        }
    }

    /// What was never exercised, at this level.
    pub fn findings(&self, file: &str, level: Level) -> Vec<Finding> {
        self.endpoints.iter().flat_map(|it| it.findings(file, level)).collect()
    }
}

impl Tally {
    /// Everything together, which is what a threshold is compared with.
    pub fn all(&self) -> Share {
        self.endpoints.and(self.fields).and(self.transforms)
    }
}

impl<'o> Exercised<'o> {
    fn of(endpoint: &'o Endpoint) -> Exercised<'o> {
        let listed = endpoint.fields.as_deref().unwrap_or_default();
        let mut fields: Vec<(&FieldPath, Place, bool)> = Vec::new();
        let mut known = BTreeSet::new();
        for field in listed {
            // What a definition repeats at further depths is told at the first ones.
            let counts = field.is_leaf() && !matches!(field.kind, Kind::Again { .. } | Kind::Digest);
            if counts && known.insert(&field.path) {
                fields.push((&field.path, field.place, false));
            }
        }
        let paths = |steps: &'o [Step], before_schema: bool| {
            steps.iter().flat_map(move |step| {
                step.paths.iter().map(move |path| Path {
                    step,
                    path,
                    before_schema,
                    reached: false,
                    probe: redacting(Some(&path.written.text), step.condition.as_ref().map(|it| &*it.text)),
                })
            })
        };
        Exercised {
            endpoint,
            examples: 0,
            listed: listed.iter().map(|it| &it.path).collect(),
            again: listed
                .iter()
                .filter(|it| matches!(it.kind, Kind::Again { .. }))
                .map(|it| &it.path)
                .collect(),
            fields,
            paths: paths(&endpoint.augments, true).chain(paths(&endpoint.steps, false)).collect(),
        }
    }

    fn add(&mut self, original: &Value, untouched: Option<&RuleSet>, keys: &Pseudonymizer) {
        let whole = self.part(original, &FieldPath::ROOT, false).unwrap_or(Value::Null);
        let listed = self.part(original, &FieldPath::ROOT, true).unwrap_or(Value::Null);
        let mut there = BTreeSet::new();
        places(&listed, &FieldPath::ROOT, &mut there);
        for (path, _, seen) in &mut self.fields {
            *seen |= there.contains(*path);
        }
        for path in self.paths.iter_mut().filter(|path| !path.reached) {
            let document = if path.before_schema { &whole } else { &listed };
            let body = document.to_string();
            let made = |rules: Option<&RuleSet>| rules.and_then(|rules| sanitized(rules, &body, keys));
            path.reached = match (made(untouched), made(path.probe.as_ref())) {
                (Some(untouched), Some(probed)) => untouched != probed,
                _ => false,
            };
        }
    }

    /// A document without its nulls; with `only_listed`, without what the schema does not list.
    fn part(&self, value: &Value, path: &FieldPath, only_listed: bool) -> Option<Value> {
        let is_open = !only_listed || self.endpoint.fields.is_none();
        let is_listed =
            || is_open || self.listed.contains(path) || self.again.iter().any(|it| it.holds(path));
        if value.is_null() || !is_listed() {
            return None;
        }
        Some(match value {
            Value::Object(members) => {
                let mut kept = Map::new();
                for (name, member) in members {
                    let member = self.part(member, &path.then(Part::Name(name.clone())), only_listed);
                    kept.extend(member.map(|member| (name.clone(), member)));
                }
                Value::Object(kept)
            }
            Value::Array(items) => {
                let path = path.then(Part::Element);
                Value::Array(items.iter().filter_map(|item| self.part(item, &path, only_listed)).collect())
            }
            scalar => scalar.clone(),
        })
    }

    fn row(&self) -> Row {
        Row {
            endpoint: self.endpoint.path.text.clone(),
            examples: self.examples,
            fields: Share::count(self.fields.iter().map(|it| it.2)),
            transforms: Share::count(self.paths.iter().map(|it| it.reached)),
        }
    }

    fn findings(&self, file: &str, level: Level) -> Vec<Finding> {
        let finding = |code, place, field: Option<&FieldPath>, message| Finding {
            level,
            code,
            file: file.to_owned(),
            place: Some(place),
            endpoint: Some(self.endpoint.path.text.clone()),
            field: field.map(FieldPath::to_string),
            message,
            help: None,
            suppressed: None,
        };
        if self.examples == 0 {
            let message = "no example calls the endpoint".to_owned();
            return vec![finding("endpoint-untested", self.endpoint.place, None, message)];
        }
        let fields = self.fields.iter().filter(|it| !it.2).map(|(path, place, _)| {
            finding("field-untested", *place, Some(path), format!("no example has a value at `{path}`"))
        });
        let paths = self.paths.iter().filter(|it| !it.reached).map(|it| {
            let message =
                format!("in no example `{}` reaches a value for {}", it.path.written.text, it.step.name);
            finding("transform-untested", it.path.written.place, None, message)
        });
        fields.chain(paths).collect()
    }
}

/// Where a document holds scalars.
fn places(value: &Value, path: &FieldPath, there: &mut BTreeSet<FieldPath>) {
    match value {
        Value::Object(members) => {
            members
                .iter()
                .for_each(|(name, member)| places(member, &path.then(Part::Name(name.clone())), there));
        }
        Value::Array(items) => items.iter().for_each(|item| places(item, &path.then(Part::Element), there)),
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            there.insert(path.clone());
        }
    }
}

/// Rules that redact one path; `None` for one that cannot be asked so.
fn redacting(path: Option<&str>, condition: Option<&str>) -> Option<RuleSet> {
    // JSON is YAML too.
    let mut step = Map::new();
    if let Some(path) = path {
        step.insert("method".to_owned(), "redact".into());
        step.insert("jsonPaths".to_owned(), Value::Array(vec![path.into()]));
        step.extend(condition.map(|condition| ("applyOnlyWhen".to_owned(), condition.into())));
    }
    let steps = if step.is_empty() { Vec::new() } else { vec![Value::Object(step)] };
    let rules = serde_json::json!({ "endpoints": [{ "pathTemplate": "/x", "transforms": steps }] });
    RuleSet::load("probe", &rules.to_string()).ok().map(|loaded| loaded.rules)
}

fn sanitized(rules: &RuleSet, body: &str, keys: &Pseudonymizer) -> Option<Vec<u8>> {
    let call = Call::bare("GET", "/x", None);
    let admitted = rules.admit(&call).ok()?;
    Some(admitted.sanitize(body.as_bytes(), keys, Options::default()).ok()?.into_body())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::keys;

    const RULES: &str = "
endpoints:
- pathTemplate: /v2/users
  responseSchema:
    properties:
      total: {type: integer}
      users: {items: {properties: {id: {type: string}, kind: {type: string}, zone: {type: string}}}}
  augments: [!<textDigest> {jsonPaths: ['$.note', '$.other']}]
  transforms:
  - !<pseudonymize> {jsonPaths: ['$.users[*].id', \"$.users[?(@.kind == 'guest')].zone\"]}
  - !<redact> {jsonPaths: ['$.secret', '$.users[*].zone'], applyOnlyWhen: '$[?(@.total > 5)]'}
- pathTemplate: /v2/rooms
  responseSchema: {properties: {id: {type: string}}}
- pathTemplate: /v2/open
  transforms: [!<redact> {jsonPaths: ['$..name', '$.a']}]
";

    fn exercised(originals: &[(usize, &str)]) -> (Tally, Vec<String>) {
        let outline = Outline::read("r", RULES).unwrap();
        let keys = keys();
        let mut exercise = Exercise::of(&outline, &keys);
        originals.iter().for_each(|(endpoint, original)| exercise.add(*endpoint, original.as_bytes()));
        let found = exercise.findings("r", Level::Note);
        let told = |it: Finding| format!("{} {} {}", it.place.map_or(0, |it| it.line), it.code, it.message);
        (exercise.tally(), found.into_iter().map(told).collect())
    }

    #[test]
    fn counts_what_occurs_and_nothing_else() {
        let share = |exercised, of| Share { exercised, of };
        let (tally, found) = exercised(&[]);
        assert_eq!(
            (tally.endpoints, tally.fields, tally.transforms),
            (share(0, 3), share(0, 5), share(0, 8))
        );
        assert_eq!(found.len(), 3);
        assert_eq!(found[0], "3 endpoint-untested no example calls the endpoint");

        let users = r#"{"total":3,"secret":"x","note":"n","users":[{"id":null,"kind":"host","zone":"Oslo"},{"id":"7"}]}"#;
        let (tally, found) = exercised(&[(0, users), (2, r#"{"b":{"name":"x"}}"#)]);
        assert_eq!(
            (tally.endpoints, tally.fields, tally.transforms),
            (share(2, 3), share(4, 5), share(3, 8))
        );
        assert_eq!(tally.all(), share(9, 16));
        assert_eq!(
            found,
            [
                "8 transform-untested in no example `$.other` reaches a value for textDigest",
                "10 transform-untested in no example `$.users[?(@.kind == 'guest')].zone` reaches a value for pseudonymize",
                "11 transform-untested in no example `$.secret` reaches a value for redact",
                "11 transform-untested in no example `$.users[*].zone` reaches a value for redact",
                "12 endpoint-untested no example calls the endpoint",
                "15 transform-untested in no example `$.a` reaches a value for redact",
            ]
        );

        let more = r#"{"total":6,"users":[{"id":"7","kind":"guest","zone":"Oslo"}]}"#;
        let (_, found) = exercised(&[(0, users), (0, more)]);
        let left: Vec<&String> = found.iter().filter(|it| it.contains("transform-untested")).collect();
        assert_eq!(left.len(), 2, "{left:#?}");
        // An unlisted field exercises nothing, and neither does null.
        let (tally, _) = exercised(&[(1, r#"{"id":null,"name":"x"}"#)]);
        assert_eq!((tally.endpoints, tally.fields), (share(1, 3), share(0, 5)));
    }
}
