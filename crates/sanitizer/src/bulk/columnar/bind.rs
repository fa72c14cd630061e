//! The rules held against one header: which columns leave, in which order, made of what.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use vizard_pseudonym::{MissingKey, Pseudonymizer};

use super::made::Made;
use super::name::{Name, folded, shown};
use super::step::{self, Cell, PseudonymFormat, Step};
use super::{Columnar, Reason, Unbound};

/// Columnar rules bound to one header.
pub struct Columns {
    all: Vec<Column>,
    touched: usize,
    warnings: BTreeMap<&'static str, u64>,
}

/// A column of the output.
pub struct Column {
    /// Its header. It may be text of the file, which does not belong into a log.
    pub name: String,
    /// The column of the input that it is made of, from 0.
    pub source: usize,
    action: Action,
}

#[derive(Debug)]
enum Action {
    Copy,
    Pseudonymize(PseudonymFormat),
    Steps(Vec<Step>),
}

impl Columns {
    /// The columns of the output, in order; at least one.
    pub fn all(&self) -> &[Column] {
        &self.all
    }

    /// How many columns of the input do not leave, leave under another name, or leave changed.
    pub fn touched(&self) -> usize {
        self.touched
    }

    /// What the owner of the file should know, as stable codes with how often.
    ///
    /// `duplicate-column`: a name stands more than once in the header, and the last column of it leaves.
    /// `unnamed-columns`: several have no name, and the last of them leaves.
    pub fn warnings(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.warnings.iter().map(|(code, count)| (*code, *count))
    }
}

impl Column {
    /// Whether its cells leave as they came.
    pub fn is_copied(&self) -> bool {
        matches!(self.action, Action::Copy)
    }

    /// Appends what becomes of a cell, whose value has nothing blank around it. What is blank becomes nothing.
    ///
    /// # Errors
    ///
    /// A pseudonym needs a key that was not given; nothing is appended then.
    #[inline]
    pub fn cell(&self, value: &str, keys: &Pseudonymizer, out: &mut String) -> Result<Cell, MissingKey> {
        match &self.action {
            Action::Copy => {
                out.push_str(value);
                Ok(if value.is_empty() { Cell::Nothing } else { Cell::Kept })
            }
            Action::Pseudonymize(format) => format.append(value, keys, out),
            Action::Steps(steps) => step::run(steps, value, keys, out),
        }
    }

    /// Where a cell becomes a pseudonym and nothing is done besides, appends it as a cell of CSV, in quotes if it takes
    /// them. `None` of all other columns.
    ///
    /// # Errors
    ///
    /// As those of [`cell`](Self::cell).
    #[inline]
    pub fn pseudonym_for_csv(
        &self,
        value: &str,
        keys: &Pseudonymizer,
        out: &mut String,
    ) -> Option<Result<Cell, MissingKey>> {
        match &self.action {
            Action::Pseudonymize(format) => Some(format.append_to_csv(value, keys, out)),
            Action::Copy | Action::Steps(_) => None,
        }
    }
}

/// Says nothing of the header.
impl fmt::Debug for Columns {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Columns").field("all", &self.all).field("touched", &self.touched).finish()
    }
}

/// Says nothing of the header.
impl fmt::Debug for Column {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Column")
            .field("source", &self.source)
            .field("is_copied", &self.is_copied())
            .finish_non_exhaustive()
    }
}

/// The columns of a file by name.
struct Header<'h> {
    /// Where data of the name stands: in the last column that has it. And where it is spelled: in the first.
    by_name: HashMap<String, (usize, &'h str)>,
    warnings: BTreeMap<&'static str, u64>,
}

impl<'h> Header<'h> {
    fn read(header: &[&'h str]) -> Header<'h> {
        let mut read = Header { by_name: HashMap::with_capacity(header.len()), warnings: BTreeMap::new() };
        for (index, written) in header.iter().enumerate() {
            let name = folded(written);
            let code = if name.is_empty() { "unnamed-columns" } else { "duplicate-column" };
            let known = read.by_name.entry(name).or_insert((index, shown(written)));
            if known.0 != index {
                known.0 = index;
                *read.warnings.entry(code).or_default() += 1;
            }
        }
        read
    }

    fn position(&self, name: &Name) -> Option<usize> {
        self.by_name.get(&name.folded).map(|(index, _)| *index)
    }
}

/// What the rules say of the columns of a file, by name.
struct Standing<'h> {
    /// Neither redacted nor left out.
    passes: HashSet<&'h str>,
    /// Of these, those that leave under their own name.
    leaves: HashSet<&'h str>,
}

fn folded_names<'n>(names: impl Iterator<Item = &'n Name>) -> HashSet<&'n str> {
    names.map(|name| name.folded.as_str()).collect()
}

/// A column of the output on its way.
struct Draft<'r> {
    folded: &'r str,
    written: &'r str,
    source: usize,
    /// Where it stands, and by its name what comes first among equals.
    position: usize,
    steps: Vec<Step>,
    is_pseudonymized: bool,
    is_changed: bool,
}

