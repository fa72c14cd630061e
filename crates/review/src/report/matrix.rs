//! Endpoints across, fields down: the same name should have the same fate everywhere.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::EXPECTED;
use super::endpoint::class;
use super::html::breakable;
use crate::explain::{EndpointExplained, Explanation, FieldExplained};
use crate::fates::Fate;
use crate::render::escape::xml;

/// The sign of a fate in the matrix.
pub(super) fn sign(fate: Fate) -> &'static str {
    match fate {
        Fate::Kept => "K",
        Fate::Original => "O",
        Fate::Partial => "C",
        Fate::Limited => "L",
        Fate::Reversible => "R",
        Fate::Pseudonymized => "P",
        Fate::Digested => "D",
        Fate::Constant => "=",
        Fate::Null => "0",
        Fate::Dropped => "X",
    }
}

/// How many fields of each endpoint have each fate.
pub(super) fn push_counts(explanation: &Explanation, out: &mut String) {
    let fates: Vec<Fate> = explanation.tally().into_iter().map(|(fate, _)| fate).collect();
    out.push_str("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Fields by endpoint and fate\">\n<table class=\"counts\">\n<thead><tr><th scope=\"col\">Endpoint</th>");
    for fate in &fates {
        write!(out, "<th scope=\"col\">{}</th>", fate.word()).expect(EXPECTED);
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for (at, endpoint) in explanation.endpoints.iter().enumerate() {
        let number = at + 1;
        let path = breakable(&endpoint.path);
        write!(
            out,
            "<tr><th scope=\"row\"><a href=\"#e{number}\">{number}. {} <code>{path}</code></a></th>",
            xml(&endpoint.methods)
        )
        .expect(EXPECTED);
        for fate in &fates {
            let count = endpoint.fields.iter().filter(|it| it.worst() == *fate).count();
            match count {
                0 => out.push_str("<td></td>"),
                count => write!(out, "<td>{count}</td>").expect(EXPECTED),
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

/// What becomes of texts and identifiers, by the name of the field and the endpoint.
pub(super) fn push_fields(explanation: &Explanation, out: &mut String) {
    let rows = rows(explanation);
    out.push_str("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Fates by field and endpoint\">\n<table class=\"matrix\">\n<thead><tr><th scope=\"col\">Field</th>");
    for (at, endpoint) in explanation.endpoints.iter().enumerate() {
        let number = at + 1;
        let title = xml(&endpoint.path);
        write!(out, "<th scope=\"col\"><a href=\"#e{number}\" title=\"{title}\">{number}</a></th>")
            .expect(EXPECTED);
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for (name, cells) in rows {
        write!(out, "<tr><th scope=\"row\"><code>{}</code></th>", breakable(name)).expect(EXPECTED);
        for at in 0..explanation.endpoints.len() {
            match cells.get(&at) {
                None => out.push_str("<td></td>"),
                Some(fates) => {
                    out.push_str("<td>");
                    for fate in fates {
                        write!(
                            out,
                            "<abbr class=\"{}\" title=\"{}\">{}</abbr>",
                            class(*fate),
                            fate.word(),
                            sign(*fate)
                        )
                        .expect(EXPECTED);
                    }
                    out.push_str("</td>");
                }
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

/// By the last name of the path: for each endpoint the fates that fields of this name have there, the most first.
fn rows(explanation: &Explanation) -> BTreeMap<&str, BTreeMap<usize, Vec<Fate>>> {
    let mut rows: BTreeMap<&str, BTreeMap<usize, Vec<Fate>>> = BTreeMap::new();
    for (at, endpoint) in explanation.endpoints.iter().enumerate() {
        for field in shown(endpoint) {
            let fates = rows.entry(last_name(&field.path)).or_default().entry(at).or_default();
            if !fates.contains(&field.worst()) {
                fates.push(field.worst());
                fates.sort_by(|a, b| b.cmp(a));
            }
        }
    }
    rows
}

/// Switches and numbers that are kept have their lists below.
fn shown(endpoint: &EndpointExplained) -> impl Iterator<Item = &FieldExplained> {
    let is_plain = |it: &&FieldExplained| {
        it.fates == [Fate::Kept] && matches!(it.kind, "boolean" | "integer" | "number")
    };
    endpoint.fields.iter().filter(move |it| !is_plain(it))
}

fn last_name(path: &str) -> &str {
    let path = path.trim_end_matches("[*]");
    match path.rfind(['.', '[']) {
        Some(at) => path[at + 1..].trim_end_matches(']').trim_matches('\''),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_called_after_the_field() {
        for (path, name) in
            [("$.users[*].id", "id"), ("$.tags[*]", "tags"), ("$['odd name']", "odd name"), ("$", "$")]
        {
            assert_eq!(last_name(path), name);
        }
    }
}
