//! Who meets, when, for how long; not what about.

use anyhow::Context as _;
use serde_json::Value;

use super::promised;
use crate::demo::story::Story;

/// A meeting that took place, as the caller knows it.
#[derive(Debug)]
pub(super) struct Meeting {
    /// Its number, as a reversible token.
    id: String,
}

/// Previous meetings of a host.
pub(super) async fn of_a_person(story: &mut Story<'_>, person: &str) -> anyhow::Result<()> {
    story.act(
        "Meetings of one person",
        "Meeting numbers become tokens too, because some are the keys of personal rooms; a topic leaves as its length.",
    )?;
    let target = format!("/v2/users/{person}/meetings?type=previous_meetings&page_size=30");
    let told = story.call("GET", &target).await?;
    let meetings = told.reply.json();
    let listed = meetings["meetings"].as_array().context("there is no list of meetings")?;
    // A personal room says the most.
    let place = listed.iter().position(|meeting| meeting.get("pmi").is_some()).unwrap_or(0);
    let fields = [
        "uuid",
        "id",
        "host_id",
        "topic",
        "agenda",
        "type",
        "start_time",
        "duration",
        "join_url",
        "start_url",
        "pmi",
    ];
    story.compare(&told, &format!("/meetings/{place}"), &fields).await?;
    let same = listed.iter().all(|meeting| meeting["host_id"] == *person);
    promised(same, "the same person has the same pseudonym in every answer")?;
    story.note(
        "`host_id` is the token of the first act again: the same person has the same pseudonym everywhere.",
    )?;
    story.suggest("", target);
    Ok(())
}

/// A month of one host; returns a meeting with people from outside.
pub(super) async fn report(story: &mut Story<'_>, person: &str) -> anyhow::Result<Meeting> {
    story.act(
        "A month in numbers",
        "Counts and durations pass as they are: they are what the analysis is about.",
    )?;
    let target =
        format!("/v2/report/users/{person}/meetings?from=2026-03-01&to=2026-03-31&type=past&page_size=30");
    let told = story.call("GET", &target).await?;
    let report = told.reply.json();
    let listed = report["meetings"].as_array().context("the report has no meetings")?;
    let with_guests = |meeting: &Value| {
        meeting["participants_count"].as_u64() > meeting["participants_count_my_account"].as_u64()
    };
    let place = listed.iter().position(with_guests).unwrap_or(0);
    let fields = [
        "uuid",
        "id",
        "topic",
        "host_name",
        "user_email",
        "start_time",
        "duration",
        "total_minutes",
        "participants_count",
        "participants_count_my_account",
        "has_recording",
        "custom_keys",
        "tracking_fields",
    ];
    story.compare(&told, &format!("/meetings/{place}"), &fields).await?;
    let id = listed.get(place).and_then(|meeting| meeting["id"].as_str()).context("the meeting has no id")?;
    promised(id.starts_with("p~"), "a meeting's number leaves as a reversible token")?;
    Ok(Meeting { id: id.to_owned() })
}

/// One past meeting.
pub(super) async fn past(story: &mut Story<'_>, meeting: &Meeting) -> anyhow::Result<()> {
    story.act("One meeting of the past", "By the token of its number, which the report gave.")?;
    let told = story.call("GET", &format!("/v2/past_meetings/{}", meeting.id)).await?;
    let fields = [
        "uuid",
        "id",
        "host_id",
        "topic",
        "user_name",
        "user_email",
        "start_time",
        "end_time",
        "duration",
        "total_minutes",
        "participants_count",
    ];
    story.compare(&told, "", &fields).await?;
    promised(told.reply.status.is_success(), "a meeting's token opens the meeting")
}

