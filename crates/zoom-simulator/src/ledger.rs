//! The canary ledger: every string the simulator sent that must never leave a privacy proxy in clear.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// One string that must stay inside, and what kind of thing it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Canary {
    /// `name`, `email`, `phone`, `pmi`, `url`, `passcode`, `text`, `user-id`, `token`, …
    pub kind: &'static str,
    /// The string itself.
    pub text: String,
}

impl Canary {
    /// The string as sent, and as it would look in other case, percent-encoded, escaped or in base64.
    pub fn spellings(&self) -> Vec<String> {
        let escaped: String = self.text.chars().map(json_escape).collect();
        let mut all = vec![
            self.text.clone(),
            self.text.to_lowercase(),
            self.text.to_uppercase(),
            utf8_percent_encode(&self.text, NON_ALPHANUMERIC).to_string(),
            escaped,
            STANDARD_NO_PAD.encode(&self.text),
            URL_SAFE_NO_PAD.encode(&self.text),
        ];
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether `output` contains the string in any spelling.
    ///
    /// ```
    /// # use vizard_zoom_simulator::Canary;
    /// let canary = Canary { kind: "name", text: "Mirela Castellan".into() };
    /// assert!(canary.is_in("hello mirela%20castellan".replace("mirela", "Mirela").replace("cas", "Cas").as_str()));
    /// assert!(!canary.is_in("t~q83vEjRWeJCrze8"));
    /// ```
    pub fn is_in(&self, output: &str) -> bool {
        self.spellings().iter().any(|spelling| output.contains(spelling.as_str()))
    }
}

fn json_escape(letter: char) -> String {
    match letter {
        '/' => "\\/".into(),
        '"' | '\\' => format!("\\{letter}"),
        _ if letter.is_ascii() => letter.into(),
        _ => letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    }
}

/// Remembers what was sent.
#[derive(Debug)]
pub(crate) struct Ledger {
    keeps_bodies: bool,
    seen: Mutex<BTreeSet<Canary>>,
}

impl Ledger {
    pub(crate) fn new(keeps_bodies: bool) -> Self {
        Ledger { keeps_bodies, seen: Mutex::default() }
    }

    pub(crate) fn note_body(&self, body: &Value) {
        if !self.keeps_bodies {
            return;
        }
        let mut found = Vec::new();
        gather("", "", body, &mut found);
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
    }

    pub(crate) fn note(&self, kind: &'static str, text: &str) {
        let mut found = Vec::new();
        add(kind, text, &mut found);
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
    }

    pub(crate) fn all(&self) -> Vec<Canary> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// The canaries of one answer.
pub(crate) fn canaries(body: &Value) -> Vec<Canary> {
    let mut found = Vec::new();
    gather("", "", body, &mut found);
    found.sort_unstable();
    found.dedup();
    found
}

fn gather(parent: &str, key: &str, value: &Value, found: &mut Vec<Canary>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                gather(key, name, member, found);
            }
        }
        Value::Array(items) => {
            for item in items {
                // An object in a list hangs below the list's name, a string in a list has that name.
                gather(if item.is_object() { key } else { parent }, key, item, found);
            }
        }
        Value::String(text) => note_text(parent, key, text, found),
        Value::Number(number) if matches!(key, "id" | "pmi" | "meeting_id") => {
            let text = number.to_string();
            if text.len() == 10 {
                add("pmi", &text, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn note_text(parent: &str, key: &str, text: &str, found: &mut Vec<Canary>) {
    if text.contains('@') && !text.contains(' ') {
        text.split([';', ',']).for_each(|address| add("email", address, found));
        return;
    }
    match key {
        "first_name" | "last_name" | "display_name" | "user_name" | "host_name" | "contact_name" => {
            add_name(text, found);
        }
        "name" if parent == "participants" => add_name(text, found),
        "name" | "authentication_name" => add("name", text, found),
        "phone_number" | "number" | "display_number" => add("phone", text, found),
        "pmi" | "personal_meeting_id" => add("pmi", text, found),
        "id" | "meeting_id" if text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit()) => {
            add("pmi", text, found)
        }
        "id" if text.len() == 22 => add("user-id", text, found),
        "host_id"
        | "meeting_host_id"
        | "participant_user_id"
        | "summary_last_modified_user_id"
        | "assistant_id"
        | "cms_user_id" => add("user-id", text, found),
        "account_id" => add("account-id", text, found),
        "password"
        | "encrypted_password"
        | "pstn_password"
        | "h323_password"
        | "h323_passcode"
        | "pmi_password"
        | "default_password_for_scheduled_meetings"
        | "host_key"
        | "dynamic_host_key"
        | "recording_play_passcode"
        | "download_access_token" => add("passcode", text, found),
        "registrant_id" | "customer_key" | "employee_unique_id" | "session_key" => add("key", text, found),
        "channel_id" | "resource_id" => add("object-id", text, found),
        "group_ids" | "im_group_ids" => add("group", text, found),
        "ip_addresses_or_ranges" => add("network", text, found),
        "new_pii_field" => add("unlisted", text, found),
        "topic"
        | "agenda"
        | "meeting_topic"
        | "summary_title"
        | "summary_overview"
        | "summary"
        | "summary_details"
        | "next_steps"
        | "summary_content"
        | "custom_service_instructions"
        | "audio_conference_info"
        | "job_title"
        | "file_path" => add_sentences(text, found),
        "label" if parent == "summary_details" => add_sentences(text, found),
        "value" if matches!(parent, "tracking_fields" | "custom_keys" | "custom_attributes") => {
            add_sentences(text, found);
        }
        "access_token" => add("token", text, found),
        _ if key.ends_with("url") => add("url", text, found),
        _ => {}
    }
}

/// A full name and its longer words, each of which gives a person away. What is in parentheses is a company.
fn add_name(text: &str, found: &mut Vec<Canary>) {
    add("name", text, found);
    let own = text.split('(').next().unwrap_or(text);
    own.split_whitespace().for_each(|word| add("name", word, found));
}

fn add_sentences(text: &str, found: &mut Vec<Canary>) {
    add("text", text, found);
    let lines = text.lines().flat_map(|line| line.split(". "));
    for sentence in lines.map(|line| line.trim_start_matches(['#', '-', ' ']).trim_end_matches(['.', ' '])) {
        let is_heading = matches!(sentence, "Quick recap" | "Next steps" | "Summary");
        if !is_heading {
            add("text", sentence, found);
        }
    }
}

/// Very short strings are left out: they occur by chance.
fn add(kind: &'static str, text: &str, found: &mut Vec<Canary>) {
    if text.len() >= 5 {
        found.push(Canary { kind, text: text.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::canaries;
    use serde_json::json;

    #[test]
    fn finds_what_is_secret_and_leaves_what_is_not() {
        let body = json!({
            "next_page_token": "", "type": 2, "timezone": "Europe/Lisbon", "dept": "Legal",
            "id": 4_102_938_475_u64, "topic": "Hello there. Second part.", "host_email": "a.b@c.example",
            "settings": { "alternative_hosts": "x@y.example;z@y.example", "host_video": true },
            "participants": [{ "name": "Mirela Castellan", "id": "" }],
        });
        let texts: Vec<_> = canaries(&body).into_iter().map(|canary| canary.text).collect();
        let expected = [
            "a.b@c.example",
            "x@y.example",
            "z@y.example",
            "Castellan",
            "Mirela",
            "Mirela Castellan",
            "4102938475",
            "Hello there",
            "Hello there. Second part.",
            "Second part",
        ];
        assert_eq!(texts, expected);
    }
}
