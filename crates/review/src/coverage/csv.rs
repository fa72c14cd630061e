//! A comparison as a table for spreadsheets: one row for each field, then one for each call without an endpoint.

use super::Coverage;
use super::text::{looks, outcome};
use crate::explain::cell;

/// RFC 4180, with a head line. A cell that a spreadsheet would compute begins with an apostrophe.
pub fn csv(coverage: &Coverage) -> String {
    let mut out =
        String::from("methods,endpoint,field,standing,described,listed,outcome,line,looks,nearest,new\r\n");
    let mut row = |cells: [&str; 11]| {
        out.push_str(&cells.map(cell).join(","));
        out.push_str("\r\n");
    };
    for endpoint in &coverage.endpoints {
        if endpoint.calls.is_empty() {
            row([
                &endpoint.methods,
                &endpoint.path,
                "",
                "endpoint not described",
                "",
                "",
                "",
                "",
                "",
                "",
                "",
            ]);
        }
        for field in &endpoint.fields {
            let line = field.line.map(|it| it.to_string()).unwrap_or_default();
            row([
                &endpoint.methods,
                &endpoint.path,
                &field.field,
                field.standing.words(),
                &field.described.join(" or "),
                field.listed.unwrap_or(""),
                &outcome(field),
                &line,
                &looks(field).unwrap_or_default(),
                field.nearest.as_deref().unwrap_or(""),
                if field.is_new { "new" } else { "" },
            ]);
        }
    }
    for call in &coverage.other_calls {
        row([&call.method, &call.path, "", "no endpoint", "", "", "", "", "", "", ""]);
    }
    out
}
