//! `vizard bulk`: files, directories and buckets of records through a rule file, of any size; each output whole or not
//! there at all.

mod plan;
mod wishes;

mod crew;
mod interrupt;
mod one;
mod run;

mod board;
mod figures;
mod manifest;
mod report;

mod buckets;
mod partial;
mod place;
mod source;
mod walk;
mod watch;

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use clap::ValueEnum;
use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::bulk::{BulkRules, LoadedBulk};

use crate::bulk::board::Board;
use crate::bulk::buckets::Buckets;
use crate::bulk::manifest::{MANIFEST, Manifest, Terms};
use crate::bulk::partial::{Partials, make_folder, sweep};
use crate::bulk::plan::{Item, Output, Plan, Wanted};
use crate::bulk::report::{Outcome, Trouble, visible};
use crate::bulk::run::Run;
use crate::bulk::wishes::Wishes;
use crate::exit::{self, Code, Stop};
use crate::rule_file;
use crate::sanitize::Keys;

/// The command line of `vizard bulk`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The rule file: YAML, or the base64 (and gzip) form that settings hold
    #[arg(long, value_name = "FILE")]
    rules: PathBuf,
    /// Files, directories, `s3://bucket/key`, `gs://bucket/prefix/`, or `-` for standard input
    #[arg(value_name = "IN", required = true)]
    inputs: Vec<OsString>,
    /// A file for one file, or a directory, `s3://bucket/prefix/`, `gs://bucket/key`, or `-` for standard output
    #[arg(short, long, value_name = "OUT")]
    output: OsString,
    #[command(flatten)]
    wishes: Wishes,
    /// Threads for all files together [default: as many as there are cores]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Leave files out that no path of the rules is for, rather than refuse to begin
    #[arg(long)]
    skip_unmatched: bool,
    /// Do finished files again
    #[arg(long)]
    again: bool,
    /// What standard input is called: for paths of the rules, for its format and for the name of its output
    #[arg(long, value_name = "NAME")]
    stdin_name: Option<String>,
    /// How what was done is told at the end
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    summary: Form,
    /// Leave progress, warnings and the table out
    #[arg(long)]
    quiet: bool,
}

/// How what was done is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    #[default]
    Table,
    Json,
}

pub(crate) const SETTINGS: &str = "\
Examples:
  vizard bulk --rules rules.yaml export.csv -o sanitized.csv
  vizard bulk --rules rules.yaml exports/ -o sanitized/
  zcat a.ndjson.gz | vizard bulk --rules rules.yaml - -o - > b.ndjson
  vizard bulk --rules rules.yaml s3://in/2026/ -o s3://out/2026/

Environment: PSOXY_SALT and the others of `vizard sanitize`; the clouds' own for
buckets

Exit codes: 0 done, 64 wrong command line, 65 a file cannot be sanitized, 66 one
cannot be read, 69 a cloud cannot be had, 74 an output cannot be written, 78 the
rules or the settings are wrong, 130 stopped; all other files are done all the
same";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Stop> {
    if let Some(problem) = arguments.wishes.problem() {
        return Err(Stop::because(Code::Usage, problem));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Stop::new(Code::Unavailable, error))?;
    let buckets = Buckets::new(runtime.handle().clone());
    let wanted = Wanted {
        inputs: &arguments.inputs,
        output: &arguments.output,
        stdin_name: arguments.stdin_name.as_deref(),
        quarantine: arguments.wishes.quarantine.as_deref(),
        rules: &arguments.rules,
    };
    let plan = Plan::make(&wanted, &mut |uri| buckets.list(uri))?;
    let prepared = Prepared::read(arguments)?;
    prepared.are_for(&plan, arguments)?;
    let _lock = plan.directory.as_deref().map(taken).transpose()?.flatten();
    if let Some(quarantine) = arguments.wishes.quarantine.as_deref().filter(|it| it.is_dir()) {
        // Rows in clear are not left lying about either.
        sweep(quarantine).map_err(|error| unwritable(quarantine, &error))?;
    }
    let run = Arc::new(prepared.begin(arguments, plan, buckets)?);
    let outcomes = interrupt::work(&runtime, &run);
    run.buckets.settle();
    // Who waits for input that never comes is left behind.
    runtime.shutdown_background();
    let outcomes = outcomes?;
    run.board.close();
    run.settle();
    tell(arguments, &run, &outcomes)
}

/// Rules that can run, and keys for them.
#[derive(Debug)]
struct Prepared {
    rules: BulkRules,
    rules_text: String,
    keys: Pseudonymizer,
}

impl Prepared {
    /// What is wrong with either is told together.
    fn read(arguments: &Arguments) -> Result<Prepared, Stop> {
        let written = rule_file::written(&arguments.rules)?;
        let mut problems = Vec::new();
        let keys = Keys::read(|name| std::env::var(name).ok(), &mut problems);
        let loaded = written.and_then(|written| {
            let loaded = BulkRules::load(&written.name, &written.text);
            loaded.map(|loaded| (loaded, written.text)).map_err(|diagnostics| diagnostics.to_string())
        });
        match loaded {
            Ok((LoadedBulk { rules, warnings }, rules_text)) => {
                keys.satisfy(rules.needs(), &mut problems);
                if problems.is_empty() {
                    if !warnings.is_empty() && !arguments.quiet {
                        exit::remark(warnings.to_string().trim_end());
                    }
                    return Ok(Prepared { rules, rules_text, keys: keys.pseudonymizer() });
                }
            }
            Err(problem) => problems.insert(0, problem.trim_end().to_owned()),
        }
        Err(Stop::because(Code::Configuration, format_args!("could not start\n{}", problems.join("\n"))))
    }

