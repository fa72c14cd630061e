//! The guess from the name of a field and of what it stands in.

use super::lists::{self, PERSONS};
use super::{Candidate, Kind, Looks, Value, names, words};

/// What the name says; nothing where it says nothing personal.
pub(super) fn guess(field: &Candidate<'_>) -> Option<Looks> {
    let mut way = names(field.path).rev();
    let mut own = words::split(way.next().unwrap_or(field.about));
    let mut above = words::split(way.next().unwrap_or(field.about));
    if own.len() == 1 && listed(lists::STAND_INS, &own[0]).is_some() && !is_custom(&above) {
        (own, above) = (above, words::split(way.next().unwrap_or(field.about)));
    }
    let Words { head, before } = Words::of(&own)?;

    if let Some(looks) = trait_among(&own) {
        return Some(looks);
    }
    let counts =
        head == "number" && before.first().is_some_and(|it| it == "of") || own.iter().any(|it| it == "count");
    if counts {
        return None;
    }
    if own.len() > 1 && listed(lists::VERBS, &own[0]).is_some() || listed(lists::HARMLESS, head).is_some() {
        return None;
    }
    let is_inside = names(field.path).nth(1).is_some();
    let number = field.value == Value::Number;
    let plural = ends_as_plural(field);
    secret(head, before, number && plural)
        .or_else(|| contact(head, before, &above, number && plural))
        .or_else(|| correspondent(head, before, if is_inside { &above } else { &[] }))
        .or_else(|| official(head, before))
        .or_else(|| network(head, before))
        .or_else(|| link(head, before))
        .or_else(|| person_id(head, before, &above, number))
        .or_else(|| name(head, before, &above))
        .or_else(|| person(head, before, number))
        .or_else(|| text(head, before, &above))
        .or_else(|| group(head, before, number))
        .or_else(|| place(head, before, &above))
        .or_else(|| elsewhere(head, before))
}

/// The trait of a person that the name tells, whatever the format: a date may be one of birth.
pub(super) fn trait_of(field: &Candidate<'_>) -> Option<Looks> {
    trait_among(&words::split(field.path.name()?))
}

/// A name taken apart: what the value is, and the words that say of what.
struct Words<'a> {
    head: &'a str,
    before: &'a [String],
}

impl Words<'_> {
    fn of(own: &[String]) -> Option<Words<'_>> {
        // `password_for_meetings` is a password, `date_of_birth` a date, `created_by` stays.
        let parts = |it: &String| it == "of" || listed(lists::PREPOSITIONS, it).is_some();
        let inner = own.len().saturating_sub(1);
        let end = own[..inner].iter().skip(1).position(parts).map_or(own.len(), |at| at + 1);
        let (head, before) = own[..end].split_last()?;
        // `name_of_owner` is an owner's name.
        let before =
            if before.is_empty() && own.get(end).is_some_and(|it| it == "of") { &own[end..] } else { before };
        Some(Words { head, before })
    }
}

