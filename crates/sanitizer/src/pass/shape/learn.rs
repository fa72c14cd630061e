//! How a [`Shape`] is found: one object is read ahead as the pass would read it, and what the pass would do is noted.

use super::{Between, Event, Shape, Step, leaves};
use crate::automaton::{Action, Automaton, Kind, StateId, hash};
use crate::json::{Head, Scanner};
use crate::unsanitizable::Unsanitizable;

/// Scalars of one object that are expected; what comes after them is read as if nothing were.
const MOST_STEPS: usize = 96;
/// Brackets, names and scalars, of which objects may hold many without a scalar.
const MOST_EVENTS: usize = 384;
/// Bytes between two scalars.
const LONGEST: usize = 1_024;

impl Shape {
    /// Becomes the shape of the object that begins at the scanner's place, in this state.
    pub(in crate::pass) fn learn(&mut self, scan: &Scanner<'_>, automaton: &Automaton, state: StateId) {
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
}

/// With room for what an object usually takes.
fn emptied<T>(room: &mut Vec<T>) {
    room.clear();
    room.reserve(24);
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

/// An array or object that is open.
pub(super) struct Place {
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
