//! An explanation as a table for spreadsheets: one row for each field.

use super::Explanation;
use crate::render::visible;

/// RFC 4180, with a head line. A cell that a spreadsheet would compute begins with an apostrophe.
pub fn csv(explanation: &Explanation) -> String {
    let mut out = String::from("methods,endpoint,field,kind,fate,line,rule\r\n");
    for endpoint in &explanation.endpoints {
        let mut row = |field: &str, kind: &str, fate: &str, line: u32, rule: &str| {
            let line = line.to_string();
            let cells = [&endpoint.methods, &endpoint.path, field, kind, fate, &line, rule].map(cell);
            out.push_str(&cells.join(","));
            out.push_str("\r\n");
        };
        if endpoint.is_open {
            row("everything else", "any", "kept", endpoint.line, "");
        }
        for field in &endpoint.fields {
            row(&field.path, field.kind, &field.words(), field.line, field.rule.unwrap_or("responseSchema"));
        }
    }
    out
}

/// One cell on one line, quoted where it must be.
pub(crate) fn cell(text: &str) -> String {
    let text = visible(text);
    let text = match text.trim_start().starts_with(['=', '+', '-', '@']) {
        true => format!("'{text}"),
        false => text,
    };
    match text.contains([',', '"']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}
