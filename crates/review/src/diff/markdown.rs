//! Diffs as Markdown, for a comment on a pull request.

use super::Diff;
use super::change::{Change, Direction, Said, Tally};
use crate::render::escape::visible;

/// Most changes of one direction that are shown; a comment has a limit, and nobody reads more.
const MOST: usize = 200;

/// Any number of files.
pub fn markdown(diffs: &[Diff]) -> String {
    let tally = Tally::of(diffs.iter().flat_map(|it| &it.changes));
    let grows = diffs.iter().any(Diff::grows);
    let mut out = String::new();
    out.push_str(match grows {
        true => "## Exposure grows\n\nMore passes or leaves by the new rules. A reviewer has to sign each line below.\n",
        false => "## Exposure does not grow\n",
    });
    out.push_str(&format!("\n{tally}\n"));
    for diff in diffs.iter().filter(|it| !it.changes.is_empty()) {
        let name = |name: &Option<String>| name.as_deref().map_or("no rules".to_owned(), code);
        out.push_str(&format!("\n### {} to {}\n", name(&diff.old), name(&diff.new)));
        section(diff, Direction::Grows, "Grows", &mut out);
        folded(diff, Direction::Shrinks, "Shrinks", &mut out);
        folded(diff, Direction::Neutral, "Neutral", &mut out);
        exposure(diff, &mut out);
    }
    out
}

fn of(diff: &Diff, direction: Direction) -> Vec<&Change> {
    diff.changes.iter().filter(|it| it.direction == direction).collect()
}

fn section(diff: &Diff, direction: Direction, title: &str, out: &mut String) {
    let changes = of(diff, direction);
    if changes.is_empty() {
        return;
    }
    out.push_str(&format!("\n**{title}**\n\n| endpoint | change | before | after |\n|---|---|---|---|\n"));
    for change in changes.iter().take(MOST) {
        let mark = if direction == Direction::Grows && !change.proven { " (not proven)" } else { "" };
        out.push_str(&format!(
            "| {} | {}{mark} | {} | {} |\n",
            change.endpoint.as_deref().map(code).unwrap_or_default(),
            cell(&change.message),
            side(&change.before),
            side(&change.after),
        ));
    }
    if changes.len() > MOST {
        out.push_str(&format!("\nAnd {} more.\n", changes.len() - MOST));
    }
}

fn folded(diff: &Diff, direction: Direction, title: &str, out: &mut String) {
    let count = of(diff, direction).len();
    if count > 0 {
        out.push_str(&format!("\n<details><summary>{title}: {count}</summary>\n"));
        section(diff, direction, title, out);
        out.push_str("\n</details>\n");
    }
}

fn exposure(diff: &Diff, out: &mut String) {
    out.push_str("\n| in figures | before | after |\n|---|---:|---:|\n");
    for ((name, before), (_, after)) in diff.before.figures().into_iter().zip(diff.after.figures()) {
        if before > 0 || after > 0 {
            out.push_str(&format!("| {name} | {before} | {after} |\n"));
        }
    }
}

fn side(said: &Option<Said>) -> String {
    said.as_ref().map(|it| format!("{} (line {})", cell(&it.text), it.place.line)).unwrap_or_default()
}

/// Text of a cell: nothing of it is markup, a link or a mention.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            // A bare address would become a link.
            ':' => out.push_str("&#58;"),
            c => out.push(c),
        }
    }
    out
}

/// Text in a fixed width, in a cell or not.
fn code(text: &str) -> String {
    // A back-tick would end it, and a bar the cell.
    format!("`{}`", visible(text).replace('`', "'").replace('|', "\\|"))
}
