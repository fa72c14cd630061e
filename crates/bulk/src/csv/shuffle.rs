//! Rows in another order: shuffled in windows, so that a row cannot be told by where it stood.
//!
//! Windows begin anew with each block, so the last of a block is mostly smaller. What comes out depends on the file, the
//! seed and the size of blocks alone, never on threads.

/// Rows of a window.
const WINDOW: usize = 500;

/// Rows that wait for their window to be full.
#[derive(Debug)]
pub(super) struct Window {
    random: Random,
    rows: Vec<u8>,
    ends: Vec<usize>,
    order: Vec<usize>,
}

impl Window {
    /// For a block that begins on this line.
    pub(super) fn new(seed: u64, first_line: u64) -> Window {
        let random = Random(seed ^ Random(first_line).next());
        Window { random, rows: Vec::new(), ends: Vec::new(), order: Vec::new() }
    }

    /// Takes the row that was appended to the end of `out` from there.
    pub(super) fn take(&mut self, begin: usize, out: &mut Vec<u8>) {
        self.rows.extend_from_slice(&out[begin..]);
        self.ends.push(self.rows.len());
        out.truncate(begin);
        if self.ends.len() == WINDOW {
            self.flush(out);
        }
    }

    /// Appends the rows that wait, shuffled.
    pub(super) fn flush(&mut self, out: &mut Vec<u8>) {
        self.order.clear();
        self.order.extend(0..self.ends.len());
        for last in (1..self.order.len()).rev() {
            self.order.swap(last, self.random.below(last as u64 + 1) as usize);
        }
        for row in &self.order {
            let begin = row.checked_sub(1).map_or(0, |before| self.ends[before]);
            out.extend_from_slice(&self.rows[begin..self.ends[*row]]);
        }
        self.rows.clear();
        self.ends.clear();
    }
}

/// SplitMix64: small, and good enough to hide an order. It is no cipher.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the limit. The bias, less than one in 2^50 for windows of this size, is of no consequence.
    fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shuffled(seed: u64, line: u64, rows: usize) -> Vec<usize> {
        let mut window = Window::new(seed, line);
        let mut out = Vec::new();
        for row in 0..rows {
            let begin = out.len();
            out.extend_from_slice(format!("{row}\n").as_bytes());
            window.take(begin, &mut out);
        }
        window.flush(&mut out);
        String::from_utf8(out).unwrap().lines().map(|row| row.parse().unwrap()).collect()
    }

    #[test]
    fn rows_move_within_their_window_and_none_is_lost() {
        let rows = shuffled(1, 2, 1200);
        for (window, first) in rows.chunks(WINDOW).zip([0, WINDOW, 2 * WINDOW]) {
            let mut sorted = window.to_vec();
            sorted.sort_unstable();
            assert!(sorted.iter().copied().eq(first..first + window.len()));
            assert_ne!(window, sorted);
        }
        assert_eq!(rows, shuffled(1, 2, 1200), "equal seeds shuffle alike");
        assert_ne!(rows, shuffled(2, 2, 1200));
        assert_ne!(rows, shuffled(1, 3, 1200), "each block has an order of its own");
        assert_eq!(shuffled(1, 2, 1), [0]);
        assert!(shuffled(1, 2, 0).is_empty());
    }

    #[test]
    fn every_order_is_as_likely_as_any_other() {
        let mut seen = std::collections::BTreeMap::new();
        for seed in 0..6000 {
            *seen.entry(shuffled(seed, 1, 3)).or_insert(0) += 1;
        }
        assert_eq!(seen.len(), 6);
        assert!(seen.values().all(|times| (850..1150).contains(times)), "{seen:?}");
    }
}
