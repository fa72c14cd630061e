//! Meetings past and to come, and that all the numbers about them agree.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use vizard_zoom_simulator::Config;

use crate::client::{Zoom, uuid_segment};

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_else(|| panic!("{field} is text in {value}"))
}

/// The report of a month of a user.
async fn month(zoom: &Zoom, user: u32, kind: &str) -> Vec<Value> {
    let id = zoom.running.user_id(user);
    let target =
        format!("/v2/report/users/{id}/meetings?from=2026-03-01&to=2026-03-31&type={kind}&page_size=300");
    zoom.all(&target, "meetings").await
}

#[tokio::test]
async fn report_past_meeting_and_participants_agree_in_every_world() {
    for seed in 1..4 {
        let zoom = Zoom::start(Config { seed, ..Config::tiny() }).await;
        let (mut seen, mut guests) = (0, 0);
        for user in 0..12 {
            for meeting in month(&zoom, user, "past").await {
                let id = uuid_segment(text(&meeting, "uuid"));
                let past = zoom.json(&format!("/v2/past_meetings/{id}")).await;
                let report = zoom.json(&format!("/v2/report/meetings/{id}")).await;
                let fields =
                    "uuid id type topic start_time end_time duration total_minutes participants_count";
                for field in fields.split(' ') {
                    assert_eq!(past[field], meeting[field], "{field}");
                    assert_eq!(report[field], meeting[field], "{field}");
                }
                let rows = zoom
                    .all(&format!("/v2/past_meetings/{id}/participants?page_size=2"), "participants")
                    .await;
                let reported =
                    zoom.all(&format!("/v2/report/meetings/{id}/participants"), "participants").await;
                assert_eq!(rows.len(), reported.len());
                for (row, reported) in rows.iter().zip(&reported) {
                    assert_eq!(row["name"], reported["name"]);
                    assert_eq!(row["id"], reported["participant_user_id"]);
                    assert_eq!(row["id"] == "", row["internal_user"] == false);
                    guests += usize::from(row["id"] == "" && row["user_email"] == "");
                }
                let names: BTreeSet<_> = rows.iter().map(|row| text(row, "name")).collect();
                assert_eq!(meeting["participants_count"], names.len());
                assert!(names.len() > 1);
                let minutes: i64 = rows.iter().map(|row| (row["duration"].as_i64().unwrap() + 59) / 60).sum();
                assert_eq!(meeting["total_minutes"], minutes);
                seen += 1;
            }
        }
        assert!(seen > 60 && guests > 5, "{seen} {guests}");
    }
}

#[tokio::test]
async fn a_meeting_of_one_is_in_no_report() {
    let zoom = Zoom::start(Config::tiny()).await;
    let mut alone = Vec::new();
    for user in 0..12 {
        alone.extend(month(&zoom, user, "pastOne").await);
    }
    assert!(alone.len() > 3);
    for meeting in alone {
        let id = uuid_segment(text(&meeting, "uuid"));
        assert_eq!(zoom.json(&format!("/v2/past_meetings/{id}")).await["participants_count"], 1);
        assert_eq!(zoom.json(&format!("/v2/past_meetings/{id}/participants")).await["total_records"], 0);
        assert_eq!(zoom.problem(&format!("/v2/report/meetings/{id}")).await.1, 3001);
        assert_eq!(zoom.problem(&format!("/v2/report/meetings/{id}/participants")).await.1, 3001);
    }
}

#[tokio::test]
async fn somebody_joined_what_lists_them_as_participant() {
    let zoom = Zoom::start(Config::tiny()).await;
    let id = zoom.running.user_id(4);
    let joined = month(&zoom, 4, "pastJoined").await;
    assert!(joined.len() > month(&zoom, 4, "past").await.len());
    for meeting in joined {
        let target = format!(
            "/v2/report/meetings/{}/participants?page_size=300",
            uuid_segment(text(&meeting, "uuid"))
        );
        let rows = zoom.all(&target, "participants").await;
        assert!(rows.iter().any(|row| row["participant_user_id"] == id.as_str()));
        assert_eq!(text(&meeting, "join_time").len(), "03/31/2026 12:00".len());
    }
}

