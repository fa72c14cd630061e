//! Whole stories: from bytes of any kind to bytes of any other.

use std::io::Write;

use flate2::write::GzEncoder;

use super::{as_lines, keys, lines_of, rules};
use crate::failure::Failure;
use crate::format::Format;
use crate::progress::Progress;
use crate::sanitize::sanitize;
use crate::summary::Summary;
use crate::task::{BadRows, Limits, Options, Origin, Task};

const PEOPLE: &str = "{\"id\":1,\"email\":\"ada@acme.example\",\"name\":\"Ada\",\"tags\":[\"a\",\"b\"]}
{\"id\":2,\"email\":null,\"name\":\"Zo\u{eb} \\\"Z\\\"\\n\",\"tags\":[]}
{\"id\":3,\"email\":\"zoe@acme.example\",\"name\":null,\"tags\":null}
";

const RULES: &str = "format: AUTO\ntransforms: [{pseudonymize: [$.email, $.id]}, {redact: $.name}]\n";
const NONE: &str = "format: AUTO\ntransforms: [{redact: $.nowhere}]\n";

fn convert(yaml: &str, path: &str, input: &[u8], options: &Options) -> Result<(Vec<u8>, Summary), Failure> {
    let rules = rules(yaml);
    let task = Task { rules: rules.for_path(path).unwrap(), keys: &keys(), options };
    let mut output = Vec::new();
    let origin = Origin { path, content_type: None };
    let summary = sanitize(&task, origin, &mut &*input, &mut output, None, &Progress::default())?;
    assert_eq!(summary.bytes_out, output.len() as u64);
    Ok((output, summary))
}

fn to(format: Format) -> Options {
    Options { format: Some(format), ..Options::default() }
}

#[test]
fn formats_become_each_other_and_pseudonyms_stay_the_same() {
    let expected = as_lines(RULES, PEOPLE);
    let (parquet, summary) = convert(RULES, "a.ndjson", PEOPLE.as_bytes(), &to(Format::Parquet)).unwrap();
    assert_eq!((summary.rows, summary.pseudonyms), (3, 5));
    assert_eq!(lines_of(&parquet), expected);

    let (clear, _) = convert(NONE, "a.ndjson", PEOPLE.as_bytes(), &to(Format::Parquet)).unwrap();
    assert_eq!(lines_of(&clear), PEOPLE);
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&clear).unwrap();
    let gzip = gzip.finish().unwrap();
    for input in [&clear, &gzip] {
        let (output, summary) = convert(RULES, "a.parquet", input, &Options::default()).unwrap();
        assert_eq!(lines_of(&output), expected);
        assert_eq!((summary.rows, summary.pseudonyms, summary.columns_touched), (3, 5, 3));
        let (output, summary) = convert(RULES, "a.parquet", input, &to(Format::Ndjson)).unwrap();
        assert_eq!(String::from_utf8(output).unwrap(), expected);
        assert_eq!((summary.rows, summary.pseudonyms), (3, 5));
        let (output, _) = convert(RULES, "a.parquet", input, &to(Format::JsonArray)).unwrap();
        assert_eq!(
            String::from_utf8(output).unwrap(),
            format!("[{}]", expected.trim_end().replace('\n', ","))
        );
        let (output, _) = convert(RULES, "a.parquet", input, &to(Format::Csv)).unwrap();
        assert!(output.starts_with(b"id,email,name,tags\n"));
    }
    // What depends on each record works as lines only.
    let rules = "transforms: [{redact: \"$.tags[?(@ == 'a')]\"}]\nformat: AUTO\n";
    let failure = convert(rules, "a.parquet", &clear, &Options::default()).unwrap_err();
    assert_eq!((failure.code, failure.place.column), ("parquet-rule-undecidable", Some(4)));
    let (output, _) = convert(rules, "a.parquet", &clear, &to(Format::Ndjson)).unwrap();
    assert!(String::from_utf8(output).unwrap().contains("\"tags\":[null,\"b\"]"));
}

#[test]
fn rows_too_long_are_set_aside_or_fail() {
    let long = format!("{{\"id\":7,\"name\":\"{}\"}}\n", "n".repeat(2000));
    let input = format!("{PEOPLE}{long}{PEOPLE}");
    let (parquet, _) = convert(NONE, "a.ndjson", input.as_bytes(), &to(Format::Parquet)).unwrap();
    let limits = Limits { record: 1000, ..Limits::default() };
    let options = Options { limits, ..to(Format::Ndjson) };
    let failure = convert(RULES, "a.parquet", &parquet, &options).unwrap_err();
    assert_eq!((failure.code, failure.place.record), ("record-too-long", Some(4)));
    let options = Options { bad_rows: BadRows::Quarantine, ..options };
    let (output, summary) = convert(RULES, "a.parquet", &parquet, &options).unwrap();
    assert_eq!((summary.rows, summary.rejected), (6, 1));
    assert_eq!(String::from_utf8(output).unwrap().lines().count(), 6);
    let options = Options { limits, ..Options::default() };
    let failure = convert(NONE, "a.parquet", &parquet, &options).unwrap_err();
    assert_eq!(
        (failure.code, failure.place.record, failure.place.column),
        ("record-too-long", Some(4), Some(3))
    );
}

#[test]
fn columnar_rules_are_for_tables_of_text() {
    let (parquet, _) = convert(NONE, "a.ndjson", PEOPLE.as_bytes(), &to(Format::Parquet)).unwrap();
    let failure =
        convert("columnsToPseudonymize: [email]\n", "a.parquet", &parquet, &Options::default()).unwrap_err();
    assert!(!failure.to_string().contains("acme"), "{failure}");
}
