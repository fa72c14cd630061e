//! `vizard report`: one page of HTML that a reviewer reads, prints, signs and compares.

use std::fs;
use std::path::{Path, PathBuf};

use vizard_proxy::prebuilt;
use vizard_review::report::{self, Report, Scope};

use crate::beside::Beside;
use crate::check;
use crate::exit::{self, Code, Stop};
use crate::rule_file::RuleFile;

/// The command line of `vizard report`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The rule file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where to write the page; `-` is standard output
    #[arg(short, long, value_name = "HTML", default_value = "review.html")]
    output: PathBuf,
    /// The connector file, for permissions; if left out, `connector.yaml` beside the rules or that of the rules extended
    #[arg(long, value_name = "FILE")]
    connector: Option<PathBuf>,
    /// The examples file, for the checks; if left out, `examples.yaml` beside the rules
    #[arg(long, value_name = "FILE")]
    examples: Option<PathBuf>,
}

pub(crate) const CODES: &str = "\
Examples:
  vizard report rules.yaml
  vizard report rules.yaml --output - > review.html

Exit codes: 0 the page is written, whatever it says; 64 wrong command line, 65 a
file is too large, 66 a file cannot be read, 74 the page cannot be written, 78
the rules or a file beside them are wrong";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let file = RuleFile::read(&arguments.file)?;
    let (rules, outline) = file.loaded()?;
    let beside = Beside::of(&arguments.file, arguments.connector.as_deref(), arguments.examples.as_deref())?;
    let findings = check::checked(&arguments.file, &beside, &mut Vec::new())?;
    let base = file.resolved.base.as_ref();
    let connector = match &beside.connector {
        Some((_, connector)) => Some(connector.clone()),
        None => base.and_then(|base| prebuilt::connector(&base.source)),
    };
    let scopes = connector.as_ref().map(|it| it.scopes.iter().map(scope).collect::<Vec<_>>());
    let page = report::html(&Report {
        file: &file.resolved.name,
        rules: &rules,
        outline: &outline,
        source: connector.as_ref().map_or("The source", |it| &it.title),
        version: outline.version.as_ref().map(|it| it.text.as_str()),
        inheritance: &inheritance(&file),
        findings: &findings,
        scopes: scopes.as_deref(),
        program: concat!("vizard ", env!("CARGO_PKG_VERSION")),
    });
    write(&arguments.output, &page)?;
    let open = findings.iter().filter(|it| it.counts()).count();
    if arguments.output != Path::new("-") {
        let bytes = page.len();
        exit::remark(format_args!("{}: {bytes} bytes, {open} open findings", arguments.output.display()));
    }
    Ok(())
}

fn scope(scope: &vizard_proxy::connector::Scope) -> Scope {
    Scope {
        name: scope.name.clone(),
        endpoints: scope.endpoints.clone(),
        why: scope.why.clone(),
        instead: scope.instead.clone(),
    }
}

/// What a file that extends shipped rules takes over and changes, a sentence each.
fn inheritance(file: &RuleFile) -> Vec<String> {
    let Some(base) = &file.resolved.base else { return Vec::new() };
    let mut all =
        vec![format!("extends `{}` version {}, SHA-256 `{}`", base.source, base.version, base.sha256)];
    for change in &file.resolved.overrides {
        let keys = change.keys.join("`, `");
        all.push(format!("line {}: overrides `{keys}` of `{}`", change.place.line, change.endpoint));
    }
    for widening in &file.resolved.widened {
        all.push(format!("line {}: lets out more: {}", widening.place.line, widening.what));
    }
    if let Some(reason) = &file.resolved.reason {
        all.push(format!("the author's reason for letting out more: {reason}"));
    }
    all
}

fn write(path: &Path, page: &str) -> Result<(), Stop> {
    if path == Path::new("-") {
        return exit::print(page);
    }
    fs::write(path, page).map_err(|error| {
        Stop::because(Code::Output, format_args!("could not write {}: {error}", path.display()))
    })
}
