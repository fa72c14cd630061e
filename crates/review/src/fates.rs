//! What becomes of each field that a rule file lists, told from the rules alone.
//!
//! The engine decides what happens to a value; this tells what it will decide for every document, with the line of
//! the rule that does it. `tests/fates.rs` holds the two together: documents that are made from the lists here go
//! through the engine, and what comes out is what is told here.

use serde::Serialize;
use vizard_sanitizer::Place;
use vizard_sanitizer::outline::{
    Endpoint, Field, FieldPath, Kind, Outline, Part, Reach, Step, StepPath, Treatment,
};

/// What becomes of a value, from nothing to everything: a later one lets more out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It goes, with its name.
    Dropped,
    /// It is always null.
    Null,
    /// It is always the same text.
    Constant,
    /// Its length and number of words.
    Digested,
    /// A pseudonym for good.
    Pseudonymized,
    /// A pseudonym that the proxy turns back in later calls.
    Reversible,
    /// What the author listed: phrases, or what a regex matches.
    Limited,
    /// What a regex or path does not reach in it stays.
    Partial,
    /// The original stands beside the pseudonym.
    Original,
    /// As the source sent it.
    Kept,
}

impl Fate {
    /// All, from the least to the most.
    pub const ALL: [Fate; 10] = [
        Fate::Dropped,
        Fate::Null,
        Fate::Constant,
        Fate::Digested,
        Fate::Pseudonymized,
        Fate::Reversible,
        Fate::Limited,
        Fate::Partial,
        Fate::Original,
        Fate::Kept,
    ];

    /// The word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Fate::Dropped => "dropped",
            Fate::Null => "null",
            Fate::Constant => "constant",
            Fate::Digested => "digested",
            Fate::Pseudonymized => "pseudonymized",
            Fate::Reversible => "reversible",
            Fate::Limited => "limited",
            Fate::Partial => "partly kept",
            Fate::Original => "original kept",
            Fate::Kept => "kept",
        }
    }

    /// What it means, as a sentence fragment about the value.
    pub fn meaning(self) -> &'static str {
        match self {
            Fate::Dropped => "does not leave, nor does its name",
            Fate::Null => "leaves as null",
            Fate::Constant => "leaves as the same text every time",
            Fate::Digested => "leaves as its length and number of words",
            Fate::Pseudonymized => "leaves as a pseudonym that cannot be turned back",
            Fate::Reversible => "leaves as a pseudonym that the proxy turns back in later calls",
            Fate::Limited => "leaves only as far as it matches what the rule lists",
            Fate::Partial => "leaves with parts replaced; the rest of it is clear",
            Fate::Original => "leaves as a pseudonym with the original beside it",
            Fate::Kept => "leaves as the source sent it",
        }
    }

    /// Whether anything of the original can be read in it.
    pub fn is_clear(self) -> bool {
        match self {
            Fate::Limited | Fate::Partial | Fate::Original | Fate::Kept => true,
            Fate::Dropped
            | Fate::Null
            | Fate::Constant
            | Fate::Digested
            | Fate::Pseudonymized
            | Fate::Reversible => false,
        }
    }
}

/// What can become of a field, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What becomes of it.
    pub fate: Fate,
    /// The line that decides: of the path of a transform, or else of the schema.
    pub place: Place,
    /// The transform that decides, by its position; `None`: the schema does.
    pub step: Option<usize>,
}

/// A field with its fate.
#[derive(Clone, Debug)]
pub struct Fated<'o> {
    /// The field.
    pub field: &'o Field,
    /// What can become of it, the most first; more than one where conditions, filters or positions decide. Never
    /// empty.
    pub outcomes: Vec<Outcome>,
    /// The transforms that can change it, by position, in the order in which they run.
    pub touched_by: Vec<usize>,
}

impl Fated<'_> {
    /// The most that can become of it.
    pub fn worst(&self) -> &Outcome {
        &self.outcomes[0]
    }

    /// The fates as a table shows them: `kept`, or `kept or dropped`.
    pub fn words(&self) -> String {
        let words: Vec<&str> = self.outcomes.iter().map(|it| it.fate.word()).collect();
        words.join(" or ")
    }
}

/// One endpoint with the fates of its fields.
#[derive(Clone, Debug)]
pub struct EndpointFates<'o> {
    /// The endpoint.
    pub endpoint: &'o Endpoint,
    /// The leaves that the response schema lists, in the order of the file. Without a schema nothing is listed: every
    /// field leaves, but for what transforms do, and `is_open` is true.
    pub fields: Vec<Fated<'o>>,
    /// There is no response schema.
    pub is_open: bool,
}

