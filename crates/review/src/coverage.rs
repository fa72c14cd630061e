//! A rule file against the published description of the API: what there is, and what becomes of it.
//!
//! The other tools read what the rules list. This one reads what the rules do not list: fields that are dropped, calls
//! that are refused; and what they list that nobody describes, which may be misspelled or of the wrong type.

mod calls;
mod described;
mod fields;
mod listed;
mod types;

mod csv;
mod findings;
mod markdown;
mod text;

use serde::Serialize;
use vizard_sanitizer::outline::Outline;
use vizard_sanitizer::{Place, RuleSet};

use crate::fates::Fate;
use crate::finding::Finding;
use crate::openapi::{Description, Note};
use crate::personal::Looks;

pub use csv::csv;
pub use findings::findings;
pub use markdown::markdown;
pub use text::text;

/// A rule file, compared with a description.
#[derive(Clone, Debug, Serialize)]
pub struct Coverage {
    /// The rule file, as it was named.
    pub file: String,
    /// SHA-256 of its text, in hexadecimal.
    pub sha256: String,
    /// The description, as it was named.
    pub spec: String,
    /// The title of the API.
    pub title: String,
    /// The version of the API.
    pub version: String,
    /// The language of the description.
    pub language: String,
    /// How much there is of what.
    pub counts: Counts,
    /// In the order of the rule file.
    pub endpoints: Vec<EndpointCoverage>,
    /// Calls that are described and that no endpoint is for, in the order of the description.
    pub other_calls: Vec<Call>,
    /// What is odd about the description.
    pub notes: Vec<Note>,
}

/// How much there is of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Endpoints of the rule file.
    pub endpoints: usize,
    /// Of these, those that are for a described call.
    pub endpoints_described: usize,
    /// Described calls that no endpoint is for.
    pub other_calls: usize,
    /// Described fields of the calls that endpoints are for, at each endpoint.
    pub fields_described: usize,
    /// Of these, those that leave in one form or another.
    pub fields_leaving: usize,
    /// Of these, those that leave in clear and look personal.
    pub kept_personal: usize,
    /// Described fields that are dropped.
    pub fields_dropped: usize,
    /// Of these, those that look personal.
    pub dropped_personal: usize,
    /// Of these, those that an earlier description did not have; none where no earlier one is known.
    pub new_personal: usize,
    /// Fields whose types differ.
    pub types_differ: usize,
    /// Listed fields that are not described.
    pub not_described: usize,
}

/// A call that the description knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// In capitals.
    pub method: String,
    /// The path template.
    pub path: String,
    /// The name that the description gives to it.
    pub id: Option<String>,
    /// What it does, in a line.
    pub summary: Option<String>,
}

/// One endpoint, compared with the calls that it is for.
#[derive(Clone, Debug, Serialize)]
pub struct EndpointCoverage {
    /// As the rules write it.
    pub path: String,
    /// "GET", "GET or POST", "any method".
    pub methods: String,
    /// Where it begins.
    pub line: u32,
    /// The described calls that it is for.
    pub calls: Vec<Call>,
    /// There is no response schema, so that what is described and what is not leaves unless a transform reaches it.
    pub is_open: bool,
    /// The description was too large here to be compared in full.
    pub is_cut: bool,
    /// The calls are described, but not what their answers hold.
    pub has_no_answer: bool,
    /// Every field of either side, as sections show them: those to look at first come first.
    pub fields: Vec<FieldCoverage>,
    #[serde(skip)]
    place: Place,
}

/// One field on both sides.
#[derive(Clone, Debug, Serialize)]
pub struct FieldCoverage {
    /// `$.users[*].email`
    pub field: String,
    /// How the two sides go together.
    pub standing: Standing,
    /// What the description says it is; empty where it does not know it.
    pub described: Vec<&'static str>,
    /// Whether the description has the place, or something above it of which it does not say what is in it.
    pub is_known: bool,
    /// What the rules say it is.
    pub listed: Option<&'static str>,
    /// What becomes of it, the most first.
    pub fates: Vec<Fate>,
    /// Described kinds of values that become null because another kind is listed, where not all do.
    pub null_where: Vec<&'static str>,
    /// The line of the rules that decides; nothing where it is not listed.
    pub line: Option<u32>,
    /// Whether it looks personal.
    pub looks: Option<Looks>,
    /// A described field that may have been meant.
    pub nearest: Option<String>,
    /// An earlier description is known, and did not have it.
    pub is_new: bool,
    /// No schema describes it: it was seen in an example.
    pub only_in_example: bool,
    /// The reason that the author gave for keeping it.
    pub argued: Option<String>,
    #[serde(skip)]
    place: Option<Place>,
}

/// How the rules and the description go together at a field; in the order of the sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It leaves in clear and looks personal.
    KeptPersonal,
    /// It is described, not listed, and looks personal.
    DroppedPersonal,
    /// The rules list a type that the description does not have there: the value becomes null.
    TypeDiffers,
    /// The rules list it, and the description does not know it.
    NotDescribed,
    /// It is described and listed.
    Both,
    /// Described as an object or a list without saying of what; this is listed of it.
    Open,
    /// It is described and not listed.
    Dropped,
}

impl Standing {
    /// All, in the order of the sections.
    pub const ALL: [Standing; 7] = [
        Standing::KeptPersonal,
        Standing::DroppedPersonal,
        Standing::TypeDiffers,
        Standing::NotDescribed,
        Standing::Both,
        Standing::Open,
        Standing::Dropped,
    ];

