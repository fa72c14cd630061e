//! A comparison for a terminal: 80 columns, a section for each endpoint, a tally at the end.

use std::fmt::Write;

use super::{Coverage, EndpointCoverage, FieldCoverage, Standing, findings};
use crate::fates::Fate;
use crate::openapi::Note;
use crate::render::Tally;
use crate::words::count;

/// Widest line.
const WIDTH: usize = 80;
/// Widest column of paths; a longer path has a line of its own.
const MOST: usize = 40;
/// Widest column of outcomes.
const MOST_OF_OUTCOME: usize = 24;
const EXPECTED: &str = "a String takes everything";

/// For people. `color` marks what leaves in clear; `all` lists the calls that no endpoint is for and every oddity of
/// the description.
pub fn text(coverage: &Coverage, color: bool, all: bool) -> String {
    let mut out = format!("{}\nsha256 {}\n", coverage.file, coverage.sha256);
    push_wrapped(&mut out, "", &format!("against {}: {}", coverage.spec, api(coverage)));
    for endpoint in &coverage.endpoints {
        push_endpoint(endpoint, color, &mut out);
    }
    push_others(coverage, all, &mut out);
    push_notes(&coverage.notes, all, &mut out);
    out.push('\n');
    push_wrapped(&mut out, "", &counted(coverage));
    writeln!(out, "{}", Tally::of(&findings(coverage))).expect(EXPECTED);
    out
}

/// How much there is. What is not described is counted apart, so that the parts are parts of their whole.
fn counted(coverage: &Coverage) -> String {
    let counts = &coverage.counts;
    let fields = coverage.endpoints.iter().flat_map(|it| &it.fields);
    let kept = fields.filter(|it| it.standing == Standing::KeptPersonal);
    let beside = kept.filter(|it| it.described.is_empty()).count();
    let mut said =
        format!("{}, {} described", count(counts.endpoints, "endpoint"), counts.endpoints_described);
    if counts.fields_described > 0 {
        said += &format!(
            "; {}: {} leave ({} in clear look personal), {} dropped ({} look personal)",
            count(counts.fields_described, "described field"),
            counts.fields_leaving,
            counts.kept_personal - beside,
            counts.fields_dropped,
            counts.dropped_personal,
        );
    } else {
        said += "; no described field to compare with";
    }
    if beside > 0 {
        let look = if beside == 1 { "looks" } else { "look" };
        said += &format!("; {} in clear {look} personal", count(beside, "undescribed field"));
    }
    said
}

/// The title, the version and the language.
pub(super) fn api(coverage: &Coverage) -> String {
    let name = [coverage.title.as_str(), coverage.version.as_str()];
    let name: Vec<&str> = name.into_iter().filter(|it| !it.is_empty()).collect();
    let name = if name.is_empty() { "an API without a title".to_owned() } else { name.join(" ") };
    format!("{name} ({})", coverage.language)
}

fn push_endpoint(endpoint: &EndpointCoverage, color: bool, out: &mut String) {
    writeln!(out, "\n{} {}  (line {})", endpoint.methods, endpoint.path, endpoint.line).expect(EXPECTED);
    for remark in remarks(endpoint) {
        push_wrapped(out, "  ", &remark);
    }
    for standing in Standing::ALL {
        let fields: Vec<&FieldCoverage> =
            endpoint.fields.iter().filter(|it| it.standing == standing).collect();
        if fields.is_empty() {
            continue;
        }
        writeln!(out, "  {}: {}", standing.words(), fields.len()).expect(EXPECTED);
        if standing == Standing::Dropped {
            let names: Vec<String> = fields.iter().map(|it| it.field.clone()).collect();
            push_wrapped(out, "    ", &names.join(", "));
            continue;
        }
        let widths = fields.iter().map(|it| it.field.chars().count()).filter(|it| *it <= MOST);
        let width = widths.max().unwrap_or(MOST);
        let outcomes =
            fields.iter().map(|it| outcome(it).chars().count()).filter(|it| *it <= MOST_OF_OUTCOME);
        let outcomes = outcomes.max().unwrap_or(0);
        for field in fields {
            push_field(field, (width, outcomes), color, out);
        }
    }
}

/// What is to be said of the endpoint as a whole.
pub(super) fn remarks(endpoint: &EndpointCoverage) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for call in &endpoint.calls {
        let words: Vec<&str> = [call.id.as_deref(), call.summary.as_deref()].into_iter().flatten().collect();
        let said = if words.is_empty() { String::new() } else { format!(": {}", words.join(", ")) };
        all.push(format!("described as {} {}{said}", call.method, call.path));
    }
    if endpoint.calls.is_empty() {
        all.push("not described: nothing to compare with".to_owned());
    }
    if endpoint.has_no_answer {
        all.push("the description does not say what the answer holds".to_owned());
    }
    if endpoint.is_open {
        all.push("there is no response schema: what is not described leaves too".to_owned());
    }
    if endpoint.is_cut {
        all.push("the description is too large here; there are more fields than these".to_owned());
    }
    all
}

