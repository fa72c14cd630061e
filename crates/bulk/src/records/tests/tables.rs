//! CSV in and out, and from one format into another.

use super::*;

fn to(format: Format) -> Options {
    Options { format: Some(format), ..Options::default() }
}

#[test]
fn rows_are_records_of_texts() {
    let cases = [
        ("id,email,note\n1,ada@acme.example,x\n", format!("id,email,note\n1,{ADA},\n")),
        (
            "\u{feff}id , email,note\r\n1,  ada@acme.example ,x\r\n\r\n  \r\n",
            format!("id,email,note\n1,{ADA},\n"),
        ),
        ("id,email,note\r1,,\r2, ,y\r", "id,email,note\n1,,\n2,,\n".to_owned()),
        (
            "id,email,note\n\"a \"\"b\"\"\nc\",ada@acme.example,\"x,\n\"\n",
            format!("id,email,note\n\"a \"\"b\"\"\nc\",{ADA},\n"),
        ),
        // A quote behind a blank is a character.
        ("id,note\n1, \"2\"\n", "id,note\n1,\n".to_owned()),
        ("id,x\n1, \"2\"\n", "id,x\n1,\"\"\"2\"\"\"\n".to_owned()),
        // The last of several columns of one name counts.
        ("id,email,id\n1,ada@acme.example,2\n", format!("id,email\n2,{ADA}\n")),
        ("id,email,ID\n1,ada@acme.example,2\n", format!("id,email\n2,{ADA}\n")),
        // No spelling of a name keeps a column from its rule.
        ("id,EMail,NOTE\n1,ada@acme.example,x\n", format!("id,email,note\n1,{ADA},\n")),
        ("id,\u{a0}email\u{200b},note\n1,ada@acme.example,\n", format!("id,email,note\n1,{ADA},\n")),
        ("id,b\\c\n1,d\\e\u{7f}\t!\n", "id,b\\c\n1,d\\e\u{7f}\t!\n".to_owned()),
        ("id\n", String::new()),
        ("", String::new()),
    ];
    for (input, expected) in cases {
        for threads in [1, 2] {
            let options = Options { threads, ..Options::default() };
            assert_eq!(shown(RULES, "a.csv", input.as_bytes(), &options), Ok(expected.clone()), "{input:?}");
        }
    }
    let outcome = run_with(RULES, "a.csv", b"id,email,id\n1,,2\n", &Options::default()).unwrap();
    assert_eq!(outcome.summary.warnings["duplicate-column"], 1);
}

#[test]
fn bad_rows_and_headers_are_refused_with_their_place() {
    let cases = [
        ("id,email\n1,2\n\n3\n", "too-few-values", Some(4), Some(2)),
        ("id,email\n1,2,3\n", "too-many-values", Some(2), Some(1)),
        ("id,email\n\"1\"x,2\n", "text-after-quote", Some(2), Some(1)),
        ("id,email\n1,\"2\n3,4\n", "quote-not-closed", Some(2), None),
        ("id,,email\n1,2,3\n", "unnamed-column", None, None),
        ("id,\u{a0},email\n1,2,3\n", "unnamed-column", None, None),
        ("[{\"id\":1}]", "not-csv", None, None),
        ("PK\u{3}\u{4}", "not-text", None, None),
    ];
    for (input, code, line, record) in cases {
        let failure = run_with(RULES, "a.csv", input.as_bytes(), &Options::default()).unwrap_err();
        assert_eq!(
            (failure.code, failure.place.line, failure.place.record),
            (code, line, record),
            "{failure}"
        );
    }
    let outcome = run_with(RULES, "a.csv", b"id,note\n1,2\n3\n4,5,6\n7,8\n", &quarantine()).unwrap();
    assert_eq!(outcome.out, "id,note\n1,\n7,\n");
    assert_eq!(
        outcome.aside,
        "{\"line\":3,\"record\":2,\"column\":2,\"code\":\"too-few-values\",\"row\":\"3\"}\n\
         {\"line\":4,\"record\":3,\"column\":3,\"code\":\"too-many-values\",\"row\":\"4,5,6\"}\n"
    );
}

