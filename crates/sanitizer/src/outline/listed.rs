//! The places that a response schema lists, one by one, as [`crate::schema`] understands it.

use super::guard::Guards;
use super::{FieldPath, Part, Reach, Step, StepPath};
use crate::diagnostic::{Place, Report, Spanned};
use crate::node::{self, Node};
use crate::rule_set::hexadecimal_sha256;

/// A place that a response schema lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The way to it.
    pub path: FieldPath,
    /// Where the schema says so; inside a definition, if it is used from there.
    pub place: Place,
    /// What it may hold; any other kind of value becomes null.
    pub kind: Kind,
    /// Only where constants beside it say so (`anyOf`, `if`).
    pub only_sometimes: bool,
    /// The constants that decide whether it is there, as texts to compare with those of another file: it is there
    /// when one of them holds. Empty: no constant decides.
    pub when: Vec<String>,
}

/// What a listed place may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Never anything but null.
    Null,
    /// Any text, number or boolean.
    Scalar,
    /// `""`, where the source has this text.
    Constant(String),
    /// Members, which are listed on their own.
    Object,
    /// Elements, which are listed on their own.
    Array,
    /// A definition once more, at every further depth.
    Again {
        /// Its name.
        definition: String,
        /// The last place before this one where it stands: what is listed there is listed here again.
        since: FieldPath,
    },
    /// The digest that an augment adds.
    Digest,
}

impl Kind {
    /// As rule files spell it.
    pub fn word(&self) -> &'static str {
        match self {
            Kind::String => "string",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Boolean => "boolean",
            Kind::Null => "null",
            Kind::Scalar => "any scalar",
            Kind::Constant(_) => "constant",
            Kind::Object => "object",
            Kind::Array => "array",
            Kind::Again { .. } => "nested again",
            Kind::Digest => "digest",
        }
    }
}

impl Field {
    /// Whether a value can stand there, rather than more places.
    pub fn is_leaf(&self) -> bool {
        !matches!(self.kind, Kind::Object | Kind::Array)
    }
}

/// Most places of one endpoint.
const MAX_FIELDS: usize = 100_000;
/// How often a definition may contain itself before it is only mentioned.
const MAX_AGAIN: usize = 2;
/// Most schemas that are looked at: candidates of `anyOf` can list the same places over and over.
const MAX_SCHEMAS: usize = 200_000;
/// Longest text about what decides that is kept as it is.
const MAX_WHEN: usize = 200;
/// Most combinations of constants that are told apart for one place.
const MAX_COMBINATIONS: usize = 64;

pub(super) fn read(
    schema: &Node,
    definitions: &[(Spanned<String>, Node)],
    report: &mut Report,
) -> Vec<Field> {
    let mut reader = Reader {
        definitions,
        within: Vec::new(),
        fields: Vec::new(),
        schemas: 0,
        guards: Guards::new(definitions),
        conditions: Vec::new(),
    };
    reader.guarded(schema, |reader| reader.walk(schema, &FieldPath::ROOT, schema.place, false));
    if reader.fields.len() >= MAX_FIELDS || reader.schemas > MAX_SCHEMAS {
        let message = format!("the schema lists {MAX_FIELDS} places or more, or some of them too often");
        report.error("too-many-fields", schema.place, message);
    }
    reader.fields
}

struct Reader<'d> {
    definitions: &'d [(Spanned<String>, Node)],
    /// The definitions around the current place.
    within: Vec<(&'d str, FieldPath)>,
    fields: Vec<Field>,
    schemas: usize,
    guards: Guards<'d>,
    /// What decides about the current place.
    conditions: Vec<String>,
}

impl<'d> Reader<'d> {
    /// `place` is that of the name under which the value is listed.
    fn walk(&mut self, schema: &'d Node, path: &FieldPath, place: Place, only_sometimes: bool) {
        self.schemas += 1;
        if self.fields.len() >= MAX_FIELDS || self.schemas > MAX_SCHEMAS {
            return;
        }
        if let Some(reference) = text(schema, "$ref") {
            self.reference(reference, path, place, only_sometimes);
        } else if let Some(candidates) = child(schema, "anyOf") {
            // The first that is not ruled out is taken, so the ones before decide as well.
            let mut before = String::from("first of");
            for candidate in items(candidates) {
                before.push_str(&format!(" [{}]", self.guards.of(candidate)));
                if before.len() > MAX_WHEN {
                    before = hexadecimal_sha256(&before);
                }
                self.conditions.push(before.clone());
                self.walk(candidate, path, place, true);
                self.conditions.pop();
            }
        } else if child(schema, "if").or_else(|| child(schema, "_if")).is_some() {
            let then = child(schema, "then").or_else(|| child(schema, "_then"));
            self.add(path, place, Kind::Object, true);
            self.members(then.and_then(|it| child(it, "properties")), path, true);
        } else if let Some(constant) = word(schema, "const").or_else(|| text(schema, "constant")) {
            self.add(path, place, Kind::Constant(constant.to_owned()), only_sometimes);
        } else {
            self.plain(schema, path, place, only_sometimes);
        }
    }

    fn plain(&mut self, schema: &'d Node, path: &FieldPath, place: Place, only_sometimes: bool) {
        let (properties, elements) = (child(schema, "properties"), child(schema, "items"));
        let inferred = match (properties, elements) {
            (Some(_), _) => Some("object"),
            (None, Some(_)) => Some("array"),
            (None, None) => None,
        };
        let kind = match word(schema, "type").or(inferred) {
            None => Kind::Scalar,
            Some("string") => Kind::String,
            Some("integer") => Kind::Integer,
            Some("number") => Kind::Number,
            Some("boolean") => Kind::Boolean,
            Some("object") => Kind::Object,
            Some("array") => Kind::Array,
            // `null`; and what is no type is reported by the loader.
            Some(_) => Kind::Null,
        };
        self.add(path, place, kind.clone(), only_sometimes);
        match kind {
            Kind::Object => self.members(properties, path, only_sometimes),
            Kind::Array => {
                if let Some(elements) = elements {
                    // An element that is ruled out goes alone.
                    let path = path.then(Part::Element);
                    self.guarded(elements, |reader| {
                        reader.walk(elements, &path, elements.place, only_sometimes);
                    });
                }
            }
            _ => {}
        }
    }

