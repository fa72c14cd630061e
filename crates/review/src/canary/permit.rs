//! What the rules let out of each field, and so which canaries may be seen where.

use regex::Regex;
use vizard_sanitizer::outline::{Endpoint, Field, FieldPath, Kind, Outline, Treatment};

use super::plant::{Canary, Piece, Planted, Shape};
use crate::fates::{self, EndpointFates, Fate, Outcome};

/// What a rule file lets out, endpoint by endpoint.
#[derive(Clone, Debug)]
pub struct Permits<'o> {
    endpoints: Vec<EndpointFates<'o>>,
}

impl<'o> Permits<'o> {
    /// As the rule file says.
    pub fn of(outline: &'o Outline) -> Permits<'o> {
        Permits { endpoints: fates::of(outline) }
    }

    /// Whether a piece of this canary may be seen in the place where it was planted, in an answer of this endpoint. It
    /// may never be seen elsewhere.
    pub fn allows(&self, endpoint: &Endpoint, canary: &Canary, piece: Piece) -> bool {
        let Some(fates) = self.promise(endpoint) else { return false };
        match &canary.place {
            Planted::Field(place) => outcomes(fates, place, canary.shape)
                .iter()
                .any(|outcome| is_let_out(outcome, fates.endpoint, canary, piece)),
            // Names pass where no schema drops them.
            Planted::Name(_) => fates.is_open,
            Planted::Header(_) | Planted::Elsewhere(_) => false,
        }
    }

    /// What is promised of an endpoint: by the one with the same path and methods, or else the same path and one of the
    /// methods.
    fn promise(&self, endpoint: &Endpoint) -> Option<&EndpointFates<'o>> {
        let same = || self.endpoints.iter().filter(|it| it.endpoint.path.text == endpoint.path.text);
        let asked = methods(endpoint);
        let shared = |it: &&EndpointFates<'_>| match (&asked, methods(it.endpoint)) {
            (Some(asked), Some(promised)) => asked.iter().any(|method| promised.contains(method)),
            (None, _) | (_, None) => true,
        };
        same().find(|it| methods(it.endpoint) == asked).or_else(|| same().find(shared))
    }
}

/// In capitals and in order; `None`: any.
fn methods(endpoint: &Endpoint) -> Option<Vec<String>> {
    let mut methods: Vec<String> =
        endpoint.methods.as_ref()?.iter().map(|it| it.text.to_ascii_uppercase()).collect();
    methods.sort();
    Some(methods)
}

/// What can become of a value of this shape in this place.
fn outcomes(fates: &EndpointFates<'_>, place: &FieldPath, shape: Shape) -> Vec<Outcome> {
    if fates.is_open {
        let kind = Kind::Scalar;
        let line = fates.endpoint.place;
        let field = Field { path: place.clone(), place: line, kind, only_sometimes: false, when: Vec::new() };
        return fates::of_field(fates.endpoint, &field).outcomes;
    }
    let here = fates.fields.iter().filter(|it| match &it.field.kind {
        Kind::Again { .. } => it.field.path.holds(place),
        kind => it.field.path == *place && takes(kind, shape),
    });
    here.flat_map(|it| it.outcomes.clone()).collect()
}

/// Whether a schema keeps a value of this shape at all.
fn takes(kind: &Kind, shape: Shape) -> bool {
    match kind {
        Kind::Scalar | Kind::Again { .. } => true,
        Kind::String => shape != Shape::Number,
        Kind::Integer | Kind::Number => shape == Shape::Number,
        Kind::Boolean | Kind::Null | Kind::Constant(_) | Kind::Object | Kind::Array | Kind::Digest => false,
    }
}

fn is_let_out(outcome: &Outcome, endpoint: &Endpoint, canary: &Canary, piece: Piece) -> bool {
    let treatment = outcome.step.and_then(|step| endpoint.steps.get(step)).map(|step| &step.treatment);
    match outcome.fate {
        Fate::Kept | Fate::Original | Fate::Partial => true,
        Fate::Limited => treatment.is_none_or(|it| is_listed(it, canary)),
        Fate::Pseudonymized | Fate::Reversible => {
            piece == Piece::Domain && treatment.is_some_and(keeps_domains)
        }
        Fate::Dropped | Fate::Null | Fate::Constant | Fate::Digested => false,
    }
}

/// Whether a pseudonym of an address shows its domain.
fn keeps_domains(treatment: &Treatment) -> bool {
    match treatment {
        Treatment::Pseudonymize { .. } | Treatment::EmailHeader | Treatment::PseudonymizeMatches { .. } => {
            true
        }
        Treatment::Redact
        | Treatment::CutMatches { .. }
        | Treatment::KeepPhrases { .. }
        | Treatment::KeepMatches { .. }
        | Treatment::KeepWords { .. }
        | Treatment::Tokenize { .. }
        | Treatment::Digest { .. }
        | Treatment::HashIp
        | Treatment::EncryptIp => false,
    }
}

/// Whether what a rule lists as harmless matches what gives a canary away. A regex that cannot be read here may.
fn is_listed(treatment: &Treatment, canary: &Canary) -> bool {
    let listed = match treatment {
        Treatment::KeepPhrases { .. } => return false,
        Treatment::KeepMatches { regexes } => regexes,
        Treatment::KeepWords { filters } => filters,
        Treatment::Redact
        | Treatment::CutMatches { .. }
        | Treatment::Pseudonymize { .. }
        | Treatment::EmailHeader
        | Treatment::PseudonymizeMatches { .. }
        | Treatment::Tokenize { .. }
        | Treatment::Digest { .. }
        | Treatment::HashIp
        | Treatment::EncryptIp => return true,
    };
    let mut regexes = listed.iter().map(|it| Regex::new(it).ok());
    regexes.any(|regex| {
        regex.is_none_or(|it| it.find_iter(canary.text()).any(|found| canary.shows(found.as_str())))
    })
}
