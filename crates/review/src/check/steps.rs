//! Transforms that do nothing, or not what somebody thought.

use vizard_sanitizer::outline::{Field, FieldPath, Kind, Reach, Step, StepPath, Treatment};

use super::found::Found;
use super::reviewed::{Judged, Leaf, Reviewed};
use crate::fates::Fate;

pub(super) fn lint(reviewed: &Reviewed<'_>, found: &mut Found) {
    for judged in &reviewed.endpoints {
        judged.endpoint.steps.iter().for_each(|step| idle(judged, step, found));
        if let Some(fields) = &judged.endpoint.fields {
            let deeper = deeper(fields);
            for step in &judged.endpoint.steps {
                dead(judged, step, fields, &deeper, reviewed, found);
            }
        }
        after_redact(judged, reviewed, found);
        dropped(judged, reviewed, found);
        nulls(judged, found);
    }
}

/// A transform that leaves every value as it is.
fn idle(judged: &Judged<'_>, step: &Step, found: &mut Found) {
    let Treatment::CutMatches { regexes } = &step.treatment else { return };
    if regexes.iter().all(String::is_empty) {
        let message = format!("`{}` is to cut out nothing, so every text leaves as it is", step.name);
        found
            .at("transform-does-nothing", step.place, message)
            .endpoint(judged.index)
            .help("say in `redactions` what is to go, or remove the transform");
    }
}

/// Most places where definitions go on that are looked into.
pub(super) const MOST_AGAIN: usize = 200;

/// Where a definition that contains itself goes on below what is listed, a few times more.
fn deeper(fields: &[Field]) -> Vec<FieldPath> {
    const TIMES: usize = 3;
    const MOST: usize = 10_000;
    let mut all = Vec::new();
    let again = |it: &&Field| matches!(it.kind, Kind::Again { .. });
    for field in fields.iter().filter(again).take(MOST_AGAIN) {
        let Kind::Again { since, .. } = &field.kind else { continue };
        let inner: Vec<&Field> =
            fields.iter().filter(|it| since.holds(&it.path) && it.path != *since).collect();
        let again = &field.path.0[since.0.len()..];
        let mut root = field.path.clone();
        for _ in 0..TIMES {
            for one in &inner {
                let mut path = root.clone();
                path.0.extend_from_slice(&one.path.0[since.0.len()..]);
                all.push(path);
            }
            root.0.extend_from_slice(again);
            if all.len() > MOST {
                return all;
            }
        }
    }
    all
}

fn dead(
    judged: &Judged<'_>,
    step: &Step,
    fields: &[Field],
    deeper: &[FieldPath],
    reviewed: &Reviewed<'_>,
    found: &mut Found,
) {
    let reaches = |path: &StepPath| {
        fields.iter().any(|it| path.reach(&it.path, it.kind == Kind::Object) != Reach::Never)
            || deeper.iter().any(|it| path.reach(it, true) != Reach::Never)
    };
    let had = |path: &StepPath| reviewed.had_path(judged, &path.written.text);
    let dead: Vec<&StepPath> = step.paths.iter().filter(|path| !reaches(path) && !had(path)).collect();
    if dead.is_empty() {
        return;
    }
    let known: Vec<String> = fields.iter().map(|it| it.path.to_string()).collect();
    let known = || known.iter().map(String::as_str);
    if dead.len() == step.paths.len() && dead.len() > 1 {
        let message = format!("`{}` reaches no field that the schema lists", step.name);
        let help = match found.nearest(&dead[0].written.text, known()) {
            Some(field) => format!("remove it, or repair its paths: the first may mean `{field}`"),
            None => "remove it, or list the fields".to_owned(),
        };
        found.at("dead-transform", step.place, message).endpoint(judged.index).help(help);
        return;
    }
    for path in dead {
        let message = format!("`{}` reaches no field that the schema lists", path.written.text);
        let help = match found.nearest(&path.written.text, known()) {
            Some(field) => format!("did you mean `{field}`?"),
            None => "remove it, or list the field".to_owned(),
        };
        found.at("dead-transform", path.written.place, message).endpoint(judged.index).help(help);
    }
}

/// Steps that come too late: what they are for has gone.
fn after_redact(judged: &Judged<'_>, reviewed: &Reviewed<'_>, found: &mut Found) {
    let gone = |leaf: &Leaf<'_>| match leaf.fated.worst() {
        it if it.fate == Fate::Dropped => it.step,
        _ => None,
    };
    if judged.leaves.iter().all(|leaf| gone(leaf).is_none()) {
        return;
    }
    for (index, step) in judged.endpoint.steps.iter().enumerate() {
        for path in step.paths.iter().filter(|it| !reviewed.had_path(judged, &it.written.text)) {
            let mut reached =
                judged.leaves.iter().filter(|it| path.reach(&it.fated.field.path, false) != Reach::Never);
            let first = reached.next();
            let late = |leaf: &Leaf<'_>| gone(leaf).is_some_and(|by| by < index);
            if first.is_some_and(late) && reached.all(late) {
                let message =
                    format!("`{}` reaches only what an earlier `redact` has removed", path.written.text);
                found
                    .at("transform-after-redact", path.written.place, message)
                    .endpoint(judged.index)
                    .help("remove one of the two");
            }
        }
    }
}

fn dropped(judged: &Judged<'_>, reviewed: &Reviewed<'_>, found: &mut Found) {
    for leaf in &judged.leaves {
        let field = leaf.fated.field;
        let meant = matches!(field.kind, Kind::Again { .. }) || reviewed.had_field(judged, &field.path);
        let always = leaf.worst() == Fate::Dropped && leaf.fated.worst().step.is_some();
        if always && leaf.is_listed() && !meant {
            found
                .at(
                    "listed-and-dropped",
                    field.place,
                    format!("`{}` is listed, and always removed", field.path),
                )
                .endpoint(judged.index)
                .field(&field.path)
                .help("do not list it, and the transform is not needed");
        }
    }
}

fn nulls(judged: &Judged<'_>, found: &mut Found) {
    for leaf in &judged.leaves {
        let worst = leaf.fated.worst();
        let (Fate::Null, Some(step)) = (worst.fate, judged.deciding(leaf)) else { continue };
        let field = leaf.fated.field;
        // What an augment adds is an object, and a list or object around the value may be what is reached.
        let message = match field.kind {
            Kind::String | Kind::Scalar | Kind::Constant(_) => {
                format!("`{}` gets the whole of what holds text, and makes it null", step.name)
            }
            _ => format!("`{}` makes every {} null", step.name, field.kind.word()),
        };
        found
            .at("transform-nulls", worst.place, message)
            .endpoint(judged.index)
            .field(leaf.shown())
            .help(format!("let the path end at the values that are meant, or {}", leaf.unlisting()));
    }
}
