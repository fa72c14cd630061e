//! `vizard sanitize`: one response body through a rule file, offline, as the proxy would do it.

mod body;
mod keys;
pub(crate) mod target;

pub(crate) use keys::Keys;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::{Call, Loaded, Options, RuleSet, Sanitized};

use crate::deep_stack;
use crate::exit::{self, Code, Stop};
use crate::rule_file;
use crate::sanitize::target::Target;

/// The command line of `vizard sanitize`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The rule file: YAML, or the base64 (and gzip) form that settings hold
    #[arg(long, value_name = "FILE")]
    rules: PathBuf,
    /// The method of the call
    #[arg(long, default_value = "GET")]
    method: String,
    /// The call the body answers: a path with its query, or a full URL; taken as written
    #[arg(long)]
    url: String,
    /// Leave warnings out
    #[arg(long)]
    quiet: bool,
    /// The response body: one JSON value, several, or one per line; standard input if left out
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(crate) const SETTINGS: &str = "\
Environment:
  PSOXY_SALT                    the salt of all pseudonyms (required)
  PSOXY_ENCRYPTION_KEY          the key of reversible pseudonyms, where needed
  SALT_IP, ENCRYPTION_KEY_IP, SALT_EMAIL_DOMAINS, ENCRYPTION_KEY_EMAIL_DOMAINS
  EMAIL_CANONICALIZATION        STRICT (default) or IGNORE_DOTS
  EMAIL_DOMAIN_HANDLING         PRESERVE (default), REDACT, TOKENIZE or ENCRYPT

Exit codes: 0 done, 3 refused by the rules, 64 wrong command line, 65 the body
cannot be sanitized, 66 a file cannot be read, 78 the rules or the settings are
wrong";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let target = Target::split(&arguments.url).map_err(|why| Stop::because(Code::Usage, why))?;
    let Configured { rules, keys, warnings } = configured(arguments)?;
    let sanitized = deep_stack::run(|| sanitized(arguments, &target, &rules, &keys), "not sanitized")??;
    if !arguments.quiet {
        warnings.iter().for_each(exit::remark);
        sanitized.warnings().iter().for_each(|code| exit::remark(format_args!("warning: {code}")));
    }
    print(sanitized.body()).map_err(|error| Stop::new(Code::Output, error))
}

/// Rules that can run.
struct Configured {
    rules: RuleSet,
    keys: Pseudonymizer,
    /// What the author of the rules should know.
    warnings: Option<String>,
}

/// The rules and the keys they need. What is wrong with either is told together.
fn configured(arguments: &Arguments) -> Result<Configured, Stop> {
    let rules = rule_file::written(&arguments.rules)?;
    let mut problems = Vec::new();
    let keys = Keys::read(|name| std::env::var(name).ok(), &mut problems);
    let loaded = rules.and_then(|rules| rules.load().map_err(|diagnostics| diagnostics.to_string()));
    let loaded = match loaded {
        Ok(loaded) => {
            keys.satisfy(loaded.rules.needs(), &mut problems);
            Some(loaded)
        }
        Err(problem) => {
            problems.insert(0, problem.trim_end().to_owned());
            None
        }
    };
    match loaded {
        Some(Loaded { rules, warnings }) if problems.is_empty() => {
            let warnings = (!warnings.is_empty()).then(|| warnings.to_string().trim_end().to_owned());
            Ok(Configured { rules, keys: keys.pseudonymizer(), warnings })
        }
        _ => {
            Err(Stop::because(Code::Configuration, format_args!("could not start\n{}", problems.join("\n"))))
        }
    }
}

fn sanitized(
    arguments: &Arguments,
    target: &Target<'_>,
    rules: &RuleSet,
    keys: &Pseudonymizer,
) -> Result<Sanitized, Stop> {
    let method = arguments.method.to_ascii_uppercase();
    let refused = |refusal: vizard_sanitizer::Refusal| {
        Stop::because(Code::Refused, format_args!("refused: {refusal} ({})", refusal.code()))
    };
    let call = Call::bare(&method, target.path, target.query);
    let admitted = rules.admit(&call).map_err(refused)?;
    // The proxy would have to build the request to the source before there is an answer to sanitize.
    admitted.outbound(keys).map_err(refused)?;
    let body = body::response(arguments.file.as_deref())?;
    admitted.sanitize(&body, keys, Options::default()).map_err(|why| {
        Stop::because(Code::Unsanitizable, format_args!("not sanitized: {why} ({})", why.code()))
    })
}

/// The exact bytes; on a terminal a line end too, so that the prompt starts on its own line.
fn print(body: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(body)?;
    if out.is_terminal() {
        out.write_all(b"\n")?;
    }
    out.flush()
}
