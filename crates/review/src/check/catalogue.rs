//! Every code that `check` adds to those of the loader, with how bad it is. What it says is on its page.

use crate::finding::Level;

/// One code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lint {
    /// Stable, kebab-case.
    pub code: &'static str,
    /// How bad it is; a doubtful case of it may be less.
    pub level: Level,
}

const fn error(code: &'static str) -> Lint {
    Lint { code, level: Level::Error }
}

const fn warning(code: &'static str) -> Lint {
    Lint { code, level: Level::Warning }
}

const fn note(code: &'static str) -> Lint {
    Lint { code, level: Level::Note }
}

/// All of them, by theme: requests, responses, transforms, columns of files, what stands beside the rules, suppressions.
pub const LINTS: &[Lint] = &[
    warning("any-method"),
    warning("any-query"),
    warning("broad-path"),
    warning("endpoint-overlap"),
    warning("path-parameter-without-schema"),
    warning("query-parameter-without-schema"),
    warning("query-asks-for-secret"),
    warning("page-token-takes-pseudonym"),
    warning("write-without-body-schema"),
    note("open-body-schema"),
    warning("forwards-credentials"),
    warning("no-response-schema"),
    warning("any-scalar"),
    note("listed-and-dropped"),
    warning("kept-secret"),
    warning("kept-email"),
    warning("kept-phone"),
    warning("kept-name"),
    warning("kept-person-id"),
    warning("kept-official-number"),
    warning("kept-payment"),
    warning("kept-trait"),
    warning("kept-address"),
    warning("kept-location"),
    warning("kept-ip"),
    warning("kept-device"),
    warning("kept-picture"),
    warning("kept-url"),
    warning("kept-free-text"),
    warning("kept-group"),
    warning("lone-kept-text"),
    warning("dead-transform"),
    warning("transform-after-redact"),
    warning("transform-does-nothing"),
    warning("transform-nulls"),
    warning("free-text-by-regex"),
    warning("keeps-by-loose-regex"),
    warning("low-entropy-hashed"),
    note("short-number-hashed"),
    warning("inconsistent-treatment"),
    warning("mixed-reversibility"),
    warning("needless-reversible"),
    warning("recursion-not-reached"),
    note("columns-not-listed"),
    warning("clear-beside-pseudonym"),
    note("no-version"),
    warning("scope-unused"),
    warning("scope-missing"),
    warning("example-refused"),
    note("endpoint-without-example"),
    error("suppression-without-reason"),
    error("suppression-unknown-code"),
    warning("suppression-unused"),
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
