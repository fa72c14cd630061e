//! Rooms: what a meeting number names. A room has one host and one occurrence, or many.

use super::World;
use super::cast::{COMPANY, PROJECTS};

/// The kinds of meetings that a person hosts, at most one room of each kind except ad-hoc ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    OneOnOne,
    TeamWeekly,
    ProjectSync,
    AdHoc,
    PersonalRoom,
    AllHands,
}

impl Kind {
    pub(crate) const ALL: [Kind; 6] = [
        Kind::OneOnOne,
        Kind::TeamWeekly,
        Kind::ProjectSync,
        Kind::AdHoc,
        Kind::PersonalRoom,
        Kind::AllHands,
    ];

    /// Whether one number serves all occurrences at a fixed time.
    pub(crate) fn is_recurring(self) -> bool {
        !matches!(self, Kind::AdHoc | Kind::PersonalRoom)
    }
}

/// What a meeting number names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Room {
    pub(crate) host: u32,
    pub(crate) kind: Kind,
    /// The only occurrence of an ad-hoc room.
    pub(crate) only: Option<u16>,
}

impl World {
    /// The rooms of a host that have more than one occurrence.
    pub(crate) fn standing_rooms(&self, host: u32) -> impl Iterator<Item = Room> {
        Kind::ALL
            .into_iter()
            .filter(move |kind| *kind != Kind::AdHoc && self.hosts(host, *kind))
            .map(move |kind| Room { host, kind, only: None })
    }

    pub(crate) fn hosts(&self, host: u32, kind: Kind) -> bool {
        match kind {
            Kind::OneOnOne => self.manager(host).is_some(),
            Kind::TeamWeekly => self.reports(host).next().is_some(),
            Kind::ProjectSync => host < self.projects() && self.users > 1,
            Kind::AdHoc | Kind::PersonalRoom => true,
            Kind::AllHands => host == 0 && self.users > 2,
        }
    }

    pub(crate) fn number(&self, room: Room) -> u64 {
        match room.kind {
            Kind::PersonalRoom => self.ids.personal(room.host),
            kind => {
                let occurrence = room.only.map_or(0, u64::from);
                self.ids.number((u64::from(room.host) * 2048 + occurrence) * 8 + kind as u64)
            }
        }
    }

    pub(crate) fn room(&self, number: u64) -> Option<Room> {
        let room = match self.ids.personal_owner(number) {
            Some(host) => Room { host, kind: Kind::PersonalRoom, only: None },
            None => {
                let index = self.ids.number_index(number)?;
                let kind = *Kind::ALL.get((index % 8) as usize)?;
                let occurrence = (index / 8 % 2048) as u16;
                let host = u32::try_from(index / 8 / 2048).ok()?;
                let only = match kind {
                    Kind::AdHoc => Some(occurrence),
                    Kind::PersonalRoom => return None,
                    _ if occurrence != 0 => return None,
                    _ => None,
                };
                Room { host, kind, only }
            }
        };
        (room.host < self.users && self.hosts(room.host, room.kind)).then_some(room)
    }

    /// 1 is instant, 2 scheduled, 4 personal, 8 recurring at a fixed time.
    pub(crate) fn meeting_type(&self, room: Room) -> u8 {
        match room.kind {
            Kind::OneOnOne | Kind::TeamWeekly | Kind::ProjectSync | Kind::AllHands => 8,
            Kind::PersonalRoom => 4,
            Kind::AdHoc if self.ad_hoc_roll(room, "instant").per_mille(300) => 1,
            Kind::AdHoc => 2,
        }
    }

    /// The planned length in minutes.
    pub(crate) fn planned_minutes(&self, room: Room) -> i64 {
        match room.kind {
            Kind::OneOnOne => 30,
            Kind::TeamWeekly => 45,
            Kind::ProjectSync | Kind::AllHands => 60,
            Kind::AdHoc => *self.ad_hoc_roll(room, "length").pick(&[15, 30, 30, 45, 60, 90]),
            Kind::PersonalRoom => 30,
        }
    }

