//! Pseudonyms that can be turned back, and no call that takes them.

use std::collections::BTreeSet;

use vizard_sanitizer::outline::{BodySchema, FieldPath, Part};

use super::found::Found;
use super::probe;
use super::reviewed::{Judged, Leaf, Reviewed};
use crate::fates::Fate;
use crate::personal::{self, Candidate, Kind, Value, words};

/// What the calls of a rule file take pseudonyms for.
#[derive(Default)]
struct Taken {
    nouns: BTreeSet<String>,
    persons: bool,
    /// A body without a schema takes anything.
    anything: bool,
}

pub(super) fn lint(reviewed: &Reviewed<'_>, found: &mut Found) {
    let reversible = |leaf: &&Leaf<'_>| leaf.worst() == Fate::Reversible;
    if !reviewed.endpoints.iter().any(|it| it.leaves.iter().any(|leaf| reversible(&leaf))) {
        return;
    }
    let taken = taken(reviewed);
    if taken.anything {
        return;
    }
    let is = |leaf: &Leaf<'_>, kind: Kind| leaf.looks.as_ref().is_some_and(|it| it.what == kind);
    // Where people have no other key, it is the address that is asked for.
    let keys = reviewed.endpoints.iter().flat_map(|it| it.leaves.iter().filter(reversible));
    let by_id = keys.clone().any(|leaf| is(leaf, Kind::PersonId));
    for judged in &reviewed.endpoints {
        for leaf in judged.leaves.iter().filter(reversible) {
            let person = is(leaf, Kind::PersonId) || is(leaf, Kind::Email) && !by_id;
            let needed = person && taken.persons
                || judged.nouns(leaf.fated.field).iter().any(|it| taken.nouns.contains(it));
            if !needed {
                report(judged, leaf, found);
            }
        }
    }
}

fn report(judged: &Judged<'_>, leaf: &Leaf<'_>, found: &mut Found) {
    let field = leaf.shown();
    let message = format!("`{field}` can be turned back, and no endpoint takes a pseudonym of its kind");
    found
        .at("needless-reversible", leaf.fated.worst().place, message)
        .endpoint(judged.index)
        .field(field)
        .help("remove `includeReversible`");
}

fn taken(reviewed: &Reviewed<'_>) -> Taken {
    let mut taken = Taken::default();
    for judged in &reviewed.endpoints {
        for taker in probe::takers(reviewed, judged) {
            let person = |parts: Vec<Part>| {
                let path = FieldPath(parts);
                let looks = personal::looks(&Candidate::new("", &path, Value::Any));
                looks.is_some_and(|it| it.what == Kind::PersonId)
            };
            let name = |text: &str| Part::Name(text.to_owned());
            taken.persons |= person(vec![name(&taker.before), Part::Element, name("id")])
                || taker.parameter.as_deref().is_some_and(|it| person(vec![name(it)]));
            taken.add(&taker.before);
            taker.parameter.iter().for_each(|it| taken.add(it));
        }
        query(judged, reviewed, &mut taken);
        body(judged, &mut taken);
    }
    taken
}

impl Taken {
    fn add(&mut self, name: &str) {
        let unspecific = |it: &String| matches!(it.as_str(), "id" | "uuid" | "number" | "key" | "name");
        self.nouns.extend(words::split(name).into_iter().filter(|it| !unspecific(it)));
    }

    fn add_parameter(&mut self, name: &str) {
        let path = FieldPath(vec![Part::Name(name.to_owned())]);
        let looks = personal::looks(&Candidate::new("", &path, Value::Any));
        self.persons |= looks.is_some_and(|it| it.what == Kind::PersonId);
        self.add(name);
    }
}

fn query(judged: &Judged<'_>, reviewed: &Reviewed<'_>, taken: &mut Taken) {
    let Some(listed) = &judged.endpoint.query else { return };
    for name in listed {
        if probe::query_takes(reviewed, judged.index, &name.text, probe::TOKEN) {
            taken.add_parameter(&name.text);
        }
    }
}

fn body(judged: &Judged<'_>, taken: &mut Taken) {
    let writes = |method: &str| !matches!(method.trim().to_ascii_uppercase().as_str(), "GET" | "HEAD");
    let carries = judged.endpoint.methods.as_ref().is_some_and(|all| all.iter().any(|it| writes(&it.text)));
    match judged.endpoint.body.as_ref().and_then(|it| it.content.as_ref()) {
        None => taken.anything |= carries,
        Some(content) => content.iter().for_each(|(_, schema)| members(schema, taken)),
    }
}

/// Members of a body that take texts.
fn members(schema: &BodySchema, taken: &mut Taken) {
    for (name, schema) in schema.properties.iter().flatten() {
        let text = schema.kind.as_deref().is_none_or(|it| matches!(it, "string" | "array"));
        if text && schema.values.is_none() {
            taken.add_parameter(&name.text);
        }
        members(schema, taken);
    }
    schema.items.iter().for_each(|it| members(it, taken));
}
