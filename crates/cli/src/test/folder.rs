//! Where the files of a rule file's tests are: beside it, or laid out as in this repository.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use vizard_review::finding::{Finding, Level};
use vizard_sanitizer::trials::{Case, Example, read_cases, read_examples};

use super::{Arguments, wrong};
use crate::exit::{Code, Stop};
use crate::input;

/// The files.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) rules: PathBuf,
    examples: PathBuf,
    original: PathBuf,
    /// Where answers were looked for in vain before that; nothing where the command line says where they are.
    original_tried: Option<PathBuf>,
    sanitized: PathBuf,
    cases: PathBuf,
    /// Files that were asked for by name must be there.
    asked_examples: bool,
    asked_cases: bool,
    name: Option<String>,
}

impl Folder {
    /// As the command line says, and otherwise as they usually lie.
    pub(super) fn of(arguments: &Arguments) -> Folder {
        let given = &arguments.folder;
        let (folder, rules) = if given.is_dir() {
            (given.clone(), given.join("rules.yaml"))
        } else {
            (given.parent().map(Path::to_path_buf).unwrap_or_default(), given.clone())
        };
        // `rules/zoom/.` and `.` are called something too.
        let whole = fs::canonicalize(&folder).ok();
        let name = whole.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let beside = folder.join("original");
        let top = whole.as_deref().and_then(|it| it.ancestors().nth(2)).unwrap_or(&folder);
        let shared = name.as_ref().map(|it| top.join("example-api-responses").join(it).join("original"));
        let (original, original_tried) = match (&arguments.original, shared) {
            (Some(given), _) => (given.clone(), None),
            (None, Some(shared)) if !beside.is_dir() && shared.is_dir() => (shared, None),
            (None, shared) => (beside, shared),
        };
        let sanitized = || original.parent().unwrap_or(&folder).join("sanitized");
        Folder {
            sanitized: arguments.sanitized.clone().unwrap_or_else(sanitized),
            examples: arguments.examples.clone().unwrap_or_else(|| folder.join("examples.yaml")),
            cases: arguments.tests.clone().unwrap_or_else(|| folder.join("tests.yaml")),
            asked_examples: arguments.examples.is_some(),
            asked_cases: arguments.tests.is_some(),
            rules,
            original,
            original_tried,
            name,
        }
    }

    /// The source that the folder is named after, if it is one that is shipped.
    pub(super) fn source(&self) -> Option<&str> {
        self.name.as_deref().filter(|name| vizard_proxy::prebuilt::SOURCES.contains(name))
    }

    pub(super) fn examples_name(&self) -> String {
        self.examples.display().to_string()
    }

    pub(super) fn cases_name(&self) -> String {
        self.cases.display().to_string()
    }

    /// None where there is no file and none was asked for.
    pub(super) fn examples(&self) -> Result<Vec<Example>, Stop> {
        match optional(&self.examples, self.asked_examples)? {
            Some(yaml) => read_examples(&self.examples_name(), &yaml).map_err(wrong),
            None => Ok(Vec::new()),
        }
    }

    pub(super) fn cases(&self) -> Result<Vec<Case>, Stop> {
        match optional(&self.cases, self.asked_cases)? {
            Some(yaml) => read_cases(&self.cases_name(), &yaml).map_err(wrong),
            None => Ok(Vec::new()),
        }
    }

    pub(super) fn original(&self, example: &Example) -> Result<Vec<u8>, Stop> {
        let path = self.original.join(&example.original);
        let file = File::open(&path);
        if file.is_err() && !self.original.is_dir() {
            return Err(self.no_answers(example));
        }
        input::bounded(file, &path.display())
    }

    /// Where the answers were looked for, and how to say where they are.
    fn no_answers(&self, example: &Example) -> Stop {
        let tried = self.original_tried.as_ref().map(|it| format!(", nor {}", it.display()));
        let words = format_args!(
            "could not read {}, an answer that {} names: there is no folder {}{}; \
             `--original DIR` says where the answers are",
            example.original,
            self.examples_name(),
            self.original.display(),
            tried.unwrap_or_default(),
        )
        .to_string();
        Stop::because(Code::NoInput, words)
    }

    /// What an example must become.
    pub(super) fn kept(&self, example: &Example) -> Result<Option<String>, Stop> {
        optional(&self.sanitized.join(&example.original), false)
    }

    /// Makes that what an example becomes now.
    pub(super) fn keep(&self, example: &Example, sanitized: &str) -> Result<(), Stop> {
        let path = self.sanitized.join(&example.original);
        let written = fs::create_dir_all(&self.sanitized).and_then(|()| {
            if fs::read(&path).is_ok_and(|there| there == sanitized.as_bytes()) {
                return Ok(());
            }
            fs::write(&path, sanitized)
        });
        written.map_err(|error| {
            Stop::because(Code::Output, format_args!("could not write {}: {error}", path.display()))
        })
    }

    /// Answers that no example names, and sanitized ones that belong to none.
    pub(super) fn strays(&self, examples: &[Example]) -> Result<Vec<Finding>, Stop> {
        let named: BTreeSet<&str> = examples.iter().map(|it| it.original.as_str()).collect();
        let mut findings = Vec::new();
        for (folder, message) in [
            (&self.original, "no example names this answer"),
            (&self.sanitized, "this is what no answer becomes"),
        ] {
            for name in files(folder)? {
                if !named.contains(name.as_str()) {
                    findings.push(Finding {
                        level: Level::Warning,
                        code: "file-unused",
                        file: folder.join(&name).display().to_string(),
                        place: None,
                        endpoint: None,
                        field: None,
                        message: message.to_owned(),
                        help: Some("name it in examples.yaml, or remove it".to_owned()),
                        suppressed: None,
                    });
                }
            }
        }
        Ok(findings)
    }
}

/// The text of a file.
pub(super) fn text(path: &Path) -> Result<String, Stop> {
    let bytes = input::bounded(File::open(path), &path.display())?;
    String::from_utf8(bytes)
        .map_err(|_| Stop::because(Code::NoInput, format_args!("{} is not UTF-8 text", path.display())))
}

fn optional(path: &Path, must_be: bool) -> Result<Option<String>, Stop> {
    match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound && !must_be => Ok(None),
        _ => text(path).map(Some),
    }
}

/// The names of the JSON files of a folder, sorted; none where it is absent.
fn files(folder: &Path) -> Result<Vec<String>, Stop> {
    let failed = |error: std::io::Error| {
        Stop::because(Code::NoInput, format_args!("could not read {}: {error}", folder.display()))
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        names.extend(name.ends_with(".json").then_some(name));
    }
    names.sort();
    Ok(names)
}
