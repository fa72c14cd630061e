//! What was measured, as a table for people and as JSON for `docs/performance/chart.py`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use crate::rounds::Times;

/// What was measured of one page.
pub(crate) struct Measured {
    pub(crate) kind: &'static str,
    pub(crate) about: &'static str,
    pub(crate) records: usize,
    pub(crate) bytes: usize,
    pub(crate) bytes_out: usize,
    pub(crate) pseudonyms: usize,
    pub(crate) reversible: usize,
    pub(crate) paths: usize,
    /// Paths that jsonpath-rust can evaluate, and those of them that reach nothing in this page.
    pub(crate) shared_paths: usize,
    pub(crate) idle_paths: usize,
    pub(crate) times: Vec<Times>,
}

impl Measured {
    fn time(&self, name: &str) -> f64 {
        self.times.iter().find(|it| it.name == name).expect("every contender ran").median.as_secs_f64()
    }

    /// One time over another, each by its name.
    fn ratios(&self) -> [(&'static str, f64); 8] {
        let (ours, library, read) = (self.time("sanitize"), self.time("jsonpath-rust"), self.time("read"));
        let (paths, shared) = (self.paths as f64, self.shared_paths as f64);
        [
            ("sanitize over floor", ours / self.time("floor")),
            ("tree over floor", self.time("tree") / self.time("floor")),
            ("tree over sanitize", self.time("tree") / ours),
            // Reading the body, and looking for each path that both dialects share.
            ("jsonpath-rust over sanitize", library / ours),
            // The same job but for the schema: finding, putting pseudonyms there, writing.
            ("jsonpath-rust rewriting over sanitize", self.time("jsonpath-rust rewriting") / ours),
            // The same with each time divided by its own number of paths: it evaluates fewer where there are filters.
            ("jsonpath-rust over sanitize, each by its paths", library / shared / (ours / paths)),
            // All of our work against reading once and looking for one path of average cost.
            ("jsonpath-rust for one path over sanitize", (read + (library - read) / shared) / ours),
            // The same with the reading shared out among its paths as well: the least that one can cost it.
            ("jsonpath-rust by its paths over sanitize", library / shared / ours),
        ]
    }

    pub(crate) fn print(&self) {
        println!("\n{}/{}: {}", self.kind, self.records, self.about);
        println!(
            "  {} bytes in, {} out, {} pseudonyms ({} reversible), {} paths ({} of them for jsonpath-rust, {} idle)",
            self.bytes,
            self.bytes_out,
            self.pseudonyms,
            self.reversible,
            self.paths,
            self.shared_paths,
            self.idle_paths,
        );
        println!("  {:<18} {:>12} {:>25} {:>9} {:>9}", "", "median", "quartiles", "MB/s", "/ floor");
        for it in &self.times {
            let seconds = it.median.as_secs_f64();
            println!(
                "  {:<18} {:>12} {:>25} {:>9.0} {:>9.2}",
                it.name,
                shown(it.median),
                format!("{} to {}", shown(it.quartiles.0), shown(it.quartiles.1)),
                self.bytes as f64 / seconds / 1e6,
                seconds / self.time("floor"),
            );
        }
        for (name, ratio) in self.ratios() {
            println!("  {name:<50} {ratio:>8.2}");
        }
    }

    fn json(&self) -> Value {
        let ratios = self.ratios().map(|(name, ratio)| (name.to_owned(), rounded(ratio)));
        json!({
            "kind": self.kind,
            "about": self.about,
            "records": self.records,
            "bytes": self.bytes,
            "bytes_out": self.bytes_out,
            "pseudonyms": self.pseudonyms,
            "reversible": self.reversible,
            "paths": self.paths,
            "shared_paths": self.shared_paths,
            "idle_paths": self.idle_paths,
            "times": times_json(&self.times),
            "ratios": Value::Object(ratios.into_iter().collect()),
        })
    }
}

pub(crate) fn print_times(times: &[Times]) {
    for it in times {
        let quartiles = format!("{} to {}", shown(it.quartiles.0), shown(it.quartiles.1));
        println!("{:<34} {:>12} {:>25}", it.name, shown(it.median), quartiles);
    }
}

/// Everything, with the day and the processor it was measured on.
pub(crate) fn json(rules: &[Times], pages: &[Measured]) -> String {
    let taken_at = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970").as_secs();
    let all = json!({
        "taken_at": taken_at,
        "processor": processor(),
        "cores": std::thread::available_parallelism().map_or(1, |it| it.get()),
        "rules": times_json(rules),
        "pages": pages.iter().map(Measured::json).collect::<Vec<_>>(),
    });
    format!("{all:#}\n")
}

/// Nanoseconds.
fn times_json(times: &[Times]) -> Value {
    let one = |it: &Times| {
        let (lower, upper) = it.quartiles;
        json!({"median": it.median.as_nanos() as u64, "quartiles": [lower.as_nanos() as u64, upper.as_nanos() as u64]})
    };
    Value::Object(times.iter().map(|it| (it.name.to_owned(), one(it))).collect::<Map<_, _>>())
}

fn rounded(ratio: f64) -> Value {
    json!((ratio * 1000.0).round() / 1000.0)
}

fn shown(time: Duration) -> String {
    match time.as_nanos() {
        0..10_000 => format!("{} ns", time.as_nanos()),
        10_000..10_000_000 => format!("{:.1} us", time.as_secs_f64() * 1e6),
        _ => format!("{:.1} ms", time.as_secs_f64() * 1e3),
    }
}

fn processor() -> String {
    let told = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = told.lines().find(|it| it.starts_with("model name"));
    line.and_then(|it| it.split_once(':')).map_or("unknown", |it| it.1.trim()).to_owned()
}
