//! The account's own time, which tests push forward.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::config::ClockMode;

/// A clock that starts at a chosen instant, and stands or runs from there.
#[derive(Debug)]
pub(crate) struct Clock {
    base: SystemTime,
    mode: ClockMode,
    started: Instant,
    advanced_millis: AtomicU64,
}

impl Clock {
    pub(crate) fn new(base: SystemTime, mode: ClockMode) -> Self {
        Clock { base, mode, started: Instant::now(), advanced_millis: AtomicU64::new(0) }
    }

    pub(crate) fn now(&self) -> SystemTime {
        let ran = match self.mode {
            ClockMode::Frozen => Duration::ZERO,
            ClockMode::Running => self.started.elapsed(),
        };
        self.base + ran + Duration::from_millis(self.advanced_millis.load(Ordering::SeqCst))
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.advanced_millis.fetch_add(by.as_millis() as u64, Ordering::SeqCst);
    }
}

pub(crate) fn unix_seconds(time: SystemTime) -> i64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

pub(crate) fn unix_millis(time: SystemTime) -> i64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}
