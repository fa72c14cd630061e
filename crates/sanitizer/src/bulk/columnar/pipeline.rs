//! `fieldsToTransform`: columns made of others, step after step.

use super::name::Name;
use super::replacement::Replacement;
use super::step::{PseudonymFormat, Step};
use crate::diagnostic::{Report, Spanned, nearest};
use crate::node::{Fields, Node};
use crate::regex::{Pattern, Patterns};

/// A column that steps make of another.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) source: Name,
    pub(super) name: Name,
    pub(super) steps: Vec<Step>,
}

/// The transforms of columns.
const TRANSFORMS: [&str; 4] = ["filter", "formatString", "javaRegExpReplace", "pseudonymize"];

/// Reads all pipelines; problems go to the report.
pub(super) fn read(fields: &mut Fields, format: PseudonymFormat, report: &mut Report) -> Vec<Pipeline> {
    let entries = fields.map("fieldsToTransform", report).unwrap_or_default();
    entries.into_iter().filter_map(|(key, node)| pipeline(&key, node, format, report)).collect()
}

fn pipeline(
    key: &Spanned<String>,
    node: Node,
    format: PseudonymFormat,
    report: &mut Report,
) -> Option<Pipeline> {
    let mut fields = Fields::open(node, "a transform of a column", report)?;
    let name = fields.text("newName", report);
    if name.is_none() && !fields.is_null("newName") {
        report
            .error("missing-key", fields.place, format!("`{}` has no `newName`", key.value))
            .suggest("name the column that is made; the name of its source replaces that");
    }
    let source = fields.text("sourceColumn", report);
    let steps = match fields.list("transforms", report) {
        Some(items) => steps(items, format, report),
        None => {
            if fields.key_place("transforms").is_none() || fields.is_null("transforms") {
                report
                    .error("missing-key", fields.place, format!("`{}` has no `transforms`", key.value))
                    .suggest("list what is done to a value; `[]` copies it");
            }
            None
        }
    };
    fields.close(report);
    let source = Name::read(source.as_ref().unwrap_or(key), "fieldsToTransform", report);
    let name = name.and_then(|name| Name::read(&name, "newName", report));
    Some(Pipeline { source: source?, name: name?, steps: steps? })
}

fn steps(items: Vec<Node>, format: PseudonymFormat, report: &mut Report) -> Option<Vec<Step>> {
    let count = items.len();
    let read: Vec<Option<Step>> = items.into_iter().filter_map(|node| step(node, format, report)).collect();
    (read.len() == count).then(|| read.into_iter().flatten().collect())
}

/// `None`: there was a mistake. `Some(None)`: the step does nothing.
fn step(node: Node, format: PseudonymFormat, report: &mut Report) -> Option<Option<Step>> {
    let place = node.place;
    let mut entries = node.into_map("a transform of a column", report)?.into_iter();
    let (Some((name, value)), None) = (entries.next(), entries.next()) else {
        report
            .error("column-transform-keys", place, "a transform of a column has one key, which names it")
            .suggest("begin each transform with `- `, as in `- filter: \"(.*)@.*\"`");
        return None;
    };
    match name.value.as_str() {
        "filter" => {
            let source = value.into_text("filter", report)?;
            Some(Some(Step::Filter(compiled(&source, Patterns::whole, report)?)))
        }
        "formatString" => {
            let written = value.into_text("formatString", report)?;
            let read = format_string(&written.value);
            let step = read.map_err(|why| {
                report
                    .error("format-string-invalid", written.place, why)
                    .suggest("`%s` stands for the value, once at most, and `%%` for a percent sign");
            });
            step.ok().map(Some)
        }
        "javaRegExpReplace" => replace(value, report).map(Some),
        "pseudonymize" => {
            let written = value.into_text("pseudonymize", report)?;
            match written.value.to_ascii_lowercase().as_str() {
                "true" => Some(Some(Step::Pseudonymize(format))),
                "false" => Some(None),
                _ => {
                    report.error("wrong-kind", written.place, "`pseudonymize` must be true or false");
                    None
                }
            }
        }
        "pseudonymizeWithScope" => {
            report
                .error("unknown-transform", name.place, "scopes no longer take part in pseudonyms")
                .suggest("write `pseudonymize: true`");
            None
        }
        unknown => {
            let found = report.error(
                "unknown-transform",
                name.place,
                format!("there is no transform `{unknown}` for columns"),
            );
            found.suggest(match nearest(unknown, &TRANSFORMS) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("transforms: {}", TRANSFORMS.join(", ")),
            });
            None
        }
    }
}

fn replace(node: Node, report: &mut Report) -> Option<Step> {
    let mut fields = Fields::open(node, "`javaRegExpReplace`", report)?;
    let regex = fields.text("regExp", report);
    let by = fields.text("replace", report);
    for (key, found) in [("regExp", &regex), ("replace", &by)] {
        if found.is_none() {
            report.error("missing-key", fields.place, format!("`javaRegExpReplace` has no `{key}`"));
        }
    }
    fields.close(report);
    let (regex, by) = (regex?, by?);
    let whole = compiled(&regex, Patterns::whole, report)?;
    let find = compiled(&regex, Patterns::find, report)?;
    match Replacement::read(&by.value, &find) {
        Ok(by) => Some(Step::Replace { whole, find, by }),
        Err(why) => {
            report
                .error("replacement-invalid", by.place, why)
                .suggest("groups are `$1` or `${name}`; `\\$` is a literal dollar sign");
            None
        }
    }
}

fn compiled(
    source: &Spanned<String>,
    compile: fn(&mut Patterns, &str) -> Result<Pattern, String>,
    report: &mut Report,
) -> Option<Pattern> {
    compile(&mut report.patterns, &source.value)
        .map_err(|why| {
            report.error("regex", source.place, format!("the regex is not valid: {why}"));
        })
        .ok()
}

/// One `%s` or none, and `%%` for a percent sign.
fn format_string(text: &str) -> Result<Step, String> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let literal = match letter {
            '%' => match letters.next() {
                Some('%') => '%',
                Some('s') => {
                    parts.push(String::new());
                    continue;
                }
                Some(other) => return Err(format!("`%{other}` is not known here")),
                None => return Err("a `%` at the end stands for nothing".to_owned()),
            },
            letter => letter,
        };
        parts.last_mut().expect("it begins with one").push(literal);
    }
    if parts.len() > 2 {
        return Err("`%s` stands twice, and there is one value".to_owned());
    }
    let mut parts = parts.into_iter();
    Ok(Step::Format { before: parts.next().unwrap_or_default(), after: parts.next() })
}
