use std::collections::BTreeMap;

use vizard_pseudonym::{KeyMaterial, Kind, Pseudonymizer, Settings};
use vizard_sanitizer::bulk::{BulkRules, FileRules};

use super::*;
use crate::task::{BadRows, Limits, Options, Order};

fn keys() -> Pseudonymizer {
    Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default())
}

/// What came of a file.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    output: String,
    rejected: String,
    summary: Summary,
}

/// Sanitizes a text in blocks of about so many bytes.
fn run(rules: &str, input: &[u8], options: &Options, block: usize) -> Result<Outcome, Failure> {
    let rules = BulkRules::load("rules.yaml", rules).unwrap().rules;
    let rules = rules.for_path("table.csv").unwrap();
    let FileRules::Columnar(columnar) = rules else { panic!("the rules are columnar") };
    let keys = keys();
    let task = Task { rules, keys: &keys, options };
    let dialect = Dialect::columnar(columnar.delimiter()).unwrap();
    let (mut input, mut output, mut rejected) = (input, Vec::new(), Vec::new());
    let mut framer = Framer::new(&mut input, &dialect, options.limits, options.bad_rows).with_block(block);
    let progress = Progress::default();
    let summary =
        sanitize(&task, columnar, &dialect, &mut framer, &mut output, Some(&mut rejected), &progress)?;
    assert_eq!(progress.rows(), summary.records());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ok(Outcome { output: text(output), rejected: text(rejected), summary })
}

/// An expected text: `<ada@acme.example>` stands for a token, `{ada}` for a JSON pseudonym in quotes of CSV.
fn expected(text: &str) -> String {
    let keys = keys();
    let mut out = String::new();
    let mut rest = text;
    while let Some(begin) = rest.find(['<', '{']) {
        let end = begin + rest[begin..].find(['>', '}']).unwrap();
        let value = &rest[begin + 1..end];
        out.push_str(&rest[..begin]);
        match &rest[begin..=begin] {
            "<" => out.push_str(&keys.token(value, Kind::Hash).unwrap()),
            _ => {
                let domain = value
                    .split_once('@')
                    .map_or(String::new(), |(_, domain)| format!("\"\"domain\"\":\"\"{domain}\"\","));
                out.push_str(&format!("\"{{{domain}\"\"hash\"\":\"\"{}\"\"}}\"", keys.hash_only(value)));
            }
        }
        rest = &rest[end + 1..];
    }
    out + rest
}

const TOKENS: &str = "pseudonymFormat: URL_SAFE_TOKEN\ncolumnsToPseudonymize: [mail]\n";

/// Sizes of blocks: within rows, a row each, several rows, all at once.
const BLOCKS: [usize; 5] = [1, 7, 20, 64, 1 << 19];

