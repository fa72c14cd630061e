//! Before and after, side by side: what the source answered, and what the caller got of it.

use serde_json::Value;

use crate::demo::page::{Ink, Page, cut, fitted};

/// Writes one row for each field: its place below `root` in both documents.
pub(crate) fn side_by_side(page: Page, before: &Value, after: &Value, root: &str, fields: &[&str]) -> String {
    let name_width = fields.iter().map(|field| field.len()).max().unwrap_or(0).clamp(5, 36);
    let room = page.width.saturating_sub(name_width + INDENT + 2 * GAP);
    let left = room / 2;
    let columns = [name_width, left, room - left];
    let mut text =
        row(page, columns, ["field", "Zoom answers", "the caller gets"].map(|title| (Ink::Faint, title)));
    for field in fields {
        let place = format!("{root}/{field}");
        let (was, is) = (before.pointer(&place), after.pointer(&place));
        let Some(was) = was else { continue };
        let shown = is.map(written);
        let (ink, shown) = match &shown {
            None => (Ink::Faint, "—"),
            Some(shown) if is == Some(was) => (Ink::Good, shown.as_str()),
            Some(shown) => (Ink::Token, shown.as_str()),
        };
        let was_ink = if is == Some(was) { Ink::Plain } else { Ink::Secret };
        let name = tail(field, name_width);
        text += &row(page, columns, [(Ink::Plain, &name), (was_ink, &written(was)), (ink, shown)]);
    }
    text
}

/// Writes a document, one member per line; deeper ones compact.
pub(crate) fn document(page: Page, document: &Value) -> String {
    let Some(members) = document.as_object() else { return format!("{:INDENT$}{document}\n", "") };
    let name_width = members.keys().map(String::len).max().unwrap_or(0);
    let room = page.width.saturating_sub(INDENT + name_width + GAP);
    let line = |(name, value): (&String, &Value)| {
        format!("{:INDENT$}{name:name_width$}{:GAP$}{}\n", "", "", cut(&written(value), room))
    };
    members.iter().map(line).collect()
}

fn row(page: Page, columns: [usize; 3], cells: [(Ink, &str); 3]) -> String {
    let gap = " ".repeat(GAP);
    let cells: Vec<_> =
        cells.iter().zip(columns).map(|((ink, text), width)| page.ink(*ink, &fitted(text, width))).collect();
    format!("{:INDENT$}{}", "", cells.join(&gap)).trim_end().to_owned() + "\n"
}

/// The end of a place in a document, which says more than its beginning.
fn tail(field: &str, width: usize) -> String {
    match field.len().checked_sub(width) {
        None | Some(0) => field.to_owned(),
        Some(over) => format!("…{}", field.get(over + 1..).unwrap_or(field)),
    }
}

/// A value as people read it: texts without quotes.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

const INDENT: usize = 4;
const GAP: usize = 2;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn shows_what_was_kept_changed_and_left_out() {
        let before = json!({ "users": [{ "id": "kWv3", "first_name": "Mirela", "type": 2, "dept": "" }] });
        let after =
            json!({ "users": [{ "id": "p~9f86d081884c7d659a2feaa0c55ad015", "type": 2, "dept": null }] });
        let page = Page::plain(60);
        let text =
            side_by_side(page, &before, &after, "/users/0", &["id", "first_name", "type", "dept", "pmi"]);
        let expected = "    \
    field       Zoom answers           the caller gets
    id          kWv3                   p~9f86d081884c7d659a…
    first_name  Mirela                 —
    type        2                      2
    dept        \"\"                     null
";
        assert_eq!(text, expected);
    }
}
