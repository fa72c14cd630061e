//! What the way to a value does not tell: filters, asked on a glimpse ahead, and values left to the tree.

use super::expected::Name;
use super::{Pass, READ_AHEAD, Stop};
use crate::automaton::{Kind, Question, State, StateId};
use crate::counts::Counts;
use crate::json::{self, Interest, Member, Scanner, Value};
use crate::jsonpath::Selector;
use crate::tree;
use crate::unsanitizable::Unsanitizable;

impl<'a, 'p> Pass<'a, 'p, '_> {
    /// Asks the filters that stand on this value; `None` when a glimpse does not tell enough.
    pub(super) fn ask(&mut self, id: StateId, kind: Kind) -> Result<Option<StateId>, Stop> {
        let question = self.automaton.question(self.automaton.state(id), kind);
        let mut ahead = self.scan.clone();
        let mut blurred = false;
        let mut glimpse = self.glimpse(&mut ahead, id, question, &mut blurred)?;
        self.read_ahead += ahead.at - self.scan.at;
        if self.read_ahead / READ_AHEAD > self.scan.text().len() {
            return Err(Stop::NeedsTree);
        }
        if blurred {
            return Ok(None);
        }
        if let (Some(schema), Some(shape)) = (&self.program.schema, question.shape) {
            let look_ahead = &mut self.budgets.look_ahead;
            schema.project_at(shape, &mut glimpse, &mut Counts::default(), look_ahead);
        }
        let mut answers = 0;
        for (bit, asked) in question.filters.iter().enumerate() {
            let path = &self.program.steps[asked.step].paths[asked.path];
            let Selector::Filter(filter) = &path.segments[asked.segment].selector else { continue };
            let accepts = filter.accepts(&glimpse, &glimpse, &self.budgets.filters[asked.order]);
            answers |= usize::from(accepts) << bit;
        }
        if let Value::Object(mut members) = glimpse {
            members.clear();
            self.glimpsed = members;
        }
        Ok(Some(question.then[answers]))
    }

    /// Reads ahead what the filters look at.
    fn glimpse(
        &mut self,
        ahead: &mut Scanner<'a>,
        id: StateId,
        question: &'p Question,
        blurred: &mut bool,
    ) -> Result<Value<'a>, Unsanitizable> {
        let (Some(b'{'), Interest::Members(wanted)) = (ahead.peek(), &question.interest) else {
            return json::glimpse(ahead, &question.interest, blurred);
        };
        let mut members = std::mem::take(&mut self.glimpsed);
        let mut order = self.expected.begin(id, self.open.len());
        let mut name = Name::NONE;
        ahead.enter()?;
        ahead.skip_space();
        while ahead.peek() != Some(b'}') {
            let names = &self.automaton.names;
            self.expected.read(ahead, names, &mut order, &mut self.decoded, &mut name)?;
            match question.names.iter().position(|it| *it == name.id) {
                None => ahead.skip_value()?,
                Some(at) => {
                    let (text, interest) = &wanted[at];
                    let value = json::glimpse(ahead, interest, blurred)?;
                    match members.iter_mut().find(|member| *member.name == **text) {
                        Some(first) => first.value = value,
                        None => {
                            let name = name.text(ahead.text(), text);
                            members.push(Member { name, value, added: false });
                        }
                    }
                }
            }
            ahead.skip_space();
            match ahead.peek() {
                Some(b'}') => {}
                Some(b',') => {
                    ahead.step();
                    if ahead.peek() != Some(b'"') {
                        return Err(ahead.syntax());
                    }
                }
                _ => return Err(ahead.syntax()),
            }
        }
        ahead.leave();
        Ok(Value::Object(members))
    }

    /// Leaves a value to the tree.
    pub(super) fn subtree(&mut self, state: &'p State) -> Result<(), Stop> {
        let value = json::parse_value(&mut self.scan)?;
        let entry = self.automaton.entry(state);
        let value = tree::run_at(self.program, entry, value, &mut self.budgets, &mut self.context)?;
        if let Some(value) = value {
            self.scalars += value.scalars();
            self.write();
            json::write(&value, self.output.anew());
        }
        Ok(())
    }
}