#[test]
fn tables_leave_as_the_rules_say() {
    let cases = [
        // What the rules are for.
        (
            "columnsToPseudonymize: [mail]",
            "id,mail\n1,Ada@Acme.example\n2,\n3,bo\n",
            "id,mail\n1,{Ada@Acme.example}\n2,\n3,{bo}\n",
        ),
        (TOKENS, "id,mail\n1,ada@acme.example\n001,bo\n", "id,mail\n1,<ada@acme.example>\n001,<bo>\n"),
        ("columnsToRedact: [MAIL]", "id,Mail,team\n1,ada@acme.example,blue\n", "id,team\n1,blue\n"),
        ("columnsToInclude: [team, id]", "id,mail,team\n1,x,blue\n,,\n", "id,team\n1,blue\n,\n"),
        (
            "columnsToRename: {team: crew}\ncolumnsToDuplicate: {id: number}",
            "id,team\n1,blue\n",
            "id,crew,number\n1,blue,1\n",
        ),
        // A table as meeting software exports it: a comma at the end of each line, and more of them than names.
        (
            TOKENS,
            "Name,MAIL,\r\nAda,ada@acme.example,\r\nBo,,\r\n",
            "Name,MAIL,\r\nAda,<ada@acme.example>,\r\nBo,,\r\n",
        ),
        (TOKENS, "id,mail\n1,a@acme.example,, ,\n", "id,mail\n1,<a@acme.example>\n"),
        // Names.
        (TOKENS, "id, \"MAIL\" ,id\n1,x,3\n", "MAIL,id\n<x>,3\n"),
        ("columnsToRedact: [z]", "z,,b,\n1,2,3,4\n", "b,\n3,4\n"),
        (
            TOKENS,
            "\"mail\",\"a,b\",\"say \"\"x\"\"\",#\n1,2,3,4\n",
            "mail,\"a,b\",\"say \"\"x\"\"\",\"#\"\n<1>,2,3,4\n",
        ),
        // Delimiters.
        (
            "delimiter: \"\\t\"\npseudonymFormat: URL_SAFE_TOKEN\ncolumnsToPseudonymize: [mail]",
            "id\tmail\tz\n1\tb@acme.example\t\n\t\tx, y\n\"\t\"\tz\t\n",
            "id,mail,z\n1,<b@acme.example>,\n,,\"x, y\"\n,<z>,\n",
        ),
        ("delimiter: ';'\ncolumnsToRedact: [b]", "a;b;c\n1,5;2;\"3;\"\"\"\n", "a,c\n\"1,5\",\"3;\"\"\"\n"),
        ("delimiter: '||'\ncolumnsToRedact: [b]", "a||b||c\n1|2||x||\"3||4\"\n", "a,c\n1|2,3||4\n"),
        // Line ends: that of the header.
        (TOKENS, "id,mail\r\n1,x\n2,y\r3,z\r\n", "id,mail\r\n1,<x>\r\n2,<y>\r\n3,<z>\r\n"),
        (TOKENS, "id,mail\r1,x\r\r2,\"y\n\"", "id,mail\r1,<x>\r2,<y>\r"),
        (TOKENS, "mail", "mail\n"),
        (TOKENS, "\n \n\r\nid,mail\n\n1,x\n   \n\t\n2,y", "id,mail\n1,<x>\n2,<y>\n"),
        // Values.
        (TOKENS, "id,mail\n 1 , x \n\" a \",\" y\t\"\n", "id,mail\n1,<x>\na,<y>\n"),
        (
            TOKENS,
            "id,mail\n\"multi\nline\",\"x\r\ny\"\n\"a \"\"b\"\"\",\"c,d\"\n",
            "id,mail\n\"multi\nline\",<x\r\ny>\n\"a \"\"b\"\"\",<c,d>\n",
        ),
        (TOKENS, "id,mail\na\"b,x\"y\n\\,\\\"\n", "id,mail\n\"a\"\"b\",<x\"y>\n\\,<\\\">\n"),
        (
            TOKENS,
            "id,mail\n#a,1\n\"!\",2\n\u{e9} ,\u{5f20}\n",
            "id,mail\n\"#a\",<1>\n\"!\",<2>\n\u{e9},<\u{5f20}>\n",
        ),
        (TOKENS, "id,mail\n\u{2003},\u{3000}\n\u{a0},\u{a0}\n", "id,mail\n,\n\u{a0},<\u{a0}>\n"),
        (TOKENS, "mail\n\" \"\nx\n", "mail\n\"\"\n<x>\n"),
        // Formulas are values.
        (TOKENS, "id,mail\n=1+1,@x\n-1,+1\n", "id,mail\n=1+1,<@x>\n-1,<+1>\n"),
        // Transforms.
        (
            "fieldsToTransform: {mail: {newName: user, transforms: [{filter: \"(.*)@.*\"}]}}",
            "mail,id\nada@acme.example,1\nbo,2\n\"a,b@c\",3\n",
            "mail,id,user\nada@acme.example,1,ada\nbo,2,\n\"a,b@c\",3,\"a,b\"\n",
        ),
    ];
    for (rules, input, output) in cases {
        for block in BLOCKS {
            let outcome = run(rules, input.as_bytes(), &Options::default(), block).unwrap();
            assert_eq!(outcome.output, expected(output), "{rules} of {input:?} in blocks of {block}");
            assert_eq!(outcome.rejected, "");
        }
    }
}

