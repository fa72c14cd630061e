//! What the two files let in at one endpoint: methods, parameters, headers, bodies.

use std::collections::HashMap;

use vizard_sanitizer::outline::{Endpoint, Parameter, Written};

use super::change::{Change, Direction};
use super::narrower::{self, Relation};
use super::what::What;
use super::{Loaded, endpoint, pairs};
use crate::words;

/// A file and one of its endpoints.
#[derive(Clone, Copy)]
struct Side<'o> {
    file: &'o Loaded,
    endpoint: &'o Endpoint,
}

impl Side<'_> {
    /// Whether the path has a parameter of the name that the schema is for.
    fn knows(self, schema: &Parameter) -> bool {
        !self.file.unknown_parameters.contains(&schema.name.place)
    }
}

pub(super) fn compare(old: (&Loaded, &Endpoint), new: (&Loaded, &Endpoint)) -> Vec<Change> {
    let old = Side { file: old.0, endpoint: old.1 };
    let new = Side { file: new.0, endpoint: new.1 };
    let mut changes = Vec::new();
    path(old.endpoint, new.endpoint, &mut changes);
    methods(old.endpoint, new.endpoint, &mut changes);
    path_parameters(old, new, &mut changes);
    query(old.endpoint, new.endpoint, &mut changes);
    headers(old, new, &mut changes);
    body(old.endpoint, new.endpoint, &mut changes);
    let name = endpoint::name(new.endpoint);
    changes.into_iter().map(|change| change.of(&name)).collect()
}

fn path(old: &Endpoint, new: &Endpoint, changes: &mut Vec<Change>) {
    if old.path.text == new.path.text && old.is_regex == new.is_regex {
        return;
    }
    let same_shape =
        !old.is_regex && !new.is_regex && pairs::nameless(&old.path.text) == pairs::nameless(&new.path.text);
    let change = if same_shape {
        let message = "the path is written otherwise and admits the same calls";
        Change::new(Direction::Neutral, What::EndpointRenamedParameter, message)
    } else {
        Change::unproven(What::EndpointPathChanged, "the path is described in another way")
    };
    changes.push(change.before(&old.path.text, old.path.place).after(&new.path.text, new.path.place));
}

fn methods(old: &Endpoint, new: &Endpoint, changes: &mut Vec<Change>) {
    let before = |change: Change| change.before(words::methods(old), old.place);
    let after = |change: Change| change.after(words::methods(new), new.place);
    match (pairs::methods(old), pairs::methods(new)) {
        (None, None) => {}
        (Some(_), None) => {
            let change = Change::new(Direction::Grows, What::MethodsOpen, "any method passes now");
            changes.push(after(before(change)));
        }
        (None, Some(listed)) => {
            // What passes as "any" leaves these two out.
            for method in listed.iter().filter(|it| matches!(it.as_str(), "TRACE" | "CONNECT")) {
                let message = format!("the method {method} passes now");
                changes.push(after(before(Change::new(Direction::Grows, What::MethodAdded, message))));
            }
            let message = format!("only {} passes now", words::methods(new));
            changes.push(after(before(Change::new(Direction::Shrinks, What::MethodsListed, message))));
        }
        (Some(was), Some(is)) => {
            for method in is.iter().filter(|it| !was.contains(it)) {
                let message = format!("the method {method} passes now");
                changes.push(after(before(Change::new(Direction::Grows, What::MethodAdded, message))));
            }
            for method in was.iter().filter(|it| !is.contains(it)) {
                let message = format!("the method {method} passes no more");
                changes.push(after(before(Change::new(Direction::Shrinks, What::MethodRemoved, message))));
            }
        }
    }
}

/// The parameters of the path, by position, as their names may be others.
fn path_parameters(old_side: Side<'_>, new_side: Side<'_>, changes: &mut Vec<Change>) {
    let (old, new) = (old_side.endpoint, new_side.endpoint);
    revived_or_dead(old_side, new_side, changes);
    let mut renamed: HashMap<String, String> = HashMap::new();
    if !old.is_regex && !new.is_regex {
        let names = |it: &Endpoint| -> Vec<String> {
            words::parameters_of(&it.path.text).into_iter().map(str::to_owned).collect()
        };
        let (was, is) = (names(old), names(new));
        if was.len() == is.len() {
            renamed = was.into_iter().zip(is).collect();
        }
    }
    let new_name = |name: &str| renamed.get(name).cloned().unwrap_or_else(|| name.to_owned());
    let known = |side: Side<'_>| -> Vec<Parameter> {
        side.endpoint.path_schemas.iter().filter(|it| side.knows(it)).cloned().collect()
    };
    let (was, is) = (known(old_side), known(new_side));
    schemas("path", &by_name(&was, new_name), &by_name(&is, str::to_owned), (old, new), |_| true, changes);
}

