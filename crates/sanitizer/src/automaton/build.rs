//! [`Program`] to [`Automaton`]: states are the sets of ways in which schema and paths can stand at a place,
//! found from the root.

mod children;

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::filters::{interest, looks_up, merged, names_in, projects_alike, undisturbed};
use super::items::{Item, Items, Role, Route, Step, arrivals, counts_elements, down, routes};
use super::names::{NameId, Names};
use super::shapes::{Fit, Listed, ruling_out};
use super::{Action, Asked, Automaton, Kind, Operation, Question, State, StateId};
use crate::json::Interest;
use crate::jsonpath::{Path, Selector};
use crate::program::Program;
use crate::schema::{Schema, Shape};
use crate::tree::Entry;

/// States of one endpoint, at most.
const MAX_STATES: usize = 8_192;
/// Cells in the rows of one endpoint, at most: 2 MiB.
const MAX_CELLS: usize = 1 << 19;
/// Paths on their way in all states of one endpoint, at most: what finding the states costs.
const MAX_ITEMS: usize = 1 << 17;
/// Names that the asked filters of all states look at, times the paths on their way there, at most: what finding
/// out costs whether they can be asked ahead.
const MAX_LOOKS: usize = 1 << 18;
/// Filters asked about one value at a time; more are left to the tree.
const MAX_ASKED: usize = 6;

/// The paths of the endpoint meet in too many ways for a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// Compiles an endpoint. `None` where every document needs the tree as a whole: with augments, with conditions
/// on transforms, and with filters that look up from `$`. With the schema last also where anything looks at values, because
/// it would have to look at what the transforms made of them.
pub(crate) fn build(program: &Program) -> Result<Option<Automaton>, TooLarge> {
    let has_condition = program.steps.iter().any(|step| step.condition.is_some());
    let looks = program.schema_last && looks_at_values(program);
    if has_condition || !program.augments.is_empty() || any_looks_up(program) || looks {
        return Ok(None);
    }
    let routes = routes(program);
    if routes.len() > usize::from(u16::MAX) {
        return Err(TooLarge);
    }
    let schema = program.schema.as_ref();
    let (names, numbers) = Names::number(all_names(schema, &routes).into_iter()).ok_or(TooLarge)?;
    let mut builder = Builder {
        program,
        schema,
        ruling_out: schema.map(ruling_out).unwrap_or_default(),
        numbers,
        known: HashMap::default(),
        items: 0,
        looks: 0,
        waiting: Vec::new(),
        automaton: Automaton {
            names,
            states: Vec::new(),
            rows: Vec::new(),
            operations: Vec::new(),
            questions: Vec::new(),
            entries: Vec::new(),
            paths: routes.len(),
        },
        routes,
    };
    builder.run()?;
    Ok(Some(builder.automaton))
}

fn any_looks_up(program: &Program) -> bool {
    let looks_up = |path: &Path| {
        path.segments.iter().any(|segment| match &segment.selector {
            Selector::Filter(filter) => looks_up(filter),
            _ => false,
        })
    };
    program.steps.iter().flat_map(|step| &step.paths).any(looks_up)
}

/// Whether a filter, a position in a list or a part of the schema decides by more than the way to a place.
fn looks_at_values(program: &Program) -> bool {
    let decides =
        |shape: &Shape| matches!(shape, Shape::AnyOf(_) | Shape::Constant(_) | Shape::Conditional { .. });
    let by_name = |selector: &Selector| matches!(selector, Selector::Names(_) | Selector::Wildcard);
    let paths = program.steps.iter().flat_map(|step| &step.paths);
    program.schema.iter().flat_map(|schema| &schema.shapes).any(decides)
        || paths.flat_map(|path| &path.segments).any(|segment| !by_name(&segment.selector))
}

/// Every name that schema, paths or filters speak of.
fn all_names<'p>(schema: Option<&'p Schema>, routes: &[Route<'p>]) -> Vec<&'p str> {
    let mut names = Vec::new();
    for shape in schema.into_iter().flat_map(|schema| &schema.shapes) {
        if let Shape::Object(properties) = shape {
            names.extend(properties.iter().map(|(name, _)| name.as_str()));
        }
    }
    for segment in routes.iter().flat_map(|route| route.segments) {
        match &segment.selector {
            Selector::Names(reached) => names.extend(reached.iter().map(String::as_str)),
            Selector::Filter(filter) => names_in(filter, &mut names),
            Selector::Wildcard | Selector::Indexes(_) | Selector::Slice { .. } => {}
        }
    }
    names
}

/// What makes a place what it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    listed: Listed,
    /// An element of a list in the schema, which goes when the schema makes it null.
    null_goes: bool,
    items: Items,
}

