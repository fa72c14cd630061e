//! The member names that rules speak of, each with a number.

use std::collections::HashMap;
use std::hash::Hasher;

use rustc_hash::FxHasher;

/// The number of a name, in the order in which the rules first mention it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NameId(u16);

impl NameId {
    /// Of every name that the rules do not mention.
    pub(crate) const UNKNOWN: NameId = NameId(u16::MAX);

    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A hash of a member name. It has no seed, so whoever writes a body can make names collide: nothing may
/// depend on that they do not but speed, and that only in bounds.
#[inline]
pub(crate) fn hash(name: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(name);
    hasher.finish()
}

/// All names, found by text.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    texts: Vec<Box<str>>,
    /// Open addressing, at most half full; a power of two of them.
    slots: Vec<Slot>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// The upper half of the hash.
    hash: u32,
    name: NameId,
}

impl Names {
    /// Numbers the names; `None` when there are too many.
    pub(crate) fn number<'n>(
        names: impl Iterator<Item = &'n str>,
    ) -> Option<(Names, HashMap<&'n str, NameId>)> {
        let mut numbers = HashMap::new();
        let mut texts: Vec<Box<str>> = Vec::new();
        for name in names {
            numbers.entry(name).or_insert_with(|| {
                texts.push(Box::from(name));
                NameId((texts.len() - 1) as u16)
            });
        }
        if texts.len() >= usize::from(u16::MAX) {
            return None;
        }
        let empty = Slot { hash: 0, name: NameId::UNKNOWN };
        let mut slots = vec![empty; (texts.len() * 2).next_power_of_two().max(2)];
        for (at, text) in texts.iter().enumerate() {
            let hash = hash(text.as_bytes());
            let mut slot = first(hash, slots.len());
            while slots[slot].name != NameId::UNKNOWN {
                slot = (slot + 1) & (slots.len() - 1);
            }
            slots[slot] = Slot { hash: upper(hash), name: NameId(at as u16) };
        }
        Some((Names { texts, slots }, numbers))
    }

    /// The number of a name, given its [`hash`] too.
    #[inline]
    pub(crate) fn find(&self, name: &[u8], hash: u64) -> NameId {
        let mut at = first(hash, self.slots.len());
        loop {
            let slot = self.slots[at];
            if slot.name == NameId::UNKNOWN {
                return NameId::UNKNOWN;
            }
            if slot.hash == upper(hash) && self.texts[slot.name.index()].as_bytes() == name {
                return slot.name;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }
}

fn first(hash: u64, slots: usize) -> usize {
    hash as usize & (slots - 1)
}

fn upper(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_each_name_and_no_other() {
        for many in [0, 1, 2, 3, 100, 5_000] {
            let texts: Vec<String> = (0..many).map(|i| format!("name{i}")).collect();
            let (names, numbers) = Names::number(texts.iter().chain(&texts).map(String::as_str)).unwrap();
            assert_eq!(names.len(), many);
            for text in &texts {
                assert_eq!(names.find(text.as_bytes(), hash(text.as_bytes())), numbers[text.as_str()]);
            }
            for other in ["", "name", "name99999", "Name1"] {
                assert_eq!(names.find(other.as_bytes(), hash(other.as_bytes())), NameId::UNKNOWN);
            }
        }
        let many: Vec<String> = (0..=u16::MAX).map(|i| i.to_string()).collect();
        assert!(Names::number(many.iter().map(String::as_str)).is_none());
    }
}
