//! The people of the account, each a pure function of its index.

use super::World;
use super::calendar::OFFICES;
use super::cast::{CAST, DEPARTMENTS, DOMAIN, FIRST, LAST, PARTNERS};
use crate::dice::{ALPHANUMERIC, DIGITS};

/// What most answers need to know of a person.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) index: u32,
    pub(crate) id: String,
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) email: String,
    pub(crate) title: String,
    pub(crate) office: usize,
    pub(crate) department: &'static str,
    pub(crate) pmi: u64,
}

/// Zoom's states of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Active,
    Inactive,
    Pending,
}

impl Status {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Status::Active => "active",
            Status::Inactive => "inactive",
            Status::Pending => "pending",
        }
    }
}

impl User {
    pub(crate) fn display(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

/// Somebody from outside.
#[derive(Debug, Clone)]
pub(crate) struct Guest {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) registrant: String,
}

impl World {
    pub(crate) fn user(&self, index: u32) -> User {
        let i = u64::from(index);
        let role = CAST.get(index as usize);
        let department = match index {
            0 => "Office of the CEO",
            // Zipf over the departments: the product of two draws favours the first ones.
            _ => {
                let roll = self.dice.roll("department", i, 0);
                DEPARTMENTS[roll.below(roll.next().below(11) + 1) as usize]
            }
        };
        let (first, last, local, title) = match role {
            Some(role) => (role.first.into(), role.last.into(), role.local.into(), role.title.into()),
            None => {
                let (first, last, local) = self.generated_name(i);
                let level =
                    *self.dice.roll("level", i, 0).pick(&["Associate", "Specialist", "Senior", "Lead"]);
                (first, last, local, format!("{level}, {department}"))
            }
        };
        let email = match role.is_none() && self.dice.roll("capital email", i, 0).per_mille(10) {
            true => format!("{}@{DOMAIN}", capitalized(&local)),
            false => format!("{local}@{DOMAIN}"),
        };
        let (id, pmi) = (self.ids.user(index), self.ids.personal(index));
        User { index, id, first, last, email, title, office: self.office(index), department, pmi }
    }

    /// The index of the office in [`OFFICES`].
    pub(crate) fn office(&self, index: u32) -> usize {
        let drawn = || self.dice.roll("office", index.into(), 0).below(OFFICES.len() as u64) as usize;
        CAST.get(index as usize).map_or_else(drawn, |role| role.office)
    }

    /// First name, last name and the unique local part of the address, which ends in the index.
    fn generated_name(&self, i: u64) -> (String, String, String) {
        let (first, plain_first) = *self.dice.roll("first name", i, 0).pick(&FIRST);
        let (last, plain_last) = *self.dice.roll("last name", i, 0).pick(&LAST);
        let roll = self.dice.roll("name style", i, 0);
        let mut last = last.to_owned();
        if roll.per_mille(10) {
            last.push_str(" 🌻");
        } else if roll.per_mille(20) {
            // Somebody always has a very long name.
            last = LAST.iter().step_by(5).map(|(name, _)| *name).collect::<Vec<_>>().join("-");
        }
        let tag = if roll.next().per_mille(50) { "+zoom" } else { "" };
        (first.to_owned(), last, format!("{plain_first}.{plain_last}{i}{tag}"))
    }

    /// The user that an id or an e-mail address names.
    pub(crate) fn find_user(&self, id_or_email: &str) -> Option<u32> {
        let index = match id_or_email.split_once('@') {
            None => self.ids.user_index(id_or_email)?,
            Some((local, _)) => {
                let local = local.to_lowercase();
                match CAST.iter().position(|role| role.local == local) {
                    Some(index) => index as u32,
                    None => {
                        let name = local.strip_suffix("+zoom").unwrap_or(&local);
                        name.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().ok()?
                    }
                }
            }
        };
        let known = index < self.users;
        let same = || !id_or_email.contains('@') || self.user(index).email.eq_ignore_ascii_case(id_or_email);
        (known && same()).then_some(index)
    }

