//! The order in which names come: records of one list have the same members in the same order, so a name is
//! first compared with the one that came next last time. Where that is right, it need not be read, hashed or
//! looked up.

use crate::automaton::{NameId, StateId};

/// Names known at a time; a power of two.
const PLACES: usize = 512;

/// A name as the source wrote it, from its quote to after its colon, and what is known of it.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// The state of the objects that it is a name in.
    within: StateId,
    from: usize,
    length: usize,
    pub(super) id: NameId,
    pub(super) hash: u64,
    pub(super) to: StateId,
    /// Where the name is that came after it.
    next: Cursor,
}

/// A place among the known names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor(u16);

/// The names of one body so far. Holds no text of its own.
pub(super) struct Expected {
    known: Vec<Known>,
    /// Where the first name is that objects of a state had last time.
    first: Vec<Cursor>,
}

impl Expected {
    pub(super) fn new() -> Expected {
        let nothing = Known {
            within: StateId::UNLISTED,
            from: 0,
            length: 0,
            id: NameId::UNKNOWN,
            hash: 0,
            to: StateId::UNLISTED,
            next: Cursor(0),
        };
        Expected { known: vec![nothing; PLACES], first: vec![Cursor(0); PLACES] }
    }

    /// The cursor for the first name of an object.
    #[inline]
    pub(super) fn first(&self, within: StateId) -> Cursor {
        self.first[within.index() % PLACES]
    }

    /// The name at the cursor, if it stands at this place of the source, with the cursor for the name after it.
    #[inline]
    pub(super) fn find(&self, cursor: Cursor, within: StateId, source: &[u8], at: usize) -> Option<&Known> {
        let known = &self.known[usize::from(cursor.0) % PLACES];
        let stands = known.within == within
            && source.get(at..at + known.length) == source.get(known.from..known.from + known.length);
        stands.then_some(known)
    }

    /// Where the name is that came after one.
    pub(super) fn after(&self, cursor: Cursor) -> Cursor {
        self.known[usize::from(cursor.0)].next
    }

    /// Notes a name, and that it came after `last` or, without it, first.
    pub(super) fn learn(&mut self, last: Option<Cursor>, within: StateId, name: Known) -> Cursor {
        let place = (name.hash >> 40) as usize ^ within.index();
        let cursor = Cursor((place % PLACES) as u16);
        match last {
            Some(last) => self.known[usize::from(last.0)].next = cursor,
            None => self.first[within.index() % PLACES] = cursor,
        }
        let next = self.known[usize::from(cursor.0)].next;
        self.known[usize::from(cursor.0)] = Known { next, ..name };
        cursor
    }
}

impl Known {
    /// A name that stands at `from`, colon included.
    pub(super) fn new(within: StateId, from: usize, length: usize, id: NameId, hash: u64, to: StateId) -> Known {
        Known { within, from, length, id, hash, to, next: Cursor(0) }
    }

    /// Where it ends when it begins at `at`.
    #[inline]
    pub(super) fn end(&self, at: usize) -> usize {
        at + self.length
    }

    #[inline]
    pub(super) fn next(&self) -> Cursor {
        self.next
    }
}
