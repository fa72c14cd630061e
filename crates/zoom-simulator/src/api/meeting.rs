//! `/meetings/{id}`: everything about one meeting, secrets included.

use serde_json::{Value, json};

use super::Call;
use super::meetings::{created_at, is_live};
use super::users::{join_url, start_url};
use crate::dice::{ALPHANUMERIC, BASE64_URL, DIGITS, HEX};
use crate::problem::Problem;
use crate::route::decoded;
use crate::world::calendar::{DAY, OFFICES, instant_text};
use crate::world::instances::Instance;
use crate::world::rooms::{Kind, Room};

pub(super) fn one(call: Call<'_>) -> Result<Value, Problem> {
    let (room, named) = call.room()?;
    let (world, unknown) = (call.world, || Problem::MeetingUnknown(decoded(call.id)));
    let instance = match named {
        Some(instance) => instance,
        None => world.current(room, call.now).ok_or_else(unknown)?,
    };
    if named.is_none() && has_expired(call, room, instance) {
        return Err(Problem::MeetingExpired(decoded(call.id)));
    }
    let host = world.user(room.host);
    let number = world.number(room);
    let planned = world.planned_start(instance).ok_or_else(unknown)?;
    let is_personal = room.kind == Kind::PersonalRoom;
    let mut body = json!({
        "uuid": world.uuid(instance),
        "id": number,
        "host_id": host.id,
        "host_email": host.email,
        "assistant_id": if room.host % 4 == 1 { world.user(world.manager(room.host).unwrap_or(0)).id } else { String::new() },
        "topic": world.topic(room),
        "type": world.meeting_type(room),
        "status": if is_live(call, instance) { "started" } else { "waiting" },
        "start_time": instant_text(planned),
        "duration": world.planned_minutes(room),
        "timezone": OFFICES[host.office].zone,
        "agenda": world.agenda(room),
        "created_at": created_at(call, room, planned),
        "start_url": start_url(call, number, &host.id),
        "join_url": join_url(call, number),
        "chat_join_url": format!("https://lumen-orchard.zoom.us/launch/jc/{number}"),
        "password": world.passcode(number),
        "h323_password": world.dice.text("h323", number, 0, 8, DIGITS),
        "pstn_password": world.telephone_passcode(number),
        "encrypted_password": world.link_passcode(number),
        "dynamic_host_key": world.dice.text("dynamic host key", number, 0, 6, DIGITS),
        "tracking_fields": tracking_fields(call, room),
        "creation_source": "other",
        "pre_schedule": false,
        "settings": settings(call, room, instance),
    });
    if is_personal {
        body["pmi"] = number.to_string().into();
    }
    if room.kind.is_recurring() {
        let habit = world.dice.roll("habit", room.host.into(), room.kind as u64);
        body["occurrences"] = occurrences(call, room);
        body["recurrence"] = json!({
            "type": 2, "repeat_interval": 1, "weekly_days": (habit.between(0, 4) + 2).to_string(), "end_times": 60,
        });
    }
    Ok(body)
}

/// Meeting numbers end 30 days after their last use, those of instant meetings at once. Personal ones stay.
fn has_expired(call: Call<'_>, room: Room, instance: Instance) -> bool {
    let grace = match (room.kind, call.world.meeting_type(room)) {
        (Kind::AdHoc, 1) => 0,
        (Kind::AdHoc, _) => 30 * DAY,
        _ => return false,
    };
    call.world.attendance(instance).is_some_and(|attendance| attendance.end + grace < call.now)
}

pub(super) fn tracking_fields(call: Call<'_>, room: Room) -> Value {
    let host = call.world.user(room.host);
    json!([
        { "field": "Cost centre", "value": format!("{} ({})", call.world.employee_number(room.host), host.display()),
          "visible": true },
    ])
}

fn occurrences(call: Call<'_>, room: Room) -> Value {
    let previous = call.query.get("show_previous_occurrences") == Some("true");
    let from = if previous { call.now - 60 * DAY } else { call.now };
    let coming = call.world.of_room(room.host, room.kind, from, call.now + 60 * DAY);
    let wanted = call.query.get("occurrence_id").filter(|id| !id.is_empty());
    coming
        .into_iter()
        .map(|(start, _)| (start, (start * 1000).to_string()))
        .filter(|(_, id)| wanted.is_none_or(|wanted| wanted == id))
        .map(|(start, id)| {
            json!({
                "occurrence_id": id, "start_time": instant_text(start),
                "duration": call.world.planned_minutes(room), "status": "available",
            })
        })
        .collect()
}

