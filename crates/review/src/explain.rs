//! What a rule file says, endpoint by endpoint and field by field: the content of `vizard explain` and of reports.

mod csv;
mod lookup;
mod markdown;
pub mod story;
mod text;

use serde::Serialize;
use vizard_sanitizer::outline::{Endpoint, Outline};

use crate::fates::{self, EndpointFates, Fate, Fated};
use crate::{render, words};

pub(crate) use csv::cell;
pub use csv::csv;
pub(crate) use markdown::escaped;
pub use markdown::markdown;
pub use text::text;

/// A rule file, explained. The same text gives the same explanation, so that it can be signed and compared.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The name of the file.
    pub file: String,
    /// SHA-256 of its text, in hexadecimal.
    pub sha256: String,
    /// In the order of the file.
    pub endpoints: Vec<EndpointExplained>,
}

/// One endpoint, explained.
#[derive(Clone, Debug, Serialize)]
pub struct EndpointExplained {
    /// As the rules write it.
    pub path: String,
    /// Where it begins.
    pub line: u32,
    /// "GET", "GET or POST", "any method".
    pub methods: String,
    /// Parameters of the path and what they may hold.
    pub path_parameters: Vec<String>,
    /// Parameters of the query and what they may hold; `None`: anything.
    pub query_parameters: Option<Vec<String>>,
    /// Request headers that are sent on.
    pub request_headers: Vec<String>,
    /// What a request may carry.
    pub request_body: String,
    /// Whether every field leaves that no transform names, because there is no response schema.
    pub is_open: bool,
    /// The fields that can come out.
    pub fields: Vec<FieldExplained>,
    /// What is added before anything else.
    pub augments: Vec<TransformExplained>,
    /// The transforms, in the order in which they run.
    pub transforms: Vec<TransformExplained>,
}

/// One field, explained.
#[derive(Clone, Debug, Serialize)]
pub struct FieldExplained {
    /// `$.users[*].id`
    pub path: String,
    /// What it may hold before the transforms.
    pub kind: &'static str,
    /// What can become of it, the most first.
    pub fates: Vec<Fate>,
    /// The line that decides the first of them.
    pub line: u32,
    /// The transform of that line; `None`: the response schema.
    pub rule: Option<&'static str>,
}

/// One transform, explained.
#[derive(Clone, Debug, Serialize)]
pub struct TransformExplained {
    /// As rule files spell it.
    pub name: &'static str,
    /// Where it begins.
    pub line: u32,
    /// What it does to a value.
    pub does: String,
    /// Where.
    pub paths: Vec<String>,
}

impl FieldExplained {
    /// The most that can become of it.
    pub fn worst(&self) -> Fate {
        self.fates[0]
    }

    /// `kept`, or `kept or dropped`.
    pub fn words(&self) -> String {
        let words: Vec<&str> = self.fates.iter().map(|it| it.word()).collect();
        words.join(" or ")
    }

    /// `line 41, pseudonymize`
    pub fn decided_by(&self) -> String {
        match self.rule {
            Some(rule) => format!("line {}, {rule}", self.line),
            None => format!("line {}", self.line),
        }
    }
}

/// Explains a rule file; `sha256` is that of [`RuleSet`](vizard_sanitizer::RuleSet).
pub fn explain(file: &str, sha256: &str, outline: &Outline) -> Explanation {
    let shared = outline.headers.iter().map(|it| it.text.clone());
    let shared: Vec<String> = shared.collect();
    let endpoints = fates::of(outline).iter().map(|it| endpoint(it, &shared)).collect();
    Explanation { file: file.to_owned(), sha256: sha256.to_owned(), endpoints }
}

fn endpoint(fates: &EndpointFates<'_>, shared_headers: &[String]) -> EndpointExplained {
    let endpoint = fates.endpoint;
    let own_headers = endpoint.headers.iter().map(|it| it.text.clone());
    let explained = |it: &vizard_sanitizer::outline::Step, does: String| TransformExplained {
        name: it.name,
        line: it.place.line,
        does,
        paths: it.paths.iter().map(|path| path.written.text.clone()).collect(),
    };
    EndpointExplained {
        path: endpoint.path.text.clone(),
        line: endpoint.place.line,
        methods: words::methods(endpoint),
        path_parameters: words::path(endpoint),
        query_parameters: words::query(endpoint),
        request_headers: shared_headers.iter().cloned().chain(own_headers).collect(),
        request_body: words::body(endpoint),
        is_open: fates.is_open,
        fields: fates.fields.iter().map(|it| field(endpoint, it)).collect(),
        augments: endpoint.augments.iter().map(|it| explained(it, words::augment(&it.treatment))).collect(),
        transforms: endpoint
            .steps
            .iter()
            .map(|it| explained(it, format!("{}{}", words::treatment(&it.treatment), words::condition(it))))
            .collect(),
    }
}

fn field(endpoint: &Endpoint, fated: &Fated<'_>) -> FieldExplained {
    FieldExplained {
        path: fated.field.path.to_string(),
        kind: fated.field.kind.word(),
        fates: fated.outcomes.iter().map(|it| it.fate).collect(),
        line: fated.worst().place.line,
        rule: fated.worst().step.map(|step| endpoint.steps[step].name),
    }
}

/// For programs; what cannot be seen is written as an escape.
pub fn json(explanation: &Explanation) -> String {
    render::escape::json(explanation)
}

impl Explanation {
    /// How many fields have each fate as the most that can become of them, from the most to the least.
    pub fn tally(&self) -> Vec<(Fate, usize)> {
        tally(self.endpoints.iter().flat_map(|it| &it.fields))
    }

    /// The tally in words: `13 endpoints, 412 fields: 390 kept, 22 pseudonymized`.
    pub fn tally_words(&self) -> String {
        self.counted() + &self.by_fate()
    }

    /// `13 endpoints, 412 fields`
    fn counted(&self) -> String {
        let fields = self.endpoints.iter().map(|it| it.fields.len()).sum();
        format!("{}, {}", words::count(self.endpoints.len(), "endpoint"), words::count(fields, "field"))
    }

    /// `: 390 kept, 22 pseudonymized; 1 endpoint without a response schema`
    fn by_fate(&self) -> String {
        let open = match self.endpoints.iter().filter(|it| it.is_open).count() {
            0 => String::new(),
            open => format!("; {} without a response schema", words::count(open, "endpoint")),
        };
        fates_in_words(&self.tally()) + &open
    }

    /// Only the endpoints of these positions.
    #[must_use]
    pub fn only(mut self, endpoints: &[usize]) -> Explanation {
        let mut index = 0;
        self.endpoints.retain(|_| {
            index += 1;
            endpoints.contains(&(index - 1))
        });
        self
    }
}

fn tally<'f>(fields: impl Iterator<Item = &'f FieldExplained> + Clone) -> Vec<(Fate, usize)> {
    let count = |fate: Fate| (fate, fields.clone().filter(|it| it.worst() == fate).count());
    Fate::ALL.into_iter().rev().map(count).filter(|(_, count)| *count > 0).collect()
}

/// `: 390 kept, 22 pseudonymized`
fn fates_in_words(tally: &[(Fate, usize)]) -> String {
    let words: Vec<String> = tally.iter().map(|(fate, count)| format!("{count} {}", fate.word())).collect();
    if words.is_empty() { String::new() } else { format!(": {}", words.join(", ")) }
}

#[cfg(test)]
mod tests;
