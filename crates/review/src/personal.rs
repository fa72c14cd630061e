//! Does a field look personal or secret? A guess from its name, and from what a description says of it.
//!
//! A guess decides nothing about any value: it says where a reviewer should look first, and which kept fields somebody
//! should be able to argue for. Names are read word by word, in English, as APIs are written: `hostEmail`,
//! `host_email` and `host-email` are the same two words, and the last one says what the value is.

mod by_name;
mod by_text;
mod lists;
pub(crate) mod words;

use serde::Serialize;
use vizard_sanitizer::outline::{self, FieldPath, Part};

/// What is known of a field. What is not known is left empty, and the guess rests on the rest.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// What the whole answer is about, in one word: [`subject`] of the call's path. Empty where it is not known.
    pub about: &'a str,
    /// The field. Names above it count too: `id` in `$.users[*].id` is that of a person.
    pub path: &'a FieldPath,
    /// What its values are.
    pub value: Value,
    /// Whether its values are words of a closed list, so that nobody can type anything into it.
    pub closed: bool,
    /// The format in the sense of JSON Schema, such as `email`.
    pub format: Option<&'a str>,
    /// What a description says of it.
    pub description: Option<&'a str>,
}

impl<'a> Candidate<'a> {
    /// A field of which nothing but the path and the kind of value is known.
    pub fn new(about: &'a str, path: &'a FieldPath, value: Value) -> Candidate<'a> {
        Candidate { about, path, value, closed: false, format: None, description: None }
    }
}

/// The kind of a field's values, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text,
    /// An integer or any other number.
    Number,
    /// True or false, or always the same: says nothing that identifies, whatever its name.
    Switch,
    /// An object or a list of which no more is known.
    Group,
    /// Not known.
    Any,
}

impl From<&outline::Kind> for Value {
    fn from(kind: &outline::Kind) -> Value {
        match kind {
            outline::Kind::String => Value::Text,
            outline::Kind::Integer | outline::Kind::Number => Value::Number,
            outline::Kind::Boolean
            | outline::Kind::Null
            | outline::Kind::Constant(_)
            | outline::Kind::Digest => Value::Switch,
            outline::Kind::Object | outline::Kind::Array | outline::Kind::Again { .. } => Value::Group,
            outline::Kind::Scalar => Value::Any,
        }
    }
}

/// What a field seems to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A password, token, key or the like.
    Secret,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// The name of a person.
    Name,
    /// The number or name by which a person is known to a system.
    PersonId,
    /// A number that a state or an employer gave to a person, such as a passport's.
    OfficialNumber,
    /// A bank account, a card, a salary.
    Payment,
    /// Birth, age, gender, health and what else is nobody's business.
    Trait,
    /// A postal address.
    Address,
    /// Where somebody is.
    Location,
    /// An address in a network.
    IpAddress,
    /// A device, or the name somebody gave it.
    Device,
    /// A picture of somebody.
    Picture,
    /// A link; many open a door for whoever holds them.
    Url,
    /// Text that people write.
    FreeText,
    /// A group of people: a department, a team, an account.
    Group,
}

impl Kind {
    /// A few words, with an article where one is due.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Secret => "a secret",
            Kind::Email => "an e-mail address",
            Kind::Phone => "a telephone number",
            Kind::Name => "the name of a person",
            Kind::PersonId => "the id of a person",
            Kind::OfficialNumber => "an official number of a person",
            Kind::Payment => "payment data",
            Kind::Trait => "a personal trait",
            Kind::Address => "a postal address",
            Kind::Location => "a location",
            Kind::IpAddress => "a network address",
            Kind::Device => "a device",
            Kind::Picture => "a picture",
            Kind::Url => "a link",
            Kind::FreeText => "text that people write",
            Kind::Group => "a group of people",
        }
    }

    /// Whether a number can be one of these.
    fn fits_number(self) -> bool {
        match self {
            Kind::Secret
            | Kind::Phone
            | Kind::PersonId
            | Kind::OfficialNumber
            | Kind::Payment
            | Kind::Trait
            | Kind::Location
            | Kind::Group => true,
            Kind::Email
            | Kind::Name
            | Kind::Address
            | Kind::IpAddress
            | Kind::Device
            | Kind::Picture
            | Kind::Url
            | Kind::FreeText => false,
        }
    }

    /// Whether words of a closed list can be one of these.
    fn fits_closed(self) -> bool {
        self == Kind::Trait
    }
}

/// How sure the guess is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// The word is used for other things as well, or the thing is personal only now and then.
    Weak,
    /// Hardly anything else is called so.
    Strong,
}

/// What a field looks like, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Looks {
    /// What it seems to hold.
    pub what: Kind,
    /// How sure that is.
    pub strength: Strength,
    /// The word, format or phrase that says so.
    pub because: &'static str,
}

impl Looks {
    fn strong(what: Kind, because: &'static str) -> Looks {
        Looks { what, strength: Strength::Strong, because }
    }

    fn weak(what: Kind, because: &'static str) -> Looks {
        Looks { what, strength: Strength::Weak, because }
    }

    /// Whether hardly anything else looks so.
    pub fn is_strong(&self) -> bool {
        self.strength == Strength::Strong
    }
}

/// What the field looks like; nothing where nothing about it looks personal or secret.
pub fn looks(field: &Candidate<'_>) -> Option<Looks> {
    if field.value == Value::Switch {
        return None;
    }
    let format = field.format.and_then(by_text::format);
    if format == Some(by_text::Format::Harmless) {
        return by_name::trait_of(field);
    }
    let guess = match format {
        Some(by_text::Format::Looks(looks)) if looks.is_strong() => Some(looks),
        Some(by_text::Format::Looks(looks)) => {
            by_name::guess(field).filter(|it| it.is_strong()).or(Some(looks))
        }
        Some(by_text::Format::Harmless) | None => {
            by_name::guess(field).or_else(|| field.description.and_then(by_text::description))
        }
    };
    guess
        .filter(|it| field.value != Value::Number || it.what.fits_number())
        .filter(|it| !field.closed || it.what.fits_closed())
}

/// What the answer to a call of this path is about: its last segment that is no parameter. `users` for both
/// `/v2/users` and `/v2/users/{userId}`.
pub fn subject(path: &str) -> &str {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let plain = |segment: &&str| {
        !segment.is_empty() && segment.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    };
    path.rsplit('/').find(plain).unwrap_or("")
}

/// The names on the way to a field, its own last.
pub(crate) fn names(path: &FieldPath) -> impl DoubleEndedIterator<Item = &str> {
    path.0.iter().filter_map(|part| match part {
        Part::Name(name) => Some(name.as_str()),
        Part::AnyName | Part::Element => None,
    })
}

#[cfg(test)]
mod tests;
