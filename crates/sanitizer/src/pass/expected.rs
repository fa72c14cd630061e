//! The order in which names come: records of one list have the same members in the same order, so a name is
//! first compared with the one that came next last time. Where that is right, it need not be read, hashed or
//! looked up.

use crate::automaton::{NameId, StateId};
use crate::json::{Head, Window};

/// Names known at a time; a power of two.
const PLACES: usize = 512;

/// A name as the source wrote it, from its quote to after its colon, and what is known of it.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// The state of the objects that it is a name in.
    within: StateId,
    head: Head,
    from: usize,
    length: usize,
    pub(super) id: NameId,
    pub(super) hash: u64,
    pub(super) to: StateId,
    /// Where the names are that came after it, the latest first.
    next: Next,
}

/// Where the next name may be: optional members come and go, so there are two guesses.
#[derive(Clone, Copy)]
pub(super) struct Next([Cursor; 2]);

/// A place among the known names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor(u16);

/// The names of one body so far.
pub(super) struct Expected {
    known: Vec<Known>,
    /// Where the first name is that objects of a state had.
    first: Vec<Next>,
}

impl Expected {
    pub(super) fn new() -> Expected {
        let nothing = Known {
            within: StateId::UNLISTED,
            head: Head::of(b""),
            from: 0,
            length: 0,
            id: NameId::UNKNOWN,
            hash: 0,
            to: StateId::UNLISTED,
            next: Next([Cursor(0); 2]),
        };
        Expected { known: vec![nothing; PLACES], first: vec![nothing.next; PLACES] }
    }

    /// What is expected at the beginning of an object.
    #[inline]
    pub(super) fn first(&self, within: StateId) -> Next {
        self.first[within.index() % PLACES]
    }

    /// The name that stands at this place of the source, and where it is known, if it was expected.
    #[inline]
    pub(super) fn find(
        &self,
        next: Next,
        within: StateId,
        source: &[u8],
        at: usize,
    ) -> Option<(Cursor, &Known)> {
        let window = Window::at(source, at)?;
        let stands = |cursor: &Cursor| {
            let known = &self.known[usize::from(cursor.0) % PLACES];
            let stands = known.within == within
                && known.head.begins(window)
                && (known.length <= 16 || known.stands_beyond_head(source, at));
            stands.then_some((*cursor, known))
        };
        stands(&next.0[0]).or_else(|| stands(&next.0[1]))
    }

    /// What is expected after a name.
    pub(super) fn after(&self, cursor: Cursor) -> Next {
        self.known[usize::from(cursor.0)].next
    }

    /// Notes a name, and that it came after `last` or, without it, first.
    pub(super) fn learn(&mut self, last: Option<Cursor>, name: Known) -> Cursor {
        let place = (name.hash >> 40) as usize ^ name.within.index();
        let cursor = Cursor((place % PLACES) as u16);
        let next = match last {
            Some(last) => &mut self.known[usize::from(last.0)].next,
            None => &mut self.first[name.within.index() % PLACES],
        };
        *next = Next([cursor, next.0[0]]);
        let next = self.known[usize::from(cursor.0)].next;
        self.known[usize::from(cursor.0)] = Known { next, ..name };
        cursor
    }
}

impl Known {
    /// A name that stands at `from`, colon included.
    pub(super) fn new(
        within: StateId,
        (from, written): (usize, &[u8]),
        (id, hash): (NameId, u64),
        to: StateId,
    ) -> Known {
        let next = Next([Cursor(0); 2]);
        Known { within, head: Head::of(written), from, length: written.len(), id, hash, to, next }
    }

    /// Where it ends when it begins at `at`.
    #[inline]
    pub(super) fn end(&self, at: usize) -> usize {
        at + self.length
    }

    #[inline]
    pub(super) fn next(&self) -> Next {
        self.next
    }

    fn stands_beyond_head(&self, source: &[u8], at: usize) -> bool {
        let rest = |begin: usize| source.get(begin + 16..begin + self.length);
        rest(at).is_some() && rest(at) == rest(self.from)
    }
}
