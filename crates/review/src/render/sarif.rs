//! SARIF 2.1.0, the form in which code scanning takes findings.

use serde_json::{Value, json};

use super::{Options, escape, page, subject, word};
use crate::finding::Finding;

pub(super) fn render(findings: &[Finding], options: &Options<'_>) -> String {
    let mut codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code)).collect();
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, &codes)).collect();
    escape::json(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "vizard", "version": options.version, "rules": rules } },
            "automationDetails": { "id": format!("vizard/{}/", options.verb) },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

/// What there is to say about a code. The address of help must be absolute, and our pages come with the program, so it
/// is a name; the text says where the page stands.
fn rule(code: &str) -> Value {
    json!({
        "id": code,
        "shortDescription": { "text": code.replace('-', " ") },
        "helpUri": format!("urn:vizard:{}", escape::uri(&page(code))),
        "help": { "text": format!("see {}", page(code)) },
    })
}

fn result(finding: &Finding, codes: &[&str]) -> Value {
    let mut text = match subject(finding) {
        Some(subject) => format!("{subject}: {}", finding.message),
        None => finding.message.clone(),
    };
    if let Some(help) = &finding.help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    let mut physical = json!({ "artifactLocation": { "uri": escape::uri(&finding.file) } });
    // Lines and columns count from 1 there too.
    if let Some(place) = finding.place.filter(|place| place.line > 0) {
        physical["region"] = json!({ "startLine": place.line, "startColumn": place.column.max(1) });
    }
    let mut location = json!({ "physicalLocation": physical });
    let names: Vec<&str> =
        [&finding.endpoint, &finding.field].into_iter().flatten().map(String::as_str).collect();
    if !names.is_empty() {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": names.join(" "), "kind": "member" }]);
    }
    // Present everywhere, because absent would mean that nobody knows whether it was suppressed.
    let suppressions: Vec<Value> = finding
        .suppressed
        .iter()
        .map(|reason| json!({ "kind": "inSource", "justification": reason }))
        .collect();
    json!({
        "ruleId": finding.code,
        "ruleIndex": codes.binary_search(&finding.code).expect("every code is listed"),
        "level": word(finding.level).0,
        "message": { "text": message(&text) },
        "locations": [location],
        "suppressions": suppressions,
    })
}

/// Text without what a viewer would fill in or make a link of: `{0}`, and `[text](address)`.
fn message(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}").replace("](", "] (")
}

#[cfg(test)]
mod tests {
    use super::message;

    #[test]
    fn messages_hold_no_placeholders_and_no_links() {
        for (text, expected) in [
            ("/v2/users/{userId} $.users[*].id", "/v2/users/{{userId}} $.users[*].id"),
            ("[sign here](https://elsewhere.example) {0}", "[sign here] (https://elsewhere.example) {{0}}"),
        ] {
            assert_eq!(message(text), expected);
        }
    }
}
