//! `vizard proof`: one output against a rule file, by a check that shares nothing with what made the output.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::json;
use vizard_proof::{Endpoint, Proof, Verdict, is_unseen, visible};

use crate::deep_stack;
use crate::exit::{self, Code, Stop};
use crate::input;
use crate::rule_file::RuleFile;
use crate::sanitize::target::Target;

/// The command line of `vizard proof`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("call").required(true).args(["url", "endpoint"]))]
pub(crate) struct Arguments {
    /// The rule file
    #[arg(long, value_name = "FILE")]
    rules: PathBuf,
    /// The call that the output answers: a path with its query, or a full URL; taken as written
    #[arg(long)]
    url: Option<String>,
    /// The method of the call
    #[arg(long, default_value = "GET", requires = "url")]
    method: String,
    /// The endpoint instead of a call: its template or regex as the rules write it
    #[arg(long, value_name = "LABEL")]
    endpoint: Option<String>,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    format: Format,
    /// What the proxy or `vizard sanitize` wrote: one JSON value, several, or one per line; standard input if left out
    #[arg(value_name = "OUTPUT")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Pretty,
    Json,
}

pub(crate) const CODES: &str = "\
Exit codes: 0 proved, 1 nothing is refuted but something is undecided,
3 something is in the output that the rules do not let out, 64 wrong command
line or no such endpoint, 65 the output is not JSON or beyond a bound, 66 a
file cannot be read, 78 the rules cannot be read";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let file = RuleFile::read(&arguments.rules)?;
    let proof = Proof::read(&file.resolved.text).map_err(|problems| {
        let words: Vec<String> =
            problems.iter().map(|it| visible(&format!("{}: {it}", file.resolved.name))).collect();
        Stop::because(Code::Configuration, format_args!("nothing can be proved\n{}", words.join("\n")))
    })?;
    let endpoint = endpoint(arguments, &proof)?;
    let output = match &arguments.output {
        Some(path) => input::bounded(File::open(path), &path.display())?,
        None => input::bounded(Ok(io::stdin().lock()), &"standard input")?,
    };
    let verdict = deep_stack::run(|| proof.check(endpoint, &output), "not checked")?;
    let verdict =
        verdict.map_err(|why| Stop::because(Code::Unsanitizable, format_args!("not checked: {why}")))?;
    exit::print(&match arguments.format {
        Format::Pretty => {
            format!("{} (rules line {})\n{verdict}", visible(endpoint.label()), endpoint.line())
        }
        Format::Json => escaped(&format!("{:#}\n", machine(endpoint, &verdict))),
    })?;
    match verdict.is_proved() {
        false => Err(Stop::reported(Code::Leak)),
        // Nothing is refuted, and not everything is proved.
        true if verdict.counts.undecided > 0 => Err(Stop::reported(Code::NotAsPromised)),
        true => Ok(()),
    }
}

fn endpoint<'p>(arguments: &Arguments, proof: &'p Proof) -> Result<&'p Endpoint, Stop> {
    let wrong = |why: &dyn std::fmt::Display| Stop::because(Code::Usage, why);
    if let Some(label) = &arguments.endpoint {
        return proof.labelled(label).map_err(|why| wrong(&why));
    }
    let url = arguments.url.as_deref().unwrap_or_default();
    let Target { path, query } = Target::split(url).map_err(|why| wrong(&why))?;
    let target = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    proof.answering(&arguments.method, &target).map_err(|why| wrong(&why))
}

fn machine(endpoint: &Endpoint, verdict: &Verdict) -> serde_json::Value {
    let counts = verdict.counts;
    let violations = verdict.violations.iter().map(|it| {
        json!({
            "code": it.code, "document": it.document, "path": it.path, "line": it.line, "column": it.column,
            "rules_line": it.rule, "why": it.why,
        })
    });
    json!({
        "proved": verdict.is_proved(),
        "endpoint": endpoint.label(),
        "rules_line": endpoint.line(),
        "documents": verdict.documents,
        "values": {
            "pseudonyms": counts.pseudonyms, "reduced": counts.reduced, "kept": counts.kept,
            "nulls": counts.nulls, "undecided": counts.undecided,
        },
        "violations": violations.collect::<Vec<_>>(),
        "more_violations": verdict.more,
    })
}

/// The same JSON, in which what cannot be seen is written as an escape. Outside of strings are only line feeds.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && is_unseen(c) {
            out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}
