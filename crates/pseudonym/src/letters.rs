//! The letters of tokens: base64 with `-` and `_`, without padding, two letters at a time.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The two letters of each twelve bits.
static PAIRS: [[u8; 2]; 4096] = {
    let mut pairs = [[0; 2]; 4096];
    let mut bits = 0;
    while bits < pairs.len() {
        pairs[bits] = [ALPHABET[bits >> 6], ALPHABET[bits & 63]];
        bits += 1;
    }
    pairs
};

/// 24 bytes as three numbers, first byte highest: 32 letters without a rest.
pub(crate) type Group = [u64; 3];

/// How many letters so many bytes have.
pub(crate) const fn letters_of(bytes: usize) -> usize {
    (bytes * 8).div_ceil(6)
}

/// Appends the letters of bytes that are given in groups. If one more byte follows in the last group it is zero;
/// what follows that does not matter.
#[inline(always)]
pub(crate) fn push_groups<const GROUPS: usize>(groups: &[Group; GROUPS], bytes: usize, out: &mut String) {
    let mut letters = [[0; 32]; GROUPS];
    for (letters, group) in letters.iter_mut().zip(groups) {
        for (eight, bits) in letters.as_chunks_mut().0.iter_mut().zip(quarters(group)) {
            *eight = eight_letters(bits);
        }
    }
    let letters = str::from_utf8(letters.as_flattened()).expect("the alphabet is ASCII");
    out.push_str(&letters[..letters_of(bytes)]);
}

/// Appends the letters of any bytes.
pub(crate) fn push_bytes(bytes: &[u8], out: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, out);
}

/// The bits of a group, 48 at a time.
#[inline]
fn quarters(&[first, second, third]: &Group) -> [u64; 4] {
    [first >> 16, first << 32 | second >> 32, second << 16 | third >> 48, third]
}

/// The letters of the lower 48 bits. They are put together in one number, so that they are written at once.
#[inline]
fn eight_letters(bits: u64) -> [u8; 8] {
    let pair = |shift: u32| u64::from(u16::from_le_bytes(PAIRS[(bits >> shift) as usize % PAIRS.len()]));
    (pair(36) | pair(24) << 16 | pair(12) << 32 | pair(0) << 48).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_those_of_base64_at_every_length() {
        let bytes: [u8; 72] = std::array::from_fn(|n| (n * 151 + n / 7) as u8);
        for length in 0..=bytes.len() {
            let mut cut = bytes;
            if let Some(after) = cut.get_mut(length) {
                *after = 0;
            }
            let words: [u64; 9] = std::array::from_fn(|n| u64::from_be_bytes(cut.as_chunks().0[n]));
            let groups: [Group; 3] = std::array::from_fn(|n| words.as_chunks().0[n]);
            let mut out = String::from("t~");
            push_groups(&groups, length, &mut out);
            assert_eq!(out, format!("t~{}", URL_SAFE_NO_PAD.encode(&bytes[..length])));
        }
    }

    #[test]
    fn pairs_are_two_letters() {
        for (bits, pair) in PAIRS.iter().enumerate() {
            let bytes = ((bits as u32) << 20).to_be_bytes();
            assert_eq!(URL_SAFE_NO_PAD.encode(bytes).as_bytes()[..2], *pair);
        }
    }
}
