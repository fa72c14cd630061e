//! Pseudonyms of a column so far: the same people stand in many rows, and a copy is cheaper than a hash.
//!
//! Where nobody stands twice, asking is a waste: a memo that finds little rests for a while.

use std::hash::Hasher;

use rustc_hash::FxHasher;

/// Values remembered at a time; a new one takes the place of one with the same place.
const PLACES: usize = 2048;

/// Longer values are not remembered, nor longer cells.
const LONGEST_VALUE: usize = 64;
const LONGEST_CELL: usize = 184;

/// Values asked for before it is told whether that was of use, and values not asked for where it was not.
const TRIAL: u32 = 1024;
const REST: u32 = 31 * TRIAL;

/// One column's values and what was written for them.
#[derive(Debug)]
pub(super) struct Memo {
    /// None until something is remembered.
    entries: Vec<Entry>,
    asked: u32,
    found: u32,
    /// Values to go without asking.
    rests: u32,
}

#[derive(Clone, Debug)]
struct Entry {
    value_length: u8,
    /// 0: nothing is here.
    cell_length: u8,
    value: [u8; LONGEST_VALUE],
    cell: [u8; LONGEST_CELL],
}

/// Where to remember a value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vacancy(usize);

impl Memo {
    /// Of nothing.
    pub(super) fn new() -> Memo {
        Memo { entries: Vec::new(), asked: 0, found: 0, rests: 0 }
    }

    /// What was written for the value, or where to remember it, if it is worth the while.
    #[inline]
    pub(super) fn find(&mut self, value: &str) -> Result<&[u8], Option<Vacancy>> {
        if self.rests > 0 {
            self.rests -= 1;
            return Err(None);
        }
        if value.len() > LONGEST_VALUE {
            return Err(None);
        }
        if self.asked == TRIAL {
            if self.found < TRIAL / 2 {
                self.rests = REST;
            }
            (self.asked, self.found) = (0, 0);
        }
        self.asked += 1;
        if self.entries.is_empty() {
            let nothing =
                Entry { value_length: 0, cell_length: 0, value: [0; LONGEST_VALUE], cell: [0; LONGEST_CELL] };
            self.entries.resize(PLACES, nothing);
        }
        let mut hasher = FxHasher::default();
        hasher.write(value.as_bytes());
        let place = (hasher.finish() >> 20) as usize % PLACES;
        let entry = &self.entries[place];
        let same = entry.cell_length > 0
            && usize::from(entry.value_length) == value.len()
            && entry.value[..value.len()] == *value.as_bytes();
        match same {
            true => {
                self.found += 1;
                Ok(&self.entries[place].cell[..usize::from(self.entries[place].cell_length)])
            }
            false => Err(Some(Vacancy(place))),
        }
    }

    /// Remembers what was written for the value that was asked for last.
    #[inline]
    pub(super) fn remember(&mut self, Vacancy(place): Vacancy, value: &str, cell: &[u8]) {
        let (Ok(value_length), Ok(cell_length)) = (value.len().try_into(), cell.len().try_into()) else {
            return;
        };
        if value.len() > LONGEST_VALUE || cell.len() > LONGEST_CELL {
            return;
        }
        let entry = &mut self.entries[place];
        entry.value_length = value_length;
        entry.cell_length = cell_length;
        entry.value[..value.len()].copy_from_slice(value.as_bytes());
        entry.cell[..cell.len()].copy_from_slice(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_written_and_nothing_else() {
        let mut memo = Memo::new();
        for round in 0..3 {
            for number in 0..3 * PLACES {
                let value = format!("person{number}@acme.example");
                let cell = format!("t~{}", number * 7);
                match memo.find(&value) {
                    Ok(found) => assert_eq!(found, cell.as_bytes(), "round {round}"),
                    Err(Some(vacancy)) => {
                        memo.remember(vacancy, &value, cell.as_bytes());
                        assert_eq!(memo.find(&value).unwrap_or_default(), cell.as_bytes());
                    }
                    Err(None) => {}
                }
            }
        }
        let long = "a".repeat(LONGEST_VALUE + 1);
        memo.rests = 0;
        assert!(matches!(memo.find(&long), Err(None)));
        let Err(Some(vacancy)) = memo.find("b") else { panic!() };
        memo.remember(vacancy, "b", &[b'c'; LONGEST_CELL + 1]);
        assert!(memo.find("b").is_err());
    }

    #[test]
    fn rests_where_nobody_stands_twice() {
        let mut memo = Memo::new();
        let mut asked = 0;
        for number in 0..40 * TRIAL {
            if let Err(Some(vacancy)) = memo.find(&number.to_string()) {
                asked += 1;
                memo.remember(vacancy, &number.to_string(), b"x");
            }
        }
        assert!(asked < 3 * TRIAL, "{asked}");
        for _ in 0..REST {
            if let Err(Some(vacancy)) = memo.find("again") {
                memo.remember(vacancy, "again", b"x");
            }
        }
        assert_eq!(memo.find("again").unwrap_or_default(), b"x");
    }
}
