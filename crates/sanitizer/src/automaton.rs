//! One endpoint's response side as a machine: schema and JSON paths merged, one state for each kind of place.
//!
//! A state says what becomes of a value of each kind and where its members and elements lead, so a place in a
//! document costs one look-up however many rules there are. What cannot be told from the way to a place alone
//! is a question (filters, asked about the value itself) or a subtree (left to the [tree](crate::tree)).

mod build;
mod filters;
mod items;
mod names;
mod shapes;

use std::ops::Range;

use crate::json::Interest;
use crate::tree::Entry;

pub(crate) use build::{TooLarge, build};
pub(crate) use names::{NameId, Names, hash};

/// A compiled endpoint. Immutable and shared.
#[derive(Clone, Debug)]
pub(crate) struct Automaton {
    pub(crate) names: Names,
    states: Vec<State>,
    /// For states with rows: where each name leads, by its number.
    rows: Vec<StateId>,
    operations: Vec<Operation>,
    questions: Vec<Question>,
    entries: Vec<Entry>,
    /// Paths of all steps.
    paths: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StateId(u32);

impl StateId {
    /// Where everything leads that the schema does not list.
    pub(crate) const UNLISTED: StateId = StateId(0);
    /// Where documents begin.
    pub(crate) const START: StateId = StateId(1);

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Kinds of JSON values, as their first byte tells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    pub(crate) const ALL: [Kind; 6] =
        [Kind::Null, Kind::Bool, Kind::Number, Kind::String, Kind::Array, Kind::Object];

    pub(crate) fn is_container(self) -> bool {
        matches!(self, Kind::Array | Kind::Object)
    }
}

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A scalar leaves as it came.
    Keep,
    /// An array or object is entered.
    Enter,
    /// A scalar goes through the operations of the state.
    Apply,
    /// A number that is not whole becomes null; one that is, is what the state says of whole numbers.
    Whole,
    /// It becomes null.
    Null,
    /// A transform makes it null.
    Erase,
    /// The schema makes it null, and null elements of a list go.
    NullGoes,
    /// It goes, with its name.
    Drop,
    /// The questions of the state are asked, and another state decides.
    Ask,
    /// It is parsed, and what is left of the program is run on it.
    Tree,
}

/// One kind of place in documents.
#[derive(Clone, Debug)]
pub(crate) struct State {
    actions: [Action; Kind::ALL.len()],
    /// After [`Action::Whole`].
    pub(crate) whole: Action,
    /// What it means for a number not to be whole.
    pub(crate) broken: Action,
    operations: Range<u32>,
    /// The beginning of the row, for states whose objects are entered and name anything.
    row: Option<u32>,
    /// Where names lead that no row lists.
    other: StateId,
    /// Where elements lead.
    pub(crate) element: StateId,
    /// For objects, and for every other kind.
    questions: [Option<u32>; 2],
    entry: Option<u32>,
}

/// Something done to a scalar, in the order of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// The transform of the step with this number.
    Transform(u32),
    /// A filter on a definite path cannot judge a scalar, which becomes null.
    Unfilterable,
}

/// Filters to ask about a value.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) filters: Vec<Asked>,
    /// What of the value the filters look at.
    pub(crate) interest: Interest,
    /// The numbers of the members that they look at, in the order of the interest.
    pub(crate) names: Vec<NameId>,
    /// The shape that the schema gives the value before the filters see it.
    pub(crate) shape: Option<usize>,
    /// The state for each combination of answers; the first filter's is the lowest bit.
    pub(crate) then: Vec<StateId>,
}

/// A filter in a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) step: usize,
    pub(crate) path: usize,
    pub(crate) segment: usize,
    /// By its position among the paths of all steps.
    pub(crate) order: usize,
}

impl Automaton {
    pub(crate) fn state(&self, id: StateId) -> &State {
        &self.states[id.index()]
    }

    /// Where a member of an object leads.
    #[inline]
    pub(crate) fn member(&self, state: &State, name: NameId) -> StateId {
        match state.row {
            Some(row) if name != NameId::UNKNOWN => self.rows[row as usize + name.index()],
            _ => state.other,
        }
    }

    /// Whether of a document that is an object at least the brackets leave, whatever is in it.
    pub(crate) fn keeps_objects(&self) -> bool {
        self.state(StateId::START).action(Kind::Object) == Action::Enter
    }

    pub(crate) fn operations(&self, state: &State) -> &[Operation] {
        &self.operations[state.operations.start as usize..state.operations.end as usize]
    }

    pub(crate) fn question(&self, state: &State, kind: Kind) -> &Question {
        let question = state.questions[usize::from(kind != Kind::Object)];
        &self.questions[question.expect("a state that asks has questions") as usize]
    }

    pub(crate) fn entry(&self, state: &State) -> &Entry {
        &self.entries[state.entry.expect("a state that leaves a value to the tree has an entry") as usize]
    }

    /// Whether some value is left to filters or to the tree.
    pub(crate) fn asks(&self) -> bool {
        !self.entries.is_empty()
    }

    /// How many paths all steps have.
    pub(crate) fn paths(&self) -> usize {
        self.paths
    }

    /// How many states there are, and how many cells in their rows.
    #[cfg(test)]
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.states.len(), self.rows.len())
    }
}

impl State {
    #[inline]
    pub(crate) fn action(&self, kind: Kind) -> Action {
        self.actions[kind as usize]
    }
}
