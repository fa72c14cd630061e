//! A canary that is where it must not be.

use std::fmt;

use vizard_sanitizer::outline::FieldPath;

use crate::canary::plant::Piece;
use crate::canary::search::Form;

/// Where something came out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Where {
    /// At a place of the body of an answer.
    Field(FieldPath),
    /// As a member name in the body.
    Name(FieldPath),
    /// In a body that is not JSON, or across its values.
    Body,
    /// In a response header.
    Header(String),
    /// In a line of the log.
    Log(usize),
    /// In the text of an error.
    Error,
}

/// A canary that is where it must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// Its number.
    pub canary: usize,
    /// What of it was seen.
    pub piece: Piece,
    /// Where.
    pub seen: Where,
    /// In which form.
    pub form: Form,
}

impl Where {
    /// The same without what differs from call to call.
    pub(super) fn kind(&self) -> Where {
        match self {
            Where::Log(_) => Where::Log(0),
            other => other.clone(),
        }
    }
}

impl fmt::Display for Where {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Where::Field(path) => write!(out, "at `{path}` of an answer"),
            Where::Name(path) => write!(out, "as a member name in `{path}` of an answer"),
            Where::Body => out.write_str("in the body of an answer"),
            Where::Header(name) => write!(out, "in the response header `{name}`"),
            Where::Log(line) => write!(out, "in line {line} of the log"),
            Where::Error => out.write_str("in the text of an error"),
        }
    }
}
