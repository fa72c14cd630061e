//! Runs the built command in an environment of its own.

use std::io::Write;
use std::process::{Command, Stdio};

/// How a run ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) struct Run {
    command: Command,
    input: Vec<u8>,
}

/// The command, with none of our variables set.
pub(crate) fn vizard(arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vizard"));
    command.args(arguments).env_clear();
    Run { command, input: Vec::new() }
}

/// The same at a terminal, where the lines of the input are typed at each question. All is on standard output.
pub(crate) fn vizard_at_a_terminal(arguments: &[&str]) -> Run {
    let mut command = Command::new("python3");
    command.arg("-I").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/command/terminal.py"));
    command.arg(env!("CARGO_BIN_EXE_vizard")).args(arguments);
    Run { command, input: Vec::new() }
}

impl Run {
    pub(crate) fn with(mut self, variables: &[(&str, &str)]) -> Run {
        self.command.envs(variables.iter().copied());
        self
    }

    pub(crate) fn input(mut self, bytes: impl Into<Vec<u8>>) -> Run {
        self.input = bytes.into();
        self
    }

    pub(crate) fn into_command(self) -> Command {
        self.command
    }

    pub(crate) fn run(mut self) -> Ended {
        let piped = self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = self.input;
        // A command that refuses does not read its input to the end.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Ended {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
