//! One endpoint: what may be asked, what happens to identifiers and texts, what is kept as it is, and the rules.

use std::fmt::Write;

use super::EXPECTED;
use super::html::{breakable, camel, with_code};
use super::pairs::Pairs;
use crate::explain::{EndpointExplained, FieldExplained};
use crate::fates::Fate;
use crate::render::escape::xml;
use crate::words;

/// A fate as a coloured word; the word says it all.
pub(super) fn badge(words: &str, worst: Fate) -> String {
    format!("<span class=\"fate {}\">{words}</span>", class(worst))
}

pub(super) fn class(fate: Fate) -> &'static str {
    match fate {
        Fate::Kept => "kept",
        Fate::Original | Fate::Partial => "partial",
        Fate::Limited => "limited",
        Fate::Reversible => "reversible",
        Fate::Pseudonymized => "pseudonymized",
        Fate::Digested => "digested",
        Fate::Constant | Fate::Null | Fate::Dropped => "gone",
    }
}

pub(super) fn push(number: usize, endpoint: &EndpointExplained, pairs: &Pairs, out: &mut String) {
    writeln!(
        out,
        "<section class=\"endpoint\" id=\"e{number}\">\n<h3>{number}. <span class=\"methods\">{}</span> <code>{}</code></h3>",
        xml(&endpoint.methods),
        breakable(&endpoint.path)
    )
    .expect(EXPECTED);
    push_request(endpoint, out);
    if endpoint.is_open {
        out.push_str("<p class=\"warning\">There is no response schema: every field of the answer leaves, whatever its name, except what the rules below change.</p>\n");
    }
    let (as_it_is, treated): (Vec<_>, Vec<_>) = endpoint.fields.iter().partition(|it| is_plain(it));
    push_treated(number, &treated, pairs, out);
    for (kind, title) in
        [("boolean", "Switches, kept"), ("integer", "Whole numbers, kept"), ("number", "Numbers, kept")]
    {
        push_plain(title, as_it_is.iter().filter(|it| it.kind == kind), out);
    }
    push_rules(endpoint, out);
    out.push_str("</section>\n");
}

/// Whether a field is no more than a number or a switch that leaves as it is.
fn is_plain(field: &FieldExplained) -> bool {
    field.fates == [Fate::Kept] && matches!(field.kind, "boolean" | "integer" | "number")
}

fn push_request(endpoint: &EndpointExplained, out: &mut String) {
    out.push_str("<dl>\n");
    let mut row = |what: &str, text: &str| {
        writeln!(out, "<dt>{what}</dt><dd>{}</dd>", with_code(text)).expect(EXPECTED);
    };
    row("Rule", &format!("line {}", endpoint.line));
    if !endpoint.path_parameters.is_empty() {
        row("Path", &endpoint.path_parameters.join("; "));
    }
    match &endpoint.query_parameters {
        None => row("Query", "any parameter"),
        Some(parameters) if parameters.is_empty() => row("Query", "none"),
        Some(parameters) => row("Query", &parameters.join("; ")),
    }
    if !endpoint.request_headers.is_empty() {
        row("Headers sent on", &endpoint.request_headers.join(", "));
    }
    row("Request body", &endpoint.request_body);
    out.push_str("</dl>\n");
}

fn push_treated(number: usize, fields: &[&FieldExplained], pairs: &Pairs, out: &mut String) {
    if fields.is_empty() {
        return;
    }
    writeln!(
        out,
        "<h4>Texts and identifiers</h4>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Fields of endpoint {number}\">\n<table class=\"fields\">\n<thead><tr><th scope=\"col\">Field</th><th scope=\"col\">Fate</th><th scope=\"col\">Before (invented)</th><th scope=\"col\">After</th><th scope=\"col\">Decided by</th></tr></thead>\n<tbody>"
    )
    .expect(EXPECTED);
    for field in fields {
        let (before, after) = pairs.at(&field.path);
        let after = if after.is_empty() && !before.is_empty() { "nothing leaves" } else { after };
        writeln!(
            out,
            "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td class=\"value\">{}</td><td class=\"value\">{}</td><td>{}</td></tr>",
            breakable(&field.path),
            badge(&field.words(), field.worst()),
            xml(before),
            xml(after),
            camel(&field.decided_by())
        )
        .expect(EXPECTED);
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

fn push_plain<'f>(title: &str, fields: impl Iterator<Item = &'f &'f FieldExplained>, out: &mut String) {
    let all: Vec<String> = fields
        .map(|it| format!("<li><code>{}</code> <small>line {}</small></li>", breakable(&it.path), it.line))
        .collect();
    if !all.is_empty() {
        let count = words::count(all.len(), "field");
        writeln!(out, "<h4>{title}: {count}</h4>\n<ul class=\"plain\">\n{}\n</ul>", all.join("\n"))
            .expect(EXPECTED);
    }
}

fn push_rules(endpoint: &EndpointExplained, out: &mut String) {
    if endpoint.transforms.is_empty() && endpoint.augments.is_empty() {
        out.push_str("<p>No transform: what the schema lists leaves as the source sent it.</p>\n");
        return;
    }
    out.push_str("<h4>The rules, in the order in which they run</h4>\n<ol class=\"rules\">\n");
    for transform in endpoint.augments.iter().chain(&endpoint.transforms) {
        let places: Vec<String> =
            transform.paths.iter().map(|it| format!("<code>{}</code>", breakable(it))).collect();
        writeln!(
            out,
            "<li><b>{}</b> <small>line {}</small>: each value {}. It applies to {}.</li>",
            xml(transform.name),
            transform.line,
            with_code(&transform.does),
            places.join(", ")
        )
        .expect(EXPECTED);
    }
    out.push_str("</ol>\n");
}
