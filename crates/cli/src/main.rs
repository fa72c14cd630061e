//! The `vizard` command: run the proxy, set its secrets, check a deployment, sanitize one response offline, see a
//! demonstration. Each verb is one file.

mod exit;

mod demo;
mod doctor;
mod sanitize;
mod secrets;
mod serve;

mod target;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::exit::Code;

/// A privacy proxy: only listed calls pass, only listed fields return, and every identifier is a pseudonym.
#[derive(Debug, Parser)]
#[command(name = "vizard", version, after_help = exit::TABLE)]
struct Command {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run the proxy as a server, configured by environment variables
    #[command(after_help = serve::SETTINGS)]
    Serve,
    /// Write the secrets of a deployment, or check them
    #[command(subcommand)]
    Secrets(secrets::Verb),
    /// Check a deployment from its settings to one live call for each endpoint
    #[command(after_help = doctor::CODES)]
    Doctor(doctor::Arguments),
    /// Apply a rule file to one response body, offline and exactly as the proxy would
    #[command(after_help = sanitize::SETTINGS)]
    Sanitize(sanitize::Arguments),
    /// Show a simulated Zoom with the proxy in front of it
    Demo(demo::Arguments),
}

fn main() -> ExitCode {
    exit::report_panics_by_place();
    let command = match Command::try_parse() {
        Ok(command) => command,
        Err(help) => return exit::usage(&help),
    };
    let done = match command.verb {
        Verb::Serve => serve::run(),
        Verb::Secrets(verb) => secrets::run(&verb),
        Verb::Doctor(arguments) => doctor::run(&arguments),
        Verb::Sanitize(arguments) => sanitize::run(&arguments),
        Verb::Demo(arguments) => demo::run(arguments),
    };
    match done {
        Ok(()) => Code::Done.into(),
        Err(stop) => exit::report(&stop),
    }
}
