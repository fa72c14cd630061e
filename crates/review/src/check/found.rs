//! What the lints find, before it is told in the form of all tools.

use vizard_sanitizer::outline::Outline;
use vizard_sanitizer::{Diagnostic, Place, Severity};

use super::catalogue;
use crate::finding::Level;

/// Which file a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum File {
    /// The rule file as written.
    Written,
    /// The rules that run; the same file, unless it extends another.
    Rules,
    /// What the connector needs.
    Connector,
    /// The calls that are examples.
    Examples,
}

/// One thing that was found.
#[derive(Clone, Debug)]
pub(super) struct Raw {
    pub(super) code: &'static str,
    pub(super) level: Level,
    pub(super) file: File,
    pub(super) place: Option<Place>,
    /// By position in the rules that run.
    pub(super) endpoint: Option<usize>,
    pub(super) field: Option<String>,
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) suppressed: Option<String>,
}

impl Raw {
    pub(super) fn help(&mut self, help: impl Into<String>) -> &mut Raw {
        self.help = Some(help.into());
        self
    }

    pub(super) fn endpoint(&mut self, endpoint: usize) -> &mut Raw {
        self.endpoint = Some(endpoint);
        self
    }

    pub(super) fn field(&mut self, field: impl ToString) -> &mut Raw {
        self.field = Some(field.to_string());
        self
    }

    pub(super) fn file(&mut self, file: File) -> &mut Raw {
        self.file = file;
        self
    }

    /// Less bad than usual.
    pub(super) fn doubtful(&mut self) -> &mut Raw {
        self.level = Level::Note;
        self
    }

    /// Whether an author may argue it away.
    pub(super) fn can_be_suppressed(&self) -> bool {
        self.level != Level::Error && !self.code.starts_with("suppression-")
    }
}

/// Where the lints put what they find.
#[derive(Debug)]
pub(super) struct Found {
    file: File,
    pub(super) all: Vec<Raw>,
    /// How many more names may be looked for, which takes its time.
    searches: usize,
}

/// Most names that are looked for in one file.
const SEARCHES: usize = 200;
/// Among so many, each time.
const KNOWN: usize = 1_000;

impl Found {
    pub(super) fn new(file: File) -> Found {
        Found { file, all: Vec::new(), searches: SEARCHES }
    }

    /// The one of several names that a misspelled one probably meant, while that is worth the time.
    pub(super) fn nearest<'n>(
        &mut self,
        written: &str,
        known: impl Iterator<Item = &'n str>,
    ) -> Option<&'n str> {
        self.searches = self.searches.checked_sub(1)?;
        super::nearest(written, known.take(KNOWN))
    }

    /// Something at a place of the file.
    pub(super) fn at(&mut self, code: &'static str, place: Place, message: impl Into<String>) -> &mut Raw {
        self.add(code, Some(place), message.into())
    }

    /// Something that is not there.
    pub(super) fn absent(&mut self, code: &'static str, message: impl Into<String>) -> &mut Raw {
        self.add(code, None, message.into())
    }

    fn add(&mut self, code: &'static str, place: Option<Place>, message: String) -> &mut Raw {
        let lint = catalogue::lint(code).expect("lints report codes of the catalogue");
        self.all.push(Raw {
            code: lint.code,
            level: lint.level,
            file: self.file,
            place,
            endpoint: None,
            field: None,
            message,
            help: None,
            suppressed: None,
        });
        self.all.last_mut().expect("one was pushed on the line above")
    }

    /// What the loader says.
    pub(super) fn loader(&mut self, diagnostic: &Diagnostic) {
        self.all.push(Raw {
            code: diagnostic.code,
            level: match diagnostic.severity {
                Severity::Error => Level::Error,
                Severity::Warning => Level::Warning,
            },
            file: self.file,
            place: Some(diagnostic.place),
            endpoint: None,
            field: None,
            message: diagnostic.message.clone(),
            help: diagnostic.suggestion.clone(),
            suppressed: None,
        });
    }

    /// Says which endpoint is meant by what the loader tells of one; it tells places only.
    pub(super) fn locate(&mut self, outline: &Outline) {
        let about_one =
            |it: &&mut Raw| matches!(it.code, "endpoint-unreachable" | "endpoint-partly-shadowed");
        for raw in self.all.iter_mut().filter(about_one) {
            // Both point into the endpoint that they are about, which is the last to begin before.
            let begins = |it: &Place| raw.place.is_some_and(|place| *it <= place);
            raw.endpoint = outline.endpoints.iter().rposition(|it| begins(&it.place));
        }
    }
}
