//! `vizard diff`: whether a new rule file lets out or in more than an old one, between files or git revisions.

mod git;
mod version;

use std::io::{self, IsTerminal};
use std::path::Path;

use clap::ValueEnum;
use vizard_review::diff::{self, Diff};
use vizard_review::finding::Finding;
use vizard_review::render;

use crate::diff::git::{Git, Range};
use crate::diff::version::Text;
use crate::exit::{self, Code, Stop};

/// The command line of `vizard diff`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The old rule file: a path, `-` or REV:PATH; or a range of git revisions: A..B, A...B, or A.. up to the work tree
    #[arg(value_name = "OLD")]
    first: String,
    /// The new rule file; of a range, the files or folders to compare, or else every rule file that changed
    #[arg(value_name = "NEW")]
    rest: Vec<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print nothing; the exit code tells
    #[arg(long)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One object, with every change
    Json,
    /// For a comment on a pull request
    Markdown,
    /// One line for each change
    Compact,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// A JUnit report
    Junit,
    /// Annotations of GitHub Actions
    Github,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  vizard diff old.yaml new.yaml
  vizard diff main:rules.yaml rules.yaml
  vizard diff origin/main..HEAD
  vizard diff v1.4.. rules/zoom --format markdown

Exit codes: 0 nothing grows, 1 a file cannot be compared, 2 more passes or leaves, or
nobody can prove that it does not, 64 wrong command line, 66 a file, a revision or git
itself is not there";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let pairs = pairs(arguments)?;
    let mut diffs = Vec::new();
    let mut problems = Vec::new();
    for Pair { old, new } in &pairs {
        match diff::between(old.as_ref().map(Text::version), new.as_ref().map(Text::version)) {
            Ok(diff) => diffs.push(diff),
            Err(found) => problems.push(found.to_string().trim_end().to_owned()),
        }
    }
    if !problems.is_empty() {
        let words = format!("could not compare the rules\n{}", problems.join("\n"));
        return Err(Stop::because(Code::NotAsPromised, words));
    }
    if !arguments.quiet {
        exit::print(&shown(&diffs, &pairs, arguments.format))?;
    }
    match diffs.iter().any(Diff::grows) {
        true => Err(Stop::reported(Code::ExposureGrew)),
        false => Ok(()),
    }
}

/// Two versions to compare; one is absent where a file was added or deleted.
#[derive(Debug)]
struct Pair {
    old: Option<Text>,
    new: Option<Text>,
}

fn pairs(arguments: &Arguments) -> Result<Vec<Pair>, Stop> {
    if let Some(range) = Range::read(&arguments.first)
        && !Path::new(&arguments.first).exists()
    {
        return Git::find()?.changed(&range, &arguments.rest);
    }
    let [new] = arguments.rest.as_slice() else {
        let words = "give the old file and the new one, or a range such as main..HEAD";
        return Err(Stop::because(Code::Usage, words));
    };
    if arguments.first == "-" && new == "-" {
        return Err(Stop::because(Code::Usage, "only one of the files can be standard input"));
    }
    Ok(vec![Pair { old: Some(Text::read(&arguments.first)?), new: Some(Text::read(new)?) }])
}

fn shown(diffs: &[Diff], pairs: &[Pair], format: Format) -> String {
    let color = io::stdout().is_terminal();
    let as_findings = |format: render::Format| {
        let findings: Vec<Finding> = diffs.iter().flat_map(diff::findings).collect();
        let texts = || pairs.iter().flat_map(|Pair { old, new }| [old, new]).flatten();
        let source =
            |name: &str| texts().find(|it| it.resolved.name == name).map(|it| it.resolved.text.as_str());
        let options = render::Options { color, verb: "diff", version: env!("CARGO_PKG_VERSION") };
        render::render(&findings, format, &source, &options)
    };
    match format {
        Format::Text => diff::text(diffs, color),
        Format::Json => diff::json(diffs),
        Format::Markdown => diff::markdown(diffs),
        Format::Compact => as_findings(render::Format::Compact),
        Format::Sarif => as_findings(render::Format::Sarif),
        Format::Junit => as_findings(render::Format::Junit),
        Format::Github => as_findings(render::Format::Github),
    }
}