#[test]
fn what_is_wrong_with_a_file_is_said_by_place_and_without_values() {
    let cases: [(&str, &[u8], &str); 14] = [
        (TOKENS, b"", "the file is empty: without a header it cannot be told what stands where [no-header]"),
        (
            TOKENS,
            b" \n\n\t\r\n",
            "the file is empty: without a header it cannot be told what stands where [no-header]",
        ),
        (
            TOKENS,
            b"\nname,email\n1,2\n",
            "the rules name `mail`, which the header of the file does not have [column-missing], line 2",
        ),
        (
            "columnsToInclude: []",
            b"a,b\n1,2\n",
            "no column of the file would leave [no-columns-left], line 1",
        ),
        (
            TOKENS,
            b"id,mail\n\n1,ada@acme.example\n2\n",
            "the row has fewer values than the header has columns [too-few-values], line 4, record 2, column 2",
        ),
        (
            TOKENS,
            b"id,mail\n1,\"a\nb\"\n2,b,,c\n",
            "the row has more values than the header has columns [too-many-values], line 4, record 2, column 4",
        ),
        (
            TOKENS,
            b"id,mail\r\n\"ada\"x,\r\n",
            "text stands behind a closing quote; a quote inside of quotes is doubled [text-after-quote], line 2, record 1, column 1",
        ),
        (
            TOKENS,
            b"id,mail\r1,x\r2,\"ada\r3,x\r",
            "a quote that opens on this line is never closed [quote-not-closed], line 3",
        ),
        (TOKENS, b"id,mail\n1,x\n\xff,2\n", "the text is not UTF-8 [not-utf-8], line 3, record 2, column 1"),
        (
            TOKENS,
            b"id,mail\n1,x\n2,\"\xc3\n\"\n",
            "the text is not UTF-8 [not-utf-8], line 3, record 2, column 2",
        ),
        (TOKENS, b"id,mail\xff\n1,x\n", "in the header: the text is not UTF-8 [not-utf-8], line 1, column 2"),
        (TOKENS, b"id,mail\n1,0123456789012345678901234567890123456789\n", "[record-too-long], line 2"),
        (TOKENS, b"\xff\xfei\0d\0", "this is UTF-16, and must be UTF-8 [not-utf-8]"),
        (
            TOKENS,
            b"i\0d\0,\0m\0a\0i\0l\0\n\x001\0",
            "the header holds NUL characters: this is no text in UTF-8 [not-utf-8], line 1",
        ),
    ];
    let options = Options { limits: Limits { record: 40, ..Limits::default() }, ..Options::default() };
    for (rules, input, message) in cases {
        for block in BLOCKS {
            let failure = run(rules, input, &options, block).unwrap_err();
            let (text, said) = (String::from_utf8_lossy(input), failure.to_string());
            assert!(said.contains(message), "{said} of {text:?} in blocks of {block}");
        }
    }
}

#[test]
fn rows_that_are_none_are_set_aside_and_the_rest_goes_on() {
    let options = Options {
        bad_rows: BadRows::Quarantine,
        limits: Limits { record: 40, ..Limits::default() },
        ..Options::default()
    };
    let long = "x".repeat(60);
    let input = [
        b"id,mail\r\n1,ada@acme.example\r\n2\r\n\"bo\"x,\"\r\n\"\r\n3,bo\r\n\r\n".as_slice(),
        format!("4,{long}\r\n\r\n").as_bytes(),
        b"\"\xe9\",5\r\n6,cy,7\r\n8,di\r\n",
    ]
    .concat();
    let output = expected("id,mail\r\n1,<ada@acme.example>\r\n3,<bo>\r\n8,<di>\r\n");
    for block in BLOCKS {
        let outcome = run(TOKENS, &input, &options, block).unwrap();
        assert_eq!(outcome.output, output, "in blocks of {block}");
        let end = outcome.rejected.find("4,x").unwrap() + 2;
        let (before, after) = outcome.rejected.split_at(end);
        let beginning = format!("{before}X{}", after.trim_start_matches('x'));
        let rejected = r#"{"line":3,"record":2,"column":2,"code":"too-few-values","row":"2"}
{"line":4,"record":3,"column":1,"code":"text-after-quote","row":"\"bo\"x,\"\r\n\""}
{"line":8,"record":5,"column":null,"code":"record-too-long","row":"4,X"}
{"line":10,"record":6,"column":1,"code":"not-utf-8","row":"\"�\",5"}
{"line":11,"record":7,"column":3,"code":"too-many-values","row":"6,cy,7"}
"#;
        assert_eq!(beginning, rejected, "in blocks of {block}");
        let codes = ["not-utf-8", "record-too-long", "text-after-quote", "too-few-values", "too-many-values"];
        assert_eq!(outcome.summary.rejected_for, BTreeMap::from(codes.map(|code| (code, 1))));
        assert_eq!((outcome.summary.rows, outcome.summary.rejected), (3, 5));
    }
    for unclosed in ["id,mail\n1,\"x\n", "id,mail\n1,\"0123456789012345678901234567890123456789\n2,3\n"] {
        let failure = run(TOKENS, unclosed.as_bytes(), &options, 16).unwrap_err();
        assert_eq!((failure.code, failure.place.line), ("quote-not-closed", Some(2)));
    }
}