    /// Whether there are rules for every file.
    fn are_for(&self, plan: &Plan, arguments: &Arguments) -> Result<(), Stop> {
        let unmatched = plan.files.iter().filter(|item| self.rules.for_path(&item.path).is_none());
        let unmatched: Vec<String> = unmatched.map(|item| item.path.clone()).collect();
        if unmatched.is_empty() || arguments.skip_unmatched {
            return Ok(());
        }
        let (many, all) = (unmatched.len(), plan.files.len());
        Err(Stop::because(
            Code::Unsanitizable,
            format_args!(
                "no path of the rules is for {many} of {all} files, and nothing was done; \
                 --skip-unmatched leaves them out:{}",
                listed(&unmatched)
            ),
        ))
    }

    fn begin(self, arguments: &Arguments, plan: Plan, buckets: Buckets) -> Result<Run, Stop> {
        let Prepared { rules, rules_text, keys } = self;
        if !arguments.quiet {
            plan.remarks.iter().for_each(exit::remark);
        }
        let manifest = plan.directory.as_deref().map(|directory| {
            let terms = Terms {
                rules: rules.sha256().to_owned(),
                salt: keys.salt_fingerprint().to_owned(),
                settings: arguments.wishes.fingerprint(&keys),
            };
            let (manifest, unread) = Manifest::open(directory, terms);
            if unread.is_some() && !arguments.quiet {
                exit::remark(format_args!("warning: {MANIFEST} cannot be read; all files are done again"));
            }
            manifest
        });
        let cores = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let mut run = Run {
            board: Board::new(&[], arguments.quiet),
            seed: arguments.wishes.draw(),
            wishes: arguments.wishes.clone(),
            jobs: arguments.jobs.map_or_else(cores, NonZeroUsize::get),
            again: arguments.again,
            partials: Partials::default(),
            plan,
            rules,
            rules_text,
            keys,
            manifest,
            buckets,
        };
        let todo: Vec<&Item> = run.plan.files.iter().filter(|item| run.is_to_do(item)).collect();
        run.board = Board::new(&todo, arguments.quiet);
        Ok(run)
    }
}

/// Makes the output directory, and takes it for this run alone; what one that was killed left there is removed.
fn taken(directory: &Path) -> Result<Option<File>, Stop> {
    let output = |error: io::Error| unwritable(directory, &error);
    make_folder(directory, false).map_err(output)?;
    let opened = File::open(directory).map_err(output)?;
    let lock = match opened.try_lock() {
        Ok(()) => Some(opened),
        Err(TryLockError::WouldBlock) => {
            let words = format!("another run writes to {} at this moment", directory.display());
            return Err(Stop::because(Code::Output, words));
        }
        // A file system that locks no directories; files are still told apart.
        Err(TryLockError::Error(_)) => None,
    };
    sweep(directory).map_err(output)?;
    Ok(lock)
}

fn unwritable(directory: &Path, error: &io::Error) -> Stop {
    Stop::because(Code::Output, format_args!("could not write to {}: {error}", directory.display()))
}

/// Says what was done, and how the run ends.
fn tell(arguments: &Arguments, run: &Run, outcomes: &[Outcome]) -> Result<(), Stop> {
    let files: Vec<(&Item, &Outcome)> = run.plan.files.iter().zip(outcomes).collect();
    let told = match arguments.summary {
        Form::Json => report::document(&files, &arguments.rules.display().to_string(), run.rules.sha256()),
        Form::Table if arguments.quiet => String::new(),
        Form::Table => report::table(&files),
    };
    let troubles: Vec<(&Item, &Trouble)> = files
        .iter()
        .filter_map(|(item, outcome)| match outcome {
            Outcome::Failed(trouble) => Some((*item, trouble)),
            Outcome::Done(_) | Outcome::Before(_) | Outcome::Unmatched | Outcome::NotBegun => None,
        })
        .collect();
    // Standard output is the file itself, or would be.
    let printed = if run.plan.files.iter().any(|item| item.output == Output::Standard) {
        if !told.is_empty() && troubles.iter().all(|(_, trouble)| !trouble.unsaid) {
            exit::remark(told.trim_end());
        }
        Ok(())
    } else {
        exit::print(&told)
    };
    if !arguments.quiet {
        warn(&files);
    }
    for (item, trouble) in troubles.iter().filter(|(_, trouble)| !trouble.unsaid) {
        exit::remark(format_args!("vizard: {}: {}", visible(&item.name), trouble.failure));
    }
    let left = outcomes.iter().filter(|it| matches!(it, Outcome::NotBegun)).count();
    if left > 0 {
        exit::remark(format_args!("vizard: {left} files were not begun"));
    }
    let worst = [Code::Output, Code::Unsanitizable, Code::Unavailable, Code::NoInput];
    let code = worst.into_iter().find(|code| troubles.iter().any(|(_, trouble)| trouble.code == *code));
    match code.or((left > 0).then_some(Code::Unavailable)) {
        Some(code) => Err(Stop::reported(code)),
        None => printed,
    }
}

/// What the owners of files should know.
fn warn(files: &[(&Item, &Outcome)]) {
    for (item, outcome) in files {
        if let Outcome::Done(figures) = outcome {
            for (code, times) in &figures.warnings {
                exit::remark(format_args!("warning: {}: {code} ({times})", visible(&item.name)));
            }
        }
    }
}

/// Some names, one a line.
fn listed(names: &[String]) -> String {
    let shown: String = names.iter().take(SHOWN).map(|name| format!("\n  {}", visible(name))).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown}\n  and {more} more"),
    }
}

const SHOWN: usize = 20;
