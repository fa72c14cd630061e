//! `/past_meetings/{id}`, its instances and its participants.

use serde_json::{Value, json};

use super::window::{DAY, months_ago};
use super::{Call, Past};
use crate::problem::Problem;
use crate::route::decoded;
use crate::world::calendar::instant_text;
use crate::world::participants::{Row, Who};

pub(super) fn one(call: Call<'_>) -> Result<Value, Problem> {
    let Past { instance, attendance } = call.past()?;
    let (world, room) = (call.world, instance.room());
    let host = world.user(instance.host);
    let counted = !attendance.is_uncounted(world, call.now);
    let if_counted = |number: i64| if counted { number } else { 0 };
    Ok(json!({
        "uuid": world.uuid(instance),
        "id": world.number(room),
        "host_id": host.id,
        "type": world.meeting_type(room),
        "topic": world.topic(room),
        "user_name": host.display(),
        "user_email": host.email,
        "start_time": instant_text(attendance.start),
        "end_time": instant_text(attendance.end),
        "duration": if_counted(attendance.minutes()),
        "total_minutes": if_counted(attendance.total_minutes),
        "participants_count": if_counted(attendance.people as i64),
        "dept": host.department,
        "source": "Zoom",
        "has_meeting_summary": world.has_summary(instance),
    }))
}

/// Of a numbered meeting, as far back as 15 months.
pub(super) fn instances(call: Call<'_>) -> Result<Value, Problem> {
    let (room, None) = call.room()? else { return Err(Problem::MeetingIdInvalid) };
    let earliest = months_ago(call.now, 15);
    let candidates = match room.only {
        Some(_) => call.world.current(room, call.now).into_iter().collect(),
        None => {
            let planned = call.world.of_room(room.host, room.kind, earliest - DAY, call.now);
            planned.into_iter().map(|(_, instance)| instance).collect::<Vec<_>>()
        }
    };
    let past = candidates.into_iter().filter_map(|instance| call.ended(instance));
    let meetings: Vec<Value> = past
        .filter(|past| past.attendance.start >= earliest)
        .map(|past| {
            json!({
                "uuid": call.world.uuid(past.instance),
                "start_time": instant_text(past.attendance.start),
            })
        })
        .collect();
    match (room.only, meetings.is_empty()) {
        (Some(_), true) => Err(Problem::MeetingUnknown(decoded(call.id))),
        _ => Ok(json!({ "meetings": meetings })),
    }
}

pub(super) fn participants(call: Call<'_>) -> Result<Value, Problem> {
    let Past { attendance, .. } = call.past()?;
    // A meeting of one has no participants to list.
    let rows = if attendance.people < 2 { &[] } else { attendance.rows.as_slice() };
    call.page("participants", rows, participant).map(Value::from)
}

/// The fields that both lists of participants have.
pub(super) fn participant(row: &Row) -> Value {
    json!({
        "id": row.user_id,
        "user_id": row.session.to_string(),
        "name": row.name,
        "user_email": row.email,
        "registrant_id": row.registrant,
        "customer_key": row.customer_key,
        "join_time": instant_text(row.join),
        "leave_time": instant_text(row.leave),
        "duration": row.leave - row.join,
        "failover": false,
        "status": "in_meeting",
        "internal_user": matches!(row.who, Who::User(_)),
    })
}
