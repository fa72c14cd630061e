//! What two rule files let out and let in, compared: not their texts, but what they do.
//!
//! A change either lets more pass or leave than before, or less, or neither. What cannot be judged, such as one regex
//! against another, counts as more: a pipeline that stops for growth must not pass what nobody could prove.

mod augments;
mod chain;
mod change;
mod endpoint;
mod exposure;
mod failed;
mod fields;
mod findings;
mod inputs;
mod json;
mod judge;
mod markdown;
mod narrower;
mod open;
mod order;
mod pairs;
mod request;
mod sequence;
mod text;
mod what;

use std::collections::BTreeSet;

use vizard_sanitizer::outline::Outline;
use vizard_sanitizer::{Diagnostics, Place, RuleSet};

use crate::fates::{self, EndpointFates};

pub use change::{Change, Direction, Said, Tally};
pub use exposure::Exposure;
pub use failed::Failed;
pub use findings::{CHANGED, GREW, findings};
pub use json::json;
pub use markdown::markdown;
pub use text::text;
pub use what::What;

/// One version of a rule file that stands alone.
#[derive(Clone, Copy, Debug)]
pub struct Version<'t> {
    /// How to call it, such as `rules.yaml` or `main:rules.yaml`.
    pub name: &'t str,
    /// The YAML; what a file extends must be resolved.
    pub text: &'t str,
}

/// Two versions of a rule file, compared.
#[derive(Clone, Debug)]
pub struct Diff {
    /// The name of the old version; `None`: there was none, and every call was refused.
    pub old: Option<String>,
    /// The name of the new version; `None`: there is none any more, and every call is refused.
    pub new: Option<String>,
    /// What is different: what grows first, then what shrinks, then the rest; each in the order of the files.
    pub changes: Vec<Change>,
    /// What the old version lets out, counted.
    pub before: Exposure,
    /// What the new version lets out, counted.
    pub after: Exposure,
}

impl Diff {
    /// Whether more passes or leaves by the new version, or might.
    pub fn grows(&self) -> bool {
        self.changes.iter().any(|change| change.direction == Direction::Grows)
    }

    /// The name to show for the file: that of the new version, unless there is none.
    pub fn name(&self) -> &str {
        self.new.as_deref().or(self.old.as_deref()).unwrap_or("no rules")
    }
}

/// Compares two versions.
///
/// ```
/// use vizard_review::diff::{Version, between};
///
/// let old = "endpoints: [{pathTemplate: /v2/users, allowedMethods: [GET], responseSchema: {properties: {id: {}}}}]";
/// let new = old.replace("[GET]", "[GET, POST]");
/// let version = |text| Some(Version { name: "rules.yaml", text });
/// let diff = between(version(old), version(&new)).unwrap();
/// assert!(diff.grows());
/// assert_eq!(diff.changes[0].message, "the method POST passes now");
/// assert!(!between(version(&new), version(old)).unwrap().grows());
/// ```
///
/// # Errors
///
/// What is wrong with a version that the proxy would not load.
pub fn between(old: Option<Version<'_>>, new: Option<Version<'_>>) -> Result<Diff, Diagnostics> {
    let name = |version: Option<Version<'_>>| version.map(|it| it.name.to_owned());
    let names = (name(old), name(new));
    let old = Loaded::of(old)?;
    let new = Loaded::of(new)?;
    let fates = (fates::of(&old.outline), fates::of(&new.outline));
    let mut changes = rules(&old, &new, (&fates.0, &fates.1));
    changes.sort_by_key(|change| change.direction);
    let (before, after) = (Exposure::of(&fates.0), Exposure::of(&fates.1));
    Ok(Diff { old: names.0, new: names.1, changes, before, after })
}

/// A version that the proxy would load.
struct Loaded {
    outline: Outline,
    /// `None`: there is no file.
    rules: Option<RuleSet>,
    /// Where schemas of path parameters stand that the path has not, so that the endpoint matches no call.
    unknown_parameters: BTreeSet<Place>,
}

impl Loaded {
    fn of(version: Option<Version<'_>>) -> Result<Loaded, Diagnostics> {
        let Some(Version { name, text }) = version else {
            let outline = Outline {
                version: None,
                endpoints: Vec::new(),
                headers: Vec::new(),
                definitions: Vec::new(),
            };
            return Ok(Loaded { outline, rules: None, unknown_parameters: BTreeSet::new() });
        };
        let loaded = RuleSet::load(name, text)?;
        let unknown = loaded.warnings.iter().filter(|it| it.code == "unknown-path-parameter");
        Ok(Loaded {
            outline: Outline::read(name, text)?,
            unknown_parameters: unknown.map(|it| it.place).collect(),
            rules: Some(loaded.rules),
        })
    }
}

fn rules(old: &Loaded, new: &Loaded, fates: (&[EndpointFates<'_>], &[EndpointFates<'_>])) -> Vec<Change> {
    let paired = pairs::pair(old, new);
    let mut changes = Vec::new();
    // Endpoints of the old file that admit less than before, so that others may answer in their place.
    let mut admits_less = Vec::new();
    for (index, was) in paired.was.iter().enumerate() {
        let after = &fates.1[index];
        match was {
            None => changes.push(endpoint::added(after)),
            Some(was) => {
                let before = &fates.0[*was];
                let request = request::compare((old, before.endpoint), (new, after.endpoint));
                if request.iter().any(admits_less_by) {
                    admits_less.push(*was);
                }
                changes.extend(request);
                changes.extend(endpoint::response(before, after));
            }
        }
    }
    for index in paired.removed() {
        admits_less.push(index);
        changes.push(endpoint::removed(&fates.0[index]));
    }
    changes.extend(order::compare(&paired, &old.outline, &new.outline, &admits_less));
    changes
}

/// Whether a call may be passed on to later endpoints for it. Headers refuse nothing, and the body is judged by the
/// endpoint that has the call.
fn admits_less_by(change: &Change) -> bool {
    let judged_later = matches!(
        change.what,
        What::HeaderRemoved | What::HeaderAdded | What::BodyTightened | What::BodyLoosened
    );
    !judged_later && (change.direction == Direction::Shrinks || !change.proven)
}

#[cfg(test)]
mod tests;
