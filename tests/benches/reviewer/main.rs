//! How long reviewers wait: `vizard check`, `explain`, `diff` and others on the largest shipped rule file, as processes.
//!
//! ```text
//! cargo bench -p vizard-tests --bench reviewer
//! ```
//!
//! The program is the released one. Medians of 21 runs in turns, with the fastest and slowest; `--version` is what
//! starting a process takes by itself.

#![allow(clippy::unwrap_used, reason = "a benchmark says by panicking what is wrong")]
#![allow(clippy::print_stdout, reason = "a benchmark tells its numbers")]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use vizard_tests::programs::released_command;
use vizard_tests::repository;

const RUNS: usize = 21;

fn main() {
    let program = released_command();
    let rules = largest();
    let folder = rules.rsplit_once('/').unwrap().0.to_owned();
    let page = std::env::temp_dir().join("vizard-bench-review.html");
    let verbs: Vec<Vec<&str>> = vec![
        vec!["--version"],
        vec!["check", &rules],
        vec!["explain", &rules],
        vec!["diff", &rules, &rules],
        vec!["report", &rules, "-o", page.to_str().unwrap()],
        vec!["fmt", "--check", &rules],
        vec!["test", &folder, "--no-canaries"],
        vec!["test", &folder],
    ];
    let lines = repository::text(&rules).lines().count();
    println!("{rules}, {lines} lines; medians of {RUNS} runs, fastest to slowest");
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); verbs.len()];
    for _ in 0..RUNS {
        for (verb, times) in verbs.iter().zip(&mut times) {
            let begun = Instant::now();
            let mut command = Command::new(&program);
            let ended = command
                .args(verb)
                .current_dir(repository::root())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            assert!(ended.status().unwrap().success(), "{verb:?}");
            times.push(begun.elapsed());
        }
    }
    for (verb, times) in verbs.iter().zip(&mut times) {
        times.sort();
        let millis = |it: Duration| it.as_secs_f64() * 1e3;
        let (median, least, most) = (times[RUNS / 2], times[0], times[RUNS - 1]);
        let name = verb.iter().filter(|it| !it.contains('/')).copied().collect::<Vec<_>>().join(" ");
        println!("{name:22} {:7.1} ms  ({:.1} to {:.1})", millis(median), millis(least), millis(most));
    }
    // What the page was written for is done.
    let _ = std::fs::remove_file(page);
}

/// The shipped rule file with the most lines, from the root of the repository.
fn largest() -> String {
    let files = repository::files("rules", "rules.yaml");
    files.into_iter().max_by_key(|path| repository::text(path).lines().count()).unwrap()
}
