//! A call that shows whether an endpoint works, written so that nobody has to know an id: `{placeholders}` stand
//! for what the answers to earlier calls held.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// One call of `connector.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// The endpoint, as the rules write it.
    pub endpoint: String,
    /// Path and query with placeholders.
    pub call: String,
    /// The member of its answer that is the list, where it answers with one.
    pub list: Option<String>,
    /// What its answer holds for calls that come later: a name, and where the texts stand, such as `users[].id`.
    #[serde(default)]
    pub yields: BTreeMap<String, String>,
}

impl Probe {
    /// The placeholders that are known without asking: today, and the same day four weeks before, which no source
    /// takes for more than a month ago.
    pub const DAYS: [&'static str; 2] = ["today", "month_ago"];

    /// The names of the placeholders, in the order of the call.
    pub fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.pieces().filter_map(|(_, name)| name)
    }

    /// The call with a value in each placeholder, percent-encoded; `None` where there is no value.
    pub fn filled(&self, value: impl Fn(&str) -> Option<String>) -> Option<String> {
        let mut call = String::new();
        for (text, name) in self.pieces() {
            call.push_str(text);
            if let Some(name) = name {
                encode(&value(name)?, &mut call);
            }
        }
        Some(call)
    }

    /// What an answer holds for later calls. Only text counts: a number or null is nobody's id.
    pub fn harvest(&self, answer: &Value) -> BTreeMap<String, Vec<String>> {
        let found = |path: &str| {
            let mut found = Vec::new();
            gather(answer, path, &mut found);
            found
        };
        self.yields.iter().map(|(name, path)| (name.clone(), found(path))).collect()
    }

    /// How many entries the list of an answer has.
    pub fn entries(&self, answer: &Value) -> Option<usize> {
        Some(answer.get(self.list.as_deref()?)?.as_array()?.len())
    }

    /// Plain text, each piece with the placeholder behind it.
    fn pieces(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.call.split('}').map(|piece| match piece.split_once('{') {
            Some((text, name)) => (text, Some(name)),
            None => (piece, None),
        })
    }
}

/// The texts at a path of names, where `[]` stands for every element of a list.
fn gather(value: &Value, path: &str, found: &mut Vec<String>) {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let (name, each) = name.strip_suffix("[]").map_or((name, false), |name| (name, true));
    let Some(member) = value.get(name) else {
        return;
    };
    let members = match member {
        Value::Array(items) if each => items.as_slice(),
        _ if each => return,
        one => std::slice::from_ref(one),
    };
    for member in members {
        match member.as_str() {
            Some(text) if rest.is_empty() && !text.is_empty() => found.push(text.to_owned()),
            _ if !rest.is_empty() => gather(member, rest, found),
            _ => {}
        }
    }
}

/// Everything that means something in a path or query is spelled in hexadecimal.
fn encode(value: &str, call: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            call.push(char::from(byte));
        } else {
            call.push_str(&format!("%{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn probe(call: &str, yields: &[(&str, &str)]) -> Probe {
        let yields = yields.iter().map(|(name, path)| ((*name).to_owned(), (*path).to_owned())).collect();
        Probe { endpoint: call.to_owned(), call: call.to_owned(), list: Some("cups".to_owned()), yields }
    }

    #[test]
    fn fills_placeholders_so_that_nothing_in_them_is_read_as_syntax() {
        let probe = probe("/v2/cups/{cup}/stains?from={month_ago}&to={today}", &[]);
        assert_eq!(probe.placeholders().collect::<Vec<_>>(), ["cup", "month_ago", "today"]);
        let value = |name: &str| {
            let known = [("cup", "a/b+c== ?&é"), ("today", "2026-11-21"), ("month_ago", "2026-10-24")];
            known.iter().find(|it| it.0 == name).map(|it| it.1.to_owned())
        };
        assert_eq!(
            probe.filled(value).as_deref(),
            Some("/v2/cups/a%2Fb%2Bc%3D%3D%20%3F%26%C3%A9/stains?from=2026-10-24&to=2026-11-21")
        );
        assert_eq!(probe.filled(|name| (name != "cup").then(String::new)), None);
    }

    #[test]
    fn takes_texts_from_an_answer_and_nothing_else() {
        let answer = json!({
            "cups": [{ "id": "p~one", "at": { "rack": "r1" } }, { "id": 7 }, { "id": null }, { "id": "" }, "cup"],
            "owner": { "id": "p~nora" },
        });
        let cases = [
            ("cups[].id", vec!["p~one"]),
            ("cups[].at.rack", vec!["r1"]),
            ("owner.id", vec!["p~nora"]),
            ("cups.id", vec![]),
            ("owner[].id", vec![]),
            ("cups[]", vec!["cup"]),
            ("saucers[].id", vec![]),
        ];
        for (path, expected) in cases {
            let harvested = probe("/cups", &[("it", path)]).harvest(&answer);
            assert_eq!(harvested["it"], expected, "{path}");
        }
        assert_eq!(probe("/cups", &[]).entries(&answer), Some(5));
        assert_eq!(probe("/cups", &[]).entries(&json!({ "cups": 5 })), None);
    }
}
