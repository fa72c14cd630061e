//! NDJSON.

use super::*;

#[test]
fn lines_end_as_they_end_and_blank_ones_are_none() {
    let inputs: [&[u8]; 10] = [
        b"{\"id\":1,\"email\":\"ada@acme.example\"}\n{\"id\":2,\"note\":\"x\"}\n",
        b"{\"id\":1,\"email\":\"ada@acme.example\"}\r\n{\"id\":2,\"note\":\"x\"}\r\n",
        b"{\"id\":1,\"email\":\"ada@acme.example\"}\r{\"id\":2,\"note\":\"x\"}\r",
        b"{\"id\":1,\"email\":\"ada@acme.example\"}\n{\"id\":2,\"note\":\"x\"}",
        b"{\"id\":1,\"email\":\"ada@acme.example\"}\r{\"id\":2,\"note\":\"x\"}",
        b"\xef\xbb\xbf{\"id\":1,\"email\":\"ada@acme.example\"}\n{\"id\":2,\"note\":\"x\"}\n",
        b"\n\r\n  \t\n{\"id\":1,\"email\":\"ada@acme.example\"}\n\n\r\r\n{\"id\":2,\"note\":\"x\"}\n \n\n  ",
        b"  { \"id\" : 1 , \"email\":\t\"ada@acme.example\" }  \n{\"id\":2,\"note\":\"x\"}\n",
        b"{\"id\":1,\"email\":\"ada@acme.example\"}\n{\"id\":2,\"note\":{\"deep\":[1,2]}}\n",
        b"{\"id\":1,\"email\":\"ADA@Acme.Example\"}\n{\"id\":2,\"note\":false}\n",
    ];
    for input in inputs {
        for options in [Options::default(), quarantine(), Options { threads: 3, ..Options::default() }] {
            let outcome = run_with(RULES, "a.ndjson", input, &options).unwrap();
            let expected = format!("{{\"id\":1,\"email\":\"{ADA}\"}}\n{{\"id\":2,\"note\":null}}\n");
            let expected = match input.ends_with(b"false}\n") {
                true => expected.replace("acme.example", "Acme.Example"),
                false => expected,
            };
            assert_eq!(outcome.out, expected, "{}", input.escape_ascii());
            let counts = (outcome.summary.rows, outcome.summary.pseudonyms, outcome.summary.changed);
            assert_eq!(counts, (2, 1, 1));
            assert_eq!(outcome.summary.columns_touched, 2);
            assert_eq!(outcome.aside, "");
        }
    }
}

#[test]
fn a_file_without_records_becomes_one() {
    for input in [b"".as_slice(), b"\n", b" \r\n \t", b"\xef\xbb\xbf"] {
        assert_eq!(shown(RULES, "a.ndjson", input, &Options::default()), Ok(String::new()));
    }
}

/// A line that is no record: what is said of it, and where.
const BAD: [(&[u8], &str); 14] = [
    (b"[1]", "record-not-object"),
    (b"\"ada@acme.example\"", "record-not-object"),
    (b"null", "record-not-object"),
    (b"{\"a\":1} {\"b\":2}", "several-records-on-a-line"),
    (b"{\"a\":1}{\"b\":2}", "several-records-on-a-line"),
    (b"{\"a\":1},", "record-not-object"),
    (b"{\"a\":1", "json-syntax"),
    (b"{\"a\":ada@acme.example}", "json-syntax"),
    (b"{\"a\":\"ada", "json-syntax"),
    (b"# ada@acme.example", "record-not-object"),
    (b"{\"a\":\"\xff\"}", "json-utf8"),
    (b"\xff", "json-utf8"),
    (b"{\"a\":\"\\ud800\"}", "json-lone-surrogate"),
    (b"\xef\xbb\xbf{\"a\":1}", "json-byte-order-mark"),
];

#[test]
fn a_line_that_is_no_record_fails_the_file_and_says_where() {
    for (line, code) in BAD {
        for end in ["\n", "\r\n", "\r"] {
            let sound = "{\"id\":1}";
            let before = format!("{sound}{end}{end}{sound}{end}");
            let input = [before.as_bytes(), line, end.as_bytes(), sound.as_bytes()].concat();
            let failure = run_with(RULES, "a.ndjson", &input, &Options::default()).unwrap_err();
            let text = line.escape_ascii().to_string();
            assert_eq!(failure.code, code, "{text}: {failure}");
            assert_eq!((failure.place.line, failure.place.record), (Some(4), Some(3)), "{text}: {failure}");
            assert!(!failure.to_string().contains("ada"), "{failure}");
        }
    }
}

