//! What augments add.

use std::collections::HashMap;

use vizard_sanitizer::outline::{Endpoint, Step, Written};

use super::chain::{self, settings};
use super::change::{Change, Direction};
use super::narrower::Relation;
use super::what::What;

/// Whether two lists of steps do the same, step by step.
pub(super) fn same_steps(old: &[Step], new: &[Step]) -> bool {
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same_step(old, new))
}

pub(super) fn same_step(old: &Step, new: &Step) -> bool {
    let written = |it: &Step| it.condition.as_ref().map(|it| it.text.clone());
    old.name == new.name
        && settings(old).eq(settings(new))
        && written(old) == written(new)
        && old.paths.iter().map(|it| &it.written.text).eq(new.paths.iter().map(|it| &it.written.text))
}

/// By path: an augment that digests one more text adds to every answer that has it.
pub(super) fn compare(old: &Endpoint, new: &Endpoint) -> Vec<Change> {
    let was = by_path(old);
    let is = by_path(new);
    let mut changes = Vec::new();
    for (path, step) in steps(new) {
        let place = path.place;
        let text = format!("{} of `{}`", step.name, path.text);
        match was.get(path.text.as_str()) {
            None => {
                let message = format!("a digest of what `{}` reaches leaves now", path.text);
                changes.push(Change::new(Direction::Grows, What::AugmentAdded, message).after(text, place));
            }
            Some((before, old)) => {
                let said = |change: Change| {
                    change.before(chain::said(old), before.place).after(chain::said(step), place)
                };
                match Relation::of(chain::settings_within(step, old), chain::settings_within(old, step)) {
                    Relation::Same => {}
                    Relation::Narrower => {
                        let message = format!("the digest of `{}` tells less now", path.text);
                        changes.push(said(Change::new(Direction::Shrinks, What::KeywordsChanged, message)));
                    }
                    Relation::Wider => {
                        let message = format!("the digest of `{}` tells more now", path.text);
                        changes.push(said(Change::new(Direction::Grows, What::KeywordsChanged, message)));
                    }
                    Relation::Unknown => {
                        let message = format!("the digest of `{}` tells something else now", path.text);
                        changes.push(said(Change::unproven(What::KeywordsChanged, message)));
                    }
                }
            }
        }
    }
    for (path, step) in steps(old).filter(|(path, _)| !is.contains_key(path.text.as_str())) {
        let message = format!("no digest of what `{}` reaches leaves any more", path.text);
        let text = format!("{} of `{}`", step.name, path.text);
        changes.push(Change::new(Direction::Shrinks, What::AugmentRemoved, message).before(text, path.place));
    }
    changes
}

fn steps(endpoint: &Endpoint) -> impl Iterator<Item = (&Written, &Step)> {
    endpoint.augments.iter().flat_map(|step| step.paths.iter().map(move |path| (&path.written, step)))
}

fn by_path(endpoint: &Endpoint) -> HashMap<&str, (&Written, &Step)> {
    steps(endpoint).map(|(path, step)| (path.text.as_str(), (path, step))).collect()
}
