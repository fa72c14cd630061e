//! When things happen: weeks, offices and their zones, holidays.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// Where people work.
#[derive(Debug)]
pub(crate) struct Office {
    pub(crate) zone: &'static str,
    /// The zone's rules in POSIX form, so that no time zone database is needed.
    rules: &'static str,
    pub(crate) city: &'static str,
    pub(crate) country: &'static str,
    pub(crate) dial: &'static str,
    /// How many digits a number has after `dial`.
    pub(crate) digits: usize,
}

pub(crate) const OFFICES: [Office; 5] = [
    office("Europe/Lisbon", "WET0WEST,M3.5.0/1,M10.5.0", "Lisboa", "PT", "+351 21", 7),
    office("America/New_York", "EST5EDT,M3.2.0,M11.1.0", "Hudson", "US", "+1 518555", 4),
    office("Asia/Tokyo", "JST-9", "Tokyo", "JP", "+81 3", 8),
    office("Asia/Kolkata", "IST-5:30", "Pune", "IN", "+91 20", 8),
    office("Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3", "Leipzig", "DE", "+49 341", 8),
];

const fn office(
    zone: &'static str,
    rules: &'static str,
    city: &'static str,
    country: &'static str,
    dial: &'static str,
    digits: usize,
) -> Office {
    Office { zone, rules, city, country, dial, digits }
}

/// Days on which nobody works, as (month, day).
const HOLIDAYS: [(i8, i8); 5] = [(1, 1), (5, 1), (12, 24), (12, 25), (12, 26)];

/// The weeks of a world, counted from its first Monday.
#[derive(Debug, Clone)]
pub(crate) struct Calendar {
    first_monday: Date,
    zones: Vec<TimeZone>,
}

impl Calendar {
    /// The history of a world begins 70 weeks before `now`: just more than the longest window of the API.
    pub(crate) fn before(now: i64) -> Self {
        let today = date_of(now);
        let first_monday = today
            .saturating_sub(Span::new().days(i64::from(today.weekday().to_monday_zero_offset())))
            .saturating_sub(Span::new().weeks(70));
        let zones = OFFICES
            .iter()
            .map(|office| TimeZone::posix(office.rules).expect("the rules of the offices are valid"))
            .collect();
        Calendar { first_monday, zones }
    }

    /// The instant of a local time in an office, or nothing on a holiday.
    pub(crate) fn instant(&self, week: u16, weekday: i64, minute: i64, office: usize) -> Option<i64> {
        let date = self.date(week, weekday);
        if HOLIDAYS.contains(&(date.month(), date.day())) {
            return None;
        }
        let local = date.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
        Some(local.to_zoned(self.zones[office].clone()).ok()?.timestamp().as_second())
    }

    pub(crate) fn date(&self, week: u16, weekday: i64) -> Date {
        self.first_monday.saturating_add(Span::new().days(i64::from(week) * 7 + weekday))
    }

    /// The weeks that have a part between two instants.
    pub(crate) fn weeks(&self, from: i64, to: i64) -> std::ops::Range<u16> {
        let start = seconds_of(self.first_monday);
        let week =
            |instant: i64| ((instant - start).div_euclid(7 * DAY)).clamp(0, i64::from(LAST_WEEK)) as u16;
        if to < start { 0..0 } else { week(from - DAY)..week(to + DAY) + 1 }
    }

    pub(crate) fn begin(&self) -> i64 {
        seconds_of(self.first_monday)
    }
}

/// Occurrences are numbered up to 2047, two for each week at most.
const LAST_WEEK: u16 = 1_000;

pub(crate) const DAY: i64 = 86_400;

/// `2026-03-31T12:00:00Z`.
pub(crate) fn instant_text(seconds: i64) -> String {
    timestamp(seconds).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `2026-03-31`.
pub(crate) fn date_text(seconds: i64) -> String {
    timestamp(seconds).strftime("%Y-%m-%d").to_string()
}

/// `03/31/2026 12:00`, which some report fields use.
pub(crate) fn slashed_text(seconds: i64) -> String {
    timestamp(seconds).strftime("%m/%d/%Y %H:%M").to_string()
}

pub(crate) fn date_of(seconds: i64) -> Date {
    timestamp(seconds).to_zoned(TimeZone::UTC).date()
}

/// Midnight UTC at the start of a day.
pub(crate) fn seconds_of(date: Date) -> i64 {
    date.to_zoned(TimeZone::UTC).map_or(0, |zoned| zoned.timestamp().as_second())
}

/// The same day some months earlier.
pub(crate) fn months_before(seconds: i64, months: i64) -> i64 {
    seconds_of(date_of(seconds).saturating_sub(Span::new().months(months)))
}

fn timestamp(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::{Calendar, date_text, instant_text, months_before, slashed_text};

    const NOW: i64 = 1_774_958_400;

    #[test]
    fn writes_the_three_forms_of_time() {
        assert_eq!(instant_text(NOW), "2026-03-31T12:00:00Z");
        assert_eq!(date_text(NOW), "2026-03-31");
        assert_eq!(slashed_text(NOW), "03/31/2026 12:00");
        assert_eq!(date_text(months_before(NOW, 1)), "2026-02-28");
    }

    #[test]
    fn a_local_time_moves_with_summer_time() {
        let calendar = Calendar::before(NOW);
        let lisbon =
            |week| calendar.instant(week, 1, 9 * 60, 0).map(|at| instant_text(at)[10..16].to_owned());
        assert_eq!(lisbon(70).as_deref(), Some("T08:00"));
        assert_eq!(lisbon(60).as_deref(), Some("T09:00"));
        assert!(calendar.weeks(NOW, NOW).contains(&70));
        assert_eq!(calendar.weeks(0, 1), 0..0);
    }
}
