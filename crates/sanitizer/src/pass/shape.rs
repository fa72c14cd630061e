//! What an object looks like between its scalars: brackets, names and commas, as the source wrote them, with what becomes
//! of each scalar there.
//!
//! Whoever exports records writes one like the other. Where what stands between two scalars is the same bytes as in the
//! object before, it has been read already: [`follow`](super::follow) compares it, and only scalars are looked at.

mod learn;

use std::ops::Range;

use crate::automaton::{Action, Kind, NameId, State, StateId};
use crate::json::{Head, Window};
use learn::Place;

/// Objects that tell what is always the same.
pub(super) const SAME: u32 = 6;
/// How often in turn a run may not be there until it is given up.
const DOUBTS: u8 = 8;

/// An object of the source, as far as it was understood.
#[derive(Default)]
pub(super) struct Shape {
    pub(super) steps: Vec<Step>,
    /// What stands after the last scalar, if the object was understood to its end.
    pub(super) end: Option<Between>,
    /// How many objects were followed as far as it goes. After some of them [runs](Run) are looked for.
    pub(super) followed: u32,
    /// How many bytes of the source were read for it; more than there are when what is wrong there was read.
    pub(super) read: usize,
    /// What is entered, named and left on the way.
    events: Vec<Event>,
    /// What of the text between scalars leaves.
    pub(super) kept: Kept,
    /// Room for the walk that finds the shape: what is open, and the names in that, the innermost object's last.
    open: Vec<Place>,
    names: Vec<u64>,
}

/// A scalar, or a value that goes unread, and what stands before it.
pub(super) struct Step {
    pub(super) before: Between,
    pub(super) state: StateId,
    pub(super) kind: Kind,
    /// Whether a value of this kind leaves as it came.
    pub(super) keeps: bool,
    /// Whether anything leaves in its place.
    pub(super) leaves: bool,
    /// Arrays and objects around it.
    pub(super) depth: usize,
    /// How many events there are up to it.
    events: usize,
    /// The value, where it was learned.
    value: Range<usize>,
    /// Whether another one stood there since.
    varies: bool,
    /// From here on, what has always been the same.
    pub(super) run: Option<Run>,
}

/// Scalars that have always been the same, with what stands before, between and after them.
pub(super) struct Run {
    /// Where it was learned.
    text: Range<usize>,
    /// How long it is without what stands after the last scalar.
    length: usize,
    /// The step after the last one.
    pub(super) to: usize,
    /// How often something else stood there since it was last there.
    doubt: u8,
}

/// A text between two scalars.
pub(super) struct Between {
    head: Head,
    from: usize,
    length: usize,
    /// Whether all of it leaves.
    pub(super) whole: bool,
    kept: Range<u32>,
}

/// Parts of texts, by offsets in them.
#[derive(Default)]
pub(super) struct Kept(Vec<(u32, u32)>);

impl Kept {
    /// Those of a text that begins at this place.
    pub(super) fn of(&self, between: &Between, at: usize) -> impl Iterator<Item = (usize, usize)> {
        let kept = &self.0[between.kept.start as usize..between.kept.end as usize];
        kept.iter().map(move |(from, to)| (at + *from as usize, at + *to as usize))
    }
}

/// What the pass keeps account of.
#[derive(Clone, Copy)]
pub(super) enum Event {
    Enter {
        state: StateId,
        kind: Kind,
    },
    /// A member with a name that must not come twice.
    Name {
        id: NameId,
        hash: u64,
    },
    /// A value that is no container, and whether anything leaves in its place.
    Value {
        leaves: bool,
    },
    Leave,
}

impl Shape {
    /// After an object was followed as far as the shape goes.
    pub(super) fn note_followed(&mut self) {
        self.followed = self.followed.saturating_add(1);
        if self.followed == SAME {
            self.find_runs();
        }
    }

    #[cold]
    fn find_runs(&mut self) {
        let mut first = 0;
        while first < self.steps.len() {
            let same = |step: &Step| step.keeps && !step.varies && step.before.whole;
            let to = first + self.steps[first..].iter().take_while(|step| same(step)).count();
            let after = self.steps.get(to).map(|step| &step.before).or(self.end.as_ref());
            if let (Some(after), true) = (after, to > first + 1) {
                let text = self.steps[first].before.from..after.from + after.length;
                let length = after.from - text.start;
                self.steps[first].run = Some(Run { text, length, to, doubt: 0 });
            }
            first = to + 1;
        }
    }

    /// What was entered, named, read and left in so many steps.
    pub(super) fn events(&self, steps: usize) -> &[Event] {
        let last = steps.checked_sub(1).map(|last| self.steps[last].events);
        &self.events[..last.unwrap_or_default()]
    }
}

impl Step {
    /// Notes what stands there now. Nothing any more once runs were looked for.
    #[inline]
    pub(super) fn note(&mut self, source: &[u8], value: Range<usize>) {
        self.varies = self.varies || source[self.value.clone()] != source[value];
    }

    /// Where the run that begins with this step ends, if there is one and it is what stands at this place.
    #[inline]
    pub(super) fn run_end(&mut self, source: &[u8], at: usize) -> Option<(usize, usize)> {
        let run = self.run.as_mut()?;
        // What stands after the last scalar belongs to it: the scalar might go on.
        if source.get(at..at + run.text.len()) == Some(&source[run.text.clone()]) {
            run.doubt = 0;
            return Some((at + run.length, run.to));
        }
        run.doubt += 1;
        if run.doubt == DOUBTS {
            self.run = None;
        }
        None
    }
}

impl Between {
    /// Where it ends, if it is what stands at this place.
    #[inline]
    pub(super) fn end(&self, source: &[u8], at: usize) -> Option<usize> {
        let begins = self.head.begins(Window::at(source, at)?);
        (begins && (self.length <= 16 || self.goes_on(source, at))).then_some(at + self.length)
    }

    fn goes_on(&self, source: &[u8], at: usize) -> bool {
        source.get(at + 16..at + self.length) == Some(&source[self.from + 16..self.from + self.length])
    }
}

/// Whether anything leaves in the place of a value: `None` where that takes more than its kind.
#[inline]
pub(super) fn leaves(state: &State, kind: Kind) -> Option<bool> {
    let stays = |action| matches!(action, Action::Keep | Action::Apply | Action::Null | Action::Erase);
    match state.action(kind) {
        Action::Drop => Some(false),
        Action::Whole => (stays(state.whole) && stays(state.broken)).then_some(true),
        action => stays(action).then_some(true),
    }
}
