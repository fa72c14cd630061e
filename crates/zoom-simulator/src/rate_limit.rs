//! Rate limits per account and class: so many a second, and for some classes so many a day.

use std::sync::{Mutex, PoisonError};

use crate::config::{Plan, RateLimits};
use crate::problem::Problem;
use crate::route::Class;
use crate::world::calendar::{DAY, instant_text};

/// What is left of the account's limits.
#[derive(Debug)]
pub(crate) struct RateLimit {
    plan: Plan,
    mode: RateLimits,
    buckets: Mutex<[Bucket; 3]>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    /// Requests left, in thousandths, as of `at`.
    left: i64,
    at_millis: i64,
    day: i64,
    used_today: u64,
}

/// Headers of an answer, by name.
pub(crate) type Headers = Vec<(&'static str, String)>;

impl RateLimit {
    pub(crate) fn new(plan: Plan, mode: RateLimits) -> Self {
        RateLimit { plan, mode, buckets: Mutex::new([Bucket::default(); 3]) }
    }

    /// Counts one request; gives the headers of the answer, and the refusal if there is one.
    pub(crate) fn count(&self, class: Class, now_millis: i64) -> (Headers, Result<(), Problem>) {
        if self.mode == RateLimits::Off {
            return (Vec::new(), Ok(()));
        }
        let (per_second, per_day) = limits(self.plan, class);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = &mut buckets[class as usize];
        bucket.refill(per_second, now_millis);
        if per_day.is_some_and(|per_day| bucket.used_today >= per_day) {
            let midnight = (now_millis / 1000 / DAY + 1) * DAY;
            return (self.daily_headers(class, per_day.unwrap_or(0), midnight), Err(Problem::TooManyPerDay));
        }
        if bucket.left < 1000 {
            return (self.second_headers(class, per_second, 0, now_millis), Err(Problem::TooManyPerSecond));
        }
        bucket.left -= 1000;
        bucket.used_today += 1;
        (self.second_headers(class, per_second, bucket.left / 1000, now_millis), Ok(()))
    }

    fn second_headers(&self, class: Class, limit: i64, left: i64, now_millis: i64) -> Headers {
        let mut headers = vec![
            ("x-ratelimit-category", word(class).to_owned()),
            ("x-ratelimit-limit", limit.to_string()),
            ("x-ratelimit-remaining", left.to_string()),
        ];
        if self.mode == RateLimits::On {
            headers.push(("x-ratelimit-type", "QPS".to_owned()));
            headers.push(("x-ratelimit-reset", instant_text(now_millis / 1000 + 1)));
        }
        headers
    }

    /// `Retry-After` is an ISO 8601 instant, whatever HTTP says.
    fn daily_headers(&self, class: Class, limit: u64, midnight: i64) -> Headers {
        let mut headers = vec![
            ("x-ratelimit-category", word(class).to_owned()),
            ("x-ratelimit-limit", limit.to_string()),
            ("x-ratelimit-remaining", "0".to_owned()),
        ];
        if self.mode == RateLimits::On {
            headers.push(("x-ratelimit-type", "Daily-limit".to_owned()));
            headers.push(("x-ratelimit-reset", instant_text(midnight)));
            headers.push(("retry-after", instant_text(midnight)));
        }
        headers
    }
}

impl Bucket {
    fn refill(&mut self, per_second: i64, now_millis: i64) {
        let full = per_second * 1000;
        let gained = now_millis.saturating_sub(self.at_millis).saturating_mul(per_second);
        self.left = self.left.saturating_add(gained).min(full);
        self.at_millis = now_millis;
        let today = now_millis / 1000 / DAY;
        if today != self.day {
            (self.day, self.used_today) = (today, 0);
        }
    }
}

pub(crate) fn word(class: Class) -> &'static str {
    match class {
        Class::Light => "Light",
        Class::Medium => "Medium",
        Class::Heavy => "Heavy",
    }
}

/// Requests per second and per day.
fn limits(plan: Plan, class: Class) -> (i64, Option<u64>) {
    match (plan, class) {
        (Plan::Free, Class::Light) => (4, Some(6_000)),
        (Plan::Free, Class::Medium) => (2, Some(2_000)),
        (Plan::Free, Class::Heavy) => (1, Some(1_000)),
        (Plan::Pro, Class::Light) => (30, None),
        (Plan::Pro, Class::Medium) => (20, None),
        (Plan::Pro, Class::Heavy) => (10, Some(30_000)),
        (Plan::Business, Class::Light) => (80, None),
        (Plan::Business, Class::Medium) => (60, None),
        (Plan::Business, Class::Heavy) => (40, Some(60_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::RateLimit;
    use crate::config::{Plan, RateLimits};
    use crate::problem::Problem;
    use crate::route::Class;

    #[test]
    fn a_second_has_so_many_requests_and_the_next_one_again() {
        let limit = RateLimit::new(Plan::Pro, RateLimits::On);
        for second in 0..3 {
            let now = 1_774_958_400_000 + second * 1000;
            for _ in 0..10 {
                assert_eq!(limit.count(Class::Heavy, now).1, Ok(()));
            }
            assert_eq!(limit.count(Class::Heavy, now).1, Err(Problem::TooManyPerSecond));
            assert_eq!(limit.count(Class::Light, now).1, Ok(()));
        }
    }

    #[test]
    fn a_day_has_so_many_requests_and_says_when_it_ends() {
        let limit = RateLimit::new(Plan::Free, RateLimits::On);
        let noon = 1_774_958_400_000;
        for second in 0..1000 {
            assert_eq!(limit.count(Class::Heavy, noon + second * 1000).1, Ok(()));
        }
        let (headers, verdict) = limit.count(Class::Heavy, noon + 1_000_000);
        assert_eq!(verdict, Err(Problem::TooManyPerDay));
        assert!(headers.contains(&("retry-after", "2026-04-01T00:00:00Z".into())), "{headers:?}");
        assert_eq!(limit.count(Class::Heavy, noon + 86_400_000).1, Ok(()));
    }

    #[test]
    fn patchy_headers_lack_the_useful_ones() {
        let limit = RateLimit::new(Plan::Free, RateLimits::Patchy);
        assert!(limit.count(Class::Heavy, 5_000).1.is_ok());
        let (headers, verdict) = limit.count(Class::Heavy, 5_000);
        assert!(verdict.is_err());
        let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["x-ratelimit-category", "x-ratelimit-limit", "x-ratelimit-remaining"]);
    }
}
