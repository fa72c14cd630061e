//! The cases of `tests/data/bulk-cases.txt`: rules, a file, and what comes of it, whole.
//!
//! ```text
//! === what it shows [--> rules CODE… | --> CODE [line N] [record N] [column N]]
//! @ quarantine                      what is done about bad rows; they fail the file otherwise
//! the rules
//! >>> in [path [content type]]
//! the file
//! >>> out
//! what leaves
//! >>> rejected
//! what is set aside
//! ```
//!
//! `{hash:TEXT}` stands for the pseudonym of a text, computed here from the definition and not by the product: the
//! text stands there in its canonical form. `{CR}`, `{TAB}`, `{SP}`, `{NBSP}`, `{BOM}` and `{xFF}` are those characters and bytes,
//! and `{END}` takes away the line end behind it.

use std::io::{self, Read};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use sha2::{Digest, Sha256};
use vizard_bulk::failure::Place;
use vizard_bulk::task::{BadRows, Options, Order, Origin};
use vizard_sanitizer::Severity;
use vizard_sanitizer::bulk::{BulkRules, FileRules};
use vizard_tests::keys::SALT;
use vizard_tests::repository::{self, assert_none};

use super::{Made, loaded, made, made_of_reader, shown};

const CASES: &str = "tests/data/bulk-cases.txt";

/// A file, and what comes of it.
struct Case {
    name: String,
    expected: Expected,
    quarantine: bool,
    rules: String,
    path: String,
    content_type: Option<String>,
    input: Vec<u8>,
}

#[derive(Debug, PartialEq, Eq)]
enum Expected {
    /// The rules do not load, for these reasons.
    Rules(Vec<String>),
    /// The file fails: the code and where.
    Failure(String),
    /// What leaves, and what is set aside.
    Output(String, String),
}

#[test]
fn each_case_is_as_its_table_says() {
    let cases = cases();
    assert!(cases.len() > 120, "only {} cases were found", cases.len());
    let mut problems = Vec::new();
    for case in &cases {
        for threads in [1, 3] {
            let found = case.run(threads, |input| Box::new(input));
            if found != case.expected {
                let shown = |it: &Expected| match it {
                    Expected::Output(out, aside) => format!("{out}>>> rejected\n{aside}"),
                    other => format!("{other:?}\n"),
                };
                problems.push(format!(
                    "=== {} ({threads} threads)\nshould be\n{}but is\n{}",
                    case.name,
                    shown(&case.expected),
                    shown(&found)
                ));
            }
        }
    }
    assert_none(&problems);
}

/// The pieces in which a file comes have no say.
#[test]
fn it_makes_no_difference_where_a_file_is_cut() {
    for case in cases() {
        for piece in [1, 2, 7] {
            let found = case.run(1, |input| Box::new(Pieces { input, piece }));
            assert_eq!(found, case.expected, "{}, {piece} bytes at a time", case.name);
        }
    }
}

/// Shuffled rows are the same rows.
#[test]
fn shuffling_changes_the_order_and_nothing_else() {
    let mut moved = 0;
    for case in cases().iter().filter(|it| matches!(it.expected, Expected::Output(..))) {
        let rules = loaded("rules", &case.rules);
        let Some(file @ FileRules::Columnar(_)) = rules.for_path(&case.path) else { continue };
        let of = |order| {
            let options = Options { order, ..case.options(2) };
            rows(&made(file, case.origin(), &case.input, &options).unwrap().output)
        };
        let expected = of(Order::Kept);
        let mut sorted = expected.clone();
        sorted.sort();
        for seed in 0..5 {
            let mut found = of(Order::Shuffled { seed });
            moved += usize::from(found != expected);
            assert_eq!(found.first(), expected.first(), "{}: the header stays", case.name);
            found.sort();
            assert_eq!(found, sorted, "{}", case.name);
        }
    }
    assert!(moved > 20, "the rows of {moved} files were moved");
}

/// Not everything may rest on what the product and this file have in common.
#[test]
fn the_hashes_of_the_table_are_those_of_the_wire_format() {
    assert_eq!(hash("1"), "0zPKqEd-CtbCLB1ZSwX6Zo7uAWUvkpfHGzv9-cuYwZc");
    assert_eq!(hash("001"), "ni_o9pmj5bcNxQ_2cGsYSoOP-CtAUw8GyvT0xa8xSMA");
    // Known from the examples of the API, which were made long before.
    assert_eq!(hash("LO-10441"), "NiYdgTNwUc1IH5ONCEhzqhDvNjCXaFhdLPKlVBE2CdI");
    let mirela = hash("mirela.okonjo-strand@lumen-orchard.example");
    assert_eq!(mirela, "P93nxCrfFDUB_DCBuDndxhiI7zikzeHcJSHj79jqkLg");
}

impl Case {
    fn options(&self, threads: usize) -> Options {
        let bad_rows = if self.quarantine { BadRows::Quarantine } else { BadRows::Fail };
        Options { bad_rows, threads, ..Options::default() }
    }