impl Columnar {
    /// Holds the rules against a header.
    ///
    /// # Errors
    ///
    /// All names that the file does not have, and all other reasons why not a byte of it may leave.
    pub fn bind(&self, header: &[&str]) -> Result<Columns, Unbound> {
        let read = Header::read(header);
        let mut reasons = self.missing(&read);
        let standing = self.standing(&read);
        reasons.extend(self.collisions(&standing));
        if !reasons.is_empty() {
            return Err(Unbound { reasons });
        }
        let mut drafts = self.drafts(&read, &standing);
        if drafts.is_empty() {
            return Err(Unbound { reasons: vec![Reason::NothingLeft] });
        }
        drafts.sort_by(|a, b| (a.position, a.written).cmp(&(b.position, b.written)));
        let untouched: HashSet<usize> = {
            let changed: HashSet<usize> =
                drafts.iter().filter(|it| it.is_changed).map(|it| it.source).collect();
            drafts.iter().map(|it| it.source).filter(|it| !changed.contains(it)).collect()
        };
        Ok(Columns {
            all: drafts.into_iter().map(|it| self.column(it)).collect(),
            touched: header.len() - untouched.len(),
            warnings: read.warnings,
        })
    }

    /// The names that must be in the header and are not, each once.
    fn missing(&self, header: &Header<'_>) -> Vec<Reason> {
        let made = folded_names(self.made.iter().map(|made| &made.name));
        let pseudonymized_or_included = self.pseudonymize.iter().chain(self.include.iter().flatten());
        let not_made = pseudonymized_or_included.filter(|name| !made.contains(name.folded.as_str()));
        let sources = self.made.iter().map(|made| &made.source);
        let mut told = HashSet::new();
        let named = not_made.chain(&self.redact).chain(sources);
        let missing = named.filter(|name| header.position(name).is_none() && told.insert(&name.folded));
        missing.map(|name| Reason::Missing { name: name.written.clone() }).collect()
    }

    /// Looks the columns of a file up in the rules.
    fn standing<'h>(&self, header: &'h Header<'_>) -> Standing<'h> {
        let included = self.include.as_ref().map(|names| folded_names(names.iter()));
        let redacted = folded_names(self.redact.iter().chain(&self.redact_if_present));
        let renamed = folded_names(self.made.iter().filter(|made| made.is_rename()).map(|made| &made.source));
        let mut standing = Standing { passes: HashSet::new(), leaves: HashSet::new() };
        for name in header.by_name.keys().map(String::as_str) {
            if redacted.contains(name) || included.as_ref().is_some_and(|included| !included.contains(name)) {
                continue;
            }
            standing.passes.insert(name);
            if !renamed.contains(name) {
                standing.leaves.insert(name);
            }
        }
        standing
    }

    /// Columns whose place another would take.
    fn collisions(&self, standing: &Standing<'_>) -> Vec<Reason> {
        let collides = |made: &&Made| !made.replaces() && standing.leaves.contains(made.name.folded.as_str());
        let told = |made: &Made| Reason::Collides {
            name: made.name.written.clone(),
            source: made.source.written.clone(),
        };
        self.made.iter().filter(collides).map(told).collect()
    }

    fn drafts<'r>(&'r self, header: &'r Header<'_>, standing: &Standing<'_>) -> Vec<Draft<'r>> {
        let listed = folded_names(self.pseudonymize.iter().chain(&self.pseudonymize_if_present));
        // What is pseudonymized under any of its names is so under all.
        let mut sensitive = listed.clone();
        for made in
            self.made.iter().filter(|made| listed.contains(made.name.folded.as_str()) && made.is_copy())
        {
            sensitive.insert(&made.source.folded);
        }
        let (mut drafts, mut index) = (Vec::<Draft<'_>>::new(), HashMap::<&str, usize>::new());
        for made in &self.made {
            let Some(source) = header.position(&made.source) else { continue };
            let name = made.name.folded.as_str();
            let own = header.position(&made.name);
            let position = match made.is_rename() {
                true => own.map_or(source, |own| own.min(source)),
                false => own.unwrap_or(usize::MAX),
            };
            let draft = *index.entry(name).or_insert_with(|| {
                drafts.push(Draft {
                    folded: name,
                    written: &made.name.written,
                    source,
                    position,
                    steps: Vec::new(),
                    is_pseudonymized: listed.contains(name),
                    is_changed: true,
                });
                drafts.len() - 1
            });
            let draft = &mut drafts[draft];
            draft.position = draft.position.min(position);
            draft.steps.extend_from_slice(made.steps());
            let ends_clear = !draft.steps.iter().any(Step::is_pseudonymize);
            draft.is_pseudonymized =
                listed.contains(name) || sensitive.contains(made.source.folded.as_str()) && ends_clear;
        }
        for (name, (source, written)) in &header.by_name {
            if standing.leaves.contains(name.as_str()) && !index.contains_key(name.as_str()) {
                let is_pseudonymized = sensitive.contains(name.as_str());
                drafts.push(Draft {
                    folded: name,
                    written,
                    source: *source,
                    position: *source,
                    steps: Vec::new(),
                    is_pseudonymized,
                    is_changed: is_pseudonymized,
                });
            }
        }
        for draft in &mut drafts {
            // A column of the file that leaves spells its name; the rules spell all others.
            if let Some((_, spelled)) = header.by_name.get(draft.folded)
                && standing.passes.contains(draft.folded)
            {
                draft.written = spelled;
            }
        }
        drafts
    }

    fn column(&self, draft: Draft<'_>) -> Column {
        let mut steps = draft.steps;
        if draft.is_pseudonymized && !steps.last().is_some_and(Step::is_pseudonymize) {
            steps.push(Step::Pseudonymize(self.format));
        }
        let action = match steps.as_slice() {
            [] => Action::Copy,
            [Step::Pseudonymize(format)] => Action::Pseudonymize(*format),
            _ => Action::Steps(steps),
        };
        Column { name: draft.written.to_owned(), source: draft.source, action }
    }
}
