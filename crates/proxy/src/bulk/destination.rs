//! What a file is, as far as its name and its writer tell, and what its output is called and said to be.

use vizard_bulk::compression::Compression;
use vizard_bulk::failure::Failure;
use vizard_bulk::format::Format;
use vizard_bulk::sanitize::Plan;

use super::form;
use crate::ports::{FileHead, FilePlace};

/// What an output is declared to be, and how it is compressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Declared {
    pub(super) content_type: Option<String>,
    pub(super) content_encoding: Option<&'static str>,
    pub(super) compression: Compression,
}

/// The key of the output: that of the file without what all inputs begin with, behind what all outputs begin with. The
/// rest stays as it is, its extension too.
pub(super) fn key(source: &str, input_base: &str, output_base: &str) -> Result<String, Failure> {
    let key = format!("{output_base}{}", source.strip_prefix(input_base).unwrap_or(source));
    if (1..=LONGEST).contains(&key.len()) {
        return Ok(key);
    }
    let message =
        "the output would have a name that is empty or too long; see INPUT_BASE_PATH and OUTPUT_BASE_PATH";
    Err(Failure::new("output-name", message))
}

/// Where rows are set aside that do not get into this output.
pub(super) fn aside(output: &FilePlace, bucket: &str) -> FilePlace {
    let mut key = format!("{}/{}", output.bucket, output.key);
    // What is too long for a name is cut, and told apart by a digest.
    if key.len() + ASIDE.len() > LONGEST {
        let digest = form::sha256_of(&key);
        let end = (0..=LONGEST - ASIDE.len() - digest.len()).rev().find(|it| key.is_char_boundary(*it));
        key.truncate(end.unwrap_or_default());
        key.push_str(&digest);
    }
    FilePlace { bucket: bucket.to_owned(), key: key + ASIDE }
}

/// Of what both clouds take.
const LONGEST: usize = 1024;
const ASIDE: &str = ".rejected.ndjson";

/// Whether the file can be read: of content that is encoded in a way that nobody here knows, no column would be found,
/// and with rules for columns that may be missing all of it would pass.
pub(super) fn readable(head: &FileHead) -> Result<(), Failure> {
    let encoding = head.content_encoding.as_deref().unwrap_or_default().trim().to_ascii_lowercase();
    match encoding.as_str() {
        "" | "identity" | "gzip" | "x-gzip" | "zstd" | "aws-chunked" => Ok(()),
        _ => Err(Failure::new(
            "content-encoding-not-supported",
            "the file is declared to be encoded in another way than gzip or zstd",
        )),
    }
}

/// Whether the file is declared to be gzip, by its writer or by its name. What it is, its first bytes say.
pub(super) fn is_gzip(key: &str, head: &FileHead) -> bool {
    key.ends_with(".gz") || head.content_encoding.as_deref() == Some("gzip")
}

/// What the output is said to be. It is never said to be compressed when it is not.
pub(super) fn declared(key: &str, head: &FileHead, plan: Plan, compress: bool) -> Declared {
    let content_type = match plan.written == plan.read {
        true => effective_type(key, head.content_type.as_deref()),
        false => Some(type_of(plan.written).to_owned()),
    };
    // Parquet is compressed inside, and must be read from its end: in gzip it is of use to nobody.
    let compression =
        if compress && plan.written != Format::Parquet { Compression::Gzip } else { Compression::None };
    let content_encoding = (compression == Compression::Gzip).then_some("gzip");
    Declared { content_type, content_encoding, compression }
}

