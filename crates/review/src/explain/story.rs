//! The whole story of one field: where it is listed, what each transform makes of it, and an invented example that went
//! through the engine. Of a container, what is listed below it.

use std::fmt::Write;

use serde::Serialize;
use serde_json::Value;
use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::outline::{Endpoint, Field, FieldPath, Kind, Outline, Part, Reach, Step, Treatment};
use vizard_sanitizer::{Admitted, Options};

use super::lookup::{self, Found};
use super::text::{WIDTH, push_fields, push_tally, push_wrapped};
use super::{FieldExplained, fates_in_words, field, tally};
use crate::fates::{self, Fate};
use crate::render::escape::{self, visible};
use crate::{synthetic, words};

/// One field of one endpoint.
#[derive(Clone, Debug, Serialize)]
pub struct Story {
    /// The endpoint as the rules write it.
    pub endpoint: String,
    /// `$.users[*].id`
    pub field: String,
    /// What happens, in order.
    pub events: Vec<Event>,
    /// What can become of it, the most first. Empty for a container, which has the fates of what is below it.
    pub fates: Vec<Fate>,
    /// The fields below it, where it is a container.
    pub below: Vec<FieldExplained>,
    /// An invented answer of the source with only this field.
    pub before: String,
    /// What the engine makes of it, with invented keys.
    pub after: Option<String>,
}

/// Something that happens to the field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// The line that does it; `None`: something that is not there.
    pub line: Option<u32>,
    /// A sentence fragment.
    pub what: String,
}

/// The stories of all fields that `asked` may mean: a path such as `users[*].email`, or the end of one, such as `email`.
/// `admitted` is a call of the endpoint, for the examples.
///
/// # Errors
///
/// A sentence, where it is no path, or may mean places that nobody can list.
pub fn stories(
    asked: &str,
    outline: &Outline,
    index: usize,
    admitted: Option<&Admitted<'_>>,
) -> Result<Vec<Story>, String> {
    let endpoint = &outline.endpoints[index];
    let found = lookup::find(endpoint, asked).map_err(|why| visible(&why))?;
    let (mut only, keys) = (endpoint.clone(), synthetic::keys());
    let sanitized = |before: &str| sanitized(admitted?, before, &keys);
    Ok(found.into_iter().map(|it| Told::of(endpoint, it).story(&mut only, sanitized)).collect())
}

/// A story without its example.
struct Told {
    path: FieldPath,
    events: Vec<Event>,
    fates: Vec<Fate>,
    below: Vec<FieldExplained>,
    /// What the source sends for the example.
    sent: Vec<Field>,
}

impl Told {
    fn of(endpoint: &Endpoint, found: Found) -> Told {
        match found {
            Found::Value(field) => Told::value(endpoint, field),
            Found::Container { itself, below } => Told::container(endpoint, &itself, below),
            Found::Within { path, around } => Told::within(endpoint, path, &around),
            Found::Unlisted(path) => Told {
                events: vec![Event {
                    line: endpoint.schema.map(|it| it.line),
                    what: "the response schema does not list it, so it is dropped".to_owned(),
                }],
                fates: vec![Fate::Dropped],
                below: Vec::new(),
                sent: vec![scalar(endpoint, path.clone())],
                path,
            },
            Found::Open(path) => {
                let field = scalar(endpoint, path);
                let what = "there is no response schema, so it leaves, but for what the transforms do to it";
                let first = Event { line: Some(endpoint.place.line), what: what.to_owned() };
                Told::through(endpoint, vec![first], field)
            }
        }
    }

    fn value(endpoint: &Endpoint, field: Field) -> Told {
        let listed = listed(endpoint, &field);
        let untouched = listed.len();
        let mut told = Told::through(endpoint, listed, field);
        if told.events.len() == untouched {
            told.events.push(Event { line: None, what: "no transform reaches it".to_owned() });
        }
        told
    }

