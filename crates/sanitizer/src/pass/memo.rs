//! Pseudonyms of the document so far: the same host stands in every row of a list, and a copy is many times
//! cheaper than a hash.

use std::ops::Range;

use crate::automaton::hash;

/// Values remembered at a time, a power of two; a new one takes the place of one with the same place.
fn places(body: usize) -> usize {
    (body / 128).clamp(8, 256).next_power_of_two()
}

/// Where so few of so many values were known, the others are not worth looking for.
const TRIED: u32 = 256;
const WORTH: u32 = TRIED / 16;

/// Where values stand in the source and their pseudonyms in the output. Holds no text of its own.
pub(super) struct Memo {
    /// None until something is remembered.
    entries: Vec<Entry>,
    places: usize,
    tried: u32,
    known: u32,
}

#[derive(Clone, Copy, Default)]
struct Entry {
    /// The number of the step, and one more; 0: nothing is here.
    step: u32,
    length: u32,
    value: usize,
    pseudonym: usize,
    pseudonym_length: u32,
}

impl Memo {
    /// For a body of so many bytes.
    pub(super) fn new(body: usize) -> Memo {
        Memo { entries: Vec::new(), places: places(body), tried: 0, known: 0 }
    }

    /// Whether values are looked for and remembered.
    #[inline]
    pub(super) fn is_of_use(&self) -> bool {
        self.tried < TRIED || self.known >= WORTH
    }

    /// Where in the output the pseudonym stands that a step made of this value as written, or else where to
    /// [remember](Self::remember) it.
    #[inline]
    pub(super) fn find(&mut self, step: u32, value: &str, source: &str) -> Result<Range<usize>, usize> {
        self.tried = self.tried.saturating_add(1);
        let at = (hash(value.as_bytes()) >> 32) as usize & (self.places - 1);
        let Some(entry) = self.entries.get(at) else { return Err(at) };
        let begin = entry.value;
        let same = entry.step == step + 1
            && entry.length as usize == value.len()
            && source.as_bytes()[begin..begin + value.len()] == *value.as_bytes();
        match same {
            true => {
                self.known = self.known.saturating_add(1);
                Ok(entry.pseudonym..entry.pseudonym + entry.pseudonym_length as usize)
            }
            false => Err(at),
        }
    }

    pub(super) fn remember(&mut self, at: usize, step: u32, value: Range<usize>, pseudonym: Range<usize>) {
        if self.entries.is_empty() {
            self.entries.resize(self.places, Entry::default());
        }
        let (Ok(length), Ok(pseudonym_length)) = (value.len().try_into(), pseudonym.len().try_into()) else {
            return;
        };
        let (value, pseudonym) = (value.start, pseudonym.start);
        self.entries[at] = Entry { step: step + 1, length, value, pseudonym, pseudonym_length };
    }

    /// The output does not hold any more what it held.
    pub(super) fn forget(&mut self) {
        self.entries.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_where_nothing_comes_again() {
        for (people, is_of_use) in [(7, true), (10_000, false)] {
            let mut memo = Memo::new(1 << 20);
            let text: String = (0..1_000).map(|n| format!("{:06}", n % people)).collect();
            for at in (0..text.len()).step_by(6) {
                if !memo.is_of_use() {
                    break;
                }
                if let Err(place) = memo.find(0, &text[at..at + 6], &text) {
                    memo.remember(place, 0, at..at + 6, at..at + 6);
                }
            }
            assert_eq!(memo.is_of_use(), is_of_use, "{people}");
        }
    }
}