    /// The head of its section.
    pub fn words(self) -> &'static str {
        match self {
            Standing::KeptPersonal => "in clear, looks personal",
            Standing::DroppedPersonal => "dropped, looks personal",
            Standing::TypeDiffers => "types differ",
            Standing::NotDescribed => "listed, not described",
            Standing::Both => "described and listed",
            Standing::Open => "described without its members",
            Standing::Dropped => "dropped",
        }
    }
}

/// How to compare.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'o> {
    /// What stands before the described paths, instead of what the description says.
    pub base_path: Option<&'o str>,
    /// An earlier description of the same API, to tell what is new in this one.
    pub previous: Option<&'o Description>,
    /// Findings about the rule file; those of kept fields that the author argued away say so here, too.
    pub argued: &'o [Finding],
}

/// What both sides are called.
#[derive(Clone, Copy, Debug)]
pub struct Names<'n> {
    /// The rule file.
    pub rules: &'n str,
    /// The description.
    pub spec: &'n str,
}

/// Compares rules with a description. `outline` is of the same text as `rules`.
pub fn compare(
    names: Names<'_>,
    rules: &RuleSet,
    outline: &Outline,
    description: &Description,
    options: &Options<'_>,
) -> Coverage {
    let operations = calls::based(description, options.base_path);
    let matched = calls::matched(rules, outline, &operations);
    // All of the file but its endpoints, each of which is looked at alone.
    let bare = Outline { endpoints: Vec::new(), ..outline.clone() };
    let before = options.previous.map(|it| calls::based(it, options.base_path));
    let matched_before = before.as_ref().map(|it| calls::matched(rules, outline, it));
    // What is said of another file, such as the connector, has places of its own.
    let argued: Vec<&Finding> = options.argued.iter().filter(|it| it.file == names.rules).collect();
    let endpoints = outline.endpoints.iter().zip(&matched).enumerate().map(|(index, (endpoint, of))| {
        let operations: Vec<_> = of.iter().map(|index| &operations[*index]).collect();
        let before = before.as_ref().zip(matched_before.as_ref());
        let before = before.map(|(all, matched)| described::paths(matched[index].iter().map(|it| &all[*it])));
        fields::compare(&bare, endpoint, &operations, before.as_ref(), &argued)
    });
    let endpoints: Vec<EndpointCoverage> = endpoints.collect();
    let is_other = |index: &usize| !matched.iter().any(|of| of.contains(index));
    let others = (0..operations.len()).filter(is_other).map(|index| operations[index].call());
    let other_calls: Vec<Call> = others.collect();
    Coverage {
        counts: Counts::of(&endpoints, other_calls.len()),
        file: names.rules.to_owned(),
        sha256: rules.sha256().to_owned(),
        spec: names.spec.to_owned(),
        title: description.title.clone(),
        version: description.version.clone(),
        language: description.language.clone(),
        endpoints,
        other_calls,
        notes: description.notes.clone(),
    }
}

impl Counts {
    fn of(endpoints: &[EndpointCoverage], other_calls: usize) -> Counts {
        let mut counts = Counts { endpoints: endpoints.len(), other_calls, ..Counts::default() };
        counts.endpoints_described = endpoints.iter().filter(|it| !it.calls.is_empty()).count();
        for endpoint in endpoints {
            counts.not_described += endpoint.fields.iter().filter(|it| endpoint.lacks(it)).count();
            for field in &endpoint.fields {
                counts.add(field);
            }
        }
        counts
    }

    fn add(&mut self, field: &FieldCoverage) {
        let described = usize::from(!field.described.is_empty());
        self.fields_described += described;
        match field.standing {
            Standing::KeptPersonal => {
                self.kept_personal += 1;
                self.fields_leaving += described;
            }
            Standing::DroppedPersonal => {
                self.dropped_personal += 1;
                self.new_personal += usize::from(field.is_new);
                self.fields_dropped += 1;
            }
            Standing::TypeDiffers => self.types_differ += 1,
            Standing::Both if field.fates.first() == Some(&Fate::Dropped) => self.fields_dropped += 1,
            Standing::Both | Standing::Open => self.fields_leaving += described,
            Standing::Dropped => self.fields_dropped += 1,
            Standing::NotDescribed => {}
        }
    }
}

impl EndpointCoverage {
    /// Whether the description lacks the field, though it says what the answers of the endpoint hold.
    fn lacks(&self, field: &FieldCoverage) -> bool {
        !field.is_known && !self.calls.is_empty() && !self.has_no_answer
    }
}

impl FieldCoverage {
    /// Whether the original can be read, rather than only what a rule picks out of it.
    fn leaves_clear(&self) -> bool {
        self.fates.iter().any(|it| matches!(it, Fate::Kept | Fate::Partial | Fate::Original))
    }
}

impl Coverage {
    /// Whether anything leaves in clear that hardly can be anything but personal, and that nobody argued for.
    pub fn keeps_personal(&self) -> bool {
        let bad = |it: &FieldCoverage| {
            it.standing == Standing::KeptPersonal
                && it.leaves_clear()
                && it.argued.is_none()
                && it.looks.is_some_and(|looks| looks.is_strong())
        };
        self.endpoints.iter().flat_map(|it| &it.fields).any(bad)
    }
}

#[cfg(test)]
mod tests;
