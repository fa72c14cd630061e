//! What transforms make of scalars, written where they stand.

use std::borrow::Cow;

use super::{Pass, Stop};
use crate::automaton::{Kind, Operation, State};
use crate::json::{self, Value, java_text};
use crate::transform::Transform;
use crate::tree;

impl<'p> Pass<'_, 'p, '_> {
    /// Takes a scalar through the transforms that reach it.
    pub(super) fn apply(&mut self, state: &'p State, kind: Kind) -> Result<(), Stop> {
        let operations = self.automaton.operations(state);
        if let [Operation::Transform(step)] = operations
            && self.program.steps[*step as usize].transform.can_write()
            && self.apply_one(*step, kind)?
        {
            return Ok(());
        }
        let mut value = json::scalar(&mut self.scan)?;
        for operation in operations {
            match operation {
                Operation::Unfilterable => {
                    self.context.counts.nulled += u64::from(value != Value::Null);
                    value = Value::Null;
                }
                Operation::Transform(step) => {
                    tree::transform(&self.program.steps[*step as usize], &mut value, &mut self.context)?;
                }
            }
        }
        self.write();
        self.scalars += 1;
        json::write(&value, self.output.anew());
        Ok(())
    }

    /// The same for one transform that writes into the output. `false`: it must be given the value instead, and
    /// nothing is done.
    fn apply_one(&mut self, step: u32, kind: Kind) -> Result<bool, Stop> {
        let transform = &self.program.steps[step as usize].transform;
        let pseudonymizes = matches!(transform, Transform::Pseudonymize(_));
        let start = self.scan.at;
        let (text, begin) = match kind {
            Kind::String => {
                let quoted = self.scan.text_value()?;
                if quoted.escaped {
                    self.scan.at = start;
                    return Ok(false);
                }
                (Cow::Borrowed(&self.scan.text()[quoted.start..quoted.end]), quoted.start)
            }
            Kind::Number if pseudonymizes => (java_text(self.scan.number()?), start),
            _ => return Ok(false),
        };
        self.write();
        self.scalars += 1;
        let out = self.output.anew();
        let begun = out.len();
        // Only what stands in the source can be remembered by its place there.
        let remembers =
            pseudonymizes && self.memo.is_of_use() && self.scan.text()[begin..].starts_with(&*text);
        let known = remembers.then(|| self.memo.find(step, &text, self.scan.text()));
        match known {
            None => transform.write(&text, &mut self.context, out)?,
            Some(Ok(known)) => {
                out.extend_from_within(known);
                self.context.counts.pseudonymized += 1;
            }
            Some(Err(place)) => {
                let pseudonymized = self.context.counts.pseudonymized;
                transform.write(&text, &mut self.context, out)?;
                if self.context.counts.pseudonymized > pseudonymized {
                    self.memo.remember(place, step, begin..begin + text.len(), begun..out.len());
                }
            }
        }
        // As the tree counts: without the quotes.
        let written = (out.len() - begun).saturating_sub(2);
        self.context.take_room(written).ok_or(Stop::NeedsTree)?;
        Ok(true)
    }
}