/// Who took part in it.
pub(super) async fn participants(story: &mut Story<'_>, meeting: &Meeting) -> anyhow::Result<()> {
    story.act(
        "Who was there",
        "Colleagues are pseudonyms that join with the list of users; a guest without an address stays nobody.",
    )?;
    let told =
        story.call("GET", &format!("/v2/past_meetings/{}/participants?page_size=300", meeting.id)).await?;
    let answer = told.reply.json();
    let people = answer["participants"].as_array().context("there is no list of participants")?;
    let fields = [
        "id",
        "user_id",
        "name",
        "user_email",
        "registrant_id",
        "join_time",
        "leave_time",
        "duration",
        "status",
    ];
    let guest = people.iter().position(|person| person["id"].is_null());
    let colleague = people.iter().position(|person| person["id"].is_string()).unwrap_or(0);
    story.compare(&told, &format!("/participants/{colleague}"), &fields).await?;
    if let Some(guest) = guest {
        story.note("And somebody from outside:")?;
        story.compare(&told, &format!("/participants/{guest}"), &fields).await?;
    }
    promised(people.iter().all(|person| person.get("name").is_none()), "no participant has a name")
}

/// What an AI wrote down, for a meeting whose UUID holds a slash.
pub(super) async fn summary(story: &mut Story<'_>) -> anyhow::Result<()> {
    story.act(
        "What the AI wrote down",
        "A summary names everybody and repeats everything; only its length leaves. This meeting's UUID holds a slash, \
         which Zoom wants encoded.",
    )?;
    let uuid = summarized(story).await?;
    let told = story.call("GET", &format!("/v2/meetings/{}/meeting_summary", in_a_path(&uuid))).await?;
    let fields = [
        "meeting_uuid",
        "meeting_host_email",
        "meeting_topic",
        "summary_start_time",
        "summary_title",
        "summary_overview",
        "summary_details",
        "next_steps",
        "summary_content",
    ];
    story.compare(&told, "", &fields).await?;
    promised(told.reply.status.is_success(), "a UUID with a slash finds its meeting")
}

/// A meeting with a summary, and preferably the most awkward kind of UUID. Searched for behind the scenes.
async fn summarized(story: &Story<'_>) -> anyhow::Result<String> {
    let mut found = Vec::new();
    for person in 0..12 {
        let id = story.world.zoom.user_id(person);
        let target =
            format!("/v2/report/users/{id}/meetings?from=2026-03-01&to=2026-03-31&type=past&page_size=300");
        let report = story.world.straight(&target).await?.json();
        let uuids = report["meetings"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|meeting| meeting["uuid"].as_str());
        found.extend(uuids.filter(|uuid| uuid.contains('/')).map(str::to_owned));
    }
    found.sort_by_key(|uuid| !needs_two_rounds(uuid));
    for uuid in found {
        let answer =
            story.world.straight(&format!("/v2/meetings/{}/meeting_summary", in_a_path(&uuid))).await?;
        if answer.status.is_success() {
            return Ok(uuid);
        }
    }
    anyhow::bail!("no meeting of this world has a summary and a slash")
}

fn needs_two_rounds(uuid: &str) -> bool {
    uuid.starts_with('/') || uuid.contains("//")
}

/// A meeting UUID as Zoom wants it in a path.
fn in_a_path(uuid: &str) -> String {
    let encode =
        |text: &str| text.replace('%', "%25").replace('/', "%2F").replace('+', "%2B").replace('=', "%3D");
    let once = encode(uuid);
    if needs_two_rounds(uuid) { encode(&once) } else { once }
}

#[cfg(test)]
mod tests {
    use super::in_a_path;

    #[test]
    fn encodes_a_uuid_as_often_as_zoom_wants() {
        let cases = [
            ("4s9XzulBQVOm7o44xZ5oYA==", "4s9XzulBQVOm7o44xZ5oYA%3D%3D"),
            ("+UL2/PE3TL6Eb+lz3luRAg==", "%2BUL2%2FPE3TL6Eb%2Blz3luRAg%3D%3D"),
            ("/E5phKOXQiK+gi3dbLsgrg==", "%252FE5phKOXQiK%252Bgi3dbLsgrg%253D%253D"),
        ];
        for (uuid, expected) in cases {
            assert_eq!(in_a_path(uuid), expected);
        }
    }
}
