//! Values as they are given: typed at a terminal without being shown, on standard input, or in a file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, IsTerminal, Read};

use serde_json::Value;
use vizard_pseudonym::Secret;

use super::known::Known;
use crate::exit::{self, Code, Stop};

/// Values by name, and what is wrong with how they were given.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) values: BTreeMap<String, Secret>,
    pub(crate) problems: Vec<String>,
    /// Where each name stands.
    from: BTreeMap<String, String>,
}

impl Given {
    /// Adds the contents of a file, given as `NAME=PATH`. One line end at the end is not part of it.
    pub(crate) fn read_file(&mut self, number: usize, pair: &str) -> Result<(), Stop> {
        let (name, path) = pair
            .split_once('=')
            .filter(|(name, path)| is_name(name) && !path.is_empty())
            .ok_or_else(|| Stop::because(Code::Usage, "--from-file must be NAME=PATH"))?;
        let bytes = bounded(File::open(path), path)?;
        let from = format!("the name of --from-file {number}");
        self.add(name, from, Secret::new(without_line_end(bytes.expose())));
        Ok(())
    }

    /// Adds what stands on standard input: lines `NAME=value`, or one JSON object of texts.
    pub(crate) fn read_standard_input(&mut self) -> Result<(), Stop> {
        let written = bounded(Ok(io::stdin().lock()), "standard input")?;
        match written.expose_str() {
            Some(text) => self.parse(text),
            None => self.problems.push("standard input is not UTF-8 text".to_owned()),
        }
        Ok(())
    }

    /// Asks for each; what is left empty stays as it is.
    pub(crate) fn prompt(&mut self, wanted: &[&Known]) -> Result<(), Stop> {
        if !io::stdin().is_terminal() {
            let words = "standard input is no terminal; give the values with --stdin or --from-file";
            return Err(Stop::because(Code::Usage, words));
        }
        for known in wanted {
            exit::remark("");
            if let Some(note) = &known.note {
                exit::remark(format_args!("{}: {}\n  {}", known.name, note.what, note.place));
            }
            let asked = format!("{} (not shown; leave empty to keep): ", known.name);
            let typed = rpassword::prompt_password(asked).map_err(|error| Stop::new(Code::NoInput, error))?;
            if !typed.is_empty() {
                self.add(&known.name, known.name.clone(), Secret::new(typed));
            }
        }
        Ok(())
    }

    /// How a name is spoken of: one that may be a value is not repeated.
    pub(crate) fn called(&self, name: &str) -> String {
        let from = self.from.get(name).filter(|_| !is_like_a_setting(name));
        from.map_or(name, String::as_str).to_owned()
    }

    fn add(&mut self, name: &str, from: String, value: Secret) {
        self.from.insert(name.to_owned(), from);
        if self.values.insert(name.to_owned(), value).is_some() {
            self.problems.push(format!("{} is given twice", self.called(name)));
        }
    }

    /// Says where something is wrong and never what stands there.
    fn parse(&mut self, text: &str) {
        if text.trim_start().starts_with('{') {
            match serde_json::from_str(text) {
                Ok(Value::Object(members)) => {
                    for (number, (name, value)) in members.into_iter().enumerate() {
                        self.add_member(number + 1, &name, value);
                    }
                }
                Ok(_) => self.problems.push("standard input is no JSON object".to_owned()),
                Err(error) => {
                    self.problems.push(format!("standard input is broken JSON at line {}", error.line()));
                }
            }
            return;
        }
        for (number, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            match line.split_once('=').filter(|(name, _)| is_name(name)) {
                Some((name, value)) => {
                    self.add(name, format!("the name on line {}", number + 1), Secret::new(value));
                }
                None => self.problems.push(format!("line {} is not NAME=value", number + 1)),
            }
        }
    }

    fn add_member(&mut self, number: usize, name: &str, value: Value) {
        match value {
            Value::String(text) if is_name(name) => {
                self.add(name, format!("the name of member {number}"), Secret::new(text));
            }
            _ if is_name(name) && is_like_a_setting(name) => self.problems.push(format!("{name} is no text")),
            _ => self.problems.push(format!("member {number} is not \"NAME\": \"value\"")),
        }
    }
}

/// Anything else before a `=` may be a part of a value.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'_')
}

/// Words with `_` between them. Some values are capital letters and digits alone.
fn is_like_a_setting(name: &str) -> bool {
    let is_word = |it: &str| (1..=14).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_uppercase());
    name.len() <= 40 && name.split('_').all(is_word)
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

fn bounded(source: io::Result<impl Read>, name: &str) -> Result<Secret, Stop> {
    let mut bytes = Vec::new();
    let read = source.and_then(|source| source.take(LIMIT + 1).read_to_end(&mut bytes));
    read.map_err(|error| Stop::because(Code::NoInput, format_args!("could not read {name}: {error}")))?;
    if bytes.len() as u64 > LIMIT {
        return Err(Stop::because(Code::NoInput, format_args!("{name} is larger than any secret")));
    }
    Ok(Secret::new(bytes))
}

const LIMIT: u64 = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Vec<String>, Vec<String>) {
        let mut given = Given::default();
        given.parse(text);
        let shown = |(name, value): (&String, &Secret)| format!("{name}={}", value.expose_str().unwrap());
        (given.values.iter().map(shown).collect(), given.problems)
    }

    #[test]
    fn reads_lines_and_objects() {
        let cases = [
            ("A=1\n\n# no value\nB= two = 2 \r\n", vec!["A=1", "B= two = 2 "]),
            (r#" {"A":"1","B":"two\nlines"}"#, vec!["A=1", "B=two\nlines"]),
            ("A=", vec!["A="]),
            ("", vec![]),
        ];
        for (text, expected) in cases {
            assert_eq!(parsed(text), (expected.into_iter().map(str::to_owned).collect(), vec![]), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_without_a_value() {
        let cases = [
            ("A=1\nmirela", "line 2 is not NAME=value"),
            ("mirela9c=1", "line 1 is not NAME=value"),
            ("A=mirela\nA=mirela", "A is given twice"),
            ("{\"A\":\n\"mirela\" \"mirela\"}", "standard input is broken JSON at line 2"),
            ("{\"A\":[\"mirela\"]}", "A is no text"),
            ("{\"A\":\"1\",\"mirela\":\"A\"}", "member 2 is not \"NAME\": \"value\""),
            ("{\"MIRELA7QX2\":7}", "member 1 is not \"NAME\": \"value\""),
            ("A=1\nMIRELA7QX2=\nMIRELA7QX2=", "the name on line 3 is given twice"),
        ];
        for (text, expected) in cases {
            assert_eq!(parsed(text).1, [expected], "{text}");
        }
    }

    #[test]
    fn a_name_is_repeated_only_where_it_is_like_a_setting() {
        let mut given = Given::default();
        given.parse("CLIENT_SECRETS=1\nMIRELA7QX2=1\nJBSWYDPEHPKPXPZQ=1");
        let called: Vec<_> = given.values.keys().map(|name| given.called(name)).collect();
        assert_eq!(called, ["CLIENT_SECRETS", "the name on line 3", "the name on line 2"]);
    }
}
