//! What is wrong with a setting, for the operator: its name, what would do, and what was probably meant.

use std::fmt;

/// One problem. It holds no value: a value in the wrong place may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingProblem {
    /// The name of the setting or of the secret.
    pub name: String,
    /// In which way it is wrong.
    pub flaw: Flaw,
    /// What would do.
    pub expected: String,
    /// What was probably meant: a name or a value that would do.
    pub suggestion: Option<String>,
}

/// In which way a setting is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It is needed and not there.
    Absent,
    /// It is there and cannot be used.
    Invalid,
    /// Whether it is there could not be found out.
    Unreadable,
    /// No setting has this name.
    Unknown,
}

impl fmt::Display for SettingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, expected) = (&self.name, &self.expected);
        match self.flaw {
            Flaw::Absent => write!(f, "{name} is not set: expected {expected}")?,
            Flaw::Invalid => write!(f, "{name} is not valid: expected {expected}")?,
            Flaw::Unreadable => write!(f, "{name} could not be read: {expected}")?,
            Flaw::Unknown => write!(f, "{name} is set, but is no setting of this proxy")?,
        }
        match (&self.suggestion, self.flaw) {
            (Some(name), Flaw::Absent) => write!(f, "; `{name}` is set: is it meant?"),
            (Some(suggestion), _) => write!(f, "; did you mean `{suggestion}`?"),
            (None, _) => Ok(()),
        }
    }
}
