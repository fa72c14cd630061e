//! The example pairs: what the shipped rules make of every original is exactly what is in `sanitized/`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;
use vizard_sanitizer::RuleSet;
use vizard_tests::examples::{Source, pretty, rule_files};
use vizard_tests::repository::{self, assert_none, compare};

#[test]
fn originals_become_what_is_in_sanitized() {
    let mut problems = Vec::new();
    for source in Source::all() {
        for example in &source.examples {
            let sanitized = source.sanitize(example, source.original(example).as_bytes());
            let shown = pretty(sanitized.body());
            problems.extend(compare(&source.sanitized_path(example), &shown).err());
        }
    }
    assert_none(&problems);
}

#[test]
fn every_rule_file_loads_without_a_warning() {
    let mut found = Vec::new();
    for path in rule_files() {
        let loaded =
            RuleSet::load(&path, &repository::text(&path)).unwrap_or_else(|problems| panic!("{problems}"));
        found.extend(loaded.warnings.iter().map(|warning| (path.clone(), warning.code)));
    }
    let found: Vec<_> = found.iter().map(|(path, code)| (path.as_str(), *code)).collect();
    assert_eq!(found, [] as [(&str, &str); 0]);
}

#[test]
fn every_original_belongs_to_one_example_and_every_sanitized_file_to_an_original() {
    for source in Source::all() {
        let mut named: Vec<String> = source.examples.iter().map(|it| it.original.clone()).collect();
        named.sort();
        let names = |folder: &str| -> Vec<String> {
            let files = repository::files(folder, "");
            files.iter().map(|path| path.rsplit('/').next().unwrap().to_owned()).collect()
        };
        assert_eq!(names(&source.originals()), named, "{}", source.name);
        let sanitized = format!("example-api-responses/{}/sanitized", source.name);
        if repository::updating() {
            for name in names(&sanitized).iter().filter(|name| !named.contains(name)) {
                fs::remove_file(repository::root().join(&sanitized).join(name)).unwrap();
            }
        } else {
            assert_eq!(names(&sanitized), named, "{}", source.name);
        }
    }
}

#[test]
fn every_endpoint_has_two_examples() {
    for source in Source::all() {
        let mut counts: BTreeMap<String, usize> =
            source.rules.endpoints().map(|endpoint| (endpoint.to_owned(), 0)).collect();
        for example in &source.examples {
            let admitted = source.admit(example);
            *counts.get_mut(admitted.endpoint()).unwrap() += 1;
        }
        counts.retain(|_, count| *count < 2);
        assert_eq!(counts, BTreeMap::new(), "{}: endpoints with fewer than two examples", source.name);
    }
}

#[test]
fn names_of_examples_and_their_companies_are_invented() {
    for source in Source::all() {
        for example in &source.examples {
            for address in strings(&source.original(example)).iter().filter_map(|text| text.rsplit_once('@'))
            {
                let domain = address.1.split([';', ',', '>', ' ', '/', '?']).next().unwrap().to_lowercase();
                // Zoom's own name in chat identifiers is no company of ours to invent.
                let invented = domain.ends_with("xmpp.zoom.us")
                    || domain.ends_with(".example")
                    || domain.ends_with(".invalid")
                    || !domain.contains('.');
                assert!(invented, "{}: {domain} may belong to somebody", example.original);
            }
        }
    }
}

/// Whose values never leave as they are, wherever they stand.
pub(crate) const SENSITIVE: &[&str] = &[
    "account_id",
    "agenda",
    "alternative_hosts",
    "assistant_id",
    "cms_user_id",
    "chat_join_url",
    "contact_email",
    "contact_name",
    "custom_attributes",
    "custom_keys",
    "customer_key",
    "dept",
    "display_name",
    "display_number",
    "download_access_token",
    "download_url",
    "dynamic_host_key",
    "edited_summary",
    "email",
    "employee_unique_id",
    "encrypted_password",
    "file_path",
    "first_name",
    "global_dial_in_numbers",
    "group_ids",
    "group_names",
    "h323_passcode",
    "h323_password",
    "host_email",
    "host_id",
    "host_key",
    "host_name",
    "im_group_ids",
    "invite_link",
    "job_title",
    "join_url",
    "last_name",
    "location",
    "manager",
    "meeting_host_email",
    "meeting_host_id",
    "meeting_topic",
    "name",
    "new_pii_field",
    "next_steps",
    "participant_user_id",
    "password",
    "personal_meeting_url",
    "phone_country",
    "phone_number",
    "phone_numbers",
    "pic_url",
    "play_url",
    "pmi",
    "pmi_password",
    "pstn_password",
    "recording_play_passcode",
    "registrant_id",
    "registration_url",
    "session_key",
    "share_url",
    "start_url",
    "summary",
    "summary_content",
    "summary_doc_url",
    "summary_last_modified_user_email",
    "summary_last_modified_user_id",
    "summary_overview",
    "summary_title",
    "topic",
    "user_email",
    "user_name",
    "vanity_url",
];

