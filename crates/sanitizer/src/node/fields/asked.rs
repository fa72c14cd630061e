//! For tests: which keys the readers ask for, and as what.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// The reader that was used for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reader {
    Node,
    Text,
    Word,
    Flag,
    List,
    Texts,
    Map,
    Ignored,
}

thread_local! {
    /// The mapping as messages name it, the key, and the reader.
    static ASKED: RefCell<BTreeSet<(&'static str, &'static str, Reader)>> = const { RefCell::new(BTreeSet::new()) };
    /// Readers use each other; only the outermost one counts.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Lasts as long as the reader works.
pub(super) struct Noted;

/// Notes that a reader begins.
pub(super) fn note(what: &'static str, key: &'static str, reader: Reader) -> Noted {
    if DEPTH.replace(DEPTH.get() + 1) == 0 {
        ASKED.with_borrow_mut(|asked| asked.insert((what, key, reader)));
    }
    Noted
}

impl Drop for Noted {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// What this thread asked for since the last time.
pub(crate) fn take() -> BTreeSet<(&'static str, &'static str, Reader)> {
    ASKED.take()
}
