//! The pages of `docs/diagnostics`, one for each code: what it means, what is at stake, an example and its repair.

use crate::check::catalogue::{LINTS, lint};
use crate::render::escape::wrapped;

/// The page of a code, as Markdown.
///
/// ```
/// let page = vizard_review::diagnostics::page("unknown-key").unwrap();
/// assert!(page.starts_with("# unknown-key\n"));
/// assert_eq!(vizard_review::diagnostics::page("no-such-code"), None);
/// ```
pub fn page(code: &str) -> Option<&'static str> {
    PAGES.binary_search_by_key(&code, |(known, _)| known).ok().map(|at| PAGES[at].1)
}

/// What a code says, in one sentence: its kind and what is so, as `error: nobody knows the key here.`
///
/// ```
/// use vizard_review::diagnostics::{Summary, summary};
///
/// let any_method = summary("any-method").unwrap();
/// assert_eq!(any_method.kind, "warning");
/// assert_eq!(any_method.said, "the endpoint lists no methods, so any may be used.");
/// ```
pub fn summary(code: &str) -> Option<Summary> {
    let (kind, said) = page(code)?.lines().nth(2)?.strip_prefix("**")?.split_once("**: ")?;
    Some(Summary { kind, said })
}

/// The third line of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// `error`, `warning` or `note`; or two of them, as in `warning or note`.
    pub kind: &'static str,
    /// What is so where it is reported.
    pub said: &'static str,
}

/// All codes with what they say, by who reports them: the loader, the check, and the other verbs.
pub fn list() -> String {
    let mut all = section("the loader", codes().filter(|code| lint(code).is_none() && verb(code).is_none()));
    all.push_str(&section("the check", LINTS.iter().map(|lint| lint.code)));
    for of in ["test", "coverage", "diff"] {
        all.push_str(&section(&format!("`vizard {of}`"), codes().filter(|code| verb(code) == Some(of))));
    }
    all.truncate(all.trim_end().len());
    all + "\n"
}

fn section(of: &str, codes: impl Iterator<Item = &'static str>) -> String {
    const COLUMN: usize = 33;
    let mut all = format!("Of {of}:\n");
    for code in codes {
        let said = summary(code).map_or_else(String::new, |it| format!("{}: {}", it.kind, it.said));
        let first = format!("  {code} ");
        all.push_str(&wrapped(&format!("{first:COLUMN$}"), COLUMN, COLUMN, &said));
    }
    all + "\n"
}

/// The verb that reports a code, where neither the loader nor the check does.
fn verb(code: &str) -> Option<&'static str> {
    TOOLS.iter().find(|(known, _)| *known == code).map(|(_, verb)| *verb)
}

/// What neither the loader nor the check reports, with the verb that does: it takes more than a rule file.
pub const TOOLS: [(&str, &str); 17] = [
    ("canary-not-run", "test"),
    ("case-failed", "test"),
    ("coverage-below-threshold", "test"),
    ("endpoint-not-described", "coverage"),
    ("endpoint-untested", "test"),
    ("example-unsanitizable", "test"),
    ("exposure-changed", "diff"),
    ("exposure-grew", "diff"),
    ("field-not-described", "coverage"),
    ("field-type-differs", "coverage"),
    ("field-untested", "test"),
    ("file-unused", "test"),
    ("golden-differs", "test"),
    ("leak", "test"),
    ("leak-search-incomplete", "test"),
    ("personal-field-kept", "coverage"),
    ("transform-untested", "test"),
];

/// All codes that have a page, sorted.
pub fn codes() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(code, _)| *code)
}

