//! `vizard explain`: what a rule file lets out, field by field, or the whole story of one field.

use std::path::PathBuf;

use clap::ValueEnum;
use vizard_review::explain::{self, story};
use vizard_sanitizer::outline::Outline;
use vizard_sanitizer::{Call, RuleSet};

use crate::exit::{self, Code, Stop};
use crate::rule_file::RuleFile;
use crate::sanitize::target::Target;

/// The command line of `vizard explain`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The rule file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only the endpoint that answers this method and URL
    #[arg(value_name = "METHOD", requires = "url")]
    method: Option<String>,
    /// A path with its query, a full URL, or an endpoint as the rules write it
    #[arg(value_name = "URL")]
    url: Option<String>,
    /// The whole story of one field: a path such as `users[*].email` or `$.email`, or a name such as `email` for every
    /// field that ends so
    #[arg(value_name = "FIELD")]
    field: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
    Csv,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  vizard explain rules.yaml
  vizard explain rules.yaml --format csv > fields.csv
  vizard explain rules.yaml GET /v2/users
  vizard explain rules.yaml GET '/v2/users/{userId}' email

Exit codes: 0 done, 1 no such endpoint, 64 wrong command line, 66 the file
cannot be read, 78 the rules are wrong";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let file = RuleFile::read(&arguments.file)?;
    let (rules, outline) = file.loaded()?;
    let mut explanation = explain::explain(&file.resolved.name, rules.sha256(), &outline);
    let Some(url) = &arguments.url else { return print(&explanation, arguments.format) };

    let method = arguments.method.as_deref().unwrap_or("GET").to_ascii_uppercase();
    let endpoint = endpoint(&rules, &outline, &method, url)?;
    let Some(field) = &arguments.field else {
        explanation = explanation.only(&[endpoint]);
        return print(&explanation, arguments.format);
    };
    let samples = rules.sample_calls();
    let sample = samples.iter().find(|it| it.endpoint == endpoint);
    let admitted = sample.and_then(|it| rules.admit(&it.call()).ok()).filter(|it| it.index() == endpoint);
    let stories = story::stories(field, &outline, endpoint, admitted.as_ref());
    print_stories(&stories.map_err(|why| Stop::because(Code::Usage, why))?, arguments.format)
}

/// The endpoint that is called by its own name, or else the one that admits the call.
fn endpoint(rules: &RuleSet, outline: &Outline, method: &str, url: &str) -> Result<usize, Stop> {
    let allows = |it: &vizard_sanitizer::outline::Endpoint| {
        it.methods.as_ref().is_none_or(|all| all.iter().any(|one| one.text.eq_ignore_ascii_case(method)))
    };
    if let Some(named) = outline.endpoints.iter().position(|it| it.path.text == url && allows(it)) {
        return Ok(named);
    }
    let target = Target::split(url).map_err(|why| Stop::because(Code::Usage, why))?;
    let call = Call::bare(method, target.path, target.query);
    match rules.admit(&call) {
        Ok(admitted) => Ok(admitted.index()),
        Err(refusal) => Err(Stop::because(
            Code::NotAsPromised,
            format_args!(
                "no endpoint answers this call, so nothing of it leaves: {refusal} ({})",
                refusal.code()
            ),
        )),
    }
}

fn print(explanation: &explain::Explanation, format: Format) -> Result<(), Stop> {
    exit::print(&match format {
        Format::Text => explain::text(explanation, exit::color()),
        Format::Markdown => explain::markdown(explanation),
        Format::Csv => explain::csv(explanation),
        Format::Json => explain::json(explanation),
    })
}

fn print_stories(stories: &[story::Story], format: Format) -> Result<(), Stop> {
    match format {
        Format::Text => {
            let all: Vec<String> = stories.iter().map(|it| story::text(it, exit::color())).collect();
            exit::print(&all.join("\n"))
        }
        Format::Json => exit::print(&story::json(stories)),
        Format::Markdown | Format::Csv => {
            Err(Stop::because(Code::Usage, "the story of a field is told as text or json"))
        }
    }
}
