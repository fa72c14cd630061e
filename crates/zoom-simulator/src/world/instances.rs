//! Instances: one room at one time. Each has its own UUID.

use super::World;
use super::calendar::DAY;
use super::rooms::{Kind, Room};

/// One time that a meeting took place, or will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instance {
    pub(crate) host: u32,
    pub(crate) kind: Kind,
    /// The week, or the half week for ad-hoc meetings.
    pub(crate) occurrence: u16,
}

impl Instance {
    pub(crate) fn room(self) -> Room {
        let only = (self.kind == Kind::AdHoc).then_some(self.occurrence);
        Room { host: self.host, kind: self.kind, only }
    }

    /// The instance as one number, for draws and ids.
    pub(crate) fn index(self) -> u64 {
        u64::from(self.host) << 24 | (self.kind as u64) << 16 | u64::from(self.occurrence)
    }
}

impl World {
    pub(crate) fn uuid(&self, instance: Instance) -> String {
        self.ids.instance(instance.index(), is_awkward(instance))
    }

    pub(crate) fn instance(&self, uuid: &str) -> Option<Instance> {
        let named = |index: u64| {
            Some(Instance {
                host: u32::try_from(index >> 24).ok()?,
                kind: *Kind::ALL.get((index >> 16 & 0xff) as usize)?,
                occurrence: (index & 0xffff) as u16,
            })
        };
        self.ids.instance_indices(uuid).into_iter().flatten().find_map(|(index, awkward)| {
            let instance = named(index)?;
            (instance.host < self.users
                && is_awkward(instance) == awkward
                && self.planned_start(instance).is_some())
            .then_some(instance)
        })
    }

    /// When the meeting is planned to start, or nothing if it does not take place at all.
    pub(crate) fn planned_start(&self, instance: Instance) -> Option<i64> {
        let Instance { host, kind, occurrence } = instance;
        if occurrence >= 2_000 || !self.hosts(host, kind) {
            return None;
        }
        let happens = self.dice.roll("happens", instance.index(), 0);
        let habit = self.dice.roll("habit", host.into(), kind as u64);
        let (week, weekday, minute) = match kind {
            Kind::OneOnOne | Kind::TeamWeekly | Kind::ProjectSync => {
                (occurrence, habit.between(0, 4), 9 * 60 + 30 * habit.next().between(0, 15))
            }
            Kind::AllHands => (occurrence, 1, 15 * 60),
            Kind::AdHoc => {
                let half = i64::from(occurrence % 2);
                (
                    occurrence / 2,
                    happens.between(0, 2) + 2 * half,
                    9 * 60 + 15 * happens.next().between(0, 34),
                )
            }
            Kind::PersonalRoom => {
                (occurrence, happens.between(0, 4), 8 * 60 + 15 * happens.next().between(0, 40))
            }
        };
        let takes_place = match kind {
            Kind::OneOnOne | Kind::TeamWeekly | Kind::ProjectSync => !happens.per_mille(80),
            Kind::AllHands => self.calendar.date(week, weekday).day() <= 7,
            Kind::AdHoc => happens.next().next().per_mille(600),
            Kind::PersonalRoom => happens.next().next().per_mille(350),
        };
        match takes_place {
            true => self.calendar.instant(week, weekday, minute, self.office(host)),
            false => None,
        }
    }

    /// The instances hosted by somebody that are planned to start in `from..to`, in order of time.
    pub(crate) fn hosted(&self, host: u32, from: i64, to: i64) -> Vec<(i64, Instance)> {
        let kinds = Kind::ALL.into_iter().filter(|kind| self.hosts(host, *kind));
        let mut found: Vec<_> = kinds.flat_map(|kind| self.of_room(host, kind, from, to)).collect();
        found.sort_unstable();
        found
    }

    /// The instances of one room, or of all ad-hoc rooms of a host, planned to start in `from..to`.
    pub(crate) fn of_room(&self, host: u32, kind: Kind, from: i64, to: i64) -> Vec<(i64, Instance)> {
        let from = from.max(self.calendar.begin());
        self.calendar
            .weeks(from, to)
            .flat_map(|week| if kind == Kind::AdHoc { week * 2..week * 2 + 2 } else { week..week + 1 })
            .map(|occurrence| Instance { host, kind, occurrence })
            .filter_map(|instance| Some((self.planned_start(instance)?, instance)))
            .filter(|(start, _)| (from..to).contains(start))
            .collect()
    }

