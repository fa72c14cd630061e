//! An independent check of what the rules engine let out.
//!
//! [`Proof::read`] reads a rule file; [`Proof::check`] takes an output and finds everything in it that the rules of an
//! endpoint do not let out. Nothing of the engine is used here, neither its code nor the libraries with which it reads
//! rules and bodies: what both get wrong they get wrong twice. `docs/PROOF.md` says what is proved and what cannot be.
//! This crate is pure: no clock, file, socket, environment or randomness.
//!
//! ```
//! use vizard_proof::Proof;
//!
//! let rules = "
//! endpoints:
//! - pathTemplate: /v2/users/{userId}
//!   responseSchema: {properties: {id: {type: string}, email: {type: string}}}
//!   transforms:
//!   - !<pseudonymize> {jsonPaths: [\"$.email\"]}
//! ";
//! let proof = Proof::read(rules).unwrap();
//! let endpoint = proof.answering("GET", "/v2/users/7").unwrap();
//!
//! let body = br#"{"id":"7","email":"t~UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk@acme.com"}"#;
//! assert!(proof.check(endpoint, body).unwrap().is_proved());
//!
//! let verdict = proof.check(endpoint, br#"{"id":"7","email":"alice@acme.com"}"#).unwrap();
//! assert_eq!((verdict.violations[0].path.as_str(), verdict.violations[0].code), ("$.email", "not-a-pseudonym"));
//! ```

mod call;
mod rules;
mod walk;

mod json;
mod path;
mod pattern;
mod problem;
mod shape;
mod verdict;
mod yaml;

pub use call::Unmatched;
pub use json::Unreadable;
pub use problem::Problem;
pub use rules::endpoint::Endpoint;
pub use verdict::{Counts, Verdict, Violation, is_unseen, visible};

use crate::rules::Rules;

/// A rule file, read to judge outputs by it.
#[derive(Debug)]
pub struct Proof(Rules);

impl Proof {
    /// Reads a rule file. What this check does not know is a problem, and with one there is no proof.
    pub fn read(yaml: &str) -> Result<Proof, Vec<Problem>> {
        Rules::read(yaml).map(Proof)
    }

    /// The endpoints, in the order of the file.
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.0.endpoints
    }

    /// The endpoint that answers a call. `target` is the path, and `?` and the query if there is one.
    pub fn answering(&self, method: &str, target: &str) -> Result<&Endpoint, Unmatched> {
        call::choose(&self.0.endpoints, method, target)
    }

    /// The endpoint that the rule file writes as `label`: its template or its regex.
    pub fn labelled(&self, label: &str) -> Result<&Endpoint, Unmatched> {
        call::labelled(&self.0.endpoints, label)
    }

    /// Judges an output of the endpoint: one JSON document, several, or none. Deeply nested ones need stack in
    /// proportion.
    pub fn check(&self, endpoint: &Endpoint, body: &[u8]) -> Result<Verdict, Unreadable> {
        walk::check(&self.0, endpoint, body)
    }
}

#[cfg(test)]
mod tests;
