//! Identifiers to pseudonyms and back.
//!
//! The same person must get the same pseudonym in every source, on every host, for years: what this crate
//! returns is a wire format. It is pure: no clock, environment, file, socket or randomness.
//!
//! ```
//! use vizard_pseudonym::{KeyMaterial, Kind, Pseudonymizer, Secret, Settings};
//!
//! let keys = KeyMaterial { encryption_key: Some(Secret::new("secret")), ..KeyMaterial::salted("salt") };
//! let pseudonymizer = Pseudonymizer::new(&keys, Settings::default());
//!
//! let token = pseudonymizer.token("Nora Quill <Nora+news@Lumen-Orchard.example>", Kind::Reversible)?;
//! assert!(token.starts_with("p~") && token.ends_with("@Lumen-Orchard.example"));
//! let original = pseudonymizer.reverse(&token)?;
//! assert_eq!(original.as_str(), "Nora Quill <Nora+news@Lumen-Orchard.example>");
//!
//! // Spelling does not matter to the hash: names, case and plus-tags are left out of it.
//! assert_eq!(
//!     pseudonymizer.hash_only("nora@lumen-orchard.example"),
//!     pseudonymizer.hash_only("Nora Quill <Nora+news@Lumen-Orchard.example>"),
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// What the caller gives.
mod keys;
mod secret;
mod settings;

// What is made of it.
mod header;
mod ip;
mod json;
mod pseudonymizer;
mod reverse;

// How.
mod canonical;
mod cipher;
mod derive;
mod domain;
mod fingerprint;
mod hash;
mod letters;
mod ring;
mod short_copy;
mod token;

mod blank;
pub mod email;

pub use blank::is_blank;
pub use canonical::EmailCanonicalization;
pub use domain::EmailDomainHandling;
pub use header::HeaderEncoding;
pub use keys::{KeyMaterial, MissingKey};
pub use pseudonymizer::Pseudonymizer;
pub use reverse::TokenError;
pub use secret::Secret;
pub use settings::{Settings, UnknownName};
pub use token::Kind;
