//! Who really came to an instance, when, and how often: the one place that all counts come from.

use super::World;
use super::instances::Instance;
use super::rooms::Kind;
use crate::dice::{ALPHANUMERIC, DIGITS};

/// Everybody's attendance of one instance.
#[derive(Debug, Clone)]
pub(crate) struct Attendance {
    /// In the order of joining.
    pub(crate) rows: Vec<Row>,
    pub(crate) start: i64,
    pub(crate) end: i64,
    /// How many different people came.
    pub(crate) people: usize,
    /// How many of them are known to belong to the account.
    pub(crate) colleagues: usize,
    /// The sum of the rows' minutes, each rounded up.
    pub(crate) total_minutes: i64,
}

/// One stay of one person: somebody who leaves and joins again has two.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) who: Who,
    /// Zoom's `user_id`: unique within the instance only.
    pub(crate) session: u32,
    pub(crate) name: String,
    /// Blank for guests.
    pub(crate) user_id: String,
    /// Blank for most guests.
    pub(crate) email: String,
    pub(crate) registrant: String,
    pub(crate) customer_key: String,
    pub(crate) breakout: String,
    pub(crate) join: i64,
    pub(crate) leave: i64,
}

/// Who a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    User(u32),
    Guest(u64),
    /// A colleague who dialled in: Zoom knows the telephone number only.
    Phone(u32),
}

impl Attendance {
    /// The length in minutes, rounded up.
    pub(crate) fn minutes(&self) -> i64 {
        minutes(self.end - self.start)
    }

    /// Zoom has not counted a large meeting yet that has only just ended.
    pub(crate) fn is_uncounted(&self, world: &World, now: i64) -> bool {
        self.people > 50 && now - self.end < world.counting_lag
    }

    pub(crate) fn row_of(&self, user: u32) -> Option<&Row> {
        self.rows.iter().find(|row| row.who == Who::User(user))
    }
}

impl World {
    /// What happened at an instance, or will.
    pub(crate) fn attendance(&self, instance: Instance) -> Option<Attendance> {
        let planned = self.planned_start(instance)?;
        let length = self.planned_minutes(instance.room()) * 60;
        let mut rows = Vec::new();
        for who in self.present(instance) {
            self.stays(instance, who, planned, length, &mut rows);
        }
        rows.sort_by_key(|row| (row.join, row.who));
        for (order, row) in rows.iter_mut().enumerate() {
            row.session = 16_778_240 + 1024 * order as u32;
        }
        let mut people: Vec<_> = rows.iter().map(|row| row.who).collect();
        people.sort_unstable();
        people.dedup();
        Some(Attendance {
            start: rows.iter().map(|row| row.join).min()?,
            end: rows.iter().map(|row| row.leave).max()?,
            people: people.len(),
            colleagues: people.iter().filter(|who| matches!(who, Who::User(_))).count(),
            total_minutes: rows.iter().map(|row| minutes(row.leave - row.join)).sum(),
            rows,
        })
    }

    /// The host, the invited who come, and the guests.
    fn present(&self, instance: Instance) -> Vec<Who> {
        let mut present = vec![Who::User(instance.host)];
        for user in self.invitees(instance) {
            let roll = self.dice.roll("comes", instance.index(), user.into());
            if roll.per_mille(850) {
                let dials = roll.next().per_mille(20);
                present.push(if dials { Who::Phone(user) } else { Who::User(user) });
            }
        }
        present.extend(self.guest_numbers(instance).into_iter().map(Who::Guest));
        present
    }

    /// The outsiders who come, by number.
    pub(crate) fn guest_numbers(&self, instance: Instance) -> Vec<u64> {
        let roll = self.dice.roll("guests", instance.index(), 0);
        let percent = match instance.kind {
            Kind::AdHoc => self.guest_percent,
            Kind::PersonalRoom => self.guest_percent * 2,
            Kind::ProjectSync => self.guest_percent / 3,
            Kind::OneOnOne | Kind::TeamWeekly | Kind::AllHands => 0,
        };
        let count = if roll.per_mille(percent * 10) { 1 + roll.next().below(3) } else { 0 };
        // Consecutive numbers are different people.
        let first = roll.next().next().below(9_990);
        (first..first + count).collect()
    }

