//! One version of a rule file: from disk, from standard input or from a revision, decoded and resolved.

use std::fs::File;
use std::io;
use std::path::Path;

use vizard_proxy::rules_text::{self, RulesText};
use vizard_review::check;
use vizard_review::diff::{self, Version};
use vizard_review::finding::{Finding, Level};

use crate::diff::git::Git;
use crate::exit::Stop;
use crate::input;

/// The text that runs, or one that cannot run.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) name: String,
    pub(super) text: String,
    /// Why it can be neither decoded nor resolved; empty: it can.
    unusable: Vec<Finding>,
}

impl Text {
    pub(super) fn version(&self) -> Version<'_> {
        Version { name: &self.name, text: &self.text }
    }

    /// A path, `-`, or a revision and a path. A file of that name comes first.
    pub(super) fn read(written: &str) -> Result<Text, Stop> {
        if written == "-" {
            let bytes = input::bounded(Ok(io::stdin().lock()), &"standard input")?;
            return Ok(Text::of("standard input", bytes));
        }
        let path = Path::new(written);
        match written.split_once(':') {
            Some((revision, within)) if !path.exists() && !revision.is_empty() => {
                let git = Git::find()?;
                let commit = git.commit(revision)?;
                Ok(Text::of(written, git.blob(&commit, within.as_ref(), written)?))
            }
            Some(_) | None => Ok(Text::of(written, input::bounded(File::open(path), &written)?)),
        }
    }

    pub(super) fn of(name: &str, bytes: Vec<u8>) -> Text {
        let unusable = |text: String, unusable: Vec<Finding>| Text { name: name.to_owned(), text, unusable };
        let Ok(text) = String::from_utf8(bytes) else {
            return unusable(String::new(), vec![no_text(name, "it is not UTF-8 text".to_owned())]);
        };
        let text = match rules_text::decode(&text) {
            Ok(text) => text,
            Err(error) => return unusable(text, vec![no_text(name, error.to_string())]),
        };
        let rules = RulesText { name: name.to_owned(), text, prebuilt: false };
        match rules.resolved() {
            Ok(it) => Text { name: it.name, text: it.text, unusable: Vec::new() },
            Err(found) => unusable(rules.text, check::problems_of(&found)),
        }
    }

    /// A symbolic link, which is not followed: it may lead out of what is compared.
    pub(super) fn of_a_link(name: &str) -> Text {
        let why = "it is a symbolic link; compare the file that it leads to".to_owned();
        Text { name: name.to_owned(), text: String::new(), unusable: vec![no_text(name, why)] }
    }

    /// Whether it can be compared, as far as that is known before it is loaded.
    pub(super) fn is_usable(&self) -> bool {
        self.unusable.is_empty()
    }

    /// All that keeps the proxy from loading it.
    pub(super) fn problems(&self) -> Vec<Finding> {
        if !self.is_usable() {
            return self.unusable.clone();
        }
        diff::between(None, Some(self.version())).map_or_else(|it| check::problems_of(&it), |_| Vec::new())
    }
}

fn no_text(name: &str, why: String) -> Finding {
    Finding {
        level: Level::Error,
        code: "yaml-syntax",
        file: name.to_owned(),
        place: None,
        endpoint: None,
        field: None,
        message: why,
        help: None,
        suppressed: None,
    }
}
