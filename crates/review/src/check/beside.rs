//! What stands beside the rules: the permissions that the connector asks for, and the calls that are examples.

use std::collections::BTreeSet;

use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Secret, Settings};
use vizard_sanitizer::{Place, RuleSet};

use super::found::{File, Found};
use super::reviewed::Reviewed;
use super::{Connector, Examples};

pub(super) fn scopes(reviewed: &Reviewed<'_>, connector: &Connector<'_>, found: &mut Found) {
    let known: BTreeSet<&str> = reviewed.endpoints.iter().map(|it| it.label()).collect();
    for scope in &connector.scopes {
        let idle: Vec<&String> = scope.endpoints.iter().filter(|it| !known.contains(it.as_str())).collect();
        let Some(first) = idle.first() else { continue };
        let place = line_of(connector.text, &scope.name);
        let message = match idle.len() == scope.endpoints.len() {
            true => format!("`{}` is for `{first}`, which the rules do not have", scope.name),
            false => format!("`{}` is said to be for `{first}` too, which the rules do not have", scope.name),
        };
        let one = match place {
            Some(place) => found.at("scope-unused", place, message),
            None => found.absent("scope-unused", message),
        };
        one.file(File::Connector).help("ask for no permission that nothing needs");
    }
    let listed: BTreeSet<&str> =
        connector.scopes.iter().flat_map(|it| it.endpoints.iter().map(String::as_str)).collect();
    for judged in reviewed.endpoints.iter().filter(|it| !listed.contains(it.label())) {
        found
            .at("scope-missing", judged.endpoint.path.place, "the connector names no permission for this")
            .endpoint(judged.index)
            .help(format!("add it to a scope in `{}`", connector.file));
    }
}

pub(super) fn examples(reviewed: &Reviewed<'_>, examples: &Examples<'_>, found: &mut Found) {
    let keys = KeyMaterial { encryption_key: Some(Secret::new("secret")), ..KeyMaterial::salted("salt") };
    // Deriving a key takes its time, so it is done only where a token has to be turned back.
    let keys = examples
        .calls
        .iter()
        .any(|it| it.url.contains("p~"))
        .then(|| Pseudonymizer::new(&keys, Settings::default()));
    let mut shown = BTreeSet::new();
    for call in examples.calls {
        match answered(reviewed.rules, &call.method, &call.url, keys.as_ref()) {
            Ok(endpoint) => {
                shown.insert(endpoint);
            }
            Err(code) => {
                let message = format!("the rules refuse the call of `{}`: {code}", call.name);
                found
                    .at("example-refused", call.place, message)
                    .file(File::Examples)
                    .help("let the example call what the rules allow, or remove it");
            }
        }
    }
    for judged in reviewed.endpoints.iter().filter(|it| !shown.contains(&it.index)) {
        found
            .at(
                "endpoint-without-example",
                judged.endpoint.path.place,
                "no example shows what comes out of it",
            )
            .endpoint(judged.index)
            .help(format!("add a call to `{}`", examples.file));
    }
}

/// The endpoint that answers, or the code of the refusal.
fn answered(
    rules: &RuleSet,
    method: &str,
    url: &str,
    keys: Option<&Pseudonymizer>,
) -> Result<usize, &'static str> {
    let admitted = rules.admit(&crate::trial::call(method, url)).map_err(|refusal| refusal.code())?;
    if let Some(keys) = keys {
        admitted.outbound(keys).map_err(|refusal| refusal.code())?;
    }
    Ok(admitted.index())
}

/// The first line that holds a text, where it begins.
fn line_of(text: &str, wanted: &str) -> Option<Place> {
    text.lines().enumerate().find_map(|(at, line)| {
        let column = line[..line.find(wanted)?].chars().count();
        let number = |it: usize| u32::try_from(it + 1).ok();
        Some(Place { line: number(at)?, column: number(column)? })
    })
}
