use std::io::{self, Cursor};

use super::*;
use crate::csv::rows::{Row, Rows, Shape};
use crate::pipeline::Done;

/// Gives no more than so many bytes at a time, and counts them.
struct Drip<R> {
    inner: R,
    most: usize,
    given: usize,
}

impl<R: Read> Read for Drip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = self.most.min(buffer.len());
        let read = self.inner.read(&mut buffer[..most])?;
        self.given += read;
        Ok(read)
    }
}

/// A row, or where it stands and why it is none.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Line {
    Sound(Vec<String>),
    Bad(String),
}

/// The header and the rows of a text, cut into blocks of about so many bytes.
fn read(text: &[u8], dialect: &Dialect, limits: Limits, block: usize) -> Result<Vec<Line>, Failure> {
    let mut input = Drip { inner: Cursor::new(text), most: 3, given: 0 };
    let mut framer = Framer::new(&mut input, dialect, limits, BadRows::Quarantine).with_block(block);
    let Some(head) = framer.header()? else { return Ok(Vec::new()) };
    let shape = Shape { width: head.names.len(), longest: limits.record };
    let mut all = vec![Line::Sound(head.names)];
    let mut splitter = Splitter::new(dialect);
    while let Some(block) = framer.next(Vec::new())? {
        if block.too_long {
            all.push(Line::Bad(format!("{}: record-too-long", block.first_line)));
            continue;
        }
        let mut rows = Rows::new(&block, dialect, shape);
        while let Some(row) = rows.next(&mut splitter) {
            all.push(match row {
                Row::Sound(cells) => Line::Sound(cells.iter().map(str::to_owned).collect()),
                Row::Bad(bad) => {
                    let mut done = Done::default();
                    bad.settle(BadRows::Quarantine, &mut done)?;
                    let place = done.rejected[0].place;
                    let column = place.column.map_or(String::new(), |column| column.to_string());
                    Line::Bad(format!("{}:{column} {}", place.line.unwrap(), done.rejected[0].code))
                }
            });
        }
    }
    Ok(all)
}

fn shown(result: Result<Vec<Line>, Failure>) -> String {
    let row = |row: &Line| match row {
        Line::Sound(cells) => cells.join("|"),
        Line::Bad(why) => why.clone(),
    };
    match result {
        Ok(rows) => rows.iter().map(row).collect::<Vec<_>>().join(" / "),
        Err(failure) => failure.to_string(),
    }
}

