//! Findings and suppressions meet.

use std::collections::BTreeMap;

use vizard_sanitizer::Place;
use vizard_sanitizer::extends::Override;
use vizard_sanitizer::outline::Outline;

use super::found::{File, Found, Raw};
use super::suppress::{Layout, Reach, Suppression};

/// Where endpoints and definitions begin and end, in lines.
pub(super) struct Lines {
    /// By position, the first line and the last.
    endpoints: Vec<(u32, u32)>,
    definitions: Vec<(u32, u32)>,
}

/// The one thing that begins at a line.
enum Begun {
    Endpoint(usize, (u32, u32)),
    Definition((u32, u32)),
}

impl Lines {
    pub(super) fn new(outline: &Outline, text: &str) -> Lines {
        let layout = Layout::of(text);
        let alone = |place: Place| (place.line, place.line);
        let endpoint = |place: Place| layout.item(place).unwrap_or(alone(place));
        let definition = |place: Place| layout.entry(place).unwrap_or(alone(place));
        Lines {
            endpoints: outline.endpoints.iter().map(|it| endpoint(it.place)).collect(),
            definitions: outline.definitions.iter().map(|it| definition(it.place)).collect(),
        }
    }

    /// Of a file without endpoints and definitions.
    pub(super) fn none() -> Lines {
        Lines { endpoints: Vec::new(), definitions: Vec::new() }
    }

    /// What begins at this line. Where several things do, none of them is meant as a whole.
    fn begun(&self, line: u32) -> Option<Begun> {
        let beginning = |all: &[(u32, u32)]| {
            all.partition_point(|(first, _)| *first < line)..all.partition_point(|(first, _)| *first <= line)
        };
        let (endpoints, definitions) = (beginning(&self.endpoints), beginning(&self.definitions));
        match (endpoints.len(), definitions.len()) {
            (1, 0) => Some(Begun::Endpoint(endpoints.start, self.endpoints[endpoints.start])),
            (0, 1) => Some(Begun::Definition(self.definitions[definitions.start])),
            _ => None,
        }
    }

    /// The endpoint that a finding is about.
    fn endpoint(&self, raw: &Raw) -> Option<usize> {
        let line = raw.place.filter(|_| raw.file == File::Rules).map(|it| it.line);
        raw.endpoint.or_else(|| only(&self.endpoints, line?))
    }
}

/// Whether the finding is on this line, or about what begins there.
fn holds(begun: Option<&Begun>, line: u32, raw: &Raw) -> bool {
    let Some(place) = raw.place.filter(|_| raw.file == File::Rules) else { return false };
    let within = |(first, last): (u32, u32)| (first..=last).contains(&place.line);
    place.line == line
        || match begun {
            None => false,
            // The loader tells lines only.
            Some(Begun::Endpoint(endpoint, lines)) => {
                raw.endpoint.map_or(within(*lines), |own| own == *endpoint)
            }
            Some(Begun::Definition(lines)) => within(*lines),
        }
}

/// The position of the one that has the line, among what stands one behind the other; `None` where several share it.
fn only(all: &[(u32, u32)], line: u32) -> Option<usize> {
    let ended = all.partition_point(|(_, last)| *last < line);
    let begun = all.partition_point(|(first, _)| *first <= line);
    (begun == ended + 1).then_some(ended)
}

/// Which endpoint of a resolved file is which: of the base, in its order, and behind them those of the file itself.
pub(super) struct Origins {
    /// For each endpoint of the base that is left, its position there.
    base: Vec<usize>,
    /// The lines of overrides and endpoints in the extending file.
    written: Vec<(u32, u32)>,
    /// For each of them, its position in the rules.
    positions: Vec<Option<usize>>,
}

