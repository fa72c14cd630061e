//! Definitions that contain themselves: a path without `..` ends where somebody stopped writing, and answers go deeper.

use std::collections::BTreeSet;

use vizard_sanitizer::Place;
use vizard_sanitizer::outline::{Field, FieldPath, Kind, Reach, Step};

use super::found::Found;
use super::reviewed::{Judged, Reviewed};
use super::steps::MOST_AGAIN;

pub(super) fn lint(reviewed: &Reviewed<'_>, found: &mut Found) {
    for judged in &reviewed.endpoints {
        let fields = judged.endpoint.fields.as_deref().unwrap_or_default();
        let again: Vec<&Field> =
            fields.iter().filter(|it| matches!(it.kind, Kind::Again { .. })).take(MOST_AGAIN).collect();
        if again.is_empty() {
            continue;
        }
        for step in &judged.endpoint.steps {
            // A definition is written once, so its fields are known by their places.
            let higher: BTreeSet<Place> =
                fields.iter().filter(|it| reaches(step, it, &it.path)).map(|it| it.place).collect();
            if !higher.is_empty() {
                again.iter().for_each(|it| deeper(judged, step, it, &higher, found));
            }
        }
    }
}

/// Reports the first field that the step reaches higher up and not below this place.
fn deeper(judged: &Judged<'_>, step: &Step, again: &Field, higher: &BTreeSet<Place>, found: &mut Found) {
    let Kind::Again { since, definition } = &again.kind else { return };
    let fields = judged.endpoint.fields.as_deref().unwrap_or_default();
    for inner in fields.iter().filter(|it| it.is_leaf() && since.holds(&it.path)) {
        let mut path = again.path.clone();
        path.0.extend_from_slice(&inner.path.0[since.0.len()..]);
        if higher.contains(&inner.place) && !reaches(step, inner, &path) {
            let place = step.paths.first().map_or(step.place, |it| it.written.place);
            let message = format!(
                "`{}` does not reach `{path}`, where `{definition}` contains itself once more",
                step.name
            );
            found
                .at("recursion-not-reached", place, message)
                .endpoint(judged.index)
                .field(&path)
                .help("write a path with `..`");
            return;
        }
    }
}

fn reaches(step: &Step, field: &Field, path: &FieldPath) -> bool {
    let is_object = field.kind == Kind::Object;
    let around = (0..path.0.len()).any(|length| {
        let above = FieldPath(path.0[..length].to_vec());
        step.reach(&above, true) != Reach::Never
    });
    around || step.reach(path, is_object) != Reach::Never
}
