//! Rules as written, rules as run: admit requests and sanitize documents.
//!
//! [`RuleSet::load`] compiles a rule file or says everything that is wrong with it. [`RuleSet::admit`]
//! judges a call; what it admits can be sent ([`Admitted::outbound`]) and its response sanitized
//! ([`Admitted::sanitize`]). This crate is pure: no clock, file, socket, environment or randomness.
//!
//! ```
//! use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Settings};
//! use vizard_sanitizer::{Call, Options, RuleSet};
//!
//! let rules = "
//! endpoints:
//! - pathTemplate: /v2/users/{userId}
//!   allowedMethods: [GET]
//!   allowedQueryParams: []
//!   responseSchema: {properties: {id: {type: string}, email: {type: string}}}
//!   transforms:
//!   - !<pseudonymize> {jsonPaths: [\"$.email\"]}
//! ";
//! let rules = RuleSet::load("rules.yaml", rules).unwrap().rules;
//! let keys = Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default());
//!
//! let call =
//!     Call { method: "GET", path: "/v2/users/7", query: None, content_type: None, headers: &[], body: b"" };
//! let admitted = rules.admit(&call).unwrap();
//! let body = br#"{"id":"7","email":"alice@acme.com","phone":"555"}"#;
//! let sanitized = admitted.sanitize(body, &keys, Options::default()).unwrap();
//! assert_eq!(
//!     sanitized.body(),
//!     br#"{"id":"7","email":"t~UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk@acme.com"}"#,
//! );
//! assert_eq!(rules.admit(&Call { method: "DELETE", ..call }).unwrap_err().code(), "method-not-listed");
//! ```

mod rule_set;

// As written.
pub mod bulk;
mod diagnostic;
mod doc;
pub mod extends;
mod node;

// As run: the request side, then the response side.
mod request;

mod augment;
mod automaton;
mod counts;
mod pass;
mod program;
mod sanitize;
mod schema;
mod transform;
mod tree;
mod unsanitizable;

// The languages that rules are made of.
mod json;
mod jsonpath;
mod regex;

// For those who review rules.
pub mod outline;
pub mod trials;
pub mod vocabulary;

#[cfg(test)]
mod testing;

pub use counts::Counts;
pub use diagnostic::{Diagnostic, Diagnostics, Place, Severity};
pub use node::Meaning;
pub use request::{Call, Cause, Outbound, Refusal, SampleCall};
pub use rule_set::{Admitted, Loaded, RuleSet};
pub use sanitize::{Options, Sanitized};
pub use transform::{Example, Needs, examples};
pub use unsanitizable::Unsanitizable;
