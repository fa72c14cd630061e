//! Files that are damaged, or made to harm.

use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::{file, read, run, run_with};
use crate::failure::Failure;
use crate::task::{Limits, Options};

fn people(rows: usize) -> RecordBatch {
    let emails = StringArray::from_iter_values((0..rows).map(|it| format!("person{}@acme.example", it % 50)));
    let names = StringArray::from_iter((0..rows).map(|it| (it % 3 > 0).then(|| format!("Person {it}"))));
    let ids = Int64Array::from_iter_values((0..rows).map(|it| i64::try_from(it).unwrap()));
    RecordBatch::try_from_iter([
        ("email", Arc::new(emails) as ArrayRef),
        ("name", Arc::new(names)),
        ("id", Arc::new(ids)),
    ])
    .unwrap()
}

const RULES: &str = "transforms: [{pseudonymize: [email]}, {redact: name}]";

#[test]
fn no_cut_file_is_taken_for_a_whole_one() {
    let input = file(&[people(300)], WriterProperties::builder().build());
    for end in (0..input.len()).step_by(7).chain(input.len() - 9..input.len()) {
        assert_eq!(run(RULES, &input[..end]).unwrap_err().code, "parquet-unreadable", "{end}");
    }
    for input in
        [&b"PAR1"[..], b"PAR1PAR1", b"PAR1\0\0\0\0PAR1", b"PAR1\xff\xff\xff\xffPAR1", b"a,b\n1,2\n3,4\n5,6\n"]
    {
        assert_eq!(run(RULES, input).unwrap_err().code, "parquet-unreadable");
    }
    assert_eq!(run(RULES, b"PARE12345678\0\0\0\0PARE").unwrap_err().code, "parquet-encrypted");
}

#[test]
fn flipped_bits_fail_the_file_or_change_values_but_nothing_else() {
    let input = file(&[people(40)], WriterProperties::builder().build());
    let whole = run(RULES, &input).unwrap().0;
    let rows = read(&whole).1;
    let (mut failed, mut passed) = (0, 0);
    for at in (0..input.len()).step_by(3) {
        let mut input = input.clone();
        input[at] ^= 1 << (at % 8);
        match run(RULES, &input) {
            Err(Failure { code, .. }) => {
                assert!(
                    code.starts_with("parquet-") || code.ends_with("too-large") || code == "too-many-columns",
                    "{at} {code}"
                );
                failed += 1;
            }
            Ok((output, summary)) => {
                // Whatever the file says now, its names are not in what leaves of it.
                let (schema, found) = read(&output);
                if schema == rows[0].schema() && summary.rows == 40 {
                    assert_eq!(found[0].column(1).null_count(), 40, "{at}");
                }
                passed += 1;
            }
        }
    }
    assert!(failed > 80 && passed > 80, "{failed} {passed}");
}

#[test]
fn what_grows_beyond_measure_is_refused() {
    let zeros = RecordBatch::try_from_iter([("n", Arc::new(Int64Array::from(vec![0; 3 << 20])) as ArrayRef)])
        .unwrap();
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_compression(parquet::basic::Compression::ZSTD(parquet::basic::ZstdLevel::default()))
        .build();
    let input = file(&[zeros], properties);
    let code = |limits| {
        let options = Options { limits, ..Options::default() };
        run_with(RULES, &input, &options).map_err(|it| it.code).map(|it| it.1.rows)
    };
    assert_eq!(code(Limits::default()), Err("expands-too-much"));
    assert_eq!(code(Limits { ratio: 1_000_000, ..Limits::default() }), Ok(3 << 20));
    assert_eq!(
        code(Limits { ratio: 1_000_000, bytes: 10 << 20, ..Limits::default() }),
        Err("file-too-large")
    );
    assert_eq!(code(Limits { bytes: 100, ..Limits::default() }), Err("file-too-large"));
}

#[test]
fn a_long_text_that_stands_often_takes_its_room_once() {
    let long = "x".repeat(100_000);
    let texts = Arc::new(StringArray::from(vec![long.as_str(); 3000])) as ArrayRef;
    let input =
        file(&[RecordBatch::try_from_iter([("email", texts)]).unwrap()], WriterProperties::builder().build());
    assert!(input.len() < 200_000);
    let (output, summary) = run(RULES, &input).unwrap();
    assert_eq!(summary.pseudonyms, 3000);
    assert!(output.len() < 50_000);
    let (output, _) = run("transforms: [{redact: nowhere}]", &input).unwrap();
    assert!(output.len() < 200_000);
    let options = Options { limits: Limits { record: 50_000, ..Limits::default() }, ..Options::default() };
    let failure = run_with("transforms: [{redact: nowhere}]", &input, &options).unwrap_err();
    assert_eq!((failure.code, failure.place.record), ("record-too-long", Some(1)));
}

#[test]
fn groups_in_groups_end_somewhere() {
    let nested = |depth: usize| {
        let message = format!(
            "message m {{ {} required int32 n; {} }}",
            "required group g {".repeat(depth),
            "}".repeat(depth)
        );
        let schema = Arc::new(parse_message_type(&message).unwrap());
        let writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
        run("transforms: [{redact: nowhere}]", &writer.into_inner().unwrap())
            .map(|it| it.1.rows)
            .map_err(|it| it.code)
    };
    assert_eq!(nested(20), Ok(0));
    assert_eq!(nested(80), Err("parquet-too-large"));
    let wide: String = (0..10_001).map(|it| format!("required int32 n{it};")).collect();
    let schema = Arc::new(parse_message_type(&format!("message m {{ {wide} }}")).unwrap());
    let writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let failure = run(RULES, &writer.into_inner().unwrap()).unwrap_err();
    assert_eq!(failure.code, "too-many-columns");
}