    /// Free text that, as in life, says more than it should.
    pub(crate) fn topic(&self, room: Room) -> String {
        let host = self.user(room.host);
        match room.kind {
            Kind::OneOnOne => {
                let manager = self.user(self.manager(room.host).unwrap_or(0));
                format!("{} / {} 1:1", host.first, manager.first)
            }
            Kind::TeamWeekly => format!("{} weekly, team {}", host.department, host.last),
            Kind::ProjectSync => format!("Project {} sync ({})", self.project(room.host), host.display()),
            Kind::PersonalRoom => format!("{}'s Personal Meeting Room", host.display()),
            Kind::AllHands => format!("{COMPANY} all hands with {}", host.first),
            Kind::AdHoc => {
                let roll = self.ad_hoc_roll(room, "topic");
                let other =
                    self.user(self.deltas(room).first().map_or(room.host, |d| self.shifted(room.host, *d)));
                let guest = self.guest(roll.next().below(10_000));
                match roll.below(6) {
                    0 => format!("Contract review with {}", guest.name),
                    1 => format!("Salary discussion {}", other.display()),
                    2 => format!("Quick call {} <> {}", host.first, other.display()),
                    3 => format!("Interview: {} for {}", guest.name, host.department),
                    4 => format!("{} onboarding (ask {})", other.display(), host.email),
                    _ => format!("Incident {}: pager {}", 1000 + roll.below(900), self.phone(room.host)),
                }
            }
        }
    }

    pub(crate) fn agenda(&self, room: Room) -> String {
        let host = self.user(room.host);
        match room.kind {
            Kind::AdHoc if self.ad_hoc_roll(room, "agenda").per_mille(400) => {
                format!(
                    "{} will present. Questions to {} or {}.",
                    host.display(),
                    host.email,
                    self.phone(room.host)
                )
            }
            Kind::ProjectSync => {
                format!("Budget of {}, hiring plans of {}", self.project(room.host), host.display())
            }
            _ => String::new(),
        }
    }

    pub(crate) fn project(&self, lead: u32) -> &'static str {
        PROJECTS[lead as usize % PROJECTS.len()]
    }

    /// How many projects there are: person `i` works on project `i % projects`.
    pub(crate) fn projects(&self) -> u32 {
        (self.users / 8).max(1)
    }

    /// The distances from the host to the people invited to a meeting without a fixed circle.
    /// They do not depend on the host, so "who invited me?" is as cheap as "whom did I invite?".
    pub(crate) fn deltas(&self, room: Room) -> Vec<u32> {
        self.deltas_of(room.kind, room.only.unwrap_or(0))
    }

    pub(crate) fn deltas_of(&self, kind: Kind, occurrence: u16) -> Vec<u32> {
        if self.users < 2 {
            return Vec::new();
        }
        let mut roll = self.dice.roll("invitees", kind as u64, occurrence.into());
        let count = if kind == Kind::PersonalRoom { roll.below(3) } else { 1 + roll.below(4) };
        let mut deltas = Vec::new();
        for _ in 0..count {
            roll = roll.next();
            let delta = 1 + roll.below(u64::from(self.users) - 1) as u32;
            if !deltas.contains(&delta) {
                deltas.push(delta);
            }
        }
        deltas
    }

    pub(crate) fn shifted(&self, user: u32, delta: u32) -> u32 {
        ((u64::from(user) + u64::from(delta)) % u64::from(self.users)) as u32
    }

    fn ad_hoc_roll(&self, room: Room, field: &str) -> crate::dice::Roll {
        self.dice.roll(field, room.host.into(), room.only.map_or(0, u64::from))
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;
    use crate::config::Config;
    use crate::world::World;

    #[test]
    fn a_number_leads_back_to_its_room() {
        for config in [Config::tiny(), Config::small(), Config::large()] {
            let world = World::new(&config);
            for host in (0..config.users).step_by(1 + config.users as usize / 300) {
                for room in world.standing_rooms(host) {
                    assert_eq!(world.room(world.number(room)), Some(room));
                    assert_eq!(world.number(room).to_string().len() == 10, room.kind == Kind::PersonalRoom);
                }
            }
        }
    }
}
