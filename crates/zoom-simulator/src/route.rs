//! Paths: which endpoint a raw request target names, under which scope and rate limit.

use percent_encoding::percent_decode_str;

use crate::problem::Problem;

/// The simulated endpoints, all of them for reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Users,
    User,
    UserSettings,
    UserMeetings,
    UserRecordings,
    Meeting,
    MeetingSummary,
    PastMeeting,
    PastInstances,
    PastParticipants,
    ReportUserMeetings,
    ReportMeeting,
    ReportParticipants,
}

/// Zoom's rate limit labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Light,
    Medium,
    Heavy,
}

impl Endpoint {
    /// The granular scope and the classic one, either of which opens the endpoint.
    pub(crate) fn scopes(self) -> (&'static str, &'static str) {
        match self {
            Endpoint::Users => ("user:read:list_users:admin", "user:read:admin"),
            Endpoint::User => ("user:read:user:admin", "user:read:admin"),
            Endpoint::UserSettings => ("user:read:settings:admin", "user:read:admin"),
            Endpoint::UserMeetings => ("meeting:read:list_meetings:admin", "meeting:read:admin"),
            Endpoint::UserRecordings => {
                ("cloud_recording:read:list_user_recordings:admin", "recording:read:admin")
            }
            Endpoint::Meeting => ("meeting:read:meeting:admin", "meeting:read:admin"),
            Endpoint::MeetingSummary => ("meeting:read:summary:admin", "meeting_summary:read:admin"),
            Endpoint::PastMeeting => ("meeting:read:past_meeting:admin", "meeting:read:admin"),
            Endpoint::PastInstances => ("meeting:read:list_past_instances:admin", "meeting:read:admin"),
            Endpoint::PastParticipants => ("meeting:read:list_past_participants:admin", "meeting:read:admin"),
            Endpoint::ReportUserMeetings => ("report:read:user:admin", "report:read:admin"),
            Endpoint::ReportMeeting => ("report:read:meeting:admin", "report:read:admin"),
            Endpoint::ReportParticipants => {
                ("report:read:list_meeting_participants:admin", "report:read:admin")
            }
        }
    }

    pub(crate) fn class(self) -> Class {
        match self {
            Endpoint::User | Endpoint::Meeting | Endpoint::MeetingSummary | Endpoint::PastMeeting => {
                Class::Light
            }
            Endpoint::Users
            | Endpoint::UserSettings
            | Endpoint::UserMeetings
            | Endpoint::UserRecordings
            | Endpoint::PastInstances
            | Endpoint::PastParticipants => Class::Medium,
            Endpoint::ReportUserMeetings | Endpoint::ReportMeeting | Endpoint::ReportParticipants => {
                Class::Heavy
            }
        }
    }
}

/// The endpoint that a raw path names, and its id as spelled there.
pub(crate) fn endpoint(path: &str) -> Option<(Endpoint, &str)> {
    let segments: Vec<&str> = path.strip_prefix("/v2/")?.split('/').collect();
    Some(match segments[..] {
        ["users"] => (Endpoint::Users, ""),
        ["users", id] => (Endpoint::User, id),
        ["users", id, "settings"] => (Endpoint::UserSettings, id),
        ["users", id, "meetings"] => (Endpoint::UserMeetings, id),
        ["users", id, "recordings"] => (Endpoint::UserRecordings, id),
        ["meetings", id] => (Endpoint::Meeting, id),
        ["meetings", id, "meeting_summary"] => (Endpoint::MeetingSummary, id),
        ["past_meetings", id] => (Endpoint::PastMeeting, id),
        ["past_meetings", id, "instances"] => (Endpoint::PastInstances, id),
        ["past_meetings", id, "participants"] => (Endpoint::PastParticipants, id),
        ["report", "users", id, "meetings"] => (Endpoint::ReportUserMeetings, id),
        ["report", "meetings", id] => (Endpoint::ReportMeeting, id),
        ["report", "meetings", id, "participants"] => (Endpoint::ReportParticipants, id),
        _ => return None,
    })
}