/// The fates of a whole rule file, endpoint by endpoint.
pub fn of(outline: &Outline) -> Vec<EndpointFates<'_>> {
    outline.endpoints.iter().map(endpoint).collect()
}

fn endpoint(endpoint: &Endpoint) -> EndpointFates<'_> {
    let listed = endpoint.fields.as_deref().unwrap_or_default();
    let fields = listed.iter().filter(|field| field.is_leaf()).map(|field| fated(endpoint, listed, field));
    EndpointFates { endpoint, fields: fields.collect(), is_open: endpoint.fields.is_none() }
}

/// The fate of a field that reached the transforms of an endpoint.
pub fn of_field<'o>(endpoint: &Endpoint, field: &'o Field) -> Fated<'o> {
    fated(endpoint, endpoint.fields.as_deref().unwrap_or_default(), field)
}

fn fated<'o>(endpoint: &Endpoint, listed: &[Field], field: &'o Field) -> Fated<'o> {
    let Kind::Again { since, .. } = &field.kind else {
        let (outcomes, touched_by) = outcomes(endpoint, &field.path, &field.kind, field.place);
        return Fated { field, outcomes, touched_by };
    };
    // What is listed since then is listed here once more, at every depth, and may be treated otherwise at each. Beyond
    // the longest path nothing differs any more.
    let period = &field.path.0[since.0.len()..];
    let longest = endpoint.steps.iter().flat_map(|step| &step.paths).map(StepPath::length).max().unwrap_or(0);
    let (mut all, mut touched_by) = (Vec::new(), Vec::new());
    let mut above = field.path.clone();
    for _ in 0..=longest / period.len().max(1) + 1 {
        let below =
            listed.iter().filter(|it| it.is_leaf() && since.holds(&it.path) && !field.path.holds(&it.path));
        for inner in below {
            let mut path = above.clone();
            path.0.extend_from_slice(&inner.path.0[since.0.len()..]);
            let (outcomes, touched) = outcomes(endpoint, &path, &inner.kind, inner.place);
            all.extend(outcomes);
            touched_by.extend(touched);
        }
        above.0.extend_from_slice(period);
    }
    touched_by.sort_unstable();
    touched_by.dedup();
    if all.is_empty() {
        all.push(Outcome { fate: Fate::Null, place: field.place, step: None });
    }
    Fated { field, outcomes: tidy(all), touched_by }
}

/// What can become of a value that is at this place, and which steps may change it.
fn outcomes(endpoint: &Endpoint, path: &FieldPath, kind: &Kind, place: Place) -> (Vec<Outcome>, Vec<usize>) {
    let fate = if *kind == Kind::Digest { added_fate(endpoint, place) } else { listed_fate(kind) };
    let mut all = vec![Outcome { fate, place, step: None }];
    let mut touched_by = Vec::new();
    for (index, step) in endpoint.steps.iter().enumerate() {
        let Some(hit) = hit(step, path) else { continue };
        touched_by.push(index);
        let changed: Vec<Outcome> =
            all.iter().map(|before| changed(before, step, index, kind, &hit)).collect();
        match hit.reach {
            Reach::Always => all = changed,
            Reach::Sometimes | Reach::Never => all.extend(changed),
        }
    }
    (tidy(all), touched_by)
}

fn listed_fate(kind: &Kind) -> Fate {
    match kind {
        Kind::Null | Kind::Object | Kind::Array => Fate::Null,
        Kind::Constant(_) => Fate::Constant,
        Kind::Digest => Fate::Digested,
        Kind::String | Kind::Integer | Kind::Number | Kind::Boolean | Kind::Scalar | Kind::Again { .. } => {
            Fate::Kept
        }
    }
}

/// What an augment adds; one that reads JSON inside a text adds what its path does not reach as it is.
fn added_fate(endpoint: &Endpoint, place: Place) -> Fate {
    let adds = |it: &&Step| it.paths.iter().any(|path| path.written.place == place);
    match endpoint.augments.iter().find(adds).map(|it| &it.treatment) {
        Some(Treatment::Digest { inside: None }) => Fate::Digested,
        _ => Fate::Partial,
    }
}

/// Where a step meets a field.
struct Hit {
    reach: Reach,
    place: Place,
    /// At an object or list around the field, which every transform but `redact` makes null.
    around: bool,
    /// At a document that is the field.
    is_document: bool,
}

fn hit(step: &Step, path: &FieldPath) -> Option<Hit> {
    let mut best: Option<Hit> = None;
    for length in (0..=path.0.len()).rev() {
        let prefix = FieldPath(path.0[..length].to_vec());
        let around = length < path.0.len();
        let is_object = around && !matches!(path.0[length], Part::Element);
        let reach = step.reach(&prefix, is_object);
        if reach > best.as_ref().map_or(Reach::Never, |it| it.reach)
            && let Some(deciding) = step.deciding(&prefix, is_object)
        {
            best = Some(Hit { reach, place: deciding.written.place, around, is_document: path.0.is_empty() });
        }
    }
    best
}

