//! What stands beside a rule file to try it: `examples.yaml`, calls with the answers of the source, and `tests.yaml`,
//! calls that must pass or must not.
//!
//! Read as rule files are: every mistake at once, each with its place.

use crate::diagnostic::{Diagnostics, Place, Report, Spanned};
use crate::node::{self, Fields};

/// A call and the answer that a source gives to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Where it stands.
    pub place: Place,
    /// What it shows.
    pub name: String,
    /// In capitals.
    pub method: String,
    /// Path and query as a caller writes them.
    pub url: String,
    /// The file that holds the answer, and the sanitized one in its own folder.
    pub original: String,
}

/// A call that the rules must admit or refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Where it stands.
    pub place: Place,
    /// What it shows.
    pub name: String,
    /// In capitals.
    pub method: String,
    /// Path and query as a caller writes them.
    pub url: String,
    /// What must become of it.
    pub expected: Expected,
}

/// What must become of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// It passes.
    Admitted {
        /// The endpoint that must answer, as the rules write its path; absent, any.
        endpoint: Option<String>,
        /// An answer of the source, and what must become of it.
        answer: Option<Answer>,
    },
    /// It does not pass.
    Refused {
        /// The code that must be given as the reason; absent, any.
        code: Option<String>,
    },
}

/// An answer of the source, and what must become of it: JSON both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Where what must become of it stands.
    pub place: Place,
    /// As the source sends it.
    pub body: String,
    /// As it must leave.
    pub output: String,
}

/// Reads `examples.yaml`: a list of `name`, `method`, `url` and `original`.
///
/// # Errors
///
/// Every mistake at once.
pub fn read_examples(name: &str, yaml: &str) -> Result<Vec<Example>, Diagnostics> {
    read(name, yaml, "an example", example)
}

/// Reads `tests.yaml`: a list of `name`, `method`, `url` and `expect`, with `endpoint`, `body` and `output` beside
/// `expect: admitted`, and `code` beside `expect: refused`.
///
/// # Errors
///
/// Every mistake at once.
pub fn read_cases(name: &str, yaml: &str) -> Result<Vec<Case>, Diagnostics> {
    read(name, yaml, "a case", case)
}

fn read<T>(
    name: &str,
    yaml: &str,
    what: &'static str,
    one: impl Fn(Fields, &mut Report) -> Option<T>,
) -> Result<Vec<T>, Diagnostics> {
    let mut report = Report::default();
    let items = match node::parse(yaml, &mut report) {
        Some(root) if !root.is_null() => root.into_list("the file", &mut report).unwrap_or_default(),
        // An empty file lists nothing.
        _ => Vec::new(),
    };
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        if let Some(fields) = Fields::open(item, what, &mut report) {
            all.extend(one(fields, &mut report));
        }
    }
    if report.has_errors() { Err(report.finish(name, yaml)) } else { Ok(all) }
}

fn example(mut fields: Fields, report: &mut Report) -> Option<Example> {
    let place = fields.place;
    let call = call(&mut fields, report);
    let original = required(&mut fields, "original", report).filter(|file| is_plain_name(file, report));
    fields.close(report);
    let (name, method, url) = call?;
    Some(Example { place, name, method, url, original: original?.value })
}

fn case(mut fields: Fields, report: &mut Report) -> Option<Case> {
    let place = fields.place;
    let call = call(&mut fields, report);
    let expect = required(&mut fields, "expect", report);
    let expected = match expect.as_ref().map(|it| it.value.as_str()) {
        Some("admitted") => {
            let endpoint = fields.text("endpoint", report).map(|it| it.value);
            let answer = answer(&mut fields, report);
            Some(Expected::Admitted { endpoint, answer })
        }
        Some("refused") => Some(Expected::Refused { code: fields.text("code", report).map(|it| it.value) }),
        other => {
            if other.is_some() {
                let place = expect.as_ref().map_or(place, |it| it.place);
                report.error("wrong-kind", place, "`expect` must be `admitted` or `refused`");
            }
            // What belongs to either is no unknown key.
            ["endpoint", "code", "body", "output"].into_iter().for_each(|key| drop(fields.take(key)));
            None
        }
    };
    fields.close(report);
    let (name, method, url) = call?;
    Some(Case { place, name, method, url, expected: expected? })
}

fn answer(fields: &mut Fields, report: &mut Report) -> Option<Answer> {
    let (body, output) = (fields.text("body", report), fields.text("output", report));
    match (body, output) {
        (Some(body), Some(output)) => {
            Some(Answer { place: output.place, body: body.value, output: output.value })
        }
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => {
            report
                .error("missing-key", one.place, "`body` and `output` belong together")
                .suggest("write what the source answers as `body` and what must leave as `output`");
            None
        }
    }
}

