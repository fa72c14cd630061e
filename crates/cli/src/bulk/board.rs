//! How far a run is, on standard error: a bar at a terminal, a line for each finished file elsewhere.
#![allow(clippy::print_stderr)] // people watch it

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use unicode_width::UnicodeWidthStr;
use vizard_bulk::progress::Progress;

use crate::bulk::plan::Item;
use crate::bulk::report::{Outcome, visible};

/// What is shown while files are sanitized.
#[derive(Debug)]
pub(crate) struct Board {
    style: Style,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Silent,
    Lines,
    Bar,
}

#[derive(Debug)]
struct State {
    files: usize,
    finished: usize,
    /// Bytes of all files, if all are known.
    total: Option<u64>,
    /// Bytes of those that are finished.
    done: u64,
    running: BTreeMap<usize, Arc<Progress>>,
    /// How much was done at moments of the last seconds.
    past: VecDeque<(Instant, u64)>,
    drawn: bool,
    /// Nothing is said any more.
    closed: bool,
}

impl Board {
    /// For files that are yet to be sanitized.
    pub(crate) fn new(items: &[&Item], quiet: bool) -> Board {
        let style = match (quiet, io::stderr().is_terminal()) {
            (true, _) => Style::Silent,
            (false, true) => Style::Bar,
            (false, false) => Style::Lines,
        };
        Board { style, state: Mutex::new(State::new(items)) }
    }

    /// A file begins.
    pub(crate) fn begin(&self, index: usize) -> Arc<Progress> {
        let progress = Arc::new(Progress::default());
        self.state().running.insert(index, progress.clone());
        progress
    }

    /// A file has ended.
    pub(crate) fn end(&self, index: usize, item: &Item, outcome: &Outcome) {
        let mut state = self.state();
        let read = state.running.remove(&index).map_or(0, |progress| progress.read());
        state.done += item.bytes().unwrap_or(read);
        state.finished += 1;
        // A reader who has gone away wants no words.
        let unsaid = matches!(outcome, Outcome::Failed(trouble) if trouble.unsaid);
        if self.style == Style::Lines && !state.closed && !unsaid {
            eprintln!("{}: {}", visible(&item.name), outcome.in_short());
        }
    }

    /// Draws the bar anew.
    pub(crate) fn tick(&self) {
        let mut state = self.state();
        if self.style == Style::Bar && !state.closed {
            let width =
                terminal_size::terminal_size_of(io::stderr()).map_or(80, |(width, _)| usize::from(width.0));
            let line = state.line(Instant::now(), width.saturating_sub(1));
            let mut stderr = io::stderr().lock();
            // Nobody is left to be told that this could not be drawn.
            let _ = write!(stderr, "\r{line}\x1b[K").and_then(|()| stderr.flush());
            state.drawn = true;
        }
    }

    /// Takes the bar away; nothing more is shown.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        if std::mem::take(&mut state.drawn) {
            eprint!("\r\x1b[K");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // What is shown may be wrong by one file.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn new(items: &[&Item]) -> State {
        State {
            files: items.len(),
            finished: 0,
            total: items.iter().map(|item| item.bytes()).sum(),
            done: 0,
            running: BTreeMap::new(),
            past: VecDeque::new(),
            drawn: false,
            closed: false,
        }
    }

    fn line(&mut self, now: Instant, width: usize) -> String {
        let done = self.done + self.running.values().map(|progress| progress.read()).sum::<u64>();
        self.past.push_back((now, done));
        while self.past.front().is_some_and(|(then, _)| now.duration_since(*then) > WINDOW) {
            self.past.pop_front();
        }
        let (then, before) = self.past.front().copied().unwrap_or((now, done));
        let seconds = now.duration_since(then).as_secs_f64();
        let rate = if seconds > 0.2 { (done.saturating_sub(before)) as f64 / seconds } else { 0.0 };
        let mut words = match self.total {
            Some(total) => format!("{} of {}", size(done.min(total)), size(total)),
            None => size(done),
        };
        if rate >= 1.0 {
            words += &format!("  {}/s", size(rate as u64));
            if let Some(total) = self.total {
                words += &format!("  {} left", clock(total.saturating_sub(done) as f64 / rate));
            }
        }
        if self.files > 1 {
            words += &format!("  file {} of {}", (self.finished + 1).min(self.files), self.files);
        }
        let part = self.total.filter(|total| *total > 0).map(|total| done.min(total) as f64 / total as f64);
        let Some(part) = part else { return fits(&words, width) };
        let room = width.saturating_sub(words.width() + "100%    ".len()).min(40);
        let percent = format!("{:3.0}%", (part * 100.0).floor());
        if room < 5 {
            return fits(&format!("{percent}  {words}"), width);
        }
        let full = (part * room as f64) as usize;
        format!("{percent} [{}{}] {words}", "#".repeat(full), "-".repeat(room - full))
    }
}

/// Bytes as people read them.
pub(crate) fn size(bytes: u64) -> String {
    let mut size = bytes as f64;
    for unit in ["B", "kB", "MB", "GB", "TB"] {
        if size < 999.5 || unit == "TB" {
            let decimals = usize::from(unit != "B" && size < 99.95);
            return format!("{size:.decimals$} {unit}");
        }
        size /= 1000.0;
    }
    unreachable!("the last unit takes all")
}

fn clock(seconds: f64) -> String {
    let seconds = seconds.min(359_999.0) as u64;
    match seconds / 3600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

fn fits(words: &str, width: usize) -> String {
    words.chars().take(width).collect()
}

/// The rate is that of the last seconds.
const WINDOW: Duration = Duration::from_secs(8);

#[cfg(test)]
mod tests {
    use super::*;

    fn state(total: Option<u64>) -> State {
        State { files: 3, finished: 1, total, done: 500_000_000, ..State::new(&[]) }
    }

    #[test]
    fn tells_how_far_it_is_how_fast_and_how_long_it_takes() {
        let begin = Instant::now();
        let mut known = state(Some(2_000_000_000));
        assert_eq!(known.line(begin, 60), " 25% [#####------------------] 500 MB of 2.0 GB  file 2 of 3");
        known.done = 1_000_000_000;
        let later = begin + Duration::from_secs(5);
        assert_eq!(
            known.line(later, 100),
            " 50% [####################--------------------] 1.0 GB of 2.0 GB  100 MB/s  0:10 left  file 2 of 3"
        );
        assert_eq!(known.line(later, 30), " 50%  1.0 GB of 2.0 GB  100 MB");
        let mut unknown = state(None);
        assert_eq!(unknown.line(begin, 60), "500 MB  file 2 of 3");
        let mut empty = State::new(&[]);
        assert_eq!(empty.line(begin, 60), "0 B of 0 B");
    }

    #[test]
    fn sizes_and_times_are_short() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (99_949, "99.9 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (1 << 30, "1.1 GB"),
            (u64::MAX, "18446744 TB"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(size(bytes), expected);
        }
        let cases = [(0.4, "0:00"), (61.0, "1:01"), (3600.0, "1:00:00"), (1e12, "99:59:59")];
        for (seconds, expected) in cases {
            assert_eq!(clock(seconds), expected);
        }
    }
}
