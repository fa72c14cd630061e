//! The executor that runs a [`Program`] in one pass over the bytes of a body, without a tree.
//!
//! What is kept is copied in runs, what is not listed is checked and skipped, and what a path reaches is
//! rewritten where it stands; the [`Automaton`] says which. Three things it leaves to the
//! [tree](crate::tree): values on which something depends that only they tell, documents in which a name
//! stands twice in one object, and documents that ask too much. The caller then runs the whole document.

mod apply;
mod ask;
mod expected;
mod follow;
mod memo;
mod output;
mod repeated;
mod shape;

use vizard_pseudonym::MissingKey;

use crate::automaton::{Action, Automaton, Kind, State, StateId};
use crate::counts::Counts;
use crate::json::{self, Member, Scanner, integral};
use crate::jsonpath::select::Steps;
use crate::program::Program;
use crate::schema::project::LOOK_AHEAD;
use crate::transform::Context;
use crate::tree::{self, Budgets, Stopped};
use crate::unsanitizable::Unsanitizable;
use expected::{Expected, Name, Order};
use follow::Alike;
use memo::Memo;
use output::Output;
use repeated::Repeated;

/// What questions may read ahead, as a multiple of the body: filters inside filters read a value again.
const READ_AHEAD: usize = 8;

/// Why the pass over a document ended early.
pub(crate) enum Stop {
    /// The document is refused.
    Refused(Unsanitizable),
    /// The document needs the tree.
    NeedsTree,
}

impl From<Unsanitizable> for Stop {
    fn from(why: Unsanitizable) -> Stop {
        Stop::Refused(why)
    }
}

// A document that cannot be finished may also not be JSON further on, which the tree would find out first.
impl From<Stopped> for Stop {
    fn from(_: Stopped) -> Stop {
        Stop::NeedsTree
    }
}

impl From<MissingKey> for Stop {
    fn from(_: MissingKey) -> Stop {
        Stop::NeedsTree
    }
}

/// A pass over the documents of one body.
pub(crate) struct Pass<'a, 'p, 'c> {
    program: &'p Program,
    automaton: &'p Automaton,
    scan: Scanner<'a>,
    output: Output<'a>,
    context: Context<'c>,
    /// Scalars that were written.
    scalars: u64,
    before: Before,
    /// Arrays and objects around the current place.
    open: Vec<Open<'p>>,
    expected: Expected,
    alike: Alike,
    repeated: Repeated,
    memo: Memo,
    /// Room for the members of a glimpse.
    glimpsed: Vec<Member<'a>>,
    /// What an escaped string says.
    decoded: String,
    budgets: Budgets,
    read_ahead: usize,
}

/// An array or object that was entered.
struct Open<'p> {
    state: &'p State,
    /// The bracket that ends it.
    close: u8,
    /// Whether something of it was read, and whether something of it was written.
    read: bool,
    written: bool,
    /// Where its names begin among those of [`Repeated`].
    names: usize,
    /// Which of the first 64 names of the automaton stood in it.
    listed: u64,
    order: Order,
}

/// What the source wrote before a value, by place: it leaves only if the value does.
#[derive(Clone, Copy)]
struct Before {
    comma: Option<usize>,
    /// Elements and documents have no name.
    is_named: bool,
    name: Name,
}

impl Before {
    /// Nothing, or something that is written already.
    const NONE: Before = Before { comma: None, is_named: false, name: Name::NONE };
}

/// To where everything can be undone that was done since.
pub(crate) struct Mark {
    pub(crate) at: usize,
    written: usize,
    counts: Counts,
    may_write: usize,
    scalars: u64,
}

impl<'a, 'p, 'c> Pass<'a, 'p, 'c> {
    /// The room is what the output is written to; what it held is gone.
    pub(crate) fn new(
        program: &'p Program,
        automaton: &'p Automaton,
        scan: Scanner<'a>,
        context: Context<'c>,
        room: String,
    ) -> Self {
        let body = scan.text().len();
        Pass {
            program,
            automaton,
            output: Output::new(scan.text(), room),
            scan,
            context,
            scalars: 0,
            before: Before::NONE,
            open: Vec::with_capacity(16),
            expected: Expected::new(body),
            alike: Alike::new(body),
            repeated: Repeated::default(),
            memo: Memo::new(body),
            glimpsed: Vec::new(),
            decoded: String::new(),
            budgets: Budgets { filters: Vec::new(), look_ahead: LOOK_AHEAD },
            read_ahead: 0,
        }
    }