/// Sorted, one line for each page of the folder. `UPDATE=1 cargo test -p vizard-tests diagnostics` writes it anew.
#[rustfmt::skip]
const PAGES: &[(&str, &str)] = &[
    ("allow-all", include_str!("../../../docs/diagnostics/allow-all.md")),
    ("any-method", include_str!("../../../docs/diagnostics/any-method.md")),
    ("any-query", include_str!("../../../docs/diagnostics/any-query.md")),
    ("any-scalar", include_str!("../../../docs/diagnostics/any-scalar.md")),
    ("api-key-in-bulk-rules", include_str!("../../../docs/diagnostics/api-key-in-bulk-rules.md")),
    ("blank-column", include_str!("../../../docs/diagnostics/blank-column.md")),
    ("body-format-not-checked", include_str!("../../../docs/diagnostics/body-format-not-checked.md")),
    ("body-never-valid", include_str!("../../../docs/diagnostics/body-never-valid.md")),
    ("both-pseudonymized", include_str!("../../../docs/diagnostics/both-pseudonymized.md")),
    ("broad-path", include_str!("../../../docs/diagnostics/broad-path.md")),
    ("canary-not-run", include_str!("../../../docs/diagnostics/canary-not-run.md")),
    ("case-failed", include_str!("../../../docs/diagnostics/case-failed.md")),
    ("clear-beside-pseudonym", include_str!("../../../docs/diagnostics/clear-beside-pseudonym.md")),
    ("clear-copy", include_str!("../../../docs/diagnostics/clear-copy.md")),
    ("clear-transform", include_str!("../../../docs/diagnostics/clear-transform.md")),
    ("column-made-twice", include_str!("../../../docs/diagnostics/column-made-twice.md")),
    ("column-not-included", include_str!("../../../docs/diagnostics/column-not-included.md")),
    ("column-transform-keys", include_str!("../../../docs/diagnostics/column-transform-keys.md")),
    ("columns-not-listed", include_str!("../../../docs/diagnostics/columns-not-listed.md")),
    ("condition-definite", include_str!("../../../docs/diagnostics/condition-definite.md")),
    ("content-type-not-supported", include_str!("../../../docs/diagnostics/content-type-not-supported.md")),
    ("coverage-below-threshold", include_str!("../../../docs/diagnostics/coverage-below-threshold.md")),
    ("dead-transform", include_str!("../../../docs/diagnostics/dead-transform.md")),
    ("definition-exists", include_str!("../../../docs/diagnostics/definition-exists.md")),
    ("delimiter-invalid", include_str!("../../../docs/diagnostics/delimiter-invalid.md")),
    ("duplicate-key", include_str!("../../../docs/diagnostics/duplicate-key.md")),
    ("endpoint-not-described", include_str!("../../../docs/diagnostics/endpoint-not-described.md")),
    ("endpoint-overlap", include_str!("../../../docs/diagnostics/endpoint-overlap.md")),
    ("endpoint-partly-shadowed", include_str!("../../../docs/diagnostics/endpoint-partly-shadowed.md")),
    ("endpoint-unreachable", include_str!("../../../docs/diagnostics/endpoint-unreachable.md")),
    ("endpoint-untested", include_str!("../../../docs/diagnostics/endpoint-untested.md")),
    ("endpoint-without-example", include_str!("../../../docs/diagnostics/endpoint-without-example.md")),
    ("endpoint-without-path", include_str!("../../../docs/diagnostics/endpoint-without-path.md")),
    ("example-refused", include_str!("../../../docs/diagnostics/example-refused.md")),
    ("example-unsanitizable", include_str!("../../../docs/diagnostics/example-unsanitizable.md")),
    ("exposure-changed", include_str!("../../../docs/diagnostics/exposure-changed.md")),
    ("exposure-grew", include_str!("../../../docs/diagnostics/exposure-grew.md")),
    ("extends-unknown", include_str!("../../../docs/diagnostics/extends-unknown.md")),
    ("extends-unresolved", include_str!("../../../docs/diagnostics/extends-unresolved.md")),
    ("field-not-described", include_str!("../../../docs/diagnostics/field-not-described.md")),
    ("field-type-differs", include_str!("../../../docs/diagnostics/field-type-differs.md")),
    ("field-untested", include_str!("../../../docs/diagnostics/field-untested.md")),
    ("file-template-invalid", include_str!("../../../docs/diagnostics/file-template-invalid.md")),
    ("file-template-unreachable", include_str!("../../../docs/diagnostics/file-template-unreachable.md")),
    ("file-unused", include_str!("../../../docs/diagnostics/file-unused.md")),
    ("form-schema-not-object", include_str!("../../../docs/diagnostics/form-schema-not-object.md")),
    ("format-string-invalid", include_str!("../../../docs/diagnostics/format-string-invalid.md")),
    ("forwards-credentials", include_str!("../../../docs/diagnostics/forwards-credentials.md")),
    ("free-text-by-regex", include_str!("../../../docs/diagnostics/free-text-by-regex.md")),
    ("golden-differs", include_str!("../../../docs/diagnostics/golden-differs.md")),
    ("header-never-forwarded", include_str!("../../../docs/diagnostics/header-never-forwarded.md")),
    ("ignored-key", include_str!("../../../docs/diagnostics/ignored-key.md")),
    ("inconsistent-treatment", include_str!("../../../docs/diagnostics/inconsistent-treatment.md")),
    ("keeps-by-loose-regex", include_str!("../../../docs/diagnostics/keeps-by-loose-regex.md")),
    ("keeps-original", include_str!("../../../docs/diagnostics/keeps-original.md")),
    ("kept-address", include_str!("../../../docs/diagnostics/kept-address.md")),
    ("kept-device", include_str!("../../../docs/diagnostics/kept-device.md")),
    ("kept-email", include_str!("../../../docs/diagnostics/kept-email.md")),
    ("kept-free-text", include_str!("../../../docs/diagnostics/kept-free-text.md")),
    ("kept-group", include_str!("../../../docs/diagnostics/kept-group.md")),
    ("kept-ip", include_str!("../../../docs/diagnostics/kept-ip.md")),
    ("kept-location", include_str!("../../../docs/diagnostics/kept-location.md")),
    ("kept-name", include_str!("../../../docs/diagnostics/kept-name.md")),
    ("kept-official-number", include_str!("../../../docs/diagnostics/kept-official-number.md")),
    ("kept-payment", include_str!("../../../docs/diagnostics/kept-payment.md")),
    ("kept-person-id", include_str!("../../../docs/diagnostics/kept-person-id.md")),
    ("kept-phone", include_str!("../../../docs/diagnostics/kept-phone.md")),
    ("kept-picture", include_str!("../../../docs/diagnostics/kept-picture.md")),
    ("kept-secret", include_str!("../../../docs/diagnostics/kept-secret.md")),
    ("kept-trait", include_str!("../../../docs/diagnostics/kept-trait.md")),
    ("kept-url", include_str!("../../../docs/diagnostics/kept-url.md")),
    ("leak", include_str!("../../../docs/diagnostics/leak.md")),
    ("leak-search-incomplete", include_str!("../../../docs/diagnostics/leak-search-incomplete.md")),
    ("listed-and-dropped", include_str!("../../../docs/diagnostics/listed-and-dropped.md")),
    ("lone-kept-text", include_str!("../../../docs/diagnostics/lone-kept-text.md")),
    ("low-entropy-hashed", include_str!("../../../docs/diagnostics/low-entropy-hashed.md")),
    ("missing-key", include_str!("../../../docs/diagnostics/missing-key.md")),
    ("mixed-bulk-rules", include_str!("../../../docs/diagnostics/mixed-bulk-rules.md")),
    ("mixed-reversibility", include_str!("../../../docs/diagnostics/mixed-reversibility.md")),
    ("needless-reversible", include_str!("../../../docs/diagnostics/needless-reversible.md")),
    ("nested-too-deep", include_str!("../../../docs/diagnostics/nested-too-deep.md")),
    ("no-bulk-rules", include_str!("../../../docs/diagnostics/no-bulk-rules.md")),
    ("no-endpoints", include_str!("../../../docs/diagnostics/no-endpoints.md")),
    ("no-response-schema", include_str!("../../../docs/diagnostics/no-response-schema.md")),
    ("no-version", include_str!("../../../docs/diagnostics/no-version.md")),
    ("not-api-rules", include_str!("../../../docs/diagnostics/not-api-rules.md")),
    ("not-bulk-rules", include_str!("../../../docs/diagnostics/not-bulk-rules.md")),
    ("open-body-schema", include_str!("../../../docs/diagnostics/open-body-schema.md")),
    ("original-in-token", include_str!("../../../docs/diagnostics/original-in-token.md")),
    ("override-falls-through", include_str!("../../../docs/diagnostics/override-falls-through.md")),
    ("override-repeated", include_str!("../../../docs/diagnostics/override-repeated.md")),
    ("override-unknown", include_str!("../../../docs/diagnostics/override-unknown.md")),
    ("override-widens", include_str!("../../../docs/diagnostics/override-widens.md")),
    ("page-token-takes-pseudonym", include_str!("../../../docs/diagnostics/page-token-takes-pseudonym.md")),
    ("parameter-never-valid", include_str!("../../../docs/diagnostics/parameter-never-valid.md")),
    ("parameter-type-not-checked", include_str!("../../../docs/diagnostics/parameter-type-not-checked.md")),
    ("path-never-matches", include_str!("../../../docs/diagnostics/path-never-matches.md")),
    ("path-parameter-without-schema", include_str!("../../../docs/diagnostics/path-parameter-without-schema.md")),
    ("path-regex-encoded", include_str!("../../../docs/diagnostics/path-regex-encoded.md")),
    ("path-regex-invalid", include_str!("../../../docs/diagnostics/path-regex-invalid.md")),
    ("path-syntax", include_str!("../../../docs/diagnostics/path-syntax.md")),
    ("path-template-ignored", include_str!("../../../docs/diagnostics/path-template-ignored.md")),
    ("path-template-invalid", include_str!("../../../docs/diagnostics/path-template-invalid.md")),
    ("pattern-invalid", include_str!("../../../docs/diagnostics/pattern-invalid.md")),
    ("personal-field-kept", include_str!("../../../docs/diagnostics/personal-field-kept.md")),
    ("query-asks-for-secret", include_str!("../../../docs/diagnostics/query-asks-for-secret.md")),
    ("query-parameter-not-allowed", include_str!("../../../docs/diagnostics/query-parameter-not-allowed.md")),
    ("query-parameter-without-schema", include_str!("../../../docs/diagnostics/query-parameter-without-schema.md")),
    ("quoted-list", include_str!("../../../docs/diagnostics/quoted-list.md")),
    ("reads-new-name", include_str!("../../../docs/diagnostics/reads-new-name.md")),
    ("record-rules-empty", include_str!("../../../docs/diagnostics/record-rules-empty.md")),
    ("record-transform-keys", include_str!("../../../docs/diagnostics/record-transform-keys.md")),
    ("recursion-not-reached", include_str!("../../../docs/diagnostics/recursion-not-reached.md")),
    ("redacted-and-included", include_str!("../../../docs/diagnostics/redacted-and-included.md")),
    ("redacted-and-pseudonymized", include_str!("../../../docs/diagnostics/redacted-and-pseudonymized.md")),
    ("redacted-column-used", include_str!("../../../docs/diagnostics/redacted-column-used.md")),
    ("redacts-new-name", include_str!("../../../docs/diagnostics/redacts-new-name.md")),
    ("regex", include_str!("../../../docs/diagnostics/regex.md")),
    ("regex-group", include_str!("../../../docs/diagnostics/regex-group.md")),
    ("rename-without-effect", include_str!("../../../docs/diagnostics/rename-without-effect.md")),
    ("replacement-invalid", include_str!("../../../docs/diagnostics/replacement-invalid.md")),
    ("schema-condition", include_str!("../../../docs/diagnostics/schema-condition.md")),
    ("scope-missing", include_str!("../../../docs/diagnostics/scope-missing.md")),
    ("scope-unused", include_str!("../../../docs/diagnostics/scope-unused.md")),
    ("second-document", include_str!("../../../docs/diagnostics/second-document.md")),
    ("short-number-hashed", include_str!("../../../docs/diagnostics/short-number-hashed.md")),
    ("suppression-unknown-code", include_str!("../../../docs/diagnostics/suppression-unknown-code.md")),
    ("suppression-unused", include_str!("../../../docs/diagnostics/suppression-unused.md")),
    ("suppression-without-reason", include_str!("../../../docs/diagnostics/suppression-without-reason.md")),
    ("text-around-matches", include_str!("../../../docs/diagnostics/text-around-matches.md")),
    ("too-many-fields", include_str!("../../../docs/diagnostics/too-many-fields.md")),
    ("too-many-states", include_str!("../../../docs/diagnostics/too-many-states.md")),
    ("transform-after-redact", include_str!("../../../docs/diagnostics/transform-after-redact.md")),
    ("transform-does-nothing", include_str!("../../../docs/diagnostics/transform-does-nothing.md")),
    ("transform-nulls", include_str!("../../../docs/diagnostics/transform-nulls.md")),
    ("transform-untested", include_str!("../../../docs/diagnostics/transform-untested.md")),
    ("unknown-augment", include_str!("../../../docs/diagnostics/unknown-augment.md")),
    ("unknown-encoding", include_str!("../../../docs/diagnostics/unknown-encoding.md")),
    ("unknown-format", include_str!("../../../docs/diagnostics/unknown-format.md")),
    ("unknown-key", include_str!("../../../docs/diagnostics/unknown-key.md")),
    ("unknown-method", include_str!("../../../docs/diagnostics/unknown-method.md")),
    ("unknown-path-parameter", include_str!("../../../docs/diagnostics/unknown-path-parameter.md")),
    ("unknown-ref", include_str!("../../../docs/diagnostics/unknown-ref.md")),
    ("unknown-transform", include_str!("../../../docs/diagnostics/unknown-transform.md")),
    ("unknown-type", include_str!("../../../docs/diagnostics/unknown-type.md")),
    ("unsupported-augment", include_str!("../../../docs/diagnostics/unsupported-augment.md")),
    ("version-invalid", include_str!("../../../docs/diagnostics/version-invalid.md")),
    ("widening-without-reason", include_str!("../../../docs/diagnostics/widening-without-reason.md")),
    ("write-without-body-schema", include_str!("../../../docs/diagnostics/write-without-body-schema.md")),
    ("wrong-kind", include_str!("../../../docs/diagnostics/wrong-kind.md")),
    ("yaml-alias", include_str!("../../../docs/diagnostics/yaml-alias.md")),
    ("yaml-limit", include_str!("../../../docs/diagnostics/yaml-limit.md")),
    ("yaml-syntax", include_str!("../../../docs/diagnostics/yaml-syntax.md")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_every_code_once_below_who_reports_it() {
        let list = list();
        let below = |code: &str| {
            let mut of = "";
            let mut found = Vec::new();
            for line in list.lines() {
                if let Some(next) = line.strip_prefix("Of ") {
                    of = next.trim_end_matches(':');
                } else if line.starts_with(&format!("  {code} ")) {
                    found.push(of);
                }
            }
            found
        };
        for code in codes() {
            assert_eq!(below(code).len(), 1, "{code}");
            assert!(summary(code).is_some_and(|it| it.said.ends_with('.')), "{code}");
        }
        for (code, of) in [
            ("unknown-key", "the loader"),
            ("any-method", "the check"),
            ("example-refused", "the check"),
            ("leak", "`vizard test`"),
            ("personal-field-kept", "`vizard coverage`"),
            ("exposure-grew", "`vizard diff`"),
        ] {
            assert_eq!(below(code), [of], "{code}");
        }
        let wide: Vec<&str> = list.lines().filter(|line| line.chars().count() > 80).collect();
        assert_eq!(wide, [] as [&str; 0]);
    }

    #[test]
    fn what_the_tools_report_has_a_page_and_is_no_lint() {
        for (at, (code, verb)) in TOOLS.iter().enumerate() {
            assert!(page(code).is_some() && lint(code).is_none(), "{code}");
            assert!(["test", "coverage", "diff"].contains(verb), "{verb}");
            assert!(TOOLS[..at].iter().all(|(before, _)| before < code), "{code} is out of order");
        }
    }
}