    /// One row, or two for somebody who lost the connection.
    fn stays(&self, instance: Instance, who: Who, planned: i64, length: i64, rows: &mut Vec<Row>) {
        let key = match who {
            Who::User(user) => u64::from(user),
            Who::Guest(number) => 1 << 40 | number,
            Who::Phone(user) => 2 << 40 | u64::from(user),
        };
        let roll = self.dice.roll("stay", instance.index(), key);
        let late = roll.between(0, 90) * roll.next().between(0, 7) - 120;
        let leave = planned + length + roll.next().next().between(-240, 300);
        let join = planned + late.min(length / 3);
        let style = self.dice.roll("style", instance.index(), key);
        let mut row = self.row(instance, who, key);
        if style.next().per_mille(60) && leave - join > 600 {
            let gone = join + (leave - join) / 3;
            rows.push(Row { join, leave: gone, ..row.clone() });
            row.join = gone + 45;
        } else {
            row.join = join;
        }
        row.leave = if style.per_mille(50) { row.join + (leave - row.join) / 2 } else { leave };
        rows.push(row);
    }

    fn row(&self, instance: Instance, who: Who, key: u64) -> Row {
        let roll = self.dice.roll("row", instance.index(), key);
        let breakout = match roll.per_mille(30) {
            true => self.ids.instance(instance.index() << 8 | roll.below(4), false),
            false => String::new(),
        };
        let blank = Row {
            who,
            session: 0,
            name: String::new(),
            user_id: String::new(),
            email: String::new(),
            registrant: String::new(),
            customer_key: String::new(),
            breakout,
            join: 0,
            leave: 0,
        };
        match who {
            Who::User(index) => {
                let user = self.user(index);
                let shouted = roll.next().per_mille(20);
                let keyed = roll.next().next().per_mille(30);
                Row {
                    name: user.display(),
                    user_id: user.id,
                    email: if shouted { user.email.to_uppercase() } else { user.email },
                    customer_key: if keyed { self.employee_number(index) } else { String::new() },
                    ..blank
                }
            }
            Who::Guest(number) => {
                let guest = self.guest(number);
                // Zoom shows the address of a guest who was on the calendar invitation, and hides the others.
                let was_invited = roll.next().per_mille(300);
                let registered = roll.next().next().per_mille(200);
                Row {
                    name: guest.name,
                    email: if was_invited || registered { guest.email } else { String::new() },
                    registrant: if registered { guest.registrant } else { String::new() },
                    ..blank
                }
            }
            Who::Phone(user) => Row { name: self.phone(user).replace(['+', ' '], ""), ..blank },
        }
    }

    /// The passcode that a telephone asks for.
    pub(crate) fn telephone_passcode(&self, number: u64) -> String {
        self.dice.text("telephone passcode", number, 0, 10, DIGITS)
    }

    /// The part of a join link after `pwd=`.
    pub(crate) fn link_passcode(&self, number: u64) -> String {
        format!("{}.1", self.dice.text("link passcode", number, 0, 30, ALPHANUMERIC))
    }
}

fn minutes(seconds: i64) -> i64 {
    (seconds + 59) / 60
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Who;
    use crate::config::Config;
    use crate::world::World;
    use crate::world::calendar::DAY;

    const NOW: i64 = 1_774_958_400;

    #[test]
    fn counts_agree_with_the_rows_in_any_world() {
        for seed in 0..6 {
            let world = World::new(&Config { seed, ..Config::small() });
            let (mut lonely, mut guests, mut twice) = (0, 0, 0);
            for (_, instance) in (0..40).flat_map(|host| world.hosted(host, NOW - 60 * DAY, NOW)) {
                let attendance = world.attendance(instance).unwrap();
                let people: BTreeSet<_> =
                    attendance.rows.iter().map(|row| (&row.user_id, &row.name)).collect();
                assert_eq!(attendance.people, people.len());
                let sum: i64 = attendance.rows.iter().map(|row| (row.leave - row.join + 59) / 60).sum();
                assert_eq!(attendance.total_minutes, sum);
                assert!(attendance.rows.iter().all(|row| row.join < row.leave));
                let sessions: BTreeSet<_> = attendance.rows.iter().map(|row| row.session).collect();
                assert_eq!(sessions.len(), attendance.rows.len());
                for row in &attendance.rows {
                    match row.who {
                        Who::User(_) => assert!(!row.user_id.is_empty() && !row.email.is_empty()),
                        Who::Guest(_) | Who::Phone(_) => assert!(row.user_id.is_empty()),
                    }
                    guests += usize::from(matches!(row.who, Who::Guest(_)));
                }
                twice += usize::from(attendance.rows.len() > attendance.people);
                lonely += usize::from(attendance.people == 1);
            }
            assert!(lonely > 10 && guests > 50 && twice > 20, "{lonely} {guests} {twice}");
        }
    }
}
