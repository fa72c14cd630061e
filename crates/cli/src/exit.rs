//! How the command ends: an exit code that scripts can tell apart, and words on standard error.
#![allow(clippy::print_stderr)] // the command line is where people are spoken to

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

/// The exit codes; above 63 they are those of `sysexits.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    Done,
    /// A check failed or found something, or something the demonstration promised was not so.
    NotAsPromised,
    /// More leaves by the new rules than by the old ones.
    ExposureGrew,
    /// The rules do not admit the call.
    Refused,
    /// Something came out that the rules do not let out.
    Leak,
    /// The command line is wrong.
    Usage,
    /// The body or a file cannot be sanitized.
    Unsanitizable,
    /// A file cannot be read.
    NoInput,
    /// A port or the secret store cannot be had.
    Unavailable,
    /// The output or a secret cannot be written.
    Output,
    /// The rules or the settings are wrong.
    Configuration,
    /// The operator or the system ended it.
    Stopped,
}

/// The table, for `--help`.
pub(crate) const TABLE: &str = "\
Exit codes:
   0  done
   1  a check failed or found something, or the demonstration did
   2  more leaves by the new rules than by the old ones
   3  something leaked; of `sanitize`: the call was refused by the rules
  64  the command line is wrong
  65  the body or a file cannot be sanitized
  66  a file cannot be read
  69  the port or the secret store cannot be had
  74  the output or a secret cannot be written
  78  the rules or the settings are wrong; standard error says why
 130  stopped before the end";

impl From<Code> for ExitCode {
    fn from(code: Code) -> ExitCode {
        ExitCode::from(match code {
            Code::Done => 0,
            Code::NotAsPromised => 1,
            Code::ExposureGrew => 2,
            Code::Refused | Code::Leak => 3,
            Code::Usage => 64,
            Code::Unsanitizable => 65,
            Code::NoInput => 66,
            Code::Unavailable => 69,
            Code::Output => 74,
            Code::Configuration => 78,
            Code::Stopped => 130,
        })
    }
}

/// An end before the work was done.
#[derive(Debug)]
pub(crate) struct Stop {
    code: Code,
    /// Nothing where all has been said.
    why: Option<anyhow::Error>,
}

impl Stop {
    pub(crate) fn new(code: Code, why: impl Into<anyhow::Error>) -> Stop {
        Stop { code, why: Some(why.into()) }
    }

    pub(crate) fn because(code: Code, why: impl std::fmt::Display) -> Stop {
        Stop { code, why: Some(anyhow::anyhow!("{why}")) }
    }

    pub(crate) fn code(&self) -> Code {
        self.code
    }

    /// What there was to say stands in the report.
    pub(crate) fn reported(code: Code) -> Stop {
        Stop { code, why: None }
    }
}

/// Replaces the report of a panic, which may hold a value of the body, by the place where it happened.
pub(crate) fn report_panics_by_place() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|it| format!("{}:{}", it.file(), it.line()));
        eprintln!("vizard: internal error at {}", place.as_deref().unwrap_or("an unknown place"));
    }));
}

/// Says why, and returns the code for it.
pub(crate) fn report(stop: &Stop) -> ExitCode {
    // A reader who has gone away, as `| head` does, wants no words.
    let broken = |cause: &io::Error| cause.kind() == io::ErrorKind::BrokenPipe;
    if let Some(why) = &stop.why
        && !why.chain().any(|cause| cause.downcast_ref().is_some_and(broken))
    {
        eprintln!("vizard: {}", harmless(&format!("{why:#}")));
    }
    stop.code.into()
}

/// Prints what clap has to say: help and version as asked for, everything else as an error.
pub(crate) fn usage(help: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind::{DisplayHelp, DisplayVersion};
    // Nobody is left to be told that this could not be printed.
    let _ = help.print();
    if matches!(help.kind(), DisplayHelp | DisplayVersion) { Code::Done.into() } else { Code::Usage.into() }
}

/// Whether what is printed may have colours: on a terminal, unless `NO_COLOR` is set and not empty.
pub(crate) fn color() -> bool {
    let declined = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stdout().is_terminal() && !declined
}

/// Prints a report to standard output.
pub(crate) fn print(words: &str) -> Result<(), Stop> {
    let mut out = io::stdout().lock();
    let written = out.write_all(words.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Stop::new(Code::Output, error))
}

/// Tells something that does not end the work.
pub(crate) fn remark(words: impl std::fmt::Display) {
    eprintln!("{}", harmless(&words.to_string()));
}

/// Messages repeat names of rule files, which must not steer the terminal.
fn harmless(words: &str) -> String {
    let lines: Vec<String> = words.split('\n').map(vizard_proof::visible).collect();
    lines.join("\n")
}
