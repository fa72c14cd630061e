//! `vizard check`: what the loader says of a rule file, and what a reviewer would ask about it.

use std::path::{Path, PathBuf};

use vizard_proxy::prebuilt;
use vizard_review::check::{self, Examples, Scope, Subject, catalogue};
use vizard_review::diagnostics;
use vizard_review::finding::Finding;
use vizard_review::render::{self, Format, Options};
use vizard_sanitizer::bulk::is_bulk;
use vizard_sanitizer::extends::Resolved;

use crate::beside::Beside;
use crate::exit::{self, Code, Stop};
use crate::rule_file;

/// The command line of `vizard check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Rule files: YAML, or the base64 (and gzip) form that settings hold
    #[arg(value_name = "FILE", required_unless_present_any = ["explain", "list"])]
    files: Vec<PathBuf>,
    /// pretty, compact, json, sarif, junit or github
    #[arg(long, default_value_t, value_name = "FORMAT")]
    format: Format,
    /// What the connector needs of the source [default: connector.yaml beside each rule file, if it is there]
    #[arg(long, value_name = "FILE")]
    connector: Option<PathBuf>,
    /// Calls with the answers of the source [default: examples.yaml beside each rule file, if it is there]
    #[arg(long, value_name = "FILE")]
    examples: Option<PathBuf>,
    /// Let notes count as well
    #[arg(long)]
    deny_notes: bool,
    /// Print the page about a code
    #[arg(long, value_name = "CODE", conflicts_with_all = ["list", "files"])]
    explain: Option<String>,
    /// Print all codes
    #[arg(long, conflicts_with = "files")]
    list: bool,
}

pub(crate) const CODES: &str = "\
Exit codes: 0 nothing that counts, 1 errors or warnings were found, 64 wrong
command line, 66 a file cannot be read, 78 a file is not what its name says

A finding that is meant is argued away in the rule file, on its line or in the
line above:
  # vizard:allow CODE because REASON
and in the whole file with `vizard:allow-file`. `vizard check --explain CODE`
tells more.";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Stop> {
    if let Some(code) = &arguments.explain {
        return exit::print(explained(code)?);
    }
    if arguments.list {
        return exit::print(&diagnostics::list());
    }
    let mut findings = Vec::new();
    let mut texts: Vec<(String, String)> = Vec::new();
    for path in &arguments.files {
        let beside = Beside::of(path, arguments.connector.as_deref(), arguments.examples.as_deref())?;
        findings.extend(checked(path, &beside, &mut texts)?);
    }
    let sources = |name: &str| texts.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str());
    let color = arguments.format == Format::Pretty && exit::color();
    let options = Options { color, verb: "check", version: env!("CARGO_PKG_VERSION") };
    exit::print(&render::render(&findings, arguments.format, &sources, &options))?;
    let counts = |it: &Finding| it.counts() || arguments.deny_notes && it.suppressed.is_none();
    if findings.iter().any(counts) { Err(Stop::reported(Code::NotAsPromised)) } else { Ok(()) }
}

/// What there is to say about one file. The texts that findings point into are added to `texts`.
pub(crate) fn checked(
    path: &Path,
    beside: &Beside,
    texts: &mut Vec<(String, String)>,
) -> Result<Vec<Finding>, Stop> {
    let rules = rule_file::written(path)?.map_err(|why| Stop::because(Code::Configuration, why))?;
    let name = rules.name.clone();
    texts.push((name.clone(), rules.text.clone()));
    if is_bulk(&rules.text) {
        // What stands beside such rules is of files, and nothing that calls could need.
        return Ok(check::bulk::check(&name, &rules.text));
    }
    let resolved = match rules.resolved() {
        Ok(resolved) => resolved,
        Err(problems) => return Ok(check::problems_of(&problems)),
    };
    if resolved.base.is_some() {
        texts.push((resolved.name.clone(), resolved.text.clone()));
    }
    let connector = beside.connector.as_ref().map(|(file, connector)| check::Connector {
        file: &file.name,
        text: &file.text,
        scopes: connector.scopes.iter().map(scope).collect(),
    });
    let examples = beside.examples.as_ref().map(|(file, calls)| Examples { file: &file.name, calls });
    let found = check::check(&Subject {
        name: &name,
        text: &rules.text,
        resolved: &resolved,
        base: base(&resolved),
        connector: connector.as_ref(),
        examples: examples.as_ref(),
    });
    texts.extend(beside.files().map(|it| (it.name.clone(), it.text.clone())));
    Ok(found)
}