/// With a schema for a parameter that its path has not, an endpoint matches no call.
fn revived_or_dead(old: Side<'_>, new: Side<'_>, changes: &mut Vec<Change>) {
    fn unknown(side: Side<'_>) -> Option<&Written> {
        side.endpoint.path_schemas.iter().find(|it| !side.knows(it)).map(|it| &it.name)
    }
    match (unknown(old), unknown(new)) {
        (Some(_), Some(_)) | (None, None) => {}
        (Some(name), None) => {
            let message = format!("`{}`, a parameter that the path has not, is required no more", name.text);
            let change = Change::new(Direction::Grows, What::ParameterLoosened, message);
            changes.push(change.before("no call passes", name.place).after("calls pass", new.endpoint.place));
        }
        (None, Some(name)) => {
            let message = format!("`{}` is a parameter that the path has not, so no call passes", name.text);
            let change = Change::new(Direction::Shrinks, What::ParameterTightened, message);
            changes.push(change.before("calls pass", old.endpoint.place).after("no call passes", name.place));
        }
    }
}

fn query(old: &Endpoint, new: &Endpoint, changes: &mut Vec<Change>) {
    let said = |change: Change| {
        let text = |it: &Endpoint| match &it.query {
            None => "any parameter".to_owned(),
            Some(listed) => words::listed(listed.iter().map(|name| name.text.clone()), "and"),
        };
        change.before(text(old), old.place).after(text(new), new.place)
    };
    let was = old.query.as_ref().map(|it| names(it, str::to_ascii_lowercase));
    let is = new.query.as_ref().map(|it| names(it, str::to_ascii_lowercase));
    match (&was, &is) {
        (None, None) => {}
        (Some(_), None) => {
            changes.push(said(Change::new(
                Direction::Grows,
                What::QueryOpen,
                "any query parameter passes now",
            )));
        }
        (None, Some(_)) => {
            let message = "only listed query parameters pass now";
            changes.push(said(Change::new(Direction::Shrinks, What::QueryListed, message)));
        }
        (Some(was), Some(is)) => added_and_removed(
            (was, is),
            (What::QueryParameterAdded, What::QueryParameterRemoved),
            |name, passes| format!("the query parameter `{name}` passes {passes}"),
            changes,
        ),
    }
    let passed = |names: &Option<HashMap<String, &Written>>, name: &str| {
        names.as_ref().is_none_or(|names| names.contains_key(name))
    };
    // What passed in neither file is nothing to compare, and what passes in one of them has been told.
    let told = |name: &str| passed(&was, name) && passed(&is, name);
    let (was, is) = (
        by_name(&old.query_schemas, str::to_ascii_lowercase),
        by_name(&new.query_schemas, str::to_ascii_lowercase),
    );
    schemas("query", &was, &is, (old, new), told, changes);
    required_but_gone(old, new, changes);
}

/// A parameter that had to be there and cannot be there any more made the endpoint useless, or the other way round.
fn required_but_gone(old: &Endpoint, new: &Endpoint, changes: &mut Vec<Change>) {
    let dead = |it: &Endpoint| -> Vec<String> {
        let Some(listed) = &it.query else { return Vec::new() };
        let listed = names(listed, str::to_ascii_lowercase);
        let required = it.query_schemas.iter().filter(|schema| schema.required);
        let missing = required.map(|schema| schema.name.text.to_ascii_lowercase());
        missing.filter(|name| !listed.contains_key(name)).collect()
    };
    let (was, is) = (dead(old), dead(new));
    for name in was.iter().filter(|name| !is.contains(name)) {
        let message = format!("the query parameter `{name}` is no longer required and refused at once");
        let change = Change::new(Direction::Grows, What::ParameterLoosened, message);
        changes.push(change.before("no call passes", old.place).after("calls pass", new.place));
    }
    for name in is.iter().filter(|name| !was.contains(name)) {
        let message = format!("the query parameter `{name}` is required and not listed, so no call passes");
        let change = Change::new(Direction::Shrinks, What::ParameterTightened, message);
        changes.push(change.before("calls pass", old.place).after("no call passes", new.place));
    }
}

