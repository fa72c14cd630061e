use vizard_sanitizer::outline::{FieldPath, Part};

use super::{Candidate, Strength, Value, looks, subject};

/// `$.users[*].id` as a place; enough of the notation for these tests.
fn path(text: &str) -> FieldPath {
    let mut parts = Vec::new();
    for name in text.split('.') {
        let plain = name.trim_end_matches("[*]");
        parts.push(if plain == "*" { Part::AnyName } else { Part::Name(plain.to_owned()) });
        parts.extend((0..name.matches("[*]").count()).map(|_| Part::Element));
    }
    FieldPath(parts)
}

/// The guess in a few letters: `email!` for a strong one, `email?` for a weak one, `-` for none.
fn say(field: &Candidate<'_>) -> String {
    match looks(field) {
        None => "-".to_owned(),
        Some(looks) => {
            let kind = serde_json::to_value(looks.what).unwrap();
            let mark = if looks.strength == Strength::Strong { "!" } else { "?" };
            format!("{}{mark}", kind.as_str().unwrap())
        }
    }
}

#[track_caller]
fn check(value: Value, cases: &[(&str, &str)]) {
    let wrong: Vec<_> = cases
        .iter()
        .filter_map(|(name, expected)| {
            let path = path(name);
            let said = say(&Candidate::new("", &path, value));
            (said != *expected).then(|| format!("{name}: {said}, not {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn texts_that_are_personal() {
    check(
        Value::Text,
        &[
            // E-mail addresses.
            ("email", "email!"),
            ("e_mail", "email!"),
            ("eMail", "email!"),
            ("Email", "email!"),
            ("mail", "email!"),
            ("emails[*]", "email!"),
            ("user_email", "email!"),
            ("hostEmail", "email!"),
            ("contact-email", "email!"),
            ("emailAddress", "email!"),
            ("primary_email_address", "email!"),
            ("alternateEmails[*].value", "email!"),
            ("bcc[*]", "email!"),
            ("support_email", "email!"),
            ("summary_last_modified_user_email", "email!"),
            ("emails.*", "email!"),
            ("email_main", "email?"),
            ("email_hash", "email?"),
            // Telephones.
            ("phone", "phone!"),
            ("phone_number", "phone!"),
            ("phoneNumbers[*].value", "phone!"),
            ("phone_numbers[*].number", "phone!"),
            ("mobile", "phone!"),
            ("home_phone", "phone!"),
            ("fax", "phone!"),
            ("faxNumber", "phone!"),
            ("cell", "phone!"),
            ("tel", "phone!"),
            ("caller_number", "phone!"),
            ("dial_in_numbers[*].number", "phone!"),
            ("call_in_number", "phone!"),
            ("extension_number", "phone?"),
            ("msisdn", "phone!"),
            // Names.
            ("first_name", "name!"),
            ("lastName", "name!"),
            ("fullname", "name!"),
            ("display_name", "name!"),
            ("displayName", "name!"),
            ("nick_name", "name!"),
            ("nickname", "name!"),
            ("surname", "name!"),
            ("username", "name!"),
            ("user_name", "name!"),
            ("ownerName", "name!"),
            ("host_name", "name!"),
            ("participants[*].name", "name!"),
            ("owner.name", "name!"),
            ("name.first", "name!"),
            ("name.familyName", "name!"),
            ("name_of_owner", "name!"),
            ("phonetic_name", "name!"),
            ("name", "name?"),
            ("alias", "name?"),
            // Ids of persons.
            ("user_id", "person-id!"),
            ("userId", "person-id!"),
            ("uid", "person-id!"),
            ("host_id", "person-id!"),
            ("owner_id", "person-id!"),
            ("participant_user_id", "person-id!"),
            ("registrant_id", "person-id!"),
            ("member_id", "person-id!"),
            ("contactID", "person-id!"),
            ("assistant_id", "person-id!"),
            ("customer_key", "person-id!"),
            ("employee_unique_id", "person-id!"),
            ("employeeNumber", "person-id!"),
            ("users[*].id", "person-id!"),
            ("participant.uuid", "person-id!"),
            ("user_guid", "person-id!"),
            ("created_by", "person-id!"),
            ("lastModifiedBy", "person-id!"),
            ("manager", "person-id!"),
            ("alternative_hosts", "person-id!"),
            ("assignees[*]", "person-id!"),
            ("pmi", "person-id!"),
            ("personal_meeting_id", "person-id!"),
            ("jid", "person-id!"),
            ("login", "person-id!"),
            ("host", "person-id?"),
            ("users[*].external_id", "person-id!"),
            ("user.externalId", "person-id!"),
            ("participant.object_id", "person-id!"),
            ("user.unique_identifier", "person-id!"),
            ("user.sso", "person-id!"),
            ("sso_id", "person-id!"),
            ("users[*].skype", "person-id!"),
            ("messages[*].from", "person-id!"),
            ("message.to[*]", "person-id!"),
            ("mails[*].from", "email!"),
            ("envelope.to", "email!"),
            ("reply_to", "email!"),
            ("assigned_to", "person-id!"),
            ("reports_to", "person-id!"),
            ("user.callback", "phone?"),
            ("callback_number", "phone!"),
            ("call_back_number", "phone!"),
            ("ext", "phone?"),
            ("contact", "person-id?"),
            // Official numbers and money.
            ("ssn", "official-number!"),
            ("passport_number", "official-number!"),
            ("tax_id", "official-number!"),
            ("nationalId", "official-number!"),
            ("social_security_number", "official-number!"),
            ("iban", "payment!"),
            ("bank_account_number", "payment!"),
            ("account_number", "payment!"),
            ("card_number", "payment!"),
            ("salary", "payment!"),
            // Traits.
            ("birthday", "trait!"),
            ("birth_date", "trait!"),
            ("date_of_birth", "trait!"),
            ("dob", "trait!"),
            ("gender", "trait!"),
            ("pronouns", "trait!"),
            ("age", "trait!"),
            ("maritalStatus", "trait!"),
            ("nationality", "trait!"),
            // Where somebody lives or is.
            ("address", "address!"),
            ("street", "address!"),
            ("home_address", "address!"),
            ("addressLine1", "address!"),
            ("address.city", "address!"),
            ("address.state", "address!"),
            ("zip", "address!"),
            ("zip_code", "address!"),
            ("postalCode", "address!"),
            ("postcode", "address!"),
            ("latitude", "location!"),
            ("geo.lat", "location!"),
            ("lng", "location!"),
            ("location", "location?"),
            ("city", "location?"),
            ("country", "location?"),
            // Networks and devices.
            ("ip", "ip-address!"),
            ("ip_address", "ip-address!"),
            ("ipAddress", "ip-address!"),
            ("clientIP", "ip-address!"),
            ("remote_ip_addresses[*]", "ip-address!"),
            ("mac", "device!"),
            ("mac_addr", "device!"),
            ("serial_number", "device!"),
            ("deviceId", "device!"),
            ("imei", "device!"),
            ("device", "device?"),
            ("device_name", "device?"),
            ("userAgent", "device?"),
            ("hostname", "device?"),
            ("pc_name", "device?"),
            // Pictures and links.
            ("avatar", "picture!"),
            ("photo", "picture!"),
            ("profile_picture", "picture!"),
            ("user_image", "picture!"),
            ("thumbnail", "picture?"),
            ("join_url", "url!"),
            ("start_url", "url!"),
            ("download_url", "url!"),
            ("playUrl", "url!"),
            ("share_url", "url!"),
            ("pic_url", "url!"),
            ("personal_meeting_url", "url!"),
            ("avatarUrl", "url!"),
            ("summary_doc_url", "url!"),
            ("url", "url?"),
            ("links[*].href", "url?"),
            ("website", "-"),
            // Secrets.
            ("password", "secret!"),
            ("passcode", "secret!"),
            ("encrypted_password", "secret!"),
            ("h323_password", "secret!"),
            ("default_password_for_scheduled_meetings", "secret!"),
            ("recording_play_passcode", "secret!"),
            ("pwd", "secret!"),
            ("pin", "secret!"),
            ("token", "secret!"),
            ("access_token", "secret!"),
            ("refreshToken", "secret!"),
            ("client_secret", "secret!"),
            ("host_key", "secret!"),
            ("stream_key", "secret!"),
            ("apiKey", "secret!"),
            ("api_key", "secret!"),
            ("session_key", "secret!"),
            ("privateKey", "secret!"),
            ("signature", "secret!"),
            ("cookies[*]", "secret!"),
            ("credentials", "secret!"),
            ("password_hash", "secret!"),
            ("key", "secret?"),
            ("sessionId", "secret?"),
            // Text that people write.
            ("topic", "free-text!"),
            ("meeting_topic", "free-text!"),
            ("agenda", "free-text!"),
            ("subject", "free-text!"),
            ("message", "free-text!"),
            ("messages[*].body", "free-text!"),
            ("comments[*]", "free-text!"),
            ("note", "free-text!"),
            ("note_to_owner", "free-text!"),
            ("summary", "free-text!"),
            ("transcript", "free-text!"),
            ("chat", "free-text!"),
            ("question", "free-text!"),
            ("questions[*].answer", "free-text!"),
            ("status_message", "free-text!"),
            ("auto_reply_message", "free-text!"),
            ("title", "free-text?"),
            ("job_title", "free-text?"),
            ("description", "free-text?"),
            ("content", "free-text?"),
            ("text", "free-text?"),
            ("next_steps[*]", "free-text?"),
            ("custom_attributes[*].value", "free-text?"),
            ("tracking_fields[*].value", "free-text?"),
            // Groups of people.
            ("dept", "group?"),
            ("department", "group?"),
            ("company", "group?"),
            ("account_id", "group?"),
            ("group_ids[*]", "group?"),
            ("im_group_ids[*]", "group?"),
            ("groups[*]", "group?"),
            ("team_name", "group?"),
            ("tenantId", "group?"),
        ],
    );
}

#[test]
fn texts_that_are_not() {
    check(
        Value::Text,
        &[
            "uuid",
            "meeting_uuid",
            "id",
            "meetings[*].id",
            "meeting_id",
            "role_id",
            "occurrence_id",
            "bo_mtg_id",
            "request_id",
            "message_id",
            "question_id",
            "chat_id",
            "client_id",
            "parent_id",
            "file_id",
            "recording_files[*].id",
            "type",
            "kind",
            "status",
            "state",
            "source",
            "creation_source",
            "timezone",
            "time_zone",
            "language",
            "languages[*]",
            "locale",
            "plan_united_type",
            "file_type",
            "file_name",
            "filename",
            "file_extension",
            "file_size",
            "topic_name",
            "type_name",
            "event_name",
            "plan_name",
            "recording_type",
            "recording_start",
            "created_at",
            "updatedAt",
            "start_time",
            "end_date_time",
            "last_login_time",
            "last_login_at",
            "last_login",
            "join_time",
            "date",
            "from",
            "to",
            "meetings[*].from",
            "period.to",
            "messages[*].range.from",
            "valid_to",
            "in_reply_to",
            "external_id",
            "meetings[*].external_id",
            "source_id",
            "message.external_id",
            "user.sso_type",
            "sso",
            "apps[*].slack",
            "callback",
            "file_ext",
            "next_page_token",
            "nextPageToken",
            "pageToken",
            "syncToken",
            "cursor",
            "next_page_url",
            "email_type",
            "email_status",
            "email_notification",
            "phone_type",
            "phone_country",
            "phone_numbers[*].type",
            "has_email",
            "has_password",
            "is_owner",
            "token_type",
            "signature_algorithm",
            "password_strength",
            "password_requirement",
            "require_password_for_pmi_meetings",
            "user_type",
            "user_count",
            "member_role",
            "name_format",
            "number_of_users",
            "number_of_phone_lines",
            "who_can_share_screen",
            "show_international_numbers_link",
            "audio",
            "auto_recording",
            "encryption_type",
            "entry_exit_chime",
            "weekly_days",
            "interpreter_languages",
            "approval_type",
            "version",
            "etag",
            "code",
            "currency",
            "address_type",
            "public_key",
            "primary_key",
            "foreign_key",
            "sort_by",
            "order_by",
            "orderBy",
            "group_by",
            "max_age",
            "cache_control",
            "storage",
            "page",
            "storage_class",
            "message_type",
            "comment_count",
            "login_type",
            "login_types[*]",
            "verified",
            "value",
            "number",
            "data_center",
            "network_type",
            "concurrent_meeting",
            "share_application",
            "steps[*]",
            "ip_version",
            "device_type",
            "location_type",
            "avatar_size",
            "photo_count",
            "description_format",
            "content_type",
            "content_length",
            "",
            "_",
            "1",
            "x",
        ]
        .map(|name| (name, "-")),
    );
}

#[test]
fn numbers_are_ids_and_counts() {
    check(
        Value::Number,
        &[
            ("user_id", "person-id!"),
            ("users[*].id", "person-id!"),
            ("phone", "phone!"),
            ("pmi", "person-id!"),
            ("pin", "secret!"),
            ("latitude", "location!"),
            ("age", "trait!"),
            ("account_id", "group?"),
            ("salary", "payment!"),
            ("created_by", "person-id!"),
            ("user_number", "person-id?"),
            ("tokens", "-"),
            ("participants", "-"),
            ("users", "-"),
            ("user.callback", "phone?"),
            ("user.callbacks", "-"),
            ("messages", "-"),
            ("chat", "-"),
            ("name", "-"),
            ("comments", "-"),
            ("total_emails", "-"),
            ("email", "-"),
            ("participants_count", "-"),
            ("participants_count_my_account", "-"),
            ("groups", "-"),
            ("duration", "-"),
            ("max_password_length", "-"),
            ("device", "-"),
        ],
    );
}

#[test]
fn switches_never_are() {
    check(
        Value::Switch,
        &[
            "email",
            "has_email",
            "pmi_password",
            "email_notification",
            "chat",
            "display_participant_name",
            "zoom_phone",
        ]
        .map(|name| (name, "-")),
    );
}

#[test]
fn what_is_unknown_is_judged_like_text() {
    check(
        Value::Any,
        &[("pmi", "person-id!"), ("email", "email!"), ("meetings[*].id", "-"), ("created_at", "-")],
    );
    check(Value::Group, &[("owner", "person-id!"), ("address", "address!"), ("settings", "-")]);
}

#[test]
fn descriptions_help_where_names_do_not() {
    let text = |name, closed, format, description| {
        let path = path(name);
        say(&Candidate { closed, format, description, ..Candidate::new("", &path, Value::Text) })
    };
    for (name, closed, format, description, expected) in [
        ("to_whom", false, Some("email"), None, "email!"),
        ("reach", false, Some("phone"), None, "phone!"),
        ("thing", false, Some("uri"), None, "url?"),
        ("join_url", false, Some("uri"), None, "url!"),
        ("origin", false, Some("ipv4"), None, "ip-address!"),
        ("id", false, Some("uuid"), None, "-"),
        ("user_id", false, Some("uuid"), None, "person-id!"),
        ("x", false, Some("password"), None, "secret!"),
        ("message", false, Some("date-time"), None, "-"),
        ("birth", false, Some("date"), None, "trait!"),
        ("gender", true, None, None, "trait!"),
        ("chat", true, None, None, "-"),
        ("email", true, None, None, "-"),
        ("value", false, None, Some("The email address of whoever asked."), "email?"),
        ("value", false, None, Some("Whether the email address is shown."), "-"),
        ("value", false, None, Some("A colour. See also email address."), "-"),
        ("reference", false, None, Some("User ID of the host"), "person-id?"),
        ("email", false, None, Some("Anything"), "email!"),
    ] {
        assert_eq!(text(name, closed, format, description), expected, "{name} {format:?} {description:?}");
    }
}

#[test]
fn a_bare_id_is_that_of_what_the_call_is_about() {
    for (call, subject_of_it, id) in [
        ("/v2/users/{userId}", "users", "person-id!"),
        ("/v2/users", "users", "person-id!"),
        ("/v2/users/{userId}/meetings", "meetings", "-"),
        ("/v2/meetings/{meetingId}?x=1", "meetings", "-"),
        ("", "", "-"),
        ("/{a}/{b}", "", "-"),
    ] {
        assert_eq!(subject(call), subject_of_it, "{call}");
        assert_eq!(say(&Candidate::new(subject(call), &path("id"), Value::Text)), id, "{call}");
    }
    // A list of messages begins with the dates that were asked for.
    assert_eq!(say(&Candidate::new("messages", &path("from"), Value::Text)), "-");
    assert_eq!(say(&Candidate::new("users", &path("external_id"), Value::Text)), "person-id!");
}

#[test]
fn hostile_names_are_read_no_further_than_needed() {
    let long = "email".repeat(100_000);
    assert_eq!(say(&Candidate::new("", &path(&long), Value::Text)), "-");
    assert_eq!(say(&Candidate::new("", &FieldPath::ROOT, Value::Text)), "-");
    assert_eq!(say(&Candidate::new("", &path("\u{0130}\u{0130}ID ℡ 名前"), Value::Text)), "-");
}
