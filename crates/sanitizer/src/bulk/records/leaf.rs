//! What becomes of a column of values that all stand at the same place of their records, for formats that keep
//! columns together: the places of the automaton are walked once instead of for every value.

use vizard_pseudonym::{MissingKey, Pseudonymizer};

use super::Records;
use crate::automaton::{Action, Automaton, Kind, Operation, StateId, hash};
use crate::counts::Counts;
use crate::json::Value;
use crate::program::Program;
use crate::sanitize::Options;
use crate::transform::Context;

/// One step of the way to a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment<'s> {
    /// To a member of an object.
    Name(&'s str),
    /// To the elements of a list.
    Element,
}

/// What values of a column are, as JSON has it. A column of objects or lists stands for what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// `true` and `false`.
    Bool,
    /// Whole numbers.
    Integer,
    /// Numbers that may have a fraction.
    Number,
    /// Text.
    String,
    /// Lists.
    Array,
    /// Objects.
    Object,
}

/// What becomes of a column.
#[derive(Clone, Debug)]
pub enum Leaf<'r> {
    /// Its values leave as they are; of lists and objects, what is in them is asked for by itself.
    Keep,
    /// Every value becomes null.
    Null,
    /// It goes, with its name.
    Drop,
    /// Every value but null is rewritten, and is text or null then.
    Rewrite(Rewrite<'r>),
    /// It depends on the record: a filter in a path, `anyOf`, `if`.
    Undecidable,
}

/// The transforms of a column.
#[derive(Clone, Debug)]
pub struct Rewrite<'r> {
    program: &'r Program,
    operations: Vec<Operation>,
}

impl Records {
    /// What becomes of the values of a kind at the end of a way from the record itself. Every list and object on the
    /// way must have been found to be kept.
    pub fn leaf(&self, way: &[Segment<'_>], kind: ValueKind) -> Leaf<'_> {
        let transformed = match &self.transforms.automaton {
            Some(automaton) => walked(&self.transforms, automaton, way, kind),
            None => Leaf::Undecidable,
        };
        let Some(filter) = &self.filter else { return transformed };
        let Some(automaton) = &filter.automaton else { return Leaf::Undecidable };
        let kind = if matches!(transformed, Leaf::Rewrite(_)) { ValueKind::String } else { kind };
        match (transformed, walked(filter, automaton, way, kind)) {
            (transformed, Leaf::Keep) => transformed,
            // A schema rewrites nothing.
            (Leaf::Undecidable, Leaf::Rewrite(_)) | (_, Leaf::Undecidable | Leaf::Rewrite(_)) => {
                Leaf::Undecidable
            }
            (_, filtered @ (Leaf::Drop | Leaf::Null)) => filtered,
        }
    }
}

fn walked<'r>(program: &'r Program, automaton: &Automaton, way: &[Segment<'_>], kind: ValueKind) -> Leaf<'r> {
    let mut id = StateId::START;
    for segment in way {
        let state = automaton.state(id);
        let around = if *segment == Segment::Element { Kind::Array } else { Kind::Object };
        match state.action(around) {
            Action::Enter => {}
            Action::Drop => return Leaf::Drop,
            Action::Null | Action::NullGoes | Action::Erase => return Leaf::Null,
            Action::Keep | Action::Apply | Action::Whole | Action::Ask | Action::Tree => {
                return Leaf::Undecidable;
            }
        }
        id = match segment {
            Segment::Element => state.element,
            Segment::Name(name) => {
                let name = name.as_bytes();
                automaton.member(state, automaton.names.find(name, hash(name)))
            }
        };
    }
    let state = automaton.state(id);
    let (of_json, whole) = match kind {
        ValueKind::Bool => (Kind::Bool, false),
        ValueKind::Integer => (Kind::Number, true),
        ValueKind::Number => (Kind::Number, false),
        ValueKind::String => (Kind::String, false),
        ValueKind::Array => (Kind::Array, false),
        ValueKind::Object => (Kind::Object, false),
    };
    let mut action = state.action(of_json);
    if action == Action::Whole {
        action = if whole { state.whole } else { state.broken };
    }
    match action {
        Action::Keep | Action::Enter => Leaf::Keep,
        Action::Apply => Leaf::Rewrite(Rewrite { program, operations: automaton.operations(state).to_vec() }),
        Action::Null | Action::NullGoes | Action::Erase => Leaf::Null,
        Action::Drop => Leaf::Drop,
        Action::Whole | Action::Ask | Action::Tree => Leaf::Undecidable,
    }
}

impl Rewrite<'_> {
    /// Appends what a text becomes. `None`: it becomes null.
    ///
    /// # Errors
    ///
    /// The encryption key is missing and needed.
    pub fn text(
        &self,
        text: &str,
        keys: &Pseudonymizer,
        counts: &mut Counts,
        out: &mut String,
    ) -> Result<Option<()>, MissingKey> {
        self.apply(Value::String(text.into()), keys, counts, out)
    }

    /// Appends what a number becomes that is written as JSON writes it. `None`: it becomes null.
    ///
    /// # Errors
    ///
    /// The encryption key is missing and needed.
    pub fn number(
        &self,
        digits: &str,
        keys: &Pseudonymizer,
        counts: &mut Counts,
        out: &mut String,
    ) -> Result<Option<()>, MissingKey> {
        self.apply(Value::Number(digits.into()), keys, counts, out)
    }

    /// The same for `true` and `false`, which no transform is meant for.
    ///
    /// # Errors
    ///
    /// The encryption key is missing and needed.
    pub fn truth(
        &self,
        truth: bool,
        keys: &Pseudonymizer,
        counts: &mut Counts,
        out: &mut String,
    ) -> Result<Option<()>, MissingKey> {
        self.apply(Value::Bool(truth), keys, counts, out)
    }

    fn apply(
        &self,
        mut value: Value<'_>,
        keys: &Pseudonymizer,
        counts: &mut Counts,
        out: &mut String,
    ) -> Result<Option<()>, MissingKey> {
        let mut context =
            Context { keys, options: Options::default(), counts: *counts, may_write: usize::MAX };
        for operation in &self.operations {
            value = match operation {
                Operation::Unfilterable => {
                    context.counts.nulled += u64::from(value != Value::Null);
                    Value::Null
                }
                Operation::Transform(step) => {
                    let transform = &self.program.steps[*step as usize].transform;
                    transform.apply(value, &mut context)?.unwrap_or(Value::Null)
                }
            };
        }
        *counts = context.counts;
        match value {
            Value::String(text) => {
                out.push_str(&text);
                Ok(Some(()))
            }
            // No transform of records leaves anything else.
            _ => Ok(None),
        }
    }
}
