//! How far the paths of a program have come at one place: the sets that states are made of.

use crate::jsonpath::select::{Start, Taken};
use crate::jsonpath::{Filter, Segment, Selector};
use crate::program::Program;
use crate::tree::Arrival;

/// A path of a program, by position.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route<'p> {
    pub(super) step: usize,
    pub(super) path: usize,
    pub(super) segments: &'p [Segment],
    /// What the path reaches goes.
    pub(super) removes: bool,
    /// What the path reaches becomes null.
    pub(super) erases: bool,
}

/// Every path of every step, in the order in which they are applied.
pub(super) fn routes(program: &Program) -> Vec<Route<'_>> {
    let steps = program.steps.iter().enumerate();
    let routes = steps.flat_map(|(step, it)| {
        let (removes, erases) = (it.transform.removes(), it.transform.erases());
        let paths = it.paths.iter().enumerate();
        paths.map(move |(path, it)| Route { step, path, segments: &it.segments, removes, erases })
    });
    routes.collect()
}

/// A path on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Item {
    /// Of the route.
    pub(super) order: u16,
    /// Segments that were taken.
    pub(super) taken: u8,
    pub(super) role: Role,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Role {
    /// It has come here.
    At,
    /// It has come to the list that this is an element of; the filter that follows is to be asked about this.
    Element,
    /// The filter that follows was asked about this object.
    Asked,
}

impl Item {
    pub(super) fn at(order: usize, taken: usize) -> Item {
        Item { order: order as u16, taken: taken as u8, role: Role::At }
    }

    pub(super) fn asked(self) -> Item {
        Item { role: Role::Asked, ..self }
    }

    /// One segment further.
    pub(super) fn further(self) -> Item {
        Item { taken: self.taken + 1, role: Role::At, ..self }
    }

    pub(super) fn order(self) -> usize {
        usize::from(self.order)
    }

    pub(super) fn taken(self) -> usize {
        usize::from(self.taken)
    }

    /// The segment that follows; `None` when the path has arrived.
    pub(super) fn segment<'p>(self, routes: &[Route<'p>]) -> Option<&'p Segment> {
        routes[self.order()].segments.get(self.taken())
    }

    /// Whether the path ends here.
    pub(super) fn has_arrived(self, routes: &[Route<'_>]) -> bool {
        self.role == Role::At && self.taken() == routes[self.order()].segments.len()
    }

    /// The filter that follows.
    pub(super) fn filter<'p>(self, routes: &[Route<'p>]) -> Option<&'p Filter> {
        match &self.segment(routes)?.selector {
            Selector::Filter(filter) => Some(filter),
            _ => None,
        }
    }

    /// Whether a filter follows that a scalar cannot be judged by: the path names this one place.
    pub(super) fn needs_container(self, routes: &[Route<'_>]) -> bool {
        let before = &routes[self.order()].segments[..self.taken()];
        self.role == Role::At
            && self.filter(routes).is_some()
            && self.segment(routes).is_some_and(|it| !it.descend)
            && before.iter().all(Segment::is_definite)
    }
}

/// Sorted, each once.
pub(super) type Items = Vec<Item>;

/// Where a step down leads.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'n> {
    /// To a member of an object; `None`: one that no path names.
    Member(Option<&'n str>),
    /// To an element of a list.
    Element,
}

/// The items one step further down.
pub(super) fn down(items: &[Item], step: Step<'_>, routes: &[Route<'_>]) -> Items {
    let mut next = Items::new();
    for item in items.iter().filter(|it| it.role == Role::At) {
        let Some(segment) = item.segment(routes) else { continue };
        if segment.descend {
            next.push(*item);
        }
        match (&segment.selector, step) {
            (Selector::Wildcard, _) => next.push(item.further()),
            (Selector::Names(names), Step::Member(Some(name))) if names.iter().any(|it| it == name) => {
                next.push(item.further());
            }
            (Selector::Filter(_), Step::Element) => next.push(Item { role: Role::Element, ..*item }),
            _ => {}
        }
    }
    next.sort_unstable();
    next.dedup();
    next
}

/// Whether a list here is picked from by position.
pub(super) fn counts_elements(items: &[Item], routes: &[Route<'_>]) -> bool {
    items.iter().any(|item| {
        let selector = item.segment(routes).map(|it| &it.selector);
        item.role == Role::At && matches!(selector, Some(Selector::Indexes(_) | Selector::Slice { .. }))
    })
}

/// The same for the tree.
pub(super) fn arrivals(items: &[Item], routes: &[Route<'_>]) -> Vec<Arrival> {
    let mut arrivals: Vec<Arrival> = Vec::new();
    for item in items {
        let order = item.order();
        if arrivals.last().is_none_or(|last| last.order != order) {
            let Route { step, path, .. } = routes[order];
            let start = Start { taken: Taken::NONE, elements: Taken::NONE };
            arrivals.push(Arrival { step, path, order, start });
        }
        let start = &mut arrivals.last_mut().expect("one was just added").start;
        match item.role {
            Role::At => start.taken.add(item.taken()),
            Role::Element => start.elements.add(item.taken()),
            Role::Asked => {}
        }
    }
    arrivals
}
