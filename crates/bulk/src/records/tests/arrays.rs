//! JSON arrays.

use super::*;

#[test]
fn arrays_are_read_however_they_are_laid_out() {
    let expected = format!("[{{\"id\":1,\"email\":\"{ADA}\"}},{{\"id\":2,\"note\":null}}]");
    let inputs = [
        r#"[{"id":1,"email":"ada@acme.example"},{"id":2,"note":"x"}]"#,
        "[{\"id\":1,\"email\":\"ada@acme.example\"},{\"id\":2,\"note\":\"x\"}]\n",
        "\u{feff} \n[\n  {\n    \"id\": 1,\n    \"email\": \"ada@acme.example\"\n  },\n  {\n    \"id\": 2,\n    \"note\": \"x\"\n  }\n]\n\n",
        "[{\"id\":1,\"email\":\"ada@acme.example\"}\n,\r\n\t{\"id\":2,\"note\":[\"]},{\",{\"\\\"\":1}]} ]",
        "[\n{\"id\":1,\"email\":\"ada@acme.example\"},\n{\"id\":2,\"note\":\"\\\\\"}\n]",
    ];
    for input in inputs {
        for bad_rows in [BadRows::Fail, BadRows::Quarantine] {
            let options = Options { bad_rows, threads: 2, ..Options::default() };
            let outcome = run_with(RULES, "a.json", input.as_bytes(), &options).unwrap();
            assert_eq!(outcome.out, expected, "{input}");
            assert_eq!(
                (outcome.summary.rows, outcome.summary.pseudonyms, outcome.summary.changed),
                (2, 1, 1)
            );
            let lines = Options { format: Some(Format::Ndjson), ..options };
            let out = shown(RULES, "a.json", input.as_bytes(), &lines).unwrap();
            assert_eq!(out, expected[1..expected.len() - 1].replace("},", "}\n") + "\n");
        }
    }
    for empty in ["[]", " [ \n ] ", "\u{feff}[]\n"] {
        assert_eq!(shown(RULES, "a.json", empty.as_bytes(), &Options::default()).unwrap(), "[]");
    }
}

#[test]
fn what_is_no_array_fails_under_either_policy() {
    let cases = [
        ("", "not-json-array", None),
        ("{}", "not-json-array", None),
        ("[", "array-not-closed", None),
        ("[{\"a\":1}", "array-not-closed", None),
        ("[{\"a\":1},", "array-not-closed", None),
        ("[{\"a\":1},\n{\"a\":\"ada", "array-not-closed", None),
        ("[{\"a\":1},\n{\"a\":1", "array-not-closed", None),
        ("[{\"a\":[}", "array-not-closed", None),
        ("[,]", "array-syntax", Some(1)),
        ("[{}\n,]", "array-syntax", Some(2)),
        ("[{}\n,\n,{}]", "array-syntax", Some(3)),
        ("[{}\n{}]", "array-syntax", Some(2)),
        ("[{}}]", "array-syntax", Some(1)),
        ("[{}]\n\n]", "text-after-array", Some(3)),
        ("[{}][]", "text-after-array", Some(1)),
        ("[{}]\n{}", "text-after-array", Some(2)),
        ("[]\0", "text-after-array", Some(1)),
    ];
    for (input, code, line) in cases {
        for bad_rows in [BadRows::Fail, BadRows::Quarantine] {
            let options = Options { bad_rows, ..Options::default() };
            let failure = run_with(RULES, "a.json", input.as_bytes(), &options).unwrap_err();
            assert_eq!((failure.code, failure.place.line), (code, line), "{input}: {failure}");
            assert!(!failure.to_string().contains("ada"));
        }
    }
}

#[test]
fn elements_that_are_no_records_fail_the_file_or_are_set_aside() {
    let cases: [(&[u8], &str); 8] = [
        (b"1", "record-not-object"),
        (b"\"a,b\"", "record-not-object"),
        (b"null", "record-not-object"),
        (b"[{\"a\":1}]", "record-not-object"),
        (b"{\"a\":\"\xff\"}", "json-utf8"),
        (b"{\"a\":tru}", "json-syntax"),
        (b"{\"a\":\"\\ud800\"}", "json-lone-surrogate"),
        (b"{\"a\":1,}", "json-syntax"),
    ];
    for (element, code) in cases {
        let input = [b"[{\"id\":1},\n{\n\"id\":2},\n ", element, b"\n,{\"note\":3}]"].concat();
        let failure = run_with(RULES, "a.json", &input, &Options::default()).unwrap_err();
        assert_eq!(failure.code, code, "{failure}");
        assert_eq!((failure.place.line, failure.place.record), (Some(4), Some(3)), "{failure}");

        let outcome = run_with(RULES, "a.json", &input, &quarantine()).unwrap();
        assert_eq!(outcome.out, "[{\"id\":1},{\"id\":2},{\"note\":null}]");
        let aside: serde_json::Value = serde_json::from_str(&outcome.aside).unwrap();
        let row = String::from_utf8_lossy(element);
        assert_eq!(
            aside,
            serde_json::json!({"line": 4, "record": 3, "column": null, "code": code, "row": row})
        );
    }
}

#[test]
fn an_element_is_as_long_as_may_be_and_no_longer() {
    let element = |length: usize| format!("{{\"id\":\"{}\"}}", "x".repeat(length - 9));
    for limit in [20, 1000, 600_000] {
        for (before, after) in [("[", "]"), ("[\n{},\n", ",{}]"), ("[ {}\n,\n{\n}\n,\n", "\n]\n")] {
            let sound = format!("{before}{}{after}", element(limit));
            assert!(run_with(RULES, "a.json", sound.as_bytes(), &limited(limit)).is_ok());
            for length in [limit + 1, 3 * limit] {
                let longer = format!("{before}{}{after}", element(length));
                let failure = run_with(RULES, "a.json", longer.as_bytes(), &limited(limit)).unwrap_err();
                let (line, record) =
                    (before.matches('\n').count() as u64 + 1, before.matches('{').count() as u64 + 1);
                assert_eq!(failure.code, "record-too-long");
                assert_eq!(
                    (failure.place.line, failure.place.record),
                    (Some(line), Some(record)),
                    "{failure}"
                );
                let options = Options { bad_rows: BadRows::Quarantine, ..limited(limit) };
                let outcome = run_with(RULES, "a.json", longer.as_bytes(), &options).unwrap();
                let others = before.matches('{').count() + after.matches('{').count();
                assert_eq!(outcome.out, format!("[{}]", vec!["{}"; others].join(",")));
                let aside: serde_json::Value = serde_json::from_str(&outcome.aside).unwrap();
                assert_eq!((&aside["line"], &aside["record"]), (&line.into(), &record.into()));
            }
        }
    }
}