fn schemas(
    of: &str,
    was: &HashMap<String, Vec<&Parameter>>,
    is: &HashMap<String, Vec<&Parameter>>,
    (old, new): (&Endpoint, &Endpoint),
    counts: impl Fn(&str) -> bool,
    changes: &mut Vec<Change>,
) {
    let mut names: Vec<&String> = was.keys().chain(is.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names.into_iter().filter(|name| counts(name)) {
        let (was, is) =
            (was.get(name).map_or(&[][..], Vec::as_slice), is.get(name).map_or(&[][..], Vec::as_slice));
        let within = |a: &[&Parameter], b: &[&Parameter]| {
            // All schemas of a name must accept.
            b.iter().all(|b| a.iter().any(|a| narrower::accepts(&a.accepts, &b.accepts)) || accepts_all(b))
                && (!required(b) || required(a))
        };
        let text = |all: &[&Parameter]| {
            let mut texts: Vec<String> = all.iter().map(|it| words::accepts(&it.accepts)).collect();
            if texts.is_empty() {
                texts.push("anything".to_owned());
            }
            format!("{}{}", texts.join(" and "), if required(all) { ", required" } else { "" })
        };
        let place = |all: &[&Parameter], or: &Endpoint| all.first().map_or(or.place, |it| it.name.place);
        let said = |change: Change| change.before(text(was), place(was, old)).after(text(is), place(is, new));
        let parameter = format!("the {of} parameter `{name}`");
        match Relation::of(within(is, was), within(was, is)) {
            Relation::Same => {}
            Relation::Narrower => changes.push(said(Change::new(
                Direction::Shrinks,
                What::ParameterTightened,
                format!("{parameter} may hold less now"),
            ))),
            Relation::Wider => changes.push(said(Change::new(
                Direction::Grows,
                What::ParameterLoosened,
                format!("{parameter} may hold more now"),
            ))),
            Relation::Unknown => changes.push(said(Change::unproven(
                What::ParameterLoosened,
                format!("{parameter} may hold something else now"),
            ))),
        }
    }
}

fn required(all: &[&Parameter]) -> bool {
    all.iter().any(|it| it.required)
}

/// Whether the schema checks nothing.
fn accepts_all(parameter: &Parameter) -> bool {
    let it = &parameter.accepts;
    it.kind.as_deref().is_none_or(|kind| kind == "string")
        && it.format.is_none()
        && it.pattern.is_none()
        && it.values.is_none()
        && it.any_of.is_empty()
        && it.all_of.is_empty()
}

/// As the engine spells it.
fn header(name: &str) -> String {
    name.trim().to_ascii_lowercase()
}

fn headers(old: Side<'_>, new: Side<'_>, changes: &mut Vec<Change>) {
    let of = |side: Side<'_>| -> Vec<Written> {
        side.file.outline.headers.iter().chain(&side.endpoint.headers).cloned().collect()
    };
    let (was, is) = (of(old), of(new));
    added_and_removed(
        (&names(&was, header), &names(&is, header)),
        (What::HeaderAdded, What::HeaderRemoved),
        |name, passes| format!("the request header `{name}` is sent on {passes}"),
        changes,
    );
}

fn body(old: &Endpoint, new: &Endpoint, changes: &mut Vec<Change>) {
    let (was, is) = (old.body.as_ref(), new.body.as_ref());
    let place = |it: &Endpoint| it.body.as_ref().map_or(it.place, |body| body.place);
    let said =
        |change: Change| change.before(words::body(old), place(old)).after(words::body(new), place(new));
    match Relation::of(narrower::body(is, was), narrower::body(was, is)) {
        Relation::Same => {}
        Relation::Narrower => {
            let message = "a request body may hold less now";
            changes.push(said(Change::new(Direction::Shrinks, What::BodyTightened, message)));
        }
        Relation::Wider => {
            let message = "a request body may hold more now";
            changes.push(said(Change::new(Direction::Grows, What::BodyLoosened, message)));
        }
        Relation::Unknown => {
            let message = "a request body may hold something else now";
            changes.push(said(Change::unproven(What::BodyLoosened, message)));
        }
    }
}

/// What is in one list only. `told` makes the message of a name and "now" or "no more".
fn added_and_removed(
    (was, is): (&HashMap<String, &Written>, &HashMap<String, &Written>),
    (added, removed): (What, What),
    told: impl Fn(&str, &str) -> String,
    changes: &mut Vec<Change>,
) {
    let mut new: Vec<&&Written> =
        is.iter().filter(|(name, _)| !was.contains_key(*name)).map(|it| it.1).collect();
    new.sort_by_key(|it| it.place);
    for name in new {
        let change = Change::new(Direction::Grows, added, told(&name.text, "now"));
        changes.push(change.after(format!("`{}`", name.text), name.place));
    }
    let mut gone: Vec<&&Written> =
        was.iter().filter(|(name, _)| !is.contains_key(*name)).map(|it| it.1).collect();
    gone.sort_by_key(|it| it.place);
    for name in gone {
        let change = Change::new(Direction::Shrinks, removed, told(&name.text, "no more"));
        changes.push(change.before(format!("`{}`", name.text), name.place));
    }
}

fn names(listed: &[Written], spelled: impl Fn(&str) -> String) -> HashMap<String, &Written> {
    listed.iter().rev().map(|name| (spelled(&name.text), name)).collect()
}

fn by_name(schemas: &[Parameter], spelled: impl Fn(&str) -> String) -> HashMap<String, Vec<&Parameter>> {
    let mut all: HashMap<String, Vec<&Parameter>> = HashMap::new();
    for schema in schemas {
        all.entry(spelled(&schema.name.text)).or_default().push(schema);
    }
    all
}
