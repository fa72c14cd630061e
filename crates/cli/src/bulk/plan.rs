//! What goes where. All that speaks against a run is said before anything is read.

mod guard;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::bulk::listed;
use crate::bulk::manifest::MANIFEST;
use crate::bulk::partial::is_partial;
use crate::bulk::place::{ObjectUri, Place};
use crate::bulk::walk::walk;
use crate::exit::{Code, Stop};

/// All files of a run.
#[derive(Debug)]
pub(crate) struct Plan {
    /// In the order of their names, as far as the command line leaves that open.
    pub(crate) files: Vec<Item>,
    /// The directory that they go to, if it is one.
    pub(crate) directory: Option<PathBuf>,
    /// What the operator should know, and what ends nothing.
    pub(crate) remarks: Vec<String>,
}

/// A file of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// What it is called below what was given, with `/` between the parts.
    pub(crate) name: String,
    /// What the rules are asked with: the same, or the key of the object.
    pub(crate) path: String,
    pub(crate) input: Input,
    pub(crate) output: Output,
    /// Where its bad rows go, if there are any and they are set aside.
    pub(crate) rejected: Option<PathBuf>,
}

/// Where a file is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    Standard,
    /// With what tells whether it has changed, unless it is a pipe or the like.
    File(PathBuf, Option<Stamp>),
    Object(ObjectUri, Option<u64>),
}

/// Where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Output {
    Standard,
    File(PathBuf),
    Object(ObjectUri),
}

/// What tells one state of a file from the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stamp {
    pub(crate) bytes: u64,
    /// Seconds and nanoseconds of its last change.
    pub(crate) modified: (i64, i64),
}

/// An object that a prefix stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) key: String,
    pub(crate) bytes: Option<u64>,
}

/// What the command line says of places.
#[derive(Debug)]
pub(crate) struct Wanted<'w> {
    pub(crate) inputs: &'w [OsString],
    pub(crate) output: &'w OsStr,
    /// What standard input is called.
    pub(crate) stdin_name: Option<&'w str>,
    /// Where bad rows go.
    pub(crate) quarantine: Option<&'w Path>,
    pub(crate) rules: &'w Path,
}

impl Plan {
    /// Looks at names and sizes only. `list` tells what stands below a prefix of a bucket.
    pub(crate) fn make(
        wanted: &Wanted<'_>,
        list: &mut dyn FnMut(&ObjectUri) -> Result<Vec<Listed>, Stop>,
    ) -> Result<Plan, Stop> {
        let wrong = |why: String| Stop::because(Code::Usage, why);
        let inputs: Result<Vec<Place>, String> = wanted.inputs.iter().map(|it| Place::read(it)).collect();
        let (inputs, output) = (inputs.map_err(wrong)?, Place::read(wanted.output).map_err(wrong)?);
        let mut plan = Plan { files: Vec::new(), directory: None, remarks: Vec::new() };
        if inputs.iter().filter(|it| **it == Place::Standard).count() > 1 {
            return Err(wrong("standard input can be read once only".to_owned()));
        }
        guard::places(&inputs, &output, wanted)?;
        let mut many = inputs.len() > 1;
        for input in &inputs {
            many |= plan.add(input, wanted, list)?;
        }
        if plan.files.is_empty() {
            return Err(Stop::because(Code::NoInput, "there is no file to sanitize"));
        }
        plan.aim(&output, many)?;
        plan.set_aside(wanted.quarantine)?;
        guard::files(&plan, wanted)?;
        Ok(plan)
    }

    /// Adds the files of an input, and says whether it may stand for several.
    fn add(
        &mut self,
        input: &Place,
        wanted: &Wanted<'_>,
        list: &mut dyn FnMut(&ObjectUri) -> Result<Vec<Listed>, Stop>,
    ) -> Result<bool, Stop> {
        match input {
            Place::Standard => {
                let name = wanted.stdin_name.unwrap_or("-").to_owned();
                self.push(name.clone(), name, Input::Standard);
                Ok(false)
            }
            Place::Local(path) => {
                let there = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
                if !there.is_dir() {
                    let name = path.file_name().and_then(OsStr::to_str);
                    let name = name.ok_or_else(|| unreadable(path, &"its name is not UTF-8"))?.to_owned();
                    self.push(name.clone(), name, Input::File(path.clone(), Stamp::of(&there)));
                    return Ok(false);
                }
                self.add_directory(path)?;
                Ok(true)
            }
            Place::Bucket(uri) if uri.is_prefix() => {
                for object in list(uri)? {
                    let Some(name) = object.key.strip_prefix(&uri.key) else { continue };
                    if name.split('/').any(|part| part.starts_with('.')) || name.ends_with('/') {
                        continue; // hidden, or a mark that stands for a folder
                    }
                    let from = ObjectUri { key: object.key.clone(), ..uri.clone() };
                    self.push(name.to_owned(), object.key.clone(), Input::Object(from, object.bytes));
                }
                Ok(true)
            }
            Place::Bucket(uri) => {
                let name = uri.key.rsplit('/').next().unwrap_or(&uri.key).to_owned();
                self.push(name, uri.key.clone(), Input::Object(uri.clone(), None));
                Ok(false)
            }
        }
    }