fn settings(call: Call<'_>, room: Room, instance: Instance) -> Value {
    let world = call.world;
    let host = world.user(room.host);
    let number = world.number(room);
    let invitees: Vec<_> =
        world.invitees(instance).into_iter().take(12).map(|user| world.user(user)).collect();
    let guests: Vec<_> =
        world.guest_numbers(instance).into_iter().map(|number| world.guest(number)).collect();
    let alternatives: Vec<_> = invitees.iter().take(2).map(|user| user.email.as_str()).collect();
    let invited = invitees.iter().map(|user| json!({ "email": user.email, "internal_user": true }));
    let invited =
        invited.chain(guests.iter().map(|guest| json!({ "email": guest.email, "internal_user": false })));
    let excepted = guests
        .iter()
        .map(|guest| json!({ "email": guest.email, "name": guest.name, "join_url": join_url(call, number) }));
    let languages = json!("English,Japanese");
    let interpreter = invitees.last().unwrap_or(&host).email.clone();
    let choice = |field: &str, per_mille| world.dice.roll(field, number, 0).per_mille(per_mille);
    let dial_in = format!("{} {}", OFFICES[1].dial, world.dice.text("bridge", number, 0, 4, DIGITS));
    let object_id = |field: &str| world.dice.text(field, number, 0, 32, HEX);
    json!({
        "host_video": choice("host video", 800),
        "participant_video": choice("participant video", 600),
        "cn_meeting": false,
        "in_meeting": false,
        "join_before_host": choice("join before host", 400),
        "jbh_time": 5,
        "mute_upon_entry": choice("mute", 300),
        "watermark": false,
        "use_pmi": room.kind == Kind::PersonalRoom,
        "approval_type": 2,
        "registration_type": 1,
        "audio": "both",
        "audio_conference_info": format!("Dial {dial_in}, code {}", world.telephone_passcode(number)),
        "auto_recording": if choice("auto recording", 200) { "cloud" } else { "none" },
        "alternative_hosts": alternatives.join(";"),
        "alternative_hosts_email_notification": true,
        "alternative_host_update_polls": true,
        "close_registration": false,
        "show_share_button": true,
        "allow_multiple_devices": true,
        "registrants_confirmation_email": true,
        "registrants_email_notification": true,
        "waiting_room": choice("waiting room", 500),
        "request_permission_to_unmute_participants": false,
        "contact_name": host.display(),
        "contact_email": host.email,
        "global_dial_in_countries": ["US", "PT"],
        "global_dial_in_numbers": [
            { "city": "Hudson", "country": "US", "country_name": "US", "number": dial_in, "type": "toll" },
        ],
        "meeting_authentication": choice("authentication", 300),
        "authentication_option": "signIn_D8cJuqWVQ623CI4Q8yQK0Q",
        "authentication_name": "Staff and partners of Lumen Orchard",
        "authentication_domains": "lumen-orchard.example,harbor-quill.example",
        "enforce_login": false,
        "enforce_login_domains": "",
        "authentication_exception": excepted.collect::<Vec<_>>(),
        "breakout_room": {
            "enable": room.kind == Kind::ProjectSync,
            "rooms": [{
                "name": format!("{}'s corner", host.first),
                "participants": invitees.iter().take(4).map(|user| user.email.clone()).collect::<Vec<_>>(),
            }],
        },
        "meeting_invitees": invited.collect::<Vec<_>>(),
        "language_interpretation": {
            "enable": room.kind == Kind::AllHands,
            "interpreters": [{ "email": interpreter, "languages": "US,JP", "interpreter_languages": languages }],
        },
        "sign_language_interpretation": {
            "enable": room.kind == Kind::AllHands,
            "interpreters": [{ "email": host.email, "sign_language": "American" }],
        },
        "approved_or_denied_countries_or_regions": { "enable": true, "method": "approve", "approved_list": ["US", "PT", "JP"] },
        "encryption_type": "enhanced_encryption",
        "continuous_meeting_chat": {
            "enable": true, "auto_add_invited_external_users": false, "auto_add_meeting_participants": false,
            "who_is_added": "all_users", "channel_id": object_id("channel"),
        },
        "resources": [{
            "resource_type": "whiteboard", "permission_level": "viewer",
            "resource_id": world.dice.text("whiteboard", number, 0, 22, BASE64_URL),
        }],
        "auto_add_recording_to_video_management": {
            "enable": false,
            "channels": [{ "channel_id": world.dice.text("video channel", number, 0, 22, ALPHANUMERIC),
                           "name": format!("Recordings of {}", host.display()) }],
        },
        "custom_keys": [{ "key": "salesforce", "value": format!("Opportunity of {}", host.display()) }],
        "participant_focused_meeting": false,
        "focus_mode": false,
        "private_meeting": room.kind == Kind::OneOnOne,
        "email_notification": true,
        "internal_meeting": guests.is_empty(),
        "push_change_to_calendar": false,
        "host_save_video_order": false,
        "auto_start_meeting_summary": world.has_summary(instance),
        "who_will_receive_summary": 1,
        "auto_start_ai_companion_questions": false,
        "who_can_ask_questions": 1,
        "summary_template_id": "",
        "device_testing": false,
    })
}
