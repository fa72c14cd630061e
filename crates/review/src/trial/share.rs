//! How much of something is exercised, and how much is asked for: whole numbers, never rounded.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// What was exercised.
    pub exercised: usize,
    /// What there is.
    pub of: usize,
}

impl Share {
    /// Counts those for which it is so.
    pub fn count(all: impl Iterator<Item = bool>) -> Share {
        all.fold(Share::default(), |share, is| Share {
            exercised: share.exercised + usize::from(is),
            of: share.of + 1,
        })
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Share) -> Share {
        Share { exercised: self.exercised + other.exercised, of: self.of + other.of }
    }

    /// Whether it is at least as much as asked. Of nothing everything is exercised.
    pub fn reaches(self, least: &Threshold) -> bool {
        self.exercised as u128 * HUNDRED_PERCENT >= least.millionths * self.of as u128
    }

    /// In percent, with two decimals that are cut and not rounded: less than all never reads as 100.
    pub fn percent(self) -> String {
        let hundredths =
            if self.of == 0 { 10_000 } else { self.exercised as u128 * 10_000 / self.of as u128 };
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.exercised, self.of)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.exercised, self.of).serialize(serializer)
    }
}

/// Percent as written, such as `97.5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    written: String,
    /// Of a percent.
    millionths: u128,
}

const MILLION: u128 = 1_000_000;
const HUNDRED_PERCENT: u128 = 100 * MILLION;

impl FromStr for Threshold {
    type Err = String;

    fn from_str(written: &str) -> Result<Threshold, String> {
        let (whole, part) = written.split_once('.').unwrap_or((written, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(part) || whole.len() > 3 || part.len() > 6 {
            return Err("expected a percentage such as 97.5, with at most six decimals".to_owned());
        }
        let number = |text: &str| text.parse::<u128>().unwrap_or(u128::MAX);
        let millionths = number(whole) * MILLION + number(&format!("{part:0<6}"));
        if millionths > HUNDRED_PERCENT {
            return Err("expected at most 100".to_owned());
        }
        Ok(Threshold { written: written.to_owned(), millionths })
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} %", self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_exactly() {
        for (exercised, of, least, reaches) in [
            (39, 40, "97.5", true),
            (974, 1000, "97.5", false),
            (975, 1000, "97.5", true),
            (9995, 10_000, "99.95", true),
            (9995, 10_000, "100", false),
            (9995, 10_000, "99.950001", false),
            (1, 3, "33.333333", true),
            (1, 3, "33.333334", false),
            (usize::MAX - 1, usize::MAX, "100", false),
            (usize::MAX, usize::MAX, "100.0", true),
            (0, 0, "100", true),
            (0, 5, "0", true),
        ] {
            let share = Share { exercised, of };
            assert_eq!(share.reaches(&least.parse().unwrap()), reaches, "{share} of {least}");
        }
    }

    #[test]
    fn cuts_and_never_rounds() {
        for (exercised, of, percent) in [
            (0, 7, "0.00"),
            (9_999_999, 10_000_000, "99.99"),
            (2, 3, "66.66"),
            (7, 7, "100.00"),
            (0, 0, "100.00"),
        ] {
            assert_eq!(Share { exercised, of }.percent(), percent);
        }
    }

    #[test]
    fn refuses_what_is_no_percentage() {
        for written in ["", "97,5", "-1", "100.000001", "101", "1e2", "97.", ".5", "97.1234567", " 97", "NaN"]
        {
            assert!(written.parse::<Threshold>().is_err(), "{written}");
        }
        assert_eq!("097.50".parse::<Threshold>().unwrap().to_string(), "097.50 %");
    }
}
