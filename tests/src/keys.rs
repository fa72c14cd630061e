//! The keys of all examples and tests: the salt `salt`, the encryption key `secret`.

use std::sync::LazyLock;

use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Secret, Settings};

/// `PSOXY_SALT`.
pub const SALT: &str = "salt";
/// `PSOXY_ENCRYPTION_KEY`.
pub const ENCRYPTION_KEY: &str = "secret";

/// What makes the pseudonyms of the examples.
pub fn pseudonymizer() -> &'static Pseudonymizer {
    static KEYS: LazyLock<Pseudonymizer> = LazyLock::new(|| of(SALT, ENCRYPTION_KEY));
    &KEYS
}

/// Another deployment's pseudonyms.
pub fn of(salt: &str, encryption_key: &str) -> Pseudonymizer {
    let keys = KeyMaterial { encryption_key: Some(Secret::new(encryption_key)), ..KeyMaterial::salted(salt) };
    Pseudonymizer::new(&keys, Settings::default())
}
