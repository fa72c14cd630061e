//! One finding, and all of them together.

use super::code::{Code, State};

/// What is checked, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    Settings,
    Rules,
    Store,
    Secrets,
    Egress,
    Clock,
    Token,
    Scopes,
    State,
    Calls,
}

impl Check {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Check::Settings => "settings",
            Check::Rules => "rules",
            Check::Store => "store",
            Check::Secrets => "secrets",
            Check::Egress => "egress",
            Check::Clock => "clock",
            Check::Token => "token",
            Check::Scopes => "scopes",
            Check::State => "state",
            Check::Calls => "calls",
        }
    }
}

/// What one check found about one thing. Names and numbers only: no value of a secret, nothing of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) check: Check,
    pub(crate) code: Code,
    /// The name of the setting, secret, host, scope or endpoint; empty for the whole.
    pub(crate) about: String,
    pub(crate) found: String,
    /// Of a live call.
    pub(crate) measured: Option<Measured>,
}

/// The numbers of a live call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Measured {
    /// Of the last answer.
    pub(crate) status: u16,
    /// Its sanitized body.
    pub(crate) bytes: usize,
    pub(crate) millis: u64,
    /// How many entries its list has, if it is a list.
    pub(crate) entries: Option<usize>,
    /// How many calls were made.
    pub(crate) calls: usize,
}

/// All findings of a run.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    all: Vec<Finding>,
}

impl Findings {
    pub(crate) fn add(
        &mut self,
        check: Check,
        code: Code,
        about: impl Into<String>,
        found: impl Into<String>,
    ) {
        self.push(Finding { check, code, about: about.into(), found: found.into(), measured: None });
    }

    pub(crate) fn push(&mut self, finding: Finding) {
        self.all.push(finding);
    }

    /// A check that makes no sense after what was found before.
    pub(crate) fn skip(&mut self, check: Check, because: impl Into<String>) {
        self.add(check, Code::NotTried, "", because);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.all.iter()
    }

    pub(crate) fn count(&self, state: State) -> usize {
        self.iter().filter(|it| it.code.state() == state).count()
    }

    /// The worst of all.
    pub(crate) fn verdict(&self) -> State {
        self.iter().map(|it| it.code.state()).max().unwrap_or(State::Ok).max(State::Ok)
    }
}
