//! The REST endpoints: each reads the world and writes the documented fields.

mod meeting;
mod meetings;
mod past;
mod recordings;
mod report;
mod settings;
mod summary;
mod users;
mod window;

use serde_json::{Map, Value};

use crate::config::Plan;
use crate::page::Pages;
use crate::problem::Problem;
use crate::query::Query;
use crate::route::{Endpoint, MeetingId, decoded};
use crate::world::World;
use crate::world::instances::Instance;
use crate::world::participants::Attendance;
use crate::world::rooms::Room;

/// One admitted REST request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) world: &'a World,
    pub(crate) plan: Plan,
    pub(crate) pages: Pages,
    pub(crate) path: &'a str,
    pub(crate) query: &'a Query,
    /// The user or meeting id as spelled in the path.
    pub(crate) id: &'a str,
    pub(crate) now: i64,
}

pub(crate) fn answer(endpoint: Endpoint, call: Call<'_>) -> Result<Value, Problem> {
    let is_paid_feature = matches!(
        endpoint,
        Endpoint::UserRecordings
            | Endpoint::PastParticipants
            | Endpoint::ReportUserMeetings
            | Endpoint::ReportMeeting
            | Endpoint::ReportParticipants
    );
    if is_paid_feature && call.plan == Plan::Free {
        return Err(Problem::PlanTooSmall(call.world.account_id.clone()));
    }
    match endpoint {
        Endpoint::Users => users::list(call),
        Endpoint::User => users::one(call),
        Endpoint::UserSettings => settings::of_user(call),
        Endpoint::UserMeetings => meetings::of_user(call),
        Endpoint::UserRecordings => recordings::of_user(call),
        Endpoint::Meeting => meeting::one(call),
        Endpoint::MeetingSummary => summary::of_instance(call),
        Endpoint::PastMeeting => past::one(call),
        Endpoint::PastInstances => past::instances(call),
        Endpoint::PastParticipants => past::participants(call),
        Endpoint::ReportUserMeetings => report::of_user(call),
        Endpoint::ReportMeeting => report::one(call),
        Endpoint::ReportParticipants => report::participants(call),
    }
}

/// An instance that is over, with what happened at it.
#[derive(Debug, Clone)]
struct Past {
    instance: Instance,
    attendance: Attendance,
}

impl Call<'_> {
    /// The user in the path, by id or e-mail address.
    fn user(&self) -> Result<u32, Problem> {
        let id = decoded(self.id);
        if id == "me" {
            return Err(Problem::MeWithoutUser);
        }
        self.world.find_user(&id).ok_or(Problem::UserUnknown(id))
    }

    /// The room in the path, and the instance if the path names one.
    fn room(&self) -> Result<(Room, Option<Instance>), Problem> {
        match MeetingId::read(self.id)? {
            MeetingId::Number(number) => {
                let room = self.world.room(number).ok_or(Problem::MeetingUnknown(number.to_string()))?;
                Ok((room, None))
            }
            MeetingId::Uuid(uuid) => match self.world.instance(&uuid) {
                Some(instance) => Ok((instance.room(), Some(instance))),
                None => Err(Problem::MeetingUnknown(uuid)),
            },
        }
    }

    /// The past instance in the path; a number stands for the latest one.
    fn past(&self) -> Result<Past, Problem> {
        let (room, named) = self.room()?;
        let unknown = || Problem::MeetingUnknown(decoded(self.id));
        let past = match named {
            Some(instance) => self.ended(instance),
            None => self.latest_ended(room),
        };
        let past = past.ok_or_else(unknown)?;
        if past.attendance.end < window::months_ago(self.now, 12) {
            return Err(Problem::MeetingTooOld);
        }
        Ok(past)
    }

    /// The instance with its attendance, if it is over.
    fn ended(&self, instance: Instance) -> Option<Past> {
        let attendance = self.world.attendance(instance)?;
        (attendance.end <= self.now).then_some(Past { instance, attendance })
    }

    fn latest_ended(&self, room: Room) -> Option<Past> {
        if room.only.is_some() {
            return self.ended(self.world.current(room, self.now)?);
        }
        let in_past =
            |days| self.world.of_room(room.host, room.kind, self.now - days * window::DAY, self.now);
        [30, 600]
            .into_iter()
            .find_map(|days| in_past(days).into_iter().rev().find_map(|(_, instance)| self.ended(instance)))
    }

    /// One page of a list, in the envelope that all lists share.
    fn page<T>(
        &self,
        name: &str,
        all: &[T],
        write: impl Fn(&T) -> Value,
    ) -> Result<Map<String, Value>, Problem> {
        self.pages.envelope((self.path, self.query, self.now), name, all, write)
    }
}
