//! Every code that `check` adds to those of the loader, with how bad it is and what it says in a line.

use crate::finding::Level;

/// One code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lint {
    /// Stable, kebab-case.
    pub code: &'static str,
    /// How bad it is; a doubtful case of it may be less.
    pub level: Level,
    /// What is so where it is reported.
    pub summary: &'static str,
}

const fn error(code: &'static str, summary: &'static str) -> Lint {
    Lint { code, level: Level::Error, summary }
}

const fn warning(code: &'static str, summary: &'static str) -> Lint {
    Lint { code, level: Level::Warning, summary }
}

const fn note(code: &'static str, summary: &'static str) -> Lint {
    Lint { code, level: Level::Note, summary }
}

/// All of them, by theme: requests, responses, transforms, what stands beside the rules, suppressions.
pub const LINTS: &[Lint] = &[
    warning("any-method", "the endpoint lists no methods, so any may be used"),
    warning("any-query", "the endpoint lists no query parameters, so any may be sent"),
    warning("broad-path", "the path takes any segment, and with it calls that nobody reviewed"),
    warning("endpoint-overlap", "two endpoints take the same call, and one lets out more"),
    warning("path-parameter-without-schema", "a path parameter takes any segment"),
    warning("query-parameter-without-schema", "a query parameter takes any text"),
    warning("query-asks-for-secret", "a query parameter may ask for a field that looks secret"),
    warning("page-token-takes-pseudonym", "a page token takes pseudonyms, which are turned back"),
    warning("write-without-body-schema", "a method that writes takes any body"),
    note("open-body-schema", "a body may hold members that are not listed"),
    warning("forwards-credentials", "a request header that carries credentials is sent on"),
    warning("no-response-schema", "every field leaves that no transform reaches"),
    warning("any-scalar", "a field without a type leaves whatever it holds"),
    note("listed-and-dropped", "the schema lists a field that a transform always removes"),
    warning("kept-secret", "what looks like a secret leaves in clear"),
    warning("kept-email", "what looks like an e-mail address leaves in clear"),
    warning("kept-phone", "what looks like a telephone number leaves in clear"),
    warning("kept-name", "what looks like the name of a person leaves in clear"),
    warning("kept-person-id", "what looks like the id of a person leaves in clear"),
    warning("kept-official-number", "what looks like an official number of a person leaves in clear"),
    warning("kept-payment", "what looks like payment data leaves in clear"),
    warning("kept-trait", "what looks like a personal trait leaves in clear"),
    warning("kept-address", "what looks like a postal address leaves in clear"),
    warning("kept-location", "what looks like a location leaves in clear"),
    warning("kept-ip", "what looks like a network address leaves in clear"),
    warning("kept-device", "what looks like a device leaves in clear"),
    warning("kept-picture", "what looks like a picture of somebody leaves in clear"),
    warning("kept-url", "what looks like a link leaves in clear"),
    warning("kept-free-text", "what looks like text that people write leaves in clear"),
    warning("kept-group", "what looks like a small group of people leaves in clear"),
    warning("lone-kept-text", "a text leaves in clear, and all others are held to what is listed"),
    warning("dead-transform", "a path reaches no field that the schema lists"),
    warning("transform-after-redact", "a path reaches only what an earlier transform has removed"),
    warning("transform-nulls", "a transform gets a kind of value that it makes null"),
    warning("free-text-by-regex", "a regex is to clean a text that people write"),
    warning("keeps-by-loose-regex", "a regex that is to keep harmless words keeps any"),
    warning("low-entropy-hashed", "a value with few possibilities is hashed, and can be guessed"),
    note("short-number-hashed", "a number is hashed, and all numbers of its length can be tried"),
    warning("inconsistent-treatment", "a field is a pseudonym at one endpoint and clear at another"),
    warning("mixed-reversibility", "a field is reversible at one endpoint and one-way at another"),
    warning("needless-reversible", "a pseudonym can be turned back, and no call takes it"),
    warning("recursion-not-reached", "a definition contains itself deeper than the transforms reach"),
    note("no-version", "the file says no version"),
    warning("scope-unused", "the connector asks for a permission that no endpoint needs"),
    warning("scope-missing", "the connector names no permission for an endpoint"),
    warning("example-refused", "the rules refuse the call of an example"),
    note("endpoint-without-example", "no example shows what comes out of an endpoint"),
    error("suppression-without-reason", "a suppression gives no reason"),
    error("suppression-unknown-code", "a suppression names a code that does not exist"),
    warning("suppression-unused", "a suppression has nothing to suppress"),
];

/// The lint of this code.
pub fn lint(code: &str) -> Option<&'static Lint> {
    LINTS.iter().find(|it| it.code == code)
}

/// The known code that a misspelled one probably meant.
pub fn nearest(code: &str) -> Option<&'static str> {
    let all: Vec<&str> = LINTS.iter().map(|it| it.code).collect();
    super::nearest(code, all.into_iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once() {
        for (at, one) in LINTS.iter().enumerate() {
            assert!(LINTS[..at].iter().all(|it| it.code != one.code), "{}", one.code);
            assert_eq!(lint(one.code), Some(one));
        }
        assert_eq!(lint("unknown-key"), None, "the loader's own");
    }

    #[test]
    fn finds_what_was_meant() {
        for (written, meant) in
            [("kept-mail", Some("kept-email")), ("anymethod", Some("any-method")), ("xyz", None)]
        {
            assert_eq!(nearest(written), meant, "{written}");
        }
    }
}