fn changed(before: &Outcome, step: &Step, index: usize, kind: &Kind, hit: &Hit) -> Outcome {
    // What an augment adds is an object, but where it read JSON inside a text.
    let is_text = before.step.is_some()
        || before.fate == Fate::Partial
        || matches!(kind, Kind::String | Kind::Scalar | Kind::Constant(_));
    let made = match &step.treatment {
        // The document itself cannot go; it is null then.
        Treatment::Redact if hit.is_document => Fate::Null,
        Treatment::Redact => Fate::Dropped,
        _ if hit.around => Fate::Null,
        treatment => made(treatment, kind, is_text),
    };
    // A step works on what the ones before it left, so it never lets more out than they did.
    if made < before.fate {
        Outcome { fate: made, place: hit.place, step: Some(index) }
    } else {
        before.clone()
    }
}

/// What a transform makes of a clear value.
fn made(treatment: &Treatment, kind: &Kind, is_text: bool) -> Fate {
    let is_number = matches!(kind, Kind::Integer | Kind::Number);
    let takes = match treatment {
        Treatment::Pseudonymize { .. } => is_text || is_number,
        _ => is_text,
    };
    if !takes {
        return Fate::Null;
    }
    match treatment {
        Treatment::Redact => Fate::Dropped,
        Treatment::KeepPhrases { .. } | Treatment::KeepMatches { .. } | Treatment::KeepWords { .. } => {
            Fate::Limited
        }
        Treatment::CutMatches { .. } => Fate::Partial,
        Treatment::Pseudonymize { original: true, .. } => Fate::Original,
        Treatment::Pseudonymize { reversible: true, .. } | Treatment::EncryptIp => Fate::Reversible,
        Treatment::Pseudonymize { .. } | Treatment::EmailHeader | Treatment::HashIp => Fate::Pseudonymized,
        Treatment::PseudonymizeMatches { leaves_nothing: false, .. } => Fate::Partial,
        Treatment::PseudonymizeMatches { reversible: true, .. } => Fate::Reversible,
        Treatment::PseudonymizeMatches { .. } => Fate::Pseudonymized,
        Treatment::Tokenize { regex: None } => Fate::Reversible,
        Treatment::Tokenize { regex: Some(_) } => Fate::Partial,
        Treatment::Digest { inside: None } => Fate::Digested,
        Treatment::Digest { inside: Some(_) } => Fate::Partial,
    }
}

