//! A pause after a failure, twice as long after each.

use std::time::{Duration, Instant};

/// Until when not to try again.
#[derive(Debug, Default)]
pub(super) struct BackOff {
    last: Option<(Instant, Duration)>,
}

impl BackOff {
    pub(super) fn is_closed(&self, now: Instant) -> bool {
        self.last.is_some_and(|(at, pause)| now < at + pause)
    }

    /// Starts a pause. After a quiet while the first one is short again.
    pub(super) fn close(&mut self, now: Instant) {
        let pause = match self.last {
            Some((at, pause)) if now < at + pause + FORGET => (pause * 2).min(LONGEST),
            Some(_) | None => SHORTEST,
        };
        self.last = Some((now, pause));
    }

    pub(super) fn open(&mut self) {
        self.last = None;
    }
}

const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);
const FORGET: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pause_is_twice_the_last_up_to_half_a_minute() {
        let mut back_off = BackOff::default();
        let mut now = Instant::now();
        assert!(!back_off.is_closed(now));
        for seconds in [1, 2, 4, 8, 16, 30, 30] {
            back_off.close(now);
            assert!(back_off.is_closed(now + Duration::from_millis(seconds * 1000 - 1)), "{seconds}");
            now += Duration::from_secs(seconds);
            assert!(!back_off.is_closed(now), "{seconds}");
        }
        now += FORGET;
        back_off.close(now);
        assert!(!back_off.is_closed(now + SHORTEST));
        back_off.close(now);
        back_off.open();
        assert!(!back_off.is_closed(now));
    }
}
