//! One case: a call that must pass or must not.

use serde_json::Value;
use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::trials::{Answer, Case, Expected};
use vizard_sanitizer::{Admitted, Options, RuleSet};

use super::{call, failed};
use crate::finding::Finding;

/// Tries a case; `None`: it is as it must be. `file` is where the case stands.
pub fn run(file: &str, case: &Case, rules: &RuleSet, keys: &Pseudonymizer) -> Option<Finding> {
    let call = call(&case.method, &case.url);
    let judged = rules.admit(&call).and_then(|admitted| admitted.outbound(keys).map(|_| admitted));
    let what = match (judged, &case.expected) {
        (Ok(admitted), Expected::Refused { .. }) => format!("is admitted by `{}`", admitted.endpoint()),
        (Err(refusal), Expected::Admitted { .. }) => format!("is refused: {refusal} ({})", refusal.code()),
        (Err(refusal), Expected::Refused { code }) => {
            let code = code.as_ref().filter(|code| *code != refusal.code())?;
            format!("is refused, but as {} instead of {code}", refusal.code())
        }
        (Ok(admitted), Expected::Admitted { endpoint, answer }) => match endpoint {
            Some(endpoint) if endpoint != admitted.endpoint() => {
                format!("is admitted by `{}` instead of `{endpoint}`", admitted.endpoint())
            }
            _ => {
                let answer = answer.as_ref()?;
                let wrong = wrong(&admitted, answer, keys)?;
                let message = format!("\"{}\": {wrong}", case.name);
                return Some(failed(file, answer.place, "case-failed", Some(admitted.endpoint()), message));
            }
        },
    };
    Some(failed(file, case.place, "case-failed", None, format!("\"{}\" {what}", case.name)))
}

/// What is wrong with what becomes of an answer.
fn wrong(admitted: &Admitted<'_>, answer: &Answer, keys: &Pseudonymizer) -> Option<String> {
    let sanitized = match admitted.sanitize(answer.body.as_bytes(), keys, Options::default()) {
        Ok(sanitized) => sanitized,
        Err(why) => return Some(format!("`body` cannot be sanitized: {why} ({})", why.code())),
    };
    let Ok(expected) = serde_json::from_str::<Value>(&answer.output) else {
        return Some("`output` is not JSON".to_owned());
    };
    let made = serde_json::from_slice::<Value>(sanitized.body()).ok();
    (made.as_ref() != Some(&expected)).then(|| "`body` does not become `output`".to_owned())
}

#[cfg(test)]
mod tests {
    use vizard_sanitizer::trials::read_cases;

    use super::*;
    use crate::synthetic;

    const RULES: &str = "
endpoints:
- pathTemplate: /v2/users/me
  allowedMethods: [GET]
- pathTemplate: /v2/users/{id}
  allowedMethods: [GET]
  responseSchema: {properties: {zone: {type: string}, n: {type: integer}}}
";

    #[test]
    fn tells_what_is_not_as_it_must_be() {
        let rules = RuleSet::load("r", RULES).unwrap().rules;
        for (case, expected) in [
            ("url: /v2/users/7, expect: admitted", ""),
            ("url: /v2/users/7, expect: admitted, endpoint: '/v2/users/{id}'", ""),
            (
                "url: /v2/users/me, expect: admitted, endpoint: '/v2/users/{id}'",
                "1 \"x\" is admitted by `/v2/users/me` instead of `/v2/users/{id}`",
            ),
            ("url: /v2/rooms, expect: refused", ""),
            ("url: /v2/rooms, expect: refused, code: path-not-listed", ""),
            (
                "url: /v2/rooms, expect: refused, code: path-ambiguous",
                "1 \"x\" is refused, but as path-not-listed instead of path-ambiguous",
            ),
            ("url: /v2/users/7, expect: refused", "1 \"x\" is admitted by `/v2/users/{id}`"),
            ("url: '/v2/users/p~AAAA', expect: refused", "1 \"x\" is admitted by `/v2/users/{id}`"),
            (&format!("url: '/v2/users/p~{}', expect: refused, code: token-invalid", "A".repeat(64)), ""),
            (
                r#"url: /v2/users/7, expect: admitted, body: '{"zone":"a","b":1}', output: ' { "zone": "a" }'"#,
                "",
            ),
            (
                r#"url: /v2/users/7, expect: admitted, body: '{"n":1.5}', output: '{"n":1.5}'"#,
                "1 \"x\": `body` does not become `output`",
            ),
            (
                r#"url: /v2/users/7, expect: admitted, body: '{', output: '{}'"#,
                "1 \"x\": `body` cannot be sanitized",
            ),
            (
                r#"url: /v2/users/7, expect: admitted, body: '{}', output: '{'"#,
                "1 \"x\": `output` is not JSON",
            ),
        ] {
            let yaml = format!("- {{name: x, method: GET, {case}}}");
            let read = read_cases("c", &yaml).unwrap().remove(0);
            let found = run("c", &read, &rules, &synthetic::keys());
            let told = found.map(|it| format!("{} {}", it.place.map_or(0, |it| it.line), it.message));
            let told = told.unwrap_or_default();
            assert!(told.starts_with(expected) && (told.is_empty() == expected.is_empty()), "{case}: {told}");
        }
    }
}