    pub(crate) fn status(&self, index: u32) -> Status {
        match index {
            i if i % 20 == 11 => Status::Inactive,
            i if i % 50 == 27 => Status::Pending,
            _ => Status::Active,
        }
    }

    /// 1 is basic, 2 is licensed.
    pub(crate) fn licence(&self, index: u32) -> u8 {
        if self.dice.roll("licence", index.into(), 0).per_mille(850) { 2 } else { 1 }
    }

    pub(crate) fn manager(&self, index: u32) -> Option<u32> {
        index.checked_sub(1).map(|i| i / 8)
    }

    /// Those whose manager this is.
    pub(crate) fn reports(&self, index: u32) -> impl Iterator<Item = u32> + use<> {
        let (first, users) = (u64::from(index) * 8 + 1, self.users);
        (first..first + 8).filter_map(move |i| u32::try_from(i).ok().filter(|i| *i < users))
    }

    pub(crate) fn phone(&self, index: u32) -> String {
        let office = &OFFICES[self.office(index)];
        format!("{} {}", office.dial, self.dice.text("phone", index.into(), 0, office.digits, DIGITS))
    }

    pub(crate) fn host_key(&self, index: u32) -> String {
        self.dice.text("host key", index.into(), 0, 6, DIGITS)
    }

    pub(crate) fn employee_number(&self, index: u32) -> String {
        format!("LO-{:06}", self.dice.roll("employee", index.into(), 0).below(1_000_000))
    }

    pub(crate) fn passcode(&self, number: u64) -> String {
        self.dice.text("passcode", number, 0, 8, ALPHANUMERIC)
    }

    /// One of ten thousand people outside.
    pub(crate) fn guest(&self, number: u64) -> Guest {
        let (first, plain_first) = *self.dice.roll("guest first", number, 0).pick(&FIRST);
        let (last, plain_last) = *self.dice.roll("guest last", number, 0).pick(&LAST);
        let (company, domain) = *self.dice.roll("guest company", number, 0).pick(&PARTNERS);
        // Neighbours have different initials, so nobody meets a namesake.
        let initial = char::from(b'A' + (number % 26) as u8);
        Guest {
            name: format!("{first} {initial}. {last} ({company})"),
            email: format!("{plain_first}.{plain_last}.{number}@{domain}"),
            registrant: self.dice.text("registrant", number, 0, 22, ALPHANUMERIC),
        }
    }
}

fn capitalized(local: &str) -> String {
    let words = local.split('.').map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    });
    words.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use crate::world::World;

    #[test]
    fn a_user_is_found_by_id_and_by_email_in_any_case() {
        for config in [Config::tiny(), Config::small(), Config { seed: 9, ..Config::large() }] {
            let world = World::new(&config);
            for index in (0..config.users).step_by(1 + config.users as usize / 500) {
                let user = world.user(index);
                assert_eq!(world.find_user(&user.id), Some(index));
                assert_eq!(world.find_user(&user.email), Some(index), "{}", user.email);
                assert_eq!(world.find_user(&user.email.to_uppercase()), Some(index), "{}", user.email);
            }
        }
    }

    #[test]
    fn nobody_else_is_found() {
        let world = World::new(&Config::tiny());
        let stranger = World::new(&Config { seed: 1, ..Config::tiny() }).user(0).id;
        for text in
            ["nobody@lumen-orchard.example", "mirela.castellan@elsewhere.example", "", "me", &stranger]
        {
            assert_eq!(world.find_user(text), None, "{text}");
        }
    }

    #[test]
    fn everybody_but_the_first_reports_to_somebody() {
        let world = World::new(&Config::small());
        for index in 1..200 {
            let manager = world.manager(index).unwrap();
            assert!(world.reports(manager).any(|report| report == index));
        }
        assert_eq!(world.manager(0), None);
    }
}
