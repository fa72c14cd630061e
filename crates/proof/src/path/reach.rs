//! Whether a path reaches a place: certainly, not, or as a filter says that cannot be asked any more.

use crate::path::{Path, Select};

/// How sure it is that a path reaches a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    No,
    /// A filter or a condition decides, of what is no longer there.
    Maybe,
    Yes,
}

/// One step down in the output.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Segment<'a> {
    Name(&'a str),
    Position {
        at: usize,
        of: usize,
    },
    /// Some element of a list that is not in the output.
    Somewhere,
}

/// How far a path has come at a place: for each number of steps, whether they lead here.
#[derive(Debug, Clone)]
pub(crate) struct Track<'p> {
    path: &'p Path,
    /// Whether positions in lists are those that the transform saw.
    positions: bool,
    states: Vec<Reach>,
}

impl<'p> Track<'p> {
    /// At the document.
    pub(crate) fn new(path: &'p Path, positions: bool, is_list: bool) -> Track<'p> {
        let mut states = vec![Reach::No; path.steps.len() + 1];
        states[0] = Reach::Yes;
        let mut track = Track { path, positions, states };
        track.settle(is_list);
        track
    }

    /// Whether the whole path leads here.
    pub(crate) fn reach(&self) -> Reach {
        self.states[self.path.steps.len()]
    }

    /// The same path one step further down, where it may still lead somewhere.
    pub(crate) fn enter(&self, segment: Segment<'_>, is_list: bool) -> Option<Track<'p>> {
        let mut states = vec![Reach::No; self.states.len()];
        for (number, step) in self.path.steps.iter().enumerate() {
            let here = self.states[number];
            if here == Reach::No {
                continue;
            }
            if step.descend {
                states[number] = states[number].max(here);
            }
            let further = here.min(self.selects(&step.select, segment));
            states[number + 1] = states[number + 1].max(further);
        }
        let mut track = Track { path: self.path, positions: self.positions, states };
        track.settle(is_list);
        track.states.iter().any(|it| *it != Reach::No).then_some(track)
    }

    /// A filter selects the elements of a list, but of anything else the value itself.
    fn settle(&mut self, is_list: bool) {
        if is_list {
            return;
        }
        for (number, step) in self.path.steps.iter().enumerate() {
            if step.select == Select::Filter {
                let further = self.states[number].min(Reach::Maybe);
                self.states[number + 1] = self.states[number + 1].max(further);
            }
        }
    }

    fn selects(&self, select: &Select, segment: Segment<'_>) -> Reach {
        let known = |is: bool| if is { Reach::Yes } else { Reach::No };
        match (select, segment) {
            (Select::Names(names), Segment::Name(name)) => known(names.iter().any(|it| it == name)),
            (Select::Names(_), Segment::Position { .. } | Segment::Somewhere) => Reach::No,
            (Select::All, _) => Reach::Yes,
            (Select::Positions(_) | Select::Slice(..) | Select::Filter, Segment::Name(_)) => Reach::No,
            (Select::Filter, _) => Reach::Maybe,
            (Select::Positions(_) | Select::Slice(..), Segment::Somewhere) => Reach::Maybe,
            (Select::Positions(_) | Select::Slice(..), Segment::Position { .. }) if !self.positions => {
                Reach::Maybe
            }
            (Select::Positions(positions), Segment::Position { at, of }) => {
                known(positions.iter().any(|it| from_end(*it, of) == Some(at)))
            }
            (Select::Slice(from, to), Segment::Position { at, of }) => {
                let bound = |it: i64| from_end(it, of).unwrap_or(0);
                let (from, to) = (from.map_or(0, bound), to.map_or(of, bound));
                known((from..to).contains(&at))
            }
        }
    }
}

/// A position from the beginning; a negative one counts from the end.
fn from_end(position: i64, of: usize) -> Option<usize> {
    match usize::try_from(position) {
        Ok(position) => Some(position),
        Err(_) => of.checked_sub(usize::try_from(position.unsigned_abs()).unwrap_or(usize::MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::Reach::{Maybe, No, Yes};
    use super::*;

    /// Names, and positions as `at/of`; an object stands at every place that goes on with a name.
    fn reach(path: &str, place: &str, positions: bool) -> Reach {
        let path = &Path::read(path).unwrap()[0];
        let segments: Vec<Segment<'_>> = place
            .split_whitespace()
            .map(|it| match it.split_once('/') {
                Some((at, of)) => Segment::Position { at: at.parse().unwrap(), of: of.parse().unwrap() },
                None if it == "?" => Segment::Somewhere,
                None => Segment::Name(it),
            })
            .collect();
        let is_list = |next: usize| matches!(segments.get(next), Some(Segment::Position { .. }));
        let mut track = Some(Track::new(path, positions, is_list(0)));
        for (number, segment) in segments.iter().enumerate() {
            track = track.and_then(|it| it.enter(*segment, is_list(number + 1)));
        }
        track.map_or(No, |it| it.reach())
    }

    #[test]
    fn reaches_what_the_dialect_says() {
        let cases = [
            ("$", "", Yes),
            ("$", "a", No),
            ("$.a", "a", Yes),
            ("$.a", "A", No),
            ("$.a", "a b", No),
            ("$.a", "0/1", No),
            ("$['a','b'].c", "b c", Yes),
            ("$.*", "a", Yes),
            ("$[*]", "1/3", Yes),
            ("$..a", "a", Yes),
            ("$..a", "x 0/1 y a", Yes),
            ("$..a", "a b", No),
            ("$..a.b", "a a b", Yes),
            ("$..*", "a b", Yes),
            ("$..['a','b']", "c b", Yes),
            ("$.a[0]", "a 0/2", Yes),
            ("$.a[-1]", "a 1/2", Yes),
            ("$.a[-1]", "a 0/2", No),
            ("$.a[-3]", "a 0/2", No),
            ("$.a[0,2]", "a 2/3", Yes),
            ("$.a[1:3]", "a 2/9", Yes),
            ("$.a[1:3]", "a 3/9", No),
            ("$.a[:2]", "a 1/2", Yes),
            ("$.a[-2:]", "a 1/3", Yes),
            ("$.a[-2:]", "a 0/3", No),
            ("$.a[-9:1]", "a 0/3", Yes),
            ("$.a[0]", "a ?", Maybe),
            ("$.a[?(@.x)]", "a 0/1", Maybe),
            ("$.a[?(@.x)].b", "a 0/1 b", Maybe),
            ("$.a[?(@.x)].b", "a b", Maybe),
            ("$.a[?(@.x)]", "a", Maybe),
            ("$.a[?(@.x)]", "a b", No),
            ("$[?(@.x)].y", "y", Maybe),
            ("$..[?(@.x)].y", "a 0/2 y", Maybe),
        ];
        for (path, place, expected) in cases {
            assert_eq!(reach(path, place, true), expected, "{path} at {place:?}");
        }
        assert_eq!(reach("$.a[0]", "a 1/2", false), Maybe);
        assert_eq!(reach("$.a[*]", "a 1/2", false), Yes);
    }
}
