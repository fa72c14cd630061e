//! Records under record rules, beside the least that such work can cost: a walk over the JSON, a bare hash for each
//! identifier, and the writing of what comes of it.
//!
//! `cargo bench -p vizard-bulk --bench records`, MB of input a second, the median of seven runs in turns.

#![allow(clippy::print_stdout)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{self, Write};
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use memchr::memchr2;
use sha2::{Digest, Sha256};
use vizard_bulk::compression::Compression;
use vizard_bulk::format::Format;
use vizard_bulk::progress::Progress;
use vizard_bulk::sanitize::sanitize;
use vizard_bulk::task::{Options, Origin, Task};
use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Settings};
use vizard_sanitizer::bulk::BulkRules;

const RULES: &str = "format: AUTO\ntransforms:\n- pseudonymize: $.email\n- redact: $.topic\n";

const RECORDS: usize = 400_000;

/// Something to be measured, over so many bytes.
struct Case<'c> {
    name: &'static str,
    bytes: usize,
    run: Box<dyn Fn() + 'c>,
}

fn main() {
    let lines = records();
    let array = format!("[{}]", lines.trim_end().replace("}\n", "},\n"));
    let csv = rows(&lines);
    println!("{} records of {} bytes", RECORDS, lines.len() / RECORDS);
    let loaded = BulkRules::load("rules.yaml", RULES).expect("the rules are sound");
    let keys = Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default());
    let run = |path: &str, text: &str, options: &Options| {
        let rules = loaded.rules.for_path(path).expect("there is one set");
        let task = Task { rules, keys: &keys, options };
        let origin = Origin { path, content_type: None };
        let done = sanitize(&task, origin, &mut text.as_bytes(), &mut io::sink(), None, &Progress::default());
        assert_eq!(done.expect("the file is sound").pseudonyms, RECORDS as u64);
    };
    let threads = |threads| Options { threads, ..Options::default() };
    let packed = |compression| Options { compression, ..threads(1) };
    let csv_out = Options { format: Some(Format::Csv), ..threads(1) };
    let mut cases: Vec<Case<'_>> = vec![
        Case { name: "floor", bytes: lines.len(), run: Box::new(|| floor(&lines)) },
        Case { name: "NDJSON", bytes: lines.len(), run: Box::new(|| run("a.ndjson", &lines, &threads(1))) },
        Case {
            name: "NDJSON, two threads",
            bytes: lines.len(),
            run: Box::new(|| run("a.ndjson", &lines, &threads(2))),
        },
        Case { name: "JSON array", bytes: array.len(), run: Box::new(|| run("a.json", &array, &threads(1))) },
        Case {
            name: "JSON array, two threads",
            bytes: array.len(),
            run: Box::new(|| run("a.json", &array, &threads(2))),
        },
        Case { name: "CSV records", bytes: csv.len(), run: Box::new(|| run("a.csv", &csv, &threads(1))) },
        Case {
            name: "NDJSON to CSV",
            bytes: lines.len(),
            run: Box::new(|| run("a.ndjson", &lines, &csv_out)),
        },
        Case {
            name: "NDJSON to gzip",
            bytes: lines.len(),
            run: Box::new(|| run("a.ndjson", &lines, &packed(Compression::Gzip))),
        },
        Case {
            name: "NDJSON to zstd",
            bytes: lines.len(),
            run: Box::new(|| run("a.ndjson", &lines, &packed(Compression::Zstd))),
        },
    ];
    let only: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    cases.retain(|case| only.is_empty() || only.iter().any(|word| word == case.name));
    let mut seconds: Vec<Vec<f64>> = vec![Vec::new(); cases.len()];
    for _ in 0..7 {
        for (case, seconds) in cases.iter().zip(&mut seconds) {
            let begin = Instant::now();
            (case.run)();
            seconds.push(begin.elapsed().as_secs_f64());
        }
    }
    for (Case { name, bytes, .. }, mut seconds) in cases.iter().zip(seconds) {
        seconds.sort_by(f64::total_cmp);
        let rate = |seconds: f64| *bytes as f64 / 1e6 / seconds;
        println!("{name:24} {:6.0} MB/s, at best {:6.0}", rate(seconds[3]), rate(seconds[0]));
    }
}

/// Meetings of invented people.
fn records() -> String {
    let mut state = 7_u64;
    let mut next = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut text = String::new();
    for id in 0..RECORDS {
        writeln!(
            text,
            "{{\"id\":{id},\"uuid\":\"{:016x}{:016x}\",\"email\":\"person{}@acme.example\",\"topic\":\"Weekly {} of team {}\",\
             \"started\":\"2026-0{}-1{}T0{}:15:00Z\",\"minutes\":{},\"video\":true,\"rating\":null,\
             \"device\":{{\"kind\":\"laptop\",\"version\":\"6.{}.{}\"}},\"tags\":[\"{}\",\"internal\"],\"cost\":{}.50}}",
            next(u64::MAX), next(u64::MAX), next(1_000_000), next(50), next(900), 1 + next(9), next(10), next(10),
            next(90), next(20), next(4000), next(12), next(800),
        )
        .expect("memory takes it");
    }
    text
}

/// Some of their members as a table.
fn rows(lines: &str) -> String {
    let mut csv = "id,uuid,email,topic,more\n".to_owned();
    for line in lines.lines() {
        let cell = |name: &str| {
            let begin = line.find(name).expect("every record has it") + name.len();
            line[begin..].trim_start_matches('"').split(['"', ',']).next().expect("it has a value")
        };
        let more = cell("\"started\":");
        let (id, uuid, email, topic) =
            (cell("\"id\":"), cell("\"uuid\":"), cell("\"email\":"), cell("\"topic\":"));
        writeln!(csv, "{id},{uuid},{email},{topic},{more}").expect("memory takes it");
    }
    csv
}

/// Goes through all strings, hashes those that follow `"email":`, and copies the rest.
fn floor(lines: &str) {
    let mut out: Vec<u8> = Vec::with_capacity(1 << 20);
    for record in lines.as_bytes().split_inclusive(|byte| *byte == b'\n') {
        let (mut at, mut copied, mut wanted) = (0, 0, false);
        while let Some(open) = record[at..].iter().position(|byte| *byte == b'"') {
            let begin = at + open + 1;
            let mut end = begin;
            while let Some(found) = memchr2(b'"', b'\\', &record[end..]) {
                end += found;
                if record[end] == b'"' {
                    break;
                }
                end += 2;
            }
            let text = &record[begin..end];
            if wanted {
                let mut hash = Sha256::new();
                hash.update(text);
                hash.update(b"salt");
                let mut token = [0; 43];
                URL_SAFE_NO_PAD.encode_slice(hash.finalize(), &mut token).expect("a hash takes 43 letters");
                out.extend_from_slice(&record[copied..begin]);
                out.extend_from_slice(&token);
                copied = end;
            }
            wanted = text == b"email" && record[end + 1] == b':';
            at = end + 1;
        }
        out.extend_from_slice(&record[copied..]);
        if out.len() > 500_000 {
            black_box(io::sink().write_all(&out)).expect("nothing can fail");
            out.clear();
        }
    }
    black_box(&out);
}
