//! Endpoints that take the same call: where the earlier one refuses its query or method, the later one answers, and
//! the other way round. That is as it should be unless one of them lets out more.

use std::collections::BTreeSet;

use super::found::Found;
use super::reviewed::{Judged, Reviewed};

/// Calls of one endpoint that are tried on the others.
const SAMPLES: usize = 16;

pub(super) fn lint(reviewed: &Reviewed<'_>, found: &mut Found) {
    let mut known = BTreeSet::new();
    for earlier in &reviewed.endpoints {
        for sample in earlier.samples.iter().take(SAMPLES) {
            let all = reviewed.rules.all_that_admit(&sample.method, &sample.path, sample.query.as_deref());
            for later in all.into_iter().filter(|it| *it > earlier.index) {
                if !known.insert((earlier.index, later)) {
                    continue;
                }
                let later = &reviewed.endpoints[later];
                let query = sample.query.as_ref().map_or(String::new(), |it| format!("?{it}"));
                let call = format!("{} {}{query}", sample.method, sample.path);
                for (laxer, other) in [(earlier, later), (later, earlier)] {
                    if let Some(more) = lets_out(laxer, other) {
                        report(laxer, other, &call, &more, found);
                    }
                }
            }
        }
    }
}

fn report(laxer: &Judged<'_>, other: &Judged<'_>, call: &str, more: &str, found: &mut Found) {
    let message =
        format!("takes `{call}`, as `{}` does too, and of its answer {more} leaves only here", other.label());
    found
        .at("endpoint-overlap", laxer.endpoint.path.place, message)
        .endpoint(laxer.index)
        .help("let the two differ in their paths, or treat the answer alike");
}

/// Something that leaves in clear by the one and not by the other.
fn lets_out(laxer: &Judged<'_>, other: &Judged<'_>) -> Option<String> {
    match (&laxer.endpoint.fields, &other.endpoint.fields) {
        (None, Some(_)) => Some("every field".to_owned()),
        (_, None) => None,
        (Some(_), Some(_)) => {
            let clear = |it: &Judged<'_>| -> BTreeSet<String> {
                let clear = it.leaves.iter().filter(|leaf| leaf.worst().is_clear());
                clear.map(|leaf| leaf.fated.field.path.to_string()).collect()
            };
            clear(laxer).difference(&clear(other)).next().map(|it| format!("`{it}`"))
        }
    }
}
