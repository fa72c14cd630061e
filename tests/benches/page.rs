//! What one page costs in memory: `cargo bench -p vizard-tests`.
//!
//! A page of 300 users through the shipped rules, beside serde_json reading and writing the same bytes in the
//! same run, so that the ratio holds on any machine. Medians of 41 samples.

#![allow(clippy::print_stdout, reason = "a benchmark tells its numbers")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use vizard_sanitizer::{Options, RuleSet};
use vizard_tests::examples::Source;
use vizard_tests::{keys, repository};

const SAMPLES: usize = 41;
const USERS: usize = 300;

fn main() {
    let source = Source::load("zoom");
    let rules = repository::text("rules/zoom/rules.yaml");
    let example = source.examples.iter().find(|it| it.original == "users.json").expect("an example of users");
    let body = page(&source.original(example));
    let admitted = source.admit(example);
    let keys = keys::pseudonymizer();

    let load = median(|| RuleSet::load("rules.yaml", &rules).map(|it| it.rules.sha256().len()).ok());
    let admit = median(|| source.rules.admit(&example.call()).map(|it| it.endpoint().len()).ok());
    let tree = median(|| serde_json::from_slice::<Value>(&body).map(|it| it.to_string().len()).ok());
    let sanitize =
        median(|| admitted.sanitize(&body, keys, Options::default()).map(|it| it.body().len()).ok());

    let speed = |time: Duration| body.len() as f64 / time.as_secs_f64() / 1e6;
    println!("load rules/zoom/rules.yaml     {load:>10.1?}");
    println!("admit a call                   {admit:>10.1?}");
    println!("page of {USERS} users, {} bytes", body.len());
    println!("  serde_json, read and write   {tree:>10.1?} {:>6.0} MB/s", speed(tree));
    println!("  sanitize by the Zoom rules   {sanitize:>10.1?} {:>6.0} MB/s", speed(sanitize));
    println!("  ratio                        {:>10.2}", sanitize.as_secs_f64() / tree.as_secs_f64());
}

/// The users of the example, over and over, each with an address of its own.
fn page(original: &str) -> Vec<u8> {
    let original: Value = serde_json::from_str(original).expect("examples are JSON");
    let users = original["users"].as_array().expect("users are a list");
    let users: Vec<Value> = (0..USERS)
        .map(|i| {
            let mut user = users[i % users.len()].clone();
            user["email"] = json!(format!("user{i}@lumen-orchard.example"));
            user
        })
        .collect();
    serde_json::to_vec(&json!({"page_size": USERS, "users": users})).expect("values are JSON")
}

fn median<T>(mut work: impl FnMut() -> T) -> Duration {
    let mut times: Vec<Duration> = (0..SAMPLES)
        .map(|_| {
            let began = Instant::now();
            black_box(work());
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[SAMPLES / 2]
}
