//! What sanitizing takes from the heap beside the buffer of its output: as much for 300 records as for 30,000.
//!
//! A binary with one test, since every allocation of the process is counted. Its numbers:
//! `cargo test -p vizard-tests --test heap -- --nocapture`.

#![allow(clippy::print_stdout, reason = "the test tells its numbers")]

use dhat::{HeapStats, Profiler};
use vizard_sanitizer::{Admitted, Options};
use vizard_tests::keys;

// The pages of the benchmark.
#[path = "../benches/sanitize/pages.rs"]
#[allow(dead_code, reason = "the benchmark asks more of a page")]
mod pages;
#[path = "../benches/sanitize/people.rs"]
mod people;
#[path = "../benches/sanitize/records.rs"]
mod records;

use pages::KINDS;
use people::Person;

#[global_allocator]
static HEAP: dhat::Alloc = dhat::Alloc;

/// Bytes beside the output at the worst moment.
const MOST_BESIDE: usize = 128 << 10;

/// Blocks for a body, however long: the output with the times that it grows, and a handful.
const MOST_BLOCKS: u64 = 20;

/// Which pages are measured, and how many blocks each further record may take. The first three, by the shipped
/// rules, hold pseudonyms of texts and of numbers, parts of texts, and digests.
const MEASURED: [(&str, u64); 5] = [
    ("participants", 0),
    ("users", 0),
    ("report", 0),
    ("lines", 0),
    // What filters look at is read into a small tree first.
    ("filters", 5),
];

#[test]
fn takes_no_more_for_more_records() {
    for (name, each) in MEASURED {
        let kind = KINDS.iter().find(|it| it.name == name).expect("the benchmark has the page");
        let rules = kind.rule_set();
        let admitted = kind.admit(&rules);
        // Regexes make room for themselves once, at their first use, and keep it.
        let first = Taken::by(&admitted, &kind.body(3));
        first.tell(name, 3);
        assert!(first.beside() < MOST_BESIDE, "{name}: {first:?}");
        for records in [300, 30_000] {
            let taken = Taken::by(&admitted, &kind.body(records));
            taken.tell(name, records);
            assert!(taken.beside() < MOST_BESIDE, "{name}, {records} records: {taken:?}");
            let most = MOST_BLOCKS + each * records as u64;
            assert!(taken.blocks <= most, "{name}, {records} records: more than {most} blocks: {taken:?}");
            assert!(!taken.grew(), "{name}, {records} records: the output outgrew its room: {taken:?}");
        }
    }
    grows_seldom();
}

/// A page of nothing but identifiers is three times as long with tokens in their place, and there is room for one
/// and a half. Even so the output is not moved often, nor made much too large.
fn grows_seldom() {
    let users = KINDS.iter().find(|it| it.name == "users").expect("the benchmark has the page");
    let rules = users.rule_set();
    let admitted = users.admit(&rules);
    for records in [300, 30_000] {
        let ids: Vec<String> = (0..records).map(|n| format!(r#"{{"id":"{}"}}"#, Person(n).id())).collect();
        let body = format!(r#"{{"users":[{}]}}"#, ids.join(","));
        let taken = Taken::by(&admitted, body.as_bytes());
        taken.tell("ids alone", records as usize);
        assert!(taken.grew(), "the page was to outgrow its room: {taken:?}");
        assert!(taken.blocks <= MOST_BLOCKS, "{records} ids: {taken:?}");
        assert!(taken.beside() < MOST_BESIDE, "{records} ids: {taken:?}");
        assert!(taken.room <= 2 * taken.output, "{records} ids: {taken:?}");
    }
}

/// What one body took.
#[derive(Debug)]
struct Taken {
    body: usize,
    output: usize,
    /// The capacity of the output's buffer.
    room: usize,
    /// Blocks that were allocated or changed their size.
    blocks: u64,
    /// Bytes at the worst moment, the output's buffer among them.
    peak: usize,
}

impl Taken {
    fn by(admitted: &Admitted<'_>, body: &[u8]) -> Taken {
        let keys = keys::pseudonymizer();
        let profiler = Profiler::builder().testing().build();
        let sanitized = admitted.sanitize(body, keys, Options::default());
        let HeapStats { total_blocks: blocks, max_bytes: peak, .. } = HeapStats::get();
        drop(profiler);
        let output = sanitized.expect("the body is JSON").into_body();
        let room = output.capacity();
        Taken { body: body.len(), output: output.len(), room, blocks, peak }
    }

    fn beside(&self) -> usize {
        self.peak - self.room
    }

    /// Whether the output outgrew its first room, which is one and a half times the body. It is doubled then.
    fn grew(&self) -> bool {
        self.room > 2 * self.body
    }

    fn tell(&self, name: &str, records: usize) {
        let Taken { body, output, room, blocks, peak, .. } = self;
        println!(
            "{name:<12} {records:>6} records: body {body:>9}, output {output:>9} in {room:>9}; \
             {blocks:>6} blocks, at most {peak:>9} bytes, {:>6} beside the output",
            self.beside()
        );
    }
}
