use std::io::Write;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_schema::DataType;

use super::super::tests::{lines_of, read};
use super::Assembly;
use crate::failure::Failure;
use crate::task::{Limits, Options};

fn assemble(parts: &[&str], options: &Options) -> Result<Vec<u8>, Failure> {
    let mut assembly = Assembly::new(options)?;
    for part in parts {
        assembly.write_all(part.as_bytes()).map_err(|error| Failure::output(&error))?;
    }
    let mut output = Vec::new();
    assembly.finish(&mut output)?;
    Ok(output)
}

#[test]
fn columns_are_learned_from_all_records() {
    let parts = [
        "{\"id\":1,\"r\":1,\"mixed\":1,\"never\":null}\n{\"id\":2,\"r\":0.5,\"mixed\":\"x\",\"late\":true}\n{\"id\":90071",
        "99254740993,\"big\":18446744073709551616,\"list\":[[1],[],null],\"mixed\":{\"a\":[1.50]}}\n",
        "{\"id\":null,\"list\":[],\"o\":{\"p\":{\"q\":\"z\"},\"e\":{}},\"wide\":9007199254740993}\n\n",
        "{\"o\":null,\"wide\":0.5,\"r\":-1e2}",
    ];
    let output = assemble(&parts, &Options::default()).unwrap();
    let (schema, rows) = read(&output);
    let rows = &rows[0];
    let list = |inner| DataType::List(std::sync::Arc::new(arrow_schema::Field::new("element", inner, true)));
    let kinds: Vec<(&str, DataType)> =
        schema.fields().iter().map(|it| (it.name().as_str(), it.data_type().clone())).collect();
    assert_eq!(
        kinds[..8],
        [
            ("id", DataType::Int64),
            ("r", DataType::Float64),
            ("mixed", DataType::Utf8),
            ("never", DataType::Utf8),
            ("late", DataType::Boolean),
            ("big", DataType::Utf8),
            ("list", list(list(DataType::Int64))),
            kinds[7].clone(),
        ]
    );
    assert_eq!((kinds[7].0, &kinds[8]), ("o", &("wide", DataType::Utf8)));
    let column = |name: &str| rows.column_by_name(name).unwrap();
    assert_eq!(column("id").as_primitive::<Int64Type>().value(2), 9_007_199_254_740_993);
    assert_eq!(column("r").as_primitive::<Float64Type>().value(4), -100.0);
    let texts = |name: &str| -> Vec<Option<String>> {
        column(name).as_string::<i32>().iter().map(|it| it.map(str::to_owned)).collect()
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(texts("mixed"), [some("1"), some("x"), some("{\"a\":[1.50]}"), None, None]);
    assert_eq!(texts("big")[2], some("18446744073709551616"));
    assert_eq!(texts("wide"), [None, None, None, some("9007199254740993"), some("0.5")]);
    assert_eq!(column("o").as_struct().column_by_name("e").unwrap().as_string::<i32>().value(3), "{}");
    // And back.
    let lines = lines_of(&output);
    assert!(
        lines.starts_with("{\"id\":1,\"r\":1.0,\"mixed\":\"1\",\"never\":null,\"late\":null,"),
        "{lines}"
    );
    assert_eq!(lines.lines().count(), 5);
    assert!(lines.contains("\"list\":[[1],[],null],\"o\":null"), "{lines}");
}

#[test]
fn what_makes_no_file_is_refused() {
    let few = Options { limits: Limits { columns: 3, ..Limits::default() }, ..Options::default() };
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
    for (lines, expected, record) in [
        ("", "parquet-needs-records", None),
        ("\n\n", "parquet-needs-records", None),
        ("{}\n{}\n", "parquet-nothing-left", None),
        ("{\"a\":1}\n{\"a\":{\"b\":1,\"c\":2}}\n{\"d\":{\"b\":1,\"c\":2}}\n", "too-many-columns", Some(3)),
        (&format!("{{}}\n{deep}"), "parquet-record", Some(2)),
    ] {
        let failure = assemble(&[lines], &few).unwrap_err();
        assert_eq!((failure.code, failure.place.record), (expected, record), "{lines}");
    }
}

#[test]
fn what_is_deep_is_text() {
    let deep = format!("{{\"a\":{}1{}}}\n", "[".repeat(40), "]".repeat(40));
    let output = assemble(&[&deep], &Options::default()).unwrap();
    assert!(lines_of(&output).contains("[\"[[[["));
}

#[test]
fn many_records_are_many_batches() {
    let lines: String = (0..20_000).map(|it| format!("{{\"id\":{it},\"name\":\"n{}\"}}\n", it % 7)).collect();
    let output = assemble(&[&lines[..77], &lines[77..]], &Options::default()).unwrap();
    let rows = &read(&output).1[0];
    assert_eq!(rows.num_rows(), 20_000);
    assert_eq!(rows.column(0).as_primitive::<Int64Type>().value(19_999), 19_999);
    assert_eq!(rows.column(1).null_count(), 0);
    assert_eq!(lines_of(&output), lines);
}
