//! Canaries: originals in which every string, number and unknown key is a marker that occurs nowhere else.

use serde_json::{Map, Number, Value};

use crate::spellings::{Search, Spellings};

/// A marker and where it was planted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canary {
    /// The text to look for.
    pub marker: String,
    /// Names from the root, joined by dots, `[]` for the elements of an array.
    pub path: String,
    /// Text, number or key.
    pub kind: Kind,
}

/// What the marker replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A string, or part of one.
    Text,
    /// A number.
    Number,
    /// The name of a member that no documentation has.
    Key,
}

/// How strings and numbers are planted. Rules may treat each differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plant {
    /// A string is the marker.
    Word,
    /// A string is what it was, with the marker behind it: dates stay dates at their beginning.
    Behind,
    /// A string is what it was, with the marker before it.
    Before,
    /// A string is an address with the marker as its local part and as the name in front.
    Address,
    /// A string is digits, like a meeting number or a telephone number.
    Digits,
}

impl Plant {
    /// All ways.
    pub const ALL: [Plant; 5] = [Plant::Word, Plant::Behind, Plant::Before, Plant::Address, Plant::Digits];
}

/// Plants markers all over a document.
pub fn plant(original: &str, how: Plant) -> (String, Vec<Canary>) {
    let mut value: Value = serde_json::from_str(original).expect("an original is JSON");
    let mut garden = Garden { how, canaries: Vec::new() };
    garden.visit(&mut value, "");
    (value.to_string(), garden.canaries)
}

/// The canaries that `output` holds in any spelling.
pub fn found(canaries: &[Canary], output: &str) -> Vec<Canary> {
    let spellings: Vec<Spellings> = canaries.iter().map(|canary| Spellings::of(&canary.marker)).collect();
    let search = Search::of(spellings.iter().map(Spellings::forms));
    search.find(output).into_iter().map(|number| canaries[number].clone()).collect()
}

struct Garden {
    how: Plant,
    canaries: Vec<Canary>,
}

impl Garden {
    fn visit(&mut self, value: &mut Value, path: &str) {
        match value {
            Value::Null | Value::Bool(_) => {}
            Value::String(text) => *text = self.text(text, path),
            Value::Number(number) => *number = self.number(path),
            Value::Array(items) => {
                items.iter_mut().for_each(|item| self.visit(item, &format!("{path}[]")));
                items.push(Value::String(self.text("x", &format!("{path}[]"))));
            }
            Value::Object(members) => {
                for (name, member) in members.iter_mut() {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    self.visit(member, &path);
                }
                self.unknown_members(members, path);
            }
        }
    }

    /// Members that the source may add one day, and names that the engine itself uses for what it adds.
    fn unknown_members(&mut self, members: &mut Map<String, Value>, path: &str) {
        for prefix in ["", "+", "$"] {
            let path = format!("{path}.{prefix}*");
            let key = self.marker(&path, Kind::Key);
            let text = self.text("new", &path);
            members.insert(format!("{prefix}{key}"), Value::String(text));
        }
        let path = format!("{path}.new_pii_field");
        let number = Value::Number(self.number(&path));
        let text = Value::String(self.text("deep", &path));
        members.insert(
            "new_pii_field".to_owned(),
            Value::Array(vec![number, serde_json::json!({ "name": text })]),
        );
    }

    fn text(&mut self, original: &str, path: &str) -> String {
        if self.how == Plant::Digits {
            return self.digits(path, Kind::Text).to_string();
        }
        let marker = self.marker(path, Kind::Text);
        match self.how {
            Plant::Word | Plant::Digits => marker,
            Plant::Behind => format!("{original} {marker}"),
            Plant::Before => format!("{marker} {original}"),
            Plant::Address => format!("{marker} Quill <{marker}@lumen-orchard.example>"),
        }
    }

    fn number(&mut self, path: &str) -> Number {
        Number::from(self.digits(path, Kind::Number))
    }

    fn digits(&mut self, path: &str, kind: Kind) -> u64 {
        // Eleven digits, like a meeting number, and no two of them share a run of six.
        let number = 71_000_000_000 + (self.canaries.len() as u64 + 1) * 1_000_003;
        self.canaries.push(Canary { marker: number.to_string(), path: path.to_owned(), kind });
        number
    }

    fn marker(&mut self, path: &str, kind: Kind) -> String {
        let marker = format!("Zq{:05}Vkx", self.canaries.len());
        self.canaries.push(Canary { marker: marker.clone(), path: path.to_owned(), kind });
        marker
    }
}
