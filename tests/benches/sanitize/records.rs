//! Records as Zoom sends them: those of the examples, each with identifiers of its own.

use serde_json::{Value, json};

use crate::people::{Person, number, random, time, token, uuid};

/// The n-th record of a list, made from one of the list's examples.
pub(crate) type Vary = fn(n: u64, example: &mut Value);

const HOME: &str = "lumen-orchard.example";
const ABROAD: &str = "kestrel-bay.example";

/// A user of `GET /v2/users`.
pub(crate) fn user(n: u64, it: &mut Value) {
    let person = Person(n);
    it["id"] = json!(person.id());
    it["first_name"] = json!(person.given());
    it["last_name"] = json!(person.family());
    it["display_name"] = json!(person.name());
    it["email"] = json!(person.email(HOME));
    it["pmi"] = json!(person.room());
    it["dept"] = json!(person.department());
    it["created_at"] = json!(time(n, 10));
    it["user_created_at"] = json!(time(n, 11));
    it["last_login_time"] = json!(time(n, 12));
    it["phone_number"] = json!(format!("+1 5550{:06}", random(n, 13) % 1_000_000));
    let picture = format!("https://lumen-orchard.zoom.us/p/v2/{}/portrait-of-LO-{n}.jpg", person.id());
    it["pic_url"] = json!(picture);
    // A company has a few dozen groups, whose ids are shared like those of departments.
    it["group_ids"] = json!([token(random(n, 14) % 24, 15)]);
    it["im_group_ids"] = json!([token(random(n, 16) % 24, 17)]);
    it["employee_unique_id"] = json!(person.staff_number());
    it["host_key"] = json!(number(n, 18, 6).to_string());
}

/// A participant of a past meeting. Of six one is a person who came back, one a guest with an address and one a
/// guest without, in the order of the example.
pub(crate) fn participant(n: u64, it: &mut Value) {
    let person = if n % 6 == 2 { Person(n - 1) } else { Person(n) };
    let is_filled = |it: &Value, name: &str| it[name].as_str().is_some_and(|text| !text.is_empty());
    if is_filled(it, "id") {
        it["id"] = json!(person.id());
    }
    it["user_id"] = json!((16_778_240 + n * 1024).to_string());
    it["name"] = json!(person.name());
    if is_filled(it, "user_email") {
        let domain = if is_filled(it, "id") { HOME } else { ABROAD };
        it["user_email"] = json!(person.email(domain));
    }
    if is_filled(it, "registrant_id") {
        it["registrant_id"] = json!(token(person.0, 20));
    }
    if is_filled(it, "customer_key") {
        it["customer_key"] = json!(format!("kb-{}", person.email(ABROAD)));
    }
    it["join_time"] = json!(time(n, 21));
    it["leave_time"] = json!(time(n, 22));
    it["duration"] = json!(random(n, 23) % 7200);
}

/// A meeting of `GET /v2/report/users/{userId}/meetings`. Zoom answers with one host; here each has another, so
/// that nothing is won by meeting the same one again.
pub(crate) fn reported_meeting(n: u64, it: &mut Value) {
    let host = Person(n);
    let minutes = random(n, 30) % 120;
    let people = 1 + random(n, 31) % 12;
    it["uuid"] = json!(uuid(n, 32));
    it["id"] = json!(number(n, 33, 11));
    it["topic"] =
        json!(format!("{} with {}", ["Workshop", "Stand-up", "Pear tasting"][(n % 3) as usize], host.name()));
    it["user_name"] = json!(host.name());
    it["user_email"] = json!(host.email(HOME));
    it["host_name"] = json!(host.name());
    it["start_time"] = json!(time(n, 34));
    it["end_time"] = json!(time(n, 35));
    it["duration"] = json!(minutes);
    it["total_minutes"] = json!(minutes * people);
    it["participants_count"] = json!(people);
    it["participants_count_my_account"] = json!(people - random(n, 36) % people);
    it["session_key"] = json!(format!("ABC{}", &token(n, 37)[..9]));
}

/// The same with the tracking fields and keys that the filters of `rules.yaml` look into.
pub(crate) fn tracked_meeting(n: u64, it: &mut Value) {
    reported_meeting(n, it);
    let owner = Person(n + 1_000_000);
    it["tracking_fields"] = json!([
        {"field": "Cost centre", "value": format!("Pears / {}", owner.given())},
        {"field": "email", "value": owner.email(HOME)},
    ]);
    it["custom_keys"] = json!([
        {"key": "client", "value": format!("Kestrel Bay / {}", owner.name())},
        {"key": "owner", "value": owner.staff_number()},
    ]);
}
