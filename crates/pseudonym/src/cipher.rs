//! AES-256 in CBC mode with PKCS#7 padding, under a key derived with PBKDF2. The IV is the first half of the
//! hash, so the same original always gives the same token.

use std::array;

use aes::{Aes256Dec, Aes256Enc};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{Array, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit};
use zeroize::Zeroizing;

use crate::derive::derive;
use crate::hash::Hash;
use crate::letters::{Group, push_bytes, push_groups};
use crate::{Secret, short_copy};

const ROUNDS: u32 = 65_536;
const BLOCK: usize = 16;
const HASH: usize = 32;
const WORD: usize = 8;

/// A key, expanded once.
pub(crate) struct Cipher {
    encrypt: Aes256Enc,
    decrypt: Aes256Dec,
}

impl Cipher {
    /// Derives the key from a password. Takes some milliseconds.
    pub(crate) fn derive(password: &Secret, salt: &Secret) -> Self {
        let key = derive(password.expose(), salt.expose(), ROUNDS);
        Cipher { encrypt: Aes256Enc::new((&*key).into()), decrypt: Aes256Dec::new((&*key).into()) }
    }

    /// Appends the letters of the hash followed by the encrypted text. On the stack, unless the text is long.
    pub(crate) fn push_sealed(&self, hash: &Hash, text: &[u8], out: &mut String) {
        match text.len() {
            ..32 => self.push_short::<3>(hash, text, out),
            32..64 => self.push_short::<4>(hash, text, out),
            64..160 => self.push_short::<8>(hash, text, out),
            _ => self.push_long(hash, text, out),
        }
    }

    /// With room for so many groups, the hash in the first four words of them.
    #[inline]
    fn push_short<const GROUPS: usize>(&self, hash: &Hash, text: &[u8], out: &mut String) {
        let padding = BLOCK - text.len() % BLOCK;
        let mut room = [[padding as u8; 3 * WORD]; GROUPS];
        let room = room.as_flattened_mut();
        short_copy::copy(text, room).expect("there is room for texts so short");
        let length = text.len() + padding;
        self.encrypt(hash, &mut room[..length]);
        if let Some(after) = room.get_mut(length) {
            *after = 0;
        }
        let (encrypted, hash) = (room.as_chunks().0, hash.words());
        let groups: [Group; GROUPS] = array::from_fn(|group| {
            array::from_fn(|word| match 3 * group + word {
                of_hash @ 0..4 => hash[of_hash],
                after => u64::from_be_bytes(encrypted[after - 4]),
            })
        });
        push_groups(&groups, HASH + length, out);
    }

    #[cold]
    fn push_long(&self, hash: &Hash, text: &[u8], out: &mut String) {
        let padding = BLOCK - text.len() % BLOCK;
        let mut sealed = Vec::with_capacity(HASH + text.len() + padding);
        sealed.extend_from_slice(&hash.bytes());
        sealed.extend_from_slice(text);
        sealed.resize(sealed.len() + padding, padding as u8);
        self.encrypt(hash, &mut sealed[HASH..]);
        push_bytes(&sealed, out);
    }

    /// Encrypts whole blocks where they stand, in one go: the fixed cost of a call is that of several blocks.
    #[inline]
    fn encrypt(&self, hash: &Hash, padded: &mut [u8]) {
        let blocks = padded.as_chunks_mut().0;
        cbc::Encryptor::inner_iv_init(&self.encrypt, first_block(&hash.bytes()).into())
            .encrypt_blocks(Array::cast_slice_from_core_mut(blocks));
    }

    /// The hash that a sealed text claims to have, and the text. `None` when it was sealed with another key,
    /// mostly: one wrong key in 256 passes here, so the caller must compare the hash.
    pub(crate) fn open<'s>(&self, sealed: &'s [u8]) -> Option<(&'s [u8; HASH], Zeroizing<String>)> {
        let (hash, encrypted) = sealed.split_first_chunk::<HASH>()?;
        let mut bytes = Zeroizing::new(encrypted.to_vec());
        let length = cbc::Decryptor::inner_iv_init(&self.decrypt, first_block(hash).into())
            .decrypt_padded::<Pkcs7>(&mut bytes)
            .ok()?
            .len();
        let text = str::from_utf8(&bytes[..length]).ok()?;
        Some((hash, Zeroizing::new(text.to_owned())))
    }
}

/// The IV.
fn first_block(hash: &[u8; HASH]) -> &[u8; BLOCK] {
    hash.first_chunk().expect("a hash is two blocks long")
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;
    use crate::hash::Salt;

    fn cipher() -> Cipher {
        Cipher::derive(&Secret::new("secret"), &Secret::new("salt"))
    }

    fn sealed(cipher: &Cipher, hash: &Hash, text: &str) -> Vec<u8> {
        let mut letters = String::from("before ");
        cipher.push_sealed(hash, text.as_bytes(), &mut letters);
        URL_SAFE_NO_PAD.decode(letters.strip_prefix("before ").unwrap()).unwrap()
    }

    #[test]
    fn opens_what_it_sealed_at_every_length() {
        let cipher = cipher();
        let hash = Salt::new(&Secret::new("salt")).hash("nora");
        for length in (0..300).chain([5000]) {
            let text: String = (0..length).map(|n| char::from(b'!' + (n % 90) as u8)).collect();
            let sealed = sealed(&cipher, &hash, &text);
            assert_eq!(sealed.len(), HASH + (length / BLOCK + 1) * BLOCK);
            let (claimed, opened) = cipher.open(&sealed).unwrap();
            assert_eq!((claimed, opened.as_str()), (&hash.bytes(), text.as_str()));
        }
    }

    /// The padded form of the mode's own interface.
    #[test]
    fn seals_as_the_mode_does() {
        let cipher = cipher();
        let hash = Salt::new(&Secret::new("salt")).hash("ben");
        for length in 0..300 {
            let text = "n".repeat(length);
            let expected = cbc::Encryptor::inner_iv_init(&cipher.encrypt, first_block(&hash.bytes()).into())
                .encrypt_padded_vec::<Pkcs7>(text.as_bytes());
            assert_eq!(sealed(&cipher, &hash, &text), [hash.bytes().as_slice(), &expected].concat());
        }
    }

    #[test]
    fn refuses_lengths_that_no_sealed_text_has() {
        let cipher = cipher();
        for length in [0, 31, 32, 33, 47, 49] {
            assert!(cipher.open(&vec![1; length]).is_none(), "{length}");
        }
    }
}
