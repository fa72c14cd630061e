//! The pseudonymizer: keys and settings, ready to use.

use std::borrow::Cow;
use std::fmt;

use crate::canonical::Identifier;
use crate::fingerprint::fingerprint;
use crate::ring::Ring;
use crate::token::{HASH_LETTERS, Kind, push_base64};
use crate::{KeyMaterial, MissingKey, Settings, domain};

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
        let fingerprint = fingerprint(ring.main.salt());
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
        self.hash_of(&Identifier::read(identifier))
    }

    /// The hash alone in base64: 43 letters, no domain.
    pub fn hash_only(&self, identifier: &str) -> String {
        let mut out = String::with_capacity(HASH_LETTERS);
        push_base64(&self.hash(identifier), &mut out);
        out
    }

    /// The token of an identifier, `t~…` or `p~…`, with `@` and the domain if it is an email address.
    pub fn token(&self, identifier: &str, kind: Kind) -> Result<String, MissingKey> {
        let mut out = String::new();
        self.token_into(identifier, kind, &mut out)?;
        Ok(out)
    }

    /// Appends the token of an identifier. Appends nothing if a key is missing; allocates nothing of its own
    /// for identifiers of ordinary length with their domain preserved or redacted.
    pub fn token_into(&self, identifier: &str, kind: Kind, out: &mut String) -> Result<(), MissingKey> {
        let read = Identifier::read(identifier);
        let domain = self.domain_of(&read)?;
        self.ring.main.push_token(&self.hash_of(&read), identifier, kind, out)?;
        if let Some(domain) = domain {
            out.push('@');
            out.push_str(&domain);
        }
        Ok(())
    }

    /// The token of a text exactly as given: an email address is a text like any other, without its domain.
    pub fn opaque_token(&self, text: &str, kind: Kind) -> Result<String, MissingKey> {
        let mut out = String::new();
        self.ring.main.push_token(&self.ring.main.hash(text), text, kind, &mut out)?;
        Ok(out)
    }

    pub(crate) fn hash_of(&self, identifier: &Identifier<'_>) -> [u8; 32] {
        self.ring.main.finish(identifier.begin_hash(self.settings.email_canonicalization))
    }

    /// What to show of the identifier's domain, if it has one.
    pub(crate) fn domain_of<'a>(
        &self,
        identifier: &Identifier<'a>,
    ) -> Result<Option<Cow<'a, str>>, MissingKey> {
        match identifier.domain() {
            Some(domain) => domain::show(self.settings.email_domain_handling, domain, &self.ring.domain),
            None => Ok(None),
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
