//! What of an email's domain stays beside its pseudonym.

use std::borrow::Cow;
use std::str::FromStr;

use crate::ring::Suite;
use crate::token::push_base64;
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

/// What to show of the domain.
pub(crate) fn show<'d>(
    handling: EmailDomainHandling,
    domain: &'d str,
    keys: &Suite,
) -> Result<Option<Cow<'d, str>>, MissingKey> {
    Ok(match handling {
        EmailDomainHandling::Preserve => Some(Cow::Borrowed(domain)),
        EmailDomainHandling::Redact => None,
        EmailDomainHandling::Tokenize => {
            let mut shown = String::from("h~");
            push_base64(&keys.hash(domain), &mut shown);
            Some(Cow::Owned(shown))
        }
        EmailDomainHandling::Encrypt => {
            let mut shown = String::from("e~");
            let cipher = keys.cipher()?;
            cipher.seal(&keys.hash(domain), domain.as_bytes(), |sealed| push_base64(sealed, &mut shown));
            Some(Cow::Owned(shown))
        }
    })
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
            (EmailDomainHandling::Preserve, Some("acme.com")),
            (EmailDomainHandling::Redact, None),
            (EmailDomainHandling::Tokenize, Some("h~XeVeXr3msNs83nxpGuEjUO0Cv7JfkmYhnprXIY-BEgs")),
            (
                EmailDomainHandling::Encrypt,
                Some("e~XeVeXr3msNs83nxpGuEjUO0Cv7JfkmYhnprXIY-BEgtyvcXqtDujwfr0b5vLmXHQ"),
            ),
        ];
        for (handling, expected) in cases {
            assert_eq!(
                show(handling, "acme.com", &ring.domain).unwrap().as_deref(),
                expected,
                "{handling:?}"
            );
        }
        let keyless = Ring::derive(&KeyMaterial::salted("salt"));
        let error = show(EmailDomainHandling::Encrypt, "acme.com", &keyless.domain).unwrap_err();
        assert_eq!(error.name, "ENCRYPTION_KEY_EMAIL_DOMAINS");
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
