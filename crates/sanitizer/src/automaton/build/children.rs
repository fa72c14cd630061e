//! Where the members and elements of a value lead.

use super::super::items::{Item, Items, Role, Route, Step, down};
use super::super::shapes::Listed;
use super::super::{State, StateId};
use super::{Builder, Key, MAX_CELLS, TooLarge};
use crate::jsonpath::Selector;
use crate::schema::Shape;

impl<'p> Builder<'p> {
    /// What is listed for elements, and whether those that the schema makes null go.
    pub(super) fn element(&self, listed: Listed) -> (Listed, bool) {
        match (listed, self.schema) {
            (Listed::Array(shape), Some(schema)) => match &schema.shapes[shape] {
                Shape::Array(items) => (Listed::of(schema, *items, &self.ruling_out), true),
                _ => (Listed::Nothing, true),
            },
            _ => (Listed::Everything, false),
        }
    }

    /// What is listed for a member; `None` if it is not listed.
    pub(super) fn member(&self, listed: Listed, name: &str) -> Option<Listed> {
        match (listed, self.schema) {
            (Listed::Everything, _) => Some(Listed::Everything),
            (Listed::Object(shape), Some(schema)) => match &schema.shapes[shape] {
                Shape::Object(properties) => {
                    let found = properties.iter().find(|(it, _)| it == name);
                    found.map(|(_, it)| Listed::of(schema, *it, &self.ruling_out))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Where the members of objects lead.
    pub(super) fn members(&mut self, key: &Key, state: &mut State) -> Result<(), TooLarge> {
        let others = down(&key.items, Step::Member(None), &self.routes);
        let named = named(&key.items, &self.routes);
        let names: Vec<(&'p str, Listed)> = match (key.listed, self.schema) {
            (Listed::Object(shape), Some(schema)) => match &schema.shapes[shape] {
                Shape::Object(properties) => {
                    let listed = |it: &usize| Listed::of(schema, *it, &self.ruling_out);
                    properties.iter().map(|(name, it)| (name.as_str(), listed(it))).collect()
                }
                _ => Vec::new(),
            },
            _ => {
                state.other = self.place(Listed::Everything, others.clone())?;
                let mut names: Vec<_> = named.iter().map(|(name, _)| (*name, Listed::Everything)).collect();
                names.dedup();
                names
            }
        };
        if names.is_empty() {
            return Ok(());
        }
        let row = self.automaton.rows.len();
        let width = self.automaton.names.len();
        if row + width > MAX_CELLS {
            return Err(TooLarge);
        }
        self.automaton.rows.resize(row + width, state.other);
        state.row = Some(row as u32);
        // Most names that the schema lists are on no path, and many of those are listed alike.
        let mut alike: Vec<(Listed, StateId)> = Vec::new();
        for (name, listed) in names {
            let begin = named.partition_point(|(it, _)| *it < name);
            let reached = named[begin..].iter().take_while(|(it, _)| *it == name).map(|(_, item)| *item);
            let mut items: Items = reached.collect();
            let known = alike.iter().find(|(it, _)| items.is_empty() && *it == listed);
            let id = match known {
                Some((_, id)) => *id,
                None => {
                    let on_path = !items.is_empty();
                    items.extend(&others);
                    items.sort_unstable();
                    items.dedup();
                    let id = self.place(listed, items)?;
                    if !on_path {
                        alike.push((listed, id));
                    }
                    id
                }
            };
            self.automaton.rows[row + self.numbers[name].index()] = id;
        }
        Ok(())
    }

    /// The state of a member.
    fn place(&mut self, listed: Listed, items: Items) -> Result<StateId, TooLarge> {
        self.id(Key { listed, null_goes: false, items })
    }
}

/// The names that paths ask for here, with what follows, by name.
fn named<'p>(items: &[Item], routes: &[Route<'p>]) -> Vec<(&'p str, Item)> {
    let mut named: Vec<(&str, Item)> = Vec::new();
    for item in items.iter().filter(|it| it.role == Role::At) {
        if let Some(Selector::Names(names)) = item.segment(routes).map(|it| &it.selector) {
            named.extend(names.iter().map(|name| (name.as_str(), item.further())));
        }
    }
    named.sort_unstable();
    named
}
