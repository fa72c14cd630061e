use vizard_sanitizer::outline::Outline;
use vizard_sanitizer::{Place, RuleSet};

use super::{Report, Scope, html};
use crate::finding::{Finding, Level};

const RULES: &str = "\
endpoints:
- pathTemplate: /v2/users/{userId}
  allowedMethods: [GET]
  allowedQueryParams: []
  responseSchema:
    properties:
      id: {type: string}
      email: {type: string}
      note: {type: string}
      on: {type: boolean}
      \"<i>odd</i>\": {type: integer}
  transforms:
  - !<pseudonymize> {includeReversible: true, jsonPaths: [\"$.id\"]}
  - !<pseudonymize> {jsonPaths: [\"$.email\"]}
  - !<redact> {jsonPaths: [\"$.note\"]}
- pathTemplate: /v2/open
";

fn page(rules: &str, findings: &[Finding], scopes: Option<&[Scope]>, inheritance: &[String]) -> String {
    let outline = Outline::read("tea.yaml", rules).unwrap();
    let rules = RuleSet::load("tea.yaml", rules).unwrap().rules;
    html(&Report {
        file: "tea.yaml",
        rules: &rules,
        outline: &outline,
        source: "Tea <house>",
        version: Some("1.2"),
        inheritance,
        findings,
        scopes,
        program: "vizard 9.9.9",
    })
}

fn finding(message: &str, suppressed: Option<&str>) -> Finding {
    Finding {
        level: Level::Warning,
        code: "kept-email",
        file: "tea.yaml".to_owned(),
        place: Some(Place { line: 8, column: 7 }),
        endpoint: Some("/v2/users/{userId}".to_owned()),
        field: None,
        message: message.to_owned(),
        help: Some("name it in `pseudonymize`".to_owned()),
        suppressed: suppressed.map(str::to_owned),
    }
}

#[test]
fn shows_each_field_with_what_the_engine_made_of_an_invented_value() {
    let page = page(RULES, &[], None, &[]);
    let row = |field: &str| {
        let cell = format!("<tr><th scope=\"row\"><code>$.<wbr>{field}</code></th>");
        page.lines().find(|line| line.starts_with(&cell)).unwrap_or_else(|| panic!("{field}")).to_owned()
    };
    let email = row("email");
    assert!(
        email.contains(">pseudonymized<") && email.contains("&quot;Ada.Lind@lumen-orchard.example&quot;")
    );
    assert!(
        email.contains("&quot;t~UDxOfL9UDz04f0GyjmC_qKCq_Kgkt4LbPHM8qq9Hft4@lumen-orchard.example&quot;")
    );
    assert!(email.contains("line 14, pseudonymize"), "{email}");
    assert!(row("id").contains(">reversible<") && row("id").contains("&quot;p~"));
    let note = row("note");
    assert!(note.contains(">dropped<") && note.contains("<td class=\"value\">nothing leaves</td>"), "{note}");
    assert!(page.contains("<li><code>$.<wbr>on</code> <small>line 10</small></li>"));
    assert!(page.contains("There is no response schema: every field of the answer leaves"));
    assert!(page.contains("but not at 1 endpoint without a response schema"));
    let promise = "Fields that are not on this page do not leave.";
    assert!(!page.contains(promise));
    let closed = RULES.split("- pathTemplate: /v2/open").next().unwrap();
    assert!(super::tests::page(closed, &[], None, &[]).contains(promise));
}

#[test]
fn says_what_is_to_be_signed() {
    let digest = RuleSet::load("tea.yaml", RULES).unwrap().rules.sha256().to_owned();
    let scopes = [Scope {
        name: "tea:read".to_owned(),
        endpoints: vec!["/v2/users/{userId}".to_owned()],
        why: "counts cups".to_owned(),
        instead: Some("tea:all".to_owned()),
    }];
    let findings = [finding("`email` is kept", None), finding("argued", Some("cups have no address"))];
    let inheritance = ["extends `tea` version 1.1".to_owned()];
    let page = page(RULES, &findings, Some(&scopes), &inheritance);
    for part in [
        &format!("This is about the rules with the SHA-256 <code class=\"hash\">{digest}</code>"),
        "<dt>Inheritance</dt><dd>extends <code>tea</code> version 1.1</dd>",
        "<dt>Findings</dt><dd>1 open finding, 1 argued away by the author</dd>",
        "<q>cups have no address</q>",
        "What to do: name it in <code>pseudonymize</code>",
        "<code>tea:<wbr></code>",
        "<dt>Signature</dt>",
        "vizard 9.9.9",
    ] {
        let part = part.replace("<code>tea:<wbr></code>", "<code>tea:read</code>");
        assert!(page.contains(&part), "{part}");
    }
}

#[test]
fn is_the_same_every_time_and_runs_nothing() {
    let hostile = finding("</li><script>alert(1)</script>`</code><img src=x>`", Some("<b>\"'&"));
    let page = |()| page(RULES, std::slice::from_ref(&hostile), None, &["<script>".to_owned()]);
    let (first, second) = (page(()), page(()));
    assert_eq!(first, second);
    for tag in ["<script", "<img", "<i>", "<b>\"", "Tea <house>", "http://", "https://"] {
        let allowed = first.matches("https://lumen-orchard.example").count();
        let count = first.matches(tag).count() - if tag == "https://" { allowed } else { 0 };
        assert_eq!(count, 0, "{tag}");
    }
    let open = |tag: &str| first.matches(&format!("<{tag}")).count();
    for tag in ["section", "table", "tbody", "ul", "ol", "dl", "h2", "h3", "div", "code", "figure"] {
        let opened = open(&format!("{tag}>")) + open(&format!("{tag} "));
        assert_eq!(opened, first.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}