#[test]
fn reads_the_same_whatever_the_size_of_blocks() {
    let cases: [(&str, &[u8], &str); 30] = [
        (",", b"id,mail\n1,ada@acme.example\n2,bo\n", "id|mail / 1|ada@acme.example / 2|bo"),
        (",", b"a,b\r\n1,2\n3,4\r5,6\r\n7,8", "a|b / 1|2 / 3|4 / 5|6 / 7|8"),
        (",", b"a,b\r\r1,2\r\r\n\n\r\n3,4\r", "a|b / 1|2 / 3|4"),
        (",", b"\n\r\n   \n a , b \n 1 , 2 \n", "a|b / 1|2"),
        (",", b"a,b\n\n \t \n1,2\n   ", "a|b / 1|2"),
        (",", b"a\n\"\"\n\n \n\" x \"\n", "a /  / x"),
        (",", b"a,b\n,\n1,\n,2\n", "a|b / | / 1| / |2"),
        (",", b"a,b\n\"one\ntwo\r\nthree\",\"x,y\"\n3,4\n", "a|b / one\ntwo\r\nthree|x,y / 3|4"),
        (",", b"\"a\nb\",c\r\n1,2\r\n", "a\nb|c / 1|2"),
        (",", b"a,b\n\"say \"\"hi\"\"\",\"\"\"\"\n", "a|b / say \"hi\"|\""),
        (",", b"a,b\nx\"y,z\"\n5'\"11,\"\"\n", "a|b / x\"y|z\" / 5'\"11|"),
        (",", b"a,b\n1, \t\"x,y\" \n \"1\" ,2\n", "a|b / 1|x,y / 1|2"),
        (
            ",",
            b"a,b\n\"x\"y,2\n\"x\" \"y\",2\n3,\"x\\\"y\"\n5,6\n",
            "a|b / 2:1 text-after-quote / 3:1 text-after-quote / 4:2 text-after-quote / 5|6",
        ),
        (",", b"a,b\n\"x\"y,\"in\nside\"\n3,4\n", "a|b / 2:1 text-after-quote / 3|4"),
        (
            ",",
            b"a,b,c\n1,2\n\"l\r\n\r\n\",2,3,4\n1,2,3,, ,\n1,2,3,,\" 5\"\n\n1\n",
            "a|b|c / 2:3 too-few-values / 3:4 too-many-values / 1|2|3 / 7:5 too-many-values / 9:2 too-few-values",
        ),
        (
            ",",
            b"a,b\n1,\"x\n2,3\n",
            "a quote that opens on this line is never closed [quote-not-closed], line 2",
        ),
        (
            ",",
            b"a,b\n\"1\n2\",\"x\n2,3\n",
            "a quote that opens on this line is never closed [quote-not-closed], line 3",
        ),
        (",", b"a,\"b\n1,2\n", "a quote that opens on this line is never closed [quote-not-closed], line 1"),
        (
            ",",
            b"a,\"b\"c\n1,2\n",
            "in the header: text stands behind a closing quote; a quote inside of quotes is doubled [text-after-quote], line 1, column 2",
        ),
        (
            ",",
            b"a,b\n1,\xff\xfe\n\"\xc3\",2\n3,\xc3\xa9\n\xe9,\"x\ny\"\n7,8\n",
            "a|b / 2:2 not-utf-8 / 3:1 not-utf-8 / 3|\u{e9} / 5:1 not-utf-8 / 7|8",
        ),
        (",", b"a,\xffb\n1,2\n", "in the header: the text is not UTF-8 [not-utf-8], line 1, column 2"),
        (",", b"\xff\xfea\0,\0b\0\n\0", "this is UTF-16, and must be UTF-8 [not-utf-8]"),
        (
            ",",
            b"\n\na\0,\0b\0\n\x001\0",
            "the header holds NUL characters: this is no text in UTF-8 [not-utf-8], line 3",
        ),
        (",", b"", ""),
        (",", b"\n \r\n\t", ""),
        (",", b"a,b", "a|b"),
        ("\t", b"a\tb\tc\n\t2\t\n1\t \"x\ty\"\t\n\t\t\n", "a|b|c / |2| / 1|x\ty| / ||"),
        (
            "||",
            b"a||b\n1||\"x||y\"\n|1||2\n3|||4\n1||2||\n\"5\"|||\n",
            "a|b / 1|x||y / |1|2 / 3||4 / 1|2 / 5||",
        ),
        (" ; ", b"a ; b\n1 ;  ; \n \"x ; y\" ; 2\n", "a|b / 1| / x ; y|2"),
        ("\u{a6}", b"a\xc2\xa6b\n\"1\"\xc2\xa6\xc2\xa9\n", "a|b / 1|\u{a9}"),
    ];
    for (delimiter, text, expected) in cases {
        let dialect = Dialect::columnar(delimiter).unwrap();
        for block in (1..40).chain([100, 1 << 16]) {
            let actual = shown(read(text, &dialect, Limits::default(), block));
            let text = String::from_utf8_lossy(text);
            assert_eq!(actual, expected, "{text:?} in blocks of {block}");
        }
    }
    let strict = Dialect::record();
    for block in 1..40 {
        let text = b"foo, \"bar\"\n1, \"2\"\n \"3,4\"\n\" 5 \" ,6\n";
        let actual = shown(read(text, &strict, Limits::default(), block));
        assert_eq!(actual, "foo|\"bar\" / 1|\"2\" / \"3|4\" / 5|6");
    }
}