fn scope(scope: &vizard_proxy::connector::Scope) -> Scope {
    Scope { name: scope.name.clone(), endpoints: scope.endpoints.clone() }
}

/// The text of the shipped rules that a file extends.
fn base(resolved: &Resolved) -> Option<&'static str> {
    let source = &resolved.base.as_ref()?.source;
    prebuilt::RULES.iter().find(|it| it.source == source).map(|it| it.text)
}

fn explained(code: &str) -> Result<&'static str, Stop> {
    diagnostics::page(code).ok_or_else(|| {
        let meant = catalogue::nearest(code).map(|it| format!("did you mean `{it}`? "));
        let meant = meant.unwrap_or_default();
        let why = format!("there is no code `{code}`; {meant}`vizard check --list` shows all");
        Stop::because(Code::Usage, why)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// The exit code for a folder with these files, checking `rules.yaml`.
    fn outcome(files: &[(&str, &str)], deny_notes: bool) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let arguments = Arguments {
            files: vec![folder.path().join("rules.yaml")],
            format: Format::Compact,
            connector: None,
            examples: None,
            deny_notes,
            explain: None,
            list: false,
        };
        let found = Beside::of(&arguments.files[0], None, None)
            .and_then(|beside| checked(&arguments.files[0], &beside, &mut Vec::new()))
            .map_err(|stop| format!("{stop:?}"))?;
        let counts = |it: &&Finding| it.counts() || deny_notes && it.suppressed.is_none();
        let codes: Vec<&str> = found.iter().filter(counts).map(|it| it.code).collect();
        if codes.is_empty() { Ok(()) } else { Err(codes.join(" ")) }
    }

    const RULES: &str = "version: '1.0'\nendpoints:\n- pathTemplate: /a\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  responseSchema: {properties: {n: {type: integer}}}\n";

    #[test]
    fn looks_at_what_stands_beside_the_rules() {
        assert_eq!(outcome(&[("rules.yaml", RULES)], true), Ok(()));
        let examples = "- name: x\n  method: GET\n  url: /b\n  original: x.json\n";
        let found = outcome(&[("rules.yaml", RULES), ("examples.yaml", examples)], false);
        assert_eq!(found, Err("example-refused".to_owned()));
        let found = outcome(&[("rules.yaml", RULES), ("examples.yaml", "")], true);
        assert_eq!(found, Err("endpoint-without-example".to_owned()));
        let broken = outcome(&[("rules.yaml", RULES), ("connector.yaml", "scopes: 1")], false).unwrap_err();
        assert!(broken.contains("connector.yaml cannot be used"), "{broken}");
    }

    #[test]
    fn what_the_loader_refuses_is_a_finding() {
        let unknown = outcome(&[("rules.yaml", &format!("{RULES}x: 1\n"))], false);
        assert_eq!(unknown, Err("unknown-key".to_owned()));
        let extends = outcome(&[("rules.yaml", "extends: tea@1\n")], false);
        assert_eq!(extends, Err("extends-unknown".to_owned()));
        let absent = outcome(&[], false).unwrap_err();
        assert!(absent.contains("could not read"), "{absent}");
    }

    #[test]
    fn rules_for_files_are_checked_too() {
        let open = "columnsToPseudonymize: [email]\n";
        assert_eq!(outcome(&[("rules.yaml", open)], false), Ok(()));
        assert_eq!(outcome(&[("rules.yaml", open)], true), Err("columns-not-listed".to_owned()));
        let misspelled = outcome(&[("rules.yaml", "columnsToPseudonymise: [email]\n")], false);
        assert_eq!(misspelled, Err("unknown-key".to_owned()));
        let clear = "columnsToRedact: [name]\ncolumnsToRename: {name: title}\n";
        assert_eq!(outcome(&[("rules.yaml", clear)], false), Err("redacted-column-used".to_owned()));
    }

    #[test]
    fn every_code_is_explained() {
        for code in diagnostics::codes() {
            assert!(explained(code).unwrap().contains(code));
        }
        assert!(explained("nothing").is_err());
    }
}
