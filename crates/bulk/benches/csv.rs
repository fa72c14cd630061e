//! Tables under columnar rules, beside the least that such work can cost: the `csv` crate's parser and writer around a
//! bare hash in base64 for each identifier.
//!
//! `cargo bench -p vizard-bulk --bench csv`, MB of input a second, the median of seven runs in turns. One argument
//! chooses the cases whose names hold it.

#![allow(clippy::print_stdout)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io;
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use csv::{ByteRecord, ReaderBuilder, WriterBuilder};
use sha2::{Digest, Sha256};
use vizard_bulk::progress::Progress;
use vizard_bulk::sanitize::sanitize;
use vizard_bulk::task::{Options, Order, Origin, Task};
use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Settings};
use vizard_sanitizer::bulk::BulkRules;

const ROWS: usize = 1_200_000;
const SALT: &str = "a salt of ordinary length";
const NAMES: &str = "Employee Id,Email,Team,Title,Office,Started,Ended,Minutes,Note,Meeting\n";

/// How cells are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    None,
    /// Where they must be.
    Some,
    All,
}

fn main() {
    let only = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    let tables = [
        ("distinct people", u64::MAX, Quotes::None),
        ("a thousand people", 1000, Quotes::None),
        ("distinct people, quotes where they must be", u64::MAX, Quotes::Some),
        ("distinct people, quotes around all", u64::MAX, Quotes::All),
    ];
    for (name, people, quotes) in tables {
        for format in ["URL_SAFE_TOKEN", "JSON"] {
            let name = format!("{name}, {format}");
            if name.contains(&only) {
                measure(&name, format, &table(people, quotes));
            }
        }
    }
}

fn measure(name: &str, format: &str, text: &str) {
    let rules = format!("columnsToPseudonymize: [Employee Id, Email]\npseudonymFormat: {format}\n");
    let loaded = BulkRules::load("rules.yaml", &rules).expect("the rules are sound");
    let keys = Pseudonymizer::new(&KeyMaterial::salted(SALT), Settings::default());
    let run = |threads, order| {
        let options = Options { threads, order, ..Options::default() };
        let rules = loaded.rules.for_path("table.csv").expect("there is one set");
        let task = Task { rules, keys: &keys, options: &options };
        let origin = Origin { path: "table.csv", content_type: None };
        let done = sanitize(&task, origin, &mut text.as_bytes(), &mut io::sink(), None, &Progress::default());
        assert_eq!(done.expect("the table is sound").rows, ROWS as u64);
    };
    let shuffled = Order::Shuffled { seed: 1 };
    let cases: [(&str, &dyn Fn()); 5] = [
        ("floor", &|| floor(text)),
        ("in order", &|| run(1, Order::Kept)),
        ("shuffled", &|| run(1, shuffled)),
        ("in order, two threads", &|| run(2, Order::Kept)),
        ("shuffled, two threads", &|| run(2, shuffled)),
    ];
    let mut seconds: Vec<Vec<f64>> = vec![Vec::new(); cases.len()];
    for _ in 0..7 {
        for ((_, case), seconds) in cases.iter().zip(&mut seconds) {
            let begin = Instant::now();
            case();
            seconds.push(begin.elapsed().as_secs_f64());
        }
    }
    println!("{name}: {} MB, {} bytes a row", text.len() / 1_000_000, text.len() / ROWS);
    let mut floor = None;
    for ((name, _), mut seconds) in cases.iter().zip(seconds) {
        seconds.sort_by(f64::total_cmp);
        let median = seconds[seconds.len() / 2];
        let floor = *floor.get_or_insert(median);
        let speed = text.len() as f64 / median / 1e6;
        println!("  {name:<24} {speed:>5.0} MB/s   {:>4.2} of the floor's time", median / floor);
    }
}

/// Parse, hash, write.
fn floor(text: &str) {
    let mut reader =
        ReaderBuilder::new().has_headers(false).buffer_capacity(512 << 10).from_reader(text.as_bytes());
    let mut writer = WriterBuilder::new().buffer_capacity(512 << 10).from_writer(black_box(io::sink()));
    let mut row = ByteRecord::new();
    let mut letters = [0; 43];
    while reader.read_byte_record(&mut row).expect("memory can be read") {
        for (place, cell) in row.iter().enumerate() {
            let written = match place {
                0 | 1 => {
                    let hash = Sha256::new().chain_update(cell).chain_update(SALT).finalize();
                    URL_SAFE_NO_PAD.encode_slice(hash, &mut letters).expect("it takes 43 letters");
                    writer.write_field(letters)
                }
                _ => writer.write_field(cell),
            };
            written.expect("memory can be written");
        }
        writer.write_record(None::<&[u8]>).expect("memory can be written");
    }
    writer.flush().expect("memory can be written");
}

/// Ten columns of meetings, and so many people who attended.
fn table(people: u64, quotes: Quotes) -> String {
    let mut out = String::from(NAMES);
    let mut random: u64 = 88_172_645_463_325_252;
    for row in 0..ROWS as u64 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let person = if people == u64::MAX { row } else { random % people };
        let day = random % 28 + 1;
        let [open, note] = match quotes {
            Quotes::None => ["", "weekly review of all"],
            Quotes::Some => ["\"", "the \"\"weekly\"\", again"],
            Quotes::All => ["\"", "weekly review of all"],
        };
        let all = if quotes == Quotes::All { "\"" } else { "" };
        writeln!(
            out,
            "{all}E{person:07}{all},{all}person.{person}@acme.example{all},{all}Platform {}{all},\
             {all}Engineer {}{all},{all}Office {} Oslo{all},{all}2024-03-{day:02}T08:15:00Z{all},\
             {all}2024-03-{day:02}T17:45:00Z{all},{all}{}{all},{open}{note}{open},\
             {all}https://meet.example/{}{all}",
            random % 40,
            random % 7,
            random % 13,
            random % 480,
            random % 1_000_003,
        )
        .expect("text can be written");
    }
    out
}
