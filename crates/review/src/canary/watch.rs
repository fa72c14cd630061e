//! What came out, held against what may: each canary that is somewhere where the rules do not let it is a leak.

mod leak;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use vizard_sanitizer::outline::{FieldPath, Outline, Part};

use super::inflate::inflate;
use super::layer::Layer;
use super::permit::Permits;
use super::plant::{Canary, Piece, Planted};
use super::search::{Form, Search};
use crate::finding::{Finding, Level};
pub use leak::{Leak, Where};

/// Looks at everything that came out.
#[derive(Debug)]
pub struct Watch<'w> {
    canaries: &'w [Canary],
    search: Search,
    outline: &'w Outline,
    permits: Permits<'w>,
    leaks: Vec<Leak>,
    kept: BTreeSet<(usize, Piece)>,
    seen: BTreeSet<(usize, Piece, Where)>,
    cut_short: bool,
}

impl<'w> Watch<'w> {
    /// For these canaries, planted in answers of the endpoints of `outline`; `promised` says what may leave, which may
    /// be another rule file: the one that somebody has signed.
    pub fn over(canaries: &'w [Canary], outline: &'w Outline, promised: &'w Outline) -> Watch<'w> {
        Watch {
            canaries,
            search: Search::of(canaries),
            outline,
            permits: Permits::of(promised),
            leaks: Vec::new(),
            kept: BTreeSet::new(),
            seen: BTreeSet::new(),
            cut_short: false,
        }
    }

    /// Looks at the body of an answer of an endpoint, by its position.
    pub fn body(&mut self, endpoint: usize, body: &[u8]) {
        let whole = self.search.find(body);
        self.cut_short |= whole.cut_short;
        if whole.hits.is_empty() {
            return;
        }
        let mut places = Vec::new();
        let unpacked = unpacked(body);
        let values =
            serde_json::Deserializer::from_slice(unpacked.as_deref().unwrap_or(body)).into_iter::<Value>();
        values.map_while(Result::ok).for_each(|value| gather(value, FieldPath::ROOT, &mut places));
        let mut placed = BTreeSet::new();
        for (seen, text) in &places {
            for ((canary, piece), form) in self.hits(text.as_bytes()) {
                placed.insert((canary, piece));
                self.judge(endpoint, canary, piece, seen, form);
            }
        }
        // What no single value shows.
        for ((canary, piece), form) in whole.hits {
            if !placed.contains(&(canary, piece)) {
                self.add(canary, piece, Where::Body, form);
            }
        }
    }

    /// Whether a canary may be in this place of an answer.
    fn judge(&mut self, endpoint: usize, canary: usize, piece: Piece, seen: &Where, form: Form) {
        let planted = &self.canaries[canary];
        let stayed = match (&planted.place, seen) {
            (Planted::Field(place), Where::Field(path)) | (Planted::Name(place), Where::Name(path)) => {
                is_same(place, path)
            }
            _ => false,
        };
        if stayed && planted.endpoint == endpoint && self.allows(canary, piece) {
            self.kept.insert((canary, piece));
        } else {
            self.add(canary, piece, seen.clone(), form);
        }
    }

    /// Whether there is a canary in this at all.
    pub fn holds(&mut self, bytes: &[u8]) -> bool {
        !self.hits(bytes).is_empty()
    }

    /// Looks at something where no canary may be.
    pub fn elsewhere(&mut self, seen: &Where, bytes: &[u8]) {
        for ((canary, piece), form) in self.hits(bytes) {
            self.add(canary, piece, seen.clone(), form);
        }
    }

    /// Looks at a log, line by line.
    pub fn log(&mut self, log: &[u8]) {
        let whole = self.hits(log);
        let mut placed = BTreeSet::new();
        if !whole.is_empty() {
            for (number, line) in log.split(|byte| *byte == b'\n').enumerate() {
                for ((canary, piece), form) in self.hits(line) {
                    placed.insert((canary, piece));
                    self.add(canary, piece, Where::Log(number + 1), form);
                }
            }
        }
        for ((canary, piece), form) in whole {
            if !placed.contains(&(canary, piece)) {
                self.add(canary, piece, Where::Log(1), form);
            }
        }
    }

    fn hits(&mut self, bytes: &[u8]) -> Vec<((usize, Piece), Form)> {
        let found = self.search.find(bytes);
        self.cut_short |= found.cut_short;
        found.hits.into_iter().collect()
    }

    fn allows(&self, canary: usize, piece: Piece) -> bool {
        let planted = &self.canaries[canary];
        let endpoint = self.outline.endpoints.get(planted.endpoint);
        endpoint.is_some_and(|it| self.permits.allows(it, planted, piece))
    }

    fn add(&mut self, canary: usize, piece: Piece, seen: Where, form: Form) {
        let seen = match seen {
            Where::Field(path) => Where::Field(self.nameless(path)),
            Where::Name(path) => Where::Name(self.nameless(path)),
            Where::Body | Where::Header(_) | Where::Log(_) | Where::Error => seen,
        };
        if self.seen.insert((canary, piece, seen.clone())) {
            self.leaks.push(Leak { canary, piece, seen, form });
        }
    }

    /// A path without the names that are canaries themselves.
    fn nameless(&self, path: FieldPath) -> FieldPath {
        let part = |part| match part {
            Part::Name(name) if !self.search.glance(name.as_bytes()).is_empty() => Part::AnyName,
            part => part,
        };
        FieldPath(path.0.into_iter().map(part).collect())
    }

    /// How many canaries came out where the rules let them.
    pub fn kept(&self) -> usize {
        self.kept.iter().filter(|(_, piece)| *piece == Piece::Own).count()
    }

    /// All leaks so far.
    pub fn leaks(&self) -> &[Leak] {
        &self.leaks
    }

    /// From where to where something came out.
    fn way(&self, leak: &Leak) -> (usize, Planted, Where) {
        let canary = &self.canaries[leak.canary];
        (canary.endpoint, canary.place.clone(), leak.seen.kind())
    }

    /// The leaks as findings about this file, each way out once, however many canaries took it.
    pub fn findings(&self, file: &str) -> Vec<Finding> {
        let mut told = BTreeSet::new();
        let mut findings = Vec::new();
        // Where a value comes out, its domain is no news.
        let owns = self.leaks.iter().filter(|leak| leak.piece == Piece::Own);
        let owns: BTreeSet<_> = owns.map(|leak| self.way(leak)).collect();
        let mut more: BTreeMap<usize, usize> = BTreeMap::new();
        let news = |leak: &&Leak| leak.piece == Piece::Own || !owns.contains(&self.way(leak));
        for leak in self.leaks.iter().filter(news) {
            if !told.insert((self.way(leak), leak.piece)) {
                continue;
            }
            let count = more.entry(self.canaries[leak.canary].endpoint).or_default();
            *count += 1;
            if *count > TOLD {
                continue;
            }
            let canary = &self.canaries[leak.canary];
            let endpoint = self.outline.endpoints.get(canary.endpoint);
            let field = match &canary.place {
                Planted::Field(path) | Planted::Name(path) => Some(path),
                Planted::Header(_) | Planted::Elsewhere(_) => None,
            };
            let listed = endpoint.into_iter().flat_map(|it| it.fields.iter().flatten());
            let listed = listed.into_iter().find(|it| Some(&it.path) == field).map(|it| it.place);
            let what = match leak.piece {
                Piece::Own => "a value",
                Piece::Domain => "the domain of an address",
            };
            let message = format!("{what} of {} came out {} ({})", canary.place, leak.seen, leak.form);
            findings.push(Finding {
                level: Level::Error,
                code: "leak",
                file: file.to_owned(),
                place: listed.or(endpoint.filter(|_| field.is_some()).map(|it| it.path.place)),
                endpoint: endpoint.filter(|_| field.is_some()).map(|it| it.path.text.clone()),
                field: field.map(FieldPath::to_string),
                message,
                help: Some(
                    "no rule lets this out; find out why it comes before anybody deploys it".to_owned(),
                ),
                suppressed: None,
            });
        }
        for (endpoint, count) in more.into_iter().filter(|(_, count)| *count > TOLD) {
            let endpoint = self.outline.endpoints.get(endpoint);
            findings.push(Finding {
                level: Level::Error,
                code: "leak",
                file: file.to_owned(),
                place: endpoint.map(|it| it.path.place),
                endpoint: endpoint.map(|it| it.path.text.clone()),
                field: None,
                message: format!("there are {} more ways out", count - TOLD),
                help: None,
                suppressed: None,
            });
        }
        if self.cut_short {
            findings.push(Finding {
                level: Level::Error,
                code: "leak-search-incomplete",
                file: file.to_owned(),
                place: None,
                endpoint: None,
                field: None,
                message: "something that came out unpacks to more than is searched, so nothing is proven"
                    .to_owned(),
                help: None,
                suppressed: None,
            });
        }
        findings
    }
}

/// Ways out of one endpoint that are told one by one.
const TOLD: usize = 50;

/// What a body is that is compressed as a whole, as answers are for those who take it.
fn unpacked(body: &[u8]) -> Option<Vec<u8>> {
    let mut views = inflate(body, UNPACKED).views.into_iter();
    let begins = body.starts_with(&[0x1f, 0x8b]);
    views.find(|(layer, _)| begins && *layer == Layer::Gzip).map(|(_, view)| view)
}

/// No answer is larger.
const UNPACKED: usize = 256 << 20;

/// The scalars and member names of a document, with their places.
fn gather(value: Value, path: FieldPath, places: &mut Vec<(Where, String)>) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => places.push((Where::Field(path), number.to_string())),
        Value::String(text) => places.push((Where::Field(path), text)),
        Value::Array(items) => {
            items.into_iter().for_each(|item| gather(item, path.then(Part::Element), places));
        }
        Value::Object(members) => {
            for (name, member) in members {
                gather(member, path.then(Part::Name(name.clone())), places);
                places.push((Where::Name(path.clone()), name));
            }
        }
    }
}

/// Whether something planted at `place` still stands there. A member that was named by a canary has any name.
fn is_same(place: &FieldPath, path: &FieldPath) -> bool {
    let same = |(place, path): (&Part, &Part)| {
        place == path || matches!((place, path), (Part::AnyName, Part::Name(_)))
    };
    place.0.len() == path.0.len() && place.0.iter().zip(&path.0).all(same)
}

#[cfg(test)]
mod tests;
