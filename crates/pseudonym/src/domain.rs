//! What of an email's domain stays beside its pseudonym.

use std::str::FromStr;

use crate::cipher::Cipher;
use crate::hash::Salt;
use crate::ring::Suite;
use crate::{MissingKey, UnknownName};

/// What of an email's domain stays visible beside the pseudonym.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmailDomainHandling {
    /// The domain exactly as written.
    #[default]
    Preserve,
    /// Nothing.
    Redact,
    /// Its salted hash, `h~…`. Case matters: it is hashed as written.
    Tokenize,
    /// Its hash and its encrypted form, `e~…`.
    Encrypt,
}

impl FromStr for EmailDomainHandling {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let hint = match name.to_ascii_uppercase().as_str() {
            "PRESERVE" => return Ok(Self::Preserve),
            "REDACT" => return Ok(Self::Redact),
            "TOKENIZE" => return Ok(Self::Tokenize),
            "ENCRYPT" => return Ok(Self::Encrypt),
            "HASH" => "; did you mean TOKENIZE, which hashes the domain",
            _ => "",
        };
        Err(UnknownName { expected: "PRESERVE, REDACT, TOKENIZE, ENCRYPT", hint })
    }
}

/// What to show of a domain, with what it takes to show it.
pub(crate) enum Shown<'d> {
    Nothing,
    Written(&'d str),
    Hashed(&'d str, &'d Salt),
    Sealed(&'d str, &'d Salt, &'d Cipher),
}

impl<'d> Shown<'d> {
    pub(crate) fn new(
        handling: EmailDomainHandling,
        domain: &'d str,
        keys: &'d Suite,
    ) -> Result<Self, MissingKey> {
        Ok(match handling {
            EmailDomainHandling::Preserve => Shown::Written(domain),
            EmailDomainHandling::Redact => Shown::Nothing,
            EmailDomainHandling::Tokenize => Shown::Hashed(domain, &keys.salt),
            EmailDomainHandling::Encrypt => Shown::Sealed(domain, &keys.salt, keys.cipher()?),
        })
    }

    /// Appends it after a text that says what it is, or nothing at all. Letters, digits, `.`, `-`, `_` and `~`.
    pub(crate) fn push(&self, before: &str, out: &mut String) -> bool {
        if let Shown::Nothing = self {
            return false;
        }
        out.push_str(before);
        match *self {
            Shown::Nothing => {}
            Shown::Written(domain) => out.push_str(domain),
            Shown::Hashed(domain, salt) => {
                out.push_str("h~");
                salt.hash(domain).push_letters(out);
            }
            Shown::Sealed(domain, salt, cipher) => {
                out.push_str("e~");
                cipher.push_sealed(&salt.hash(domain), domain.as_bytes(), out);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ring::Ring;
    use crate::{KeyMaterial, Secret};

    #[test]
    fn is_shown_as_chosen() {
        let keys = KeyMaterial {
            domain_salt: Some(Secret::new("salt-domains")),
            domain_encryption_key: Some(Secret::new("asdfasdf")),
            ..KeyMaterial::salted("salt")
        };
        let ring = Ring::derive(&keys);
        let cases = [
            (EmailDomainHandling::Preserve, "@acme.com"),
            (EmailDomainHandling::Redact, ""),
            (EmailDomainHandling::Tokenize, "@h~XeVeXr3msNs83nxpGuEjUO0Cv7JfkmYhnprXIY-BEgs"),
            (
                EmailDomainHandling::Encrypt,
                "@e~XeVeXr3msNs83nxpGuEjUO0Cv7JfkmYhnprXIY-BEgtyvcXqtDujwfr0b5vLmXHQ",
            ),
        ];
        for (handling, expected) in cases {
            let mut out = String::new();
            let pushes = Shown::new(handling, "acme.com", &ring.domain).unwrap().push("@", &mut out);
            assert_eq!((out.as_str(), pushes), (expected, !expected.is_empty()), "{handling:?}");
        }
        let keyless = Ring::derive(&KeyMaterial::salted("salt"));
        let error = Shown::new(EmailDomainHandling::Encrypt, "acme.com", &keyless.domain).err();
        assert_eq!(error, Some(MissingKey { name: "ENCRYPTION_KEY_EMAIL_DOMAINS" }));
    }

    #[test]
    fn is_read_from_its_name() {
        assert_eq!("encrypt".parse(), Ok(EmailDomainHandling::Encrypt));
        assert_eq!("Redact".parse(), Ok(EmailDomainHandling::Redact));
        let error = |name: &str| name.parse::<EmailDomainHandling>().unwrap_err().to_string();
        assert_eq!(error("drop"), "is not one of PRESERVE, REDACT, TOKENIZE, ENCRYPT");
        assert_eq!(
            error("hash"),
            "is not one of PRESERVE, REDACT, TOKENIZE, ENCRYPT; did you mean TOKENIZE, which hashes the domain"
        );
    }
}