/// The most first, each fate once.
fn tidy(mut all: Vec<Outcome>) -> Vec<Outcome> {
    all.sort_by(|a, b| b.fate.cmp(&a.fate).then(a.place.cmp(&b.place)));
    all.dedup_by_key(|it| it.fate);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fates(endpoint: &str) -> String {
        let yaml = format!("endpoints:\n- pathTemplate: /x\n  {endpoint}\n");
        let outline = Outline::read("r", &yaml).unwrap_or_else(|problems| panic!("{problems}"));
        let endpoint = of(&outline).remove(0);
        let shown = |it: &Fated<'_>| format!("{} {} {}", it.field.path, it.words(), it.worst().place.line);
        endpoint.fields.iter().map(shown).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn every_transform_has_its_fate() {
        for (transform, kind, expected) in [
            ("redact", "string", "dropped"),
            ("redact", "boolean", "dropped"),
            ("redactRegexMatches, redactions: [x]", "string", "partly kept"),
            ("redactRegexMatches, redactions: [x]", "integer", "null"),
            ("redactExceptPhrases, allowedPhrases: [x]", "string", "limited"),
            ("redactExceptSubstringsMatchingRegexes, exceptions: [x]", "string", "limited"),
            ("filterTokenByRegex, filters: [x]", "string", "limited"),
            ("pseudonymize", "string", "pseudonymized"),
            ("pseudonymize", "integer", "pseudonymized"),
            ("pseudonymize", "boolean", "null"),
            ("pseudonymize, includeReversible: true", "string", "reversible"),
            (
                "pseudonymize, includeReversible: true, encoding: URL_SAFE_HASH_ONLY",
                "string",
                "pseudonymized",
            ),
            ("pseudonymize, includeOriginal: true, encoding: JSON", "string", "original kept"),
            ("pseudonymizeEmailHeader", "string", "pseudonymized"),
            ("pseudonymizeRegexMatches, regex: '[a-z]+'", "string", "partly kept"),
            ("pseudonymizeRegexMatches, regex: '[^;, ]+'", "string", "pseudonymized"),
            ("pseudonymizeRegexMatches, regex: '[^;, ]+', includeReversible: true", "string", "reversible"),
            ("tokenize", "string", "reversible"),
            ("tokenize, regex: 'a(b)'", "string", "partly kept"),
            ("textDigest", "string", "digested"),
            ("textDigest", "number", "null"),
            (
                "textDigest, isJsonEscaped: true, jsonPathToProcessWhenEscaped: '$..a'",
                "string",
                "partly kept",
            ),
            ("hashIp", "string", "pseudonymized"),
            ("encryptIp", "string", "reversible"),
            ("hashIp", "integer", "null"),
        ] {
            let endpoint = format!(
                "responseSchema: {{properties: {{v: {{type: {kind}}}}}}}\n  transforms: [{{jsonPaths: ['$.v'], method: {transform}}}]"
            );
            let line = if expected == "kept" { 3 } else { 4 };
            assert_eq!(fates(&endpoint), format!("$.v {expected} {line}"), "{transform} of a {kind}");
        }
    }

    #[test]
    fn order_conditions_and_containers_count() {
        let a = |transforms: &str| {
            fates(&format!(
                "responseSchema: {{properties: {{a: {{properties: {{b: {{type: string}}}}}}}}}}\n  transforms:{transforms}"
            ))
        };
        for (transforms, expected) in [
            (" []", "$.a.b kept 3"),
            ("\n  - !<redact> {jsonPaths: ['$.a']}", "$.a.b dropped 5"),
            ("\n  - !<pseudonymize> {jsonPaths: ['$.a']}", "$.a.b null 5"),
            (
                "\n  - !<pseudonymize> {jsonPaths: ['$.x']}\n  - !<pseudonymize> {jsonPaths: ['$.x','$..b']}",
                "$.a.b pseudonymized 6",
            ),
            (
                "\n  - !<pseudonymize> {jsonPaths: ['$.a.b']}\n  - !<textDigest> {jsonPaths: ['$.a.b']}",
                "$.a.b digested 6",
            ),
            (
                "\n  - !<textDigest> {jsonPaths: ['$.a.b']}\n  - !<pseudonymize> {jsonPaths: ['$.a.b'], includeReversible: true}",
                "$.a.b digested 5",
            ),
            ("\n  - !<redact> {jsonPaths: ['$.a[?(@.t)].b']}", "$.a.b kept or dropped 3"),
            (
                "\n  - !<redact> {jsonPaths: ['$.a.b'], applyOnlyWhen: '$[?(@.t)]'}\n  - !<pseudonymize> {jsonPaths: ['$.a.b']}",
                "$.a.b pseudonymized or dropped 6",
            ),
        ] {
            assert_eq!(a(transforms), expected, "{transforms}");
        }
    }

    #[test]
    fn augments_add_digests_or_more() {
        let added = |keys: &str| {
            fates(&format!(
                "augments: [!<textDigest> {{jsonPaths: ['$.t']{keys}}}]\n  responseSchema: {{properties: {{}}}}"
            ))
        };
        assert_eq!(added(""), "$['+t:textDigest'] digested 3");
        assert_eq!(added(", innerJsonPath: '$..x'"), "$['+t:textDigest'] partly kept 3");
        let rewritten = fates(
            "augments: [!<textDigest> {jsonPaths: ['$.t'], innerJsonPath: '$..x'}]\n  responseSchema: {properties: {}}\n  transforms:\n  - !<redactRegexMatches> {jsonPaths: [\"$['+t:textDigest']\"], redactions: [x]}",
        );
        assert_eq!(rewritten, "$['+t:textDigest'] partly kept 3");
    }

    #[test]
    fn what_a_definition_repeats_is_judged_where_it_repeats() {
        let tree = |paths: &str| {
            fates(&format!(
                "responseSchema: {{$ref: '#/definitions/T'}}\n  transforms: [!<redact> {{jsonPaths: [\"{paths}\"]}}]\ndefinitions: {{T: {{properties: {{id: {{type: string}}, t: {{$ref: '#/definitions/T'}}}}}}}}"
            ))
        };
        assert_eq!(tree("$..id"), "$.id dropped 4, $.t.id dropped 4, $.t.t.id dropped 4, $.t.t.t dropped 4");
        let four = "$.id\", \"$.t.id\", \"$.t.t.id\", \"$.t.t.t.id";
        assert_eq!(
            tree(four),
            "$.id dropped 4, $.t.id dropped 4, $.t.t.id dropped 4, $.t.t.t kept or dropped 5"
        );
        assert_eq!(tree("$.id"), "$.id dropped 4, $.t.id kept 5, $.t.t.id kept 5, $.t.t.t kept 5");
    }
}
