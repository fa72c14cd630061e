//! Diffs as Markdown, for a comment on a pull request.

use super::Diff;
use super::change::{Change, Direction, Said, Tally};
use super::failed::{Failed, Summary};
use crate::finding::{Finding, Level};
use crate::render::escape::visible;

/// Most changes of one direction that are shown; a comment has a limit, and nobody reads more.
const MOST: usize = 200;

/// Any number of files, compared or not.
pub fn markdown(diffs: &[Diff], failed: &[Failed]) -> String {
    let tally = Tally::of(diffs.iter().flat_map(|it| &it.changes));
    let grows = diffs.iter().any(Diff::grows);
    let mut out = String::new();
    out.push_str(match (grows, failed.is_empty()) {
        (true, _) => "## Exposure grows\n\nMore passes or leaves by the new rules. A reviewer has to sign each line below.\n",
        (false, true) => "## Exposure does not grow\n",
        (false, false) => "## Not every file can be compared\n",
    });
    out.push_str(&format!("\n{}\n", Summary(tally, failed)));
    failed.iter().for_each(|failed| not_compared(failed, &mut out));
    for diff in diffs.iter().filter(|it| !it.changes.is_empty()) {
        out.push_str(&title(&diff.old, &diff.new));
        section(diff, Direction::Grows, "Grows", &mut out);
        folded(diff, Direction::Shrinks, "Shrinks", &mut out);
        folded(diff, Direction::Neutral, "Neutral", &mut out);
        exposure(diff, &mut out);
    }
    out
}

fn title(old: &Option<String>, new: &Option<String>) -> String {
    let name = |name: &Option<String>| name.as_deref().map_or("no rules".to_owned(), code);
    format!("\n### {} to {}\n", name(old), name(new))
}

fn not_compared(failed: &Failed, out: &mut String) {
    out.push_str(&title(&failed.old, &failed.new));
    out.push_str("\nNot compared, because the proxy would not load this:\n\n");
    for problem in failed.problems.iter().take(MOST) {
        let Finding { level, file, place, message, .. } = problem;
        let level = match level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        };
        let at = place.map(|it| format!(":{}:{}", it.line, it.column)).unwrap_or_default();
        let help = problem.help.as_ref().map(|it| format!("; {}", cell(it))).unwrap_or_default();
        let said = format!("{level} at {}: {}{help}", code(&format!("{file}{at}")), cell(message));
        out.push_str(&format!("- {said} ({})\n", code(problem.code)));
    }
    if failed.problems.len() > MOST {
        out.push_str(&format!("\nAnd {} more.\n", failed.problems.len() - MOST));
    }
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
