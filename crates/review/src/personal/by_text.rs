//! The guess from what a description says: the format of the field and the sentence about it.

use super::{Kind, Looks};

/// What a format says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// It holds what looks so.
    Looks(Looks),
    /// A time, or a number in text: nothing that people write.
    Harmless,
}

/// What a format says of the values; nothing for formats that say nothing, such as `uuid`.
pub(super) fn format(format: &str) -> Option<Format> {
    let format = format.trim().to_ascii_lowercase();
    Some(match format.as_str() {
        "email" | "idn-email" | "e-mail" => Format::Looks(Looks::strong(Kind::Email, "format email")),
        "phone" | "phone-number" | "tel" | "telephone" | "e164" => {
            Format::Looks(Looks::strong(Kind::Phone, "format phone"))
        }
        "password" => Format::Looks(Looks::strong(Kind::Secret, "format password")),
        "ip" | "ipv4" | "ipv6" | "ip-address" => Format::Looks(Looks::strong(Kind::IpAddress, "format ip")),
        "mac" | "mac-address" => Format::Looks(Looks::strong(Kind::Device, "format mac")),
        "uri" | "url" | "iri" | "uri-reference" | "iri-reference" => {
            Format::Looks(Looks::weak(Kind::Url, "format uri"))
        }
        "hostname" | "idn-hostname" => Format::Looks(Looks::weak(Kind::Device, "format hostname")),
        "date" | "date-time" | "datetime" | "time" | "duration" => Format::Harmless,
        _ => return None,
    })
}

/// How much of a description is read: what it is about stands at its beginning.
const LONGEST: usize = 300;

/// Beginnings of sentences about switches and counts.
const SWITCHES: &[&str] = &[
    "whether",
    "indicates whether",
    "if ",
    "the number of",
    "number of",
    "total",
    "the total",
    "enable",
    "disable",
    "allow",
    "require",
    "set ",
    "show ",
    "send ",
    "the type of",
    "type of",
    "the status",
    "the date",
    "the time",
    "count",
];

/// Phrases that say what a field holds, whatever it is called.
const PHRASES: &[(&str, Kind)] = &[
    ("email address", Kind::Email),
    ("e-mail address", Kind::Email),
    ("phone number", Kind::Phone),
    ("telephone number", Kind::Phone),
    ("first name", Kind::Name),
    ("last name", Kind::Name),
    ("full name", Kind::Name),
    ("display name", Kind::Name),
    ("user's name", Kind::Name),
    ("name of the user", Kind::Name),
    ("name of the host", Kind::Name),
    ("name of the participant", Kind::Name),
    ("name of the person", Kind::Name),
    ("user id", Kind::PersonId),
    ("user's id", Kind::PersonId),
    ("id of the user", Kind::PersonId),
    ("id of the host", Kind::PersonId),
    ("employee id", Kind::PersonId),
    ("ip address", Kind::IpAddress),
    ("mac address", Kind::Device),
    ("date of birth", Kind::Trait),
    ("passcode", Kind::Secret),
    ("password", Kind::Secret),
    ("access token", Kind::Secret),
];

/// What the sentence about a field says; always a weak guess, for sentences speak of many things.
pub(super) fn description(text: &str) -> Option<Looks> {
    let text: String = text.trim_start().chars().take(LONGEST).collect::<String>().to_lowercase();
    if SWITCHES.iter().any(|start| text.starts_with(start)) {
        return None;
    }
    let first = text.split(". ").next().unwrap_or(&text);
    PHRASES.iter().find(|(phrase, _)| first.contains(phrase)).map(|&(phrase, kind)| Looks::weak(kind, phrase))
}
