//! Types that only other writers use, and old ones.

use std::sync::Arc;

use bytes::Bytes;
use parquet::data_type::{
    ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int32Type, Int96, Int96Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::printer::print_schema;
use parquet::schema::types::Type;

use super::{lines_of, run};

const SCHEMA: &str = "
message schema {
  optional int96 old = 1;
  optional binary dec (DECIMAL(10,2));
  required fixed_len_byte_array(16) uuid (UUID);
  optional binary json (JSON);
  optional binary enum (ENUM);
  optional binary bare = 6;
  optional fixed_len_byte_array(12) span (INTERVAL);
  repeated int32 many;
  optional group two (LIST) { repeated int32 array; }
  optional group tuple (LIST) { repeated group tuple_tuple { optional binary email (UTF8); optional int32 n; } }
  optional group map (MAP) { repeated group key_value { optional binary key (UTF8); optional int96 when; } }
  required int32 t (TIME(MILLIS,false));
  required int64 local (TIMESTAMP(NANOS,false));
}
";

/// Two rows; the second is null where it can be.
fn odd() -> Vec<u8> {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    macro_rules! column {
        ($kind:ty, $values:expr, $definition:expr, $repetition:expr) => {
            let mut column = group.next_column().unwrap().unwrap();
            let definition: Option<Vec<i16>> = $definition;
            let repetition: Option<Vec<i16>> = $repetition;
            column
                .typed::<$kind>()
                .write_batch(&$values, definition.as_deref(), repetition.as_deref())
                .unwrap();
            column.close().unwrap();
        };
    }
    let bytes = |text: &str| ByteArray::from(text);
    let fixed = |bytes: Vec<u8>| FixedLenByteArray::from(bytes);
    // The year 9999, far beyond what nanoseconds can tell: 123 microseconds after midnight.
    let mut old = Int96::new();
    let day: u32 = 2_440_588 + 2_932_896;
    old.set_data(123_000, 0, day);
    column!(Int96Type, [old], Some(vec![1, 0]), None);
    column!(ByteArrayType, [ByteArray::from(vec![0x04, 0xd2])], Some(vec![1, 0]), None);
    column!(FixedLenByteArrayType, [fixed((0..16).collect()), fixed(vec![7; 16])], None, None);
    column!(ByteArrayType, [bytes("{\"a\":1}")], Some(vec![1, 0]), None);
    column!(ByteArrayType, [bytes("RED")], Some(vec![1, 0]), None);
    column!(ByteArrayType, [bytes("ada@acme.example"), ByteArray::from(vec![0xff])], Some(vec![1, 1]), None);
    column!(FixedLenByteArrayType, [fixed(vec![1; 12])], Some(vec![1, 0]), None);
    column!(Int32Type, [1, 2], Some(vec![1, 1, 0]), Some(vec![0, 1, 0]));
    column!(Int32Type, [3, 4], Some(vec![2, 2, 0]), Some(vec![0, 1, 0]));
    column!(ByteArrayType, [bytes("zoe@acme.example")], Some(vec![3, 2, 0]), Some(vec![0, 1, 0]));
    column!(Int32Type, [8, 9], Some(vec![3, 3, 0]), Some(vec![0, 1, 0]));
    column!(ByteArrayType, [bytes("k")], Some(vec![3, 0]), Some(vec![0, 0]));
    column!(Int96Type, [old], Some(vec![3, 0]), Some(vec![0, 0]));
    column!(Int32Type, [1, 2], None, None);
    column!(parquet::data_type::Int64Type, [5, 6], None, None);
    group.close().unwrap();
    writer.into_inner().unwrap()
}

fn schema(bytes: &[u8]) -> String {
    let reader = SerializedFileReader::new(Bytes::copy_from_slice(bytes)).unwrap();
    let mut text = Vec::new();
    let schema: &Type = reader.metadata().file_metadata().schema();
    print_schema(&mut text, schema);
    String::from_utf8(text).unwrap()
}

#[test]
fn odd_types_are_told_as_json() {
    let expected = [
        "{\"old\":\"9999-12-31T00:00:00.000123Z\",\"dec\":12.34,\"uuid\":\"00010203-0405-0607-0809-0a0b0c0d0e0f\",\
         \"json\":\"{\\\"a\\\":1}\",\"enum\":\"RED\",\"bare\":\"ada@acme.example\",\"span\":null,\"many\":[1,2],\"two\":[3,4],\
         \"tuple\":[{\"email\":\"zoe@acme.example\",\"n\":8},{\"email\":null,\"n\":9}],\
         \"map\":{\"k\":\"9999-12-31T00:00:00.000123Z\"},\"t\":\"00:00:00.001\",\"local\":\"1970-01-01T00:00:00.000000005\"}",
        "{\"old\":null,\"dec\":null,\"uuid\":\"07070707-0707-0707-0707-070707070707\",\"json\":null,\"enum\":null,\
         \"bare\":null,\"span\":null,\"many\":[],\"two\":null,\"tuple\":null,\"map\":null,\"t\":\"00:00:00.002\",\
         \"local\":\"1970-01-01T00:00:00.000000006\"}",
    ];
    assert_eq!(lines_of(&odd()).lines().collect::<Vec<_>>(), expected);
}

#[test]
fn odd_types_stay_what_they_are_where_they_can() {
    let input = odd();
    let (output, summary) = run("transforms: [{redact: $.nowhere}]", &input).unwrap();
    assert_eq!(lines_of(&output), lines_of(&input));
    assert_eq!(summary.columns_touched, 0);
    let expected = schema(&input)
        .replace("OPTIONAL INT96 old [1];", "OPTIONAL INT64 old [1] (TIMESTAMP(MICROS,true));")
        .replace("OPTIONAL INT96 when;", "OPTIONAL INT64 when (TIMESTAMP(MICROS,true));")
        .replace("OPTIONAL BYTE_ARRAY key (UTF8)", "REQUIRED BYTE_ARRAY key (UTF8)");
    assert_eq!(schema(&output), expected);

    let rules = "
transforms:
- pseudonymize: [$.bare, \"$.tuple[*].email\", \"$.many[*]\", $.uuid, $.span]
- redact: [$.two, $.t, \"$.tuple[*].n\"]
";
    let (output, summary) = run(rules, &input).unwrap();
    let (text, lines) = (schema(&output), lines_of(&output));
    for expected in [
        "  OPTIONAL BYTE_ARRAY bare [6] (STRING);",
        "  OPTIONAL BYTE_ARRAY span (STRING);",
        "  REQUIRED group many (LIST) {\n    REPEATED group list {\n      OPTIONAL BYTE_ARRAY many (STRING);",
        "  OPTIONAL group two (LIST) {\n    REPEATED INT32 array;",
        "      REQUIRED group tuple_tuple {\n        OPTIONAL BYTE_ARRAY email (STRING);\n        OPTIONAL INT32 n;",
        "  OPTIONAL INT32 t (TIME(MILLIS,false));",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    for expected in [
        "\"bare\":\"t~",
        "@acme.example\",\"span\":null,\"many\":[\"t~",
        "\"two\":null",
        "\"n\":null}",
        "\"uuid\":\"t~",
    ] {
        assert!(lines.lines().next().unwrap().contains(expected), "{expected}\n{lines}");
    }
    // What is no text becomes no pseudonym: the bytes of the second row, and the interval.
    assert_eq!(summary.warnings.get("values-of-wrong-kind"), Some(&2));
    assert_eq!(summary.pseudonyms, 1 + 1 + 2 + 2);
}
