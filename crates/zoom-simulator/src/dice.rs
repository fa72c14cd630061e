//! Chance without state: the same question always has the same answer.

/// The source of everything that looks random in a world.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dice {
    seed: u64,
}

/// One draw.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Roll(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice { seed: scramble(seed ^ 0x5eed_2005) }
    }

    /// The draw that belongs to `field` of thing `(i, j)`.
    pub(crate) fn roll(self, field: &str, i: u64, j: u64) -> Roll {
        let name = field.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Roll(scramble(scramble(scramble(self.seed ^ name).wrapping_add(i)).wrapping_add(j)))
    }

    /// A text of `length` characters out of `alphabet`.
    pub(crate) fn text(self, field: &str, i: u64, j: u64, length: usize, alphabet: &str) -> String {
        let letters = alphabet.as_bytes();
        let mut roll = self.roll(field, i, j);
        (0..length)
            .map(|_| {
                roll = roll.next();
                char::from(*roll.pick(letters))
            })
            .collect()
    }
}

impl Roll {
    /// Another draw, decided by this one.
    pub(crate) fn next(self) -> Roll {
        Roll(scramble(self.0))
    }

    /// A number in `0..end`.
    pub(crate) fn below(self, end: u64) -> u64 {
        ((u128::from(self.0) * u128::from(end)) >> 64) as u64
    }

    /// A number in `low..=high`.
    pub(crate) fn between(self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as u64) as i64
    }

    /// True in `parts` of a thousand draws.
    pub(crate) fn per_mille(self, parts: u64) -> bool {
        self.below(1000) < parts
    }

    pub(crate) fn pick<T>(self, choices: &[T]) -> &T {
        &choices[self.below(choices.len() as u64) as usize]
    }
}

pub(crate) const ALPHANUMERIC: &str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
pub(crate) const DIGITS: &str = "0123456789";
pub(crate) const BASE64_URL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
pub(crate) const HEX: &str = "0123456789abcdef";

/// The finalizer of SplitMix64: every input bit reaches every output bit.
pub(crate) fn scramble(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::{DIGITS, Dice};

    #[test]
    fn the_same_question_has_the_same_answer() {
        let (one, other) = (Dice::new(1), Dice::new(2));
        assert_eq!(one.roll("x", 3, 4).0, one.roll("x", 3, 4).0);
        assert_ne!(one.roll("x", 3, 4).0, one.roll("y", 3, 4).0);
        assert_ne!(one.roll("x", 3, 4).0, one.roll("x", 4, 3).0);
        assert_ne!(one.roll("x", 3, 4).0, other.roll("x", 3, 4).0);
        assert_eq!(one.text("pin", 0, 0, 6, DIGITS).len(), 6);
    }

    #[test]
    fn draws_are_spread_evenly() {
        let dice = Dice::new(7);
        let heads = (0..100_000).filter(|i| dice.roll("coin", *i, 0).per_mille(300)).count();
        assert!((29_000..31_000).contains(&heads), "{heads}");
    }
}
