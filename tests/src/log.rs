//! The log of this process, set up as the server sets it up, kept to be searched.

use std::io;
use std::sync::{Mutex, OnceLock};

use serde_json::Value;
use tracing::level_filters::LevelFilter;

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Starts to keep the log, everything of it, if nobody has yet. All tests of the process share it: a line that
/// gives something away is wrong whichever test it comes from.
pub fn keep() {
    static STARTED: OnceLock<()> = OnceLock::new();
    STARTED.get_or_init(|| {
        let subscriber = vizard_proxy::log::lines(LevelFilter::TRACE, || Writer);
        tracing::subscriber::set_global_default(subscriber).expect("nobody else sets a subscriber");
    });
}

/// Everything that was logged so far, without the times: their fractions look like any six digits.
pub fn text() -> String {
    text_since(0)
}

/// How much was logged so far.
pub fn length() -> usize {
    LINES.lock().unwrap().len()
}

/// What was logged after a [`length`] was taken, without the times.
pub fn text_since(length: usize) -> String {
    let lines = whole(length);
    let without_time =
        |line: &str| match line.strip_prefix("{\"timestamp\":\"").and_then(|it| it.split_once('"')) {
            Some((_time, rest)) => format!("{{{rest}\n"),
            None => format!("{line}\n"),
        };
    lines.lines().map(without_time).collect()
}

/// The lines that hold all of `parts`, as JSON.
pub fn lines(parts: &[&str]) -> Vec<Value> {
    let text = whole(0);
    let lines = text.lines().filter(|line| parts.iter().all(|part| line.contains(part)));
    lines.map(|line| serde_json::from_str(line).expect("a log line is JSON")).collect()
}

fn whole(length: usize) -> String {
    String::from_utf8_lossy(&LINES.lock().unwrap()[length..]).into_owned()
}

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