#[test]
fn what_was_done_is_counted() {
    let rules = "pseudonymFormat: URL_SAFE_TOKEN
columnsToPseudonymize: [mail]
columnsToRedact: [phone]
fieldsToTransform: {team: {newName: group, transforms: [{filter: \"(b).*\"}]}}
";
    let input = "mail,phone,team,note,note\na,1,blue,x,y\na,,red,x,y\n,3,,,\nb,4,b,,\n";
    let summary = run(rules, input.as_bytes(), &Options::default(), 16).unwrap().summary;
    let expected = Summary {
        rows: 4,
        pseudonyms: 3,
        changed: 2,
        columns_touched: summary.columns_touched,
        warnings: BTreeMap::from([("duplicate-column", 1)]),
        ..Summary::default()
    };
    assert_eq!(summary, expected);
    assert!(summary.columns_touched >= 2, "{}", summary.columns_touched);
}

#[test]
fn formulas_are_marked_where_that_is_asked_for() {
    let options = Options { escape_formulas: true, ..Options::default() };
    let rules = "pseudonymFormat: URL_SAFE_HASH_ONLY
columnsToPseudonymize: [mail]
fieldsToTransform: {a: {newName: b, transforms: [{formatString: \"=%s\"}]}}
";
    // The hash of one of them begins with a minus.
    let marked = (0..)
        .map(|number| format!("p{number}"))
        .find(|name| keys().hash_only(name).starts_with('-'))
        .unwrap();
    let input = format!("a,mail,=c\n=1+1,x,-1\n\"+a,b\",{marked},-x\n@sum,,\"=\"\"q\"\"\"\n");
    let output = format!(
        "a,mail,'=c,b\n'=1+1,{},-1,'==1+1\n\"'+a,b\",{},'-x,\"'=+a,b\"\n'@sum,,\"'=\"\"q\"\"\",'=@sum\n",
        keys().hash_only("x"),
        keys().hash_only(&marked),
    );
    for block in BLOCKS {
        assert_eq!(run(rules, input.as_bytes(), &options, block).unwrap().output, output);
    }
}

#[test]
fn rows_are_shuffled_in_windows_alike_on_any_number_of_threads() {
    let mut input = String::from("id,mail\n");
    for row in 0..2_000 {
        input.push_str(&format!("{row},person{}@acme.example\n", row % 40));
    }
    let options = |order, threads| Options { order, threads, ..Options::default() };
    let shuffled = |seed, threads| {
        run(TOKENS, input.as_bytes(), &options(Order::Shuffled { seed }, threads), 24_000).unwrap().output
    };
    let kept = run(TOKENS, input.as_bytes(), &options(Order::Kept, 1), 24_000).unwrap().output;
    let one = shuffled(7, 1);
    assert_ne!(one, kept);
    assert_eq!(one, shuffled(7, 3));
    assert_ne!(one, shuffled(8, 1));
    assert!(one.starts_with("id,mail\n"));
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&one), sorted(&kept));
    for (row, line) in one.lines().skip(1).enumerate() {
        let id: usize = line.split(',').next().unwrap().parse().unwrap();
        assert!(id.abs_diff(row) < 500, "row {id} stands at {row}");
    }
}

/// People who come again, by the memo or not, are the same people.
#[test]
fn equal_values_have_equal_pseudonyms_throughout_a_file() {
    let mut input = String::from("id,mail\n");
    let mut output = String::from("id,mail\n");
    let keys = keys();
    for row in 0..20_000_u32 {
        // At first everybody once, then a few again and again, then people who take each other's place.
        let person = match row {
            0..8_000 => row,
            8_000..14_000 => row % 7,
            _ => row.wrapping_mul(2_654_435_761) % 5_000,
        };
        let mail = format!("person{person}@acme.example");
        input.push_str(&format!("{row},{mail}\n"));
        output.push_str(&format!("{row},{}\n", keys.token(&mail, Kind::Hash).unwrap()));
    }
    for threads in [1, 2] {
        let options = Options { threads, ..Options::default() };
        let outcome = run(TOKENS, input.as_bytes(), &options, 16_000).unwrap();
        assert!(outcome.output == output);
        assert_eq!(outcome.summary.pseudonyms, 20_000);
    }
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    fn text() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "a", "1", "x y", "\u{e9}", "\u{2003}", ",", ",", ",", "\n", "\n", "\r\n", "\r", "\"", "\"",
            "\"\"", "\\", " ", "\t", "=", "#",
        ]);
        prop::collection::vec(piece, 0..40).prop_map(|pieces| format!("mail,b\n{}", pieces.concat()))
    }

    /// The straightforward way: the file as a whole, by the `csv` crate on both ends.
    fn plainly(text: &str) -> Vec<Vec<String>> {
        let keys = keys();
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for (number, record) in reader.records().enumerate() {
            let record = record.unwrap();
            let cell = |place: usize| record.get(place).unwrap_or("").trim_matches(|letter| letter <= ' ');
            let blank = |text: &str| vizard_pseudonym::is_blank(text);
            let mail = match number {
                0 => cell(0).to_owned(),
                _ if blank(cell(0)) => String::new(),
                _ => keys.token(cell(0), Kind::Hash).unwrap(),
            };
            let other = if blank(cell(1)) { "" } else { cell(1) };
            let idle = record.len() == 1 && record[0].bytes().all(|byte| byte <= b' ');
            if !idle {
                rows.push(vec![mail, other.to_owned()]);
            }
        }
        rows
    }

    /// A cell of a sound row.
    fn cell() -> impl Strategy<Value = String> {
        let quoted = "[a,\"\n\u{a0}#= ]{0,5}".prop_map(|text| format!("\"{}\"", text.replace('"', "\"\"")));
        prop_oneof!["[ab#=!\u{e9}\u{a0}\u{1}][ a#\u{a0}\t]{0,5}", "[a-z0-9]{0,40}", quoted]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

        #[test]
        fn a_sound_file_leaves_as_a_plain_program_would_write_it(text in text(), block in 1..40_usize, threads in 1..3_usize) {
            // What is read otherwise on purpose: blanks before quotes.
            prop_assume!(![" \"", "\t\""].iter().any(|odd| text.contains(odd)));
            let options = Options { threads, ..Options::default() };
            if let Ok(outcome) = run(TOKENS, text.as_bytes(), &options, block) {
                let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(outcome.output.as_bytes());
                let written: Vec<Vec<String>> =
                    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
                prop_assert_eq!(written, plainly(&text));
            }
        }

        /// Runs of cells that are copied at once are spelled as the writer spells each of them.
        #[test]
        fn what_is_copied_is_spelled_as_it_is_written(rows in prop::collection::vec(prop::collection::vec(cell(), 5), 1..6), block in 1..200_usize) {
            let text = format!("a,b,c,d,e\n{}\n", rows.iter().map(|row| row.join(",")).collect::<Vec<_>>().join("\n"));
            let rules = "{columnsToRedactIfPresent: [b], columnsToRename: {a: z}}";
            let outcome = run(rules, text.as_bytes(), &Options::default(), block).unwrap();
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(outcome.output.as_bytes());
            let mut again = Vec::new();
            for row in reader.records() {
                write::row(row.unwrap().iter(), "\n", &mut again);
            }
            prop_assert_eq!(outcome.summary.rows, rows.len() as u64);
            prop_assert_eq!(String::from_utf8(again).unwrap(), outcome.output);
        }
    }
}
