//! What values are fit to be written: every reason why not, at once.

use std::collections::BTreeMap;

use vizard_pseudonym::Secret;

use super::gather::UNLISTED;
use super::{Arguments, Candidate};
use crate::doctor::code::Code as Found;
use crate::exit::{self, Code, Stop};
use crate::secrets::examine::{flaws, may_not_be_equal};
use crate::secrets::known::{Kind, Known};
use crate::secrets::standing::{Standing, Worth, place_for};
use crate::secrets::values::Given;
use crate::target::Opened;

/// The values that change something, each with its place; or all that is wrong.
pub(super) fn judge(
    arguments: &Arguments,
    opened: &Opened,
    given: &Given,
    known: &[Known],
    standing: &BTreeMap<String, Vec<Standing>>,
) -> Result<Vec<Candidate>, Stop> {
    let mut problems = given.problems.clone();
    let mut candidates = Vec::new();
    for (name, value) in &given.values {
        let Some(known) = known.iter().find(|it| it.name == *name) else {
            problems.push(format!("{} is no secret of a proxy", given.called(name)));
            continue;
        };
        if !arguments.names.is_empty() && !arguments.names.contains(name) {
            problems.push(format!("{name} is given, but not among the names on the command line"));
            continue;
        }
        let standing = standing.get(name).cloned().unwrap_or_default();
        let value = trimmed(known, value.clone());
        problems.extend(about(arguments, known, &value));
        let used = standing.iter().find(|it| it.worth == Worth::Real).map(|it| &it.value);
        if used == Some(&value) {
            exit::remark(format_args!("{name} has this value already"));
            continue;
        }
        problems.extend(used.and_then(|_| irreplaceable(arguments, known)));
        if used.is_some() && matches!(name.as_str(), "CLIENT_ID" | "ACCOUNT_ID") {
            let until = "proxies use the access token that they share until it ends, for an hour at most";
            exit::remark(format_args!("{name} becomes another one: {until}"));
        }
        let place = place_that_is_there(name, &standing, opened);
        if !opened.has(&place) {
            problems.push(format!("{name} {UNLISTED}"));
        }
        candidates.push(Candidate { known: known.clone(), value, place });
    }
    problems.extend(equal(&candidates, known, standing));
    if problems.is_empty() {
        return Ok(candidates);
    }
    let words = format!("nothing was written\n{}", problems.join("\n"));
    Err(Stop::because(Code::NotAsPromised, words))
}

/// Where it belongs; if the deployment has no secret there, the first place where it has one.
fn place_that_is_there(name: &str, standing: &[Standing], opened: &Opened) -> String {
    let usual = place_for(name, standing, &opened.namespaces);
    if opened.has(&usual) {
        return usual;
    }
    opened.namespaces.places(name).find(|place| opened.has(place)).unwrap_or(usual)
}

/// What copying leaves around a credential is no part of it; of a salt or key nobody knows.
fn trimmed(known: &Known, value: Secret) -> Secret {
    let bare = value.expose_str().map(str::trim);
    match bare {
        Some(bare) if known.kind == Kind::Credential && bare.len() < value.expose().len() => {
            exit::remark(format_args!("{}: white space around it was left out", known.name));
            Secret::new(bare)
        }
        _ => value,
    }
}

fn about(arguments: &Arguments, known: &Known, value: &Secret) -> Vec<String> {
    let name = &known.name;
    match Worth::of(value) {
        Worth::Placeholder => return vec![format!("{name} is the placeholder `fill me`")],
        Worth::Blank => return vec![format!("{name} is empty")],
        Worth::EmptyObject => return vec![format!("{name} is `{{}}`")],
        Worth::Real => {}
    }
    let mut problems = Vec::new();
    for (code, found) in flaws(known, value) {
        match code {
            Found::SecretShape | Found::SecretQuoted if arguments.any_shape => {}
            Found::SecretShape | Found::SecretQuoted => {
                problems.push(format!("{name}: {found} (if it is really so: --any-shape)"));
            }
            Found::SecretShort => exit::remark(format_args!("{name}: {found}")),
            Found::SecretWhiteSpace => problems.push(format!("{name}: {found}; give it without")),
            _ => problems.push(format!("{name}: {found}")),
        }
    }
    problems
}

/// A salt or key that is there, and that only an explicit word replaces.
fn irreplaceable(arguments: &Arguments, known: &Known) -> Option<String> {
    let (allowed, word, loss) = match known.kind {
        Kind::Salt => (
            arguments.replace_salt_and_lose_every_pseudonym,
            "--replace-salt-and-lose-every-pseudonym",
            "another one makes other pseudonyms of everybody",
        ),
        Kind::Key => (
            arguments.replace_key_and_lose_every_reversal,
            "--replace-key-and-lose-every-reversal",
            "with another one no pseudonym of before can be reversed",
        ),
        Kind::Credential => return None,
    };
    (!allowed).then(|| format!("{} is there already, and {loss}; leave it out, or say {word}", known.name))
}

/// Values that are the same as one under another name, be it given now or there already.
fn equal(
    candidates: &[Candidate],
    known: &[Known],
    standing: &BTreeMap<String, Vec<Standing>>,
) -> Vec<String> {
    let mut problems = Vec::new();
    for (number, candidate) in candidates.iter().enumerate() {
        for other in known {
            let given = candidates.iter().position(|it| it.known.name == other.name);
            let twin = match given {
                Some(position) if position <= number => continue, // itself, or told already
                Some(position) => Some(&candidates[position].value),
                None => standing
                    .get(&other.name)
                    .and_then(|all| Some(&all.iter().find(|it| it.worth == Worth::Real)?.value)),
            };
            let (kind, same) = (candidate.known.kind, twin == Some(&candidate.value));
            if same && may_not_be_equal(kind, other.kind) {
                problems.push(format!("{} is the same value as {}", candidate.known.name, other.name));
            }
        }
    }
    problems
}
