//! The `vizard` command as people run it: exit codes, words, bytes.
#![allow(clippy::unwrap_used)] // what stands beside the tests is part of them

mod deployment;
mod on_gcp;
mod run;

mod bulk;
mod coverage;
mod demo;
mod diff;
mod doctor;
mod doctor_on_aws;
mod doctor_on_gcp;
mod explain;
mod fmt;
mod generate;
mod pipelines;
mod proof;
mod report;
mod resolve;
mod rotation;
mod sanitize;
mod secrets;
mod secrets_on_gcp;
mod serve;
mod test;

use run::vizard;

#[test]
fn help_and_version_are_what_was_asked_for_and_all_else_is_a_wrong_command_line() {
    for arguments in [vec!["--help"], vec!["--version"], vec!["help", "sanitize"], vec!["demo", "--help"]] {
        let ended = vizard(&arguments).run();
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(!ended.stdout.is_empty(), "{arguments:?}");
    }
    for arguments in [vec![], vec!["sanitise"], vec!["serve", "now"], vec!["sanitize", "--url", "/v2/users"]]
    {
        let ended = vizard(&arguments).run();
        assert_eq!((ended.code, ended.stdout.as_str()), (64, ""), "{arguments:?}");
        assert!(ended.stderr.contains("Usage: vizard"), "{arguments:?}: {}", ended.stderr);
    }
}
