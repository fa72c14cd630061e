//! Why rules cannot be held against a file's header. Names are those that the rules write, never text of the file.

use std::fmt;

/// All reasons why rules do not fit a header; there is at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbound {
    /// In the order of the rules.
    pub reasons: Vec<Reason>,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The rules name a column that the file does not have.
    Missing {
        /// As the rules write it.
        name: String,
    },
    /// The rules make a column of a name that another column of the file has, whose data would vanish.
    Collides {
        /// As the rules write it.
        name: String,
        /// The column it is made of.
        source: String,
    },
    /// No column is left that could leave.
    NothingLeft,
}

/// How many names are said at most.
const SHOWN: usize = 20;

impl Reason {
    /// Stable, kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::Missing { .. } => "column-missing",
            Reason::Collides { .. } => "column-collides",
            Reason::NothingLeft => "no-columns-left",
        }
    }
}

impl Unbound {
    /// That of the first reason.
    pub fn code(&self) -> &'static str {
        self.reasons.first().map_or(Reason::NothingLeft.code(), Reason::code)
    }
}

impl std::error::Error for Unbound {}

impl fmt::Display for Unbound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let missing = |reason: &'_ Reason| match reason {
            Reason::Missing { name } => Some(format!("`{name}`")),
            Reason::Collides { .. } | Reason::NothingLeft => None,
        };
        let names: Vec<String> = self.reasons.iter().filter_map(missing).collect();
        let mut said = Vec::new();
        if !names.is_empty() {
            let shown = names[..names.len().min(SHOWN)].join(", ");
            let more = match names.len().saturating_sub(SHOWN) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            said.push(format!("the rules name {shown}{more}, which the header of the file does not have"));
        }
        for reason in self.reasons.iter() {
            match reason {
                Reason::Missing { .. } => {}
                Reason::Collides { name, source } => said.push(format!(
                    "the rules make `{name}` of `{source}`, and the file has another column of this name, which would be lost"
                )),
                Reason::NothingLeft => said.push("no column of the file would leave".to_owned()),
            }
            if said.len() > SHOWN {
                break;
            }
        }
        out.write_str(&said.join("; "))
    }
}
