//! Calls that an endpoint no longer answers, and another one would: the other may let out more.
//!
//! Sample calls of the endpoint as it was are tried on the endpoints as they are now. As with shadowing, that finds
//! mistakes and proves nothing, so where no sample can be made it is taken for a mistake.

use super::matcher::{Matcher, Target};
use super::path::Path;
use super::query::Query;
use super::shadow::samples;

/// Values of each query parameter to try.
const VALUES: usize = 8;

/// Whether calls that `before[index]` answered are now answered by another endpoint than `after[own]`, in words.
pub(crate) fn falls_through(
    before: &[Matcher],
    index: usize,
    after: &[Matcher],
    own: Option<usize>,
) -> Option<String> {
    let samples = samples(before, index, VALUES);
    if samples.is_empty() && after.len() > usize::from(own.is_some()) {
        return Some("no call can be made up to see whether another endpoint would answer it now".to_owned());
    }
    samples.iter().filter(|sample| sample.taken_by.is_none()).find_map(|sample| {
        let (path, query) = (Path::read(&sample.path).ok()?, Query::read(sample.query.as_deref()).ok()?);
        let query_text = query.text();
        let target =
            Target { method: &sample.method, path: &path, query: &query, query_text: query_text.as_deref() };
        let by = after.iter().position(|matcher| matcher.admit(&target).is_ok())?;
        let label = after[by].label();
        (Some(by) != own)
            .then(|| format!("calls such as `{sample}` would be answered by the endpoint `{label}`"))
    })
}
