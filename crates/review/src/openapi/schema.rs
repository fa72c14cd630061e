//! Schemas, walked place by place: what may stand where, whichever way the schema says it.

mod kinds;

use serde_json::{Map, Value};
use vizard_sanitizer::outline::Part;

use super::notes::{At, Notes, Oddity};
use super::spots::{Face, Spots};
use super::{Kind, example, reference};

/// Deepest way through schemas, references and compositions included.
const MAX_DEPTH: usize = 120;
/// Most schemas that are visited for one call.
const MAX_VISITS: usize = 100_000;
/// Most schemas that are visited for the whole file.
const MAX_VISITS_IN_ALL: usize = 4_000_000;
/// How much of a description is kept.
const DESCRIPTION: usize = 200;

/// Walks the schemas of a file.
pub(super) struct Walker<'v> {
    root: &'v Value,
    pub(super) notes: Notes,
    visits_in_all: usize,
}

/// One walk, for the answers of one call.
pub(super) struct Walk {
    pub(super) spots: Spots,
    visits: usize,
    pub(super) is_cut: bool,
}

impl Walk {
    pub(super) fn new() -> Walk {
        Walk { spots: Spots::default(), visits: 0, is_cut: false }
    }
}

/// The schemas on the way, the innermost first.
#[derive(Clone, Copy)]
struct Way<'w, 'v> {
    schema: &'v Value,
    outer: Option<&'w Way<'w, 'v>>,
    depth: usize,
    /// Part of a composition: what it does not say, another part may say.
    is_part: bool,
}