fn push_field(field: &FieldCoverage, (width, outcomes): (usize, usize), color: bool, out: &mut String) {
    let path = &field.field;
    let length = path.chars().count();
    let mut cells = cells(field);
    if cells.len() > 1 {
        cells[0] = format!("{:outcomes$}", cells[0]);
    }
    let plain = cells.join("  ");
    let mut line = vec![painted(&cells[0], field, color)];
    line.extend(cells.iter().skip(1).cloned());
    if length <= width && 4 + width + 2 + plain.chars().count() <= WIDTH {
        writeln!(out, "    {path:width$}  {}", line.join("  ")).expect(EXPECTED);
        return;
    }
    writeln!(out, "    {path}").expect(EXPECTED);
    if 6 + plain.chars().count() <= WIDTH {
        writeln!(out, "      {}", line.join("  ")).expect(EXPECTED);
    } else {
        push_wrapped(out, "      ", &plain);
    }
}

/// What stands behind the path.
fn cells(field: &FieldCoverage) -> Vec<String> {
    let mut cells = vec![outcome(field)];
    cells.extend(field.is_new.then(|| "new".to_owned()));
    cells.extend(field.line.map(|line| format!("line {line}")));
    cells.extend(looks(field));
    cells.extend(field.nearest.as_ref().map(|nearest| format!("did you mean {nearest}?")));
    if !field.null_where.is_empty() {
        cells.push(format!("null where {}", field.null_where.join(" or ")));
    }
    if field.only_in_example {
        cells.push("in an example only".to_owned());
    }
    cells.extend(field.argued.as_ref().map(|reason| format!("allowed because {reason}")));
    cells
}

/// What becomes of it; of what is dropped, what it is.
pub(super) fn outcome(field: &FieldCoverage) -> String {
    match field.standing {
        Standing::TypeDiffers => format!(
            "null: listed as {}, described as {}",
            field.listed.unwrap_or("any"),
            field.described.join(" or ")
        ),
        Standing::DroppedPersonal | Standing::Dropped => field.described.join(" or "),
        Standing::Open if field.listed.is_none() => "only what is listed of it leaves".to_owned(),
        Standing::KeptPersonal | Standing::NotDescribed | Standing::Both | Standing::Open => {
            field.fates.iter().map(|it| it.word()).collect::<Vec<_>>().join(" or ")
        }
    }
}

/// `an e-mail address (email)`, with a question mark where it is a weak guess.
pub(super) fn looks(field: &FieldCoverage) -> Option<String> {
    let looks = field
        .looks
        .filter(|_| matches!(field.standing, Standing::KeptPersonal | Standing::DroppedPersonal))?;
    let doubt = if looks.is_strong() { "" } else { "?" };
    Some(format!("{}{doubt} ({})", looks.what.words(), looks.because))
}

/// What is in clear and looks personal stands out.
fn painted(words: &str, field: &FieldCoverage, color: bool) -> String {
    let code = match (field.standing, field.fates.first()) {
        _ if !color => return words.to_owned(),
        (Standing::KeptPersonal, _) => "31",
        (Standing::TypeDiffers | Standing::NotDescribed, _) => "33",
        (Standing::Both, Some(Fate::Pseudonymized | Fate::Digested)) => "32",
        (Standing::Both, Some(Fate::Reversible)) => "36",
        _ => return words.to_owned(),
    };
    format!("\u{1b}[{code}m{words}\u{1b}[0m")
}

fn push_others(coverage: &Coverage, all: bool, out: &mut String) {
    let others = &coverage.other_calls;
    if others.is_empty() {
        return;
    }
    let hint = if all { "" } else { "; `--all` lists them" };
    let are = if others.len() == 1 { "call is" } else { "calls are" };
    writeln!(out, "\n{} {are} described that no endpoint is for{hint}", others.len()).expect(EXPECTED);
    for call in others.iter().filter(|_| all) {
        writeln!(out, "  {} {}", call.method, call.path).expect(EXPECTED);
    }
}

fn push_notes(notes: &[Note], all: bool, out: &mut String) {
    if notes.is_empty() {
        return;
    }
    let hint = if all { "" } else { "; `--all` tells where" };
    writeln!(out, "\nodd in the description{hint}").expect(EXPECTED);
    for (oddity, notes) in grouped(notes) {
        let missing = if oddity.may_hide_fields() { " (fields may be missing)" } else { "" };
        writeln!(out, "  {}: {}{missing}", oddity.words(), notes.len()).expect(EXPECTED);
        for note in notes.iter().filter(|_| all) {
            push_wrapped(out, "    ", &format!("{}: {}", note.pointer, note.message));
        }
    }
}

/// The notes by kind, those that matter most first.
pub(super) fn grouped(notes: &[Note]) -> Vec<(crate::openapi::Oddity, Vec<&Note>)> {
    let mut all: Vec<(crate::openapi::Oddity, Vec<&Note>)> = Vec::new();
    for note in notes {
        match all.iter_mut().find(|(oddity, _)| *oddity == note.oddity) {
            Some((_, notes)) => notes.push(note),
            None => all.push((note.oddity, vec![note])),
        }
    }
    all.sort_by_key(|(oddity, _)| *oddity);
    all
}

/// Words broken between words; what is wider than a line alone stays whole.
fn push_wrapped(out: &mut String, indent: &str, text: &str) {
    let mut line = indent.to_owned();
    for word in text.split(' ') {
        let is_empty = line.len() == indent.len();
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push_str(&line);
            out.push('\n');
            indent.clone_into(&mut line);
        }
        if line.len() > indent.len() {
            line.push(' ');
        }
        line.push_str(word);
    }
    out.push_str(&line);
    out.push('\n');
}