#[tokio::test]
async fn a_personal_meeting_has_the_personal_id() {
    let zoom = Zoom::start(Config::tiny()).await;
    let mut seen = 0;
    for user in 0..12 {
        for meeting in month(&zoom, user, "past").await.iter().chain(&month(&zoom, user, "pastOne").await) {
            let is_pmi = meeting["id"] == zoom.running.user_pmi(user);
            assert_eq!(meeting["type"] == 4, is_pmi);
            seen += usize::from(is_pmi);
        }
    }
    assert!(seen > 3);
    let detail = zoom.json(&format!("/v2/meetings/{}", zoom.running.user_pmi(0))).await;
    assert_eq!(detail["pmi"], zoom.running.user_pmi(0).to_string());
    assert!(text(&detail, "join_url").contains("?pwd="));
}

#[tokio::test]
async fn a_uuid_that_needs_double_encoding_is_unknown_when_encoded_once() {
    let zoom = Zoom::start(Config::tiny()).await;
    let mut meetings = Vec::new();
    for user in 0..12 {
        meetings.extend(month(&zoom, user, "past").await);
    }
    let awkward =
        meetings.iter().map(|meeting| text(meeting, "uuid")).find(|uuid| uuid.starts_with('/')).unwrap();
    let plain =
        meetings.iter().map(|m| text(m, "uuid")).find(|u| u.contains('/') && !u.starts_with('/')).unwrap();
    let encode =
        |text: &str| text.replace('%', "%25").replace('/', "%2F").replace('+', "%2B").replace('=', "%3D");
    let cases = [
        (encode(&encode(awkward)), 200),
        (encode(awkward), 404),
        (awkward.to_owned(), 404),
        (encode(plain), 200),
        (encode(plain).replace("%2B", "+").replace("%3D", "="), 200),
        (encode(&encode(plain)), 200),
        (plain.to_owned(), 404),
    ];
    for (segment, status) in cases {
        assert_eq!(zoom.get(&format!("/v2/past_meetings/{segment}")).await.status, status, "{segment}");
    }
    let message = format!("Meeting does not exist: {awkward}.");
    assert_eq!(zoom.problem(&format!("/v2/past_meetings/{}", encode(awkward))).await, (404, 3001, message));
}

#[tokio::test]
async fn a_number_stands_for_the_latest_instance_and_lists_all() {
    let zoom = Zoom::start(Config::tiny()).await;
    let id = zoom.running.user_id(1);
    let meetings = zoom.all(&format!("/v2/users/{id}/meetings"), "meetings").await;
    let weekly = meetings.iter().find(|meeting| meeting["type"] == 8).unwrap();
    let number = &weekly["id"];
    let latest = zoom.json(&format!("/v2/past_meetings/{number}")).await;
    let instances = zoom.json(&format!("/v2/past_meetings/{number}/instances")).await;
    let instances = instances["meetings"].as_array().unwrap();
    assert!(instances.len() > 50);
    assert_eq!(instances.last().unwrap()["uuid"], latest["uuid"]);
    let detail = zoom.json(&format!("/v2/meetings/{number}?show_previous_occurrences=true")).await;
    assert_eq!(detail["id"], *number);
    assert!(detail["occurrences"].as_array().unwrap().len() > 8);
    let oldest = uuid_segment(text(&instances[0], "uuid"));
    let too_old = (400, 12702, "Can not access a meeting a year ago.".to_owned());
    assert_eq!(zoom.problem(&format!("/v2/past_meetings/{oldest}")).await, too_old);
}

#[tokio::test]
async fn windows_are_refused_when_missing_long_old_or_reversed() {
    let zoom = Zoom::start(Config::tiny()).await;
    let report = format!("/v2/report/users/{}/meetings", zoom.running.user_id(0));
    let meetings = format!("/v2/users/{}/meetings", zoom.running.user_id(0));
    let recordings = format!("/v2/users/{}/recordings", zoom.running.user_id(0));
    let cases = [
        (report.clone(), 400),
        (format!("{report}?from=2026-03-01"), 400),
        (format!("{report}?from=2026-01-01&to=2026-03-01"), 400),
        (format!("{report}?from=2025-08-01&to=2025-08-20"), 400),
        (format!("{report}?from=2026-03-20&to=2026-03-10"), 400),
        (format!("{report}?from=yesterday&to=2026-03-10"), 400),
        (format!("{report}?from=2026-03-01&to=2026-03-31"), 200),
        (format!("{recordings}?from=2026-01-01&to=2026-03-01"), 400),
        (recordings, 200),
        (format!("{meetings}?type=previous_meetings&from=2025-08-01"), 400),
        (format!("{meetings}?type=odd"), 400),
        (format!("{meetings}?type=upcoming"), 200),
    ];
    for (target, status) in cases {
        assert_eq!(zoom.get(&target).await.status, status, "{target}");
    }
}

