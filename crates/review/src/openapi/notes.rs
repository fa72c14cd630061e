//! What is odd about a description, with the place where it stands.

use std::collections::HashSet;

use serde::Serialize;

/// Something in a description that is not as it should be, and how it was read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Note {
    /// What kind of oddity it is.
    pub oddity: Oddity,
    /// Where it stands in the file, as a JSON pointer.
    pub pointer: String,
    /// A sentence fragment.
    pub message: String,
}

/// The kinds of oddities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Oddity {
    /// More than could be listed: fields are missing here.
    TooLarge,
    /// A reference to another file, which is not read: fields may be missing here.
    ExternalReference,
    /// A reference to what is not there: fields may be missing here.
    ReferenceNowhere,
    /// Something of the wrong kind stands there and is not read: fields may be missing here.
    WrongKind,
    /// A keyword that this reader does not follow: fields may be missing here.
    NotFollowed,
    /// An example has fields that the schema does not list.
    ExampleDisagrees,
    /// There is an example and no schema.
    ExampleOnly,
    /// A reference that was meant for something that is there.
    ReferenceMalformed,
    /// No `type` is there to say what else is plain.
    TypeMissing,
    /// A `type` that is none.
    TypeUnknown,
    /// Keywords that do not go together.
    Contradiction,
    /// A path with a query in it, or without a slash at its start.
    PathOdd,
}

impl Oddity {
    /// Whether fields may be missing from the list because of it.
    pub fn may_hide_fields(self) -> bool {
        match self {
            Oddity::TooLarge
            | Oddity::ExternalReference
            | Oddity::ReferenceNowhere
            | Oddity::WrongKind
            | Oddity::NotFollowed => true,
            Oddity::ExampleDisagrees
            | Oddity::ExampleOnly
            | Oddity::ReferenceMalformed
            | Oddity::TypeMissing
            | Oddity::TypeUnknown
            | Oddity::Contradiction
            | Oddity::PathOdd => false,
        }
    }

    /// The words in a list of counts.
    pub fn words(self) -> &'static str {
        match self {
            Oddity::TooLarge => "too large to be listed in full",
            Oddity::ExternalReference => "references to other files, not followed",
            Oddity::ReferenceNowhere => "references to what is not there",
            Oddity::WrongKind => "parts of the wrong kind, not read",
            Oddity::NotFollowed => "keywords that are not followed",
            Oddity::ExampleDisagrees => "examples with fields that no schema lists",
            Oddity::ExampleOnly => "answers with an example and no schema",
            Oddity::ReferenceMalformed => "malformed references, read as meant",
            Oddity::TypeMissing => "schemas without a type, read as meant",
            Oddity::TypeUnknown => "unknown types, read as meant or as any",
            Oddity::Contradiction => "schemas that contradict themselves, read as either",
            Oddity::PathOdd => "odd paths",
        }
    }
}

/// Most notes; a file with more is odd enough.
const MAX_NOTES: usize = 10_000;
/// Longest name of the file that is repeated in a message.
const MAX_QUOTED: usize = 80;

/// The notes so far. A schema that is used in many places is noted once.
#[derive(Debug, Default)]
pub(super) struct Notes {
    list: Vec<Note>,
    seen: HashSet<(Oddity, String)>,
}

impl Notes {
    pub(super) fn add(&mut self, oddity: Oddity, at: &At<'_>, message: impl FnOnce() -> String) {
        if self.list.len() >= MAX_NOTES {
            return;
        }
        let pointer = at.pointer();
        if self.seen.insert((oddity, pointer.clone())) {
            self.list.push(Note { oddity, pointer, message: message() });
        }
    }

    pub(super) fn into_list(self) -> Vec<Note> {
        self.list
    }
}

/// A name of the file, short enough to be repeated.
pub(super) fn quoted(name: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    match name.char_indices().nth(MAX_QUOTED) {
        None => format!("`{}`", name.replace(char::is_control, " ")),
        Some((end, _)) => format!("`{}...`", name[..end].chars().map(clean).collect::<String>()),
    }
}

/// A place in the file, as the way that led there.
#[derive(Clone, Copy)]
pub(super) enum At<'a> {
    /// A pointer.
    Start(&'a str),
    /// A member of what is there.
    Member(&'a At<'a>, &'a str),
    /// An element of what is there.
    Element(&'a At<'a>, usize),
}

impl<'a> At<'a> {
    pub(super) fn then(&'a self, name: &'a str) -> At<'a> {
        At::Member(self, name)
    }

    pub(super) fn nth(&'a self, index: usize) -> At<'a> {
        At::Element(self, index)
    }

    pub(super) fn pointer(&self) -> String {
        match self {
            At::Start(pointer) => (*pointer).to_owned(),
            At::Member(before, name) => {
                let mut pointer = before.pointer();
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                pointer
            }
            At::Element(before, index) => format!("{}/{index}", before.pointer()),
        }
    }
}