impl Origins {
    /// `text` is that of the extending file.
    pub(super) fn new(
        outline: &Outline,
        base: Option<&Outline>,
        overrides: &[Override],
        text: &str,
    ) -> Origins {
        let layout = Layout::of(text);
        let own = outline.endpoints.len().saturating_sub(layout.endpoints.len());
        let based: Vec<&str> = outline.endpoints[..own].iter().map(|it| it.path.text.as_str()).collect();
        let removed =
            |label: &str| overrides.iter().any(|it| it.endpoint == label && it.keys.contains(&"removed"));
        let labels = base.iter().flat_map(|it| &it.endpoints).map(|it| it.path.text.as_str());
        let left: Vec<(usize, &str)> = labels.enumerate().filter(|(_, label)| !removed(label)).collect();
        // Of what does not add up, nothing is known.
        let is_known = left.iter().map(|(_, label)| *label).eq(based.iter().copied());
        let lines = |place: Place| layout.item(place).unwrap_or((place.line, place.line));
        let overridden = overrides
            .iter()
            .map(|it| (lines(it.place), based.iter().position(|label| *label == it.endpoint)));
        let owned = layout.endpoints.iter().zip(own..).map(|(place, at)| (lines(*place), Some(at)));
        let mut written: Vec<((u32, u32), Option<usize>)> = overridden.chain(owned).collect();
        written.sort_by_key(|(lines, _)| *lines);
        let (written, positions) = written.into_iter().unzip();
        let base = left.iter().filter(|_| is_known).map(|(from, _)| *from).collect();
        Origins { base, written, positions }
    }

    /// The endpoint in the rules that a line of the extending file is about.
    fn about(&self, line: u32) -> Option<usize> {
        only(&self.written, line).and_then(|it| self.positions[it])
    }
}

/// What an author said about one finding.
pub(super) struct Argument {
    key: Key,
    reason: String,
}

/// What a finding is about, independent of lines. Endpoints are told by their positions in the base.
type Key = (&'static str, Option<usize>, Option<String>, String);

/// Applies the suppressions of a file to what was found in it, and reports those that have nothing to suppress.
pub(super) fn settle(suppressions: Vec<Suppression>, lines: &Lines, found: &mut Found) {
    let covers = |begun: &Option<Begun>, line, raw: &Raw| holds(begun.as_ref(), line, raw);
    apply(suppressions, found, |line| lines.begun(line), covers);
}

/// The same for a file that extends another: a suppression within an override or an endpoint is about that endpoint.
pub(super) fn derived(suppressions: Vec<Suppression>, lines: &Lines, origins: &Origins, found: &mut Found) {
    let covers = |about: &Option<usize>, line, raw: &Raw| match raw.file {
        File::Rules => about.is_some_and(|it| lines.endpoint(raw) == Some(it)),
        File::Written => raw.place.is_some_and(|it| it.line == line),
        File::Connector | File::Examples => false,
    };
    apply(suppressions, found, |line| origins.about(line), covers);
}

/// `meant` tells what a line is about, and `covers` whether a finding is about that.
fn apply<T>(
    suppressions: Vec<Suppression>,
    found: &mut Found,
    meant: impl Fn(u32) -> T,
    covers: impl Fn(&T, u32, &Raw) -> bool,
) {
    for suppression in suppressions {
        let about = match suppression.reach {
            Reach::File => None,
            Reach::Line(line) => Some((line, meant(line))),
        };
        let mut used = false;
        for raw in found.all.iter_mut().filter(|it| it.code == suppression.code && it.can_be_suppressed()) {
            if about.as_ref().is_none_or(|(line, meant)| covers(meant, *line, raw)) {
                used = true;
                raw.suppressed.get_or_insert_with(|| suppression.reason.clone());
            }
        }
        if !used {
            let message = format!("there is no `{}` here to be allowed", suppression.code);
            found.at("suppression-unused", suppression.place, message).help("remove the comment");
        }
    }
}

/// What was argued away, so that it stays so in files that build on this one.
pub(super) fn arguments(lines: &Lines, all: Vec<Raw>) -> Vec<Argument> {
    let argument = |raw: Raw| {
        let key = (raw.code, lines.endpoint(&raw), raw.field, raw.message);
        Some(Argument { key, reason: raw.suppressed? })
    };
    all.into_iter().filter_map(argument).collect()
}

/// Takes over what the base argues away, where the finding is still the same.
pub(super) fn inherit(lines: &Lines, origins: &Origins, arguments: Vec<Argument>, all: &mut [Raw]) {
    let known: BTreeMap<Key, String> = arguments.into_iter().map(|it| (it.key, it.reason)).collect();
    for raw in all.iter_mut().filter(|it| it.can_be_suppressed()) {
        let from = match lines.endpoint(raw) {
            None => None,
            Some(endpoint) => match origins.base.get(endpoint) {
                Some(from) => Some(*from),
                // The base does not have the endpoint.
                None => continue,
            },
        };
        raw.suppressed = known.get(&(raw.code, from, raw.field.clone(), raw.message.clone())).cloned();
    }
}