    /// The instances that somebody was invited to by others, planned to start in `from..to`.
    pub(crate) fn invited(&self, user: u32, from: i64, to: i64) -> Vec<(i64, Instance)> {
        let mut found = Vec::new();
        found.extend(self.reports(user).flat_map(|host| self.of_room(host, Kind::OneOnOne, from, to)));
        found.extend(
            self.manager(user).into_iter().flat_map(|host| self.of_room(host, Kind::TeamWeekly, from, to)),
        );
        let lead = user % self.projects();
        if lead != user {
            found.extend(self.of_room(lead, Kind::ProjectSync, from, to));
        }
        if user != 0 && self.hosts(0, Kind::AllHands) {
            found.extend(self.of_room(0, Kind::AllHands, from, to));
        }
        for kind in [Kind::AdHoc, Kind::PersonalRoom] {
            let per_week = if kind == Kind::AdHoc { 2 } else { 1 };
            let weeks = self.calendar.weeks(from.max(self.calendar.begin()), to);
            for occurrence in weeks.start * per_week..weeks.end * per_week {
                for delta in self.deltas_of(kind, occurrence) {
                    let instance =
                        Instance { host: self.shifted(user, self.users - delta), kind, occurrence };
                    let start = self.planned_start(instance).filter(|start| (from..to).contains(start));
                    found.extend(start.map(|start| (start, instance)));
                }
            }
        }
        found.retain(|(_, instance)| self.invitees(*instance).contains(&user));
        found.sort_unstable();
        found
    }

    /// The colleagues who are asked to come, without the host.
    pub(crate) fn invitees(&self, instance: Instance) -> Vec<u32> {
        let host = instance.host;
        match instance.kind {
            Kind::OneOnOne => self.manager(host).into_iter().collect(),
            Kind::TeamWeekly => self.reports(host).collect(),
            Kind::ProjectSync => {
                let step = self.projects() as usize;
                (host..self.users).step_by(step).skip(1).take(9).collect()
            }
            Kind::AdHoc | Kind::PersonalRoom => {
                let deltas = self.deltas_of(instance.kind, instance.occurrence);
                deltas.into_iter().map(|delta| self.shifted(host, delta)).collect()
            }
            // The stream for the rest of a large company is a webinar, which is another product.
            Kind::AllHands => (1..self.users.min(600)).collect(),
        }
    }

    /// The latest instance of a room that started before `now`, else the next one.
    pub(crate) fn current(&self, room: Room, now: i64) -> Option<Instance> {
        if let Some(occurrence) = room.only {
            let instance = Instance { host: room.host, kind: room.kind, occurrence };
            return self.planned_start(instance).map(|_| instance);
        }
        let (mut past, mut coming) = (None, None);
        for span in [8, 60, 500] {
            let around = self.of_room(room.host, room.kind, now - span * DAY, now + span * DAY);
            past = around.iter().rev().find(|(start, _)| *start <= now).map(|(_, instance)| *instance);
            coming = around.iter().find(|(start, _)| *start > now).map(|(_, instance)| *instance);
            if past.is_some() {
                break;
            }
        }
        past.or(coming)
    }
}

/// A few UUIDs need double encoding for certain, so that even the smallest world has some.
fn is_awkward(instance: Instance) -> bool {
    matches!(instance.kind, Kind::TeamWeekly | Kind::PersonalRoom) && instance.occurrence % 8 == 5
}

#[cfg(test)]
mod tests {
    use super::DAY;
    use crate::config::Config;
    use crate::world::World;

    const NOW: i64 = 1_774_958_400;

    #[test]
    fn a_uuid_leads_back_to_its_instance() {
        for seed in 0..4 {
            let world = World::new(&Config { seed, ..Config::small() });
            let hosted: Vec<_> =
                (0..200).flat_map(|host| world.hosted(host, NOW - 60 * DAY, NOW + DAY)).collect();
            assert!(hosted.len() > 2_000, "{}", hosted.len());
            for (_, instance) in &hosted {
                assert_eq!(world.instance(&world.uuid(*instance)), Some(*instance));
            }
            let awkward = hosted.iter().filter(|(_, instance)| world.uuid(*instance).starts_with('/'));
            assert!(awkward.count() > 20);
        }
    }

    #[test]
    fn invited_is_the_inverse_of_invitees() {
        let world = World::new(&Config::small());
        let (from, to) = (NOW - 14 * DAY, NOW);
        let hosted: Vec<_> = (0..200).flat_map(|host| world.hosted(host, from, to)).collect();
        for user in 0..200 {
            let mut expected: Vec<_> = hosted
                .iter()
                .filter(|(_, instance)| world.invitees(*instance).contains(&user))
                .copied()
                .collect();
            expected.sort_unstable();
            assert_eq!(world.invited(user, from, to), expected, "user {user}");
        }
    }
}