#[test]
fn a_line_that_is_no_record_is_set_aside_and_the_rest_goes_on() {
    for (line, code) in BAD {
        for end in ["\n", "\r\n", "\r"] {
            let sound = "{\"id\":1,\"note\":2}";
            let before = format!("{sound}{end}{end}{sound}{end}");
            let input = [before.as_bytes(), line, end.as_bytes(), sound.as_bytes(), end.as_bytes()].concat();
            for threads in [1, 2] {
                let options = Options { threads, ..quarantine() };
                let outcome = run_with(RULES, "a.ndjson", &input, &options).unwrap();
                assert_eq!(outcome.out, "{\"id\":1,\"note\":null}\n".repeat(3));
                let aside: serde_json::Value = serde_json::from_str(&outcome.aside).unwrap();
                let row = String::from_utf8_lossy(line);
                let expected =
                    serde_json::json!({"line": 4, "record": 3, "column": null, "code": code, "row": row});
                assert_eq!(aside, expected);
                assert_eq!((outcome.summary.rows, outcome.summary.rejected), (3, 1));
                assert_eq!(outcome.summary.rejected_for[code], 1);
            }
        }
    }
}

#[test]
fn a_record_on_several_lines_is_none() {
    let input = b"{\"id\":\n1}\n{\"id\":2}\n";
    assert_eq!(
        run_with(RULES, "a.ndjson", input, &Options::default()).unwrap_err().code,
        "record-on-several-lines"
    );
    let outcome = run_with(RULES, "a.ndjson", input, &quarantine()).unwrap();
    assert_eq!((outcome.out.as_str(), outcome.summary.rejected), ("{\"id\":2}\n", 2));
}

#[test]
fn a_line_is_as_long_as_may_be_and_no_longer() {
    let line = |length: usize| format!("{{\"id\":\"{}\"}}", "x".repeat(length - 9));
    for end in ["\n", "\r\n", "\r", ""] {
        for limit in [20, 1000, 100_000] {
            for before in ["", "\n", "{}\n", "\r\n\r\n{}\n"] {
                let sound = format!("{before}{}{end}", line(limit));
                assert!(
                    run_with(RULES, "a.ndjson", sound.as_bytes(), &limited(limit)).is_ok(),
                    "{limit} {end:?}"
                );
                let longer = format!("{before}{}{end}", line(limit + 1));
                let failure = run_with(RULES, "a.ndjson", longer.as_bytes(), &limited(limit)).unwrap_err();
                let lines = before.matches('\n').count() as u64;
                assert_eq!(
                    (failure.code, failure.place.line),
                    ("record-too-long", Some(lines + 1)),
                    "{end:?}"
                );

                let after = if end.is_empty() { "" } else { "{\"note\":1}" };
                let options = Options { bad_rows: BadRows::Quarantine, ..limited(limit) };
                let longest = format!("{before}{}{end}{after}", line(7 * limit));
                let outcome = run_with(RULES, "a.ndjson", longest.as_bytes(), &options).unwrap();
                let records = before.matches('{').count() + after.matches('{').count();
                assert_eq!((outcome.summary.rows, outcome.summary.rejected), (records as u64, 1));
                let aside: serde_json::Value = serde_json::from_str(&outcome.aside).unwrap();
                assert_eq!(aside["line"], lines + 1);
                assert_eq!(aside["row"].as_str().unwrap().len(), limit.min(64 << 10));
            }
        }
    }
}

#[test]
fn a_line_without_end_is_refused_before_it_is_read() {
    let mut endless = b"{\"a\":\"".chain(io::repeat(b'x').take(1 << 40));
    let (mut out, mut aside) = (Vec::new(), Vec::new());
    let failure = attempt(RULES, "a.ndjson", &mut endless, &mut out, &mut aside, &Options::default());
    assert_eq!(failure.unwrap_err().code, "record-too-long");
    // It is passed over without being kept.
    let (_, read) = endless.into_inner();
    assert!((1 << 40) - read.limit() < 20 << 20);
    let size = 40 << 20;
    let mut long = b"{\"a\":\"".chain(io::repeat(b'x').take(size)).chain(&b"\n{\"note\":1}"[..]);
    let summary = attempt(RULES, "a.ndjson", &mut long, &mut out, &mut aside, &quarantine()).unwrap();
    assert_eq!((summary.rows, summary.rejected), (1, 1));
    assert_eq!(out, b"{\"note\":null}\n");
    assert!(aside.len() < 70_000);
}

#[test]
fn a_line_is_counted_once_where_a_block_ends_within_its_end() {
    // CRs at every place around the border of a block.
    for shift in 0..8 {
        let filler = "x".repeat((512 << 10) - 40 + shift);
        let input = format!(
            "{{\"id\":\"{filler}\"}}\r\n{{\"id\":1}}\r\n{{\"id\":2}}\r\n\r\nnone\r\n{{\"id\":3}}\r\n"
        );
        let failure = run_with(RULES, "a.ndjson", input.as_bytes(), &Options::default()).unwrap_err();
        assert_eq!((failure.place.line, failure.place.record), (Some(5), Some(4)), "{shift}: {failure}");
        let outcome = run_with(RULES, "a.ndjson", input.as_bytes(), &quarantine()).unwrap();
        assert!(outcome.aside.starts_with("{\"line\":5,\"record\":4,"), "{}", outcome.aside);
    }
}
