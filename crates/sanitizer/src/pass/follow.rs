//! Objects that look like those before: going along a [`Shape`], and off it where an object differs.

use super::shape::{Event, SAME, Shape, leaves};
use super::{Before, Open, Pass, Stop};
use crate::automaton::{Automaton, Kind, StateId};
use crate::json::Scanner;

/// Shapes known at a time.
const SHAPES: usize = 8;
/// Bodies smaller than this are read before a shape is of use.
const SMALLEST: usize = 4_096;
/// How many objects may differ more than look alike before their shape is forgotten.
const CREDIT: u32 = 4;
const MOST_CREDIT: u32 = 16;
/// Objects of others until a place is theirs, for one that has not shown yet what it is good for.
const TRIAL: u32 = 8;
/// A shape with fewer steps is of no use if it does not end.
const FEW_STEPS: usize = 4;
/// Objects that are let pass between one shape and the next, and how many at most.
const PAUSE: u32 = 2;
const LONGEST_PAUSE: u32 = 1_024;

/// The shapes of the objects of one body, by the state that they are entered in and how deep they stand.
pub(super) struct Alike {
    slots: Vec<Slot>,
    /// Bytes that may be read ahead for shapes: with objects in objects, each would read what another has read.
    read_ahead: usize,
}

struct Slot {
    state: StateId,
    /// Arrays and objects around the object.
    depth: usize,
    /// Whether it is known.
    knows: bool,
    shape: Option<Box<Shape>>,
    credit: u32,
    /// Objects to let pass.
    rest: u32,
    pause: u32,
}

impl Slot {
    fn new(state: StateId, depth: usize) -> Slot {
        Slot { state, depth, knows: false, shape: None, credit: TRIAL, rest: 1, pause: PAUSE }
    }

    /// Whether this object is to be let pass. A slot that is of no use to its own objects is taken by others.
    fn passes(&mut self, state: StateId, depth: usize) -> bool {
        if (self.state, self.depth) != (state, depth) {
            self.credit = self.credit.saturating_sub(1);
            if self.credit == 0 {
                *self = Slot { shape: self.shape.take(), ..Slot::new(state, depth) };
            }
            return true;
        }
        let passes = self.rest > 0;
        self.rest = self.rest.saturating_sub(1);
        passes
    }

    fn judge(&mut self, shape: Box<Shape>, was_alike: bool) {
        match was_alike {
            true => self.credit = (self.credit + 1).min(MOST_CREDIT),
            false => self.credit = self.credit.saturating_sub(1),
        }
        self.shape = Some(shape);
        if self.credit == 0 {
            self.knows = false;
            self.rest = self.pause;
            self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        }
    }
}

impl Alike {
    /// For a body of so many bytes.
    pub(super) fn new(body: usize) -> Alike {
        let slots = if body < SMALLEST { 0 } else { SHAPES };
        let nobodys = || Slot { credit: 0, ..Slot::new(StateId::UNLISTED, 0) };
        Alike { slots: (0..slots).map(|_| nobodys()).collect(), read_ahead: body }
    }

    /// What the object at the scanner's place is expected to look like, if anything.
    #[inline]
    fn expected(&mut self, scan: &Scanner<'_>, automaton: &Automaton, state: StateId) -> Option<Box<Shape>> {
        let slot = self.slots.get_mut(place(state, scan.depth))?;
        if slot.passes(state, scan.depth) {
            return None;
        }
        if !slot.knows {
            if self.read_ahead == 0 {
                return None;
            }
            let shape = slot.shape.get_or_insert_default();
            shape.learn(scan, automaton, state);
            self.read_ahead = self.read_ahead.saturating_sub(shape.read);
            (slot.knows, slot.credit) = (true, CREDIT);
        }
        slot.shape.take()
    }

    /// After an object was followed, as far as the shape goes or not.
    fn judge(&mut self, state: StateId, depth: usize, shape: Box<Shape>, was_alike: bool) {
        if let Some(slot) = self.slots.get_mut(place(state, depth)) {
            slot.judge(shape, was_alike);
        }
    }
}

