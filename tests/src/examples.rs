//! The shipped sources: their rules, and the calls with the example responses that belong to them.

use serde::Deserialize;
use vizard_sanitizer::{Admitted, Call, Options, RuleSet, Sanitized};

use crate::{keys, repository};

/// A folder of `rules/`, compiled.
#[derive(Debug)]
pub struct Source {
    /// The name of the folder.
    pub name: String,
    /// `rules.yaml`, compiled.
    pub rules: RuleSet,
    /// `examples.yaml`.
    pub examples: Vec<Example>,
}

/// A call and the response that a source gives to it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// The method of the call.
    pub method: String,
    /// Path and query as a caller writes them.
    pub url: String,
    /// The response: a file of `example-api-responses/<source>/original`.
    pub original: String,
}

impl Source {
    /// Every folder of `rules/`.
    pub fn all() -> Vec<Source> {
        let files = repository::files("rules", "/rules.yaml");
        let names = files.iter().map(|path| path.split('/').nth(1).unwrap());
        let all: Vec<Source> = names.map(Source::load).collect();
        assert!(!all.is_empty(), "no rules are shipped");
        all
    }

    /// One folder of `rules/`.
    pub fn load(name: &str) -> Source {
        let path = format!("rules/{name}/rules.yaml");
        let loaded =
            RuleSet::load(&path, &repository::text(&path)).unwrap_or_else(|problems| panic!("{problems}"));
        let examples = format!("rules/{name}/examples.yaml");
        let examples = serde_saphyr::from_str(&repository::text(&examples))
            .unwrap_or_else(|error| panic!("{examples}: {error}"));
        Source { name: name.to_owned(), rules: loaded.rules, examples }
    }

    /// The folder with the originals of the examples.
    pub fn originals(&self) -> String {
        format!("example-api-responses/{}/original", self.name)
    }

    /// Where the sanitized form of an example is kept.
    pub fn sanitized_path(&self, example: &Example) -> String {
        format!("example-api-responses/{}/sanitized/{}", self.name, example.original)
    }

    /// Runs an example's call through the rules.
    pub fn admit(&self, example: &Example) -> Admitted<'_> {
        self.rules
            .admit(&example.call())
            .unwrap_or_else(|refusal| panic!("{}: {}: {refusal}", self.name, example.name))
    }

    /// What the rules make of `body` when it answers an example's call.
    pub fn sanitize(&self, example: &Example, body: &[u8]) -> Sanitized {
        self.admit(example)
            .sanitize(body, keys::pseudonymizer(), Options::default())
            .unwrap_or_else(|error| panic!("{}: {}: {error}", self.name, example.name))
    }

    /// The response to an example's call.
    pub fn original(&self, example: &Example) -> String {
        repository::text(&format!("{}/{}", self.originals(), example.original))
    }
}

impl Example {
    /// The call, as the rules judge it.
    pub fn call(&self) -> Call<'_> {
        let (path, query) = match self.url.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (self.url.as_str(), None),
        };
        Call { method: &self.method, path, query, content_type: None, headers: &[], body: b"" }
    }
}

/// Compact JSON as the example files have it: two spaces deep, every scalar exactly as the engine wrote it.
pub fn pretty(body: &[u8]) -> String {
    let body = std::str::from_utf8(body).unwrap();
    let mut shown = String::with_capacity(body.len() * 2);
    let (mut depth, mut in_string, mut escaped) = (0, false, false);
    let mut letters = body.chars().peekable();
    while let Some(letter) = letters.next() {
        if in_string {
            shown.push(letter);
            in_string = escaped || letter != '"';
            escaped = letter == '\\' && !escaped;
            continue;
        }
        let next = letters.peek().copied();
        match letter {
            '{' | '[' if matches!(next, Some('}' | ']')) => shown.push(letter),
            '{' | '[' => {
                depth += 1;
                shown.push(letter);
                line(&mut shown, depth);
            }
            '}' | ']' if shown.ends_with(['{', '[']) => shown.push(letter),
            '}' | ']' => {
                depth -= 1;
                line(&mut shown, depth);
                shown.push(letter);
            }
            ',' => {
                shown.push(letter);
                line(&mut shown, depth);
            }
            ':' => shown.push_str(": "),
            '"' => {
                in_string = true;
                shown.push(letter);
            }
            _ => shown.push(letter),
        }
    }
    shown.push('\n');
    shown
}

fn line(shown: &mut String, depth: usize) {
    shown.push('\n');
    shown.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn indents_and_changes_nothing_else() {
        let compact = r#"{"a":[1e2,{},[],"x\"{,:}\\"],"b":{"c":null}}"#;
        let shown = "{\n  \"a\": [\n    1e2,\n    {},\n    [],\n    \"x\\\"{,:}\\\\\"\n  ],\n  \"b\": {\n    \"c\": null\n  }\n}\n";
        assert_eq!(pretty(compact.as_bytes()), shown);
    }
}
