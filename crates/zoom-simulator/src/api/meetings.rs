//! `/users/{id}/meetings`.

use serde_json::{Value, json};

use super::users::{join_url, start_url};
use super::window::months_ago;
use super::{Call, Past};
use crate::problem::Problem;
use crate::world::calendar::{DAY, OFFICES, instant_text};
use crate::world::instances::Instance;
use crate::world::rooms::{Kind, Room};

pub(super) fn of_user(call: Call<'_>) -> Result<Value, Problem> {
    let user = call.user()?;
    let (world, now) = (call.world, call.now);
    let from = call.day("from")?;
    let to = call.day("to")?.map(|day| day + DAY);
    if from.is_some_and(|from| from < months_ago(now, 6)) {
        return Err(Problem::WindowInvalid("The start date must be within the last six months."));
    }
    let instances: Vec<Instance> = match call.query.get("type").unwrap_or("scheduled") {
        "" | "scheduled" => scheduled(call, user),
        "live" => {
            let around = world.hosted(user, now - DAY, now + 3_600).into_iter();
            around.map(|(_, instance)| instance).filter(|instance| is_live(call, *instance)).collect()
        }
        "upcoming" | "upcoming_meetings" => {
            let (from, to) = (from.unwrap_or(now).max(now), to.unwrap_or(now + 14 * DAY));
            world.hosted(user, from, to).into_iter().map(|(_, instance)| instance).collect()
        }
        "previous_meetings" => {
            let (from, to) = (from.unwrap_or(now - 30 * DAY), to.unwrap_or(now).min(now));
            let before = world.hosted(user, from, to).into_iter().rev();
            before
                .filter_map(|(_, instance)| call.ended(instance))
                .map(|Past { instance, .. }| instance)
                .collect()
        }
        _ => {
            let message = "The value is not one of the meeting types.";
            return Err(Problem::FieldInvalid { field: "type", message });
        }
    };
    call.page("meetings", &instances, |instance| listed(call, *instance)).map(Value::from)
}

/// Each recurring room once, then the single meetings of a month back and two weeks ahead.
fn scheduled(call: Call<'_>, user: u32) -> Vec<Instance> {
    let recurring = call.world.standing_rooms(user).filter(|room| room.kind.is_recurring());
    let single = call.world.of_room(user, Kind::AdHoc, call.now - 30 * DAY, call.now + 14 * DAY);
    let single = single.into_iter().map(|(_, instance)| instance);
    recurring
        .filter_map(|room| call.world.current(room, call.now))
        .chain(single.filter(|instance| call.world.meeting_type(instance.room()) == 2))
        .collect()
}

pub(super) fn is_live(call: Call<'_>, instance: Instance) -> bool {
    let attendance = call.world.attendance(instance);
    attendance.is_some_and(|attendance| (attendance.start..attendance.end).contains(&call.now))
}

pub(super) fn created_at(call: Call<'_>, room: Room, planned: i64) -> String {
    match room.kind {
        Kind::AdHoc if call.world.meeting_type(room) == 1 => instant_text(planned),
        Kind::AdHoc => instant_text(planned - 2 * DAY - 4_417),
        _ => instant_text(call.world.calendar.begin() - i64::from(room.host % 90) * DAY - 40_000),
    }
}

fn listed(call: Call<'_>, instance: Instance) -> Value {
    let (world, room) = (call.world, instance.room());
    let host = world.user(room.host);
    let number = world.number(room);
    let planned = world.planned_start(instance).unwrap_or(call.now);
    let is_personal = room.kind == Kind::PersonalRoom;
    let mut body = json!({
        "uuid": world.uuid(instance),
        "id": number,
        "host_id": host.id,
        "host_email": host.email,
        "topic": world.topic(room),
        // Lists call a scheduled meeting in a personal room scheduled; single answers call it personal.
        "type": if is_personal { 2 } else { world.meeting_type(room) },
        "start_time": instant_text(planned),
        "duration": world.planned_minutes(room),
        "timezone": OFFICES[host.office].zone,
        "agenda": world.agenda(room).chars().take(250).collect::<String>(),
        "created_at": created_at(call, room, planned),
        "join_url": join_url(call, number),
        "start_url": start_url(call, number, &host.id),
    });
    if is_personal {
        body["pmi"] = number.to_string().into();
    }
    body
}
