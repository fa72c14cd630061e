//! A rule file, compiled: admits requests and sanitizes what comes back.

use std::fmt;

use sha2::{Digest, Sha256};
use vizard_pseudonym::Pseudonymizer;

use crate::diagnostic::{Diagnostics, Place, Report};
use crate::doc::Document;
use crate::program::{self, Program};
use crate::request::{self, Call, Match, Matcher, Outbound, Refusal, SampleCall};
use crate::sanitize::{Options, Sanitized, sanitize};
use crate::schema;
use crate::transform::Needs;
use crate::unsanitizable::Unsanitizable;

/// The rules of one source, compiled once and shared.
pub struct RuleSet {
    /// One per endpoint, in the order of the file.
    matchers: Vec<Matcher>,
    /// One per endpoint, in the order of the file.
    programs: Vec<Program>,
    needs: Needs,
    sha256: String,
}

/// A rule set that can be used, and what its author should know about it.
#[derive(Debug)]
pub struct Loaded {
    /// The rules.
    pub rules: RuleSet,
    /// Warnings only.
    pub warnings: Diagnostics,
}

impl RuleSet {
    /// Compiles a rule file. `name` is used in messages only.
    ///
    /// ```
    /// use vizard_sanitizer::RuleSet;
    ///
    /// let problems = RuleSet::load("rules.yaml", "endpoints:\n- pathTemplat: /v2/users\n").unwrap_err();
    /// assert!(problems.to_string().contains("did you mean `pathTemplate`?"));
    /// ```
    ///
    /// # Errors
    ///
    /// Every problem of the file at once, warnings included, when at least one of them is an error.
    pub fn load(name: &str, yaml: &str) -> Result<Loaded, Diagnostics> {
        let mut report = Report::default();
        match Self::compile(yaml, &mut report) {
            Some(rules) if !report.has_errors() => Ok(Loaded { rules, warnings: report.finish(name, yaml) }),
            _ => Err(report.finish(name, yaml)),
        }
    }

    fn compile(yaml: &str, report: &mut Report) -> Option<RuleSet> {
        let mut document = Document::read(yaml, report)?;
        if document.endpoints.is_empty() {
            let start = Place { line: 1, column: 1 };
            report.warning("no-endpoints", start, "no endpoint is listed, so every call is refused");
        }
        for (_, node) in &document.definitions {
            // Definitions that no endpoint uses are checked too.
            schema::read(node.clone(), &document.definitions, report);
        }
        let shared_headers = std::mem::take(&mut document.allowed_request_headers);
        let (mut matchers, mut programs) = (Vec::new(), Vec::new());
        for endpoint in &mut document.endpoints {
            matchers.extend(Matcher::compile(endpoint, &shared_headers, report));
            programs.push(program::of(endpoint, &document.definitions, report));
        }
        request::diagnose_shadowing(&matchers, report);
        let needs = programs.iter().fold(Needs::default(), |all, program| all.and(program.needs()));
        Some(RuleSet { matchers, programs, needs, sha256: hexadecimal_sha256(yaml) })
    }

    /// What must be configured for these rules to work.
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// SHA-256 of the text of the rule file, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The endpoints as the file writes them (template or regex), in its order.
    pub fn endpoints(&self) -> impl Iterator<Item = &str> {
        self.matchers.iter().map(Matcher::label)
    }

    /// Calls made up from the rules that each endpoint answers, for tools that try them; several for an endpoint
    /// with choices, none where a regex is beyond making up. Their tokens stand for nobody.
    pub fn sample_calls(&self) -> Vec<SampleCall> {
        request::sample_calls(&self.matchers)
    }

    /// The endpoints that would admit a call by its path, method and query if they stood alone, by position; the first
    /// is the one that has it. For tools that ask what happens where endpoints meet.
    pub fn all_that_admit(&self, method: &str, path: &str, query: Option<&str>) -> Vec<usize> {
        request::all_that_admit(&self.matchers, method, path, query)
    }

    /// Judges a call; the first endpoint of the file that admits it wins.
    ///
    /// # Errors
    ///
    /// What was wrong, in words and a code that hold nothing the caller sent.
    pub fn admit(&self, call: &Call<'_>) -> Result<Admitted<'_>, Refusal> {
        let matched = request::admit(&self.matchers, call)?;
        let index = matched.index();
        Ok(Admitted { matchers: &self.matchers, program: &self.programs[index], matched })
    }
}

/// As `sha256sum` prints it.
pub(crate) fn hexadecimal_sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl fmt::Debug for RuleSet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("RuleSet")
            .field("endpoints", &self.programs.len())
            .field("sha256", &self.sha256)
            .finish()
    }
}

/// A call that a rule admits. Only [`RuleSet::admit`] makes one; it is the only way to a [`Sanitized`].
pub struct Admitted<'r> {
    matchers: &'r [Matcher],
    program: &'r Program,
    matched: Match,
}

impl Admitted<'_> {
    /// The endpoint as the rule file writes it.
    pub fn endpoint(&self) -> &str {
        self.matchers[self.matched.index()].label()
    }

    /// The endpoint by its position in the file.
    pub fn index(&self) -> usize {
        self.matched.index()
    }

    /// The call as it is sent to the source, its reversible tokens turned back.
    ///
    /// # Errors
    ///
    /// A token that cannot be reversed, or whose original would reach another endpoint.
    pub fn outbound(&self, keys: &Pseudonymizer) -> Result<Outbound, Refusal> {
        self.matched.outbound(self.matchers, keys)
    }

    /// Applies the endpoint's rules to a response body.
    ///
    /// # Errors
    ///
    /// A body that is not JSON, or beyond the bounds; nothing of it may be used.
    pub fn sanitize(
        &self,
        body: &[u8],
        keys: &Pseudonymizer,
        options: Options,
    ) -> Result<Sanitized, Unsanitizable> {
        sanitize(self.program, body, keys, options)
    }

    /// The same by the tree executor alone, for comparison.
    #[cfg(feature = "internals")]
    pub fn sanitize_by_tree(
        &self,
        body: &[u8],
        keys: &Pseudonymizer,
        options: Options,
    ) -> Result<Sanitized, Unsanitizable> {
        crate::sanitize::by_tree(self.program, body, keys, options)
    }
}

impl fmt::Debug for Admitted<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Admitted").field("endpoint", &self.endpoint()).finish()
    }
}