struct Builder<'p> {
    program: &'p Program,
    schema: Option<&'p Schema>,
    ruling_out: Vec<bool>,
    routes: Vec<Route<'p>>,
    numbers: HashMap<&'p str, NameId>,
    known: HashMap<Key, StateId, FxBuildHasher>,
    /// Those of all states.
    items: usize,
    /// See [`MAX_LOOKS`].
    looks: usize,
    /// Known, but not built yet.
    waiting: Vec<(StateId, Key)>,
    automaton: Automaton,
}

/// What stands for a state until it is built; also the state of what is not listed.
const DROPS: State = State {
    actions: [Action::Drop; Kind::ALL.len()],
    whole: Action::Drop,
    broken: Action::Drop,
    operations: 0..0,
    row: None,
    other: StateId::UNLISTED,
    element: StateId::UNLISTED,
    questions: [None; 2],
    entry: None,
};

impl<'p> Builder<'p> {
    fn run(&mut self) -> Result<(), TooLarge> {
        self.automaton.states.push(DROPS);
        let listed = match self.schema {
            Some(schema) => Listed::of(schema, schema.root, &self.ruling_out),
            None => Listed::Everything,
        };
        let items = (0..self.routes.len()).map(|order| Item::at(order, 0)).collect();
        let start = self.id(Key { listed, null_goes: false, items })?;
        debug_assert_eq!(start, StateId::START);
        while let Some((id, key)) = self.waiting.pop() {
            let state = self.state(&key)?;
            self.automaton.states[id.0 as usize] = state;
        }
        Ok(())
    }

    /// The state of a place, which is built later if it is new.
    fn id(&mut self, key: Key) -> Result<StateId, TooLarge> {
        if let Some(id) = self.known.get(&key) {
            return Ok(*id);
        }
        self.items += key.items.len();
        if self.automaton.states.len() == MAX_STATES || self.items > MAX_ITEMS {
            return Err(TooLarge);
        }
        let id = StateId(self.automaton.states.len() as u32);
        self.automaton.states.push(DROPS);
        self.known.insert(key.clone(), id);
        self.waiting.push((id, key));
        Ok(id)
    }

    fn state(&mut self, key: &Key) -> Result<State, TooLarge> {
        let mut state = DROPS;
        let mut objects_asked = Vec::new();
        let mut others_asked = Vec::new();
        for kind in Kind::ALL {
            let asked = self.asked(key, kind);
            self.look(key, &asked)?;
            state.actions[kind as usize] = self.action(key, kind, &asked);
            match kind {
                Kind::Object => objects_asked = asked,
                _ => others_asked = if asked.is_empty() { others_asked } else { asked },
            }
        }
        let number = Kind::Number as usize;
        if state.actions[number] != Action::Drop && key.listed.fits(Kind::Number) == Fit::IfWhole {
            state.whole = state.actions[number];
            state.broken = self.nulled(key);
            state.actions[number] = Action::Whole;
        }
        let begun = self.automaton.operations.len() as u32;
        self.automaton.operations.extend(operations(key, &self.routes));
        state.operations = begun..self.automaton.operations.len() as u32;

        let uses = |action| state.actions.contains(&action) || state.whole == action;
        if uses(Action::Tree) || uses(Action::Ask) {
            state.entry = Some(self.automaton.entries.len() as u32);
            let paths = arrivals(&key.items, &self.routes);
            // What the schema makes of scalars is told by the action already, but for look-ahead.
            let entry = Entry { shape: key.listed.shape(), null_goes: key.null_goes, paths };
            self.automaton.entries.push(entry);
        }
        if uses(Action::Ask) {
            let objects = state.actions[Kind::Object as usize] == Action::Ask;
            let others =
                Kind::ALL.iter().any(|&it| it != Kind::Object && state.actions[it as usize] == Action::Ask)
                    || state.whole == Action::Ask;
            if objects {
                state.questions[0] = Some(self.question(key, Kind::Object, &objects_asked)?);
            }
            if others {
                state.questions[1] = Some(self.question(key, Kind::Array, &others_asked)?);
            }
        }
        if state.actions[Kind::Array as usize] == Action::Enter {
            let (listed, null_goes) = self.element(key.listed);
            let items = down(&key.items, Step::Element, &self.routes);
            state.element = self.id(Key { listed, null_goes, items })?;
        }
        if state.actions[Kind::Object as usize] == Action::Enter {
            self.members(key, &mut state)?;
        }
        Ok(state)
    }

