//! One difference between two rule files.

use std::fmt;

use serde::Serialize;
use vizard_sanitizer::Place;
use vizard_sanitizer::outline::FieldPath;

use super::what::What;

/// Whether more or less passes and leaves. In the order in which reports tell them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// More, or it cannot be proven that it is not more.
    Grows,
    /// Less.
    Shrinks,
    /// Neither.
    Neutral,
}

impl Direction {
    /// As texts and JSON spell it.
    pub fn word(self) -> &'static str {
        match self {
            Direction::Grows => "grows",
            Direction::Shrinks => "shrinks",
            Direction::Neutral => "neutral",
        }
    }
}

/// What one of the files says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// In a few words.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// One difference between two rule files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whether more or less passes and leaves.
    pub direction: Direction,
    /// Whether the direction is certain; when it is not, the change counts as growth.
    pub proven: bool,
    /// The kind.
    pub what: What,
    /// The endpoint with its methods, as the new file has it, or the old one where it is gone.
    pub endpoint: Option<String>,
    /// The field, where it is about one.
    pub field: Option<FieldPath>,
    /// What the old file says; `None`: nothing.
    pub before: Option<Said>,
    /// What the new file says; `None`: nothing.
    pub after: Option<Said>,
    /// A sentence fragment that says what is so now.
    pub message: String,
}

impl Change {
    /// A change whose direction is certain.
    pub(super) fn new(direction: Direction, what: What, message: impl Into<String>) -> Change {
        let message = message.into();
        Change {
            direction,
            proven: true,
            what,
            endpoint: None,
            field: None,
            before: None,
            after: None,
            message,
        }
    }

    /// A change that nobody can judge from the rules alone.
    pub(super) fn unproven(what: What, message: impl std::fmt::Display) -> Change {
        let message = format!("{message}; it cannot be proven that this lets out no more");
        Change { proven: false, ..Change::new(Direction::Grows, what, message) }
    }

    pub(super) fn at(mut self, field: &FieldPath) -> Change {
        self.field = Some(field.clone());
        self
    }

    pub(super) fn before(mut self, text: impl Into<String>, place: Place) -> Change {
        self.before = Some(Said { text: text.into(), place });
        self
    }

    pub(super) fn after(mut self, text: impl Into<String>, place: Place) -> Change {
        self.after = Some(Said { text: text.into(), place });
        self
    }

    pub(super) fn of(mut self, endpoint: &str) -> Change {
        self.endpoint = Some(endpoint.to_owned());
        self
    }
}

/// How many changes there are of each direction. `Display`: `3 grow, 1 shrinks, 2 neutral`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Lets more pass or leave, or might.
    pub grow: usize,
    /// Lets less pass or leave.
    pub shrink: usize,
    /// Neither.
    pub neutral: usize,
}

impl Tally {
    /// Counts.
    pub fn of<'c>(changes: impl IntoIterator<Item = &'c Change>) -> Tally {
        let mut tally = Tally::default();
        for change in changes {
            *match change.direction {
                Direction::Grows => &mut tally.grow,
                Direction::Shrinks => &mut tally.shrink,
                Direction::Neutral => &mut tally.neutral,
            } += 1;
        }
        tally
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = |count: usize, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{count} {many}")),
        };
        let parts = [
            verb(self.grow, "grows", "grow"),
            verb(self.shrink, "shrinks", "shrink"),
            verb(self.neutral, "neutral", "neutral"),
        ];
        let said: Vec<String> = parts.into_iter().flatten().collect();
        out.write_str(if said.is_empty() { "no changes".to_owned() } else { said.join(", ") }.as_str())
    }
}