/// A meeting as a path names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MeetingId {
    Number(u64),
    Uuid(String),
}

impl MeetingId {
    /// Reads one path segment. A UUID that starts with `/` or contains `//` counts only if it is encoded twice.
    pub(crate) fn read(segment: &str) -> Result<Self, Problem> {
        let once = decoded(segment);
        if !once.is_empty() && once.bytes().all(|byte| byte.is_ascii_digit()) {
            return match once.parse() {
                Ok(number) if once.len() <= 11 => Ok(MeetingId::Number(number)),
                _ => Err(Problem::MeetingIdInvalid),
            };
        }
        let twice = decoded(&once);
        let needs_two = |uuid: &str| uuid.starts_with('/') || uuid.contains("//");
        if is_uuid(&once) && !needs_two(&once) {
            Ok(MeetingId::Uuid(once))
        } else if once != twice && is_uuid(&twice) {
            Ok(MeetingId::Uuid(twice))
        } else {
            Err(Problem::MeetingUnknown(once))
        }
    }
}

/// One path segment with its percent-encoding undone once; a plus stays a plus.
pub(crate) fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

fn is_uuid(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    text.len() == 24 && text.ends_with("==") && text.as_bytes()[..22].iter().all(|byte| allowed(*byte))
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, MeetingId, endpoint};
    use crate::problem::Problem;

    #[test]
    fn reads_the_spellings_of_a_meeting_id() {
        let uuid = |text: &str| Ok(MeetingId::Uuid(text.into()));
        let unknown = |text: &str| Err(Problem::MeetingUnknown(text.into()));
        let cases = [
            ("85746065432", Ok(MeetingId::Number(85_746_065_432))),
            ("857460654321", Err(Problem::MeetingIdInvalid)),
            ("4444AAAiAAAAAiAiAiiAii==", uuid("4444AAAiAAAAAiAiAiiAii==")),
            ("4444AAAiAAAAAiAiAiiAii%3D%3D", uuid("4444AAAiAAAAAiAiAiiAii==")),
            ("4444AAAi%2FAAAAiAiAi+Aii%3D%3D", uuid("4444AAAi/AAAAiAiAi+Aii==")),
            ("4444AAAi%252FAAAAiAiAi%252BAii%253D%253D", uuid("4444AAAi/AAAAiAiAi+Aii==")),
            ("%2F444AAAiAAAAAiAiAiiAii%3D%3D", unknown("/444AAAiAAAAAiAiAiiAii==")),
            ("%252F444AAAiAAAAAiAiAiiAii%253D%253D", uuid("/444AAAiAAAAAiAiAiiAii==")),
            ("4444AAAi%2F%2FAAAiAiAiiAii%3D%3D", unknown("4444AAAi//AAAiAiAiiAii==")),
            ("4444AAAi%252F%252FAAAiAiAiiAii%253D%253D", uuid("4444AAAi//AAAiAiAiiAii==")),
            ("", unknown("")),
            ("p~token", unknown("p~token")),
        ];
        for (segment, expected) in cases {
            assert_eq!(MeetingId::read(segment), expected, "{segment}");
        }
    }

    #[test]
    fn knows_its_endpoints_and_no_others() {
        let cases = [
            ("/v2/users", Some((Endpoint::Users, ""))),
            ("/v2/users/a%40b", Some((Endpoint::User, "a%40b"))),
            ("/v2/past_meetings/1/participants", Some((Endpoint::PastParticipants, "1"))),
            ("/v2/report/meetings/x", Some((Endpoint::ReportMeeting, "x"))),
            ("/v2/meetings/ab/cd==", None),
            ("/v2/users/", Some((Endpoint::User, ""))),
            ("/users", None),
            ("/v2/groups", None),
        ];
        for (path, expected) in cases {
            assert_eq!(endpoint(path), expected, "{path}");
        }
    }
}