    /// What happens to values of a kind; of whole numbers, where only those are listed.
    fn action(&self, key: &Key, kind: Kind, asked: &[Item]) -> Action {
        if self.program.schema_last && key.items.iter().any(|it| it.has_arrived(&self.routes)) {
            return self.action_before_schema(key, kind);
        }
        if matches!(key.listed, Listed::LookAhead(_)) {
            return Action::Tree;
        }
        let removed = self.is_removed(key);
        if key.listed.fits(kind) == Fit::Null || (key.null_goes && kind == Kind::Null) {
            return match kind {
                Kind::Null if !key.null_goes && !removed => Action::Keep,
                _ => self.nulled(key),
            };
        }
        if removed {
            return Action::Drop;
        }
        // Whatever else reaches it makes nothing of null.
        if key.items.iter().any(|it| it.has_arrived(&self.routes) && self.routes[it.order()].erases) {
            return if kind == Kind::Null { Action::Keep } else { Action::Erase };
        }
        if !asked.is_empty() {
            return if self.interest(key, kind, asked).is_some() { Action::Ask } else { Action::Tree };
        }
        let arrived = key.items.iter().any(|it| it.has_arrived(&self.routes));
        match kind {
            Kind::Null => Action::Keep,
            Kind::Array | Kind::Object if arrived => Action::Null,
            Kind::Array if counts_elements(&key.items, &self.routes) => Action::Tree,
            Kind::Array | Kind::Object => Action::Enter,
            _ if arrived || key.items.iter().any(|it| it.needs_container(&self.routes)) => Action::Apply,
            _ => Action::Keep,
        }
    }

    /// What happens to values of a kind that transforms reach and the schema judges then.
    fn action_before_schema(&self, key: &Key, kind: Kind) -> Action {
        let arrived = key.items.iter().filter(|it| it.has_arrived(&self.routes));
        let made = arrived.fold(kind, |kind, item| {
            self.program.steps[self.routes[item.order()].step].transform.kind_of_records(kind)
        });
        let erased =
            key.items.iter().any(|it| it.has_arrived(&self.routes) && self.routes[it.order()].erases);
        match made {
            Kind::Null if key.null_goes => Action::NullGoes,
            Kind::Null if kind == Kind::Null => Action::Keep,
            Kind::Null if erased => Action::Erase,
            Kind::Null => Action::Null,
            made if key.listed.fits(made) == Fit::Fits => Action::Apply,
            _ => self.nulled(key),
        }
    }

    /// What happens to a value that the schema makes null.
    fn nulled(&self, key: &Key) -> Action {
        match (key.null_goes, self.is_removed(key)) {
            (true, _) => Action::NullGoes,
            (false, true) => Action::Drop,
            (false, false) => Action::Null,
        }
    }

    fn is_removed(&self, key: &Key) -> bool {
        key.items.iter().any(|it| it.has_arrived(&self.routes) && self.routes[it.order()].removes)
    }

    /// The items whose filters must be asked about a value of a kind before it is known what happens to it.
    fn asked(&self, key: &Key, kind: Kind) -> Items {
        let is_object = kind == Kind::Object;
        let is_asked = |item: &&Item| match item.role {
            Role::At => {
                is_object && item.filter(&self.routes).is_some() && !key.items.contains(&item.asked())
            }
            // After `..` an object is asked when it is reached itself.
            Role::Element => !(is_object && item.segment(&self.routes).is_some_and(|it| it.descend)),
            Role::Asked => false,
        };
        key.items.iter().filter(is_asked).copied().collect()
    }

    /// Counts what the filters look at.
    fn look(&mut self, key: &Key, asked: &[Item]) -> Result<(), TooLarge> {
        let mut names = Vec::new();
        if asked.len() <= MAX_ASKED {
            asked.iter().filter_map(|it| it.filter(&self.routes)).for_each(|it| names_in(it, &mut names));
        }
        self.looks += names.len() * key.items.len();
        if self.looks > MAX_LOOKS { Err(TooLarge) } else { Ok(()) }
    }

    /// What the filters look at, if they can be asked ahead.
    fn interest(&self, key: &Key, kind: Kind, asked: &[Item]) -> Option<Interest> {
        if asked.len() > MAX_ASKED {
            return None;
        }
        let member = |listed: Listed, name: &str| self.member(listed, name).unwrap_or(Listed::Nothing);
        let mut all = Interest::Presence;
        for item in asked {
            let interest = interest(item.filter(&self.routes)?)?;
            if !projects_alike(key.listed, &interest, &member) {
                return None;
            }
            let scalar = !kind.is_container();
            all = merged(all, undisturbed(&key.items, interest, item.order(), scalar, &self.routes)?);
        }
        Some(all)
    }

