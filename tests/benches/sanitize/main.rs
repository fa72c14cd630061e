//! What sanitizing a page costs, beside what it would cost at least and what others take for a part of it.
//!
//! ```text
//! cargo bench -p vizard-tests --bench sanitize
//! cargo bench -p vizard-tests --bench sanitize -- --json docs/performance/figures.json
//! cargo bench -p vizard-tests --bench sanitize -- --quick --only users/300,rules
//! ```
//!
//! Each page is taken through `memcpy`; reading alone (`validate`); the floor, which is reading and the bare
//! cryptography of its pseudonyms; `sanitize`, the product; `tree`, the plain executor; reading into a tree of
//! serde_json (`read`); and jsonpath-rust, which reads and then looks for what the same paths reach. Medians of 41
//! rounds, 9 for pages of 30,000 records.

#![allow(clippy::print_stdout, reason = "a benchmark tells its numbers")]

// What is measured.
mod pages;
mod people;
mod records;

// Who is measured on it.
mod floor;
mod library;

// Rules.
mod generated;
mod loading;

// How.
mod report;
mod rounds;

use std::path::PathBuf;
use std::time::Duration;

use aes::Aes256Enc;
use vizard_sanitizer::Options;
use vizard_tests::{keys, repository};

use floor::Floor;
use library::Library;
use pages::{KINDS, Kind, SIZES};
use report::Measured;
use rounds::{Contender, times};

fn main() {
    let wanted = Wanted::read(std::env::args().skip(1));
    // As `vizard serve` does at its start: glibc's allocator then keeps the memory of results that are freed,
    // instead of fetching it anew, in pages of 4 KB, for each that follows.
    drop(std::hint::black_box(Vec::<u8>::with_capacity(1 << 20)));
    let cipher = floor::cipher();
    let mut rules = Vec::new();
    if wanted.has("rules", "") {
        rules = loading::measure(wanted.samples(300), wanted.turn());
        report::print_times(&rules);
    }
    let mut pages = Vec::new();
    for kind in &KINDS {
        for records in SIZES {
            if wanted.has(kind.name, &records.to_string()) {
                let measured = measure(kind, records, &cipher, &wanted);
                measured.print();
                pages.push(measured);
            }
        }
    }
    if let Some(path) = &wanted.json {
        // From the root of the repository, where cargo was called; cargo itself starts benchmarks in the package.
        let path = repository::root().join(path);
        std::fs::write(&path, report::json(&rules, &pages)).expect("the file can be written");
    }
}

fn measure(kind: &Kind, records: usize, cipher: &Aes256Enc, wanted: &Wanted) -> Measured {
    let body = kind.body(records);
    let rules = kind.rule_set();
    let admitted = kind.admit(&rules);
    let keys = keys::pseudonymizer();
    let sanitized = admitted.sanitize(&body, keys, Options::default()).expect("the body is JSON");
    let by_tree = admitted.sanitize_by_tree(&body, keys, Options::default()).expect("the body is JSON");
    assert!(sanitized.body() == by_tree.body(), "{}: both executors must agree", kind.name);
    let paths = kind.paths();
    let library = Library::of(&paths);
    let mut floor = Floor::of(cipher, &body, sanitized.body());
    let (pseudonyms, reversible) = floor.counts();
    assert_eq!(
        pseudonyms as u64,
        sanitized.counts().pseudonymized,
        "{}: every pseudonym is counted",
        kind.name
    );
    let idle_paths = library.idle(&body);

    let mut copy = body.clone();
    let contenders = vec![
        Contender::new("memcpy", || {
            copy.copy_from_slice(std::hint::black_box(&body));
            std::hint::black_box(&mut copy).len()
        }),
        Contender::new("validate", || floor::validate(&body)),
        Contender::new("floor", || floor.run(&body)),
        Contender::new("sanitize", || {
            admitted.sanitize(&body, keys, Options::default()).map_or(0, |it| it.body().len())
        }),
        Contender::new("tree", || {
            admitted.sanitize_by_tree(&body, keys, Options::default()).map_or(0, |it| it.body().len())
        }),
        Contender::new("read", || library::read(&body)),
        Contender::new("jsonpath-rust", || library.run(&body)),
        Contender::new("jsonpath-rust rewriting", || library.rewrite(&body, keys)),
    ];
    Measured {
        kind: kind.name,
        about: kind.about,
        records,
        bytes: body.len(),
        bytes_out: sanitized.body().len(),
        pseudonyms,
        reversible,
        paths: paths.len(),
        shared_paths: library.paths(),
        idle_paths,
        times: times(contenders, wanted.samples(records), wanted.turn()),
    }
}

/// What the command line asks for.
#[derive(Default)]
struct Wanted {
    /// `users`, `300`, `users/300` or `rules`; everything if there is none.
    only: Vec<String>,
    json: Option<PathBuf>,
    quick: bool,
}

impl Wanted {
    fn read(mut arguments: impl Iterator<Item = String>) -> Self {
        let mut wanted = Wanted::default();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument} needs a value"));
            match argument.as_str() {
                "--only" => wanted.only.extend(value().split(',').map(str::to_owned)),
                "--json" => wanted.json = Some(value().into()),
                "--quick" => wanted.quick = true,
                // Cargo says so to every benchmark.
                "--bench" => {}
                other => panic!("{other} is not one of --only NAME,…, --json PATH, --quick"),
            }
        }
        wanted
    }

    fn has(&self, kind: &str, records: &str) -> bool {
        let page = format!("{kind}/{records}");
        self.only.is_empty() || self.only.iter().any(|it| *it == kind || *it == records || *it == page)
    }

    fn samples(&self, records: usize) -> usize {
        match (self.quick, records) {
            (true, 30_000..) => 3,
            (true, _) | (false, 30_000..) => 9,
            (false, _) => 41,
        }
    }

    fn turn(&self) -> Duration {
        Duration::from_micros(if self.quick { 1000 } else { 5000 })
    }
}
