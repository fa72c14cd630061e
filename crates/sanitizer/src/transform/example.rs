//! Examples of transforms: data that the tests run, `docs/RULES.md` shows and the tools explain with.

use super::{
    NAMES, encrypt_ip, filter_token_by_regex, hash_ip, pseudonymize, pseudonymize_email_header,
    pseudonymize_regex_matches, redact, redact_except_phrases, redact_except_substrings_matching_regexes,
    redact_regex_matches, text_digest, tokenize,
};

/// One transform at work, with the salt `salt` and the encryption key `secret`.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What it shows, as a sentence fragment.
    pub about: &'static str,
    /// The transform as YAML.
    pub rule: &'static str,
    /// A JSON document.
    pub before: &'static str,
    /// What becomes of it.
    pub after: &'static str,
}

/// The examples of every transform, by name, in the order of the documentation.
pub fn examples() -> impl Iterator<Item = (&'static str, &'static [Example])> {
    let all: [&'static [Example]; NAMES.len()] = [
        &redact::EXAMPLES,
        &redact_regex_matches::EXAMPLES,
        &redact_except_phrases::EXAMPLES,
        &redact_except_substrings_matching_regexes::EXAMPLES,
        &filter_token_by_regex::EXAMPLES,
        &pseudonymize::EXAMPLES,
        &pseudonymize_email_header::EXAMPLES,
        &pseudonymize_regex_matches::EXAMPLES,
        &tokenize::EXAMPLES,
        &text_digest::EXAMPLES,
        &hash_ip::EXAMPLES,
        &encrypt_ip::EXAMPLES,
    ];
    NAMES.into_iter().zip(all)
}

#[cfg(test)]
mod tests {
    use super::examples;
    use crate::testing::run;

    #[test]
    fn every_example_does_what_it_says() {
        for (name, examples) in examples() {
            for example in examples {
                assert!(example.rule.contains(name), "{name}: {}", example.rule);
                let result = run(&format!("  transforms: [{}]", example.rule), example.before);
                let after = result.map(|(after, _)| after);
                assert_eq!(after.as_deref(), Ok(example.after), "{name}: {}", example.about);
            }
        }
    }

    const KINDS: [&str; 8] = ["null", r#""""#, r#"" ""#, r#""x""#, "7", "7.50", "true", r#"{"k":["x"]}"#];

    #[test]
    fn every_transform_takes_every_kind_of_value() {
        const NULL: &str = "null";
        // Null and other kinds become null, blank text stays, "x" becomes what is given.
        let text = |x| [NULL, r#""""#, r#"" ""#, x, NULL, NULL, NULL, NULL];
        let digest = |length, words| format!(r#""{{\"length\":{length},\"word_count\":{words}}}""#);
        let (empty, one) = (digest(0, 0), digest(1, 1));
        let hash = |text: &str| format!("\"{}\"", crate::testing::keys().hash_only(text));
        let (x, seven, seven_half) = (hash("x"), hash("7"), hash("7.5"));
        for (name, keys, expected) in [
            ("redactRegexMatches", "redactions: ['y']", text(r#""x""#)),
            ("redactExceptPhrases", "allowedPhrases: ['y']", text(r#""""#)),
            ("redactExceptSubstringsMatchingRegexes", "exceptions: ['y']", text(r#""""#)),
            ("filterTokenByRegex", "filters: ['y']", text(NULL)),
            ("hashIp", "", text(NULL)),
            ("encryptIp", "", text(NULL)),
            ("tokenize", "regex: '(y)'", text(NULL)),
            ("pseudonymizeRegexMatches", "regex: 'y'", [NULL; 8]),
            ("pseudonymizeEmailHeader", "", [NULL, r#""""#, r#""""#, NULL, NULL, NULL, NULL, NULL]),
            ("textDigest", "", [NULL, &empty, &one, &one, NULL, NULL, NULL, NULL]),
            (
                "pseudonymize",
                "encoding: URL_SAFE_HASH_ONLY",
                [NULL, NULL, NULL, &x, &seven, &seven_half, NULL, NULL],
            ),
        ] {
            for (kind, expected) in KINDS.iter().zip(expected) {
                let rule = format!("  transforms: [!<{name}> {{jsonPaths: [\"$.v\"], {keys}}}]");
                let (after, _) = run(&rule, &format!(r#"{{"v":{kind}}}"#)).unwrap();
                assert_eq!(after, format!(r#"{{"v":{expected}}}"#), "{name} on {kind}");
            }
        }
    }

    #[test]
    fn redact_removes_every_kind_of_value() {
        for kind in KINDS {
            let (after, _) =
                run("  transforms: [!<redact> {jsonPaths: ['$.v']}]", &format!(r#"{{"v":{kind}}}"#)).unwrap();
            assert_eq!(after, "{}", "{kind}");
        }
    }
}
