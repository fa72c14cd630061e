//! Rules for tables: which columns of a file leave, under which names, and what becomes of their cells.
//!
//! [`Columnar::bind`] holds the rules against the header of a file; what is left to do for each row is then a list of
//! [`Column`]s. Redaction and pseudonymization follow the data, whatever names it is given on its way.

mod bind;
mod contradiction;
mod made;
mod name;
mod pipeline;
mod replacement;
mod step;
mod unbound;

pub use bind::{Column, Columns};
pub use step::Cell;
pub use unbound::{Reason, Unbound};

use crate::diagnostic::{Place, Report, nearest};
use crate::node::Fields;
use made::{How, Made};
use name::Name;
pub(super) use name::{folded, shown};
use pipeline::Pipeline;
use step::PseudonymFormat;

/// The rules of one kind of table.
#[derive(Clone, Debug)]
pub struct Columnar {
    place: Place,
    delimiter: String,
    format: PseudonymFormat,
    pseudonymize: Vec<Name>,
    pseudonymize_if_present: Vec<Name>,
    redact: Vec<Name>,
    redact_if_present: Vec<Name>,
    /// `None`: all columns.
    include: Option<Vec<Name>>,
    /// Duplicates, then renamed columns, then what transforms give.
    made: Vec<Made>,
}

/// The longest delimiter, in bytes.
const MAX_DELIMITER: usize = 16;

const FORMATS: [&str; 3] = ["JSON", "URL_SAFE_TOKEN", "URL_SAFE_HASH_ONLY"];

impl Columnar {
    /// The keys of columnar rules, which tell them from the other kinds.
    pub(super) const KEYS: [&str; 10] = [
        "columnsToPseudonymize",
        "columnsToPseudonymizeIfPresent",
        "columnsToRedact",
        "columnsToRedactIfPresent",
        "columnsToInclude",
        "columnsToRename",
        "columnsToDuplicate",
        "fieldsToTransform",
        "pseudonymFormat",
        "delimiter",
    ];

    /// Reads the rules; problems go to the report.
    pub(super) fn read(fields: &mut Fields, report: &mut Report) -> Columnar {
        let format = format(fields, report);
        let mut list = |key| name::list(fields, key, report);
        let pseudonymize = list("columnsToPseudonymize").unwrap_or_default();
        let pseudonymize_if_present = list("columnsToPseudonymizeIfPresent").unwrap_or_default();
        let redact = list("columnsToRedact").unwrap_or_default();
        let redact_if_present = list("columnsToRedactIfPresent").unwrap_or_default();
        let include = list("columnsToInclude");
        let renames = name::pairs(fields, "columnsToRename", report);
        let duplicates = name::pairs(fields, "columnsToDuplicate", report);
        let pipelines = pipeline::read(fields, format, report);
        let rules = Columnar {
            place: fields.place,
            delimiter: delimiter(fields, report),
            format,
            pseudonymize,
            pseudonymize_if_present,
            redact,
            redact_if_present,
            include,
            made: made(renames, duplicates, pipelines, report),
        };
        contradiction::report_all(&rules, report);
        rules
    }

    /// What stands between the values of the input; at least one byte, and neither a quote nor the end of a line.
    pub fn delimiter(&self) -> &str {
        &self.delimiter
    }

    /// Whether columns that the rules do not name are left out, instead of leaving as they are.
    pub fn names_all(&self) -> bool {
        self.include.is_some()
    }

    /// Where the rules begin in their file.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Pseudonyms of a part of what leaves in clear beside them: where that is said, the column, and what it is made of.
    pub fn clear_beside_pseudonyms(&self) -> impl Iterator<Item = (Place, &str, &str)> {
        let made = contradiction::clear_beside_pseudonyms(self).into_iter();
        made.map(|made| (made.name.place, made.name.written.as_str(), made.source.written.as_str()))
    }
}

fn format(fields: &mut Fields, report: &mut Report) -> PseudonymFormat {
    let Some(written) = fields.text("pseudonymFormat", report) else { return PseudonymFormat::default() };
    match written.value.as_str() {
        "JSON" => PseudonymFormat::Json,
        "URL_SAFE_TOKEN" => PseudonymFormat::UrlSafeToken,
        "URL_SAFE_HASH_ONLY" => PseudonymFormat::UrlSafeHashOnly,
        unknown => {
            let message = format!("there is no encoding `{unknown}`");
            report.error("unknown-encoding", written.place, message).suggest(
                match nearest(&unknown.to_uppercase(), &FORMATS) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("encodings: {}", FORMATS.join(", ")),
                },
            );
            PseudonymFormat::default()
        }
    }
}

fn delimiter(fields: &mut Fields, report: &mut Report) -> String {
    let comma = || ",".to_owned();
    let Some(written) = fields.text("delimiter", report) else { return comma() };
    let (text, place) = (written.value, written.place);
    let (why, suggestion) = if text.is_empty() {
        return comma();
    } else if text.contains(['"', '\r', '\n']) {
        ("a delimiter cannot hold a quote or the end of a line", "quotes surround values, and lines end rows")
    } else if text == r"\t" {
        ("this is a backslash and a `t`", "a tab is `\"\\t\"`, in double quotes")
    } else if text.len() > MAX_DELIMITER {
        ("this is too long for a delimiter", "a delimiter is a few letters, mostly one")
    } else {
        return text;
    };
    report.error("delimiter-invalid", place, why).suggest(suggestion);
    comma()
}

fn made(
    renames: Vec<(Name, Name)>,
    duplicates: Vec<(Name, Name)>,
    pipelines: Vec<Pipeline>,
    report: &mut Report,
) -> Vec<Made> {
    let of = |how: How| move |(source, name): (Name, Name)| Made { name, source, how: how.clone() };
    let pairs =
        duplicates.into_iter().map(of(How::Duplicate)).chain(renames.into_iter().map(of(How::Rename)));
    let mut made: Vec<Made> = Vec::new();
    for pair in pairs {
        if pair.replaces() {
            let message = format!("`{}` has this name already", pair.name.written);
            report
                .warning("rename-without-effect", pair.name.place, message)
                .suggest("the case of letters does not tell columns apart");
        } else {
            made.push(pair);
        }
    }
    made.extend(pipelines.into_iter().map(|it| Made {
        name: it.name,
        source: it.source,
        how: How::Transform(it.steps),
    }));
    made
}

#[cfg(test)]
mod never_clear;
#[cfg(test)]
mod tests;
