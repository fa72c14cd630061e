//! The places that a path reached, as the part of the document's tree that leads to them.
//!
//! What they share is held once: a million places a thousand levels deep take no more than a million places.

use crate::json::Value;

/// What a path reached.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    pub(crate) places: Places,
    /// Scalars where a filter on a definite path needs an object or a list. What the author meant is
    /// unknown, so the caller removes their values.
    pub(crate) unfilterable: Vec<Vec<u32>>,
    /// A filter could not be asked because what it filters is missing or of the wrong kind, or because the
    /// body asks too much of it.
    pub(crate) undecided: bool,
}

impl Selection {
    /// Makes null what a filter could not judge; tells how many values that were.
    pub(crate) fn null_unfilterable(&self, document: &mut Value<'_>) -> u64 {
        for place in &self.unfilterable {
            if let Some(value) = at(document, place) {
                *value = Value::Null;
            }
        }
        self.unfilterable.len() as u64
    }
}

/// The value at a place.
fn at<'t, 'v>(document: &'t mut Value<'v>, place: &[u32]) -> Option<&'t mut Value<'v>> {
    place.iter().try_fold(document, |value, step| match value {
        Value::Array(items) => items.get_mut(*step as usize),
        Value::Object(members) => members.get_mut(*step as usize).map(|member| &mut member.value),
        _ => None,
    })
}

/// Places in document order, each once.
#[derive(Debug, Default)]
pub(crate) struct Places {
    root: Place,
    count: usize,
}

/// One value on the way to a place.
#[derive(Debug, Default)]
pub(crate) struct Place {
    /// Position among the members or elements of the value above.
    pub(crate) at: u32,
    /// Whether this is one of the places, and not only on the way to one.
    pub(crate) chosen: bool,
    /// By position.
    pub(crate) below: Vec<Place>,
}

impl Place {
    /// Whether there is a place here or below.
    pub(super) fn leads_somewhere(&self) -> bool {
        self.chosen || !self.below.is_empty()
    }
}

impl Places {
    pub(super) fn new(root: Place, count: usize) -> Places {
        Places { root, count }
    }

    pub(crate) fn root(&self) -> &Place {
        &self.root
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Rewrites the value at each place, from the outside in. A place below one that is no list or object any
    /// more is gone.
    pub(crate) fn rewrite<'v, E>(
        &self,
        document: &mut Value<'v>,
        mut rewrite: impl FnMut(&mut Value<'v>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut waiting = vec![(document, &self.root)];
        while let Some((value, place)) = waiting.pop() {
            if place.chosen {
                rewrite(value)?;
            }
            wait_for(&mut waiting, value, place.below.iter().map(|below| (below.at, below)));
        }
        Ok(())
    }

    /// Removes the value at each place, with its name; the root becomes null. Tells how many went, each with
    /// all that was in it.
    pub(crate) fn remove(&self, document: &mut Value<'_>) -> u64 {
        if self.root.chosen {
            *document = Value::Null;
            return 1;
        }
        let mut removed = 0;
        let mut waiting = vec![(document, &self.root)];
        while let Some((value, place)) = waiting.pop() {
            let mut chosen = place.below.iter().filter(|below| below.chosen).map(|below| below.at).peekable();
            let mut at = 0;
            let mut stays = || {
                at += 1;
                chosen.next_if_eq(&(at - 1)).is_none()
            };
            match value {
                Value::Array(items) => items.retain(|_| stays()),
                Value::Object(members) => members.retain(|_| stays()),
                _ => {}
            }
            let mut gone = 0;
            let still_there = place.below.iter().filter_map(|below| {
                gone += u32::from(below.chosen);
                removed += u64::from(below.chosen);
                (!below.chosen).then(|| (below.at - gone, below))
            });
            wait_for(&mut waiting, value, still_there);
        }
        removed
    }
}

/// Values to visit, with their places; the last is the next.
pub(crate) type Waiting<'t, 'v> = Vec<(&'t mut Value<'v>, &'t Place)>;

/// Adds children of a value by position, so that the first is visited first.
pub(crate) fn wait_for<'t, 'v>(
    waiting: &mut Waiting<'t, 'v>,
    value: &'t mut Value<'v>,
    places: impl Iterator<Item = (u32, &'t Place)>,
) {
    let before = waiting.len();
    let mut passed = 0;
    let mut gap = |at: u32| {
        let gap = at - passed;
        passed = at + 1;
        gap as usize
    };
    match value {
        Value::Array(items) => {
            let mut items = items.iter_mut();
            waiting.extend(places.filter_map(|(at, place)| Some((items.nth(gap(at))?, place))));
        }
        Value::Object(members) => {
            let mut members = members.iter_mut();
            waiting.extend(places.filter_map(|(at, place)| Some((&mut members.nth(gap(at))?.value, place))));
        }
        _ => {}
    }
    waiting[before..].reverse();
}
