//! Windows of time: `from` and `to`, and how far back one may look.

use crate::api::Call;
use crate::problem::Problem;
pub(super) use crate::world::calendar::DAY;
use crate::world::calendar::{months_before, seconds_of};

/// Instants from `start` to before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) start: i64,
    pub(super) end: i64,
}

pub(super) fn months_ago(now: i64, months: i64) -> i64 {
    months_before(now, months)
}

impl Call<'_> {
    /// The days `from` to `to`, both included, at most a month of them.
    pub(super) fn window(&self, is_required: bool, months_back: i64) -> Result<Window, Problem> {
        let today = self.now - self.now.rem_euclid(DAY);
        let from = self.day("from")?;
        let to = self.day("to")?;
        if is_required && (from.is_none() || to.is_none()) {
            let field = if from.is_none() { "from" } else { "to" };
            return Err(Problem::FieldInvalid { field, message: "The date is required." });
        }
        let to = to.unwrap_or(today);
        let from = from.unwrap_or_else(|| if is_required { to } else { months_before(to, 1) });
        if from > to {
            return Err(Problem::WindowInvalid("The start date must not be after the end date."));
        }
        if from < months_before(to, 1) {
            return Err(Problem::WindowInvalid("The date range must not exceed one month."));
        }
        if from < months_before(self.now, months_back) {
            return Err(Problem::WindowInvalid("The start date is too far in the past."));
        }
        Ok(Window { start: from, end: to + DAY })
    }

    /// A parameter in the form `2026-03-31` or `2026-03-31T12:00:00Z`, as the start of its day.
    pub(super) fn day(&self, field: &'static str) -> Result<Option<i64>, Problem> {
        let Some(text) = self.query.get(field).filter(|text| !text.is_empty()) else { return Ok(None) };
        let date = text.split('T').next().and_then(|day| day.parse().ok());
        let message = "The date must have the form yyyy-MM-dd.";
        date.map(|date| Some(seconds_of(date))).ok_or(Problem::FieldInvalid { field, message })
    }
}
