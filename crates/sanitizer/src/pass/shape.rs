//! What an object looks like between its scalars: brackets, names and commas, as the source wrote them, with what becomes
//! of each scalar there.
//!
//! Whoever exports records writes one like the other. Where what stands between two scalars is the same bytes as in the
//! object before, it has been read already: [`follow`](super::follow) compares it, and only scalars are looked at.

use std::ops::Range;

use crate::automaton::{Action, Automaton, Kind, NameId, State, StateId, hash};
use crate::json::{Head, Scanner, Window};
use crate::unsanitizable::Unsanitizable;

/// Scalars of one object that are expected; what comes after them is read as if nothing were.
const MOST_STEPS: usize = 96;
/// Brackets, names and scalars, of which objects may hold many without a scalar.
const MOST_EVENTS: usize = 384;
/// Bytes between two scalars.
const LONGEST: usize = 1_024;

/// An object of the source, as far as it was understood.
#[derive(Default)]
pub(super) struct Shape {
    pub(super) steps: Vec<Step>,
    /// What stands after the last scalar, if the object was understood to its end.
    pub(super) end: Option<Between>,
    /// How many objects were followed to their end until [runs](Run) were looked for.
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

/// Objects that tell what is always the same.
pub(super) const SAME: u32 = 6;
/// How often in turn a run may not be there until it is given up.
const DOUBTS: u8 = 8;

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
    pub(super) varies: bool,
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
    /// How often something else stood there, less how often it did.
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
    /// Becomes the shape of the object that begins at the scanner's place, in this state.
    pub(super) fn learn(&mut self, scan: &Scanner<'_>, automaton: &Automaton, state: StateId) {
        self.end = None;
        self.followed = 0;
        self.read = 0;
        emptied(&mut self.steps);
        emptied(&mut self.events);
        emptied(&mut self.kept.0);
        emptied(&mut self.open);
        emptied(&mut self.names);
        let mut reading =
            Reading { automaton, from: scan.at, scan: scan.clone(), shape: self, first_kept: 0 };
        // Where it cannot go on, the shape ends.
        let _ = reading.object(state);
        let at = reading.scan.at;
        self.read = self.read.max(at - scan.at);
    }

