//! What the lints look at: the rules in their three forms, and what each listed field looks like.

use std::collections::{BTreeMap, BTreeSet};

use vizard_sanitizer::outline::{Endpoint, Field, FieldPath, Kind, Outline, Step, Treatment};
use vizard_sanitizer::{RuleSet, SampleCall};

use super::open::Named;
use crate::fates::{self, EndpointFates, Fate, Fated};
use crate::personal::{self, Candidate, Looks, Value, words};

/// A rule file that loads.
#[derive(Debug)]
pub(super) struct Reviewed<'c> {
    pub(super) rules: &'c RuleSet,
    pub(super) outline: &'c Outline,
    /// In the order of the file.
    pub(super) endpoints: Vec<Judged<'c>>,
    /// What the rules that these were made from have, by endpoint.
    before: BTreeMap<&'c str, Before<'c>>,
}

/// An endpoint as it was before a file that builds on it changed it.
#[derive(Debug)]
struct Before<'c> {
    /// The paths of its transforms.
    paths: BTreeSet<&'c str>,
    fields: BTreeSet<&'c FieldPath>,
}

/// An endpoint with what becomes of its fields.
#[derive(Debug)]
pub(super) struct Judged<'c> {
    pub(super) index: usize,
    pub(super) endpoint: &'c Endpoint,
    /// What its answers are about, in one word.
    pub(super) subject: &'c str,
    /// The listed fields; where there is no schema, the places that transforms name.
    pub(super) leaves: Vec<Leaf<'c>>,
    /// Calls that it answers itself; none where none can be made up.
    pub(super) samples: Vec<SampleCall>,
}

/// A field that holds a value.
#[derive(Debug)]
pub(super) struct Leaf<'c> {
    pub(super) fated: Fated<'c>,
    /// As the path of a transform names it, where nothing lists it.
    named: Option<&'c str>,
    /// What it looks like.
    pub(super) looks: Option<Looks>,
}

impl<'c> Reviewed<'c> {
    pub(super) fn new(
        rules: &'c RuleSet,
        outline: &'c Outline,
        base: Option<&'c Outline>,
        fates: Vec<EndpointFates<'c>>,
        named: &'c [Vec<Named<'c>>],
    ) -> Self {
        let mut samples: Vec<Vec<SampleCall>> = fates.iter().map(|_| Vec::new()).collect();
        for sample in rules.sample_calls() {
            samples[sample.endpoint].push(sample);
        }
        let endpoints = fates.into_iter().zip(named).zip(samples).enumerate();
        let endpoints = endpoints
            .map(|(index, ((fates, named), samples))| judged(index, fates, named, samples))
            .collect();
        let before = base.iter().flat_map(|it| it.endpoints.iter());
        let before = before.map(|it| (it.path.text.as_str(), Before::of(it))).collect();
        Reviewed { rules, outline, endpoints, before }
    }

    /// Whether a transform had this path before: that fields are taken away is what files that build on others do,
    /// and they need not take away the transforms as well.
    pub(super) fn had_path(&self, judged: &Judged<'_>, path: &str) -> bool {
        self.before.get(judged.label()).is_some_and(|it| it.paths.contains(path))
    }

    /// Whether the field was listed before.
    pub(super) fn had_field(&self, judged: &Judged<'_>, field: &FieldPath) -> bool {
        self.before.get(judged.label()).is_some_and(|it| it.fields.contains(field))
    }
}

impl<'c> Before<'c> {
    fn of(endpoint: &'c Endpoint) -> Before<'c> {
        let paths = endpoint.steps.iter().flat_map(|it| it.paths.iter());
        Before {
            paths: paths.map(|it| it.written.text.as_str()).collect(),
            fields: endpoint.fields.iter().flatten().map(|it| &it.path).collect(),
        }
    }
}

fn judged<'c>(
    index: usize,
    fates: EndpointFates<'c>,
    named: &'c [Named<'c>],
    samples: Vec<SampleCall>,
) -> Judged<'c> {
    let endpoint = fates.endpoint;
    let subject = subject(endpoint);
    let leaf = |fated: Fated<'c>, named: Option<&'c str>| {
        let looks = personal::looks(&Candidate::new(subject, &fated.field.path, value(fated.field)));
        Leaf { fated, named, looks }
    };
    let listed = fates.fields.into_iter().map(|fated| leaf(fated, None));
    let named = named.iter().map(|it| leaf(fates::of_field(endpoint, &it.field), Some(it.written)));
    Judged { index, endpoint, subject, leaves: listed.chain(named).collect(), samples }
}

fn subject(endpoint: &Endpoint) -> &str {
    personal::subject(&endpoint.path.text)
}

fn value(field: &Field) -> Value {
    match &field.kind {
        Kind::String | Kind::Constant(_) => Value::Text,
        Kind::Integer | Kind::Number => Value::Number,
        Kind::Boolean | Kind::Null | Kind::Digest => Value::Switch,
        Kind::Object | Kind::Array | Kind::Again { .. } => Value::Group,
        Kind::Scalar => Value::Any,
    }
}

impl Leaf<'_> {
    /// The most that can become of it.
    pub(super) fn worst(&self) -> Fate {
        self.fated.worst().fate
    }

    /// Whether a schema lists it.
    pub(super) fn is_listed(&self) -> bool {
        self.named.is_none()
    }

    /// How it is taken away.
    pub(super) fn unlisting(&self) -> &'static str {
        if self.is_listed() { "do not list it" } else { "name it in a `redact`" }
    }

    /// Its path as readers of the rules know it.
    pub(super) fn shown(&self) -> String {
        self.named.map_or_else(|| self.fated.field.path.to_string(), str::to_owned)
    }
}

impl Judged<'_> {
    /// As the rules write it.
    pub(super) fn label(&self) -> &str {
        &self.endpoint.path.text
    }

    /// The step that decides about a leaf.
    pub(super) fn deciding(&self, leaf: &Leaf<'_>) -> Option<&Step> {
        leaf.fated.worst().step.and_then(|step| self.endpoint.steps.get(step))
    }

    /// What the step that decides about a leaf does.
    pub(super) fn treatment(&self, leaf: &Leaf<'_>) -> Option<&Treatment> {
        self.deciding(leaf).map(|step| &step.treatment)
    }

    /// What a field is, and of what: `host email`, or `user / id` where its own name says too little.
    pub(super) fn sort(&self, field: &Field) -> String {
        let mut names = personal::names(&field.path).rev();
        let own = words::split(names.next().unwrap_or(self.subject));
        if own.len() > 1 {
            return own.join(" ");
        }
        let above = words::split(names.next().unwrap_or(self.subject));
        format!("{} / {}", above.last().map_or("", String::as_str), own.join(" "))
    }

    /// What a field is, and of what, whatever its own name says: `user / created at`.
    pub(super) fn narrow_sort(&self, field: &Field) -> String {
        let mut names = personal::names(&field.path).rev();
        let own = words::split(names.next().unwrap_or(self.subject));
        let above = words::split(names.next().unwrap_or(self.subject));
        format!("{} / {}", above.last().map_or("", String::as_str), own.join(" "))
    }

    /// The words for what a field is about: its own and the one it stands in.
    pub(super) fn nouns(&self, field: &Field) -> BTreeSet<String> {
        let mut names = personal::names(&field.path).rev();
        let own = words::split(names.next().unwrap_or(self.subject));
        let about =
            if own.len() > 1 { Vec::new() } else { words::split(names.next().unwrap_or(self.subject)) };
        own.into_iter().chain(about).filter(|it| !matches!(it.as_str(), "id" | "uuid" | "number")).collect()
    }
}