fn call(fields: &mut Fields, report: &mut Report) -> Option<(String, String, String)> {
    let name = required(fields, "name", report);
    let method = required(fields, "method", report);
    let url = required(fields, "url", report);
    if let Some(url) = &url
        && !url.value.starts_with('/')
    {
        report.error("wrong-kind", url.place, "`url` must be a path that begins with `/`");
    }
    Some((name?.value, method?.value.trim().to_ascii_uppercase(), url?.value))
}

fn required(fields: &mut Fields, key: &'static str, report: &mut Report) -> Option<Spanned<String>> {
    let place = fields.place;
    let is_there = fields.key_place(key).is_some();
    let written = fields.text(key, report);
    // What is there and is no text was reported as that.
    if written.as_ref().map_or(!is_there, |it| it.value.is_empty()) {
        report.error("missing-key", place, format!("`{key}` is missing"));
    }
    written.filter(|it| !it.value.is_empty())
}

/// A name of a file in the folder that is meant, and not a way out of it.
fn is_plain_name(file: &Spanned<String>, report: &mut Report) -> bool {
    let is_plain = !file.value.contains(['/', '\\', ':', '\0']) && !file.value.starts_with('.');
    if !is_plain {
        report.error("wrong-kind", file.place, "`original` must be the name of a file, without folders");
    }
    is_plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_examples_and_cases() {
        let examples =
            "- name: users\n  method: get\n  url: /v2/users?page_size=30\n  original: users.json\n";
        let read = read_examples("e", examples).unwrap();
        let place = Place { line: 1, column: 3 };
        let (name, method, url) = ("users".to_owned(), "GET".to_owned(), "/v2/users?page_size=30".to_owned());
        assert_eq!(read, [Example { place, name, method, url, original: "users.json".to_owned() }]);
        let cases = "
- {name: a, method: GET, url: /a, expect: admitted, endpoint: '/{x}', body: '{}', output: '{}'}
- {name: b, method: POST, url: /b, expect: refused, code: method-not-listed}
- {name: c, method: GET, url: /c, expect: refused}
";
        let read = read_cases("c", cases).unwrap();
        let expected: Vec<Expected> = read.into_iter().map(|it| it.expected).collect();
        let place = Place { line: 2, column: 91 };
        let json = || "{}".to_owned();
        assert_eq!(
            expected,
            [
                Expected::Admitted {
                    endpoint: Some("/{x}".to_owned()),
                    answer: Some(Answer { place, body: json(), output: json() })
                },
                Expected::Refused { code: Some("method-not-listed".to_owned()) },
                Expected::Refused { code: None },
            ]
        );
        for empty in ["", "# nothing yet\n", "[]"] {
            assert_eq!(read_cases("c", empty).unwrap(), [], "{empty:?}");
        }
    }

    #[test]
    fn tells_every_mistake_with_its_line() {
        let told = |found: Diagnostics| -> Vec<String> {
            found.iter().map(|it| format!("{} {} {}", it.place.line, it.code, it.message)).collect()
        };
        let examples = "
- {name: a, method: GET, url: v2, original: ../x.json}
- {nam: b, method: [GET], url: /b}
- text
- {name: '', method: GET, url: /b, original: a.json}
";
        assert_eq!(
            told(read_examples("e", examples).unwrap_err()),
            [
                "2 wrong-kind `url` must be a path that begins with `/`",
                "2 wrong-kind `original` must be the name of a file, without folders",
                "3 missing-key `name` is missing",
                "3 missing-key `original` is missing",
                "3 unknown-key `nam` is not a key of an example",
                "3 wrong-kind `method` must be text, but this is a list",
                "4 wrong-kind `an example` must be a mapping, but this is a single value",
                "5 missing-key `name` is missing",
            ]
        );
        let cases = "
- {name: a, method: GET, url: /a, expect: passes, code: x}
- {name: b, method: GET, url: /a, expect: refused, endpoint: /x}
- {name: c, method: GET, url: /a, expect: admitted, body: '{}'}
- {name: d, method: GET, url: /a, expects: refused, code: x}
";
        assert_eq!(
            told(read_cases("c", cases).unwrap_err()),
            [
                "2 wrong-kind `expect` must be `admitted` or `refused`",
                "3 unknown-key `endpoint` is not a key of a case",
                "4 missing-key `body` and `output` belong together",
                "5 missing-key `expect` is missing",
                "5 unknown-key `expects` is not a key of a case",
            ]
        );
        assert_eq!(told(read_cases("c", "a: 1").unwrap_err()).len(), 1);
        assert!(read_cases("c", "- {a: 1").is_err());
    }
}