#[test]
fn rows_that_are_too_long_are_found_and_passed_over_wherever_they_stand() {
    let long = "x".repeat(41);
    let just = "x".repeat(38);
    let cases = [
        (format!("a,b\n1,{just}\n"), format!("a|b / 1|{just}")),
        (format!("a,b\n1,{long}\n3,4\n"), "a|b / 2: record-too-long / 3|4".to_owned()),
        (
            format!("a,b\n1,2\n\"\r\n{long}\n\",2\r\n5,\"6\"\n"),
            "a|b / 1|2 / 3: record-too-long / 5|6".to_owned(),
        ),
        (
            format!("a,b\r{long}\r{long}\r\n\r\n5,6\r\n7"),
            "a|b / 2: record-too-long / 3: record-too-long / 5|6 / 6:2 too-few-values".to_owned(),
        ),
        (format!("a,b\n\"1\n2\"x,\"{long}\"\"\n\" ,\n1,2\n"), "a|b / 2: record-too-long / 1|2".to_owned()),
        (
            format!("a,b\n1,\"2\n{long}\n3,4\n"),
            "a quote that opens on this line is never closed [quote-not-closed], line 2".to_owned(),
        ),
        (format!("a,{long}\n1,2\n"), "a row is longer than 40 bytes [record-too-long], line 1".to_owned()),
        (
            format!("\n\n\"{long}\n1,2\n"),
            "a row is longer than 40 bytes, or a quote in it is never closed [record-too-long], line 3"
                .to_owned(),
        ),
        (format!("{}a,b\n1,2\n", " \n".repeat(60)), "a|b / 1|2".to_owned()),
    ];
    let limits = Limits { record: 40, ..Limits::default() };
    for (text, expected) in cases {
        for block in 1..120 {
            let actual = shown(read(text.as_bytes(), &Dialect::columnar(",").unwrap(), limits, block));
            assert_eq!(actual, expected, "{text:?} in blocks of {block}");
        }
    }
}

#[test]
fn a_header_has_bounds() {
    let dialect = Dialect::columnar(",").unwrap();
    let limits = Limits { columns: 3, ..Limits::default() };
    assert_eq!(shown(read(b"a,b,c\n1,2,3\n", &dialect, limits, 9)), "a|b|c / 1|2|3");
    for text in ["a,b,c,d\n", "a,b,\"c\",d\n"] {
        let expected = "the header has more than 3 columns [too-many-columns], line 1";
        assert_eq!(shown(read(text.as_bytes(), &dialect, limits, 9)), expected);
    }
}

#[test]
fn the_line_end_of_the_header_is_told() {
    let cases = [("a\n", "\n"), ("a\r\nb\n", "\r\n"), ("\n\"a\"\rb\n", "\r"), ("a", "\n"), ("a\r", "\r")];
    for (text, newline) in cases {
        for block in 1..5 {
            let dialect = Dialect::record();
            let mut input = text.as_bytes();
            let mut framer =
                Framer::new(&mut input, &dialect, Limits::default(), BadRows::Fail).with_block(block);
            assert_eq!(framer.header().unwrap().unwrap().newline, newline, "{text:?}");
        }
    }
}

/// Rows without end, as an untrusted file may hold them, with or without a quote.
#[test]
fn a_field_of_a_hundred_megabytes_is_refused_in_constant_memory() {
    let size = 100 << 20;
    for (begin, bad_rows) in [("1,x", BadRows::Fail), ("1,\"", BadRows::Fail), ("1,\"", BadRows::Quarantine)]
    {
        let head = format!("a,b\n{begin}");
        let field = io::repeat(b'y').take(size);
        let mut input =
            Drip { inner: head.as_bytes().chain(field).chain(&b"\"\n3,4\n"[..]), most: 1 << 20, given: 0 };
        let dialect = Dialect::columnar(",").unwrap();
        let limits = Limits::default();
        let mut framer = Framer::new(&mut input, &dialect, limits, bad_rows);
        framer.header().unwrap().unwrap();
        let first = framer.next(Vec::new());
        match bad_rows {
            BadRows::Fail => {
                assert_eq!(first.unwrap_err().code, "record-too-long");
                assert!(input.given < 2 * limits.record);
            }
            BadRows::Quarantine => {
                let first = first.unwrap().unwrap();
                assert!(first.too_long && first.first_line == 2);
                assert_eq!(first.bytes.len(), BEGINNING);
                assert!(framer.rest.capacity() < 4 * BLOCK, "{}", framer.rest.capacity());
                let second = framer.next(Vec::new()).unwrap().unwrap();
                assert_eq!((second.bytes.as_slice(), second.first_line), (&b"3,4\n"[..], 3));
                assert!(framer.next(Vec::new()).unwrap().is_none());
            }
        }
    }
}

