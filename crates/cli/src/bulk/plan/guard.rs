//! What must not be the same place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::bulk::listed;
use crate::bulk::partial::folder;
use crate::bulk::place::{ObjectUri, Place};
use crate::bulk::plan::{Input, Item, Output, Plan, Wanted, repeated};
use crate::exit::{Code, Stop};

/// What is written and what is set aside stay out of what is read.
pub(super) fn places(inputs: &[Place], output: &Place, wanted: &Wanted<'_>) -> Result<(), Stop> {
    let wrong = |why: String| Err(Stop::because(Code::Usage, why));
    for input in inputs {
        match (input, output) {
            (Place::Local(input), Place::Local(output)) if input.is_dir() => {
                let (from, to) = (settled(input), settled(output));
                if to.starts_with(&from) {
                    let (input, output) = (input.display(), output.display());
                    return wrong(format!("-o {output} lies within {input}, which is read"));
                }
            }
            (Place::Bucket(input), Place::Bucket(output)) => {
                let same = (input.cloud, &input.bucket) == (output.cloud, &output.bucket);
                let within = if input.is_prefix() {
                    output.key.starts_with(&input.key)
                } else {
                    output.key == input.key
                        || output.is_prefix()
                            && input.key.rsplit_once('/').map_or("", |it| it.0)
                                == output.key.trim_end_matches('/')
                };
                if same && within {
                    return wrong(format!("-o {output} lies within {input}, which is read"));
                }
            }
            _ => {}
        }
    }
    let Some(quarantine) = wanted.quarantine else { return Ok(()) };
    if quarantine.exists() && !quarantine.is_dir() {
        return wrong(format!("--quarantine {} is no directory", quarantine.display()));
    }
    let clear = settled(quarantine);
    for input in inputs {
        if let Place::Local(input) = input
            && input.is_dir()
            && clear.starts_with(settled(input))
        {
            let (quarantine, input) = (quarantine.display(), input.display());
            return wrong(format!("--quarantine {quarantine} lies within {input}, which is read"));
        }
    }
    Ok(())
}

/// Rows as they came are not put where the sanitized ones go.
fn apart(plan: &Plan, quarantine: &Path) -> bool {
    let clear = settled(quarantine);
    if let Some(directory) = &plan.directory {
        return !clear.starts_with(settled(directory));
    }
    plan.files.iter().all(|file| match &file.output {
        Output::File(path) => settled(folder(path)) != clear,
        Output::Standard | Output::Object(_) => true,
    })
}

/// No output replaces what is read, another output, or what is no file.
pub(super) fn files(plan: &Plan, wanted: &Wanted<'_>) -> Result<(), Stop> {
    let wrong = |why: String| Err(Stop::because(Code::Usage, why));
    if plan.files.len() > 1 {
        let twice = repeated(plan.files.iter().map(|file| file.name.as_str()));
        if !twice.is_empty() {
            return wrong(format!("several inputs would have the same output:{}", listed(&twice)));
        }
    }
    if let Some(quarantine) = wanted.quarantine
        && !apart(plan, quarantine)
    {
        return wrong(format!(
            "--quarantine {} is where the output goes; rows as they came must be put elsewhere",
            quarantine.display()
        ));
    }
    let objects: BTreeSet<&ObjectUri> = plan
        .files
        .iter()
        .filter_map(|file| match &file.input {
            Input::Object(uri, _) => Some(uri),
            Input::Standard | Input::File(..) => None,
        })
        .collect();
    let mut read = BTreeMap::new();
    let mut remember = |path: &Path| {
        if let Ok(there) = fs::metadata(path) {
            read.insert((there.dev(), there.ino()), path.to_owned());
        }
    };
    remember(wanted.rules);
    for Item { input, .. } in &plan.files {
        if let Input::File(path, _) = input {
            remember(path);
        }
    }
    for Item { output, rejected, .. } in &plan.files {
        let output = match output {
            Output::File(path) => Some(path),
            Output::Object(uri) if objects.contains(uri) => {
                return wrong(format!("{uri} is both read and written"));
            }
            Output::Standard | Output::Object(_) => None,
        };
        for path in output.into_iter().chain(rejected) {
            let Ok(there) = fs::symlink_metadata(path) else { continue };
            // A link leads where it likes.
            let aim = fs::metadata(path).map(|it| (it.dev(), it.ino())).unwrap_or_default();
            if let Some(read) = read.get(&aim) {
                return wrong(format!("{} is {}, which is read", path.display(), read.display()));
            }
            if !there.is_file() {
                return wrong(format!(
                    "{} is there and is no file; `-o -` is standard output",
                    path.display()
                ));
            }
        }
    }
    Ok(())
}

/// The path without links and dots, as far as it is there.
fn settled(path: &Path) -> PathBuf {
    if let Ok(whole) = fs::canonicalize(path) {
        return whole;
    }
    let Some(name) = path.file_name() else { return path.to_owned() };
    settled(folder(path)).join(name)
}
