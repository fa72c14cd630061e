//! A tour of a small world: every answer that the API can give now.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::account::Account;
use crate::api::{Call, answer};
use crate::query::Query;
use crate::route::Endpoint;
use crate::world::calendar::{DAY, date_text};

/// All users, all their lists, all meetings of half a year.
pub(crate) fn answers(account: &Account) -> Vec<Value> {
    let now = account.now();
    let world = &account.world;
    let mut found = Vec::new();
    let mut ask = |endpoint, id: &str, query: &str| {
        let query = Query::parse(&format!("page_size=300&{query}"));
        let call = Call { world, plan: account.plan, pages: account.pages, path: "", query: &query, id, now };
        found.extend(answer(endpoint, call).ok());
    };
    for status in ["active", "inactive", "pending"] {
        let pages = world.users.div_ceil(300);
        for page in 1..=pages {
            let fields = "include_fields=host_key,custom_attributes";
            ask(Endpoint::Users, "", &format!("status={status}&page_number={page}&{fields}"));
        }
    }
    for index in 0..world.users {
        let id = world.user(index).id;
        ask(Endpoint::User, &id, "");
        for option in ["", "option=meeting_authentication", "option=meeting_security"] {
            ask(Endpoint::UserSettings, &id, option);
        }
        for kind in ["scheduled", "live", "upcoming", "previous_meetings"] {
            ask(Endpoint::UserMeetings, &id, &format!("type={kind}"));
        }
        for month in 0..6 {
            let (from, to) = (date_text(now - (month + 1) * 28 * DAY), date_text(now - month * 28 * DAY));
            ask(Endpoint::UserRecordings, &id, &format!("from={from}&to={to}"));
            for kind in ["past", "pastOne", "pastJoined"] {
                ask(Endpoint::ReportUserMeetings, &id, &format!("from={from}&to={to}&type={kind}"));
            }
        }
        for (_, instance) in world.hosted(index, now - 180 * DAY, now + 15 * DAY) {
            let uuid = world.uuid(instance);
            let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            let uuid = encode(&encode(&uuid));
            ask(Endpoint::Meeting, &uuid, "");
            ask(Endpoint::MeetingSummary, &uuid, "");
            ask(Endpoint::PastMeeting, &uuid, "");
            ask(Endpoint::PastParticipants, &uuid, "");
            ask(Endpoint::ReportMeeting, &uuid, "");
            ask(Endpoint::ReportParticipants, &uuid, "include_fields=registrant_id");
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::Value;

    use super::answers;
    use crate::account::Account;
    use crate::config::Config;
    use crate::ledger::canaries;

    /// The fields whose text names nobody by itself: the ledger has the parts that do, if any.
    const HARMLESS: &str = "alternative_hosts authentication_domains authentication_option auto_delete_date \
        auto_recording block_user_domain_list bo_mtg_id city company concurrent_meeting created_at \
        creation_source dept domains encryption_type end_time field file_type from \
        host_organization id interpreter_languages join_time join_waiting_room_time key label \
        language languages last_client_version last_login_time leave_time location \
        meeting_end_time meeting_id meeting_start_time meeting_uuid method occurrence_id \
        permission_level pronouns recording_end recording_start recording_type resource_type \
        role_name schedule_time sign_language start_time status summary_created_time \
        summary_end_time summary_last_modified_time summary_start_time timezone to type \
        user_created_at user_id uuid whitelisted_domains_for_waiting_room who_is_added";

    fn strings<'v>(key: &'v str, value: &'v Value, found: &mut BTreeMap<&'v str, BTreeSet<&'v str>>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, member)| strings(name, member, found)),
            Value::Array(items) => items.iter().for_each(|item| strings(key, item, found)),
            Value::String(text) if text.len() >= 5 => drop(found.entry(key).or_default().insert(text)),
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    #[test]
    fn every_text_is_in_the_ledger_or_known_to_be_harmless() {
        let account = Account::new(&Config::tiny(), String::new());
        let answers = answers(&account);
        let secret: BTreeSet<_> = answers.iter().flat_map(canaries).map(|canary| canary.text).collect();
        let mut found = BTreeMap::new();
        answers.iter().for_each(|answer| strings("", answer, &mut found));
        let open = found.iter().filter(|(_, texts)| texts.iter().any(|text| !secret.contains(*text)));
        let open: Vec<_> = open.map(|(key, _)| *key).collect();
        assert_eq!(open, HARMLESS.split_whitespace().collect::<Vec<_>>());
    }
}
