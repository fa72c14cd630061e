//! `vizard diff`: whether a new rule file lets out or in more than an old one, between files or git revisions.

mod git;
mod version;

use std::path::Path;

use clap::ValueEnum;
use vizard_review::diff::{self, Diff, Failed};
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
  vizard diff origin/main..HEAD rules
  vizard diff v1.4.. rules/zoom --format markdown

Exit codes: 0 nothing grows, 1 a file cannot be compared and nothing grows in
the others, 2 more passes or leaves, or nobody can prove that it does not, 64
wrong command line, 65 a file is too large, 66 a file, a revision or git is not
there";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let pairs = pairs(arguments)?;
    let mut diffs = Vec::new();
    let mut failed = Vec::new();
    for pair in &pairs {
        match pair.compared() {
            Ok(diff) => diffs.push(diff),
            // The others are compared all the same.
            Err(it) => {
                failed.push(it);
                diffs.extend(pair.unloaded_before());
            }
        }
    }
    if !arguments.quiet {
        exit::print(&shown(&diffs, &failed, &pairs, arguments.format))?;
    }
    match (diffs.iter().any(Diff::grows), failed.is_empty()) {
        (true, _) => Err(Stop::reported(Code::ExposureGrew)),
        (false, false) => Err(Stop::reported(Code::NotAsPromised)),
        (false, true) => Ok(()),
    }
}

/// Two versions to compare; one is absent where a file was added or deleted.
#[derive(Debug)]
struct Pair {
    old: Option<Text>,
    new: Option<Text>,
}

impl Pair {
    fn compared(&self) -> Result<Diff, Failed> {
        let Pair { old, new } = self;
        let sides = || [old, new].into_iter().flatten();
        if sides().all(Text::is_usable)
            && let Ok(diff) = diff::between(old.as_ref().map(Text::version), new.as_ref().map(Text::version))
        {
            return Ok(diff);
        }
        let name = |text: &Option<Text>| text.as_ref().map(|it| it.name.clone());
        Err(Failed {
            old: name(old),
            new: name(new),
            problems: sides().flat_map(Text::problems).collect(),
            texts: sides().map(|it| (it.name.clone(), it.text.clone())).collect(),
        })
    }

    /// Where the old version alone cannot be loaded, nobody could call by it: all of the new one is more, so that what
    /// was repaired does not pass unseen.
    fn unloaded_before(&self) -> Option<Diff> {
        let new = self.new.as_ref().filter(|it| it.is_usable())?;
        diff::between(None, Some(new.version())).ok()
    }
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

fn shown(diffs: &[Diff], failed: &[Failed], pairs: &[Pair], format: Format) -> String {
    let color = exit::color();
    let as_findings = |format: render::Format| {
        let problems = failed.iter().flat_map(|it| it.problems.iter().cloned());
        let findings: Vec<Finding> = problems.chain(diffs.iter().flat_map(diff::findings)).collect();
        let texts = || pairs.iter().flat_map(|Pair { old, new }| [old, new]).flatten();
        let source = |name: &str| texts().find(|it| it.name == name).map(|it| it.text.as_str());
        let options = render::Options { color, verb: "diff", version: env!("CARGO_PKG_VERSION") };
        render::render(&findings, format, &source, &options)
    };
    match format {
        Format::Text => diff::text(diffs, failed, color),
        Format::Json => diff::json(diffs, failed),
        Format::Markdown => diff::markdown(diffs, failed),
        Format::Compact => as_findings(render::Format::Compact),
        Format::Sarif => as_findings(render::Format::Sarif),
        Format::Junit => as_findings(render::Format::Junit),
        Format::Github => as_findings(render::Format::Github),
    }
}