fn listed(list: &[&'static str], word: &str) -> Option<&'static str> {
    list.iter().find(|it| **it == word).copied()
}

fn any(list: &[&'static str], words: &[String]) -> Option<&'static str> {
    words.iter().rev().find_map(|word| listed(list, word))
}

fn ends_as_plural(field: &Candidate<'_>) -> bool {
    field.path.name().is_some_and(|it| it.ends_with(['s', 'S']))
}

fn trait_among(own: &[String]) -> Option<Looks> {
    const ABOUT: &[&str] = &["count", "type", "total", "enabled", "required", "visible", "option", "format"];
    let last = own.last()?;
    if listed(ABOUT, last).is_some() {
        return None;
    }
    if last == "age" && (own.len() == 1 || any(PERSONS, own).is_some()) {
        return Some(Looks::strong(Kind::Trait, "age"));
    }
    any(lists::TRAITS, own).map(|word| Looks::strong(Kind::Trait, word))
}

fn secret(head: &str, before: &[String], count: bool) -> Option<Looks> {
    if head == "token" && (count || any(lists::PAGE_TOKENS, before).is_some()) {
        return None;
    }
    if let Some(word) = listed(lists::SECRETS, head) {
        return Some(Looks::strong(Kind::Secret, word));
    }
    match head {
        "key" if before.iter().any(|it| it == "public" || it == "foreign" || it == "primary") => None,
        "key" if any(PERSONS, before).is_some_and(|it| it != "host" && it != "user" && it != "moderator") => {
            None
        }
        "key" if any(lists::SECRET_KEYS, before).is_some() => Some(Looks::strong(Kind::Secret, "key")),
        "key" => Some(Looks::weak(Kind::Secret, "key")),
        "session" => Some(Looks::weak(Kind::Secret, "session")),
        "code" => any(&["conference", "join", "leader", "invite", "security"], before)
            .map(|_| Looks::weak(Kind::Secret, "code")),
        "id" if any(&["session"], before).is_some() => Some(Looks::weak(Kind::Secret, "session")),
        "hash" | "salt" if any(lists::SECRETS, before).is_some() => Some(Looks::strong(Kind::Secret, "hash")),
        _ => None,
    }
}

fn contact(head: &str, before: &[String], above: &[String], count: bool) -> Option<Looks> {
    match head {
        // Where somebody is called back; elsewhere it is an address on the web, or a function.
        "callback" if before.is_empty() && whose(above).is_some() && !count => {
            return Some(Looks::weak(Kind::Phone, "callback"));
        }
        "email" => return Some(Looks::strong(Kind::Email, "email")),
        "mail" => return Some(Looks::strong(Kind::Email, "mail")),
        "cc" | "bcc" => return Some(Looks::strong(Kind::Email, "cc")),
        "address" if any(&["email", "mail"], before).is_some() => {
            return Some(Looks::strong(Kind::Email, "email"));
        }
        _ => {}
    }
    if let Some(word) = listed(lists::PHONES, head) {
        // `did` is a verb as well, `cell` one of a table.
        let sure = word != "did" && (word != "cell" || before.is_empty());
        return Some(if sure { Looks::strong(Kind::Phone, word) } else { Looks::weak(Kind::Phone, word) });
    }
    match head {
        "number" | "no" => any(lists::PHONES, before)
            .or_else(|| any(&["callback", "caller", "callee", "dial", "dialin", "callin", "did"], before))
            .map(|word| Looks::strong(Kind::Phone, word))
            .or_else(|| any(&["extension"], before).map(|word| Looks::weak(Kind::Phone, word))),
        "extension" if before.iter().all(|it| it == "phone" || it == "number") => {
            Some(Looks::weak(Kind::Phone, "extension"))
        }
        _ => None,
    }
}

/// Who wrote or gets something: `from` and `to` of a message, which are dates of a report, and `assigned_to`.
fn correspondent(head: &str, before: &[String], above: &[String]) -> Option<Looks> {
    match (head, before) {
        ("from" | "to", []) => match listed(lists::LETTERS, above.last()?)? {
            word @ ("email" | "mail" | "envelope") => Some(Looks::strong(Kind::Email, word)),
            word => Some(Looks::strong(Kind::PersonId, word)),
        },
        ("to", [verb]) if verb == "reply" => Some(Looks::strong(Kind::Email, "reply")),
        ("to", [.., verb]) => listed(lists::GIVEN, verb).map(|word| Looks::strong(Kind::PersonId, word)),
        _ => None,
    }
}

fn official(head: &str, before: &[String]) -> Option<Looks> {
    if let Some(word) = listed(lists::OFFICIAL, head) {
        return Some(Looks::strong(Kind::OfficialNumber, word));
    }
    if let Some(word) = listed(lists::PAYMENTS, head) {
        return Some(Looks::strong(Kind::Payment, word));
    }
    if !matches!(head, "number" | "no" | "id" | "code") {
        return None;
    }
    any(lists::OFFICIAL, before)
        .or_else(|| any(lists::OFFICIAL_NUMBERS, before))
        .map(|word| Looks::strong(Kind::OfficialNumber, word))
        .or_else(|| {
            any(&["bank", "card", "iban", "routing"], before).map(|it| Looks::strong(Kind::Payment, it))
        })
        .or_else(|| {
            any(&["account"], before).filter(|_| head != "id").map(|it| Looks::strong(Kind::Payment, it))
        })
}

fn network(head: &str, before: &[String]) -> Option<Looks> {
    let address = head == "address";
    if head == "ip" || address && any(&["ip"], before).is_some() {
        return Some(Looks::strong(Kind::IpAddress, "ip"));
    }
    if head == "mac" || address && any(&["mac"], before).is_some() {
        return Some(Looks::strong(Kind::Device, "mac"));
    }
    if let Some(word) = listed(lists::DEVICES, head) {
        return Some(Looks::strong(Kind::Device, word));
    }
    if matches!(head, "number" | "no") {
        return any(lists::DEVICES, before).map(|word| Looks::strong(Kind::Device, word));
    }
    if let Some(word) = listed(lists::DEVICE_WORDS, head) {
        return Some(Looks::weak(Kind::Device, word));
    }
    match head {
        "id" | "uuid" | "guid" => any(&["device", "hardware", "harddisk", "disk", "computer"], before)
            .or_else(|| any(lists::DEVICES, before))
            .map(|word| Looks::strong(Kind::Device, word)),
        "name" => any(&["device", "computer", "workstation", "machine", "pc"], before)
            .map(|word| Looks::weak(Kind::Device, word)),
        _ => None,
    }
}

fn link(head: &str, before: &[String]) -> Option<Looks> {
    if let Some(word) = listed(lists::PICTURES, head) {
        return Some(Looks::strong(Kind::Picture, word));
    }
    if matches!(head, "image" | "picture" | "thumbnail") {
        let of_person = any(PERSONS, before).is_some();
        return Some(if of_person {
            Looks::strong(Kind::Picture, "picture")
        } else {
            Looks::weak(Kind::Picture, "picture")
        });
    }
    let word = listed(lists::LINKS, head)
        .or_else(|| (head == "address" && any(lists::WEB_WORDS, before).is_some()).then_some("address"))?;
    if any(lists::PAGE_TOKENS, before).is_some() && any(lists::DOORS, before).is_none() {
        return None;
    }
    Some(
        if any(lists::DOORS, before).is_some() || any(lists::SECRETS, before).is_some() || word == "sipuri" {
            Looks::strong(Kind::Url, word)
        } else {
            Looks::weak(Kind::Url, word)
        },
    )
}

fn person_id(head: &str, before: &[String], above: &[String], number: bool) -> Option<Looks> {
    if let Some(word) = listed(lists::IDS, head) {
        return Some(Looks::strong(Kind::PersonId, word));
    }
    if before.is_empty() && whose(above).is_some() {
        // What a person is called at some other place: `user.sso`, `user.skype`.
        if let Some(word) = listed(lists::ELSEWHERE, head).or_else(|| listed(lists::DIRECTORIES, head)) {
            return Some(Looks::strong(Kind::PersonId, word));
        }
    }
    match head {
        // The name at which somebody logs in; `last_login` is a time.
        "login" => (before.is_empty() || any(PERSONS, before).is_some())
            .then(|| Looks::strong(Kind::PersonId, "login")),
        "by" => {
            let verb = before.last()?;
            listed(lists::ORDERING, verb).is_none().then(|| Looks::strong(Kind::PersonId, "by"))
        }
        "id" | "uuid" | "guid" | "key" | "identifier" | "code" | "ref" | "reference" => {
            if let Some(word) = any(PERSONS, before) {
                return Some(Looks::strong(Kind::PersonId, word));
            }
            if head != "key"
                && let Some(word) = any(lists::DIRECTORIES, before)
            {
                return Some(Looks::strong(Kind::PersonId, word));
            }
            // `id` by itself is that of what it stands in, and so is an `external_id`.
            let unsaid = before.iter().all(|it| listed(lists::ANY_ID, it).is_some());
            let own = unsaid && matches!(head, "id" | "uuid" | "guid" | "identifier");
            own.then(|| whose(above)).flatten().map(|word| Looks::strong(Kind::PersonId, word))
        }
        "number" | "no" => {
            let whose = any(PERSONS, before)?;
            Some(if number && whose != "employee" {
                Looks::weak(Kind::PersonId, whose)
            } else {
                Looks::strong(Kind::PersonId, whose)
            })
        }
        _ => None,
    }
}

/// The person that a thing of this name is, by its last word: `users` is, `user_settings` is not.
fn whose(above: &[String]) -> Option<&'static str> {
    listed(PERSONS, above.last()?)
}

fn name(head: &str, before: &[String], above: &[String]) -> Option<Looks> {
    let of_name = |it: &String| it == "name";
    if before.is_empty() && above.last().is_some_and(of_name) && listed(lists::NAME_PARTS, head).is_some() {
        return Some(Looks::strong(Kind::Name, "name"));
    }
    match head {
        "nickname" | "nick" | "initials" | "alias" | "handle" => {
            return Some(Looks::weak(Kind::Name, "nickname"));
        }
        "name" => {}
        _ => return None,
    }
    if any(lists::NAME_PARTS, before).is_some() || any(PERSONS, before).is_some() {
        return Some(Looks::strong(Kind::Name, "name"));
    }
    if let Some(word) = any(lists::GROUPS, before) {
        return Some(Looks::weak(Kind::Group, word));
    }
    // Names of things are chosen by people, but seldom are people.
    if !before.is_empty() {
        return None;
    }
    Some(if whose(above).is_some() {
        Looks::strong(Kind::Name, "name")
    } else {
        Looks::weak(Kind::Name, "name")
    })
}

/// A person mentioned by role: `manager`, `alternative_hosts`.
fn person(head: &str, before: &[String], number: bool) -> Option<Looks> {
    let word = listed(PERSONS, head)?;
    if number {
        return None;
    }
    let sure = !before.is_empty() || listed(lists::SOMETIMES_PERSONS, word).is_none();
    Some(if sure { Looks::strong(Kind::PersonId, word) } else { Looks::weak(Kind::PersonId, word) })
}

fn text(head: &str, before: &[String], above: &[String]) -> Option<Looks> {
    if let Some(word) = listed(lists::TEXTS, head) {
        return Some(Looks::strong(Kind::FreeText, word));
    }
    if let Some(word) = listed(lists::TEXT_WORDS, head) {
        // `next_steps` of a summary; other steps are seldom texts.
        let sure = word != "step" || before.iter().any(|it| it == "next" || it == "action");
        return sure.then(|| Looks::weak(Kind::FreeText, word));
    }
    (head == "value" && is_custom(above)).then(|| Looks::weak(Kind::FreeText, "value"))
}

/// Whether what stands there is whatever a customer wanted to be there.
fn is_custom(above: &[String]) -> bool {
    any(&["custom", "field", "attribute", "answer", "question"], above).is_some()
}

fn group(head: &str, before: &[String], number: bool) -> Option<Looks> {
    let word = listed(lists::GROUPS, head).filter(|_| !number);
    let id = matches!(head, "id" | "uuid" | "guid" | "number" | "no" | "code" | "key");
    word.or_else(|| if id { any(lists::GROUPS, before) } else { None })
        .map(|word| Looks::weak(Kind::Group, word))
}

fn place(head: &str, before: &[String], above: &[String]) -> Option<Looks> {
    if let Some(word) = listed(lists::COORDINATES, head) {
        return Some(Looks::strong(Kind::Location, word));
    }
    if let Some(word) = listed(lists::ADDRESSES, head) {
        return Some(Looks::strong(Kind::Address, word));
    }
    let in_address =
        any(lists::ADDRESSES, before).is_some() || above.last().is_some_and(|it| it == "address");
    if in_address && listed(lists::ADDRESS_PARTS, head).is_some() {
        return Some(Looks::strong(Kind::Address, "address"));
    }
    // The country of a telephone number, or of a tax, is a kind of number.
    if any(lists::PHONES, before).is_some() {
        return None;
    }
    listed(lists::PLACES, head).map(|word| Looks::weak(Kind::Location, word))
}

/// A telling word that does not stand last, before a word that says nothing: `email_main`.
fn elsewhere(head: &str, before: &[String]) -> Option<Looks> {
    if listed(lists::PLACES, head).is_some() || matches!(head, "carrier" | "plan" | "domain") {
        return None;
    }
    let find = |list, kind| any(list, before).map(|word| Looks::weak(kind, word));
    find(&["email"], Kind::Email)
        .or_else(|| find(&["phone", "telephone"], Kind::Phone))
        .or_else(|| find(&["password", "passcode", "secret", "credential"], Kind::Secret))
        .or_else(|| find(lists::OFFICIAL, Kind::OfficialNumber))
        .or_else(|| find(&["iban", "salary"], Kind::Payment))
        .or_else(|| find(&["latitude", "longitude"], Kind::Location))
}
