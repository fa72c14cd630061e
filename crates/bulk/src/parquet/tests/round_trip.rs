//! What leaves, and what does not.

use std::sync::Arc;

use arrow_array::builder::{
    Int64Builder, ListBuilder, MapBuilder, StringBuilder, StringDictionaryBuilder, StructBuilder,
};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Decimal256Array,
    FixedSizeBinaryArray, Float16Array, Float32Array, Float64Array, Int8Array, Int32Array, Int64Array,
    LargeStringArray, ListArray, MapArray, RecordBatch, StringArray, StringViewArray, StructArray,
    Time32MillisecondArray, Time64NanosecondArray, TimestampMicrosecondArray, TimestampMillisecondArray,
    UInt16Array, UInt64Array,
};
use arrow_buffer::i256;
use arrow_schema::{DataType, Field, Fields};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};

use super::{as_lines, file, read, run, run_with};
use crate::task::Options;

const PEOPLE: usize = 100;

fn email(person: usize) -> String {
    format!("person{person}@acme.example")
}

/// Every type, nulls in each that may have them.
fn everything() -> RecordBatch {
    let some = |it: &usize| it % 7 != 3;
    let rows = || 0..PEOPLE;
    let mut tags = ListBuilder::new(StringBuilder::new());
    let mut matrix = ListBuilder::new(ListBuilder::new(Int64Builder::new()));
    let mut cities = StringDictionaryBuilder::<Int32Type>::new();
    let mut map = MapBuilder::new(None, StringBuilder::new(), Int64Builder::new());
    let member = Fields::from(vec![
        Field::new("email", DataType::Utf8, true),
        Field::new("age", DataType::Int64, true),
    ]);
    let mut members = ListBuilder::new(StructBuilder::from_fields(member, 4));
    for row in rows() {
        for tag in 0..row % 4 {
            tags.values().append_option((tag != 1).then(|| format!("tag{tag}")));
        }
        tags.append(row % 9 != 0);
        for list in 0..row % 3 {
            for value in 0..list {
                matrix.values().values().append_value(i64::try_from(row * value).unwrap());
            }
            matrix.values().append(list != 1);
        }
        matrix.append(row % 5 != 0);
        cities.append_option(some(&row).then(|| ["Zürich", "Oslo", "Porto"][row % 3]));
        if row % 6 != 0 {
            for key in 0..row % 3 {
                map.keys().append_value(format!("key{key}"));
                map.values().append_option((key != 1).then(|| i64::try_from(row).unwrap()));
            }
        }
        map.append(row % 6 != 0).unwrap();
        for person in 0..row % 3 {
            let members = members.values();
            members
                .field_builder::<StringBuilder>(0)
                .unwrap()
                .append_option((person != 1).then(|| email(row)));
            members.field_builder::<Int64Builder>(1).unwrap().append_value(i64::try_from(row).unwrap());
            members.append(row % 11 != 1);
        }
        members.append(row % 8 != 0);
    }
    let strings = || StringArray::from_iter(rows().map(|row| some(&row).then(|| email(row))));
    let home = StructArray::try_from(vec![
        ("email", Arc::new(strings()) as ArrayRef),
        ("floor", Arc::new(Int32Array::from_iter_values(rows().map(|it| i32::try_from(it).unwrap())))),
        (
            "more",
            Arc::new(StructArray::from(vec![(
                Arc::new(Field::new("phone", DataType::Utf8, true)),
                Arc::new(strings()) as ArrayRef,
            )])),
        ),
    ])
    .unwrap();
    let number = |it: usize| i64::try_from(it).unwrap();
    let columns: Vec<(&str, ArrayRef, bool)> = vec![
        ("id", Arc::new(Int64Array::from_iter_values(rows().map(number))), false),
        ("email", Arc::new(strings()), true),
        (
            "name",
            Arc::new(LargeStringArray::from_iter(rows().map(|it| some(&it).then(|| format!("P {it}"))))),
            true,
        ),
        (
            "note",
            Arc::new(StringViewArray::from_iter_values(
                rows().map(|it| format!("a note of some length {it}")),
            )),
            false,
        ),
        ("city", Arc::new(cities.finish()), true),
        (
            "active",
            Arc::new(BooleanArray::from_iter(rows().map(|it| some(&it).then_some(it % 2 == 0)))),
            true,
        ),
        ("i8", Arc::new(Int8Array::from_iter(rows().map(|it| some(&it).then_some(-7)))), true),
        (
            "u16",
            Arc::new(UInt16Array::from_iter_values(rows().map(|it| 65_000 + u16::try_from(it).unwrap()))),
            false,
        ),
        ("u64", Arc::new(UInt64Array::from_iter_values(rows().map(|it| u64::MAX - it as u64))), false),
        ("f16", Arc::new(Float16Array::from_iter_values(rows().map(half))), false),
        ("f32", Arc::new(Float32Array::from_iter_values(rows().map(|it| it as f32 / 3.0))), false),
        (
            "f64",
            Arc::new(Float64Array::from_iter(rows().map(|it| some(&it).then_some(it as f64 / 3.0)))),
            true,
        ),
        (
            "salary",
            Arc::new(
                Decimal128Array::from_iter(rows().map(|it| some(&it).then_some(it as i128 * 1234)))
                    .with_precision_and_scale(20, 2)
                    .unwrap(),
            ),
            true,
        ),
        (
            "small",
            Arc::new(
                Decimal128Array::from_iter_values(rows().map(|it| it as i128))
                    .with_precision_and_scale(6, 2)
                    .unwrap(),
            ),
            false,
        ),
        (
            "wide",
            Arc::new(
                Decimal256Array::from_iter_values(rows().map(|it| i256::from_i128(it as i128)))
                    .with_precision_and_scale(60, 3)
                    .unwrap(),
            ),
            false,
        ),
        (
            "born",
            Arc::new(Date32Array::from_iter(rows().map(|it| some(&it).then_some(it as i32 * 99)))),
            true,
        ),
        ("begins", Arc::new(Time32MillisecondArray::from_iter_values(rows().map(|it| it as i32))), false),
        ("ends", Arc::new(Time64NanosecondArray::from_iter_values(rows().map(number))), false),
        (
            "seen",
            Arc::new(
                TimestampMicrosecondArray::from_iter(rows().map(|it| some(&it).then_some(number(it))))
                    .with_timezone("UTC"),
            ),
            true,
        ),
        ("local", Arc::new(TimestampMillisecondArray::from_iter_values(rows().map(number))), false),
        (
            "raw",
            Arc::new(BinaryArray::from_iter(rows().map(|it| some(&it).then(|| vec![255, it as u8])))),
            true,
        ),
        (
            "fixed",
            Arc::new(FixedSizeBinaryArray::try_from_iter(rows().map(|it| vec![it as u8; 5])).unwrap()),
            false,
        ),
        ("tags", Arc::new(tags.finish()), true),
        ("matrix", Arc::new(matrix.finish()), true),
        ("map", Arc::new(map.finish()), true),
        ("members", Arc::new(members.finish()), true),
        ("home", Arc::new(home), false),
    ];
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

fn half(it: usize) -> <arrow_array::types::Float16Type as arrow_array::ArrowPrimitiveType>::Native {
    <arrow_array::types::Float16Type as arrow_array::ArrowPrimitiveType>::Native::from_f32(it as f32)
}

fn encodings() -> Vec<WriterProperties> {
    let builder = WriterProperties::builder;
    vec![
        builder().build(),
        builder().set_dictionary_enabled(false).set_compression(Compression::SNAPPY).build(),
        builder()
            .set_writer_version(WriterVersion::PARQUET_2_0)
            .set_dictionary_enabled(false)
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_data_page_row_count_limit(10)
            .set_write_batch_size(5)
            .build(),
        builder()
            .set_writer_version(WriterVersion::PARQUET_2_0)
            .set_data_page_row_count_limit(7)
            .set_write_batch_size(7)
            .set_compression(Compression::LZ4_RAW)
            .build(),
        builder()
            .set_dictionary_enabled(false)
            .set_column_encoding("email".into(), Encoding::DELTA_LENGTH_BYTE_ARRAY)
            .set_column_encoding("id".into(), Encoding::DELTA_BINARY_PACKED)
            .set_column_encoding("f64".into(), Encoding::BYTE_STREAM_SPLIT)
            .set_column_encoding("name".into(), Encoding::DELTA_BYTE_ARRAY)
            .set_compression(Compression::GZIP(parquet::basic::GzipLevel::default()))
            .build(),
    ]
}

#[test]
fn what_no_rule_names_leaves_as_it_came() {
    for (case, properties) in encodings().into_iter().enumerate() {
        let input = file(&[everything(), everything().slice(20, 50)], properties);
        for threads in [1, 3] {
            let options = Options { threads, ..Options::default() };
            let (output, summary) = run_with("transforms: [{redact: $.nowhere}]", &input, &options).unwrap();
            let ((schema, rows), (expected_schema, expected)) = (read(&output), read(&input));
            assert_eq!(schema, expected_schema, "{case}");
            assert_eq!(rows, expected, "{case}");
            assert_eq!((summary.rows, summary.columns_touched, summary.pseudonyms), (150, 0, 0));
            let types = |bytes: &[u8]| {
                let bytes = bytes::Bytes::copy_from_slice(bytes);
                let reader = parquet::file::serialized_reader::SerializedFileReader::new(bytes).unwrap();
                let metadata = parquet::file::reader::FileReader::metadata(&reader).clone();
                let codec = metadata.row_group(0).column(0).compression();
                let columns = metadata.file_metadata().schema().get_fields().to_vec();
                (columns, codec, metadata.num_row_groups())
            };
            assert_eq!(types(&output), types(&input), "{case}");
        }
    }
}

const RULES: &str = "
transforms:
- pseudonymize: [$.email, $.id, $.city, \"$.members[*].email\", \"$.tags[*]\", $.note, $.salary, $.active, $.born]
- redact: [$.name, $.home.floor, $.home.more, $.raw, $.map, \"$.matrix[*][*]\", $.wide]
";

#[test]
fn columns_become_what_records_become() {
    for (case, properties) in encodings().into_iter().enumerate() {
        let everything = everything();
        let input = file(&[everything.slice(0, 60), everything.slice(60, 40)], properties);
        let (output, summary) = run(RULES, &input).unwrap();
        let (schema, rows) = read(&output);
        let (before, before_rows) = read(&input);
        let names = |schema: &arrow_schema::Schema| -> Vec<String> {
            schema.fields().iter().map(|it| it.name().clone()).collect()
        };
        assert_eq!(names(&schema), names(&before), "{case}");
        let rows = &rows[0];
        let column = |name: &str| rows.column_by_name(name).unwrap();
        // Pseudonyms are those of NDJSON.
        for row in 0..PEOPLE {
            let there = row % 7 != 3;
            for (name, value) in [
                ("email", there.then(|| format!("{:?}", email(row)))),
                ("id", Some(row.to_string())),
                ("city", there.then(|| format!("{:?}", ["Zürich", "Oslo", "Porto"][row % 3]))),
                ("note", Some(format!("{:?}", format!("a note of some length {row}")))),
                ("salary", there.then(|| format!("{}.{:02}", row * 1234 / 100, row * 1234 % 100))),
                ("active", there.then(|| (row % 2 == 0).to_string())),
            ] {
                let strings: &StringArray = column(name).as_string();
                let found = strings.is_valid(row).then(|| strings.value(row));
                let line = format!("{{\"{name}\":{}}}", value.as_deref().unwrap_or("null"));
                let expected = as_lines(RULES, &line);
                let expected = expected.trim_end().strip_prefix(&format!("{{\"{name}\":")).unwrap();
                let expected = expected.strip_suffix('}').unwrap();
                let found = found.map_or("null".to_owned(), |it| format!("{it:?}"));
                assert_eq!(found, expected, "{case} {name} {row}");
            }
        }
        // Redacted ones keep their type.
        for name in ["name", "raw", "map", "wide"] {
            assert_eq!(column(name).null_count(), PEOPLE, "{case} {name}");
            let (now, then) = (schema.field_with_name(name).unwrap(), before.field_with_name(name).unwrap());
            assert_eq!(now.data_type(), then.data_type());
            assert!(now.is_nullable());
        }
        let home = column("home").as_struct();
        assert_eq!(home.column_by_name("floor").unwrap().null_count(), PEOPLE);
        assert_eq!(home.column_by_name("more").unwrap().null_count(), PEOPLE);
        assert_eq!(home.column_by_name("email").unwrap().as_string::<i32>().value(0), email(0));
        let tags: &ListArray = column("tags").as_list();
        assert!(tags.values().as_string::<i32>().iter().flatten().all(|it| it.starts_with("t~")));
        assert_eq!(tags.null_count(), 12);
        let matrix: &ListArray = column("matrix").as_list();
        let inner: &ListArray = matrix.values().as_list();
        assert_eq!(inner.values().null_count(), inner.values().len());
        let members: &ListArray = column("members").as_list();
        let members = members.values().as_struct();
        let emails = members.column_by_name("email").unwrap().as_string::<i32>();
        assert!(emails.iter().flatten().all(|it| it.starts_with("t~") && it.ends_with("@acme.example")));
        let ages: &ListArray = before_rows[0].column_by_name("members").unwrap().as_list();
        assert_eq!(members.column_by_name("age"), ages.values().as_struct().column_by_name("age"), "{case}");
        // id, note: all; email, city: those there are; tags and members.
        let singles = 2 * PEOPLE + 2 * 86;
        let lists = tags.values().len() - tags.values().null_count() + emails.len() - emails.null_count();
        let others = 2 * 86; // dates, which are text, and salaries
        assert_eq!(summary.pseudonyms, (singles + lists + others) as u64, "{case}");
        assert_eq!(summary.columns_touched, 15, "{case}");
        let wrong = 86; // of truth nothing is made
        assert_eq!(summary.warnings.get("values-of-wrong-kind"), Some(&wrong), "{case}");
    }
}

#[test]
fn a_schema_drops_what_it_does_not_list() {
    let rules = "
transforms: [{pseudonymize: $.email}]
outputSchemaFilter:
  properties:
    email: {type: string}
    id: {type: string}
    u16: {type: integer}
    f64: {type: integer}
    born: {type: string}
    members: {type: array, items: {properties: {age: {type: integer}}}}
    home: {properties: {more: {properties: {nothing: {type: string}}}, floor: {type: integer}}}
    tags: {type: array, items: {type: integer}}
";
    let input = file(&[everything()], WriterProperties::builder().build());
    let (output, summary) = run(rules, &input).unwrap();
    let (schema, rows) = read(&output);
    let names: Vec<&str> = schema.fields().iter().map(|it| it.name().as_str()).collect();
    assert_eq!(names, ["id", "email", "u16", "f64", "born", "tags", "members", "home"]);
    let column = |name: &str| rows[0].column_by_name(name).unwrap();
    for (name, nulls) in [("id", PEOPLE), ("email", 14), ("u16", 0), ("f64", PEOPLE), ("born", 14)] {
        assert_eq!(column(name).null_count(), nulls, "{name}");
    }
    let home = column("home").as_struct();
    assert_eq!(home.column_names(), ["floor"]);
    let members: &ListArray = column("members").as_list();
    assert_eq!(members.values().as_struct().column_names(), ["age"]);
    let tags: &ListArray = column("tags").as_list();
    assert_eq!(tags.values().null_count(), tags.values().len());
    assert_eq!(summary.columns_touched, 27 - 2);
}

#[test]
fn maps_leave_whole_or_not_at_all() {
    let input = file(&[everything()], WriterProperties::builder().build());
    for (rules, expected) in [
        ("transforms: [{redact: $.map.other}]", Ok(())),
        ("transforms: [{redact: $.map}]", Ok(())),
        ("transforms: [{redact: $.map.key1}]", Err(("parquet-map", Some(3), Some(25)))),
        ("transforms: [{redact: $.map.*}]", Err(("parquet-map", Some(2), Some(25)))),
        ("transforms: [{redact: $..key0}]", Err(("parquet-map", Some(2), Some(25)))),
        (
            "transforms: [{redact: \"$.members[?(@.age)].email\"}]",
            Err(("parquet-rule-undecidable", None, Some(26))),
        ),
    ] {
        let found = run(rules, &input).map(drop).map_err(|it| (it.code, it.place.record, it.place.column));
        assert_eq!(found, expected, "{rules}");
    }
    let (output, _) = run("transforms: [{redact: $.map.other}]", &input).unwrap();
    let maps =
        |bytes: &[u8]| -> MapArray { read(bytes).1[0].column_by_name("map").unwrap().as_map().clone() };
    assert_eq!(maps(&output), maps(&input));
}

#[test]
fn nothing_that_stands_beside_the_values_is_copied() {
    let canary = "Canary.Person@acme.example";
    let field =
        Field::new("email", DataType::Utf8, true).with_metadata([("note".to_owned(), canary.to_owned())]);
    let kept = Field::new("kept", DataType::Int64, true).with_metadata([(canary.to_owned(), "x".to_owned())]);
    let schema = arrow_schema::Schema::new(vec![field, Field::new("gone", DataType::Utf8, true), kept])
        .with_metadata([("pandas".to_owned(), format!("{{\"index\":\"{canary}\"}}"))]);
    let strings = || Arc::new(StringArray::from(vec![Some(canary), None, Some("zoe@acme.example")]));
    let batch = RecordBatch::try_new(
        Arc::new(schema),
        vec![strings(), strings(), Arc::new(Int64Array::from(vec![1, 2, 3]))],
    )
    .unwrap();
    let properties = WriterProperties::builder()
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_bloom_filter_enabled(true)
        .set_key_value_metadata(Some(vec![parquet::file::metadata::KeyValue::new(
            canary.to_owned(),
            canary.to_owned(),
        )]))
        .set_created_by(canary.to_owned())
        .build();
    let input = file(&[batch], properties);
    let contains = |bytes: &[u8], word: &str| {
        let haystack = String::from_utf8_lossy(bytes).to_lowercase();
        haystack.contains(&word.to_lowercase())
    };
    assert!(contains(&input, "canary"));
    let rules = "transforms: [{pseudonymize: email}, {redact: gone}]";
    let (output, _) = run(rules, &input).unwrap();
    assert!(!contains(&output, "canary"));
    assert!(!contains(&output, "zoe"));
    // Base64, as Arrow puts its schema.
    assert!(!contains(&output, "ARROW:schema"));
    assert_eq!(read(&output).1[0].column(2).as_primitive::<Int64Type>().values(), &[1, 2, 3]);
}