    /// What the transforms make of a value.
    fn through(endpoint: &Endpoint, mut events: Vec<Event>, field: Field) -> Told {
        let fated = fates::of_field(endpoint, &field);
        events.extend(fated.touched_by.iter().map(|at| touched(&endpoint.steps[*at], &field.path)));
        Told {
            path: field.path.clone(),
            events,
            fates: fated.outcomes.iter().map(|it| it.fate).collect(),
            below: Vec::new(),
            sent: vec![field],
        }
    }

    fn container(endpoint: &Endpoint, itself: &Field, below: Vec<Field>) -> Told {
        let mut events = listed(endpoint, itself);
        let met = endpoint.steps.iter().filter(|it| meeting(it, &itself.path).is_some());
        events.extend(met.map(|step| touched(step, &itself.path)));
        Told {
            path: itself.path.clone(),
            events,
            fates: Vec::new(),
            below: below.iter().map(|it| field(endpoint, &fates::of_field(endpoint, it))).collect(),
            sent: if below.is_empty() { vec![itself.clone()] } else { below },
        }
    }

    /// What stands in the place of a value is no value, and becomes null; an element that is null goes.
    fn within(endpoint: &Endpoint, path: FieldPath, around: &Field) -> Told {
        let is_element = matches!(around.path.0.last(), Some(Part::Element));
        let becomes =
            if is_element { "it goes with the element around it" } else { "what is below that becomes null" };
        let what = format!("the response schema lists `{}` as a value, so {becomes}", around.path);
        let events = vec![Event { line: Some(around.place.line), what }];
        let null = Field { path, kind: Kind::Null, ..around.clone() };
        let mut told = Told::through(endpoint, events, null);
        if is_element {
            told.fates = vec![Fate::Dropped];
        }
        told.sent = vec![scalar(endpoint, told.path.clone())];
        told
    }

    /// With an example. `only` is the endpoint, for a list of only what is sent.
    fn story(self, only: &mut Endpoint, sanitized: impl Fn(&str) -> Option<String>) -> Story {
        only.fields = Some(self.sent);
        let mut events = augmented(only, &self.path);
        events.extend(self.events);
        let before = synthetic::document(only).to_string();
        Story {
            endpoint: only.path.text.clone(),
            field: self.path.to_string(),
            events,
            fates: self.fates,
            below: self.below,
            after: sanitized(&before),
            before,
        }
    }
}

/// A value of any kind at a place that is not listed.
fn scalar(endpoint: &Endpoint, path: FieldPath) -> Field {
    Field { path, place: endpoint.place, kind: Kind::Scalar, only_sometimes: false, when: Vec::new() }
}

/// That the response schema lists it, and when.
fn listed(endpoint: &Endpoint, field: &Field) -> Vec<Event> {
    let what = format!("the response schema lists it: {}", kind_words(field));
    let mut events = vec![Event { line: Some(field.place.line), what }];
    if field.only_sometimes {
        events.push(Event {
            line: endpoint.schema.map(|it| it.line),
            what: match field.when.is_empty() {
                true => "only where constants beside it say so".to_owned(),
                false => format!("only where {}", field.when.join(", or ")),
            },
        });
    }
    events
}

/// What is added beside it before anything else.
fn augmented(endpoint: &Endpoint, path: &FieldPath) -> Vec<Event> {
    let places = [path.clone(), path.then(Part::Element)];
    let adds = |step: &Step| {
        let path = places.iter().find_map(|place| step.deciding(place, false))?;
        let what = format!("{}: it {}", step.name, words::augment(&step.treatment));
        Some(Event { line: Some(path.written.place.line), what })
    };
    endpoint.augments.iter().filter_map(adds).collect()
}

/// What a step does at a place.
fn touched(step: &Step, path: &FieldPath) -> Event {
    // A definition that stands once more has its steps by what is listed in it.
    let (line, reach, length) =
        meeting(step, path).unwrap_or((step.place.line, Reach::Sometimes, path.0.len()));
    let is_around = length < path.0.len();
    let does = match &step.treatment {
        Treatment::Redact if is_around => "what is around it is removed, with its name".to_owned(),
        _ if is_around => "what is around it is no text, and becomes null".to_owned(),
        treatment => format!("it {}", words::treatment(treatment)),
    };
    let sometimes = if reach == Reach::Sometimes { " (in some documents)" } else { "" };
    Event { line: Some(line), what: format!("{}: {does}{sometimes}{}", step.name, words::condition(step)) }
}