#[test]
fn no_sensitive_value_is_in_a_sanitized_file() {
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for source in Source::all() {
        for example in &source.examples {
            let original: Value = serde_json::from_str(&source.original(example)).unwrap();
            let body = source.sanitize(example, source.original(example).as_bytes()).into_body();
            let sanitized: Value = serde_json::from_slice(&body).unwrap();
            let sanitized = String::from_utf8(body).unwrap() + &strings_of(&sanitized).join("\n");
            let mut values = Vec::new();
            gather(&original, None, &mut values);
            for (name, text) in values {
                seen.insert(name);
                // Two letters are found anywhere by chance.
                if text.chars().count() > 3 && sanitized.contains(&text) {
                    problems.push(format!("{}: `{name}` leaves as it came: {text}", example.original));
                }
            }
        }
    }
    assert_none(&problems);
    let unseen: Vec<_> = SENSITIVE.iter().filter(|name| !seen.contains(*name)).collect();
    assert!(unseen.len() * 4 < SENSITIVE.len(), "the originals hardly have any of these: {unseen:?}");
}

/// The scalars at or below a sensitive name.
fn gather(value: &Value, below: Option<&'static str>, found: &mut Vec<(&'static str, String)>) {
    match (value, below) {
        (Value::Object(members), _) => {
            for (name, member) in members {
                let sensitive = SENSITIVE.iter().find(|it| *it == name).copied();
                // A switch such as `pmi_password: true` under a meeting's security settings says nothing.
                gather(member, sensitive.or(below), found);
            }
        }
        (Value::Array(items), _) => items.iter().for_each(|item| gather(item, below, found)),
        (Value::String(text), Some(name)) => found.push((name, text.clone())),
        (Value::Number(number), Some(name)) => found.push((name, number.to_string())),
        _ => {}
    }
}

fn strings(json: &str) -> Vec<String> {
    strings_of(&serde_json::from_str(json).unwrap())
}

fn strings_of(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(strings_of).collect(),
        Value::Object(members) => members.values().flat_map(strings_of).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

#[test]
fn one_person_is_one_pseudonym_in_all_files() {
    for source in Source::all() {
        let (mut forward, mut backward) = (BTreeMap::new(), BTreeMap::new());
        let mut joins = 0;
        for example in &source.examples {
            let original: Value = serde_json::from_str(&source.original(example)).unwrap();
            let body = source.sanitize(example, source.original(example).as_bytes()).into_body();
            let sanitized: Value = serde_json::from_slice(&body).unwrap();
            let mut pairs = Vec::new();
            pair(&original, &sanitized, &mut pairs);
            for (identifier, pseudonym) in pairs {
                let kind = &pseudonym[..2];
                // Letter case and plus-tags of an address do not make another person, but they are in the
                // ciphertext of a reversible pseudonym and in the domain behind it: the hash is what joins.
                let person = canonical(&identifier);
                let hash: String = pseudonym.chars().skip(2).take(42).collect();
                let known: &String = forward.entry(person.clone()).or_insert_with(|| hash.clone());
                assert_eq!(known, &hash, "{}: {identifier} has two pseudonyms ({kind})", example.original);
                let who: &String = backward.entry(hash).or_insert_with(|| person.clone());
                assert_eq!(who, &person, "{}: two people have one pseudonym", example.original);
                joins += 1;
            }
        }
        assert!(joins > 2 * forward.len(), "{}: {joins} pseudonyms of {}", source.name, forward.len());
    }
}

/// Scalars that became tokens, with what they were. Arrays that lost elements are left out.
fn pair(original: &Value, sanitized: &Value, found: &mut Vec<(String, String)>) {
    match (original, sanitized) {
        (Value::Object(original), Value::Object(sanitized)) => {
            for (name, sanitized) in sanitized {
                if let Some(original) = original.get(name) {
                    pair(original, sanitized, found);
                }
            }
        }
        (Value::Array(original), Value::Array(sanitized)) if original.len() == sanitized.len() => {
            original.iter().zip(sanitized).for_each(|(original, sanitized)| pair(original, sanitized, found));
        }
        (Value::String(text), Value::String(token)) if is_token(token) => {
            found.push((text.clone(), token.clone()))
        }
        // A number that is not written as an integer is another identifier, as it always was.
        (Value::Number(number), Value::String(token)) if is_token(token) && number.as_u64().is_some() => {
            found.push((number.to_string(), token.clone()));
        }
        _ => {}
    }
}

fn is_token(text: &str) -> bool {
    let one = text.starts_with("t~") || text.starts_with("p~");
    one && !text.contains([';', ',', ' '])
}

/// A spelling by which an identifier is compared here; written apart from the engine's own.
fn canonical(identifier: &str) -> String {
    let address =
        identifier.rsplit_once('<').map_or(identifier, |(_, address)| address.trim_end_matches('>'));
    if let Some((local, domain)) = address.split_once('@') {
        let local = local.split('+').next().unwrap();
        return format!("{local}@{domain}").trim().to_lowercase();
    }
    identifier.to_owned()
}
