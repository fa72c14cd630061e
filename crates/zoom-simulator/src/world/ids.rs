//! Identifiers that need no index: each one encodes what it names, through a keyed permutation.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::dice::scramble;

/// The permutations of one world.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    users: Shuffle,
    instances: Shuffle,
    awkward_instances: Shuffle,
    numbers: Shuffle,
    personal: Shuffle,
}

/// Meeting numbers have eleven digits and start with 8 or 9.
const NUMBERS: std::ops::Range<u64> = 80_000_000_000..100_000_000_000;
/// Personal meeting ids have ten digits.
const PERSONAL: std::ops::Range<u64> = 2_000_000_000..10_000_000_000;

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        let key = |n: u64| scramble(scramble(seed).wrapping_add(n));
        Ids {
            users: Shuffle { key: key(1), half: 61 },
            instances: Shuffle { key: key(2), half: 61 },
            awkward_instances: Shuffle { key: key(3), half: 58 },
            numbers: Shuffle { key: key(4), half: 18 },
            personal: Shuffle { key: key(5), half: 17 },
        }
    }

    /// 22 characters of URL-safe base64 over a version 4 UUID.
    pub(crate) fn user(&self, index: u32) -> String {
        URL_SAFE_NO_PAD.encode(uuid_bytes(self.users.forward(index.into())))
    }

    pub(crate) fn user_index(&self, id: &str) -> Option<u32> {
        let bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(id).ok()?.try_into().ok()?;
        u32::try_from(self.users.back(uuid_bits(bytes)?)).ok()
    }

    /// 24 characters of standard base64 over a version 4 UUID. An `awkward` one starts with `/`.
    pub(crate) fn instance(&self, index: u64, awkward: bool) -> String {
        let bits = match awkward {
            true => AWKWARD_PREFIX | self.awkward_instances.forward(index.into()),
            false => self.instances.forward(index.into()),
        };
        STANDARD.encode(uuid_bytes(bits))
    }

    /// The instances that a UUID may stand for: the awkward reading and the plain one.
    pub(crate) fn instance_indices(&self, uuid: &str) -> [Option<(u64, bool)>; 2] {
        let bits =
            STANDARD.decode(uuid).ok().and_then(|bytes| <[u8; 16]>::try_from(bytes).ok()).and_then(uuid_bits);
        let Some(bits) = bits else { return [None, None] };
        let awkward = (bits & AWKWARD_PREFIX == AWKWARD_PREFIX)
            .then(|| self.awkward_instances.back(bits & !AWKWARD_PREFIX));
        let narrow = |index: u128| u64::try_from(index).ok();
        [
            awkward.and_then(narrow).map(|index| (index, true)),
            narrow(self.instances.back(bits)).map(|index| (index, false)),
        ]
    }

    pub(crate) fn number(&self, index: u64) -> u64 {
        NUMBERS.start + self.numbers.forward_within(index, NUMBERS.end - NUMBERS.start)
    }

    pub(crate) fn number_index(&self, number: u64) -> Option<u64> {
        NUMBERS
            .contains(&number)
            .then(|| self.numbers.back_within(number - NUMBERS.start, NUMBERS.end - NUMBERS.start))
    }

    pub(crate) fn personal(&self, user: u32) -> u64 {
        PERSONAL.start + self.personal.forward_within(user.into(), PERSONAL.end - PERSONAL.start)
    }

    pub(crate) fn personal_owner(&self, number: u64) -> Option<u32> {
        let index = PERSONAL
            .contains(&number)
            .then(|| self.personal.back_within(number - PERSONAL.start, PERSONAL.end - PERSONAL.start))?;
        u32::try_from(index).ok()
    }
}

/// Six leading ones: the first base64 character is then `/`, and such a UUID needs double encoding in a path.
const AWKWARD_PREFIX: u128 = 0x3f << 116;

/// Puts the version and variant bits of a random UUID between 122 free ones.
fn uuid_bytes(bits: u128) -> [u8; 16] {
    let (high, middle, low) = (bits >> 74, (bits >> 62) & 0xfff, bits & ((1 << 62) - 1));
    (high << 80 | 0x4 << 76 | middle << 64 | 0b10 << 62 | low).to_be_bytes()
}

