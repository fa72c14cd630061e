//! One person has one hash, whichever way the person comes: in an answer of an API, a cell, a record, a column.

use std::collections::BTreeSet;

use serde_json::Value;
use vizard_bulk::task::{Options, Origin};
use vizard_tests::examples::Source;

use super::cases::hash;
use super::examples::connectors;
use super::{loaded, made};

const ADDRESS: &str = "mirela.okonjo-strand@lumen-orchard.example";
const ID: &str = "LO-10441";

/// The first 43 characters of what is in `text` behind each `mark`.
fn hashes(text: &str, mark: &str) -> BTreeSet<String> {
    text.split(mark).skip(1).filter_map(|it| it.get(..43)).map(str::to_owned).collect()
}

#[test]
fn one_person_is_one_hash_in_answers_cells_records_and_columns() {
    // The answer of the API.
    let zoom = Source::load("zoom");
    let users = zoom.examples.iter().find(|it| it.original == "users.json").unwrap();
    let answer = zoom.sanitize(users, zoom.original(users).as_bytes()).into_body();
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    let user = &answer["users"][0];
    let address = user["email"].as_str().unwrap().strip_prefix("t~").unwrap();
    let (address, domain) = address.split_once('@').unwrap();
    let id = user["employee_unique_id"].as_str().unwrap().strip_prefix("t~").unwrap();
    assert_eq!((address, id, domain), (&*hash(ADDRESS), &*hash(ID), "lumen-orchard.example"));

    // Cells of every connector that knows the address or the id.
    let mut joined = Vec::new();
    for connector in connectors() {
        for file in connector.files() {
            let found = hashes(&connector.sanitized(file), "\"\"hash\"\":\"\"");
            for (what, hash) in [("address", address), ("id", id)] {
                joined.extend(found.contains(hash).then(|| format!("{} {file} {what}", connector.name)));
            }
        }
    }
    let expected = [
        "badge swipes.csv id",
        "badge swipes-awkward.csv id",
        "hris people.csv address",
        "hris people.csv id",
        "hris people-awkward.csv id",
        "survey answers.csv id",
        "zoom-ai-metrics ai-metrics.csv address",
        "zoom-ai-metrics ai-metrics-awkward.csv address",
    ];
    assert_eq!(joined, expected);

    // Cells in the other forms.
    for (format, cell) in [
        ("URL_SAFE_TOKEN", format!("t~{address}@lumen-orchard.example")),
        ("URL_SAFE_HASH_ONLY", address.to_owned()),
    ] {
        let rules = format!("pseudonymFormat: {format}\ncolumnsToPseudonymize: [EMAIL]\n");
        let output = of(&rules, "a.csv", format!("EMAIL\n{ADDRESS}\n").as_bytes());
        assert_eq!(output, format!("EMAIL\n{cell}\n").as_bytes());
    }

    // Records, one a line and in a list.
    let record = format!(r#"{{"who":{{"id":"{ID}","mail":"  Mirela <{ADDRESS}> "}}}}"#);
    let sanitized = format!(r#"{{"who":{{"id":"t~{id}","mail":"t~{address}@{domain}"}}}}"#);
    let rules =
        |format| format!("format: {format}\ntransforms:\n  - pseudonymize: [\"$.who.id\", \"$.who.mail\"]\n");
    assert_eq!(of(&rules("NDJSON"), "a.ndjson", record.as_bytes()), format!("{sanitized}\n").as_bytes());
    let list = of(&rules("JSON_ARRAY"), "a.json", format!("[{record}]").as_bytes());
    assert_eq!(list, format!("[{sanitized}]").as_bytes());

    // A nested column of Parquet.
    let rules = "format: PARQUET\ntransforms:\n  - pseudonymize: [$.who.id, $.who.mail]\n";
    let output = parquet::values(&of(rules, "a.parquet", &parquet::file(ID, ADDRESS)));
    assert_eq!(output, [format!("t~{id}"), format!("t~{address}@{domain}"), "a pear".to_owned()]);

    // Records of CSV.
    let rules = "format: CSV\ntransforms:\n  - pseudonymize: $.mail\n";
    let output = of(rules, "a.csv", format!("mail\n{ADDRESS}\n").as_bytes());
    assert_eq!(output, format!("mail\nt~{address}@{domain}\n").as_bytes());
}

/// Files of one row, by way of the library that everybody has them from.
mod parquet {
    use std::sync::Arc;

    use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, StructArray};
    use arrow_schema::{DataType, Field};
    use parquet::arrow::ArrowWriter;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    /// `who`, which is a struct of `id` and `mail`, and `note`.
    pub(super) fn file(id: &str, mail: &str) -> Vec<u8> {
        let text = |text: &str| Arc::new(StringArray::from(vec![text])) as ArrayRef;
        let field = |name: &str| Arc::new(Field::new(name, DataType::Utf8, false));
        let who = StructArray::from(vec![(field("id"), text(id)), (field("mail"), text(mail))]);
        let columns: [(&str, ArrayRef); 2] = [("who", Arc::new(who)), ("note", text("a pear"))];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let mut file = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        file
    }

    /// `who.id`, `who.mail` and `note` of the row.
    pub(super) fn values(file: &[u8]) -> [String; 3] {
        let file = bytes::Bytes::copy_from_slice(file);
        let mut reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
        let batch = reader.next().unwrap().unwrap();
        assert_eq!(batch.num_rows(), 1);
        let text = |array: &dyn Array| {
            let array = array.as_any().downcast_ref::<StringArray>().expect("text stays text");
            array.value(0).to_owned()
        };
        let who = batch.column_by_name("who").unwrap().as_any().downcast_ref::<StructArray>().unwrap();
        let of_who = |name| text(who.column_by_name(name).unwrap());
        [of_who("id"), of_who("mail"), text(batch.column_by_name("note").unwrap())]
    }
}

fn of(rules: &str, path: &str, input: &[u8]) -> Vec<u8> {
    let rules = loaded("rules", rules);
    let origin = Origin { path, content_type: None };
    made(rules.for_path(path).unwrap(), origin, input, &Options::default()).unwrap().output
}
