//! The places in the answers of one call, as a tree that grows while schemas are read.

use std::collections::HashMap;

use vizard_sanitizer::outline::{FieldPath, Part};

use super::{Field, Kind};

/// Most places of one call.
const MAX_SPOTS: usize = 50_000;
/// With more members than this they are looked up by name.
const FEW: usize = 12;

/// A tree of places; the first one is the document itself.
#[derive(Debug)]
pub(super) struct Spots {
    list: Vec<Spot>,
    /// Something did not fit.
    pub(super) is_full: bool,
}

/// One place.
#[derive(Debug, Default)]
pub(super) struct Spot {
    /// The last step of the way; nothing for the document itself.
    part: Option<Part>,
    pub(super) children: Vec<usize>,
    by_part: HashMap<Part, usize>,
    pub(super) faces: Vec<Face>,
    pub(super) nullable: bool,
}

/// One kind of value that can stand at a place.
#[derive(Clone, Debug)]
pub(super) struct Face {
    pub(super) kind: Kind,
    pub(super) format: Option<String>,
    pub(super) words: Vec<String>,
    pub(super) description: Option<String>,
    pub(super) is_again: bool,
    pub(super) only_in_example: bool,
}

impl Face {
    pub(super) fn of(kind: Kind) -> Face {
        Face {
            kind,
            format: None,
            words: Vec::new(),
            description: None,
            is_again: false,
            only_in_example: false,
        }
    }
}

impl Default for Spots {
    fn default() -> Spots {
        Spots { list: vec![Spot::default()], is_full: false }
    }
}

impl Spots {
    /// The document itself.
    pub(super) const ROOT: usize = 0;

    pub(super) fn at(&self, spot: usize) -> &Spot {
        &self.list[spot]
    }

    pub(super) fn find(&self, spot: usize, part: &Part) -> Option<usize> {
        let Spot { children, by_part, .. } = &self.list[spot];
        if by_part.is_empty() {
            children.iter().copied().find(|child| self.list[*child].part.as_ref() == Some(part))
        } else {
            by_part.get(part).copied()
        }
    }

    /// The place below, which is made if it is not there yet. `None` when there are too many.
    pub(super) fn below(&mut self, spot: usize, part: Part) -> Option<usize> {
        if let Some(known) = self.find(spot, &part) {
            return Some(known);
        }
        if self.list.len() >= MAX_SPOTS {
            self.is_full = true;
            return None;
        }
        let new = self.list.len();
        self.list.push(Spot { part: Some(part.clone()), ..Spot::default() });
        let parent = &mut self.list[spot];
        parent.children.push(new);
        if !parent.by_part.is_empty() {
            parent.by_part.insert(part, new);
        } else if parent.children.len() > FEW {
            let children = parent.children.clone();
            let named = children
                .into_iter()
                .filter_map(|child| self.list[child].part.clone().map(|part| (part, child)));
            let named: HashMap<Part, usize> = named.collect();
            self.list[spot].by_part = named;
        }
        Some(new)
    }

    pub(super) fn set_nullable(&mut self, spot: usize) {
        self.list[spot].nullable = true;
    }

    /// Adds a kind of value to a place. What is said of a kind that is there already is added up; a list of words is
    /// closed only if both lists are, or if the other says nothing else.
    pub(super) fn show(&mut self, spot: usize, face: Face) {
        let faces = &mut self.list[spot].faces;
        let Some(known) = faces.iter_mut().find(|it| it.kind == face.kind) else {
            faces.push(face);
            return;
        };
        known.words = match (known.words.is_empty(), face.words.is_empty()) {
            (false, false) => {
                let new = face.words.into_iter().filter(|it| !known.words.contains(it)).collect::<Vec<_>>();
                known.words.iter().cloned().chain(new).collect()
            }
            (true, _) | (_, true) => Vec::new(),
        };
        known.format = known.format.take().or(face.format);
        known.description = known.description.take().or(face.description);
        known.is_again &= face.is_again;
        known.only_in_example &= face.only_in_example;
    }

    /// What a schema beside says of the kinds that are there already: `allOf: [{$ref: …}]` with a description.
    pub(super) fn remark(&mut self, spot: usize, format: Option<&str>, description: Option<&str>) {
        for face in &mut self.list[spot].faces {
            face.format = face.format.take().or_else(|| format.map(str::to_owned));
            face.description = face.description.take().or_else(|| description.map(str::to_owned));
        }
    }

    /// All places with their ways, containers before what they hold.
    pub(super) fn into_fields(self) -> Vec<Field> {
        let mut fields = Vec::new();
        let mut path = FieldPath::ROOT;
        self.list_below(Spots::ROOT, &mut path, &mut fields);
        fields
    }

    fn list_below(&self, spot: usize, path: &mut FieldPath, fields: &mut Vec<Field>) {
        let it = &self.list[spot];
        let has = |wanted: fn(&Part) -> bool| {
            it.children.iter().any(|child| self.list[*child].part.as_ref().is_some_and(wanted))
        };
        let (members, elements) = (has(|part| *part != Part::Element), has(|part| *part == Part::Element));
        for face in &it.faces {
            let is_leaf = match face.kind {
                Kind::Object => !members,
                Kind::Array => !elements,
                // What may be anything and has members listed is an object.
                Kind::Any => !members && !elements,
                Kind::String | Kind::Integer | Kind::Number | Kind::Boolean | Kind::Null => true,
            };
            fields.push(Field {
                path: path.clone(),
                kind: face.kind,
                format: face.format.clone(),
                words: face.words.clone(),
                description: face.description.clone(),
                nullable: it.nullable,
                is_leaf,
                is_again: face.is_again,
                only_in_example: face.only_in_example,
            });
        }
        for child in &it.children {
            let part = self.list[*child].part.clone().expect("only the document itself has no last step");
            path.0.push(part);
            self.list_below(*child, path, fields);
            path.0.pop();
        }
    }
}
