//! The `vizard` command: run the proxy, set its secrets, check a deployment, sanitize a response or files, see a
//! demonstration. Each verb is one file.

mod exit;

mod bulk;
mod check;
mod coverage;
mod demo;
mod diff;
mod doctor;
mod explain;
mod fmt;
mod proof;
mod report;
mod resolve;
mod sanitize;
mod schema;
mod secrets;
mod serve;
mod test;

mod beside;
mod deep_stack;
mod input;
mod rule_file;
mod target;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::exit::Code;

/// A privacy proxy: only listed calls pass, only listed fields return, and every identifier is a pseudonym.
#[derive(Debug, Parser)]
#[command(name = "vizard", version, max_term_width = 80, after_help = exit::TABLE)]
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
    /// Apply a rule file to files of any size: CSV, NDJSON, JSON and Parquet, here or in buckets
    #[command(after_help = bulk::SETTINGS)]
    Bulk(bulk::Arguments),
    /// Find what a reviewer would ask about a rule file, each with its line, a code and what to do
    #[command(after_help = check::CODES)]
    Check(check::Arguments),
    /// Show every field that a rule file lets out, its fate and the line that decides
    #[command(after_help = explain::EXAMPLES)]
    Explain(explain::Arguments),
    /// Tell whether a new rule file lets more pass or leave than an old one
    #[command(after_help = diff::EXAMPLES)]
    Diff(diff::Arguments),
    /// Try a rule file on its examples and cases, and canaries through the proxy itself
    #[command(after_help = test::CODES)]
    Test(test::Arguments),
    /// Compare a rule file with the published description of the API: what it drops, keeps and misspells
    #[command(after_help = coverage::EXAMPLES)]
    Coverage(coverage::Arguments),
    /// Write one page about a rule file to read, print, sign and compare
    #[command(after_help = report::CODES)]
    Report(report::Arguments),
    /// Prove, apart from the engine, that an output holds nothing that a rule file does not let out
    #[command(after_help = proof::CODES)]
    Proof(proof::Arguments),
    /// Lay out rule files in one way, with their comments
    #[command(after_help = fmt::CODES)]
    Fmt(fmt::Arguments),
    /// Print the JSON Schema of rule files, for editors
    #[command(after_help = schema::USE)]
    Schema,
    /// Print a rule file that extends shipped rules as the one that runs
    #[command(after_help = resolve::CODES)]
    Resolve(resolve::Arguments),
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
        Verb::Bulk(arguments) => bulk::run(&arguments),
        Verb::Check(arguments) => check::run(&arguments),
        Verb::Explain(arguments) => explain::run(&arguments),
        Verb::Diff(arguments) => diff::run(&arguments),
        Verb::Test(arguments) => test::run(&arguments),
        Verb::Coverage(arguments) => coverage::run(&arguments),
        Verb::Report(arguments) => report::run(&arguments),
        Verb::Proof(arguments) => proof::run(&arguments),
        Verb::Fmt(arguments) => fmt::run(&arguments),
        Verb::Schema => schema::run(),
        Verb::Resolve(arguments) => resolve::run(&arguments),
        Verb::Demo(arguments) => demo::run(arguments),
    };
    match done {
        Ok(()) => Code::Done.into(),
        Err(stop) => exit::report(&stop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_help_fits_eighty_columns_and_those_for_reviewers_tell_the_exit_codes() {
        let mut command = Command::command();
        command.build();
        let verbs: Vec<String> = command.get_subcommands().map(|it| it.get_name().to_owned()).collect();
        assert!(verbs.len() > 14, "{verbs:?}");
        for verb in verbs {
            let found = command.find_subcommand_mut(&verb).expect("it was just listed");
            // Lines that are broken already are not to be broken again.
            let after = found.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert_eq!(after.lines().find(|line| line.chars().count() > 80), None, "{verb}");
            let help = found.render_long_help().to_string();
            // clap breaks all but the usage.
            let mut lines = help.lines().filter(|line| !line.starts_with("Usage: "));
            let wide = lines.find(|line| line.chars().count() > 80);
            assert_eq!(wide, None, "{verb}");
        }
        let reviewers =
            ["check", "explain", "diff", "test", "coverage", "report", "proof", "fmt", "schema", "resolve"];
        for verb in reviewers {
            let found = command.find_subcommand(verb).expect("it is a verb");
            let after = found.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(after.contains("Exit codes: 0 "), "{verb}: {after}");
        }
    }
}