    /// The next byte of the body.
    pub(crate) fn at(&self) -> usize {
        self.scan.at
    }

    /// Goes to the next document, if there is one.
    pub(crate) fn next(&mut self) -> Option<Mark> {
        self.scan.skip_space();
        self.scan.peek()?;
        let Context { counts, may_write, .. } = self.context;
        let written = self.output.len();
        Some(Mark { at: self.scan.at, written, counts, may_write, scalars: self.scalars })
    }

    /// One document, written in a line of its own.
    pub(crate) fn document(&mut self) -> Result<(), Stop> {
        self.context.counts.documents += 1;
        self.budgets.look_ahead = LOOK_AHEAD;
        self.budgets.filters.clear();
        if self.automaton.asks() {
            self.budgets.filters.resize_with(self.automaton.paths(), Steps::default);
        }
        if self.output.len() > 0 {
            self.output.anew().push('\n');
        }
        let begun = self.output.len();
        let ends_itself = !matches!(Kind::at(&self.scan), Some(Kind::Null | Kind::Bool | Kind::Number));
        self.before = Before::NONE;
        self.value(StateId::START)?;
        while let Some(open) = self.open.last_mut() {
            self.scan.skip_space();
            let next = self.scan.peek();
            if next == Some(open.close) {
                self.output.keep(self.scan.at, self.scan.at + 1);
                self.scan.leave();
                self.repeated.leave(open.names);
                self.open.pop();
                continue;
            }
            let mut comma = None;
            if open.read {
                if next != Some(b',') {
                    return Err(self.scan.syntax().into());
                }
                comma = Some(self.scan.at);
                self.scan.step();
            }
            open.read = true;
            if open.close == b']' {
                let element = open.state.element;
                self.before.is_named = false;
                self.before.comma = comma;
                self.value(element)?;
            } else {
                self.member(comma)?;
            }
        }
        if self.output.len() == begun {
            // The rules remove the document itself.
            self.output.anew().push_str("null");
            self.scalars += 1;
        }
        Ok(self.scan.end_document(ends_itself)?)
    }

    /// The same by the tree, after everything since the mark is undone.
    pub(crate) fn document_by_tree(&mut self, mark: Mark) -> Result<(), Unsanitizable> {
        self.open.clear();
        self.repeated.forget();
        self.memo.forget();
        self.output.truncate(mark.written);
        self.context.counts = mark.counts;
        self.context.may_write = mark.may_write;
        self.scalars = mark.scalars;
        self.scan = self.scan.resume(mark.at);
        let mut document = json::document(&mut self.scan)?;
        tree::run(self.program, &mut document, &mut self.context)
            .map_err(|stopped| Unsanitizable::at(stopped.0, 0))?;
        self.scalars += document.scalars();
        let out = self.output.anew();
        if !out.is_empty() {
            out.push('\n');
        }
        json::write(&document, out);
        Ok(())
    }

    /// The body, what was done to it, and how many scalars are in it.
    pub(crate) fn finish(self) -> (String, Counts, u64) {
        (self.output.finish(), self.context.counts, self.scalars)
    }

    fn member(&mut self, comma: Option<usize>) -> Result<(), Stop> {
        let open = self.open.last_mut().expect("members stand in objects");
        let names = &self.automaton.names;
        let name = &mut self.before.name;
        self.expected.read(&mut self.scan, names, &mut open.order, &mut self.decoded, name)?;
        let to = self.automaton.member(open.state, name.id);
        if to != StateId::UNLISTED && self.is_repeated() {
            return Err(Stop::NeedsTree);
        }
        self.before.is_named = true;
        self.before.comma = comma;
        self.value(to)
    }

    /// Whether the name, or one that is taken for it, stood in this object before.
    fn is_repeated(&mut self) -> bool {
        let name = &self.before.name;
        let open = self.open.last_mut().expect("members stand in objects");
        if name.id.index() < 64 {
            let bit = 1 << name.id.index();
            let repeated = open.listed & bit != 0;
            open.listed |= bit;
            return repeated;
        }
        self.repeated.add(open.names, name.hash)
    }

