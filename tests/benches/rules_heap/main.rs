//! What memory loading rules takes: `cargo bench -p vizard-tests --bench rules_heap`.
//!
//! Apart from the benchmark of times, because counting every allocation takes time.

#![allow(clippy::print_stdout, reason = "a benchmark tells its numbers")]

use peak_alloc::PeakAlloc;
use vizard_sanitizer::RuleSet;
use vizard_tests::repository;

#[path = "../sanitize/generated.rs"]
mod generated;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

fn main() {
    // What the process sets up once is not counted.
    load("a first time", &repository::text("rules/zoom/rules.yaml"));
    println!("{:<34} {:>10} {:>14} {:>14}", "", "text", "peak", "kept");
    let rows = [
        ("rules/zoom/rules.yaml", repository::text("rules/zoom/rules.yaml")),
        (&*format!("{} endpoints, {} paths", generated::ENDPOINTS, generated::PATHS), generated::rule_file()),
    ];
    for (name, yaml) in rows {
        let (peak, kept) = load(name, &yaml);
        let kilobytes = |bytes: usize| format!("{:.0} KB", bytes as f64 / 1e3);
        println!("{name:<34} {:>10} {:>14} {:>14}", kilobytes(yaml.len()), kilobytes(peak), kilobytes(kept));
    }
}

/// Heap beyond what was there before: at most while loading, and of the rules once loaded.
fn load(name: &str, yaml: &str) -> (usize, usize) {
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    match RuleSet::load(name, yaml) {
        Ok(loaded) => {
            let peak = HEAP.peak_usage() - before;
            drop(loaded.warnings);
            (peak, HEAP.current_usage() - before)
        }
        Err(problems) => panic!("{problems}"),
    }
}