fn uuid_bits(bytes: [u8; 16]) -> Option<u128> {
    let whole = u128::from_be_bytes(bytes);
    let is_random = (whole >> 76) & 0xf == 0x4 && (whole >> 62) & 0b11 == 0b10;
    is_random.then_some((whole >> 80) << 74 | ((whole >> 64) & 0xfff) << 62 | (whole & ((1 << 62) - 1)))
}

/// A keyed Feistel permutation over `2 * half` bits.
#[derive(Debug, Clone, Copy)]
struct Shuffle {
    key: u64,
    half: u32,
}

impl Shuffle {
    const ROUNDS: u64 = 8;

    fn forward(self, x: u128) -> u128 {
        let (mut left, mut right) = self.halves(x);
        for round in 0..Self::ROUNDS {
            (left, right) = (right, left ^ self.round(round, right));
        }
        self.whole(left, right)
    }

    fn back(self, x: u128) -> u128 {
        let (mut left, mut right) = self.halves(x);
        for round in (0..Self::ROUNDS).rev() {
            (left, right) = (right ^ self.round(round, left), left);
        }
        self.whole(left, right)
    }

    /// The permutation of `0..end`: walk on until the value is inside again.
    fn forward_within(self, x: u64, end: u64) -> u64 {
        let mut y = self.forward(x.into());
        while y >= end.into() {
            y = self.forward(y);
        }
        y as u64
    }

    fn back_within(self, y: u64, end: u64) -> u64 {
        let mut x = self.back(y.into());
        while x >= end.into() {
            x = self.back(x);
        }
        x as u64
    }

    fn round(self, round: u64, half: u64) -> u64 {
        scramble(scramble(self.key.wrapping_add(round)) ^ half) & self.mask()
    }

    fn mask(self) -> u64 {
        (1 << self.half) - 1
    }

    fn halves(self, x: u128) -> (u64, u64) {
        ((x >> self.half) as u64 & self.mask(), x as u64 & self.mask())
    }

    fn whole(self, left: u64, right: u64) -> u128 {
        u128::from(left) << self.half | u128::from(right)
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn every_id_leads_back_to_what_it_names() {
        for seed in 0..5 {
            let ids = Ids::new(seed);
            for i in (0..50_000_u32).step_by(37) {
                assert_eq!(ids.user_index(&ids.user(i)), Some(i));
                assert_eq!(ids.personal_owner(ids.personal(i)), Some(i));
                let index = u64::from(i) << 24 | 5;
                assert_eq!(
                    ids.number_index(ids.number(index % 16_000_000_000)),
                    Some(index % 16_000_000_000)
                );
                assert_eq!(ids.instance_indices(&ids.instance(index, false))[1], Some((index, false)));
                assert_eq!(ids.instance_indices(&ids.instance(index, true))[0], Some((index, true)));
            }
        }
    }

    #[test]
    fn ids_have_the_shape_of_zooms() {
        let ids = Ids::new(3);
        for i in 0..2_000 {
            assert_eq!(ids.user(i).len(), 22);
            let uuid = ids.instance(i.into(), false);
            assert!(uuid.len() == 24 && uuid.ends_with("=="), "{uuid}");
            assert!(ids.instance(i.into(), true).starts_with('/'));
            assert_eq!(ids.number(i.into()).to_string().len(), 11);
            assert_eq!(ids.personal(i).to_string().len(), 10);
        }
    }

    #[test]
    fn as_many_uuids_need_double_encoding_as_at_zoom() {
        let ids = Ids::new(4);
        let awkward = (0..100_000)
            .map(|i| ids.instance(i, false))
            .filter(|uuid| uuid.starts_with('/') || uuid.contains("//"))
            .count();
        assert!((1_600..2_200).contains(&awkward), "{awkward}");
    }

    #[test]
    fn refuses_ids_that_nobody_issued() {
        let ids = Ids::new(5);
        for id in ["", "me", "AAAAAAAAAAAAAAAAAAAAAA", "4Kx2mPZQRh6tY8wLsVn3Ag"] {
            assert_eq!(ids.user_index(id).filter(|index| *index < 1_000_000), None, "{id}");
        }
        assert_eq!(ids.number_index(123), None);
    }
}
