//! What is finished in an output directory, so that a run that was interrupted goes on where it was.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{self, Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::bulk::figures::Figures;
use crate::bulk::partial::Partials;
use crate::bulk::plan::Stamp;
use crate::input;

/// The file's name in the output directory.
pub(crate) const MANIFEST: &str = ".vizard-bulk.json";

/// What is finished, and where that is written down.
#[derive(Debug)]
pub(crate) struct Manifest {
    path: PathBuf,
    terms: Terms,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    files: BTreeMap<String, Finished>,
    /// When it was last written, and whether something has been added since.
    written: Option<Instant>,
    dirty: bool,
}

/// What outputs depend on beside their inputs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Terms {
    /// The SHA-256 of the rules that ran.
    pub(crate) rules: String,
    /// The public name of the salt.
    pub(crate) salt: String,
    /// A SHA-256 over the options, the program's version and what all keys make of names that nobody has.
    pub(crate) settings: String,
}

/// A file that was finished. Names and numbers, and no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Finished {
    /// Where it was read, from the root.
    from: PathBuf,
    input: Stamp,
    output_bytes: u64,
    terms: Terms,
    figures: Figures,
}

/// The document.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    files: BTreeMap<String, Finished>,
}

/// A manifest that could not be read, which is as good as none.
#[derive(Debug)]
pub(crate) struct Unread;

impl Manifest {
    /// Reads the manifest of a directory, if it has one.
    pub(crate) fn open(directory: &Path, terms: Terms) -> (Manifest, Option<Unread>) {
        let path = directory.join(MANIFEST);
        let (files, unread) = match read(&path) {
            Ok(files) => (files.unwrap_or_default(), None),
            Err(unread) => (BTreeMap::new(), Some(unread)),
        };
        let kept = Mutex::new(Kept { files, written: None, dirty: false });
        (Manifest { path, terms, kept }, unread)
    }

    /// What was done to a file, if it is finished: on the same terms, from the same input, and its output still there.
    pub(crate) fn finished(&self, name: &str, from: &Path, input: Stamp, output: &Path) -> Option<Figures> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let finished = kept.files.get(name)?;
        let there = fs::symlink_metadata(output).ok().filter(fs::Metadata::is_file)?;
        let Finished { from: known, input: stamp, output_bytes, terms, figures: _ } = finished;
        let same = *stamp == input && *terms == self.terms && *output_bytes == there.len();
        let same = same && path::absolute(from).is_ok_and(|from| from == *known);
        same.then(|| finished.figures.clone())
    }

    /// Notes a file whose output is visible.
    pub(crate) fn note(
        &self,
        name: &str,
        from: &Path,
        input: Stamp,
        output_bytes: u64,
        figures: Figures,
        partials: &Partials,
    ) -> io::Result<()> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let from = path::absolute(from)?;
        let finished = Finished { from, input, output_bytes, terms: self.terms.clone(), figures };
        kept.files.insert(name.to_owned(), finished);
        kept.dirty = true;
        // With very many files the manifest is long, and written once a second.
        let recent = kept.written.is_some_and(|written| written.elapsed() < Duration::from_secs(1));
        if recent && kept.files.len() > 256 { Ok(()) } else { self.write(&mut kept, partials) }
    }

    /// Writes what has been noted since it was written last.
    pub(crate) fn settle(&self, partials: &Partials) -> io::Result<()> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.dirty { self.write(&mut kept, partials) } else { Ok(()) }
    }

    fn write(&self, kept: &mut Kept, partials: &Partials) -> io::Result<()> {
        let files = std::mem::take(&mut kept.files);
        let document = Document { version: VERSION, files };
        let text = serde_json::to_vec(&document);
        kept.files = document.files;
        let mut partial = partials.create(&self.path)?;
        partial.write_all(&text?)?;
        // One that is lost is as good as none.
        partial.show()?;
        (kept.written, kept.dirty) = (Some(Instant::now()), false);
        Ok(())
    }
}

fn read(path: &Path) -> Result<Option<BTreeMap<String, Finished>>, Unread> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file,
    };
    let bytes = input::bounded(file, &MANIFEST).map_err(|_| Unread)?;
    let document: Document = serde_json::from_slice(&bytes).map_err(|_| Unread)?;
    if document.version == VERSION { Ok(Some(document.files)) } else { Err(Unread) }
}

const VERSION: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(salt: &str) -> Terms {
        Terms { rules: "ab".to_owned(), salt: salt.to_owned(), settings: "cd".to_owned() }
    }

    #[test]
    fn what_is_finished_is_so_on_the_same_terms_only() {
        let desk = tempfile::tempdir().unwrap();
        let output = desk.path().join("a.csv");
        fs::write(&output, "12345").unwrap();
        let partials = Partials::default();
        let stamp = Stamp { bytes: 9, modified: (1, 2) };
        let (manifest, unread) = Manifest::open(desk.path(), terms("x"));
        assert!(
            unread.is_none() && manifest.finished("a.csv", Path::new("in/a.csv"), stamp, &output).is_none()
        );
        let figures = Figures { rows: 3, ..Figures::default() };
        manifest.note("a.csv", Path::new("in/a.csv"), stamp, 5, figures.clone(), &partials).unwrap();

        let again = |salt: &str, name: &str, from: &str, stamp| {
            Manifest::open(desk.path(), terms(salt)).0.finished(name, Path::new(from), stamp, &output)
        };
        assert_eq!(again("x", "a.csv", "in/a.csv", stamp), Some(figures.clone()));
        assert_eq!(again("y", "a.csv", "in/a.csv", stamp), None, "another salt");
        assert_eq!(again("x", "b.csv", "in/a.csv", stamp), None, "another file");
        assert_eq!(again("x", "a.csv", "other/a.csv", stamp), None, "from elsewhere");
        let touched = Stamp { modified: (1, 3), ..stamp };
        assert_eq!(again("x", "a.csv", "in/a.csv", touched), None, "another input");
        fs::write(&output, "1234").unwrap();
        assert_eq!(again("x", "a.csv", "in/a.csv", stamp), None, "another output");
        fs::remove_file(&output).unwrap();
        assert_eq!(again("x", "a.csv", "in/a.csv", stamp), None, "no output");
    }

    #[test]
    fn one_that_cannot_be_read_is_none() {
        let desk = tempfile::tempdir().unwrap();
        for text in ["", "{}", "{\"version\":2,\"files\":{}}", "{\"version\":1,\"files\":{\"a\":{}}}"] {
            fs::write(desk.path().join(MANIFEST), text).unwrap();
            assert!(Manifest::open(desk.path(), terms("x")).1.is_some(), "{text}");
        }
    }
}
