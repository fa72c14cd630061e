//! PBKDF2 with HMAC-SHA-256 (RFC 8018), for a key of one hash. Each round is two blocks of the hash of which nothing but
//! the first half changes, so that they are laid out once; a start of the program waits for 65 536 of them.

use sha2::block_api::compress256;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::hash::BEGINNING;

const BLOCK: usize = 64;
const HASH: usize = 32;

/// What a block is xored with before it is hashed first, and second (RFC 2104).
const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

/// Derives 32 bytes.
pub(crate) fn derive(password: &[u8], salt: &[u8], rounds: u32) -> Zeroizing<[u8; HASH]> {
    let key = block(password);
    let (inner, outer) = (padded(&key, INNER), padded(&key, OUTER));
    // The first round hashes the salt, and that this is the first block of the key.
    let first =
        Sha256::new().chain_update(inner.as_slice()).chain_update(salt).chain_update(1_u32.to_be_bytes());
    let first = Sha256::new().chain_update(outer.as_slice()).chain_update(first.finalize()).finalize();

    let (inner, outer) = (begun(&inner), begun(&outer));
    let mut message = Zeroizing::new([[0; BLOCK]]);
    message[0][..HASH].copy_from_slice(&first);
    message[0][HASH] = 0x80;
    message[0][BLOCK - 8..].copy_from_slice(&((BLOCK + HASH) as u64 * 8).to_be_bytes());
    let mut sum = Zeroizing::new(words(&message[0]));
    for _ in 1..rounds {
        for begun in [&inner, &outer] {
            let mut state = **begun;
            compress256(&mut state, &*message);
            for (bytes, word) in message[0].as_chunks_mut().0.iter_mut().zip(state) {
                *bytes = word.to_be_bytes();
            }
        }
        for (sum, word) in sum.iter_mut().zip(words(&message[0])) {
            *sum ^= word;
        }
    }
    let mut derived = Zeroizing::new([0; HASH]);
    for (bytes, word) in derived.as_chunks_mut().0.iter_mut().zip(*sum) {
        *bytes = word.to_be_bytes();
    }
    derived
}

/// A password as a block; one that is longer is hashed.
fn block(password: &[u8]) -> Zeroizing<[u8; BLOCK]> {
    let mut block = Zeroizing::new([0; BLOCK]);
    match block.get_mut(..password.len()) {
        Some(room) => room.copy_from_slice(password),
        None => block[..HASH].copy_from_slice(&Sha256::digest(password)),
    }
    block
}

fn padded(key: &[u8; BLOCK], pad: u8) -> Zeroizing<[u8; BLOCK]> {
    Zeroizing::new(key.map(|byte| byte ^ pad))
}

/// The state of a hash after its first block.
fn begun(first: &[u8; BLOCK]) -> Zeroizing<[u32; 8]> {
    let mut state = Zeroizing::new(BEGINNING);
    compress256(&mut state, std::slice::from_ref(first));
    state
}

fn words(bytes: &[u8; BLOCK]) -> [u32; 8] {
    let words: &[[u8; 4]] = bytes.as_chunks().0;
    std::array::from_fn(|i| u32::from_be_bytes(words[i]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derives_what_the_library_derives() {
        let long = [b'x'; 200];
        for password in [&b""[..], b"password", &long[..63], &long[..64], &long[..65], &long] {
            for salt in [&b""[..], b"salt", &long] {
                for rounds in [1, 2, 3, 1000] {
                    let mut expected = [0; HASH];
                    pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, rounds, &mut expected);
                    let derived = derive(password, salt, rounds);
                    assert_eq!(*derived, expected, "{} {} {rounds}", password.len(), salt.len());
                }
            }
        }
    }
}
