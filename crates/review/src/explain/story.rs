//! The whole story of one field: where it is listed, what each transform makes of it, and an invented example that went
//! through the engine.

use std::fmt::Write;

use serde::Serialize;
use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::outline::{Field, FieldPath, Kind, Outline, Part, Reach};
use vizard_sanitizer::{Admitted, Options};

use super::text::push_wrapped;
use crate::fates::{self, Fate, Fated};
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
    /// What can become of it, the most first.
    pub fates: Vec<Fate>,
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

/// The positions of the fields that `asked` may mean: the exact path, or else every path that ends so.
pub fn find<'f, 'o>(fields: &'f [Fated<'o>], asked: &str) -> Vec<&'f Fated<'o>> {
    let rooted = match asked.starts_with('$') {
        true => asked.to_owned(),
        false => format!("$.{asked}"),
    };
    let plain = |path: &str| path.replace("[*]", "").replace("[]", "");
    let exact: Vec<_> = fields.iter().filter(|it| it.field.path.to_string() == rooted).collect();
    if !exact.is_empty() {
        return exact;
    }
    let (asked, end) = (plain(&rooted), format!(".{}", plain(asked.trim_start_matches("$."))));
    let same = |it: &&Fated<'_>| {
        let path = plain(&it.field.path.to_string());
        path == asked || path.ends_with(&end)
    };
    fields.iter().filter(same).collect()
}

/// Tells the story of a listed field. `admitted` is a call of the endpoint, for the example.
pub fn tell(fated: &Fated<'_>, outline: &Outline, index: usize, admitted: Option<&Admitted<'_>>) -> Story {
    let endpoint = &outline.endpoints[index];
    let field = fated.field;
    let mut events = vec![Event {
        line: Some(field.place.line),
        what: format!("the response schema lists it: {}", kind_words(field)),
    }];
    if field.only_sometimes {
        events.push(Event {
            line: endpoint.schema.map(|it| it.line),
            what: match field.when.is_empty() {
                true => "only where constants beside it say so".to_owned(),
                false => format!("only where {}", field.when.join(", or ")),
            },
        });
    }
    for (step, line, reach) in fated.touched_by.iter().map(|at| {
        let step = &endpoint.steps[*at];
        let (line, reach) = where_it_meets(step, &field.path);
        (step, line, reach)
    }) {
        let sometimes = if reach == Reach::Sometimes { " (in some documents)" } else { "" };
        let what = format!(
            "{}: it {}{sometimes}{}",
            step.name,
            words::treatment(&step.treatment),
            words::condition(step)
        );
        events.push(Event { line: Some(line), what });
    }
    if fated.touched_by.is_empty() {
        events.push(Event { line: None, what: "no transform reaches it".to_owned() });
    }
    let before = synthetic::document_of(&field.path, synthetic::value(field, &endpoint.steps)).to_string();
    Story {
        endpoint: endpoint.path.text.clone(),
        field: field.path.to_string(),
        events,
        fates: fated.outcomes.iter().map(|it| it.fate).collect(),
        after: admitted.and_then(|it| sanitized(it, &before, &synthetic::keys())),
        before,
    }
}

/// Tells the story of a field that the endpoint does not list.
pub fn tell_unlisted(asked: &str, outline: &Outline, index: usize, admitted: Option<&Admitted<'_>>) -> Story {
    let endpoint = &outline.endpoints[index];
    let path = unlisted_path(asked);
    let (what, fate, line) = match (&endpoint.fields, endpoint.schema) {
        (Some(_), schema) => (
            "the response schema does not list it, so it is dropped",
            Fate::Dropped,
            schema.map(|it| it.line),
        ),
        (None, _) => (
            "there is no response schema, so it leaves, but for what the transforms do to it",
            Fate::Kept,
            Some(endpoint.place.line),
        ),
    };
    let mut events = vec![Event { line, what: what.to_owned() }];
    let mut fates = vec![fate];
    let field = Field {
        path: path.clone(),
        place: endpoint.place,
        kind: Kind::Scalar,
        only_sometimes: false,
        when: Vec::new(),
    };
    if endpoint.fields.is_none() {
        let told = fates::of_field(endpoint, &field);
        fates = told.outcomes.iter().map(|it| it.fate).collect();
        for at in &told.touched_by {
            let step = &endpoint.steps[*at];
            let (line, _) = where_it_meets(step, &path);
            let what =
                format!("{}: it {}{}", step.name, words::treatment(&step.treatment), words::condition(step));
            events.push(Event { line: Some(line), what });
        }
    }
    let before = synthetic::document_of(&path, synthetic::value(&field, &[])).to_string();
    Story {
        endpoint: endpoint.path.text.clone(),
        field: path.to_string(),
        events,
        fates,
        after: admitted.and_then(|it| sanitized(it, &before, &synthetic::keys())),
        before,
    }
}

/// The line of the path that reaches the field, or what is around it.
fn where_it_meets(step: &vizard_sanitizer::outline::Step, path: &FieldPath) -> (u32, Reach) {
    for length in (0..=path.0.len()).rev() {
        let prefix = FieldPath(path.0[..length].to_vec());
        let is_object = path.0.get(length).is_some_and(|it| !matches!(it, Part::Element));
        if let Some(deciding) = step.deciding(&prefix, is_object) {
            return (deciding.written.place.line, step.reach(&prefix, is_object));
        }
    }
    (step.place.line, Reach::Sometimes)
}

/// A path as people type it: names between dots, `[*]` or `[]` for lists.
fn unlisted_path(asked: &str) -> FieldPath {
    let mut path = FieldPath::ROOT;
    for piece in asked.trim_start_matches('$').split('.').filter(|it| !it.is_empty()) {
        let (name, lists) = match piece.find('[') {
            Some(at) => piece.split_at(at),
            None => (piece, ""),
        };
        if !name.is_empty() {
            path = path.then(Part::Name(name.to_owned()));
        }
        for _ in lists.matches('[') {
            path = path.then(Part::Element);
        }
    }
    path
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
        Kind::Object | Kind::Array => "what is listed below it".to_owned(),
        Kind::Again { definition, .. } => format!("definition {definition} once more"),
        Kind::Digest => "the digest that an augment adds".to_owned(),
    }
}

fn sanitized(admitted: &Admitted<'_>, before: &str, keys: &Pseudonymizer) -> Option<String> {
    let sanitized = admitted.sanitize(before.as_bytes(), keys, Options::default()).ok()?;
    String::from_utf8(sanitized.into_body()).ok()
}

/// The story for a terminal.
pub fn text(story: &Story) -> String {
    let mut out = format!("{}\nof {}\n\n", story.field, story.endpoint);
    for event in &story.events {
        let line = event.line.map_or(String::new(), |line| format!("line {line}"));
        push_wrapped(&line, &event.what, &mut out);
    }
    let fates: Vec<&str> = story.fates.iter().map(|it| it.word()).collect();
    let meaning = story.fates.first().map_or("", |it| it.meaning());
    let write = |out: &mut String, what: &str, text: &str| {
        write!(out, "\n{what:7} {text}").expect("a String takes everything");
    };
    write(&mut out, "before", &story.before);
    match &story.after {
        Some(after) => write(&mut out, "after", after),
        None => write(&mut out, "after", "(no example: no call of this endpoint could be made up)"),
    }
    out.push_str("\n        (invented, with the salt `salt` and the key `secret`)\n\n");
    writeln!(out, "{}: {meaning}", fates.join(" or ")).expect("a String takes everything");
    out
}
