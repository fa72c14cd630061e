//! What a rule file says, endpoint by endpoint and field by field: the content of `vizard explain` and of reports.

mod csv;
mod markdown;
pub mod story;
mod text;

use serde::Serialize;
use vizard_sanitizer::outline::{Kind, Outline};

use crate::fates::{self, EndpointFates, Fate};
use crate::words;

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
    let field = |it: &fates::Fated<'_>| FieldExplained {
        path: it.field.path.to_string(),
        kind: match &it.field.kind {
            Kind::Again { .. } => "nested again",
            kind => kind.word(),
        },
        fates: it.outcomes.iter().map(|it| it.fate).collect(),
        line: it.worst().place.line,
        rule: it.worst().step.map(|step| endpoint.steps[step].name),
    };
    let transform = |it: &vizard_sanitizer::outline::Step| TransformExplained {
        name: it.name,
        line: it.place.line,
        does: format!("{}{}", words::treatment(&it.treatment), words::condition(it)),
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
        fields: fates.fields.iter().map(field).collect(),
        transforms: endpoint.steps.iter().map(transform).collect(),
    }
}

impl Explanation {
    /// How many fields have each fate as the most that can become of them, from the most to the least.
    pub fn tally(&self) -> Vec<(Fate, usize)> {
        let fields = || self.endpoints.iter().flat_map(|it| &it.fields);
        let count = |fate: Fate| (fate, fields().filter(|it| it.worst() == fate).count());
        Fate::ALL.into_iter().rev().map(count).filter(|(_, count)| *count > 0).collect()
    }

    /// The tally in words: `13 endpoints, 412 fields: 390 kept, 22 pseudonymized`.
    pub fn tally_words(&self) -> String {
        let fields = self.endpoints.iter().map(|it| it.fields.len()).sum();
        let endpoints = words::count(self.endpoints.len(), "endpoint");
        let by_fate: Vec<String> =
            self.tally().into_iter().map(|(fate, count)| format!("{count} {}", fate.word())).collect();
        let open = self.endpoints.iter().filter(|it| it.is_open).count();
        let open = match open {
            0 => String::new(),
            open => format!("; {} without a response schema", words::count(open, "endpoint")),
        };
        let colon = if by_fate.is_empty() { "" } else { ": " };
        format!("{endpoints}, {}{colon}{}{open}", words::count(fields, "field"), by_fate.join(", "))
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

#[cfg(test)]
mod tests;
