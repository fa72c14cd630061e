//! One example: what the rules make of an answer, and whether that is what is kept beside it.

use serde_json::Value;
use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::outline::{FieldPath, Part};
use vizard_sanitizer::trials::Example;
use vizard_sanitizer::{Options, RuleSet};

use super::{call, failed, pretty};
use crate::finding::Finding;

/// What the rules make of an example.
#[derive(Clone, Debug)]
pub struct Golden {
    /// The endpoint that answers the call, by its position.
    pub endpoint: usize,
    /// The sanitized answer, as example files have it.
    pub sanitized: String,
}

/// Runs an example's call and answer through the rules. `file` is where the example stands.
///
/// # Errors
///
/// The rules refuse the call, or the answer cannot be sanitized.
pub fn run(
    file: &str,
    example: &Example,
    rules: &RuleSet,
    keys: &Pseudonymizer,
    original: &[u8],
) -> Result<Golden, Box<Finding>> {
    let refused = |refusal: vizard_sanitizer::Refusal| {
        let message = format!("the call of \"{}\" is refused: {refusal} ({})", example.name, refusal.code());
        Box::new(failed(file, example.place, "example-refused", None, message))
    };
    let admitted = rules.admit(&call(&example.method, &example.url)).map_err(refused)?;
    admitted.outbound(keys).map_err(refused)?;
    let sanitized = admitted.sanitize(original, keys, Options::default()).map_err(|why| {
        let message = format!("{} cannot be sanitized: {why} ({})", example.original, why.code());
        Box::new(failed(file, example.place, "example-unsanitizable", Some(admitted.endpoint()), message))
    })?;
    let body = String::from_utf8_lossy(sanitized.body());
    Ok(Golden { endpoint: admitted.index(), sanitized: pretty(&body) })
}

/// Whether what the rules make of an example is what is kept of it.
pub fn compare(
    file: &str,
    example: &Example,
    endpoint: &str,
    made: &Golden,
    kept: Option<&str>,
) -> Option<Finding> {
    let message = match kept {
        Some(kept) if kept == made.sanitized => return None,
        Some(kept) => {
            format!("{} becomes something else: {}", example.original, difference(&made.sanitized, kept))
        }
        None => format!("there is no sanitized form of {} to compare with", example.original),
    };
    let mut finding = failed(file, example.place, "golden-differs", Some(endpoint), message);
    finding.help = Some("if that is what the rules should do, run again with --update".to_owned());
    Some(finding)
}

/// Where two documents differ, without a value of either.
fn difference(made: &str, kept: &str) -> String {
    let (Ok(made), Ok(kept)) = (serde_json::from_str::<Value>(made), serde_json::from_str::<Value>(kept))
    else {
        return "it is not one JSON document".to_owned();
    };
    let mut found = Vec::new();
    differ(&made, &kept, &FieldPath::ROOT, &mut found);
    let more = found.len().saturating_sub(SHOWN);
    found.truncate(SHOWN);
    match (found.is_empty(), more) {
        (true, _) => "only in its spelling or order".to_owned(),
        (false, 0) => found.join(", "),
        (false, _) => format!("{} and {more} more", found.join(", ")),
    }
}

/// Differences that are told.
const SHOWN: usize = 3;

fn differ(made: &Value, kept: &Value, path: &FieldPath, found: &mut Vec<String>) {
    match (made, kept) {
        (Value::Object(made), Value::Object(kept)) => {
            for (name, value) in made {
                let path = path.then(Part::Name(name.clone()));
                match kept.get(name) {
                    Some(kept) => differ(value, kept, &path, found),
                    None => found.push(format!("`{path}` is new")),
                }
            }
            let gone = kept.keys().filter(|name| !made.contains_key(*name));
            found.extend(gone.map(|name| format!("`{}` is gone", path.then(Part::Name(name.clone())))));
        }
        (Value::Array(made), Value::Array(kept)) if made.len() == kept.len() => {
            let path = path.then(Part::Element);
            made.iter().zip(kept).for_each(|(made, kept)| differ(made, kept, &path, found));
        }
        _ if made == kept => {}
        _ => {
            let told = format!("`{path}` is different");
            if !found.contains(&told) {
                found.push(told);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use vizard_sanitizer::trials::read_examples;

    use super::*;
    use crate::synthetic::keys;

    const RULES: &str = "
endpoints:
- pathTemplate: /v2/users
  allowedMethods: [GET]
  responseSchema: {properties: {users: {items: {properties: {id: {type: string}, zone: {type: string}}}}}}
  transforms: [!<pseudonymize> {jsonPaths: ['$.users[*].id']}]
";

    fn told(method: &str, original: &str, kept: Option<&str>) -> String {
        let rules = RuleSet::load("r", RULES).unwrap().rules;
        let yaml = format!("- {{name: users, method: {method}, url: /v2/users?a=1, original: users.json}}");
        let example = read_examples("e", &yaml).unwrap().remove(0);
        let found = match run("e", &example, &rules, &keys(), original.as_bytes()) {
            Ok(made) => compare("e", &example, "/v2/users", &made, kept),
            Err(found) => Some(*found),
        };
        found.map_or("equal".to_owned(), |it| format!("{} {}", it.code, it.message))
    }

    #[test]
    fn tells_places_and_no_values() {
        let original = r#"{"users":[{"id":"alice","zone":"Oslo","name":"Alice"}]}"#;
        let kept = "{\n  \"users\": [\n    {\n      \"id\": \"t~3YAoyBkqpKrO4rk5ISA0dZSABykOBC7pEMmkL1L0HK4\",\n      \"zone\": \"Oslo\"\n    }\n  ]\n}\n";
        let changed = kept.replace("Oslo", "Rome").replace("\"id\"", "\"key\"");
        let cases = [
            ("GET", original, Some(kept), "equal"),
            (
                "GET",
                original,
                None,
                "golden-differs there is no sanitized form of users.json to compare with",
            ),
            (
                "GET",
                original,
                Some("{"),
                "golden-differs users.json becomes something else: it is not one JSON document",
            ),
            (
                "GET",
                original,
                Some(&*kept.replace("  ", " ")),
                "golden-differs users.json becomes something else: only in its spelling or order",
            ),
            (
                "GET",
                original,
                Some(&*changed),
                "golden-differs users.json becomes something else: `$.users[*].id` is new, `$.users[*].zone` is different, `$.users[*].key` is gone",
            ),
            (
                "POST",
                original,
                None,
                "example-refused the call of \"users\" is refused: the method is not listed by the endpoint; listed: GET (method-not-listed)",
            ),
            ("GET", "{\"users\":", None, "example-unsanitizable users.json cannot be sanitized"),
        ];
        for (method, original, kept, expected) in cases {
            let told = told(method, original, kept);
            assert!(told.starts_with(expected), "{told}");
            assert!(!told.contains("Oslo") && !told.contains("Rome"), "{told}");
        }
    }
}
