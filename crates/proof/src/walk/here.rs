//! What is known at a place before its value is looked at: which transforms reach it.

use crate::json::{Node, Value};
use crate::path::Path;
use crate::path::reach::{Segment, Track};
use crate::rules::transform::{Kind, Transform};
use crate::walk::place::Place;

/// A transform at one of its paths: each sees the document as the one before left it.
pub(crate) struct Application<'r> {
    pub(crate) transform: &'r Transform,
    pub(crate) path: &'r Path,
    /// Whether positions in lists are still those that it saw: nothing removed elements then or later.
    pub(crate) positions: bool,
}

/// All transforms at all their paths, in order.
pub(crate) fn applications(transforms: &[Transform]) -> Vec<Application<'_>> {
    let removes =
        |it: &Transform| matches!(it.kind, Kind::Redact) && it.paths.iter().any(Path::ends_in_a_list);
    let last = transforms.iter().rposition(removes);
    let all = transforms.iter().enumerate().flat_map(|(number, transform)| {
        let positions = last.is_none_or(|it| number > it);
        transform.paths.iter().map(move |path| Application { transform, path, positions })
    });
    all.collect()
}

/// What is known at a place before its value is looked at.
pub(crate) struct Here<'r, 'p> {
    pub(crate) place: &'p Place<'p>,
    /// How far each path has come, by the number of its application.
    pub(crate) tracks: Vec<(usize, Track<'r>)>,
    /// The same for the paths of augments.
    pub(crate) beside: Vec<(usize, Track<'r>)>,
    /// Whether what stands above is here only if a filter decided so.
    pub(crate) doubt: bool,
    /// The line of the rules that decided above.
    pub(crate) rule: usize,
}

/// The same one step further down.
pub(crate) fn below<'r, 'p>(
    here: &Here<'r, '_>,
    place: &'p Place<'p>,
    segment: Segment<'_>,
    node: &Node<'_>,
    doubt: bool,
    rule: usize,
) -> Here<'r, 'p> {
    let is_list = matches!(node.value, Value::List(_));
    let enter = |tracks: &[(usize, Track<'r>)]| -> Vec<(usize, Track<'r>)> {
        tracks.iter().filter_map(|(number, it)| Some((*number, it.enter(segment, is_list)?))).collect()
    };
    Here { place, tracks: enter(&here.tracks), beside: enter(&here.beside), doubt, rule }
}
