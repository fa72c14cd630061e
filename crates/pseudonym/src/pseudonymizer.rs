//! The pseudonymizer: keys and settings, ready to use.

use std::fmt;

use crate::canonical::Identifier;
use crate::domain::Shown;
use crate::fingerprint::fingerprint;
use crate::ring::Ring;
use crate::token::{HASH_LETTERS, Kind};
use crate::{KeyMaterial, MissingKey, Settings};

/// Makes pseudonyms of identifiers, and identifiers of reversible pseudonyms. Build it once and share it.
///
/// What its methods call an identifier is any text. One that is an email address (alone or with a display
/// name) is hashed in its canonical form and shown with its domain; anything else exactly as given.
pub struct Pseudonymizer {
    pub(crate) ring: Ring,
    pub(crate) settings: Settings,
    fingerprint: String,
}

impl Pseudonymizer {
    /// Derives the keys, which takes tens of milliseconds for each distinct pair of key and salt.
    pub fn new(keys: &KeyMaterial, settings: Settings) -> Self {
        let ring = Ring::derive(keys);
        let fingerprint = fingerprint(ring.main.salt.secret());
        Pseudonymizer { ring, settings, fingerprint }
    }

    /// Whether reversible tokens can be made and reversed: the main encryption key is there.
    pub fn can_reverse(&self) -> bool {
        self.ring.main.has_cipher()
    }

    /// Whether reversible tokens of IP addresses can be made.
    pub fn can_encrypt_ip(&self) -> bool {
        self.ring.ip.has_cipher()
    }

    /// Whether email domains can be encrypted. Required before `EMAIL_DOMAIN_HANDLING=ENCRYPT` is of use.
    pub fn can_encrypt_domain(&self) -> bool {
        self.ring.domain.has_cipher()
    }

    /// A public name of the salt, or an empty text if the salt is empty.
    pub fn salt_fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The hash in a pseudonym of this identifier.
    pub fn hash(&self, identifier: &str) -> [u8; 32] {
        self.read(identifier).hash.bytes()
    }

    /// The hash alone in base64: 43 letters, no domain.
    pub fn hash_only(&self, identifier: &str) -> String {
        let mut out = String::with_capacity(HASH_LETTERS);
        self.hash_only_into(identifier, &mut out);
        out
    }

    /// Appends the hash alone, as [`hash_only`](Self::hash_only) gives it.
    pub fn hash_only_into(&self, identifier: &str, out: &mut String) {
        self.read(identifier).hash.push_letters(out);
    }

    /// The token of an identifier, `t~…` or `p~…`, with `@` and the domain if it is an email address.
    pub fn token(&self, identifier: &str, kind: Kind) -> Result<String, MissingKey> {
        let mut out = String::new();
        self.token_into(identifier, kind, &mut out)?;
        Ok(out)
    }

    /// Appends the token of an identifier. Appends nothing if a key is missing; allocates nothing of its own for
    /// ids and bare addresses of ordinary length.
    ///
    /// Whatever the identifier and the settings, a token is made of ASCII letters and digits and of `~`, `-`,
    /// `_`, `@` and `.`: it can stand in a JSON string or a header as it is.
    pub fn token_into(&self, identifier: &str, kind: Kind, out: &mut String) -> Result<(), MissingKey> {
        let read = self.read(identifier);
        let domain = self.shown(&read)?;
        self.ring.main.push_token(&read.hash, identifier, kind, out)?;
        domain.push("@", out);
        Ok(())
    }

    /// The token of a text exactly as given: an email address is a text like any other, without its domain.
    pub fn opaque_token(&self, text: &str, kind: Kind) -> Result<String, MissingKey> {
        let mut out = String::new();
        self.opaque_token_into(text, kind, &mut out)?;
        Ok(out)
    }

    /// Appends the token of a text exactly as given. Appends nothing if a key is missing.
    pub fn opaque_token_into(&self, text: &str, kind: Kind, out: &mut String) -> Result<(), MissingKey> {
        self.ring.main.push_token(&self.ring.main.salt.hash(text), text, kind, out)
    }

    #[inline]
    pub(crate) fn read<'a>(&self, identifier: &'a str) -> Identifier<'a> {
        Identifier::read(identifier, self.settings.email_canonicalization, &self.ring.main.salt)
    }

    /// What to show of the identifier's domain, if it has one.
    #[inline]
    pub(crate) fn shown<'a>(&'a self, identifier: &Identifier<'a>) -> Result<Shown<'a>, MissingKey> {
        match identifier.domain {
            Some(domain) => Shown::new(self.settings.email_domain_handling, domain, &self.ring.domain),
            None => Ok(Shown::Nothing),
        }
    }
}

/// Says which keys are there and nothing of what they are.
impl fmt::Debug for Pseudonymizer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Pseudonymizer")
            .field("settings", &self.settings)
            .field("can_reverse", &self.can_reverse())
            .field("can_encrypt_ip", &self.can_encrypt_ip())
            .finish_non_exhaustive()
    }
}
