//! Calls that an override takes from an endpoint must not be answered by another one, which may let out more.

use super::apply::{Change, Found};
use crate::diagnostic::Report;
use crate::doc::Document;
use crate::node::Node;
use crate::request::{Matcher, falls_through};

/// Looks for calls of narrowed endpoints that another endpoint would answer now.
pub(super) fn check(base: &Node, resolved: &Node, changes: &[Change], found: &mut Found<'_>) {
    if found.report.has_errors() || !changes.iter().any(|it| it.judges) {
        return;
    }
    let mut unread = Report::default();
    let (before, after) = (matchers(base, &mut unread), matchers(resolved, &mut unread));
    if unread.has_errors() {
        return; // nor can the resolved file be loaded
    }
    for change in changes.iter().filter(|it| it.judges) {
        let gone = changes.iter().filter(|it| it.removed && it.index < change.index).count();
        let own = (!change.removed).then(|| change.index - gone);
        let Some(what) = falls_through(&before, change.index, &after, own) else { continue };
        if !found.is_allowed(change.place, &what) {
            found.report.error("override-falls-through", change.place, what).suggest(
                "narrow or remove that endpoint too, or say why as `allowWidening: \"…\"` at the top",
            );
        }
    }
}

fn matchers(root: &Node, report: &mut Report) -> Vec<Matcher> {
    let Some(document) = Document::of(root.clone(), report) else { return Vec::new() };
    let mut all = Vec::with_capacity(document.endpoints.len());
    for endpoint in &document.endpoints {
        all.extend(Matcher::compile(endpoint, &document.allowed_request_headers, report));
    }
    all
}
