//! Paths that take more than was meant: shown by a call that passes.

use super::found::Found;
use super::probe;
use super::reviewed::{Judged, Reviewed};
use crate::words;

/// What other things are called that stand below the same path in most APIs.
const SIBLINGS: [&str; 3] = ["token", "settings", "me"];

pub(super) fn lint(reviewed: &Reviewed<'_>, found: &mut Found) {
    for judged in &reviewed.endpoints {
        match judged.endpoint.is_regex {
            true => regex(judged, reviewed, found),
            false => template(judged, reviewed, found),
        }
    }
}

/// Parameters with a schema that takes any word; those without one have a code of their own.
fn template(judged: &Judged<'_>, reviewed: &Reviewed<'_>, found: &mut Found) {
    for (at, segment) in judged.label().split('/').enumerate() {
        let names = words::parameters_of(segment);
        let schemas = judged.endpoint.path_schemas.iter();
        let Some(schema) = schemas.clone().find(|it| names.contains(&it.name.text.as_str())) else {
            continue;
        };
        let whole = segment.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
        let whole = whole.is_some_and(|it| !it.contains('}'));
        if !whole || super::request::takes_anything(&schema.accepts) {
            continue;
        }
        if let Some(example) = any_word(judged, reviewed, at) {
            let message =
                format!("`{{{}}}` takes any word, and with it calls such as `{example}`", schema.name.text);
            found
                .at("broad-path", schema.name.place, message)
                .endpoint(judged.index)
                .help("write a pattern that only ids and pseudonyms match");
        } else if let Some(example) = address(judged, reviewed, at) {
            let message = format!(
                "`{{{}}}` takes addresses in clear, such as `{example}`: whether the source knows it tells who exists",
                schema.name.text
            );
            found
                .at("broad-path", schema.name.place, message)
                .endpoint(judged.index)
                .help("write a pattern that only ids and pseudonyms match");
        }
    }
}

fn regex(judged: &Judged<'_>, reviewed: &Reviewed<'_>, found: &mut Found) {
    let place = judged.endpoint.path.place;
    let Some(sample) = judged.samples.first() else {
        found
            .at("broad-path", place, "no call can be made up to see what this regex takes")
            .endpoint(judged.index)
            .help("write a path template")
            .doubtful();
        return;
    };
    let base = sample.path.trim_end_matches('/');
    let takes = |path: &str| probe::takes(reviewed, judged.index, sample, path);
    let all = |below: &str| SIBLINGS.iter().all(|it| takes(&format!("{base}{below}/{it}")));
    let example = if all("/1") {
        Some(format!("{base}/1/{}", SIBLINGS[0]))
    } else if all("") {
        Some(format!("{base}/{}", SIBLINGS[0]))
    } else {
        let segments = sample.path.split('/').count();
        (1..segments.min(40)).rev().find_map(|at| any_word(judged, reviewed, at))
    };
    if let Some(example) = example {
        found
            .at("broad-path", place, format!("the regex takes calls such as `{example}`"))
            .endpoint(judged.index)
            .help("write a path template, or say what the ids in the path look like");
    }
}

/// A made-up call with a word at this segment, if the endpoint takes any word there.
fn any_word(judged: &Judged<'_>, reviewed: &Reviewed<'_>, at: usize) -> Option<String> {
    let sample = judged.samples.first()?;
    let example = |word: &str| probe::replaced(&sample.path, at, word);
    let all = SIBLINGS.iter().all(|it| probe::takes(reviewed, judged.index, sample, &example(it)));
    all.then(|| example(if at + 1 == sample.path.split('/').count() { SIBLINGS[0] } else { SIBLINGS[2] }))
}

/// A made-up call with an address at this segment, if the endpoint takes it.
fn address(judged: &Judged<'_>, reviewed: &Reviewed<'_>, at: usize) -> Option<String> {
    let sample = judged.samples.first()?;
    let example = probe::replaced(&sample.path, at, probe::ADDRESS);
    probe::takes(reviewed, judged.index, sample, &example).then_some(example)
}
