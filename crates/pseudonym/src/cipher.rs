//! AES-256 in CBC mode with PKCS#7 padding, under a key derived with PBKDF2. The IV is the first half of the
//! hash, so the same original always gives the same token.

use aes::{Aes256Dec, Aes256Enc};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::Secret;

const ROUNDS: u32 = 65_536;
const BLOCK: usize = 16;
const HASH: usize = 32;

/// A key, expanded once.
pub(crate) struct Cipher {
    encrypt: Aes256Enc,
    decrypt: Aes256Dec,
}

impl Cipher {
    /// Derives the key from a password. Takes tens of milliseconds.
    pub(crate) fn derive(password: &Secret, salt: &Secret) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        pbkdf2::pbkdf2_hmac::<Sha256>(password.expose(), salt.expose(), ROUNDS, key.as_mut_slice());
        Cipher { encrypt: Aes256Enc::new((&*key).into()), decrypt: Aes256Dec::new((&*key).into()) }
    }

    /// Gives the hash followed by the encrypted text to `then`. On the stack, unless the text is long.
    pub(crate) fn seal<T>(&self, hash: &[u8; HASH], text: &[u8], then: impl FnOnce(&[u8]) -> T) -> T {
        let length = HASH + (text.len() / BLOCK + 1) * BLOCK;
        let mut short = [0; 320];
        let mut long = Vec::new();
        let sealed = match short.get_mut(..length) {
            Some(fits) => fits,
            None => {
                long.resize(length, 0);
                long.as_mut_slice()
            }
        };
        let (prefix, rest) = sealed.split_at_mut(HASH);
        prefix.copy_from_slice(hash);
        cbc::Encryptor::inner_iv_init(&self.encrypt, first_block(hash).into())
            .encrypt_padded_b2b::<Pkcs7>(text, rest)
            .expect("the length leaves room for the padding");
        then(sealed)
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
    use super::*;

    fn cipher() -> Cipher {
        Cipher::derive(&Secret::new("secret"), &Secret::new("salt"))
    }

    #[test]
    fn opens_what_it_sealed_at_every_length_around_a_block_and_the_stack_buffer() {
        let cipher = cipher();
        let hash = [7; HASH];
        for length in [0, 1, 15, 16, 17, 31, 32, 33, 271, 272, 273, 287, 288, 289, 5000] {
            let text = "n".repeat(length);
            let sealed = cipher.seal(&hash, text.as_bytes(), <[u8]>::to_vec);
            assert_eq!((sealed.len() - HASH) % BLOCK, 0);
            let (claimed, opened) = cipher.open(&sealed).unwrap();
            assert_eq!((claimed, opened.as_str()), (&hash, text.as_str()));
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