/// Where the step meets the place or what is around it, the surest first: the line of the path, how surely, and how many
/// parts of the place lead there.
fn meeting(step: &Step, path: &FieldPath) -> Option<(u32, Reach, usize)> {
    let mut best: Option<(u32, Reach, usize)> = None;
    for length in (0..=path.0.len()).rev() {
        let prefix = FieldPath(path.0[..length].to_vec());
        let is_object = path.0.get(length).is_some_and(|it| !matches!(it, Part::Element));
        let reach = step.reach(&prefix, is_object);
        if reach > best.map_or(Reach::Never, |(_, reach, _)| reach)
            && let Some(deciding) = step.deciding(&prefix, is_object)
        {
            best = Some((deciding.written.place.line, reach, length));
        }
    }
    best
}

fn kind_words(field: &Field) -> String {
    match &field.kind {
        Kind::String => "text, anything else becomes null".to_owned(),
        Kind::Integer => "a whole number, anything else becomes null".to_owned(),
        Kind::Number => "a number, anything else becomes null".to_owned(),
        Kind::Boolean => "true or false, anything else becomes null".to_owned(),
        Kind::Null => "always null".to_owned(),
        Kind::Scalar => "any text, number or boolean".to_owned(),
        Kind::Constant(_) => "a constant, which leaves as empty text".to_owned(),
        Kind::Object | Kind::Array => "what is listed below it leaves".to_owned(),
        Kind::Again { definition, .. } => format!("definition {definition} once more"),
        Kind::Digest => "the digest that an augment adds".to_owned(),
    }
}

fn sanitized(admitted: &Admitted<'_>, before: &str, keys: &Pseudonymizer) -> Option<String> {
    let sanitized = admitted.sanitize(before.as_bytes(), keys, Options::default()).ok()?;
    String::from_utf8(sanitized.into_body()).ok()
}

/// For programs; what cannot be seen is written as an escape.
pub fn json(stories: &[Story]) -> String {
    escape::json(&stories)
}

/// The story for a terminal; `color` marks what leaves in clear.
pub fn text(story: &Story, color: bool) -> String {
    let mut out = format!("{}\nof {}\n\n", visible(&story.field), visible(&story.endpoint));
    for event in &story.events {
        let line = event.line.map_or(String::new(), |line| format!("line {line}"));
        push_wrapped(&line, &event.what, &mut out);
    }
    out.push('\n');
    let Some(worst) = story.fates.first() else {
        push_fields(&story.below, color, &mut out);
        let gap = if story.below.is_empty() { "" } else { "\n" };
        out.push_str(gap);
        let counted = format!("a container of {}", words::count(story.below.len(), "field"));
        push_tally(&counted, &fates_in_words(&tally(story.below.iter())), &mut out);
        return out;
    };
    push_document("before", &story.before, &mut out);
    match &story.after {
        Some(after) => push_document("after", after, &mut out),
        None => out.push_str("after   (no example: no call of this endpoint could be made up)\n"),
    }
    out.push_str("        (invented, with the salt `salt` and the key `secret`)\n\n");
    let fates: Vec<&str> = story.fates.iter().map(|it| it.word()).collect();
    out.push_str(&escape::wrapped("", 0, 2, &format!("{}: {}", fates.join(" or "), worst.meaning())));
    out
}

/// A document beside its name, or below it where it is too wide.
fn push_document(what: &str, document: &str, out: &mut String) {
    let line = format!("{what:7} {}", visible(document));
    match serde_json::from_str::<Value>(document) {
        Ok(value) if line.chars().count() > WIDTH => {
            writeln!(out, "{what}").expect("a String takes everything");
            for line in escape::json(&value).lines() {
                writeln!(out, "  {line}").expect("a String takes everything");
            }
        }
        Ok(_) | Err(_) => writeln!(out, "{line}").expect("a String takes everything"),
    }
}