    /// After an object was followed to its end.
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

/// With room for what an object usually takes.
fn emptied<T>(room: &mut Vec<T>) {
    room.clear();
    room.reserve(24);
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

/// A walk over one object.
struct Reading<'a, 's> {
    automaton: &'a Automaton,
    scan: Scanner<'s>,
    shape: &'a mut Shape,
    /// Where the text since the last scalar begins, and the parts of it that leave.
    from: usize,
    first_kept: usize,
}

struct Place {
    state: StateId,
    close: u8,
    read: bool,
    written: bool,
    /// Where its names begin.
    names: usize,
}

impl Reading<'_, '_> {
    fn object(&mut self, state: StateId) -> Option<()> {
        self.enter(state, Kind::Object)?;
        while let Some(place) = self.shape.open.last_mut() {
            self.scan.skip_space();
            let next = self.scan.peek()?;
            if self.scan.at - self.from > LONGEST || self.shape.events.len() > MOST_EVENTS {
                return None;
            }
            if next == place.close {
                self.leave();
                continue;
            }
            let mut comma = None;
            if place.read {
                if next != b',' {
                    return None;
                }
                comma = Some(self.scan.at);
                self.scan.step();
            }
            place.read = true;
            match place.close {
                b']' => {
                    let element = self.automaton.state(place.state).element;
                    self.value(element, comma, [None, None])?;
                }
                _ => self.member(comma)?,
            }
        }
        self.shape.end = Some(self.between()?);
        Some(())
    }

    fn member(&mut self, comma: Option<usize>) -> Option<()> {
        let name = self.scan.name();
        let (quoted, colon) = self.sound(name)?;
        if quoted.escaped {
            return None;
        }
        let name = &self.scan.text().as_bytes()[quoted.start..quoted.end];
        let hash = hash(name);
        let id = self.automaton.names.find(name, hash);
        let within = self.shape.open.last()?;
        let to = self.automaton.member(self.automaton.state(within.state), id);
        if to != StateId::UNLISTED {
            if self.shape.names[within.names..].contains(&hash) {
                return None;
            }
            self.shape.names.push(hash);
            self.shape.events.push(Event::Name { id, hash });
        }
        self.value(to, comma, [Some((quoted.start - 1, quoted.end + 1)), Some((colon, colon + 1))])
    }

    fn value(
        &mut self,
        state: StateId,
        comma: Option<usize>,
        name: [Option<(usize, usize)>; 2],
    ) -> Option<()> {
        let kind = Kind::at(&self.scan)?;
        let action = self.automaton.state(state).action(kind);
        let enters = action == Action::Enter;
        let leaves = enters || leaves(self.automaton.state(state), kind)?;
        if leaves {
            let place = self.shape.open.last_mut()?;
            let comma = comma.filter(|_| place.written).map(|comma| (comma, comma + 1));
            place.written = true;
            [comma, name[0], name[1]].into_iter().flatten().for_each(|(from, to)| self.keep(from, to));
        }
        if enters {
            return self.enter(state, kind);
        }
        if self.shape.steps.len() == MOST_STEPS {
            return None;
        }
        let (before, keeps, depth) = (self.between()?, action == Action::Keep, self.scan.depth);
        let skipped = self.scan.skip_value();
        self.sound(skipped)?;
        let value = self.from + before.length..self.scan.at;
        self.from = self.scan.at;
        self.shape.events.push(Event::Value { leaves });
        let events = self.shape.events.len();
        let (varies, run) = (false, None);
        self.shape.steps.push(Step { before, state, kind, keeps, leaves, depth, events, value, varies, run });
        Some(())
    }

    fn enter(&mut self, state: StateId, kind: Kind) -> Option<()> {
        let at = self.scan.at;
        let entered = self.scan.enter();
        self.sound(entered)?;
        self.keep(at, at + 1);
        let close = if kind == Kind::Object { b'}' } else { b']' };
        let names = self.shape.names.len();
        self.shape.open.push(Place { state, close, read: false, written: false, names });
        self.shape.events.push(Event::Enter { state, kind });
        Some(())
    }

    fn leave(&mut self) {
        let at = self.scan.at;
        self.keep(at, at + 1);
        self.scan.leave();
        let left = self.shape.open.pop();
        left.into_iter().for_each(|left| self.shape.names.truncate(left.names));
        self.shape.events.push(Event::Leave);
    }

    /// What is wrong here is told by whoever reads it in earnest, and nothing is read ahead any more.
    fn sound<T>(&mut self, read: Result<T, Unsanitizable>) -> Option<T> {
        read.inspect_err(|_| self.shape.read = usize::MAX).ok()
    }

    fn keep(&mut self, from: usize, to: usize) {
        let (from, to) = ((from - self.from) as u32, (to - self.from) as u32);
        match self.shape.kept.0[self.first_kept..].last_mut() {
            Some(last) if last.1 == from => last.1 = to,
            _ => self.shape.kept.0.push((from, to)),
        }
    }

    /// The text since the last scalar.
    fn between(&mut self) -> Option<Between> {
        let (from, to) = (self.from, self.scan.at);
        let length = to - from;
        let first = std::mem::replace(&mut self.first_kept, self.shape.kept.0.len());
        let kept = &self.shape.kept.0[first..];
        let whole = *kept == [(0, length as u32)];
        let kept = first as u32..self.shape.kept.0.len() as u32;
        let head = Head::of(&self.scan.text().as_bytes()[from..to]);
        (length <= LONGEST).then_some(Between { head, from, length, whole, kept })
    }
}
