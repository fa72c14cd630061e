//! Which kinds of places a path reaches, told without a document.

use super::step::StepPath;
use super::{FieldPath, Part, Step};
use crate::jsonpath::{Path, Segment, Selector};

/// Whether something happens at a kind of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// In no document.
    Never,
    /// In some, as a filter, a position or a condition decides.
    Sometimes,
    /// Wherever the place is there.
    Always,
}

/// How far a path gets on the way to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct At {
    /// Segments that were taken.
    taken: usize,
    certain: bool,
}

impl Step {
    /// Whether the step changes values at this kind of place. An object is a place where filters ask the value
    /// itself.
    pub fn reach(&self, place: &FieldPath, is_object: bool) -> Reach {
        let reach = self.paths.iter().map(|path| path.reach(place, is_object)).max();
        match reach.unwrap_or(Reach::Never) {
            Reach::Always if self.condition.is_some() => Reach::Sometimes,
            reach => reach,
        }
    }

    /// The path that reaches the place for the surest; the first of several.
    pub fn deciding(&self, place: &FieldPath, is_object: bool) -> Option<&StepPath> {
        let mut best: Option<(&StepPath, Reach)> = None;
        for path in &self.paths {
            let reach = path.reach(place, is_object);
            if reach > best.map_or(Reach::Never, |(_, reach)| reach) {
                best = Some((path, reach));
            }
        }
        best.map(|(path, _)| path)
    }
}

impl StepPath {
    /// How many steps the path has; of several readings, the longest.
    pub fn length(&self) -> usize {
        self.readings.iter().map(|path| path.segments.len()).max().unwrap_or(0)
    }

    /// Whether the path reaches this kind of place.
    pub fn reach(&self, place: &FieldPath, is_object: bool) -> Reach {
        self.readings.iter().map(|path| reach(path, place, is_object)).max().unwrap_or(Reach::Never)
    }
}

fn reach(path: &Path, place: &FieldPath, is_object: bool) -> Reach {
    let segments = &path.segments;
    let mut at = vec![At { taken: 0, certain: true }];
    for part in &place.0 {
        // A member is below an object, which a filter may have been asked about itself.
        if !matches!(part, Part::Element) {
            close(&mut at, segments);
        }
        let mut next = Vec::with_capacity(at.len());
        for here in &at {
            let Some(segment) = segments.get(here.taken) else { continue };
            if segment.descend {
                add(&mut next, *here);
            }
            if let Some(certain) = takes(&segment.selector, part) {
                add(&mut next, At { taken: here.taken + 1, certain: here.certain && certain });
            }
        }
        if next.is_empty() {
            return Reach::Never;
        }
        at = next;
    }
    if is_object {
        close(&mut at, segments);
    }
    let arrived = at.iter().filter(|it| it.taken == segments.len());
    arrived.map(|it| if it.certain { Reach::Always } else { Reach::Sometimes }).max().unwrap_or(Reach::Never)
}

/// A filter that is asked about an object takes no step.
fn close(at: &mut Vec<At>, segments: &[Segment]) {
    let mut i = 0;
    while i < at.len() {
        let here = at[i];
        if segments.get(here.taken).is_some_and(|it| matches!(it.selector, Selector::Filter(_))) {
            add(at, At { taken: here.taken + 1, certain: false });
        }
        i += 1;
    }
}

fn add(at: &mut Vec<At>, one: At) {
    match at.iter_mut().find(|it| it.taken == one.taken) {
        Some(known) => known.certain |= one.certain,
        None => at.push(one),
    }
}

/// Whether the selector picks the part, and if so, whether it always does.
fn takes(selector: &Selector, part: &Part) -> Option<bool> {
    match (selector, part) {
        (Selector::Names(names), Part::Name(name)) => names.contains(name).then_some(true),
        (Selector::Names(_), Part::AnyName) => Some(false),
        (Selector::Wildcard, _) => Some(true),
        (Selector::Slice { start: None | Some(0), end: None }, Part::Element) => Some(true),
        (Selector::Indexes(_) | Selector::Slice { .. } | Selector::Filter(_), Part::Element) => Some(false),
        (Selector::Names(_), Part::Element)
        | (Selector::Indexes(_) | Selector::Slice { .. } | Selector::Filter(_), _) => None,
    }
}