    fn add_directory(&mut self, directory: &Path) -> Result<(), Stop> {
        let found = walk(directory).map_err(|error| unreadable(directory, &error))?;
        if let Some(path) = found.unnamed.first() {
            return Err(unreadable(path, &"its name is not UTF-8"));
        }
        for name in found.files {
            let path = directory.join(&name);
            let there = fs::symlink_metadata(&path).map_err(|error| unreadable(&path, &error))?;
            self.push(name.clone(), name, Input::File(path, Stamp::of(&there)));
        }
        for (paths, what) in [
            (&found.links, "symbolic links are not followed"),
            (&found.special, "these are no files and are left alone"),
        ] {
            if !paths.is_empty() {
                let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
                self.remarks.push(format!("warning: {what}:{}", listed(&names)));
            }
        }
        Ok(())
    }

    fn push(&mut self, name: String, path: String, input: Input) {
        self.files.push(Item { name, path, input, output: Output::Standard, rejected: None });
    }

    /// Gives every file its output.
    fn aim(&mut self, output: &Place, many: bool) -> Result<(), Stop> {
        let wrong = |why: &str| Err(Stop::because(Code::Usage, why));
        match output {
            Place::Standard if many => wrong("standard output takes one file; -o must name a directory"),
            Place::Standard => Ok(()),
            Place::Local(path) => {
                let ends_like_one = path.as_os_str().as_bytes().ends_with(b"/");
                let there = fs::metadata(path).ok();
                let is_directory = there.as_ref().is_some_and(Metadata::is_dir);
                if !many && !ends_like_one && !is_directory {
                    // A link stays a link.
                    let path = if there.is_some() { fs::canonicalize(path) } else { Ok(path.clone()) };
                    let path = path.map_err(|error| Stop::new(Code::Output, error))?;
                    self.files.iter_mut().for_each(|file| file.output = Output::File(path.clone()));
                    return Ok(());
                }
                if there.is_some() && !is_directory {
                    return wrong("-o is a file, and there may be several; it must be a directory");
                }
                for file in &mut self.files {
                    file.output = Output::File(path.join(file.name_below(path)?));
                }
                self.directory = Some(path.clone());
                Ok(())
            }
            Place::Bucket(uri) if uri.is_prefix() => {
                for file in &mut self.files {
                    if file.name == "-" {
                        return wrong(NAMELESS);
                    }
                    file.output = Output::Object(uri.join(&file.name));
                }
                Ok(())
            }
            Place::Bucket(_) if many => wrong("-o names one object; a prefix for many ends with `/`"),
            Place::Bucket(uri) => {
                self.files.iter_mut().for_each(|file| file.output = Output::Object(uri.clone()));
                Ok(())
            }
        }
    }

    fn set_aside(&mut self, quarantine: Option<&Path>) -> Result<(), Stop> {
        let Some(quarantine) = quarantine else { return Ok(()) };
        for file in &mut self.files {
            let name = if file.name == "-" { "standard-input" } else { file.name_below(quarantine)? };
            file.rejected = Some(quarantine.join(format!("{name}{REJECTED}")));
        }
        Ok(())
    }
}

impl Item {
    /// Its name, if that leads to a place below a directory and to one that is not ours.
    fn name_below(&self, directory: &Path) -> Result<&str, Stop> {
        if self.name == "-" {
            return Err(Stop::because(Code::Usage, NAMELESS));
        }
        let taken = |part: &str| matches!(part, "" | "." | "..") || part == MANIFEST || is_partial(part);
        if self.name.contains('\0') || self.name.split('/').any(taken) {
            let (name, directory) = (&self.name, directory.display());
            let why = format_args!("{name} cannot be the name of a file below {directory}").to_string();
            return Err(Stop::because(Code::Usage, why));
        }
        Ok(&self.name)
    }

    /// How many bytes it has as stored, if that is known.
    pub(crate) fn bytes(&self) -> Option<u64> {
        match &self.input {
            Input::Standard => None,
            Input::File(_, stamp) => stamp.map(|it| it.bytes),
            Input::Object(_, bytes) => *bytes,
        }
    }
}

impl Stamp {
    /// Of a regular file; others have no state that could be compared.
    pub(crate) fn of(there: &Metadata) -> Option<Stamp> {
        there.is_file().then(|| Stamp { bytes: there.len(), modified: (there.mtime(), there.mtime_nsec()) })
    }
}

/// Names that stand twice.
fn repeated<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut seen = BTreeMap::new();
    names.for_each(|name| *seen.entry(name).or_insert(0) += 1);
    seen.into_iter().filter(|(_, times)| *times > 1).map(|(name, _)| name.to_owned()).collect()
}

fn unreadable(path: &Path, why: &dyn std::fmt::Display) -> Stop {
    Stop::because(Code::NoInput, format_args!("could not read {}: {why}", path.display()))
}

const NAMELESS: &str = "standard input needs a name for its output: --stdin-name";
/// The end of the names of side files.
const REJECTED: &str = ".rejected.ndjson";

#[cfg(test)]
mod tests;
