//! The files of this repository, and how a test compares with one: `UPDATE=1` rewrites instead.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are a folder of the repository")
}

/// A file of the repository, as text.
pub fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("could not read {path}: {error}"))
}

/// The files below a folder whose names end in `ending`, sorted, as paths from the root.
pub fn files(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path.strip_prefix(root()).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

/// Whether the tests are asked to rewrite what they compare with.
pub fn updating() -> bool {
    std::env::var_os("UPDATE").is_some_and(|it| it == "1")
}

/// Compares a file with what it should hold, or rewrites it. Says where they part.
pub fn compare(path: &str, expected: &str) -> Result<(), String> {
    let found = fs::read_to_string(root().join(path)).unwrap_or_default();
    if found == expected {
        return Ok(());
    }
    if updating() {
        let file = root().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, expected).unwrap();
        return Ok(());
    }
    let mut pairs = found.lines().zip(expected.lines()).enumerate();
    let part = pairs.find(|(_, (found, expected))| found != expected);
    let (line, found, expected) = match part {
        Some((index, (found, expected))) => (index + 1, found, expected),
        None => (found.lines().count().min(expected.lines().count()) + 1, "(end)", "(end or more)"),
    };
    Err(format!(
        "{path}:{line} is not what it should be; look, and if the change is meant: UPDATE=1 cargo test -p vizard-tests\n  \
         in the file: {found}\n  now:         {expected}"
    ))
}

/// Fails with all problems at once.
pub fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// The fenced blocks of a Markdown text whose opening line is exactly "```" and `language`, each with its line.
pub fn blocks(markdown: &str, language: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, bool, String)> = None;
    for (index, line) in markdown.lines().enumerate() {
        match (&mut open, line.trim_start().strip_prefix("```")) {
            (None, Some(name)) => open = Some((index + 1, name.trim() == language, String::new())),
            (Some(_), Some(_)) => {
                if let Some((line, true, text)) = open.take() {
                    found.push((line, text));
                }
            }
            (Some((_, _, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fenced block is not closed");
    found
}