#[tokio::test]
async fn summaries_exist_where_announced_and_name_people() {
    let zoom = Zoom::start(Config::tiny()).await;
    let mut summaries = 0;
    for meeting in month(&zoom, 0, "past").await.iter().chain(&month(&zoom, 1, "past").await) {
        let id = uuid_segment(text(meeting, "uuid"));
        let announced = zoom.json(&format!("/v2/past_meetings/{id}")).await["has_meeting_summary"] == true;
        let answer = zoom.get(&format!("/v2/meetings/{id}/meeting_summary")).await;
        assert_eq!(answer.status, if announced { 200 } else { 404 });
        if announced {
            summaries += 1;
            let rows = zoom.json(&format!("/v2/past_meetings/{id}/participants")).await;
            let name = text(&rows["participants"][0], "name").to_owned();
            for field in ["summary_content", "summary_overview"] {
                assert!(text(&answer.json(), field).contains(&name));
            }
        }
        let invalid = (400, 300, "Invalid meeting id".to_owned());
        assert_eq!(zoom.problem(&format!("/v2/meetings/{}/meeting_summary", meeting["id"])).await, invalid);
    }
    assert!(summaries > 3);
}

#[tokio::test]
async fn recordings_add_up() {
    let zoom = Zoom::start(Config::small()).await;
    let mut seen = 0;
    for user in 0..30 {
        let id = zoom.running.user_id(user);
        for recording in zoom.all(&format!("/v2/users/{id}/recordings"), "meetings").await {
            let files = recording["recording_files"].as_array().unwrap();
            assert_eq!(recording["recording_count"], files.len());
            let sum: u64 = files.iter().map(|file| file["file_size"].as_u64().unwrap()).sum();
            assert_eq!(recording["total_size"], sum);
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}

#[tokio::test]
async fn time_passes_and_meetings_take_place() {
    let zoom = Zoom::start(Config { token_ttl: Duration::from_secs(90 * 86_400), ..Config::tiny() }).await;
    let id = zoom.running.user_id(1);
    let target = format!("/v2/users/{id}/meetings?type=upcoming");
    let next = zoom.all(&target, "meetings").await[0].clone();
    let segment = uuid_segment(text(&next, "uuid"));
    assert_eq!(zoom.get(&format!("/v2/past_meetings/{segment}")).await.status, 404);
    let mut was_live = false;
    for _ in 0..10 * 96 {
        zoom.running.advance(Duration::from_secs(15 * 60));
        let live = zoom.json(&format!("/v2/users/{id}/meetings?type=live")).await;
        was_live |=
            live["meetings"].as_array().unwrap().iter().any(|meeting| meeting["uuid"] == next["uuid"]);
        if was_live && live["total_records"] == 0 {
            break;
        }
    }
    assert!(was_live);
    assert_eq!(zoom.get(&format!("/v2/past_meetings/{segment}")).await.status, 200);
}

#[tokio::test]
async fn a_large_meeting_shows_no_duration_until_it_is_counted() {
    let config = Config { token_ttl: Duration::from_secs(90 * 86_400), ..Config::small() };
    let zoom = Zoom::start(config).await;
    let id = zoom.running.user_id(0);
    // The first Tuesday of April 2026 is the 7th; the all-hands begins at 15:00 in Lisbon.
    zoom.running.advance(Duration::from_secs(7 * 86_400 + 3 * 3_600 + 10 * 60));
    let target = format!("/v2/report/users/{id}/meetings?from=2026-04-07&to=2026-04-07");
    let meetings = zoom.all(&target, "meetings").await;
    let large = meetings.iter().find(|meeting| meeting["participants_count"].as_u64() > Some(100)).unwrap();
    let past = format!("/v2/past_meetings/{}", uuid_segment(text(large, "uuid")));
    assert_eq!(zoom.json(&past).await["duration"], 0);
    zoom.running.advance(Duration::from_secs(30 * 60));
    assert_eq!(zoom.json(&past).await["duration"], large["duration"]);
}
