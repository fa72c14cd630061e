//! What the tools for reviewers have to say, in one form for all of them.

use serde::Serialize;
use vizard_sanitizer::Place;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The file cannot be used, or a promise is broken.
    Error,
    /// Somebody should decide whether this is meant.
    Warning,
    /// Good to know; changes no exit code.
    Note,
}

/// One thing to say about a file. It holds names and rules, never a value of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// Stable, kebab-case; `vizard check --explain CODE` tells more.
    pub code: &'static str,
    /// The file, as it was named.
    pub file: String,
    /// Where in the file; absent where it is about the file, or about something that is not there.
    #[serde(serialize_with = "place")]
    pub place: Option<Place>,
    /// The endpoint as the rules write it, where it is about one.
    pub endpoint: Option<String>,
    /// The field, such as `$.users[*].id`, where it is about one.
    pub field: Option<String>,
    /// A sentence fragment that says what is so.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The reason that the author gave for leaving it so; a suppressed finding changes no exit code.
    pub suppressed: Option<String>,
}

impl Finding {
    /// Whether it counts: a warning or an error that nobody argued away.
    pub fn counts(&self) -> bool {
        self.level != Level::Note && self.suppressed.is_none()
    }
}

fn place<S: serde::Serializer>(place: &Option<Place>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Written {
        line: u32,
        column: u32,
    }
    place.map(|it| Written { line: it.line, column: it.column }).serialize(serializer)
}
