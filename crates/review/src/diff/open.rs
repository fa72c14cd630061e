//! Endpoints without a response schema, in one of the files or in both.

use std::collections::HashMap;

use vizard_sanitizer::outline::{Endpoint, Step, Treatment, Written};

use super::change::{Change, Direction};
use super::what::What;
use super::{chain, fields, inputs};
use crate::fates::{self, EndpointFates};

/// The schema is gone.
pub(super) fn opened(old: &Endpoint, new: &Endpoint) -> Change {
    let message = "there is no response schema any more: every field leaves that no transform names";
    Change::new(Direction::Grows, What::SchemaRemoved, message)
        .before("only listed fields leave", old.schema.unwrap_or(old.place))
        .after("every field leaves", new.place)
}

/// There is a schema now. What it lists is compared with what the transforms of the old file did to the same fields.
pub(super) fn closed(old: &Endpoint, new: &EndpointFates<'_>) -> Vec<Change> {
    let schema = new.endpoint.schema.unwrap_or(new.endpoint.place);
    let message = "there is a response schema now: only listed fields leave";
    let mut changes = vec![
        Change::new(Direction::Shrinks, What::SchemaAdded, message)
            .before("every field leaves", old.place)
            .after("only listed fields leave", schema),
    ];
    let listed = fields::alone(Endpoint { fields: new.endpoint.fields.clone(), ..old.clone() });
    changes.extend(fields::compare(&fates::of(&listed)[0], new, &[]));
    changes
}

/// One path of one transform.
struct Rule<'o> {
    step: &'o Step,
    path: &'o Written,
}

impl Rule<'_> {
    fn key(&self) -> String {
        let asks = self.step.condition.as_ref().map(|it| it.text.as_str());
        let settings: Vec<_> = chain::settings(self.step).collect();
        format!("{} {asks:?} {} {settings:?}", self.path.text, self.step.name)
    }

    /// Whether it takes away what it reaches, in every answer, whatever else is done.
    fn removes(&self) -> bool {
        self.step.treatment == Treatment::Redact && self.step.condition.is_none()
    }
}

fn rules(endpoint: &Endpoint) -> Vec<Rule<'_>> {
    endpoint
        .steps
        .iter()
        .flat_map(|step| step.paths.iter().map(move |path| Rule { step, path: &path.written }))
        .collect()
}

/// Neither file has a schema: what counts is which paths are treated how, and in which order.
pub(super) fn compare(old: &Endpoint, new: &Endpoint) -> Vec<Change> {
    let (was, is) = (rules(old), rules(new));
    let (was_keys, is_keys): (Vec<String>, Vec<String>) =
        (was.iter().map(Rule::key).collect(), is.iter().map(Rule::key).collect());
    if was_keys == is_keys {
        return Vec::new();
    }
    let gone = missing(&was, &was_keys, &is_keys);
    let fresh = missing(&is, &is_keys, &was_keys);
    if gone.is_empty() && fresh.is_empty() {
        let message = "the transforms run in another order";
        let change = Change::unproven(What::TreatmentChanged, message);
        return vec![change.before("another order", old.place).after("this order", new.place)];
    }
    // What is done last changes nothing that was done before, and neither does what removes, unless somebody asks
    // for what is removed.
    let asks = inputs::asking(old).chain(inputs::asking(new)).next().is_some();
    let harmless = |all: &[&Rule<'_>]| !asks && all.iter().all(|rule| rule.removes());
    let at_the_end = |short: &[String], long: &[String]| long.starts_with(short);
    let adds_only = gone.is_empty()
        && (at_the_end(&was_keys, &is_keys) || (harmless(&fresh) && in_order(&was_keys, &is_keys)));
    let removes_only = fresh.is_empty()
        && (at_the_end(&is_keys, &was_keys) || (harmless(&gone) && in_order(&is_keys, &was_keys)));
    let mut changes = Vec::new();
    for rule in gone {
        let message = format!("what `{}` reaches leaves without {}", rule.path.text, rule.step.name);
        let change = match removes_only {
            true => Change::new(Direction::Grows, What::FateWeakened, message),
            false => Change { proven: false, ..Change::new(Direction::Grows, What::FateWeakened, message) },
        };
        changes.push(change.before(chain::said(rule.step), rule.path.place));
    }
    for rule in fresh {
        let message = format!("what `{}` reaches is treated by {} now", rule.path.text, rule.step.name);
        let change = match adds_only {
            true => Change::new(Direction::Shrinks, What::FateStrengthened, message),
            false => Change::unproven(What::TreatmentChanged, message),
        };
        changes.push(change.after(chain::said(rule.step), rule.path.place));
    }
    changes
}

/// Those of the first list that the second does not have, each as often as it is missing.
fn missing<'r, 'o>(all: &'r [Rule<'o>], keys: &[String], others: &[String]) -> Vec<&'r Rule<'o>> {
    let mut counts: HashMap<&String, usize> = HashMap::new();
    for key in others {
        *counts.entry(key).or_default() += 1;
    }
    let taken = |key: &String, counts: &mut HashMap<&String, usize>| match counts.get_mut(key) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    };
    let pairs = all.iter().zip(keys);
    pairs.filter(|(_, key)| !taken(key, &mut counts)).map(|(rule, _)| rule).collect()
}

/// Whether the first list is what remains of the second when some are left out.
fn in_order(short: &[String], long: &[String]) -> bool {
    let mut long = long.iter();
    short.iter().all(|one| long.any(|other| other == one))
}