/// Objects of one state stand in each other too, where no rule tells them apart.
fn place(state: StateId, depth: usize) -> usize {
    (state.index() + depth * 3) % SHAPES
}

impl<'p> Pass<'_, 'p, '_> {
    /// Goes through the object that begins here, as far as it looks like those before. `false`: nothing is done.
    /// Otherwise it is done, or what is left of it is open.
    #[inline]
    pub(super) fn follow(&mut self, state: StateId) -> Result<bool, Stop> {
        let depth = self.scan.depth;
        let Some(mut shape) = self.alike.expected(&self.scan, self.automaton, state) else {
            return Ok(false);
        };
        let differs = self.along(&mut shape);
        let was_alike = match differs {
            Ok(None) => true,
            // Of a long object the shape is the beginning.
            Ok(Some(steps)) => steps == shape.steps.len() && steps >= FEW_STEPS,
            Err(_) => false,
        };
        if let Ok(Some(steps)) = differs {
            self.catch_up(&shape, steps);
        }
        if was_alike {
            shape.note_followed();
        }
        self.alike.judge(state, depth, shape, was_alike);
        Ok(differs? != Some(0))
    }

    /// Goes along a shape. Where the object differs it is told after how many steps.
    fn along(&mut self, shape: &mut Shape) -> Result<Option<usize>, Stop> {
        let source = self.scan.text().as_bytes();
        let depth = self.scan.depth;
        let notes = shape.followed < SAME;
        let Shape { steps, end, kept, .. } = shape;
        let mut number = 0;
        self.before = Before::NONE;
        while let Some(step) = steps.get_mut(number) {
            let from = self.scan.at;
            if let Some((at, to)) = step.run_end(source, from) {
                self.scan.at = at;
                self.output.keep(from, at);
                self.scalars += (to - number) as u64;
                number = to;
                continue;
            }
            let Some(at) = step.before.end(source, from) else { return Ok(Some(number)) };
            self.scan.at = at;
            let kind = Kind::at(&self.scan);
            if step.keeps && kind == Some(step.kind) {
                self.scalar(step.kind)?;
                match step.before.whole {
                    true => self.output.keep(from, self.scan.at),
                    false => {
                        self.keep(kept.of(&step.before, from));
                        self.output.keep(at, self.scan.at);
                    }
                }
                self.scalars += 1;
                number += 1;
                if notes {
                    step.note(source, at..self.scan.at);
                }
                continue;
            }
            if kind.and_then(|kind| leaves(self.automaton.state(step.state), kind)) != Some(step.leaves) {
                self.scan.at = from;
                return Ok(Some(number));
            }
            self.keep(kept.of(&step.before, from));
            self.scan.depth = step.depth;
            self.value(step.state)?;
            self.scan.depth = depth;
            number += 1;
        }
        let from = self.scan.at;
        match end.as_ref().and_then(|end| Some((end, end.end(source, from)?))) {
            Some((end, at)) => {
                self.keep(kept.of(end, from));
                self.scan.at = at;
                Ok(None)
            }
            None => Ok(Some(steps.len())),
        }
    }

    fn keep(&mut self, parts: impl Iterator<Item = (usize, usize)>) {
        parts.for_each(|(from, to)| self.output.keep(from, to));
    }

    /// Opens what is open after so many steps, as if everything had been read name by name.
    #[cold]
    fn catch_up(&mut self, shape: &Shape, steps: usize) {
        for event in shape.events(steps) {
            match *event {
                Event::Enter { state, kind } => {
                    if let Some(open) = self.open.last_mut() {
                        open.read = true;
                        open.written = true;
                    }
                    self.scan.depth += 1;
                    self.open(state, kind);
                }
                Event::Name { id, hash } => {
                    self.before.name.id = id;
                    self.before.name.hash = hash;
                    self.is_repeated();
                }
                Event::Value { leaves } => {
                    if let Some(open) = self.open.last_mut() {
                        open.read = true;
                        open.written |= leaves;
                    }
                }
                Event::Leave => {
                    self.scan.depth -= 1;
                    let left = self.open.pop();
                    left.into_iter().for_each(|Open { names, .. }| self.repeated.leave(names));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
