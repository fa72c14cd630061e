//! What of a response schema decides whether a value is there at all: its constants and conditions, and nothing else.
//!
//! Written as a text that is equal for two schemas only if they rule out the same values; it is not meant to be read.

use super::listed::{child, items, text, word};
use crate::diagnostic::Spanned;
use crate::node::{Kind, Node};
use crate::rule_set::hexadecimal_sha256;

/// Most schemas that are looked at for one file; definitions can be nested so that they multiply.
const MOST: usize = 200_000;
/// Longest text that is kept as it is.
const LONGEST: usize = 200;

pub(super) struct Guards<'d> {
    definitions: &'d [(Spanned<String>, Node)],
    /// Whether a definition has a constant at all.
    defined: bool,
    within: Vec<&'d str>,
    looked_at: usize,
}

impl<'d> Guards<'d> {
    pub(super) fn new(definitions: &'d [(Spanned<String>, Node)]) -> Guards<'d> {
        let defined = definitions.iter().any(|(_, schema)| mentions(schema));
        Guards { definitions, defined, within: Vec::new(), looked_at: 0 }
    }

    /// Empty where no constant rules anything out.
    pub(super) fn of(&mut self, schema: &'d Node) -> String {
        // Most files have none.
        if !self.defined && !mentions(schema) {
            return String::new();
        }
        let guard = self.guard(schema);
        if self.looked_at > MOST {
            // Too much to tell; two such files are compared as they are written.
            let mut all = format!("{schema:?}");
            self.definitions.iter().for_each(|it| all.push_str(&format!("{it:?}")));
            return hexadecimal_sha256(&all);
        }
        short(guard)
    }

    fn guard(&mut self, schema: &'d Node) -> String {
        self.looked_at += 1;
        if self.looked_at > MOST {
            return String::new();
        }
        if let Some(reference) = text(schema, "$ref") {
            return self.reference(reference);
        }
        if let Some(candidates) = child(schema, "anyOf") {
            // It holds null where none fits, so it rules nothing out but what a condition asks of it.
            let all: Vec<String> = items(candidates).iter().map(|it| self.guard(it)).collect();
            return if all.iter().all(String::is_empty) { String::new() } else { format!("any{all:?}") };
        }
        if let Some(condition) = child(schema, "if").or_else(|| child(schema, "_if")) {
            let then = child(schema, "then").or_else(|| child(schema, "_then"));
            let otherwise = child(schema, "else").or_else(|| child(schema, "_else"));
            let asked = self.condition(condition);
            let otherwise = otherwise.map(|it| self.condition(it)).unwrap_or_default();
            let then = then.map(|it| self.members(it)).unwrap_or_default();
            return format!("if {asked} or {otherwise} then {then}");
        }
        if let Some(constant) = word(schema, "const").or_else(|| text(schema, "constant")) {
            return format!("={constant:?}");
        }
        match word(schema, "type") {
            None | Some("object") => self.members(schema),
            Some(_) => String::new(),
        }
    }

    fn reference(&mut self, reference: &'d str) -> String {
        let Some(name) = reference.strip_prefix("#/definitions/") else { return String::new() };
        let Some((_, schema)) = self.definitions.iter().find(|(defined, _)| defined.value == name) else {
            return String::new();
        };
        if let Some(depth) = self.within.iter().rev().position(|it| *it == name) {
            return format!("again {depth}");
        }
        self.within.push(name);
        let guard = self.guard(schema);
        self.within.pop();
        // A definition that only comes back to itself decides nothing.
        if guard.contains('=') || guard.contains("if ") { guard } else { String::new() }
    }

    /// The members that can rule out the object, in the order of their names.
    fn members(&mut self, schema: &'d Node) -> String {
        let mut all = self.of_each(schema);
        all.retain(|(_, guard)| !guard.is_empty());
        listed(all)
    }

    /// The same of a condition, which asks that its members are there.
    fn condition(&mut self, schema: &'d Node) -> String {
        let all = self.of_each(schema);
        listed(all)
    }

    fn of_each(&mut self, schema: &'d Node) -> Vec<(&'d str, String)> {
        let Some(Kind::Mapping(entries)) = child(schema, "properties").map(|it| &it.kind) else {
            return Vec::new();
        };
        let mut all: Vec<(&str, String)> =
            entries.iter().map(|(name, schema)| (name.value.as_str(), self.guard(schema))).collect();
        all.sort_unstable();
        all
    }
}

fn listed(all: Vec<(&str, String)>) -> String {
    if all.is_empty() {
        return String::new();
    }
    let all: Vec<String> = all.into_iter().map(|(name, guard)| format!("{name:?}{guard}")).collect();
    short(format!("{{{}}}", all.join(", ")))
}

fn short(guard: String) -> String {
    if guard.len() <= LONGEST { guard } else { format!("=#{}", hexadecimal_sha256(&guard)) }
}

/// Whether a constant or condition stands anywhere below.
fn mentions(node: &Node) -> bool {
    match &node.kind {
        Kind::Scalar { .. } => false,
        Kind::Sequence(items) => items.iter().any(mentions),
        Kind::Mapping(entries) => entries.iter().any(|(key, value)| {
            matches!(key.value.as_str(), "const" | "constant" | "if" | "_if") || mentions(value)
        }),
    }
}
