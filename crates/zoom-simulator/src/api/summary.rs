//! `/meetings/{uuid}/meeting_summary`.

use serde_json::{Value, json};

use super::{Call, Past};
use crate::dice::BASE64_URL;
use crate::problem::Problem;
use crate::route::{MeetingId, decoded};
use crate::world::calendar::instant_text;

pub(super) fn of_instance(call: Call<'_>) -> Result<Value, Problem> {
    if let MeetingId::Number(_) = MeetingId::read(call.id)? {
        return Err(Problem::MeetingIdInvalid);
    }
    let Past { instance, attendance } = call.past()?;
    let (world, room) = (call.world, instance.room());
    let missing = || Problem::SummaryMissing(decoded(&decoded(call.id)));
    let summary = world.summary(instance, &attendance).ok_or_else(missing)?;
    let host = world.user(instance.host);
    let details: Vec<_> =
        summary.details.iter().map(|(label, text)| json!({ "label": label, "summary": text })).collect();
    let document = world.dice.text("document", instance.index(), 0, 22, BASE64_URL);
    Ok(json!({
        "meeting_host_id": host.id,
        "meeting_host_email": host.email,
        "meeting_uuid": world.uuid(instance),
        "meeting_id": world.number(room),
        "meeting_topic": world.topic(room),
        "meeting_start_time": instant_text(attendance.start),
        "meeting_end_time": instant_text(attendance.end),
        "summary_start_time": instant_text(attendance.start + 60),
        "summary_end_time": instant_text(attendance.end),
        "summary_created_time": instant_text(attendance.end + 95),
        "summary_last_modified_time": instant_text(attendance.end + 7_200),
        "summary_last_modified_user_id": host.id,
        "summary_last_modified_user_email": host.email,
        "summary_title": summary.title,
        "summary_overview": summary.overview,
        "summary_details": details,
        "next_steps": summary.next_steps,
        "edited_summary": {
            "summary_overview": format!("{} (corrected by {})", summary.overview, host.display()),
            "summary_details": format!("{}.", summary.details[0].1),
            "next_steps": summary.next_steps,
        },
        "summary_content": summary.markdown(),
        "summary_doc_url": format!("https://docs.zoom.us/doc/{document}"),
    }))
}
