//! Reversible tokens back to originals, each checked against the hash it carries.

use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::token::{Found, find};
use crate::{MissingKey, Pseudonymizer};

/// Why a token could not be reversed. It does not say how close the token was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TokenError {
    /// The text is not one reversible token with, at most, a domain after it.
    #[error("the text is not a reversible token")]
    Malformed,
    /// The token was changed on the way, or made with another key or salt.
    #[error("the token was not made with this key and salt")]
    Unverified,
    /// There is no key to reverse tokens with.
    #[error(transparent)]
    MissingKey(#[from] MissingKey),
}

impl Pseudonymizer {
    /// The original of one whole `p~…` token; a domain after it is ignored.
    ///
    /// ```
    /// # use vizard_pseudonym::{KeyMaterial, Kind, Pseudonymizer, Secret, Settings, TokenError};
    /// let keys = KeyMaterial { encryption_key: Some(Secret::new("key")), ..KeyMaterial::salted("salt") };
    /// let pseudonymizer = Pseudonymizer::new(&keys, Settings::default());
    /// let token = pseudonymizer.token("Nora@x.co", Kind::Reversible)?;
    /// assert_eq!(pseudonymizer.reverse(&token)?.as_str(), "Nora@x.co");
    /// assert_eq!(pseudonymizer.reverse("p~forged"), Err(TokenError::Malformed));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reverse(&self, token: &str) -> Result<Zeroizing<String>, TokenError> {
        match find(token) {
            Some(found) if found.before.is_empty() && found.after.is_empty() => self.reverse_found(&found),
            _ => Err(TokenError::Malformed),
        }
    }

    /// The text with every reversible token in it, and the domain after it, replaced by the original. `None`
    /// if there is no token in the text. One bad token is an error of the whole.
    pub fn reverse_all(&self, text: &str) -> Result<Option<Zeroizing<String>>, TokenError> {
        let mut originals = Vec::new();
        let mut rest = text;
        while let Some(found) = find(rest) {
            originals.push((found.before, self.reverse_found(&found)?));
            rest = found.after;
        }
        if originals.is_empty() {
            return Ok(None);
        }
        // The length is known before writing, so that no copy is left behind by a string that grew.
        let length = originals.iter().map(|(before, original)| before.len() + original.len()).sum::<usize>();
        let mut out = Zeroizing::new(String::with_capacity(length + rest.len()));
        for (before, original) in &originals {
            out.push_str(before);
            out.push_str(original);
        }
        out.push_str(rest);
        Ok(Some(out))
    }

    fn reverse_found(&self, found: &Found<'_>) -> Result<Zeroizing<String>, TokenError> {
        let sealed = found.bytes().ok_or(TokenError::Malformed)?;
        if let Some(original) = self.open_identifier(&sealed).or_else(|| self.open_ip(&sealed)) {
            return Ok(original);
        }
        self.ring.main.cipher()?;
        Err(TokenError::Unverified)
    }

    /// With the main key. The hash is of the canonical form, or of the text as given (`opaque_token`).
    fn open_identifier(&self, sealed: &[u8]) -> Option<Zeroizing<String>> {
        let (claimed, original) = self.ring.main.cipher().ok()?.open(sealed)?;
        let canonical = claimed.ct_eq(&self.hash(&original));
        let as_given = claimed.ct_eq(&self.ring.main.salt.hash(&original).bytes());
        bool::from(canonical | as_given).then_some(original)
    }

    /// With the key of IP addresses.
    fn open_ip(&self, sealed: &[u8]) -> Option<Zeroizing<String>> {
        let (claimed, original) = self.ring.ip.cipher().ok()?.open(sealed)?;
        bool::from(claimed.ct_eq(&self.ring.ip.salt.hash(&original).bytes())).then_some(original)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::{EmailDomainHandling, KeyMaterial, Kind, Secret, Settings};

    fn keys(key: &str) -> KeyMaterial {
        KeyMaterial { encryption_key: Some(Secret::new(key)), ..KeyMaterial::salted("salt") }
    }

    static OURS: LazyLock<Pseudonymizer> =
        LazyLock::new(|| Pseudonymizer::new(&keys("secret"), Settings::default()));

    fn reversed(text: &str) -> Option<String> {
        OURS.reverse_all(text).unwrap().map(|text| text.to_string())
    }

    #[test]
    fn finds_every_token_of_a_text() {
        let nora = OURS.token("Nora@x.co", Kind::Reversible).unwrap();
        let bare = nora.strip_suffix("@x.co").unwrap();
        let ben = OURS.opaque_token("Ben@x.co", Kind::Reversible).unwrap();
        let cases = [
            ("", None),
            ("nothing to do: p~AAAA t~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", None),
            (nora.as_str(), Some("Nora@x.co")),
            (&format!("/u/{bare}%40x.co/m"), Some("/u/Nora@x.co/m")),
            (&format!("{bare}@h~ab_c-d/{bare}@e~AB_c-d"), Some("Nora@x.co/Nora@x.co")),
            (&format!("{bare}%40e~AB {bare}%40h~AB"), Some("Nora@x.co Nora@x.co")),
            (&format!("{nora},{ben};é"), Some("Nora@x.co,Ben@x.co;é")),
        ];
        for (text, expected) in cases {
            assert_eq!(reversed(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn swallows_the_domain_however_it_is_shown() {
        for email_domain_handling in [
            EmailDomainHandling::Preserve,
            EmailDomainHandling::Redact,
            EmailDomainHandling::Tokenize,
            EmailDomainHandling::Encrypt,
        ] {
            let settings = Settings { email_domain_handling, ..Settings::default() };
            let ours = Pseudonymizer::new(&keys("secret"), settings);
            let token = ours.token("Nora@x.co", Kind::Reversible).unwrap();
            assert_eq!(ours.reverse(&token).unwrap().as_str(), "Nora@x.co");
            let encoded = format!("a/{}/b", token.replace('@', "%40"));
            assert_eq!(ours.reverse_all(&encoded).unwrap().unwrap().as_str(), "a/Nora@x.co/b");
        }
    }

    #[test]
    fn refuses_what_it_did_not_make() {
        let token = OURS.token("Nora@x.co", Kind::Reversible).unwrap();
        let cases = [
            ("", TokenError::Malformed),
            ("nora", TokenError::Malformed),
            (&format!(" {token}"), TokenError::Malformed),
            (&format!("{token}/"), TokenError::Malformed),
            (&format!("{token}{token}"), TokenError::Malformed),
            (&OURS.token("Nora@x.co", Kind::Hash).unwrap(), TokenError::Malformed),
            (&format!("p~{}", "A".repeat(43)), TokenError::Unverified),
            (&format!("p~{}", "A".repeat(64)), TokenError::Unverified),
            (&format!("p~{}", "A".repeat(45)), TokenError::Malformed),
        ];
        for (text, expected) in cases {
            assert_eq!(OURS.reverse(text), Err(expected), "{text}");
        }
        // A padding that happens to be right is not enough: the text decrypts, the hash is another's.
        let unrelated = "p~NHXWS5CZDysDs3ETExXiMZxM2DfffirkjgmA64R9hCenHbNbPsOt4W-Hx8SDUaQY";
        assert_eq!(OURS.reverse(unrelated), Err(TokenError::Unverified));
        assert_eq!(OURS.reverse_all(&format!("{token} {unrelated}")), Err(TokenError::Unverified));
    }

    #[test]
    fn refuses_tokens_of_another_key_or_salt() {
        let other_key = Pseudonymizer::new(&keys("other"), Settings::default());
        let other_salt = KeyMaterial { salt: Secret::new("other"), ..keys("secret") };
        let other_salt = Pseudonymizer::new(&other_salt, Settings::default());
        // Enough originals that some pass the check of the padding.
        for n in 0..600 {
            let original = format!("user-{n}");
            for theirs in [&other_key, &other_salt] {
                let token = theirs.token(&original, Kind::Reversible).unwrap();
                assert_eq!(OURS.reverse(&token), Err(TokenError::Unverified));
            }
        }
    }

    #[test]
    fn tries_the_key_of_ip_addresses() {
        let keys = KeyMaterial {
            ip_salt: Some(Secret::new("salt-ip")),
            ip_encryption_key: Some(Secret::new("key-ip")),
            ..keys("secret")
        };
        let ours = Pseudonymizer::new(&keys, Settings::default());
        let token = ours.ip_token("::ffff:10.0.0.1", Kind::Reversible).unwrap().unwrap();
        assert_eq!(ours.reverse(&token).unwrap().as_str(), "10.0.0.1");
        assert_eq!(OURS.reverse(&token), Err(TokenError::Unverified));
        let token = OURS.ip_token("10.0.0.1", Kind::Reversible).unwrap().unwrap();
        assert_eq!(OURS.reverse(&token).unwrap().as_str(), "10.0.0.1");
    }

    #[test]
    fn says_when_the_key_is_missing() {
        let keyless = Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default());
        let missing = MissingKey { name: "PSOXY_ENCRYPTION_KEY" };
        let token = OURS.token("Nora@x.co", Kind::Reversible).unwrap();
        assert_eq!(keyless.reverse(&token), Err(TokenError::MissingKey(missing)));
        assert_eq!(keyless.token("nora", Kind::Reversible), Err(missing));
        assert_eq!(keyless.json("nora", true, false), Err(missing));
        assert_eq!(keyless.opaque_token("nora", Kind::Reversible), Err(missing));
        assert_eq!(
            keyless.ip_token("10.0.0.1", Kind::Reversible),
            Err(MissingKey { name: "ENCRYPTION_KEY_IP" })
        );
        assert_eq!(keyless.reverse_all("no token"), Ok(None));
        let mut out = String::new();
        assert_eq!(keyless.token_into("nora", Kind::Reversible, &mut out), Err(missing));
        assert_eq!(keyless.opaque_token_into("nora", Kind::Reversible, &mut out), Err(missing));
        assert_eq!(keyless.json_into("nora", true, false, &mut out), Err(missing));
        assert!(keyless.ip_token_into("10.0.0.1", Kind::Reversible, &mut out).is_err());
        assert_eq!(out, "");
    }
}
