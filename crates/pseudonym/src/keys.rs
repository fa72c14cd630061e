//! What the secret store gave, before anything is derived from it.

use thiserror::Error;

use crate::Secret;

/// The secrets of a deployment. Only the salt is required. Salts and keys that are absent or empty fall
/// back to the main ones.
#[derive(Clone, Debug)]
pub struct KeyMaterial {
    /// Makes the hashes ours (`PSOXY_SALT`).
    pub salt: Secret,
    /// Makes tokens reversible (`PSOXY_ENCRYPTION_KEY`).
    pub encryption_key: Option<Secret>,
    /// The salt of IP addresses (`SALT_IP`).
    pub ip_salt: Option<Secret>,
    /// The key of IP addresses (`ENCRYPTION_KEY_IP`).
    pub ip_encryption_key: Option<Secret>,
    /// The salt of email domains (`SALT_EMAIL_DOMAINS`).
    pub domain_salt: Option<Secret>,
    /// The key of email domains (`ENCRYPTION_KEY_EMAIL_DOMAINS`).
    pub domain_encryption_key: Option<Secret>,
}

impl KeyMaterial {
    /// A salt and nothing else: hashes, no reversible tokens.
    pub fn salted(salt: impl Into<Vec<u8>>) -> Self {
        KeyMaterial {
            salt: Secret::new(salt),
            encryption_key: None,
            ip_salt: None,
            ip_encryption_key: None,
            domain_salt: None,
            domain_encryption_key: None,
        }
    }
}

/// Something was asked for that needs a key which was not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{name} is not set")]
pub struct MissingKey {
    /// The name of the setting.
    pub name: &'static str,
}