    fn question(&mut self, key: &Key, kind: Kind, asked: &[Item]) -> Result<u32, TooLarge> {
        let interest = self.interest(key, kind, asked).expect("the action is to ask");
        let of_path = |item: &Item| {
            let Route { step, path, .. } = self.routes[item.order()];
            Asked { step, path, segment: item.taken(), order: item.order() }
        };
        let filters = asked.iter().map(of_path).collect();
        let mut then = Vec::new();
        for answers in 0..1_usize << asked.len() {
            let mut items: Items = key.items.iter().filter(|it| it.role != Role::Element).copied().collect();
            for (bit, item) in asked.iter().enumerate() {
                if item.role == Role::At {
                    items.push(item.asked());
                }
                if answers & (1 << bit) != 0 {
                    items.push(item.further());
                }
            }
            items.sort_unstable();
            items.dedup();
            then.push(self.id(Key { items, ..*key })?);
        }
        // The schema leaves scalars that fit as they are.
        let shape = if kind.is_container() { key.listed.shape() } else { None };
        let names = match &interest {
            Interest::Members(members) => {
                members.iter().map(|(name, _)| self.numbers[name.as_str()]).collect()
            }
            Interest::Presence | Interest::Whole | Interest::Scalar => Vec::new(),
        };
        self.automaton.questions.push(Question { filters, interest, names, shape, then });
        Ok(self.automaton.questions.len() as u32 - 1)
    }
}

/// What is done to scalars at a place, in the order of the file.
fn operations(key: &Key, routes: &[Route<'_>]) -> Vec<Operation> {
    let operation = |item: &Item| {
        if item.needs_container(routes) {
            Some(Operation::Unfilterable)
        } else if item.has_arrived(routes) && !routes[item.order()].removes {
            Some(Operation::Transform(routes[item.order()].step as u32))
        } else {
            None
        }
    };
    key.items.iter().filter_map(operation).collect()
}

#[cfg(test)]
mod tests {
    use crate::RuleSet;
    use crate::testing::{program, run};

    /// How many states and cells an endpoint compiles to.
    fn size(endpoint: &str) -> Option<(usize, usize)> {
        program(endpoint).unwrap().automaton.map(|automaton| automaton.size())
    }

    #[test]
    fn makes_a_state_for_each_kind_of_place() {
        let redact = |paths: &str| format!("  transforms: [!<redact> {{jsonPaths: [{paths}]}}]");
        for (endpoint, expected) in [
            // What is not listed, and everything.
            (String::new(), Some((2, 0))),
            (redact("'$.a'"), Some((4, 1))),
            // One for each path, whatever names it lists.
            (redact("'$.a', '$.b', \"$['c','d']\""), Some((6, 4))),
            (redact("'$..a'"), Some((3, 1))),
            (redact("'$..a.b', '$..b'"), Some((5, 4))),
            (
                "  responseSchema: {properties: {a: {type: string}, b: {type: string}}}".to_owned(),
                Some((3, 2)),
            ),
            (
                "  responseSchema: {$ref: '#/definitions/A'}\ndefinitions:\n  \
                 A: {properties: {a: {items: {$ref: '#/definitions/A'}}}}"
                    .to_owned(),
                Some((4, 2)),
            ),
            // An object or an element of a list before it is asked, and one for each answer.
            (redact("'$[?(@.t == 1)].a'"), Some((8, 4))),
            // Whole documents for the tree.
            (redact("\"$[?(@.t == $.u)].a\""), None),
            ("  augments: [!<textDigest> {jsonPaths: ['$.a']}]".to_owned(), None),
            ("  transforms: [!<redact> {jsonPaths: ['$.a'], applyOnlyWhen: '$[?(@.t)]'}]".to_owned(), None),
        ] {
            assert_eq!(size(&endpoint), expected, "{endpoint}");
        }
    }

    #[test]
    fn says_when_paths_meet_in_too_many_ways() {
        let path = format!("${}{}{}", "..a".repeat(60), "['a[*]','b[*]']['c[*]']", "..a".repeat(10));
        let rules = format!(
            "endpoints:\n- pathTemplate: /x\n  transforms:\n  - !<redact> {{jsonPaths: [\"{path}\", '$.b']}}\n"
        );
        let warnings = RuleSet::load("r", &rules).unwrap().warnings;
        assert_eq!(warnings.iter().filter(|it| it.code == "too-many-states").count(), 1);
        let endpoint = rules.split_once("/x\n").unwrap().1;
        assert_eq!(run(endpoint, r#"{"a":1,"b":2}"#).unwrap().0, r#"{"a":1}"#);
    }
}
