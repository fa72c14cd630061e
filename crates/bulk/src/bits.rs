//! Which of 64 bytes are what, a bit each: 16 bytes are compared at once, on x86-64 and arm64 alike.

use wide::u8x16;

/// 64 bytes, ready to be compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lanes([u8x16; 4]);

impl Lanes {
    #[inline]
    pub(crate) fn of(chunk: &[u8; 64]) -> Lanes {
        let (lanes, _) = chunk.as_chunks::<16>();
        Lanes([0, 1, 2, 3].map(|lane| u8x16::from(lanes[lane])))
    }

    /// Where this byte stands.
    #[inline]
    pub(crate) fn equal(&self, byte: u8) -> u64 {
        let byte = u8x16::splat(byte);
        bits(self.0.map(|lane| lane.simd_eq(byte)))
    }

    /// Where bytes up to this one stand.
    #[inline]
    pub(crate) fn at_most(&self, byte: u8) -> u64 {
        let byte = u8x16::splat(byte);
        bits(self.0.map(|lane| lane.min(byte).simd_eq(lane)))
    }

    /// Where bytes from one to another stand.
    #[inline]
    pub(crate) fn between(&self, low: u8, high: u8) -> u64 {
        let (low, span) = (u8x16::splat(low), u8x16::splat(high - low));
        bits(self.0.map(|lane| lane - low).map(|lane| lane.min(span).simd_eq(lane)))
    }

    /// The same bytes with the bit set that tells small letters from large ones, and `{` from `[`.
    #[inline]
    pub(crate) fn small(&self) -> Lanes {
        Lanes(self.0.map(|lane| lane | u8x16::splat(0x20)))
    }
}

#[inline]
fn bits(lanes: [u8x16; 4]) -> u64 {
    let [a, b, c, d] = lanes.map(|lane| u64::from(lane.to_bitmask()));
    a | b << 16 | c << 32 | d << 48
}

/// Each bit tells whether an odd number of bits are set up to it: of quotes, what stands within them.
#[inline]
pub(crate) fn parity(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_its_bit() {
        for byte in 0..=255_u8 {
            let chunk: [u8; 64] = std::array::from_fn(|at| byte.wrapping_add((at / 3 * 7) as u8));
            let lanes = Lanes::of(&chunk);
            for wanted in [byte, byte.wrapping_add(7), b'"', b'{', 0, 255] {
                let of = |is: &dyn Fn(u8) -> bool| {
                    chunk.iter().enumerate().fold(0, |bits, (at, byte)| bits | u64::from(is(*byte)) << at)
                };
                assert_eq!(lanes.equal(wanted), of(&|byte| byte == wanted));
                assert_eq!(lanes.at_most(wanted), of(&|byte| byte <= wanted));
                assert_eq!(lanes.between(wanted, 255), of(&|byte| byte >= wanted));
                assert_eq!(lanes.between(0, wanted), of(&|byte| byte <= wanted));
                assert_eq!(
                    lanes.between(wanted / 2, wanted),
                    of(&|byte| (wanted / 2..=wanted).contains(&byte))
                );
                assert_eq!(lanes.small().equal(wanted), of(&|byte| byte | 0x20 == wanted));
            }
        }
    }

    #[test]
    fn odd_and_even_alternate() {
        for bits in [0, 1, 0b1001_0010, 1 << 63, u64::MAX, 0x0123_4567_89ab_cdef_u64] {
            let mut odd = false;
            for at in 0..64 {
                odd ^= bits >> at & 1 == 1;
                assert_eq!(parity(bits) >> at & 1 == 1, odd, "{bits:b} {at}");
            }
        }
    }
}
