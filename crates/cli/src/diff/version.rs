//! One version of a rule file: from disk, from standard input or from a revision, decoded and resolved.

use std::fs::File;
use std::io;
use std::path::Path;

use vizard_proxy::rules_text::{self, RulesText};
use vizard_review::diff::Version;
use vizard_sanitizer::extends::Resolved;

use crate::diff::git::Git;
use crate::exit::{Code, Stop};
use crate::input;

/// The text that runs.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) resolved: Resolved,
}

impl Text {
    pub(super) fn version(&self) -> Version<'_> {
        Version { name: &self.resolved.name, text: &self.resolved.text }
    }

    /// A path, `-`, or a revision and a path. A file of that name comes first.
    pub(super) fn read(written: &str) -> Result<Text, Stop> {
        if written == "-" {
            return Text::of("standard input", input::bounded(Ok(io::stdin().lock()), &"standard input")?);
        }
        let path = Path::new(written);
        match written.split_once(':') {
            Some((revision, within)) if !path.exists() && !revision.is_empty() => {
                let git = Git::find()?;
                let commit = git.commit(revision)?;
                Text::of(written, git.blob(&commit, within.as_ref(), written)?)
            }
            Some(_) | None => Text::from_disk(written, path),
        }
    }

    pub(super) fn from_disk(name: &str, path: &Path) -> Result<Text, Stop> {
        Text::of(name, input::bounded(File::open(path), &name)?)
    }

    pub(super) fn of(name: &str, bytes: Vec<u8>) -> Result<Text, Stop> {
        let wrong = |words: String| Stop::because(Code::NotAsPromised, words);
        let text = String::from_utf8(bytes).map_err(|_| wrong(format!("{name} is not UTF-8 text")))?;
        let text = rules_text::decode(&text)
            .map_err(|error| wrong(format!("{name} could not be decoded: {error}")))?;
        let rules = RulesText { name: name.to_owned(), text, prebuilt: false };
        let resolved = rules.resolved().map_err(|found| {
            wrong(format!("could not compare the rules\n{}", found.to_string().trim_end()))
        })?;
        Ok(Text { resolved })
    }
}