/// As the writer said, unless that says nothing.
pub(super) fn effective_type(key: &str, declared: Option<&str>) -> Option<String> {
    let declared = declared.filter(|it| !it.trim().is_empty());
    let essence = declared.map(|it| it.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    let inferred = || inferred(key).map(|it| type_of(it).to_owned());
    match essence.as_deref() {
        None => inferred(),
        // What uploaders say that were not told.
        Some("application/x-www-form-urlencoded") => inferred().or_else(|| declared.map(str::to_owned)),
        Some(_) => declared.map(str::to_owned),
    }
}

fn inferred(key: &str) -> Option<Format> {
    let key = key.to_ascii_lowercase();
    let key = key.strip_suffix(".gz").unwrap_or(&key);
    match key.rsplit_once('.')?.1 {
        "ndjson" | "jsonl" => Some(Format::Ndjson),
        "csv" => Some(Format::Csv),
        "json" => Some(Format::JsonArray),
        "parquet" => Some(Format::Parquet),
        _ => None,
    }
}

pub(super) fn type_of(format: Format) -> &'static str {
    match format {
        Format::Csv => "text/csv; charset=utf-8",
        Format::Ndjson => "application/x-ndjson",
        Format::JsonArray => "application/json",
        Format::Parquet => "application/vnd.apache.parquet",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn head(content_type: &str, content_encoding: &str) -> FileHead {
        let given = |text: &str| Some(text.to_owned()).filter(|it| it != "-");
        FileHead {
            size: 1,
            content_type: given(content_type),
            content_encoding: given(content_encoding),
            metadata: BTreeMap::new(),
            version: "v".to_owned(),
        }
    }

    #[test]
    fn keys_change_their_beginning_and_nothing_else() {
        for (source, input, output, expected) in [
            ("directory/file.csv", "", "", "directory/file.csv"),
            ("directory/file.csv", "directory/", "", "file.csv"),
            ("directory/file.csv", "", "out/", "out/directory/file.csv"),
            ("directory/file.csv", "directory/", "out/", "out/file.csv"),
            ("directory/file.csv", "in/", "out/", "out/directory/file.csv"),
            ("in/a/in/file.csv.gz", "in/", "out-", "out-a/in/file.csv.gz"),
        ] {
            assert_eq!(key(source, input, output).as_deref(), Ok(expected));
        }
        for (source, input, output) in [("in/", "in/", ""), (&*"a".repeat(1021), "", "out/")] {
            assert_eq!(key(source, input, output).unwrap_err().code, "output-name");
        }
        let output = |key: String| FilePlace { bucket: "sanitized".to_owned(), key };
        assert_eq!(aside(&output("a.csv".to_owned()), "aside").key, "sanitized/a.csv.rejected.ndjson");
        for length in [1000, 1024] {
            let long = aside(&output("ä".repeat(length / 2)), "aside").key;
            assert!((1000..=1024).contains(&long.len()) && long.ends_with(ASIDE), "{length}: {}", long.len());
        }
    }

    #[test]
    fn the_type_is_as_declared_unless_that_says_nothing() {
        for (key, declared, expected) in [
            ("a.csv", "-", Some("text/csv; charset=utf-8")),
            ("A.CSV.GZ", " ", Some("text/csv; charset=utf-8")),
            ("a.jsonl", "application/x-www-form-urlencoded", Some("application/x-ndjson")),
            (
                "a.dat",
                "Application/X-WWW-Form-Urlencoded; x=y",
                Some("Application/X-WWW-Form-Urlencoded; x=y"),
            ),
            ("a.json", "-", Some("application/json")),
            ("a.parquet", "-", Some("application/vnd.apache.parquet")),
            ("a.csv", "application/custom", Some("application/custom")),
            ("a.csv", "TEXT/CSV; charset=x", Some("TEXT/CSV; charset=x")),
            ("a", "-", None),
            ("a.b/c", "-", None),
        ] {
            assert_eq!(
                effective_type(key, head(declared, "-").content_type.as_deref()).as_deref(),
                expected,
                "{key}"
            );
        }
    }

    #[test]
    fn plain_content_is_never_said_to_be_compressed() {
        use Format::{Csv, Ndjson, Parquet};
        for (encoding, (read, written), compress, expected) in [
            ("-", (Csv, Csv), true, (Some("gzip"), "x/y")),
            ("gzip", (Csv, Csv), false, (None, "x/y")),
            ("gzip", (Csv, Csv), true, (Some("gzip"), "x/y")),
            ("-", (Csv, Ndjson), true, (Some("gzip"), "application/x-ndjson")),
            ("-", (Csv, Parquet), true, (None, "application/vnd.apache.parquet")),
            ("-", (Parquet, Parquet), true, (None, "x/y")),
            ("-", (Parquet, Csv), true, (Some("gzip"), "text/csv; charset=utf-8")),
        ] {
            let plan = Plan { read, written, assumed: false };
            let declared = declared("a.gz", &head("x/y", encoding), plan, compress);
            assert_eq!(
                (declared.content_encoding, declared.content_type.as_deref().unwrap()),
                expected,
                "{plan:?}"
            );
            assert_eq!(declared.content_encoding.is_some(), declared.compression == Compression::Gzip);
        }
    }

    #[test]
    fn what_is_encoded_otherwise_is_not_read() {
        for (encoding, expected) in [
            ("-", true),
            ("gzip", true),
            ("GZIP", true),
            ("zstd", true),
            ("", true),
            ("deflate", false),
            ("br", false),
        ] {
            assert_eq!(readable(&head("text/csv", encoding)).is_ok(), expected, "{encoding}");
        }
        assert!(is_gzip("a.gz", &head("-", "-")) && is_gzip("a", &head("-", "gzip")));
        assert!(!is_gzip("a.GZ", &head("-", "GZIP")), "as the reference does");
    }
}
