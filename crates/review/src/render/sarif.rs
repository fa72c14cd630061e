//! SARIF 2.1.0, the form in which code scanning takes findings.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Options, escape, page, subject, word};
use crate::diagnostics;
use crate::finding::Finding;

pub(super) fn render(findings: &[Finding], options: &Options<'_>) -> String {
    let mut codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code)).collect();
    let mut known = HashMap::new();
    let results: Vec<Value> =
        findings.iter().map(|finding| result(finding, &codes, fingerprint(finding, &mut known))).collect();
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

/// What there is to say about a code. The whole page is in it; there is no address, because pages come with the program.
fn rule(code: &str) -> Value {
    let said = diagnostics::summary(code).map_or_else(|| code.replace('-', " "), |it| it.said.to_owned());
    let help = diagnostics::page(code).map_or_else(|| format!("see {}", page(code)), without_links);
    json!({
        "id": code,
        "shortDescription": { "text": said },
        "help": { "text": help, "markdown": help },
    })
}

/// A page without its links: they lead to other pages of the repository, which a viewer of the report does not have.
fn without_links(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, from)) = rest.split_once("](") {
        let Some((_, after)) = from.split_once(')') else { break };
        let Some((plain, text)) = before.rsplit_once('[') else { break };
        out.push_str(plain);
        out.push_str(text);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What tells a finding from the others when lines have moved: code, endpoint, field and file; and, of several that
/// agree in these, which one in order. Viewers keep by it what was decided about a finding.
fn fingerprint(finding: &Finding, known: &mut HashMap<u64, usize>) -> String {
    let parts = [
        finding.code,
        finding.endpoint.as_deref().unwrap_or_default(),
        finding.field.as_deref().unwrap_or_default(),
        &finding.file,
    ];
    // FNV-1a, which stays what it is from one version of the program to the next.
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0xff]));
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let times = known.entry(hash).and_modify(|times| *times += 1).or_insert(1);
    format!("{hash:016x}:{times}")
}

fn result(finding: &Finding, codes: &[&str], fingerprint: String) -> Value {
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
        // A name of our own: the uploader of GitHub warns where the usual one holds what it has not reckoned itself.
        "partialFingerprints": { "vizardFinding/v1": fingerprint },
        "suppressions": suppressions,
    })
}

/// Text without what a viewer would fill in or make a link of: `{0}`, and `[text](address)`.
fn message(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}").replace("](", "] (")
}

#[cfg(test)]
mod tests {
    use super::{message, without_links};

    #[test]
    fn links_become_their_text() {
        for (page, expected) in [
            ("see [a](../A.md#x), and [`b`](b.md).", "see a, and `b`."),
            ("[*] [a](b", "[*] [a](b"),
            ("$.x[*] of [a](b)", "$.x[*] of a"),
            ("", ""),
        ] {
            assert_eq!(without_links(page), expected);
        }
    }

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
