//! One layout for rule files: two spaces for each level, lists indented below their key, comments where they were.
//!
//! Lines are not broken and the quotes of the author stay. The layout is done by a formatter of YAML in general, which is
//! not trusted: what comes out must read the same with the reader of the loader and hold the same comments, or the file
//! is left as it is.

use std::fmt;

use pretty_yaml::config::{FormatOptions, LanguageOptions, LayoutOptions};
use similar::{ChangeTag, TextDiff};
use vizard_sanitizer::{Diagnostics, Meaning};
use yaml_parser::{SyntaxKind, SyntaxToken};

use crate::render::visible;

/// The longest text that is laid out.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The formatter remembers columns in a word of 64 bits.
const MAX_INDENT: usize = 63;

/// How often a text is laid out until nothing changes any more; once is enough for almost every text.
const MAX_PASSES: usize = 8;

/// Why a text stays as it is.
#[derive(Debug, PartialEq, Eq)]
pub enum Unformattable {
    /// The loader cannot read it.
    Unreadable(Diagnostics),
    /// Longer than [`MAX_BYTES`].
    TooLong,
    /// A line begins too far to the right, or would.
    TooDeep,
    /// The formatter cannot read it, or does not come to an end.
    Layout,
    /// Laid out it would not say the same, or not with the same comments.
    Changed,
}

impl std::error::Error for Unformattable {}

impl fmt::Display for Unformattable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unformattable::Unreadable(found) => {
                write!(out, "it is not YAML that rules can be read from\n{found}")
            }
            Unformattable::TooLong => write!(out, "it is longer than {} MiB", MAX_BYTES / 1024 / 1024),
            Unformattable::TooDeep => write!(out, "a line would be indented by more than {MAX_INDENT}"),
            Unformattable::Layout => out.write_str("the formatter does not know how to lay it out"),
            Unformattable::Changed => {
                out.write_str("laid out it would not say the same with the same comments")
            }
        }
    }
}

/// The text laid out. Laying that out again changes nothing. `name` is used in messages only.
///
/// ```
/// let text = "endpoints:\n- pathTemplate:   /v2/users  # all\n  allowedMethods: [ 'GET' ]\n";
/// assert_eq!(
///     vizard_review::fmt::format("rules.yaml", text).unwrap(),
///     "endpoints:\n  - pathTemplate: /v2/users # all\n    allowedMethods: ['GET']\n",
/// );
/// ```
///
/// # Errors
///
/// A text that cannot be laid out without changing what it says.
pub fn format(name: &str, text: &str) -> Result<String, Unformattable> {
    if text.len() > MAX_BYTES {
        return Err(Unformattable::TooLong);
    }
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    let meaning = Meaning::read(name, text).map_err(Unformattable::Unreadable)?;
    let formatted = settled(text)?;
    let written = Tokens::of(text)?;
    let tokens = Tokens::of(&formatted)?;
    let comments = |tokens: Tokens| tokens.comments.into_iter().map(|(_, text)| text).collect::<Vec<_>>();
    let same = Meaning::read(name, &formatted).is_ok_and(|it| it == meaning)
        && comments(tokens) == comments(written);
    if same { Ok(formatted) } else { Err(Unformattable::Changed) }
}

/// What is different, as a unified diff without colours. Empty where nothing is.
pub fn diff(name: &str, before: &str, after: &str) -> String {
    if before == after {
        return String::new();
    }
    let name = visible(name);
    let mut out = format!("--- {name}\n+++ {name} (formatted)\n");
    let diff = TextDiff::from_lines(before, after);
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        out.push_str(&format!("{}\n", hunk.header()));
        for change in hunk.iter_changes() {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            let line = change.value();
            let line = line.strip_suffix('\n').unwrap_or(line);
            // Spaces at the end of a line are a difference that should be seen, and a carriage return too.
            out.push_str(&format!("{sign}{}\n", visible(line)));
        }
    }
    out
}

/// Laid out until it stays as it is.
fn settled(text: &str) -> Result<String, Unformattable> {
    let mut before = text.to_owned();
    for _ in 0..MAX_PASSES {
        let after = laid_out(&before)?;
        if after == before {
            return Ok(after);
        }
        before = after;
    }
    Err(Unformattable::Layout)
}

