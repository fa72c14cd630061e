//! The reports: a user's past meetings, one meeting, its participants.

use serde_json::{Value, json};

use super::meeting::tracking_fields;
use super::past::participant;
use super::window::{DAY, Window};
use super::{Call, Past};
use crate::dice::ALPHANUMERIC;
use crate::problem::Problem;
use crate::route::decoded;
use crate::world::calendar::{date_text, instant_text, slashed_text};
use crate::world::cast::COMPANY;
use crate::world::instances::Instance;
use crate::world::rooms::Kind;

pub(super) fn of_user(call: Call<'_>) -> Result<Value, Problem> {
    let user = call.user()?;
    let window = call.window(true, 6)?;
    let kind = call.query.get("type").unwrap_or("past");
    let meetings: Vec<Past> = match kind {
        "" | "past" => past(call, call.world.hosted(user, window.start - DAY, window.end), window, false),
        "pastOne" => past(call, call.world.hosted(user, window.start - DAY, window.end), window, true),
        "pastJoined" => {
            let mut all = call.world.hosted(user, window.start - DAY, window.end);
            all.extend(call.world.invited(user, window.start - DAY, window.end));
            all.sort_unstable();
            let mut joined = past(call, all, window, false);
            joined.retain(|past| past.attendance.row_of(user).is_some());
            joined
        }
        _ => {
            let message = "The value must be one of past, pastOne, pastJoined.";
            return Err(Problem::FieldInvalid { field: "type", message });
        }
    };
    let mut body = call.page("meetings", &meetings, |past| listed(call, past, user))?;
    body.insert("from".into(), date_text(window.start).into());
    body.insert("to".into(), date_text(window.end - DAY).into());
    Ok(body.into())
}

/// Those that are over, began in the window, and had one participant or more than one, as asked.
fn past(call: Call<'_>, planned: Vec<(i64, Instance)>, window: Window, alone: bool) -> Vec<Past> {
    let ended = planned.into_iter().filter_map(|(_, instance)| call.ended(instance));
    ended
        .filter(|past| (window.start..window.end).contains(&past.attendance.start))
        .filter(|past| (past.attendance.people == 1) == alone)
        .collect()
}

fn listed(call: Call<'_>, past: &Past, user: u32) -> Value {
    let Past { instance, attendance } = past;
    let (world, room) = (call.world, instance.room());
    let host = world.user(instance.host);
    let person = world.user(user);
    let planned = world.planned_start(*instance).unwrap_or(attendance.start);
    let own = attendance.row_of(user);
    let flag = |field: &str, per_mille| world.dice.roll(field, instance.index(), 0).per_mille(per_mille);
    let session_key = match room.kind {
        Kind::AdHoc if flag("sdk", 20) => world.dice.text("session", instance.index(), 0, 20, ALPHANUMERIC),
        _ => String::new(),
    };
    json!({
        "uuid": world.uuid(*instance),
        "id": world.number(room),
        "type": world.meeting_type(room),
        "topic": world.topic(room),
        "user_name": person.display(),
        "user_email": person.email,
        "host_name": host.display(),
        "host_organization": COMPANY,
        "start_time": instant_text(attendance.start),
        "end_time": instant_text(attendance.end),
        "schedule_time": slashed_text(planned),
        "join_waiting_room_time": own.map(|row| slashed_text(row.join - 20)).unwrap_or_default(),
        "join_time": own.map(|row| slashed_text(row.join)).unwrap_or_default(),
        "leave_time": own.map(|row| slashed_text(row.leave)).unwrap_or_default(),
        "duration": attendance.minutes(),
        "total_minutes": attendance.total_minutes,
        "participants_count": attendance.people,
        "participants_count_my_account": attendance.colleagues,
        "has_screen_share": flag("screen share", 600),
        "has_recording": world.has_recording(*instance),
        "has_chat": flag("chat", 500),
        "meeting_encryption_status": 1,
        "source": "Zoom",
        "session_key": session_key,
        "custom_keys": [{ "key": "crm", "value": format!("Contact of {}", host.display()) }],
        "tracking_fields": tracking_fields(call, room),
    })
}

pub(super) fn one(call: Call<'_>) -> Result<Value, Problem> {
    let Past { instance, attendance } = reported(call)?;
    let (world, room) = (call.world, instance.room());
    let host = world.user(instance.host);
    Ok(json!({
        "uuid": world.uuid(instance),
        "id": world.number(room),
        "type": world.meeting_type(room),
        "topic": world.topic(room),
        "user_name": host.display(),
        "user_email": host.email,
        "dept": host.department,
        "start_time": instant_text(attendance.start),
        "end_time": instant_text(attendance.end),
        "duration": attendance.minutes(),
        "total_minutes": attendance.total_minutes,
        "participants_count": attendance.people,
        "custom_keys": [{ "key": "crm", "value": format!("Contact of {}", host.display()) }],
        "tracking_fields": tracking_fields(call, room),
    }))
}

pub(super) fn participants(call: Call<'_>) -> Result<Value, Problem> {
    let Past { attendance, .. } = reported(call)?;
    let with_registrant = call.query.get("include_fields") == Some("registrant_id");
    let write = |row: &_| {
        let mut body = participant(row);
        if let Some(members) = body.as_object_mut() {
            members.insert("participant_user_id".into(), row.user_id.clone().into());
            members.insert("bo_mtg_id".into(), row.breakout.clone().into());
            members.shift_remove("internal_user");
            if !with_registrant {
                members.shift_remove("registrant_id");
            }
        }
        body
    };
    call.page("participants", &attendance.rows, write).map(Value::from)
}

/// Reports know meetings of two or more people only.
fn reported(call: Call<'_>) -> Result<Past, Problem> {
    let past = call.past()?;
    if past.attendance.people < 2 {
        return Err(Problem::MeetingUnknown(decoded(call.id)));
    }
    Ok(past)
}
