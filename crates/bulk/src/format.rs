//! The formats of files: how one is told before a file is read, and held to when it is.

mod shape;

use vizard_sanitizer::bulk::{DeclaredFormat, FileRules};

use crate::compression::{Compression, strip_suffix};
use crate::task::Origin;
pub(crate) use shape::{HEAD, check};

/// How records stand in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// One JSON array of objects.
    JsonArray,
    /// Apache Parquet.
    Parquet,
}

/// The format of a file and what it was told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// What the file is read as.
    pub format: Format,
    /// Nothing told it, so it was taken for the most common one.
    pub assumed: bool,
}

impl Format {
    /// What a file is read as: as its rules say; where they leave it open, as its content type says, else its name,
    /// else NDJSON. What the file holds is compared with that, and is no way to tell.
    pub fn told(rules: &FileRules, origin: Origin<'_>) -> Told {
        let declared = match rules {
            FileRules::Columnar(_) => Some(Format::Csv),
            FileRules::Record(records) => records.declared().map(Format::from),
        };
        match declared.or_else(|| Format::of_origin(origin)) {
            Some(format) => Told { format, assumed: false },
            None => Told { format: Format::Ndjson, assumed: true },
        }
    }

    fn of_origin(origin: Origin<'_>) -> Option<Format> {
        let declared = origin.content_type.unwrap_or_default().to_ascii_lowercase();
        let base = base_type(&declared);
        match base {
            _ if base.contains("parquet") => return Some(Format::Parquet),
            "text/csv" | "application/csv" => return Some(Format::Csv),
            _ if base.contains("ndjson") || base.contains("jsonl") => return Some(Format::Ndjson),
            _ => {}
        }
        Format::of_path(origin.path)
            .or_else(|| base.contains("application/json").then_some(Format::JsonArray))
    }

    /// As the ending of a name tells, before that of its compression.
    fn of_path(path: &str) -> Option<Format> {
        let path = Compression::strip(path);
        [
            (".parquet", Format::Parquet),
            (".csv", Format::Csv),
            (".json", Format::JsonArray),
            (".ndjson", Format::Ndjson),
            (".jsonl", Format::Ndjson),
        ]
        .into_iter()
        .find_map(|(suffix, format)| strip_suffix(path, suffix).map(|_| format))
    }

    /// The content type of files of this format.
    pub fn content_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Ndjson => "application/x-ndjson",
            Format::JsonArray => "application/json",
            Format::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// As rules and messages spell it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "CSV",
            Format::Ndjson => "NDJSON",
            Format::JsonArray => "JSON_ARRAY",
            Format::Parquet => "PARQUET",
        }
    }
}

impl From<DeclaredFormat> for Format {
    fn from(declared: DeclaredFormat) -> Format {
        match declared {
            DeclaredFormat::Ndjson => Format::Ndjson,
            DeclaredFormat::Csv => Format::Csv,
            DeclaredFormat::JsonArray => Format::JsonArray,
            DeclaredFormat::Parquet => Format::Parquet,
        }
    }
}

/// The content type of what a file becomes. It stays what the source declared, with two exceptions: a type that says
/// nothing (none, or that of forms, which some clients send with everything) gives way to what the name tells, and
/// where the format changes the type is that of the new one.
pub fn content_type(origin: Origin<'_>, read: Format, written: Format) -> Option<String> {
    if read != written {
        return Some(written.content_type().to_owned());
    }
    let declared = origin.content_type.map(str::trim).filter(|declared| !declared.is_empty());
    let of_path = || Format::of_path(origin.path).map(|format| format.content_type().to_owned());
    match declared {
        None => of_path(),
        Some(form) if base_type(&form.to_ascii_lowercase()) == "application/x-www-form-urlencoded" => {
            of_path().or_else(|| Some(form.to_owned()))
        }
        Some(declared) => Some(declared.to_owned()),
    }
}

/// Without parameters.
fn base_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, content_type: Option<&str>) -> Option<Format> {
        Format::of_origin(Origin { path, content_type })
    }

    #[test]
    fn content_type_comes_first_then_the_name_then_json() {
        let cases = [
            ("a.ndjson", Some("application/json"), Some(Format::Ndjson)),
            ("a.json", Some("text/csv"), Some(Format::Csv)),
            ("a.json", Some("Text/CSV; charset=utf-8"), Some(Format::Csv)),
            ("a.csv", Some("application/vnd.apache.parquet"), Some(Format::Parquet)),
            ("a.csv", Some("application/jsonlines"), Some(Format::Ndjson)),
            ("a.csv", Some("text/plain; x=ndjson"), Some(Format::Csv)),
            ("a.CSV.GZ", None, Some(Format::Csv)),
            ("a.jsonl.zst", Some(""), Some(Format::Ndjson)),
            ("a.parquet", Some("binary/octet-stream"), Some(Format::Parquet)),
            ("a.json.gz", None, Some(Format::JsonArray)),
            ("a", Some("application/json; charset=utf-8"), Some(Format::JsonArray)),
            ("a.gz", Some("application/gzip"), None),
            ("csv", None, None),
            ("", None, None),
        ];
        for (path, content_type, expected) in cases {
            assert_eq!(of(path, content_type), expected, "{path} {content_type:?}");
        }
    }

    #[test]
    fn the_content_type_stays_unless_it_says_nothing_or_the_format_changes() {
        let (csv, array, lines) = (Format::Csv, Format::JsonArray, Format::Ndjson);
        let form = "application/x-www-form-urlencoded; charset=x";
        let cases = [
            ("a.csv", Some("application/custom"), csv, csv, Some("application/custom")),
            ("a.csv", Some("text/csv; charset=latin1"), csv, csv, Some("text/csv; charset=latin1")),
            ("a.csv.gz", None, csv, csv, Some("text/csv; charset=utf-8")),
            ("a.ndjson", Some(" "), lines, lines, Some("application/x-ndjson")),
            ("a.bin", None, lines, lines, None),
            ("a.json", Some(form), array, array, Some("application/json")),
            ("a.bin", Some(form), array, array, Some(form)),
            ("a.json", Some("application/json"), array, lines, Some("application/x-ndjson")),
            ("a.csv", None, csv, Format::Parquet, Some("application/vnd.apache.parquet")),
        ];
        for (path, declared, read, written, expected) in cases {
            let origin = Origin { path, content_type: declared };
            assert_eq!(content_type(origin, read, written).as_deref(), expected, "{path} {declared:?}");
        }
    }
}