#[test]
fn records_become_another_format_where_that_is_wished_for() {
    let lines = "{\"id\":1,\"email\":\"ada@acme.example\",\"note\":2}\n{\"more\":[1,{\"x\":\"y\"}],\"id\":\"=a,b\"}\n";
    let array = format!("[{}]", lines.trim_end().replace("}\n", "},"));
    let sanitized = [
        format!("{{\"id\":1,\"email\":\"{ADA}\",\"note\":null}}"),
        "{\"more\":[1,{\"x\":\"y\"}],\"id\":\"=a,b\"}".to_owned(),
    ];
    for (path, input) in [("a.ndjson", lines), ("a.json", &array)] {
        let shown = |format| shown(RULES, path, input.as_bytes(), &to(format)).unwrap();
        assert_eq!(shown(Format::Ndjson), sanitized.join("\n") + "\n");
        assert_eq!(shown(Format::JsonArray), format!("[{}]", sanitized.join(",")));
        assert_eq!(shown(Format::Csv), format!("id,email,note\n1,{ADA},\n\"=a,b\",,\n"));
        let outcome = run_with(RULES, path, input.as_bytes(), &to(Format::Csv)).unwrap();
        assert_eq!(outcome.summary.warnings["members-without-column"], 1);
        let escaped = Options { escape_formulas: true, ..to(Format::Csv) };
        let escaped = run_with(RULES, path, input.as_bytes(), &escaped).unwrap();
        assert!(escaped.out.ends_with("\"'=a,b\",,\n"), "{}", escaped.out);
    }
    let csv = b"id,note\n\"a\"\"\t\\\",x\n";
    let shown = |format| shown(RULES, "a.csv", csv, &to(format)).unwrap();
    assert_eq!(shown(Format::Ndjson), "{\"id\":\"a\\\"\\t\\\\\",\"note\":null}\n");
    assert_eq!(shown(Format::JsonArray), "[{\"id\":\"a\\\"\\t\\\\\",\"note\":null}]");
    assert_eq!(shown(Format::Csv), "id,note\n\"a\"\"\t\\\",\n");
}

#[test]
fn columnar_rules_write_csv_only() {
    let options = to(Format::Ndjson);
    let failure = run_with("columnsToRedact: [b]\n", "a.csv", b"a,b\n1,2\n", &options).unwrap_err();
    assert_eq!(failure.code, "format-of-columnar-rules");
    let same =
        run_with("columnsToRedact: [b]\n", "a.csv", b"\xef\xbb\xbfa,b\n1,2\n", &to(Format::Csv)).unwrap();
    assert_eq!(same.out, "a\n1\n");
}

#[test]
#[cfg(feature = "parquet")]
fn records_become_parquet_and_parquet_becomes_records() {
    let lines = b"{\"id\":1,\"email\":\"ada@acme.example\",\"note\":\"x\",\"tags\":[\"a\"]}\n{\"id\":2,\"email\":null}\n";
    for threads in [1, 2] {
        let options = Options { threads, ..to(Format::Parquet) };
        let (mut stored, mut aside) = (Vec::new(), Vec::new());
        let summary = attempt(RULES, "a.ndjson", &mut &lines[..], &mut stored, &mut aside, &options).unwrap();
        assert_eq!((summary.rows, summary.pseudonyms, summary.bytes_out), (2, 1, stored.len() as u64));
        assert!(stored.starts_with(b"PAR1"));

        let keep = "format: PARQUET\ntransforms:\n- redact: $.id\n";
        let back = Options { threads, ..to(Format::Ndjson) };
        let outcome = run_with(keep, "a.parquet", &stored, &back).unwrap();
        let first = outcome.out.lines().next().unwrap();
        let first: serde_json::Value = serde_json::from_str(first).unwrap();
        assert_eq!((&first["id"], &first["email"]), (&serde_json::Value::Null, &ADA.into()));
        assert_eq!((outcome.summary.rows, outcome.summary.changed), (2, 2));

        let mut again = Vec::new();
        let same = Options { threads, ..Options::default() };
        let summary = attempt(keep, "a.parquet", &mut &stored[..], &mut again, &mut aside, &same).unwrap();
        assert_eq!((summary.rows, summary.bytes_out), (2, again.len() as u64));
        assert_eq!(run_with(keep, "a.parquet", &again, &back).unwrap().out, outcome.out);
    }
    assert_eq!(
        run_with("format: PARQUET\n", "a", b"PAR1xxxx", &Options::default()).unwrap_err().code,
        "parquet-unreadable"
    );
    assert_eq!(
        run_with("format: PARQUET\n", "a", b"{}", &Options::default()).unwrap_err().code,
        "not-parquet"
    );
}

#[test]
#[cfg(not(feature = "parquet"))]
fn parquet_is_refused_by_name_where_it_is_not_built() {
    for (rules, options) in [("format: PARQUET\n", Options::default()), (RULES, to(Format::Parquet))] {
        assert_eq!(run_with(rules, "a.ndjson", b"{}", &options).unwrap_err().code, "parquet-not-built");
    }
}