    /// Walks a schema whose constants can rule out the whole of what it describes.
    fn guarded(&mut self, schema: &'d Node, walk: impl FnOnce(&mut Self)) {
        let guard = self.guards.of(schema);
        if guard.is_empty() {
            return walk(self);
        }
        self.conditions.push(guard);
        walk(self);
        self.conditions.pop();
    }

    fn members(&mut self, properties: Option<&'d Node>, path: &FieldPath, only_sometimes: bool) {
        let Some(node::Kind::Mapping(entries)) = properties.map(|it| &it.kind) else { return };
        for (name, schema) in entries {
            // Members of this name are the proxy's own, for what augments add; those of the source are dropped.
            if !name.value.starts_with('+') {
                self.walk(schema, &path.then(Part::Name(name.value.clone())), name.place, only_sometimes);
            }
        }
    }

    fn reference(&mut self, reference: &'d str, path: &FieldPath, place: Place, only_sometimes: bool) {
        let Some(name) = reference.strip_prefix("#/definitions/") else { return };
        let Some((_, schema)) = self.definitions.iter().find(|(defined, _)| defined.value == name) else {
            return;
        };
        if self.within.iter().filter(|(within, _)| *within == name).count() > MAX_AGAIN {
            let since = self.within.iter().rev().find(|(within, _)| *within == name);
            let since = since.map(|(_, path)| path.clone()).unwrap_or_default();
            let again = Kind::Again { definition: name.to_owned(), since };
            self.add(path, place, again, only_sometimes);
            return;
        }
        self.within.push((name, path.clone()));
        self.walk(schema, path, place, only_sometimes);
        self.within.pop();
    }

    fn add(&mut self, path: &FieldPath, place: Place, kind: Kind, only_sometimes: bool) {
        let when = self.conditions.join(" and ");
        let same = |it: &&mut Field| it.path == *path && it.kind == kind;
        // Candidates of `anyOf` list the same members, close to each other.
        match self.fields.iter_mut().rev().take(if only_sometimes { 1_000 } else { 0 }).find(same) {
            Some(known) => {
                known.only_sometimes &= only_sometimes;
                if when.is_empty() {
                    known.when.clear();
                } else if !known.when.is_empty() && !known.when.contains(&when) {
                    match known.when.get_mut(MAX_COMBINATIONS) {
                        Some(rest) => *rest = hexadecimal_sha256(&format!("{rest} {when}")),
                        None => known.when.push(when),
                    }
                }
            }
            None => {
                let when = if when.is_empty() { Vec::new() } else { vec![when] };
                self.fields.push(Field { path: path.clone(), place, kind, only_sometimes, when });
            }
        }
    }
}

/// What augments add beside the texts that their paths reach, in the objects that are listed: once for each path.
pub(super) fn add_digests(fields: &mut Vec<Field>, augments: &[Step]) {
    let objects: Vec<FieldPath> =
        fields.iter().filter(|it| it.kind == Kind::Object).map(|it| it.path.clone()).collect();
    for path in augments.iter().flat_map(|augment| &augment.paths) {
        let mut names: Vec<&str> = path.readings.iter().flat_map(|path| path.names()).collect();
        names.push(ANY_OTHER);
        names.sort_unstable();
        names.dedup();
        for object in &objects {
            let reached =
                names.iter().filter(|name| reaches_text(path, object.then(Part::Name((**name).to_owned()))));
            for name in reached {
                let added = object.then(Part::Name(format!("+{name}:textDigest")));
                if fields.len() < MAX_FIELDS {
                    let (place, kind) = (path.written.place, Kind::Digest);
                    fields.push(Field { path: added, place, kind, only_sometimes: true, when: Vec::new() });
                }
            }
        }
    }
}

/// Stands for every name that a path does not spell.
const ANY_OTHER: &str = "*";

/// Whether the path reaches the place, or a text in lists there.
fn reaches_text(path: &StepPath, mut place: FieldPath) -> bool {
    for _ in 0..=path.length() {
        if path.reach(&place, false) != Reach::Never {
            return true;
        }
        place = place.then(Part::Element);
    }
    false
}

pub(super) fn child<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    let node::Kind::Mapping(entries) = &node.kind else { return None };
    entries.iter().find(|(name, _)| name.value == key).map(|(_, node)| node).filter(|node| !node.is_null())
}

pub(super) fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    match &child(node, key)?.kind {
        node::Kind::Scalar { text, .. } => Some(text),
        node::Kind::Sequence(_) | node::Kind::Mapping(_) => None,
    }
}

/// A text for which an unquoted `null` is a word too, as it is the name of a type.
pub(super) fn word<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    let node::Kind::Mapping(entries) = &node.kind else { return None };
    match &entries.iter().find(|(name, _)| name.value == key)?.1.kind {
        node::Kind::Scalar { text, plain: true } if text == "null" => Some(text),
        _ => self::text(node, key),
    }
}

pub(super) fn items(node: &Node) -> &[Node] {
    match &node.kind {
        node::Kind::Sequence(items) => items,
        node::Kind::Scalar { .. } | node::Kind::Mapping(_) => &[],
    }
}
