//! SHA-256 of an identifier followed by a salt: short ones in one piece, with nothing to set up.
//!
//! A short identifier, the salt and the padding that ends every hash are a block or two. They are laid out in
//! place, and the block function of the hash runs over them once. Anything longer takes the usual interface.

use sha2::block_api::compress256;
use sha2::{Digest, Sha256};
use zeroize::{Zeroizing, optimization_barrier};

use crate::letters::push_groups;
use crate::{Secret, short_copy};

/// The longest identifier that is short.
pub(crate) const SHORT: usize = 64;

/// A salt with the byte that ends a message, and zeros after it.
const TAIL: usize = 96;

const BLOCK: usize = 64;
const LENGTH: usize = 8;

/// Room for a short identifier, a tail and the length of both.
const BLOCKS: usize = 3;

/// What SHA-256 begins with: the first bits after the point of the square roots of eight primes (FIPS 180-4, 5.3.3).
pub(crate) const BEGINNING: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// A hash, as four numbers of which each is eight bytes, first byte highest.
#[derive(Clone, Copy)]
pub(crate) struct Hash([u64; 4]);

impl Hash {
    pub(crate) fn words(&self) -> [u64; 4] {
        self.0
    }

    pub(crate) fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(self.0) {
            *bytes = word.to_be_bytes();
        }
        bytes
    }

    /// Appends its 43 letters.
    #[inline]
    pub(crate) fn push_letters(&self, out: &mut String) {
        let [first, second, third, last] = self.0;
        push_groups(&[[first, second, third], [last, 0, 0]], 32, out);
    }

    fn of_bytes(bytes: [u8; 32]) -> Self {
        let words = bytes.as_chunks().0;
        Hash(std::array::from_fn(|i| u64::from_be_bytes(words[i])))
    }

    fn of_state(state: [u32; 8]) -> Self {
        Hash(std::array::from_fn(|i| u64::from(state[2 * i]) << 32 | u64::from(state[2 * i + 1])))
    }
}

/// A short identifier in its canonical form, with room for the salt.
pub(crate) struct Message {
    bytes: [u8; BLOCKS * BLOCK],
    length: usize,
}

impl Message {
    pub(crate) const EMPTY: Self = Message { bytes: [0; BLOCKS * BLOCK], length: 0 };

    /// Takes a text as given, if it is short, into an empty message.
    pub(crate) fn fill(&mut self, text: &[u8]) -> bool {
        let fits = short_copy::copy(text, &mut self.bytes[..SHORT]).is_some();
        self.length = if fits { text.len() } else { 0 };
        fits
    }

    /// Appends to what may be at most short in the end.
    pub(crate) fn push(&mut self, part: &[u8]) {
        let end = self.length + part.len();
        self.bytes[self.length..end].copy_from_slice(part);
        self.length = end;
    }

    /// The identifier, and what follows it.
    pub(crate) fn letters_mut(&mut self) -> &mut [u8; SHORT] {
        self.bytes.first_chunk_mut().expect("a message has room for more")
    }

    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// Cuts the identifier. What stood after the cut is overwritten by the salt.
    pub(crate) fn cut(&mut self, length: usize) {
        self.length = self.length.min(length);
    }
}

/// What makes hashes ours. The tail is wiped when it is dropped, as the secret is.
pub(crate) struct Salt {
    secret: Secret,
    tail: Option<Box<Zeroizing<[u8; TAIL]>>>,
}

impl Salt {
    pub(crate) fn new(secret: &Secret) -> Self {
        let salt = secret.expose();
        let mut tail = Box::new(Zeroizing::new([0; TAIL]));
        let fits = salt.len() < TAIL;
        if fits {
            tail[..salt.len()].copy_from_slice(salt);
            tail[salt.len()] = 0x80;
        }
        Salt { secret: secret.clone(), tail: fits.then_some(tail) }
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The hash of a text exactly as given.
    pub(crate) fn hash(&self, text: &str) -> Hash {
        let mut message = Message::EMPTY;
        match message.fill(text.as_bytes()) {
            true => self.finish(&mut message),
            false => self.finish_long(Sha256::new_with_prefix(text)),
        }
    }

    /// The hash of a message, which is wiped: the salt does not stay behind on the stack.
    #[inline]
    pub(crate) fn finish(&self, message: &mut Message) -> Hash {
        let Some(tail) = &self.tail else {
            return self.finish_long(Sha256::new_with_prefix(&message.bytes[..message.length]));
        };
        let length = message.length + self.secret.expose().len();
        let blocks = (length + 1 + LENGTH).div_ceil(BLOCK);
        message.bytes[message.length..][..TAIL].copy_from_slice(&tail[..]);
        message.bytes[blocks * BLOCK - LENGTH..][..LENGTH]
            .copy_from_slice(&(8 * length as u64).to_be_bytes());
        let mut state = BEGINNING;
        compress256(&mut state, &message.bytes.as_chunks().0[..blocks]);
        *message = Message::EMPTY;
        optimization_barrier(message);
        Hash::of_state(state)
    }

    /// Ends a hash that was begun with a long identifier, by adding the salt.
    #[cold]
    pub(crate) fn finish_long(&self, begun: Sha256) -> Hash {
        Hash::of_bytes(begun.chain_update(self.secret.expose()).finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every length around the ends of blocks, of the short form and of the tail.
    #[test]
    fn is_that_of_the_whole_interface_at_every_length() {
        let text: String = (0..300).map(|n| char::from(b'!' + (n * 7 % 90) as u8)).collect();
        for salt_length in (0..=130).chain([191, 256, 1000]) {
            let secret = Secret::new((0..salt_length).map(|n| (n * 31 % 251) as u8).collect::<Vec<_>>());
            let salt = Salt::new(&secret);
            for length in 0..=text.len() {
                let text = &text[..length];
                let expected = Sha256::new_with_prefix(text).chain_update(secret.expose()).finalize();
                let hash = salt.hash(text);
                assert_eq!(hash.bytes(), *expected, "{length} and {salt_length}");
                assert_eq!(Hash::of_bytes(hash.bytes()).words(), hash.words());
            }
        }
    }

    #[test]
    fn forgets_what_was_cut() {
        let salt = Salt::new(&Secret::new("salt"));
        let mut message = Message::EMPTY;
        assert!(message.fill(&[b'x'; SHORT]));
        message.cut(4);
        message.push(b"y");
        assert_eq!(salt.finish(&mut message).bytes(), salt.hash("xxxxy").bytes());
        assert!(!message.fill(&[b'x'; SHORT + 1]));
    }
}