impl<'v> Walker<'v> {
    pub(super) fn new(root: &'v Value) -> Walker<'v> {
        Walker { root, notes: Notes::default(), visits_in_all: 0 }
    }

    /// Follows `$ref` after `$ref` to something that is none; for what is no schema. Gives its pointer, too.
    pub(super) fn resolve(&mut self, value: &'v Value, at: &At<'_>) -> Option<(&'v Value, String)> {
        let (mut value, mut pointer) = (value, at.pointer());
        for _ in 0..16 {
            let Some(to) = value.get("$ref") else { return Some((value, pointer)) };
            let here = At::Start(&pointer);
            let Some(to) = to.as_str() else {
                self.notes.add(Oddity::WrongKind, &here, || "`$ref` is no text".to_owned());
                return Some((value, pointer));
            };
            let target = reference::follow(self.root, to, &here, &mut self.notes)?;
            (value, pointer) = (target.value, target.pointer);
        }
        self.notes.add(Oddity::ReferenceNowhere, at, || "this reference leads round in a circle".to_owned());
        None
    }

    /// Adds everything that a schema lists to the document's places.
    pub(super) fn add(&mut self, schema: &'v Value, walk: &mut Walk, at: &At<'_>) {
        let way = Way { schema, outer: None, depth: 0, is_part: false };
        self.visit(way, walk, Spots::ROOT, at);
        if walk.spots.is_full && !walk.is_cut {
            walk.is_cut = true;
            self.notes
                .add(Oddity::TooLarge, at, || "more than 50000 places; the rest is left out".to_owned());
        }
    }

    fn visit(&mut self, way: Way<'_, 'v>, walk: &mut Walk, spot: usize, at: &At<'_>) {
        walk.visits += 1;
        self.visits_in_all += 1;
        if walk.visits > MAX_VISITS || self.visits_in_all > MAX_VISITS_IN_ALL || way.depth > MAX_DEPTH {
            if !walk.is_cut {
                walk.is_cut = true;
                self.notes.add(Oddity::TooLarge, at, || {
                    "too many schemas within schemas; the rest is left out".to_owned()
                });
            }
            return;
        }
        match way.schema {
            Value::Object(schema) => self.object(schema, way, walk, spot, at),
            Value::Bool(true) => walk.spots.show(spot, Face::of(Kind::Any)),
            Value::Bool(false) => {}
            // A type without anything around it.
            Value::String(word) => {
                self.notes.add(Oddity::WrongKind, at, || "a text stands where a schema belongs".to_owned());
                walk.spots.show(spot, Face::of(kinds::known(word).unwrap_or(Kind::Any)));
            }
            Value::Null | Value::Number(_) | Value::Array(_) => {
                self.notes.add(Oddity::WrongKind, at, || "this is no schema".to_owned());
                walk.spots.show(spot, Face::of(Kind::Any));
            }
        }
    }

    /// Visits a schema below or beside this one, unless it is on the way already.
    fn within(
        &mut self,
        schema: &'v Value,
        way: &Way<'_, 'v>,
        is_part: bool,
        walk: &mut Walk,
        spot: usize,
        at: &At<'_>,
    ) {
        let mut outer = Some(way);
        while let Some(it) = outer {
            if std::ptr::eq(it.schema, schema) {
                let kind = if schema.get("type").and_then(Value::as_str) == Some("array") {
                    Kind::Array
                } else {
                    Kind::Object
                };
                walk.spots.show(spot, Face { is_again: true, ..Face::of(kind) });
                return;
            }
            outer = it.outer;
        }
        self.visit(Way { schema, outer: Some(way), depth: way.depth + 1, is_part }, walk, spot, at);
    }

    fn object(
        &mut self,
        schema: &'v Map<String, Value>,
        way: Way<'_, 'v>,
        walk: &mut Walk,
        spot: usize,
        at: &At<'_>,
    ) {
        if let Some(to) = schema.get("$ref") {
            self.reference(to, &way, walk, spot, at);
        }
        self.compositions(schema, &way, walk, spot, at);
        self.types(schema, way, walk, spot, at);
        self.members(schema, &way, walk, spot, at);
        self.elements(schema, &way, walk, spot, at);
        for key in ["$dynamicRef", "$recursiveRef", "$anchor", "$dynamicAnchor"] {
            if schema.get(key).is_some_and(Value::is_string) {
                self.notes.add(Oddity::NotFollowed, at, || format!("`{key}` is not followed"));
            }
        }
    }

    fn reference(&mut self, to: &'v Value, way: &Way<'_, 'v>, walk: &mut Walk, spot: usize, at: &At<'_>) {
        let Some(to) = to.as_str() else {
            self.notes.add(Oddity::WrongKind, &at.then("$ref"), || "`$ref` is no text".to_owned());
            return;
        };
        match reference::follow(self.root, to, at, &mut self.notes) {
            Some(target) => self.within(target.value, way, true, walk, spot, &At::Start(&target.pointer)),
            // What is not known may be anything.
            None => walk.spots.show(spot, Face::of(Kind::Any)),
        }
    }

    fn compositions(
        &mut self,
        schema: &'v Map<String, Value>,
        way: &Way<'_, 'v>,
        walk: &mut Walk,
        spot: usize,
        at: &At<'_>,
    ) {
        for key in ["allOf", "anyOf", "oneOf"] {
            match schema.get(key) {
                Some(Value::Array(parts)) => {
                    for (index, part) in parts.iter().enumerate() {
                        self.within(part, way, true, walk, spot, &at.then(key).nth(index));
                    }
                }
                Some(part @ Value::Object(_)) => {
                    self.notes.add(Oddity::WrongKind, &at.then(key), || format!("`{key}` must be a list"));
                    self.within(part, way, true, walk, spot, &at.then(key));
                }
                Some(_) => {
                    self.notes.add(Oddity::WrongKind, &at.then(key), || format!("`{key}` must be a list"))
                }
                None => {}
            }
        }
        for key in ["then", "else"] {
            if let Some(part @ Value::Object(_)) = schema.get(key) {
                self.within(part, way, true, walk, spot, &at.then(key));
            }
        }
        if let Some(Value::Object(parts)) = schema.get("dependentSchemas") {
            for (name, part) in parts {
                self.within(part, way, true, walk, spot, &at.then("dependentSchemas").then(name));
            }
        }
    }

    /// The kinds of values that the schema itself names, or that follow from its keywords.
    fn types(
        &mut self,
        schema: &'v Map<String, Value>,
        way: Way<'_, 'v>,
        walk: &mut Walk,
        spot: usize,
        at: &At<'_>,
    ) {
        let format = schema.get("format").and_then(Value::as_str);
        let description = schema.get("description").and_then(Value::as_str).and_then(short);
        let (mut kinds, mut nullable) = kinds::named(schema, at, &mut self.notes);
        nullable |= ["nullable", "x-nullable"].iter().any(|key| schema.get(*key) == Some(&Value::Bool(true)));
        let structure = kinds::structure(schema);
        // Without a type, the values say what they are.
        let follow = kinds.is_empty() && structure.is_none();
        let mut words = Vec::new();
        for value in
            schema.get("enum").and_then(Value::as_array).into_iter().flatten().chain(schema.get("const"))
        {
            match example::kind(value) {
                None => nullable = true,
                Some(kind) if follow && !kinds.contains(&kind) => kinds.push(kind),
                Some(_) => {}
            }
            words.extend(kinds::word(value));
        }
        kinds.dedup();
        if let Some((inferred, key)) = structure {
            let fits = |kind: &Kind| *kind == inferred || *kind == Kind::Any;
            if kinds.is_empty() {
                if !way.is_part {
                    self.notes.add(Oddity::TypeMissing, at, || format!("`{key}` without a `type`"));
                }
                kinds.push(inferred);
            } else if !kinds.iter().any(fits) {
                let named = kinds.first().map_or("", |it| it.word());
                self.notes.add(Oddity::Contradiction, at, || {
                    format!("the type is `{named}`, but `{key}` stands there")
                });
                // `type: array` with `properties`: the members are those of the elements.
                if !(kinds.contains(&Kind::Array) && inferred == Kind::Object) {
                    kinds.push(inferred);
                }
            }
        }
        for kind in &kinds {
            // Words of a list of several kinds are not told apart.
            let words = if kinds.len() == 1 || *kind == Kind::String { words.clone() } else { Vec::new() };
            let (format, description) = (format.map(str::to_owned), description.clone());
            walk.spots.show(spot, Face { format, words, description, ..Face::of(*kind) });
        }
        if kinds.is_empty() {
            walk.spots.remark(spot, format, description.as_deref());
            // What a part does not say another part may say; only the whole schema is anything.
            if walk.spots.at(spot).faces.is_empty() && !way.is_part {
                let kind = if nullable && schema.contains_key("type") { Kind::Null } else { Kind::Any };
                let format = format.map(str::to_owned);
                walk.spots.show(spot, Face { format, description, ..Face::of(kind) });
            }
        }
        if nullable {
            walk.spots.set_nullable(spot);
        }
    }

    fn members(
        &mut self,
        schema: &'v Map<String, Value>,
        way: &Way<'_, 'v>,
        walk: &mut Walk,
        spot: usize,
        at: &At<'_>,
    ) {
        // Members of the elements, where the author forgot `items`.
        let of_elements =
            schema.get("type").and_then(Value::as_str) == Some("array") && !schema.contains_key("items");
        let listed = schema.get("properties");
        let holder = match (of_elements && listed.is_some()).then(|| walk.spots.below(spot, Part::Element)) {
            Some(Some(element)) => {
                walk.spots.show(element, Face::of(Kind::Object));
                element
            }
            Some(None) => return,
            None => spot,
        };
        match listed {
            Some(Value::Object(properties)) => {
                for (name, member) in properties {
                    let Some(below) = walk.spots.below(holder, Part::Name(name.clone())) else { return };
                    // `required: true` beside members, as others write it, is no member.
                    if name == "required" && member.is_array() {
                        self.notes.add(Oddity::WrongKind, &at.then("properties").then(name), || {
                            "`required` stands among the properties".to_owned()
                        });
                    }
                    self.within(member, way, false, walk, below, &at.then("properties").then(name));
                }
            }
            Some(Value::Null) | None => {}
            Some(_) => {
                self.notes.add(Oddity::WrongKind, &at.then("properties"), || {
                    "`properties` must be a mapping".to_owned()
                });
            }
        }
        for key in ["additionalProperties", "unevaluatedProperties"] {
            if let Some(member @ (Value::Object(_) | Value::Bool(true))) = schema.get(key)
                && let Some(below) = walk.spots.below(spot, Part::AnyName)
            {
                self.within(member, way, false, walk, below, &at.then(key));
            }
        }
        if let Some(Value::Object(patterns)) = schema.get("patternProperties") {
            for (pattern, member) in patterns {
                if let Some(below) = walk.spots.below(spot, Part::AnyName) {
                    self.within(member, way, false, walk, below, &at.then("patternProperties").then(pattern));
                }
            }
        }
    }

    fn elements(
        &mut self,
        schema: &'v Map<String, Value>,
        way: &Way<'_, 'v>,
        walk: &mut Walk,
        spot: usize,
        at: &At<'_>,
    ) {
        for key in ["items", "prefixItems", "contains", "additionalItems", "unevaluatedItems"] {
            let several: &[Value] = match schema.get(key) {
                None | Some(Value::Null | Value::Bool(false)) => continue,
                Some(Value::Array(several)) => several,
                Some(one) => std::slice::from_ref(one),
            };
            let Some(below) = walk.spots.below(spot, Part::Element) else { return };
            for (index, element) in several.iter().enumerate() {
                let place = at.then(key);
                let place = if several.len() > 1 { place.nth(index) } else { place };
                self.within(element, way, false, walk, below, &place);
            }
        }
    }
}

/// The beginning of a description on one line.
pub(super) fn short(text: &str) -> Option<String> {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if line.len() + word.len() >= DESCRIPTION {
            line.push_str(" ...");
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    (!line.is_empty()).then_some(line)
}
