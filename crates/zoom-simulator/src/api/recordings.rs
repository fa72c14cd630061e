//! `/users/{id}/recordings`.

use serde_json::{Value, json};

use super::window::DAY;
use super::{Call, Past};
use crate::problem::Problem;
use crate::world::calendar::{date_text, instant_text};
use crate::world::recordings::RecordingFile;

pub(super) fn of_user(call: Call<'_>) -> Result<Value, Problem> {
    let user = call.user()?;
    let window = call.window(false, 180)?;
    let planned = call.world.hosted(user, window.start - DAY, window.end).into_iter();
    let recorded: Vec<Past> = planned
        .filter(|(_, instance)| call.world.has_recording(*instance))
        .filter_map(|(_, instance)| call.ended(instance))
        .filter(|past| (window.start..window.end).contains(&past.attendance.start))
        .collect();
    let mut body = call.page("meetings", &recorded, |past| listed(call, past))?;
    body.insert("from".into(), date_text(window.start).into());
    body.insert("to".into(), date_text(window.end - DAY).into());
    Ok(body.into())
}

fn listed(call: Call<'_>, Past { instance, attendance }: &Past) -> Value {
    let (world, room) = (call.world, instance.room());
    let host = world.user(instance.host);
    let uuid = world.uuid(*instance);
    let files = world.recording_files(*instance, attendance.end - attendance.start);
    let passcode = world.recording_passcode(*instance);
    let token = files.first().map(|file| file.token.clone()).unwrap_or_default();
    let link = |kind: &str, token: &str| format!("https://lumen-orchard.zoom.us/rec/{kind}/{token}");
    let file = |file: &RecordingFile| {
        json!({
            "id": file.id,
            "meeting_id": uuid,
            "recording_start": instant_text(attendance.start),
            "recording_end": instant_text(attendance.end),
            "file_type": file.file_type,
            "file_extension": file.extension,
            "file_size": file.bytes,
            "file_path": format!("/{}/{}.{}", host.email, world.topic(room), file.extension.to_lowercase()),
            "play_url": link("play", &file.token),
            "download_url": link("download", &file.token),
            "status": "completed",
            "recording_type": file.recording_type,
        })
    };
    json!({
        "uuid": uuid,
        "id": world.number(room),
        "account_id": world.account_id,
        "host_id": host.id,
        "host_email": host.email,
        "topic": world.topic(room),
        "type": world.meeting_type(room).to_string(),
        "start_time": instant_text(attendance.start),
        "timezone": crate::world::calendar::OFFICES[host.office].zone,
        "duration": attendance.minutes(),
        "total_size": files.iter().map(|file| file.bytes).sum::<u64>(),
        "recording_count": files.len(),
        "share_url": link("share", &token),
        "recording_play_passcode": world.link_passcode(instance.index()),
        "password": passcode,
        "auto_delete": true,
        "auto_delete_date": date_text(attendance.end + 90 * DAY),
        "recording_files": files.iter().map(file).collect::<Vec<_>>(),
    })
}