#[test]
fn a_reader_that_fails_fails_the_file_in_its_own_words() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(Failure::new("too-large", "the file is too large").into())
        }
    }
    let dialect = Dialect::record();
    let mut input = (&b"a,b\n1,2\n"[..]).chain(Broken);
    let mut framer = Framer::new(&mut input, &dialect, Limits::default(), BadRows::Fail);
    assert_eq!(framer.header().unwrap_err().code, "too-large");
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    /// Pieces of which strange CSV is made.
    fn text() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "a", "1", "x y", "\u{e9}", "\u{5f20}", ",", ",", ",", "\n", "\n", "\r\n", "\r", "\"", "\"",
            "\"\"", "\\", " ", "\t", "=", "#", "'", ";", "\u{feff}",
        ]);
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    /// Sound cells as a program would write them.
    fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
        (1..5_usize).prop_flat_map(|width| {
            let cell = prop_oneof!["[a-z0-9 ]{0,6}", "[a,\"\n\r\u{e9} ]{0,6}"];
            prop::collection::vec(prop::collection::vec(cell, width..=width), 1..12)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        /// Whatever the text, blocks of one size say the same as blocks of another.
        #[test]
        fn the_size_of_blocks_does_not_matter(text in text(), block in 1..30_usize, record in 5..60_usize) {
            let limits = Limits { record, ..Limits::default() };
            for dialect in [Dialect::columnar(",").unwrap(), Dialect::record(), Dialect::columnar("a,").unwrap()] {
                let one = read(text.as_bytes(), &dialect, limits, block);
                let other = read(text.as_bytes(), &dialect, limits, 1 << 16);
                match (one, other) {
                    (Ok(one), Ok(other)) => prop_assert_eq!(one, other),
                    // What is too long may be told before it is known that its quote is never closed.
                    (one, other) => prop_assert_eq!(one.is_err(), other.is_err()),
                }
            }
        }

        /// Where nothing is wrong with a file, cells are those that the `csv` crate reads in it as a whole.
        #[test]
        fn cells_are_those_of_a_plain_reader(text in text(), block in 1..30_usize) {
            prop_assume!(!text.starts_with('\u{feff}')); // taken off before
            let Ok(ours) = read(text.as_bytes(), &Dialect::record(), Limits::default(), block) else { return Ok(()) };
            let mut rows = Vec::new();
            for row in ours {
                let Line::Sound(cells) = row else { return Ok(()) };
                rows.push(cells);
            }
            let width = rows.first().map_or(0, Vec::len);
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let mut theirs: Vec<Vec<String>> = Vec::new();
            for record in reader.records() {
                let cells = record.unwrap();
                let trimmed = |cell: &str| cell.trim_matches(|letter| letter <= ' ').to_owned();
                theirs.push(cells.iter().take(width).map(trimmed).collect());
            }
            // Of a line of blanks it makes a row, and so do we of one of quotes around blanks.
            for rows in [&mut rows, &mut theirs] {
                rows.retain(|row| row.len() != 1 || !row[0].is_empty());
            }
            if width > 0 {
                prop_assert_eq!(rows, theirs);
            }
        }

        /// What a program wrote is read as it was written, with any quoting.
        #[test]
        fn what_was_written_is_read(rows in table(), block in 1..60_usize, always in any::<bool>()) {
            let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
            let mut writer = csv::WriterBuilder::new().quote_style(style).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = writer.into_inner().unwrap();
            let trimmed = |row: &Vec<String>| row.iter().map(|cell| cell.trim_matches([' ', '\n', '\r']).to_owned()).collect::<Vec<_>>();
            let expected: Vec<Vec<String>> = rows.iter().map(trimmed).collect();
            let idle = |row: &Vec<String>| row.len() == 1 && row[0].bytes().all(|byte| byte == b' ') && !row[0].is_empty();
            prop_assume!(!rows.iter().any(idle));
            let ours = read(&text, &Dialect::columnar(",").unwrap(), Limits::default(), block).unwrap();
            let expected: Vec<Line> = expected.into_iter().map(Line::Sound).collect();
            prop_assert_eq!(&ours, &expected);
            let mut again = Vec::new();
            for row in &ours {
                let Line::Sound(cells) = row else { unreachable!("compared above") };
                crate::csv::write::row(cells.iter().map(String::as_str), "\r\n", &mut again);
            }
            prop_assert_eq!(&read(&again, &Dialect::record(), Limits::default(), block).unwrap(), &expected);
        }
    }
}
