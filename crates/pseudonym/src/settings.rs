//! How email addresses are read and shown: two choices, both fixed for the life of a deployment.

use thiserror::Error;

use crate::{EmailCanonicalization, EmailDomainHandling};

/// How email addresses become pseudonyms. Changing one later changes pseudonyms or their suffix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Which spellings of an address are one person (`EMAIL_CANONICALIZATION`).
    pub email_canonicalization: EmailCanonicalization,
    /// What of the domain stays visible (`EMAIL_DOMAIN_HANDLING`).
    pub email_domain_handling: EmailDomainHandling,
}

/// A setting's value that is not one of its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("is not one of {expected}{hint}")]
pub struct UnknownName {
    /// The names that would do.
    pub expected: &'static str,
    /// What was probably meant: empty, or a text that starts with `; `.
    pub hint: &'static str,
}
