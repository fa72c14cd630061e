//! Sixteen bytes at a time: where the plain part of a string ends, and whether a name stands somewhere.
//!
//! This is the only place with vector instructions. They come through `wide`, whose types are safe and are SSE2
//! on x86-64, NEON on arm64 and ordinary integers elsewhere; nothing is chosen while the program runs, so there
//! is no second path to test on another machine. What the vectors say of strings is held equal to
//! [`plain_in_words`], which also reads the last bytes of a body.

use wide::u8x16;

/// The first byte from `at` on that ends a string, begins an escape or may not stand in one (a quote, a
/// backslash, a control character); or the end.
#[inline]
pub(super) fn plain(bytes: &[u8], mut at: usize) -> usize {
    while let Some(lanes) = bytes.get(at..at + 16) {
        let stops = stops(u8x16::from(<[u8; 16]>::try_from(lanes).expect("sixteen bytes")));
        if stops != 0 {
            return at + stops.trailing_zeros() as usize;
        }
        at += 16;
    }
    plain_in_words(bytes, at)
}

/// A bit for each byte that is a stop, the first byte's the lowest.
#[inline]
fn stops(bytes: u8x16) -> u32 {
    let control = bytes.min(u8x16::splat(0x1F)).simd_eq(bytes);
    let quote = bytes.simd_eq(u8x16::splat(b'"'));
    let backslash = bytes.simd_eq(u8x16::splat(b'\\'));
    (control | quote | backslash).to_bitmask()
}

/// The same, eight bytes at a time in ordinary integers.
#[cold]
fn plain_in_words(bytes: &[u8], mut at: usize) -> usize {
    while let Some(eight) = bytes.get(at..at + 8) {
        let stops = stops_in_word(u64::from_le_bytes(eight.try_into().expect("eight bytes")));
        if stops != 0 {
            return at + stops.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1F)) {
        at += 1;
    }
    at
}

/// The lowest bit set is in the first byte that is a stop. (Subtracting borrows from the byte above, so only
/// the first one is certain.)
fn stops_in_word(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let is_zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let quote = is_zero(word ^ (ONES * b'"' as u64));
    let backslash = is_zero(word ^ (ONES * b'\\' as u64));
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (quote | backslash | control) & HIGH
}

/// The next sixteen bytes of a body.
#[derive(Clone, Copy)]
pub(crate) struct Window(u8x16);

impl Window {
    /// `None` near the end.
    #[inline]
    pub(crate) fn at(bytes: &[u8], at: usize) -> Option<Window> {
        let lanes = bytes.get(at..at + 16)?;
        Some(Window(u8x16::from(<[u8; 16]>::try_from(lanes).expect("sixteen bytes"))))
    }
}

/// The beginning of a text, up to sixteen bytes of it.
#[derive(Clone, Copy)]
pub(crate) struct Head {
    bytes: u8x16,
    /// A bit for each byte.
    mask: u32,
}

impl Head {
    /// What no window begins with.
    pub(crate) fn nowhere() -> Head {
        Head { bytes: u8x16::splat(0), mask: 1 << 16 }
    }

    pub(crate) fn of(text: &[u8]) -> Head {
        let mut bytes = [0; 16];
        let length = text.len().min(16);
        bytes[..length].copy_from_slice(&text[..length]);
        Head { bytes: u8x16::from(bytes), mask: (1 << length) - 1 }
    }

    /// Whether the window begins with it.
    #[inline]
    pub(crate) fn begins(&self, window: Window) -> bool {
        self.bytes.simd_eq(window.0).to_bitmask() & self.mask == self.mask
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One byte at a time: what both must say.
    fn by_bytes(bytes: &[u8], at: usize) -> usize {
        let rest = bytes[at..].iter();
        at + rest.take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1F)).count()
    }

    #[test]
    fn finds_every_byte_wherever_it_stands() {
        for byte in 0..=255 {
            for before in 0..40 {
                for after in [0, 1, 7, 8, 15, 16, 17] {
                    let mut bytes = vec![b'a'; before];
                    bytes.push(byte);
                    bytes.extend(vec![b'z'; after]);
                    let expected = by_bytes(&bytes, 0);
                    assert_eq!(plain(&bytes, 0), expected, "{byte} after {before}, {after} more");
                    assert_eq!(plain_in_words(&bytes, 0), expected, "{byte} after {before}, {after} more");
                }
            }
        }
    }

    #[test]
    fn compares_as_many_bytes_as_there_are() {
        let body = b"\"recording_count\":1,\"x\":222222";
        for (at, text, begins) in [
            (0, &b"\"recording_count\":"[..], true),
            (0, b"\"recording_count", true),
            (0, b"\"recording_coun\"", false),
            (0, b"\"r", true),
            (0, b"\"s", false),
            (0, b"", true),
            (1, b"\"r", false),
            (14, b"nt\":1,\"x\":222222", true),
            (14, b"nt\":1,\"x\":222223", false),
        ] {
            let window = Window::at(body, at).unwrap();
            assert_eq!(Head::of(text).begins(window), begins, "{at} {}", text.escape_ascii());
        }
        assert!(Window::at(body, 15).is_none());
        for body in [[0; 16], [0xFF; 16], *b"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\""] {
            assert!(!Head::nowhere().begins(Window::at(&body, 0).unwrap()));
        }
    }

    proptest! {
        #[test]
        fn vectors_and_words_and_bytes_agree(
            bytes in prop::collection::vec(prop_oneof![8 => 0x20..=0x7E_u8, 1 => any::<u8>()], 0..100),
            at in any::<prop::sample::Index>(),
        ) {
            let at = at.index(bytes.len() + 1);
            let expected = by_bytes(&bytes, at);
            prop_assert_eq!(plain(&bytes, at), expected);
            prop_assert_eq!(plain_in_words(&bytes, at), expected);
        }
    }
}
