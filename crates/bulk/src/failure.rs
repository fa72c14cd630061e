//! Why a file could not be sanitized. Never holds anything of the file but places and numbers.

use std::{fmt, io};

/// A file that fails as a whole; nothing of its output may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Stable, kebab-case; listed in `docs/BULK.md`.
    pub code: &'static str,
    /// What is wrong and what to do, without any value of the file.
    pub message: String,
    /// Where, as far as it is known.
    pub place: Place,
    /// Another try may succeed: the file itself is not at fault.
    pub transient: bool,
}

/// A place in a file. All numbers count from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The line on which the row begins.
    pub line: Option<u64>,
    /// The row or record, without the header.
    pub record: Option<u64>,
    /// The column of the input, by position.
    pub column: Option<u64>,
}

impl Failure {
    /// A failure of the file as a whole.
    pub fn new(code: &'static str, message: impl Into<String>) -> Failure {
        Failure { code, message: message.into(), place: Place::default(), transient: false }
    }

    /// The same at a place.
    #[must_use]
    pub fn at(self, place: Place) -> Failure {
        Failure { place, ..self }
    }

    /// The file cannot be read. A reader that knows better hands over a failure inside of its error.
    pub fn input(error: &io::Error) -> Failure {
        Failure::inside(error).unwrap_or_else(|| Failure {
            transient: !matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData),
            ..Failure::new("input", format!("the file cannot be read: {}", reason(error)))
        })
    }

    /// The output, or what is set aside, cannot be written. A writer that knows better hands over a failure inside of
    /// its error.
    pub fn output(error: &io::Error) -> Failure {
        Failure::inside(error).unwrap_or_else(|| {
            let failure = match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    Failure::new("disk-full", "there is no room left for the output")
                }
                _ => Failure::new("output", format!("the output cannot be written: {}", reason(error))),
            };
            Failure { transient: true, ..failure }
        })
    }

    fn inside(error: &io::Error) -> Option<Failure> {
        error.get_ref().and_then(|inner| inner.downcast_ref::<Failure>()).cloned()
    }
}

/// The system's own words, or the kind: other texts might repeat what was read.
fn reason(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(_) => error.to_string(),
        None => error.kind().to_string(),
    }
}

/// So that it passes through `Read` and `Write`, and comes out of [`Failure::input`] and [`Failure::output`] as it was.
impl From<Failure> for io::Error {
    fn from(failure: Failure) -> io::Error {
        io::Error::other(failure)
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} [{}]", self.message, self.code)?;
        for (name, number) in
            [("line", self.place.line), ("record", self.place.record), ("column", self.place.column)]
        {
            if let Some(number) = number {
                write!(out, ", {name} {number}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_streams_become_failures_without_texts_of_others() {
        let known = Failure::new("truncated", "the file ends too soon").at(Place {
            line: Some(3),
            record: None,
            column: Some(2),
        });
        let text = io::Error::new(io::ErrorKind::ConnectionReset, "while sending ada@acme.example");
        let cases = [
            (Failure::input(&text), "the file cannot be read: connection reset [input]", true),
            (Failure::output(&text), "the output cannot be written: connection reset [output]", true),
            (
                Failure::input(&io::ErrorKind::UnexpectedEof.into()),
                "the file cannot be read: unexpected end of file [input]",
                false,
            ),
            (
                Failure::output(&io::ErrorKind::StorageFull.into()),
                "there is no room left for the output [disk-full]",
                true,
            ),
            (
                Failure::input(&io::Error::from(known.clone())),
                "the file ends too soon [truncated], line 3, column 2",
                false,
            ),
            (
                Failure::output(&io::Error::from(known)),
                "the file ends too soon [truncated], line 3, column 2",
                false,
            ),
        ];
        for (failure, expected, transient) in cases {
            assert_eq!(failure.to_string(), expected);
            assert_eq!(failure.transient, transient, "{expected}");
        }
    }
}
