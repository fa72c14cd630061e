//! Whether a filter can be asked before the value it stands on is rewritten, and what it looks at.
//!
//! A filter sees the document as the schema and the paths before its own left it. Where those leave alone what
//! it looks at, it can be asked ahead, on a glimpse of the value; else the value is left to the tree.

use super::items::{Item, Items, Role, Route, Step, down};
use super::shapes::Listed;
use crate::json::Interest;
use crate::jsonpath::{Filter, Operand, Path, Reference, Selector};

/// What the filter looks at in a value; `None` when it looks up from `$`.
pub(super) fn interest(filter: &Filter) -> Option<Interest> {
    let mut all = Interest::Members(Vec::new());
    add_filter(filter, &mut all).then_some(all)
}

/// Whether the filter, or one inside it, looks up from `$`.
pub(super) fn looks_up(filter: &Filter) -> bool {
    !add_filter(filter, &mut Interest::Whole)
}

/// `false`: the filter looks up from `$`.
fn add_filter(filter: &Filter, all: &mut Interest) -> bool {
    match filter {
        Filter::Any(parts) | Filter::All(parts) => parts.iter().all(|part| add_filter(part, all)),
        Filter::Not(part) => add_filter(part, all),
        Filter::Exists(reference) => add_reference(reference, &Interest::Presence, all),
        Filter::Compare { left, right, .. } => [left, right].into_iter().all(|operand| match operand {
            Operand::Reference(reference) => add_reference(reference, &Interest::Whole, all),
            Operand::Literal(_) | Operand::Regex(_) => true,
        }),
    }
}

fn add_reference(reference: &Reference, end: &Interest, all: &mut Interest) -> bool {
    if reference.root || path_looks_up(&reference.path) {
        return false;
    }
    let mut interest = all;
    for segment in &reference.path.segments {
        let name = match &segment.selector {
            Selector::Names(names) if !segment.descend && names.len() == 1 => &names[0],
            _ => {
                *interest = Interest::Whole;
                return true;
            }
        };
        if *interest == Interest::Presence {
            *interest = Interest::Members(Vec::new());
        }
        let Interest::Members(members) = interest else { return true };
        let known = members.iter().position(|(it, _)| it == name);
        let at = known.unwrap_or_else(|| {
            members.push((name.clone(), Interest::Presence));
            members.len() - 1
        });
        interest = &mut members[at].1;
    }
    if *end == Interest::Whole {
        *interest = Interest::Whole;
    }
    true
}

/// Adds the names of the members that the filter looks at.
pub(super) fn names_in<'f>(filter: &'f Filter, names: &mut Vec<&'f str>) {
    match filter {
        Filter::Any(parts) | Filter::All(parts) => parts.iter().for_each(|part| names_in(part, names)),
        Filter::Not(part) => names_in(part, names),
        Filter::Exists(reference) => names.extend(reference.path.names()),
        Filter::Compare { left, right, .. } => {
            for operand in [left, right] {
                if let Operand::Reference(reference) = operand {
                    names.extend(reference.path.names());
                }
            }
        }
    }
}

fn path_looks_up(path: &Path) -> bool {
    path.segments.iter().any(|segment| match &segment.selector {
        Selector::Filter(filter) => looks_up(filter),
        _ => false,
    })
}

/// What both look at.
pub(super) fn merged(one: Interest, other: Interest) -> Interest {
    match (one, other) {
        (Interest::Scalar, _) | (_, Interest::Scalar) => Interest::Scalar,
        (Interest::Whole, _) | (_, Interest::Whole) => Interest::Whole,
        (Interest::Presence, it) | (it, Interest::Presence) => it,
        (Interest::Members(mut all), Interest::Members(more)) => {
            for (name, inside) in more {
                match all.iter_mut().find(|(it, _)| *it == name) {
                    Some((_, known)) => {
                        *known = merged(std::mem::replace(known, Interest::Presence), inside);
                    }
                    None => all.push((name, inside)),
                }
            }
            Interest::Members(all)
        }
    }
}

/// Whether the schema makes of a glimpse what it makes of the value.
pub(super) fn projects_alike(
    listed: Listed,
    interest: &Interest,
    member: &impl Fn(Listed, &str) -> Listed,
) -> bool {
    match interest {
        Interest::Whole | Interest::Scalar | Interest::Presence => true,
        Interest::Members(members) => {
            !matches!(listed, Listed::LookAhead(_))
                && members.iter().all(|(name, inside)| projects_alike(member(listed, name), inside, member))
        }
    }
}

/// The interest, reduced to scalars where paths that come before `order` may change what is in an array or
/// object; `None` where they may change what the filter looks at in any case.
pub(super) fn undisturbed(
    items: &[Item],
    interest: Interest,
    order: usize,
    scalar: bool,
    routes: &[Route<'_>],
) -> Option<Interest> {
    let items = with_filters_passed(items, routes);
    // Where the value itself goes, it goes whatever the filter says.
    let changes = |it: &Item| it.has_arrived(routes) && !routes[it.order()].removes;
    let disturbs = |it: &Item| it.order() < order && (changes(it) || scalar && it.needs_container(routes));
    if items.iter().any(disturbs) { None } else { undisturbed_below(&items, interest, order, routes) }
}

fn undisturbed_below(
    items: &[Item],
    interest: Interest,
    order: usize,
    routes: &[Route<'_>],
) -> Option<Interest> {
    match interest {
        Interest::Presence | Interest::Scalar => Some(interest),
        Interest::Members(members) => {
            let undisturbed = members.into_iter().map(|(name, inside)| {
                let below = with_filters_passed(&down(items, Step::Member(Some(&name)), routes), routes);
                if changes(&below, order, routes) {
                    return None;
                }
                Some((name, undisturbed_below(&below, inside, order, routes)?))
            });
            undisturbed.collect::<Option<_>>().map(Interest::Members)
        }
        Interest::Whole => {
            let goes_on = |it: &Item| it.order() < order && !it.has_arrived(routes) && it.role != Role::Asked;
            Some(if items.iter().any(goes_on) { Interest::Scalar } else { Interest::Whole })
        }
    }
}

fn changes(items: &[Item], order: usize, routes: &[Route<'_>]) -> bool {
    items.iter().any(|it| it.order() < order && (it.has_arrived(routes) || it.needs_container(routes)))
}

/// The items, and those that would follow if every filter said yes.
fn with_filters_passed(items: &[Item], routes: &[Route<'_>]) -> Items {
    let mut all = items.to_vec();
    for item in items {
        let mut item = *item;
        while item.filter(routes).is_some() {
            item = item.further();
            all.push(item);
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}
