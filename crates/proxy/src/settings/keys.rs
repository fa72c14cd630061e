//! The salts and keys of pseudonyms, and how email addresses become pseudonyms.

use std::str::FromStr;

use vizard_pseudonym::{KeyMaterial, Settings, UnknownName};

use super::reader::Reader;

/// From the secret store only, byte for byte: white space in a salt counts.
pub(super) async fn read(reader: &mut Reader<'_>) -> Option<KeyMaterial> {
    let salt = reader.secret("PSOXY_SALT").await;
    let encryption_key = reader.secret("PSOXY_ENCRYPTION_KEY").await;
    let ip_salt = reader.secret("SALT_IP").await;
    let ip_encryption_key = reader.secret("ENCRYPTION_KEY_IP").await;
    let domain_salt = reader.secret("SALT_EMAIL_DOMAINS").await;
    let domain_encryption_key = reader.secret("ENCRYPTION_KEY_EMAIL_DOMAINS").await;
    if salt.is_none() && !reader.could_not_read("PSOXY_SALT") {
        reader.absent("PSOXY_SALT", "a long random secret in the secret store, never changed afterwards");
    }
    Some(KeyMaterial {
        salt: salt?,
        encryption_key,
        ip_salt,
        ip_encryption_key,
        domain_salt,
        domain_encryption_key,
    })
}

pub(super) async fn pseudonyms(reader: &mut Reader<'_>) -> Settings {
    Settings {
        email_canonicalization: named(reader, "EMAIL_CANONICALIZATION").await,
        email_domain_handling: named(reader, "EMAIL_DOMAIN_HANDLING").await,
    }
}

async fn named<T: FromStr<Err = UnknownName> + Default>(reader: &mut Reader<'_>, name: &str) -> T {
    let Some(written) = reader.config(name).await else {
        reader.misnamed(name, "its value under this name");
        return T::default();
    };
    written.parse().unwrap_or_else(|error: UnknownName| {
        reader.wrong(name, format!("one of {}{}", error.expected, error.hint));
        T::default()
    })
}