fn laid_out(text: &str) -> Result<String, Unformattable> {
    let options = FormatOptions {
        // Wider than any text, so that no line is broken.
        layout: LayoutOptions { print_width: MAX_BYTES * 2, indent_width: 2, ..LayoutOptions::default() },
        language: LanguageOptions {
            trailing_comma: false,
            // What no comment begins with: there is no way to leave a part out.
            ignore_comment_directive: "\n".to_owned(),
            ..LanguageOptions::default()
        },
    };
    let written = Tokens::of(text)?;
    let formatted = pretty_yaml::format_text(text, &options).map_err(|_| Unformattable::Layout)?;
    with_comments(text, &written, with_quotes(&written, formatted)?)
}

/// With the quotes that the author wrote, where the formatter prefers others.
fn with_quotes(written: &Tokens, formatted: String) -> Result<String, Unformattable> {
    let tokens = Tokens::of(&formatted)?;
    if tokens.quoted.len() != written.quoted.len() {
        return Ok(formatted); // and is refused later, as it does not say the same
    }
    let mut out = String::with_capacity(formatted.len());
    let mut done = 0;
    for ((_, own), (at, other)) in written.quoted.iter().zip(&tokens.quoted) {
        if own.as_bytes().first() != other.as_bytes().first() && !own.contains(['\n', '\r']) {
            out.push_str(&formatted[done..*at]);
            out.push_str(own);
            done = at + other.len();
        }
    }
    out.push_str(&formatted[done..]);
    Ok(out)
}

/// With comments that stood above a line, as far to the right as it, above that line again. The formatter takes those
/// behind a list that is not indented for a part of the list.
fn with_comments(text: &str, written: &Tokens, formatted: String) -> Result<String, Unformattable> {
    let tokens = Tokens::of(&formatted)?;
    if tokens.comments.len() != written.comments.len() {
        return Ok(formatted); // and is refused later
    }
    let mut out = String::with_capacity(formatted.len());
    let mut done = 0;
    for ((own, _), (at, _)) in written.comments.iter().zip(&tokens.comments) {
        let above = |text, at| Some((indent(text, at)?, indent_of_next(text, at)?));
        if above(text, *own).is_some_and(|(own, next)| own == next)
            && let Some((now, next)) = above(&formatted, *at)
        {
            out.push_str(&formatted[done..at - now]);
            out.push_str(&" ".repeat(next));
            done = *at;
        }
    }
    out.push_str(&formatted[done..]);
    Ok(out)
}

/// The spaces before a place, if its line has nothing else before it.
fn indent(text: &str, at: usize) -> Option<usize> {
    let before = &text[text[..at].rfind('\n').map_or(0, |end| end + 1)..at];
    before.bytes().all(|byte| byte == b' ').then_some(before.len())
}

/// The spaces before the next line that is neither blank nor a comment.
fn indent_of_next(text: &str, at: usize) -> Option<usize> {
    let mut lines = text[at..].lines().skip(1);
    let next = lines.find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))?;
    Some(next.len() - next.trim_start_matches(' ').len())
}

/// The parts of a text that must outlive the layout.
#[derive(Debug)]
struct Tokens {
    /// Comments without spaces at their ends, and where they begin.
    comments: Vec<(usize, String)>,
    /// Texts in quotes, with them, and where they begin.
    quoted: Vec<(usize, String)>,
}

impl Tokens {
    fn of(text: &str) -> Result<Tokens, Unformattable> {
        let mut tokens = Tokens { comments: Vec::new(), quoted: Vec::new() };
        if text.split(['\n', '\r']).any(|line| line.len() - line.trim_start().len() > MAX_INDENT) {
            return Err(Unformattable::TooDeep);
        }
        let root = yaml_parser::parse(text).map_err(|_| Unformattable::Layout)?;
        let at = |token: &SyntaxToken| usize::from(token.text_range().start());
        for token in root.descendants_with_tokens().filter_map(|element| element.into_token()) {
            match token.kind() {
                SyntaxKind::COMMENT => tokens.comments.push((at(&token), token.text().trim_end().to_owned())),
                SyntaxKind::SINGLE_QUOTED_SCALAR | SyntaxKind::DOUBLE_QUOTED_SCALAR => {
                    tokens.quoted.push((at(&token), token.text().to_owned()));
                }
                _ => {}
            }
        }
        Ok(tokens)
    }
}

#[cfg(test)]
mod tests;
