//! `vizard coverage`: a rule file against the published description of the API.

use std::fs::File;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use vizard_proxy::prebuilt;
use vizard_review::check;
use vizard_review::coverage::{self, Coverage, Names, Options};
use vizard_review::finding::Finding;
use vizard_review::openapi::{self, Description};
use vizard_review::render;

use crate::exit::{self, Code, Stop};
use crate::input;
use crate::rule_file::RuleFile;

/// The command line of `vizard coverage`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The rule file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The description: Swagger 2, OpenAPI 3.0 or 3.1, JSON or YAML
    #[arg(long, value_name = "SPEC")]
    openapi: PathBuf,
    /// What stands before the described paths, such as `/v2`, instead of what the description says
    #[arg(long, value_name = "PATH")]
    base_path: Option<String>,
    /// An earlier description of the same API: what it did not have is new
    #[arg(long, value_name = "SPEC")]
    previous: Option<PathBuf>,
    /// How to print it; from `pretty` on, only what somebody should decide about
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// List the calls that no endpoint is for, and everything that is odd about the description
    #[arg(long)]
    all: bool,
    /// End with 1 when there is such a field; several are separated by commas
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',')]
    fail_on: Vec<FailOn>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
    Csv,
    Pretty,
    Compact,
    Sarif,
    Junit,
    Github,
}

/// What makes the command fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// A field that hardly can be anything but personal leaves in clear, and nobody argued for it
    KeptPersonal,
    /// The rules list a field that the description does not know
    NotDescribed,
    /// The rules list another type than the description
    TypeDiffers,
    /// The description has a personal-looking field that the rules drop and the earlier description did not have
    NewPersonal,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  vizard coverage rules.yaml --openapi api.json
  vizard coverage rules.yaml --openapi api.yaml --all --format csv > all.csv
  vizard coverage rules.yaml --openapi api.json \\
    --fail-on kept-personal,type-differs
  vizard coverage rules.yaml --openapi api.json --previous old.json \\
    --fail-on new-personal

Exit codes: 0 done, 1 there is what --fail-on names, 64 wrong command line, 65 a
file is too large, 66 a file cannot be read, 78 the rules are wrong or the
description cannot be used: then nothing is printed in any format, and standard
error says why

How much of the rules the examples exercise is another question: `vizard test`
tells.";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Stop> {
    if arguments.previous.is_none() && arguments.fail_on.contains(&FailOn::NewPersonal) {
        return Err(Stop::because(Code::Usage, "what is new cannot be told without `--previous`"));
    }
    let file = RuleFile::read(&arguments.file)?;
    let (name, text) = (&file.resolved.name, &file.resolved.text);
    let (rules, outline) = file.loaded()?;
    let description = described(&arguments.openapi)?;
    let previous = arguments.previous.as_deref().map(described).transpose()?;
    let spec = arguments.openapi.display().to_string();
    let argued = argued(&file);
    let options =
        Options { base_path: arguments.base_path.as_deref(), previous: previous.as_ref(), argued: &argued };
    let names = Names { rules: name, spec: &spec };
    let coverage = coverage::compare(names, &rules, &outline, &description, &options);
    print(&coverage, text, arguments)?;
    if arguments.fail_on.iter().any(|what| what.is_in(&coverage)) {
        return Err(Stop::reported(Code::NotAsPromised));
    }
    Ok(())
}

fn described(path: &Path) -> Result<Description, Stop> {
    let name = path.display().to_string();
    let unusable = |why: &dyn std::fmt::Display| {
        Stop::because(Code::Configuration, format_args!("{name} cannot be used: {why}"))
    };
    let bytes = input::bounded(File::open(path), &name)?;
    let text = String::from_utf8(bytes).map_err(|_| unusable(&"not UTF-8 text"))?;
    openapi::read(&text).map_err(|why| unusable(&why))
}

/// What `check` finds, for what the author argued away there.
fn argued(file: &RuleFile) -> Vec<Finding> {
    let base = file.resolved.base.as_ref().and_then(|it| prebuilt::rules(&it.source));
    check::check(&check::Subject {
        name: &file.name,
        text: &file.text,
        resolved: &file.resolved,
        base: base.as_ref().map(|it| it.text.as_str()),
        connector: None,
        examples: None,
    })
}

fn print(coverage: &Coverage, rules: &str, arguments: &Arguments) -> Result<(), Stop> {
    let color = exit::color();
    let findings = |format| {
        let sources = |file: &str| (file == coverage.file).then_some(rules);
        let color = format == render::Format::Pretty && color;
        let options = render::Options { color, verb: "coverage", version: env!("CARGO_PKG_VERSION") };
        render::render(&coverage::findings(coverage), format, &sources, &options)
    };
    exit::print(&match arguments.format {
        Format::Text => coverage::text(coverage, color, arguments.all),
        Format::Markdown => coverage::markdown(coverage),
        Format::Csv => coverage::csv(coverage),
        Format::Json => {
            serde_json::to_string_pretty(coverage).map_err(|error| Stop::new(Code::Output, error))? + "\n"
        }
        Format::Pretty => findings(render::Format::Pretty),
        Format::Compact => findings(render::Format::Compact),
        Format::Sarif => findings(render::Format::Sarif),
        Format::Junit => findings(render::Format::Junit),
        Format::Github => findings(render::Format::Github),
    })
}

impl FailOn {
    fn is_in(self, coverage: &Coverage) -> bool {
        match self {
            FailOn::KeptPersonal => coverage.keeps_personal(),
            FailOn::NotDescribed => coverage.counts.not_described > 0,
            FailOn::TypeDiffers => coverage.counts.types_differ > 0,
            FailOn::NewPersonal => coverage.counts.new_personal > 0,
        }
    }
}
