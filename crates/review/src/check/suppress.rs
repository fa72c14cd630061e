//! `# vizard:allow CODE because REASON`: what an author argues away, and how far it reaches.

mod layout;

use vizard_sanitizer::Place;

use super::catalogue;
use super::found::Found;
use crate::diagnostics;
pub(super) use layout::Layout;

/// How many words make a reason.
const FEWEST_WORDS: usize = 3;
/// Most suppressions of one file.
const MOST: usize = 1_000;
/// Longest reason that is kept; what is longer is cut.
const LONGEST_REASON: usize = 600;

/// One comment that suppresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Suppression {
    pub(super) code: &'static str,
    pub(super) reason: String,
    /// Where the comment begins.
    pub(super) place: Place,
    pub(super) reach: Reach,
}

/// What a suppression is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    File,
    /// This line, and the one endpoint or definition that begins at it.
    Line(u32),
}

/// Reads the comments of a file, and reports those that do not say what they should.
pub(super) fn read(text: &str, found: &mut Found) -> Vec<Suppression> {
    // Few files have any.
    if !text.contains("vizard:") {
        return Vec::new();
    }
    let layout = Layout::of(text);
    let lines = layout::lines(text);
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut all = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(start) = comment(line, number(at), &layout) else { continue };
        let Some(directive) = line[start..].trim_start_matches('#').trim_start().strip_prefix("vizard:")
        else {
            continue;
        };
        if all.len() == MOST {
            let place = Place { line: number(at), column: 1 };
            found.at("suppression-unused", place, format!("from here on nothing is read: {MOST} are enough"));
            break;
        }
        let place = Place { line: number(at), column: number(line[..start].chars().count()) };
        let alone = line[..start].trim().is_empty();
        let below = if alone { &lines[at + 1..] } else { &[] };
        let (more, continued) = continuation(below);
        let directive = format!("{directive}{more}");
        let Some((is_file, rest)) = kind(&directive) else {
            let message = "`vizard:` is followed by neither `allow` nor `allow-file`";
            found
                .at("suppression-unknown-code", place, message)
                .help("write `# vizard:allow CODE because REASON`");
            continue;
        };
        if let Some((code, reason)) = parsed(rest, place, found) {
            let reach = match is_file {
                true => Reach::File,
                false if alone => Reach::Line(number(at + 1 + continued + comments(&below[continued..]))),
                false => Reach::Line(place.line),
            };
            all.push(Suppression { code, reason, place, reach });
        }
    }
    all
}

fn number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

/// Where the comment of a line begins: at the first `#` outside scalars, at the start or after white space.
fn comment(line: &str, number_of_line: u32, layout: &Layout) -> Option<usize> {
    let mut before = ' ';
    for (column, (at, c)) in line.char_indices().enumerate() {
        let is_free = || layout.is_free(Place { line: number_of_line, column: number(column) });
        if c == '#' && before.is_whitespace() && is_free() {
            return Some(at);
        }
        before = c;
    }
    None
}

/// The comment lines right below that are set further in: the reason goes on there.
fn continuation(below: &[&str]) -> (String, usize) {
    let more: Vec<&str> = below.iter().map_while(|line| line.trim_start().strip_prefix("#   ")).collect();
    (more.iter().map(|line| format!(" {}", line.trim())).collect(), more.len())
}

/// How many comment lines follow.
fn comments(below: &[&str]) -> usize {
    below.iter().take_while(|line| line.trim_start().starts_with('#')).count()
}

fn kind(directive: &str) -> Option<(bool, &str)> {
    let (word, rest) = directive.split_once(char::is_whitespace).unwrap_or((directive, ""));
    match word {
        "allow" => Some((false, rest)),
        "allow-file" => Some((true, rest)),
        _ => None,
    }
}

fn parsed(rest: &str, place: Place, found: &mut Found) -> Option<(&'static str, String)> {
    let mut words = rest.split_whitespace();
    let code = words.next().unwrap_or_default();
    let because = words.next();
    let reason = words.collect::<Vec<_>>();
    let Some(code) = known(code) else {
        let shown: String = code.chars().take(60).collect();
        let message = format!("there is no code `{shown}` that could be allowed");
        found.at("suppression-unknown-code", place, message).help(match catalogue::nearest(code) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "`vizard check --list` shows all codes".to_owned(),
        });
        return None;
    };
    if because != Some("because") || reason.len() < FEWEST_WORDS {
        let message = format!("it is not said why `{code}` is allowed here");
        found
            .at("suppression-without-reason", place, message)
            .help(format!("write `because` and a reason of {FEWEST_WORDS} words or more"));
        return None;
    }
    Some((code, reason.join(" ").chars().take(LONGEST_REASON).collect()))
}

/// Lints, and what the loader warns about; what is said of suppressions themselves cannot be suppressed.
fn known(code: &str) -> Option<&'static str> {
    let lint = catalogue::lint(code).map(|it| it.code);
    lint.or_else(|| diagnostics::codes().find(|it| *it == code)).filter(|it| !it.starts_with("suppression-"))
}
