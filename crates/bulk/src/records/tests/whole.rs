//! Whole files: compressed, large, cut short, with a full disk.

use std::fmt::Write as _;

use super::*;
use crate::compression::{Sink, Source};

/// Some thousand records, so that there are several blocks.
fn many(bad: bool) -> String {
    let mut text = String::new();
    for id in 0..9_000 {
        match id % 4_001 {
            4_000 if bad => writeln!(text, "{{\"id\":{id},"),
            _ => writeln!(
                text,
                "{{\"id\":{id},\"email\":\"p{}@acme.example\",\"note\":\"{}\"}}",
                id % 97,
                "n".repeat(id % 200)
            ),
        }
        .unwrap();
    }
    text
}

fn compressed(bytes: &[u8], compression: Compression) -> Vec<u8> {
    let mut out = Vec::new();
    let mut sink = Sink::new(&mut out, compression).unwrap();
    sink.write_all(bytes).unwrap();
    sink.finish().unwrap();
    out
}

fn inflated(stored: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let progress = Progress::default();
    Source::open(&mut &stored[..], Limits::default(), &progress).unwrap().read_to_end(&mut out).unwrap();
    out
}

#[test]
fn the_result_is_the_same_with_any_threads_pieces_and_compression() {
    let lines = many(true);
    let array = format!("[{}]", many(false).trim_end().replace("}\n", "},\n"));
    let csv = many(false)
        .replace("{\"id\":", "")
        .replace("\"email\":", "")
        .replace("\"note\":", "")
        .replace('}', "");
    let csv = format!("id,email,note\n{csv}");
    for (path, text) in [("a.ndjson", lines), ("a.json", array), ("a.csv", csv)] {
        let expected = run_with(RULES, path, text.as_bytes(), &quarantine()).unwrap();
        assert_eq!(expected.summary.rejected, if path == "a.ndjson" { 2 } else { 0 });
        assert_eq!(expected.summary.records(), 9_000);
        assert_eq!(expected.summary.changed, expected.summary.rows);
        for threads in 1..=4 {
            for read in [Compression::None, Compression::Gzip, Compression::Zstd] {
                let compression = [Compression::Zstd, Compression::None, Compression::Gzip][threads % 3];
                let stored = compressed(text.as_bytes(), read);
                let options = Options { threads, compression, ..quarantine() };
                let mut input =
                    Pieces { bytes: &stored, sizes: vec![1 + threads * 7, 100_000, 3], turn: threads };
                let (mut out, mut aside) = (Vec::new(), Vec::new());
                let summary = attempt(RULES, path, &mut input, &mut out, &mut aside, &options).unwrap();
                assert_eq!(String::from_utf8(inflated(&out)).unwrap(), expected.out);
                assert_eq!(String::from_utf8(aside).unwrap(), expected.aside);
                assert_eq!(summary.bytes_in, stored.len() as u64);
                assert_eq!(summary.bytes_out, out.len() as u64);
                let same = Summary {
                    bytes_in: expected.summary.bytes_in,
                    bytes_out: expected.summary.bytes_out,
                    ..summary
                };
                assert_eq!(same, expected.summary);
            }
        }
    }
}

#[test]
fn a_file_that_was_cut_short_fails_whatever_its_format() {
    for (path, text) in [("a.ndjson", many(false)), ("a.csv", format!("a,b\n{}", "1,2\n".repeat(100_000)))] {
        for compression in [Compression::Gzip, Compression::Zstd] {
            let stored = compressed(text.as_bytes(), compression);
            for cut in [stored.len() / 2, stored.len() - 1] {
                for options in [quarantine(), Options { threads: 2, ..Options::default() }] {
                    let failure = run_with(RULES, path, &stored[..cut], &options).unwrap_err();
                    assert_eq!(failure.code, "compressed-truncated", "{path} {compression:?} {cut}");
                }
            }
            let twice = compressed(&stored, Compression::Gzip);
            assert_eq!(run_with(RULES, path, &twice, &quarantine()).unwrap_err().code, "compressed-twice");
        }
    }
}

/// Takes so many bytes, then the disk is full.
struct Small(usize);

impl Write for Small {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.min(bytes.len()) {
            0 => Err(io::ErrorKind::StorageFull.into()),
            some => {
                self.0 -= some;
                Ok(some)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_said_so() {
    let text = many(true);
    let full = run_with(RULES, "a.ndjson", text.as_bytes(), &quarantine()).unwrap();
    for threads in 1..=4 {
        for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
            let options = Options { threads, compression, ..quarantine() };
            for room in [0, 1, 9_000] {
                let failure = attempt(
                    RULES,
                    "a.ndjson",
                    &mut text.as_bytes(),
                    &mut Small(room),
                    &mut Vec::new(),
                    &options,
                );
                assert_eq!(failure.unwrap_err().code, "disk-full", "{threads} {compression:?} {room}");
            }
        }
        let options = Options { threads, ..quarantine() };
        for room in [0, full.aside.len() - 1] {
            let failure =
                attempt(RULES, "a.ndjson", &mut text.as_bytes(), &mut Vec::new(), &mut Small(room), &options);
            assert_eq!(failure.unwrap_err().code, "disk-full", "{threads}");
        }
        // The very last byte.
        for path in ["a.ndjson", "a.json"] {
            let text = if path == "a.json" { "[{}]" } else { "{}" };
            let size = run_with(RULES, path, text.as_bytes(), &options).unwrap().out.len();
            let attempt = |room| {
                attempt(RULES, path, &mut text.as_bytes(), &mut Small(room), &mut Vec::new(), &options)
            };
            assert!(attempt(size).is_ok());
            assert_eq!(attempt(size - 1).unwrap_err().code, "disk-full");
        }
    }
}

#[test]
fn what_grows_or_holds_too_much_is_refused() {
    let bomb = compressed(&b"\n".repeat(30 << 20), Compression::Gzip);
    assert_eq!(run_with(RULES, "a.ndjson", &bomb, &quarantine()).unwrap_err().code, "expands-too-much");
    let limits = Limits { bytes: 10, ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    assert!(run_with(RULES, "a.ndjson", b"{\"id\":12}\n", &options).is_ok());
    assert_eq!(run_with(RULES, "a.ndjson", b"{\"id\":123}\n", &options).unwrap_err().code, "file-too-large");
}

#[test]
fn a_file_that_nothing_tells_of_is_lines_and_its_owner_hears_of_it() {
    let outcome = run_with(RULES, "export", b"{\"note\":1}", &Options::default()).unwrap();
    assert_eq!((outcome.out.as_str(), outcome.summary.warnings["format-assumed"]), ("{\"note\":null}\n", 1));
    let told = run_with(RULES, "export.jsonl", b"{\"note\":1}", &Options::default()).unwrap();
    assert!(told.summary.warnings.is_empty());
}

#[test]
fn a_missing_key_fails_the_file_under_either_policy() {
    let rules = "transforms:\n- tokenize: $.id\n";
    for (path, input) in
        [("a.ndjson", "{\"id\":\"x\"}\n"), ("a.json", "[{\"id\":\"x\"}]"), ("a.csv", "id\nx\n")]
    {
        let declared = match path {
            "a.csv" => "format: CSV\n",
            "a.json" => "format: JSON_ARRAY\n",
            _ => "",
        };
        let rules = format!("{declared}{rules}");
        for bad_rows in [BadRows::Fail, BadRows::Quarantine] {
            let options = Options { bad_rows, ..Options::default() };
            let failure = run_with(&rules, path, input.as_bytes(), &options).unwrap_err();
            assert_eq!(failure.code, "encryption-key-missing", "{path}");
        }
    }
}
