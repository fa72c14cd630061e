//! Time for tests: the wall clock is given, deadlines are real, nothing is random.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use vizard_proxy::ports::{Clock, SystemClock};
use vizard_zoom_simulator::Running;

/// A clock whose wall time comes from elsewhere, so that a test can let an hour pass.
pub struct TestClock {
    now: Box<dyn Fn() -> SystemTime + Send + Sync>,
    requests: AtomicU64,
}

impl TestClock {
    /// The clock on Zoom's wall: both sides see the same hour pass.
    pub fn of_zoom(zoom: Arc<Running>) -> TestClock {
        TestClock { now: Box::new(move || zoom.now()), requests: AtomicU64::new(0) }
    }

    /// Always the same instant.
    pub fn fixed(seconds: u64) -> TestClock {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        TestClock { now: Box::new(move || now), requests: AtomicU64::new(0) }
    }
}

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        (self.now)()
    }

    fn instant(&self) -> Instant {
        Instant::now()
    }

    fn jitter(&self, low: Duration, _high: Duration) -> Duration {
        low
    }

    fn request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        format!("00000000-0000-4000-8000-{number:012}")
    }
}

impl fmt::Debug for TestClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestClock")
    }
}

/// The clock of a machine that is so far ahead of ours.
#[derive(Debug)]
pub struct Ahead(pub Duration);

impl Clock for Ahead {
    fn now(&self) -> SystemTime {
        SystemClock.now() + self.0
    }

    fn instant(&self) -> Instant {
        SystemClock.instant()
    }

    fn jitter(&self, low: Duration, high: Duration) -> Duration {
        SystemClock.jitter(low, high)
    }

    fn request_id(&self) -> String {
        SystemClock.request_id()
    }
}
