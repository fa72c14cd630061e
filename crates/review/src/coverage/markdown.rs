//! A comparison as Markdown: a section for each endpoint, a table of its fields.

use std::fmt::Write;

use super::text::{api, grouped, looks, outcome, remarks};
use super::{Coverage, EndpointCoverage, FieldCoverage, Standing, findings};
use crate::explain::escaped;
use crate::render::Tally;

const EXPECTED: &str = "a String takes everything";

/// For a wiki or a pull request.
pub fn markdown(coverage: &Coverage) -> String {
    let mut out = format!(
        "# {}\n\nSHA-256 `{}`, against {}: {}\n\n",
        escaped(&coverage.file),
        coverage.sha256,
        escaped(&coverage.spec),
        escaped(&api(coverage))
    );
    let counts = &coverage.counts;
    out.push_str("| | |\n|---|---|\n");
    for (what, number) in [
        ("endpoints", counts.endpoints),
        ("endpoints that are described", counts.endpoints_described),
        ("described calls without an endpoint", counts.other_calls),
        ("described fields", counts.fields_described),
        ("fields that leave", counts.fields_leaving),
        ("fields in clear that look personal", counts.kept_personal),
        ("fields that are dropped", counts.fields_dropped),
        ("dropped fields that look personal", counts.dropped_personal),
        ("fields whose types differ", counts.types_differ),
        ("listed fields that are not described", counts.not_described),
    ] {
        writeln!(out, "| {what} | {number} |").expect(EXPECTED);
    }
    writeln!(out, "\n{}.", Tally::of(&findings(coverage))).expect(EXPECTED);
    for endpoint in &coverage.endpoints {
        push_endpoint(endpoint, &mut out);
    }
    if !coverage.other_calls.is_empty() {
        out.push_str("\n## Described calls without an endpoint\n\n");
        for call in &coverage.other_calls {
            writeln!(out, "- `{} {}`", call.method, plain(&call.path)).expect(EXPECTED);
        }
    }
    if !coverage.notes.is_empty() {
        out.push_str("\n## Odd in the description\n\n");
        for (oddity, notes) in grouped(&coverage.notes) {
            writeln!(out, "- {}: {}", oddity.words(), notes.len()).expect(EXPECTED);
        }
    }
    out
}

fn push_endpoint(endpoint: &EndpointCoverage, out: &mut String) {
    write!(out, "\n## {} `{}`\n\n", escaped(&endpoint.methods), plain(&endpoint.path)).expect(EXPECTED);
    writeln!(out, "- rule: line {}", endpoint.line).expect(EXPECTED);
    for remark in remarks(endpoint) {
        writeln!(out, "- {}", escaped(&remark)).expect(EXPECTED);
    }
    for standing in Standing::ALL {
        let fields: Vec<&FieldCoverage> =
            endpoint.fields.iter().filter(|it| it.standing == standing).collect();
        if fields.is_empty() {
            continue;
        }
        let head = standing.words();
        write!(out, "\n### {}{}: {}\n\n", head[..1].to_uppercase(), &head[1..], fields.len())
            .expect(EXPECTED);
        out.push_str("| field | | line | remarks |\n|---|---|---|---|\n");
        for field in fields {
            let line = field.line.map(|it| it.to_string()).unwrap_or_default();
            let new = field.is_new.then(|| "new".to_owned());
            let nearest = field.nearest.as_ref().map(|it| format!("did you mean `{}`?", plain(it)));
            let example = field.only_in_example.then(|| "in an example only".to_owned());
            let nulls = (!field.null_where.is_empty())
                .then(|| format!("null where {}", field.null_where.join(" or ")));
            let argued = field.argued.as_ref().map(|it| format!("allowed because {it}"));
            let remarks: Vec<String> = new
                .into_iter()
                .chain(looks(field))
                .chain(nearest)
                .chain(nulls)
                .chain(example)
                .chain(argued)
                .collect();
            let (field, outcome) = (plain(&field.field), escaped(&outcome(field)));
            writeln!(out, "| `{field}` | {outcome} | {line} | {} |", escaped(&remarks.join("; ")))
                .expect(EXPECTED);
        }
    }
}

/// A path between back-quotes in a table.
fn plain(path: &str) -> String {
    path.chars()
        .map(|c| if c.is_control() || c == '`' { ' ' } else { c })
        .collect::<String>()
        .replace('|', "\\|")
}
