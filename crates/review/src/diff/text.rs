//! Diffs for people: what grows first, endpoint by endpoint, and at the end what somebody has to sign.

use super::Diff;
use super::change::{Change, Direction, Said, Tally};
use super::failed::{Failed, Summary};
use crate::render::escape::{visible, wrapped};
use crate::render::{self, Format, Options};

const RED: &str = "\u{1b}[1;31m";
const GREEN: &str = "\u{1b}[1;32m";
const CYAN: &str = "\u{1b}[1;36m";
const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";

/// Any number of files, each with its changes, or why it cannot be compared; the last line is the tally of all.
pub fn text(diffs: &[Diff], failed: &[Failed], color: bool) -> String {
    let paint = Paint(color);
    let mut out = String::new();
    for diff in diffs {
        file(diff, &paint, &mut out);
    }
    failed.iter().for_each(|failed| not_compared(failed, &paint, &mut out));
    let grown: Vec<&Diff> = diffs.iter().filter(|diff| diff.grows()).collect();
    if !grown.is_empty() {
        out.push_str(&paint.with(BOLD, "exposure grows; a reviewer has to sign:"));
        out.push('\n');
        grown.iter().for_each(|diff| sign(diff, diffs.len() > 1, &mut out));
    }
    let tally = Tally::of(diffs.iter().flat_map(|it| &it.changes));
    out.push_str(&format!("{}\n", Summary(tally, failed)));
    out
}

fn file(diff: &Diff, paint: &Paint, out: &mut String) {
    out.push_str(&title(&diff.old, &diff.new, paint));
    if diff.changes.is_empty() {
        out.push_str("  the same calls pass, and the same leaves\n\n");
        return;
    }
    out.push('\n');
    for direction in [Direction::Grows, Direction::Shrinks, Direction::Neutral] {
        section(diff, direction, paint, out);
    }
    exposure(diff, out);
}

fn title(old: &Option<String>, new: &Option<String>, paint: &Paint) -> String {
    let name = |name: &Option<String>| visible(name.as_deref().unwrap_or("(no rules)"));
    let (old, new) = (name(old), name(new));
    let title = match old.chars().count() + new.chars().count() + 4 <= 80 {
        true => format!("{old} -> {new}"),
        false => format!("{old}\n  -> {new}"),
    };
    format!("{}\n", paint.with(BOLD, &title))
}

/// What is wrong, as `vizard check` shows it.
fn not_compared(failed: &Failed, paint: &Paint, out: &mut String) {
    out.push_str(&title(&failed.old, &failed.new, paint));
    out.push_str(&format!("  {}\n\n", paint.with(RED, "not compared: the proxy would not load this")));
    let options = Options { color: paint.0, verb: "diff", version: "" };
    let shown = render::render(&failed.problems, Format::Pretty, &|name| failed.source(name), &options);
    // Its own tally is left out: there is one for all files.
    let shown = shown.trim_end().rsplit_once('\n').map_or("", |(shown, _)| shown);
    out.push_str(shown);
    out.push('\n');
}

fn section(diff: &Diff, direction: Direction, paint: &Paint, out: &mut String) {
    let color = match direction {
        Direction::Grows => RED,
        Direction::Shrinks => GREEN,
        Direction::Neutral => CYAN,
    };
    let mut endpoint: Option<&Option<String>> = None;
    for change in diff.changes.iter().filter(|it| it.direction == direction) {
        if endpoint.is_none() {
            out.push_str(&format!("{}\n", paint.with(color, direction.word())));
        }
        if endpoint != Some(&change.endpoint) {
            endpoint = Some(&change.endpoint);
            let name = change.endpoint.as_deref().unwrap_or("all endpoints");
            out.push_str(&format!("  {}\n", paint.with(BOLD, &visible(name))));
        }
        one(change, paint, out);
    }
    if endpoint.is_some() {
        out.push('\n');
    }
}

fn one(change: &Change, paint: &Paint, out: &mut String) {
    out.push_str(&wrapped("    ", 4, 6, &format!("{} [{}]", change.message, change.what)));
    let mut side = |name: &str, said: &Option<Said>| {
        let Some(said) = said else { return };
        let first = format!("      {} ", paint.with(DIM, name));
        out.push_str(&wrapped(
            &first,
            7 + name.len(),
            14,
            &format!("{} (line {})", said.text, said.place.line),
        ));
    };
    side("before:", &change.before);
    side("after: ", &change.after);
}

fn exposure(diff: &Diff, out: &mut String) {
    if diff.before == diff.after {
        return;
    }
    out.push_str(&format!("  {:30} {:>8} {:>8}\n", "in figures", "before", "after"));
    for ((name, before), (_, after)) in diff.before.figures().into_iter().zip(diff.after.figures()) {
        if before > 0 || after > 0 {
            out.push_str(&format!("  {name:30} {before:>8} {after:>8}\n"));
        }
    }
    out.push('\n');
}

/// What grows, one line for each endpoint and message.
fn sign(diff: &Diff, several: bool, out: &mut String) {
    if several {
        out.push_str(&format!("  {}\n", visible(diff.name())));
    }
    for change in diff.changes.iter().filter(|it| it.direction == Direction::Grows) {
        let of = change.endpoint.as_ref().map(|it| format!("{it}: ")).unwrap_or_default();
        out.push_str(&wrapped("  [ ] ", 6, 6, &format!("{of}{}", change.message)));
    }
}

/// Colours, where they are wanted.
struct Paint(bool);

impl Paint {
    fn with(&self, color: &str, text: &str) -> String {
        if self.0 { format!("{color}{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