    fn value(&mut self, mut id: StateId) -> Result<(), Stop> {
        let mut state = self.automaton.state(id);
        let Some(kind) = Kind::at(&self.scan) else { return Err(self.scan.syntax().into()) };
        let mut action = state.action(kind);
        loop {
            let start = self.scan.at;
            match action {
                Action::Keep => {
                    self.write();
                    self.scalar(kind)?;
                    self.output.keep(start, self.scan.at);
                    self.scalars += 1;
                }
                Action::Enter => {
                    self.write();
                    self.enter(id, kind)?;
                }
                Action::Apply => self.apply(state, kind)?,
                Action::Whole => {
                    let whole = integral(self.scan.number()?);
                    if whole && state.whole == Action::Keep {
                        self.write();
                        self.output.keep(start, self.scan.at);
                        self.scalars += 1;
                        return Ok(());
                    }
                    self.scan.at = start;
                    action = if whole { state.whole } else { state.broken };
                    if action == Action::Ask {
                        let Some(decided) = self.ask(id, kind)? else { return self.subtree(state) };
                        id = decided;
                        state = self.automaton.state(id);
                        action = state.whole;
                    }
                    continue;
                }
                Action::Null => {
                    self.scan.skip_value()?;
                    self.write();
                    self.output.anew().push_str("null");
                    self.context.counts.nulled += 1;
                    self.scalars += 1;
                }
                Action::Erase => {
                    self.scan.skip_value()?;
                    self.write();
                    self.output.anew().push_str("null");
                    self.context.counts.removed += 1;
                    self.scalars += 1;
                }
                Action::NullGoes => {
                    self.scan.skip_value()?;
                    self.context.counts.nulled += u64::from(kind != Kind::Null);
                    self.context.counts.removed += 1;
                }
                Action::Drop => {
                    self.scan.skip_value()?;
                    self.context.counts.removed += 1;
                }
                Action::Ask => match self.ask(id, kind)? {
                    Some(decided) => {
                        id = decided;
                        state = self.automaton.state(id);
                        action = state.action(kind);
                        continue;
                    }
                    None => self.subtree(state)?,
                },
                Action::Tree => self.subtree(state)?,
            }
            return Ok(());
        }
    }

    fn scalar(&mut self, kind: Kind) -> Result<(), Unsanitizable> {
        match kind {
            Kind::String => self.scan.text_value().map(drop),
            Kind::Number => self.scan.number().map(drop),
            _ => self.scan.literal(),
        }
    }

    fn enter(&mut self, id: StateId, kind: Kind) -> Result<(), Stop> {
        if kind == Kind::Object && self.follow(id)? {
            return Ok(());
        }
        let start = self.scan.at;
        self.scan.enter()?;
        self.output.keep(start, self.scan.at);
        self.open(id, kind);
        Ok(())
    }

    fn open(&mut self, id: StateId, kind: Kind) {
        let close = if kind == Kind::Object { b'}' } else { b']' };
        let names = self.repeated.enter();
        self.open.push(Open {
            state: self.automaton.state(id),
            close,
            read: false,
            written: false,
            names,
            listed: 0,
            order: self.expected.begin(id, self.open.len()),
        });
    }

    /// Writes what stands before a value that leaves.
    #[inline]
    fn write(&mut self) {
        let Before { comma, is_named, name } = &self.before;
        if let Some(open) = self.open.last_mut() {
            if let (true, Some(comma)) = (open.written, comma) {
                self.output.keep(*comma, comma + 1);
            }
            open.written = true;
        }
        if *is_named {
            self.output.keep(name.from, name.to);
            if name.colon >= name.to {
                self.output.keep(name.colon, name.colon + 1);
            }
        }
    }
}

impl Kind {
    /// The kind of the value that begins at the scanner's place, if one does.
    #[inline]
    fn at(scan: &Scanner<'_>) -> Option<Kind> {
        KINDS[usize::from(scan.peek()?)]
    }
}

/// By first byte.
const KINDS: [Option<Kind>; 256] = {
    let mut kinds = [None; 256];
    let mut digit = b'0';
    while digit <= b'9' {
        kinds[digit as usize] = Some(Kind::Number);
        digit += 1;
    }
    kinds[b'-' as usize] = Some(Kind::Number);
    kinds[b'"' as usize] = Some(Kind::String);
    kinds[b'{' as usize] = Some(Kind::Object);
    kinds[b'[' as usize] = Some(Kind::Array);
    kinds[b't' as usize] = Some(Kind::Bool);
    kinds[b'f' as usize] = Some(Kind::Bool);
    kinds[b'n' as usize] = Some(Kind::Null);
    kinds
};

#[cfg(test)]
mod tests;