    fn origin(&self) -> Origin<'_> {
        Origin { path: &self.path, content_type: self.content_type.as_deref() }
    }

    fn run<'i>(&'i self, threads: usize, reader: impl Fn(&'i [u8]) -> Box<dyn Read + 'i>) -> Expected {
        let rules = match BulkRules::load("rules", &self.rules) {
            Ok(loaded) => loaded.rules,
            Err(problems) => {
                let errors = problems.iter().filter(|it| it.severity == Severity::Error);
                return Expected::Rules(errors.map(|it| it.code.to_owned()).collect());
            }
        };
        let Some(file) = rules.for_path(&self.path) else {
            return Expected::Failure("no-rules".to_owned());
        };
        let options = self.options(threads);
        match made_of_reader(file, self.origin(), &mut reader(&self.input), &options) {
            Ok(Made { output, rejected, summary }) => {
                let aside = rejected.iter().filter(|byte| **byte == b'\n').count();
                assert_eq!(summary.rejected, aside as u64, "{}", self.name);
                assert_eq!(summary.bytes_out, output.len() as u64, "{}", self.name);
                Expected::Output(shown(&output), shown(&rejected))
            }
            Err(failure) => {
                let Place { line, record, column } = failure.place;
                let mut text = failure.code.to_owned();
                for (name, number) in [("line", line), ("record", record), ("column", column)] {
                    text.extend(number.map(|number| format!(" {name} {number}")));
                }
                Expected::Failure(text)
            }
        }
    }
}

/// A reader that gives little at a time.
struct Pieces<'i> {
    input: &'i [u8],
    piece: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.piece.min(buffer.len());
        self.input.read(&mut buffer[..length])
    }
}

fn cases() -> Vec<Case> {
    let text = repository::text(CASES);
    text.split("=== ").skip(1).map(case).collect()
}

fn case(text: &str) -> Case {
    let (head, rest) = text.split_once('\n').unwrap();
    let (name, outcome) = head.split_once(" --> ").map_or((head, None), |(name, it)| (name, Some(it)));
    let mut parts = rest.split(">>> ");
    let mut rules = parts.next().unwrap();
    let quarantine = rules.starts_with("@ quarantine\n");
    if quarantine {
        rules = rules.split_once('\n').unwrap().1;
    }
    let (mut origin, mut input, mut output, mut rejected) = ("", Vec::new(), None, String::new());
    for part in parts {
        let (title, text) = part.split_once('\n').unwrap();
        match title.split_once(' ').unwrap_or((title, "")) {
            ("in", it) => (origin, input) = (it, bytes(text)),
            ("out", "") => output = Some(shown(&bytes(text))),
            ("rejected", "") => rejected = shown(&bytes(text)),
            other => panic!("{name}: {other:?} is no part of a case"),
        }
    }
    let expected = match (outcome, output) {
        (Some(outcome), None) => match outcome.strip_prefix("rules ") {
            Some(codes) => Expected::Rules(codes.split(' ').map(str::to_owned).collect()),
            None => Expected::Failure(outcome.to_owned()),
        },
        (None, Some(output)) => Expected::Output(output, rejected),
        _ => panic!("{name} must have an output or fail"),
    };
    let mut origin = origin.split(' ').map(str::to_owned);
    Case {
        name: name.to_owned(),
        expected,
        quarantine,
        rules: rules.to_owned(),
        path: origin.next().unwrap_or_default(),
        content_type: origin.next(),
        input,
    }
}

/// A text of the table with its marks replaced.
fn bytes(text: &str) -> Vec<u8> {
    let text = text.replace("{NBSP}", "\u{a0}");
    let mut bytes = Vec::new();
    let mut rest = text.as_str();
    while let Some((before, mark)) = rest.split_once('{') {
        bytes.extend_from_slice(before.as_bytes());
        let (replaced, behind) = mark_of(mark);
        bytes.extend_from_slice(&replaced);
        rest = behind;
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

/// What stands for the mark behind a brace, and what follows it. A brace that begins no mark is a brace.
fn mark_of(text: &str) -> (Vec<u8>, &str) {
    if let Some(text) = text.strip_prefix("END}") {
        return (Vec::new(), text.strip_prefix('\n').unwrap());
    }
    if let Some(text) = text.strip_prefix("hash:") {
        let (identifier, behind) = text.split_once('}').unwrap();
        return (hash(identifier).into_bytes(), behind);
    }
    for (mark, character) in [("CR}", "\r"), ("TAB}", "\t"), ("SP}", " "), ("BOM}", "\u{feff}")] {
        if let Some(behind) = text.strip_prefix(mark) {
            return (character.as_bytes().to_vec(), behind);
        }
    }
    match text.strip_prefix('x').and_then(|it| it.split_once('}')) {
        Some((digits, behind)) if digits.len() == 2 => {
            (vec![u8::from_str_radix(digits, 16).unwrap()], behind)
        }
        _ => (vec![b'{'], text),
    }
}

/// SHA-256 of a text followed by the salt, in 43 letters.
pub(super) fn hash(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::new_with_prefix(text).chain_update(SALT).finalize())
}

/// The rows of CSV, as another reader sees them.
fn rows(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    reader.byte_records().map(|row| row.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
}
