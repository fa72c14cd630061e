//! The keys of an issuer: those of a published key set that can verify what somebody else has signed.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// Public keys. A key that is a shared secret is never among them, whoever publishes it.
#[derive(Debug)]
pub(crate) struct Keys(Vec<Key>);

#[derive(Debug)]
struct Key {
    id: Option<String>,
    /// What it may have signed with.
    algorithms: Vec<Algorithm>,
    public: DecodingKey,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

impl Keys {
    /// Reads a key set; keys of kinds that are not known are passed over. `None` when it is none, or none is left.
    pub(crate) fn read(text: &[u8]) -> Option<Keys> {
        let Set { keys } = serde_json::from_slice(text).ok()?;
        let keys: Vec<Key> = keys.into_iter().take(MOST).filter_map(Key::read).collect();
        (!keys.is_empty()).then_some(Keys(keys))
    }

    /// Whether the set has a key of this name. A token that names none may be signed by any.
    pub(crate) fn knows(&self, id: Option<&str>) -> bool {
        id.is_none() || self.0.iter().any(|key| key.id.as_deref() == id)
    }

    /// The keys that may have signed a token whose header says this.
    pub(crate) fn signing(&self, id: Option<&str>, algorithm: Algorithm) -> Vec<&DecodingKey> {
        let named = self.0.iter().filter(|key| id.is_none() || key.id.as_deref() == id);
        named.filter(|key| key.algorithms.contains(&algorithm)).take(TRIED).map(|key| &key.public).collect()
    }
}

impl Key {
    fn read(value: Value) -> Option<Key> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        let for_signatures =
            jwk.common.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature);
        let operations = jwk.common.key_operations.as_ref();
        if !for_signatures || operations.is_some_and(|it| !it.contains(&KeyOperations::Verify)) {
            return None;
        }
        let mut algorithms: Vec<Algorithm> = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => RSA.to_vec(),
            AlgorithmParameters::EllipticCurve(key) => match key.curve {
                EllipticCurve::P256 => vec![Algorithm::ES256],
                EllipticCurve::P384 => vec![Algorithm::ES384],
                _ => return None,
            },
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
                vec![Algorithm::EdDSA]
            }
            // Whoever knows a shared secret can sign with it.
            _ => return None,
        };
        if let Some(named) = jwk.common.key_algorithm {
            algorithms.retain(|it| jsonwebtoken::jwk::KeyAlgorithm::from(*it) == named);
        }
        let public = DecodingKey::from_jwk(&jwk).ok()?;
        (!algorithms.is_empty()).then_some(Key { id: jwk.common.key_id, algorithms, public })
    }
}

const RSA: [Algorithm; 6] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
];

/// More than any issuer publishes.
const MOST: usize = 64;

/// So many signatures are computed for one token at the most.
const TRIED: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_verifies_signatures_of_others_is_a_key() {
        let set = r#"{"keys":[
            {"kid":"ed","kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
            {"kid":"rsa","kty":"RSA","n":"wYvk","e":"AQAB","use":"sig"},
            {"kid":"rsa of one","kty":"RSA","n":"wYvk","e":"AQAB","alg":"PS512","key_ops":["verify"]},
            {"kid":"ec","kty":"EC","crv":"P-384","x":"wYvk","y":"wYvk","unknown":{"more":[1]}},
            {"kid":"secret","kty":"oct","k":"c2VjcmV0","alg":"HS256"},
            {"kid":"secret that lies","kty":"oct","k":"c2VjcmV0","alg":"RS256"},
            {"kid":"rsa that lies","kty":"RSA","n":"wYvk","e":"AQAB","alg":"HS256"},
            {"kid":"for encryption","kty":"RSA","n":"wYvk","e":"AQAB","use":"enc"},
            {"kid":"to sign","kty":"RSA","n":"wYvk","e":"AQAB","key_ops":["sign"]},
            {"kid":"other curve","kty":"EC","crv":"secp256k1","x":"wYvk","y":"wYvk"},
            {"kid":"half","kty":"RSA","n":"wYvk"},
            {"kid":"no base64","kty":"RSA","n":"?","e":"AQAB"},
            "text"]}"#;
        let keys = Keys::read(set.as_bytes()).unwrap();
        let told: Vec<(&str, usize)> =
            keys.0.iter().map(|key| (key.id.as_deref().unwrap(), key.algorithms.len())).collect();
        assert_eq!(told, [("ed", 1), ("rsa", 6), ("rsa of one", 1), ("ec", 1)]);
        let signing = |id, algorithm| keys.signing(id, algorithm).len();
        assert_eq!(signing(Some("rsa"), Algorithm::RS256), 1);
        assert_eq!(signing(Some("rsa of one"), Algorithm::RS256), 0);
        assert_eq!(signing(Some("rsa"), Algorithm::HS256), 0);
        assert_eq!(signing(Some("secret"), Algorithm::HS256), 0);
        assert_eq!((signing(None, Algorithm::PS512), signing(None, Algorithm::ES384)), (2, 1));
        assert!(keys.knows(None) && keys.knows(Some("ec")) && !keys.knows(Some("secret")));
        for none in ["", "{}", r#"{"keys":{}}"#, r#"{"keys":["a"]}"#] {
            assert!(Keys::read(none.as_bytes()).is_none(), "{none}");
        }
    }
}
