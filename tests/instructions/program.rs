//! Sanitizes one page of the benchmark, so that its instructions can be counted: `instructions PAGE RECORDS`.
//! `tests/instructions/run` does so.

#![allow(clippy::print_stdout, reason = "the lengths are told, so that the work is not optimized away")]

use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::{Admitted, Options};
use vizard_tests::keys;

#[path = "../benches/sanitize/pages.rs"]
#[allow(dead_code, reason = "the benchmark asks more of a page")]
mod pages;
#[path = "../benches/sanitize/people.rs"]
mod people;
#[path = "../benches/sanitize/records.rs"]
mod records;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [page, records] = arguments.as_slice() else { panic!("usage: instructions PAGE RECORDS") };
    let Some(kind) = pages::KINDS.iter().find(|it| it.name == page) else {
        panic!("there is no page {page}")
    };
    let rules = kind.rule_set();
    let admitted = kind.admit(&rules);
    let keys = keys::pseudonymizer();
    let body = kind.body(records.parse().expect("RECORDS is a number"));
    // What is set up once is left out: a server sanitizes many bodies.
    let first = sanitize(&admitted, &body, keys);
    let counted = counted(&admitted, &body, keys);
    assert_eq!(first, counted, "every time gives the same");
    println!("{} {counted}", body.len());
}

/// Instructions are counted from here to its end.
#[inline(never)]
fn counted(admitted: &Admitted<'_>, body: &[u8], keys: &Pseudonymizer) -> usize {
    sanitize(admitted, body, keys)
}

fn sanitize(admitted: &Admitted<'_>, body: &[u8], keys: &Pseudonymizer) -> usize {
    let sanitized = admitted.sanitize(body, keys, Options::default());
    sanitized.expect("the body is JSON").body().len()
}
