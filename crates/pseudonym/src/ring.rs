//! What is derived from the secrets, once: a salt and a cipher for each of identifiers, IP addresses, domains.

use std::sync::Arc;

use crate::cipher::Cipher;
use crate::hash::{Hash, Salt};
use crate::token::Kind;
use crate::{KeyMaterial, MissingKey, Secret};

/// The salts and ciphers of a deployment.
pub(crate) struct Ring {
    pub(crate) main: Suite,
    pub(crate) ip: Suite,
    pub(crate) domain: Suite,
}

/// A salt, and a cipher where a key was given.
pub(crate) struct Suite {
    pub(crate) salt: Salt,
    cipher: Option<Arc<Cipher>>,
    key_name: &'static str,
}

impl Ring {
    /// Derives every cipher. Slow on purpose (PBKDF2), so once for each distinct pair of key and salt.
    pub(crate) fn derive(keys: &KeyMaterial) -> Self {
        let mut ciphers = Ciphers(Vec::new());
        let main = (given(&keys.encryption_key), &keys.salt);
        let ip = (given(&keys.ip_encryption_key).or(main.0), given(&keys.ip_salt).unwrap_or(main.1));
        let domain =
            (given(&keys.domain_encryption_key).or(main.0), given(&keys.domain_salt).unwrap_or(main.1));
        Ring {
            main: ciphers.suite(main, "PSOXY_ENCRYPTION_KEY"),
            ip: ciphers.suite(ip, "ENCRYPTION_KEY_IP"),
            domain: ciphers.suite(domain, "ENCRYPTION_KEY_EMAIL_DOMAINS"),
        }
    }
}

/// An empty key protects nothing, so it counts as absent.
fn given(secret: &Option<Secret>) -> Option<&Secret> {
    secret.as_ref().filter(|secret| !secret.expose().is_empty())
}

/// The ciphers derived so far, by key and salt.
struct Ciphers<'k>(Vec<(&'k Secret, &'k Secret, Arc<Cipher>)>);

impl<'k> Ciphers<'k> {
    fn suite(&mut self, (key, salt): (Option<&'k Secret>, &'k Secret), key_name: &'static str) -> Suite {
        Suite { salt: Salt::new(salt), cipher: key.map(|key| self.cipher(key, salt)), key_name }
    }

    fn cipher(&mut self, key: &'k Secret, salt: &'k Secret) -> Arc<Cipher> {
        if let Some((.., cipher)) = self.0.iter().find(|known| known.0 == key && known.1 == salt) {
            return Arc::clone(cipher);
        }
        let cipher = Arc::new(Cipher::derive(key, salt));
        self.0.push((key, salt, Arc::clone(&cipher)));
        cipher
    }
}

impl Suite {
    /// Appends a token without its domain: the hash, and the original encrypted if it is to be reversible.
    pub(crate) fn push_token(
        &self,
        hash: &Hash,
        original: &str,
        kind: Kind,
        out: &mut String,
    ) -> Result<(), MissingKey> {
        match kind {
            Kind::Hash => {
                out.push_str("t~");
                hash.push_letters(out);
            }
            Kind::Reversible => {
                let cipher = self.cipher()?;
                out.push_str("p~");
                cipher.push_sealed(hash, original.as_bytes(), out);
            }
        }
        Ok(())
    }

    /// The cipher, or the name of the setting it would be derived from.
    pub(crate) fn cipher(&self) -> Result<&Cipher, MissingKey> {
        self.cipher.as_deref().ok_or(MissingKey { name: self.key_name })
    }

    /// Whether a cipher is there.
    pub(crate) fn has_cipher(&self) -> bool {
        self.cipher.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derives_once_for_each_distinct_pair() {
        let secret = |text: &str| Some(Secret::new(text));
        let plain = KeyMaterial { encryption_key: secret("key"), ..KeyMaterial::salted("salt") };
        let cases = [
            ("all fall back", plain.clone(), true, true),
            ("an IP salt", KeyMaterial { ip_salt: secret("other"), ..plain.clone() }, false, true),
            (
                "a domain key",
                KeyMaterial { domain_encryption_key: secret("other"), ..plain.clone() },
                true,
                false,
            ),
            ("the same again", KeyMaterial { ip_encryption_key: secret("key"), ..plain.clone() }, true, true),
            ("an empty key", KeyMaterial { ip_encryption_key: secret(""), ..plain }, true, true),
        ];
        for (name, keys, ip_shared, domain_shared) in cases {
            let ring = Ring::derive(&keys);
            let main = ring.main.cipher.as_ref().unwrap();
            assert_eq!(Arc::ptr_eq(main, ring.ip.cipher.as_ref().unwrap()), ip_shared, "{name}");
            assert_eq!(Arc::ptr_eq(main, ring.domain.cipher.as_ref().unwrap()), domain_shared, "{name}");
        }
    }

    #[test]
    fn names_the_key_that_is_missing() {
        let ring = Ring::derive(&KeyMaterial::salted("salt"));
        let missing = |suite: &Suite| suite.cipher().err().map(|error| error.to_string());
        assert_eq!(missing(&ring.main).as_deref(), Some("PSOXY_ENCRYPTION_KEY is not set"));
        assert_eq!(missing(&ring.ip).as_deref(), Some("ENCRYPTION_KEY_IP is not set"));
        assert_eq!(missing(&ring.domain).as_deref(), Some("ENCRYPTION_KEY_EMAIL_DOMAINS is not set"));
    }
}
