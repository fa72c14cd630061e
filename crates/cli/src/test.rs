//! `vizard test`: a rule file against its examples and cases, how much of it they exercise, and canaries through the
//! proxy itself.

mod folder;
mod page;

mod canaries;

mod answers;
mod call;
mod rehearsal;

use std::path::PathBuf;

use vizard_review::finding::{Finding, Level};
use vizard_review::render::{self, Format, Options};
use vizard_review::trial::exercise::Exercise;
use vizard_review::trial::share::Threshold;
use vizard_review::trial::{case, golden};
use vizard_review::{openapi, synthetic};
use vizard_sanitizer::Diagnostics;
use vizard_sanitizer::outline::Outline;

use crate::exit::{self, Code, Stop};
use crate::rule_file::RuleFile;
use folder::Folder;
use page::Page;

/// The command line of `vizard test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A folder with rules.yaml and what belongs to it, or a rule file
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Calls with the answers of the source [default: DIR/examples.yaml]
    #[arg(long, value_name = "FILE")]
    examples: Option<PathBuf>,
    /// The answers [default: DIR/original, or ../../example-api-responses/NAME/original from there]
    #[arg(long, value_name = "DIR")]
    original: Option<PathBuf>,
    /// What they must become [default: `sanitized` beside the answers]
    #[arg(long, value_name = "DIR")]
    sanitized: Option<PathBuf>,
    /// Calls that must pass or must not [default: DIR/tests.yaml]
    #[arg(long, value_name = "FILE")]
    tests: Option<PathBuf>,
    /// Write what the answers become now in the place of what they must become
    #[arg(long)]
    update: bool,
    /// Fail when the examples exercise less of the rules; compared exactly
    #[arg(long, value_name = "PERCENT")]
    min_coverage: Option<Threshold>,
    /// Leave the canaries out
    #[arg(long)]
    no_canaries: bool,
    /// The rule file that was signed off: canaries may come out only as it says
    #[arg(long, value_name = "FILE", conflicts_with = "no_canaries")]
    against: Option<PathBuf>,
    /// A description of the API (OpenAPI or Swagger) with more fields to put canaries into
    #[arg(long, value_name = "FILE", conflicts_with = "no_canaries")]
    openapi: Option<PathBuf>,
    /// Makes other canaries
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// pretty, compact, json, sarif, junit or github
    #[arg(long, default_value_t = Format::Pretty)]
    format: Format,
}

pub(crate) const CODES: &str = "\
Examples:
  vizard test rules/zoom
  vizard test rules/zoom --min-coverage 97.5 --format junit > tests.xml
  vizard test rules/zoom --against signed/rules.yaml

Exit codes: 0 all is well, 1 something failed or too little is exercised, 3
something leaked, 64 wrong command line, 65 a file is too large, 66 a file
cannot be read, 74 a file cannot be written, 78 the rules or the files beside
them are wrong: then no report is printed in any format, and standard error says
why";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let folder = Folder::of(arguments);
    let file = RuleFile::read(&folder.rules)?;
    let (name, text) = (&file.resolved.name, &file.resolved.text);
    let (rules, outline) = file.loaded()?;
    let examples = folder.examples()?;
    let cases = folder.cases()?;

    let keys = synthetic::keys();
    let mut findings = Vec::new();
    let mut exercise = Exercise::of(&outline, &keys);
    for example in &examples {
        let original = folder.original(example)?;
        match golden::run(&folder.examples_name(), example, &rules, &keys, &original) {
            Ok(made) => {
                exercise.add(made.endpoint, &original);
                if arguments.update {
                    folder.keep(example, &made.sanitized)?;
                }
                let endpoint = &outline.endpoints[made.endpoint].path.text;
                let kept = folder.kept(example)?;
                findings.extend(golden::compare(
                    &folder.examples_name(),
                    example,
                    endpoint,
                    &made,
                    kept.as_deref(),
                ));
            }
            Err(finding) => findings.push(*finding),
        }
    }
    findings.extend(folder.strays(&examples)?);
    findings.extend(cases.iter().filter_map(|it| case::run(&folder.cases_name(), it, &rules, &keys)));

    let tally = exercise.tally();
    let too_little = arguments.min_coverage.as_ref().filter(|least| !tally.all().reaches(least));
    findings.extend(too_little.map(|least| below(name, least, tally.all().percent())));
    let level = if too_little.is_some() { Level::Warning } else { Level::Note };
    findings.extend(exercise.findings(name, level));

    let signed = arguments.against.as_deref().map(signed).transpose()?;
    let described = arguments.openapi.as_deref().map(described).transpose()?;
    let canaries = if arguments.no_canaries {
        None
    } else {
        let subject = canaries::Subject {
            rules: &rules,
            keys: &keys,
            file: name,
            text,
            outline: &outline,
            promised: signed.as_ref().unwrap_or(&outline),
            described: described.as_ref(),
            examples: &examples,
            source: folder.source(),
            seed: arguments.seed,
        };
        let tried = canaries::run(&subject)?;
        findings.extend(tried.findings.iter().cloned());
        Some(tried)
    };

    // What failed first, and of that what leaked.
    findings.sort_by_key(|it| (it.suppressed.is_some(), it.code != "leak", it.level));
    let page = Page { folder: &folder, examples: examples.len(), cases: &cases, tally: &tally, canaries };
    let sources = |file: &str| (file == name.as_str()).then_some(text.as_str());
    let color = arguments.format == Format::Pretty && exit::color();
    let options = Options { color, verb: "test", version: env!("CARGO_PKG_VERSION") };
    let rendered = render::render(&findings, arguments.format, &sources, &options);
    exit::print(&page.around(&rendered, arguments.format))?;
    match outcome(&findings) {
        None => Ok(()),
        Some(code) => Err(Stop::reported(code)),
    }
}

/// A leak is worse than whatever else there is.
fn outcome(findings: &[Finding]) -> Option<Code> {
    let errors = || findings.iter().filter(|it| it.level == Level::Error && it.suppressed.is_none());
    if errors().any(|it| it.code == "leak") {
        return Some(Code::Leak);
    }
    errors().next().map(|_| Code::NotAsPromised)
}

fn below(file: &str, least: &Threshold, percent: String) -> Finding {
    Finding {
        level: Level::Error,
        code: "coverage-below-threshold",
        file: file.to_owned(),
        place: None,
        endpoint: None,
        field: None,
        message: format!("the examples exercise {percent} % of the rules, and {least} is asked for"),
        help: Some("what follows says what no example exercises".to_owned()),
        suppressed: None,
    }
}

fn wrong(found: Diagnostics) -> Stop {
    Stop::because(
        Code::Configuration,
        format_args!("{} cannot be used\n{}", found.file(), found.to_string().trim_end()),
    )
}

fn signed(path: &std::path::Path) -> Result<Outline, Stop> {
    let file = RuleFile::read(path)?;
    Ok(file.loaded()?.1)
}

fn described(path: &std::path::Path) -> Result<openapi::Description, Stop> {
    let text = folder::text(path)?;
    openapi::read(&text).map_err(|why| {
        Stop::because(Code::Configuration, format_args!("{} cannot be used: {why}", path.display()))
    })
}
