//! `vizard fmt`: rule files in one layout, with their comments.

mod replace;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use vizard_review::fmt;

use crate::exit::{self, Code, Stop};
use crate::input;

/// The command line of `vizard fmt`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Change nothing; end with 1 if a file is laid out otherwise
    #[arg(long)]
    check: bool,
    /// Change nothing; show what would change
    #[arg(long)]
    diff: bool,
    /// The rule files; `-` is standard input, which is written to standard output
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

pub(crate) const CODES: &str = "\
Examples:
  vizard fmt rules.yaml
  vizard fmt --check rules/*/rules.yaml

Exit codes: 0 done, 1 with --check: a file is laid out otherwise, 64 wrong
command line, 65 a file is too large, 66 a file cannot be read, 74 a file cannot
be written, 78 a file is not YAML; the others are laid out all the same";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let (mut changed, mut same) = (0, 0);
    let mut failed = None;
    for path in &arguments.files {
        match one(arguments, path) {
            Ok(true) => changed += 1,
            Ok(false) => same += 1,
            // The others are done all the same.
            Err(stop) => {
                exit::report(&stop);
                failed.get_or_insert(stop.code());
            }
        }
    }
    let dry = arguments.check || arguments.diff;
    if dry || arguments.files.iter().any(|path| !is_stdin(path)) {
        let verb = if dry { "would change" } else { "changed" };
        let files = if changed == 1 { "file" } else { "files" };
        let failures = if failed.is_some() { ", some could not be laid out" } else { "" };
        let tally = format!("{changed} {files} {verb}, {same} as laid out already{failures}\n");
        // Standard output may be the text itself.
        if dry || !arguments.files.iter().any(|path| is_stdin(path)) {
            exit::print(&tally)?;
        } else {
            exit::remark(tally.trim_end());
        }
    }
    match failed {
        Some(code) => Err(Stop::reported(code)),
        None if arguments.check && changed > 0 => Err(Stop::reported(Code::NotAsPromised)),
        None => Ok(()),
    }
}

/// Whether the layout of a file is another.
fn one(arguments: &Arguments, path: &Path) -> Result<bool, Stop> {
    let name = if is_stdin(path) { "standard input".to_owned() } else { path.display().to_string() };
    let bytes = match is_stdin(path) {
        true => input::bounded(Ok(io::stdin().lock()), &name)?,
        false => input::bounded(File::open(path), &name)?,
    };
    let wrong = |why: &dyn std::fmt::Display| {
        let why = why.to_string();
        Stop::because(Code::Configuration, format_args!("could not lay out {name}: {}", why.trim_end()))
    };
    let text = String::from_utf8(bytes).map_err(|_| wrong(&"it is not UTF-8 text"))?;
    let formatted = fmt::format(&name, &text).map_err(|why| wrong(&why))?;
    let changed = formatted != text;
    if arguments.diff {
        exit::print(&fmt::diff(&name, &text, &formatted))?;
    } else if arguments.check {
        if changed {
            exit::print(&format!("{name}: would change\n"))?;
        }
    } else if is_stdin(path) {
        exit::print(&formatted)?;
    } else if changed {
        replace::replace(path, &formatted)
            .map_err(|error| Stop::because(Code::Output, format_args!("could not write {name}: {error}")))?;
    }
    Ok(changed)
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}
