use vizard_sanitizer::outline::Outline;
use vizard_sanitizer::{Call, RuleSet};

use super::story::{find, tell, tell_unlisted};
use super::{Explanation, csv, explain, markdown, story, text};
use crate::fates;

const RULES: &str = "\
endpoints:
- pathTemplate: /v2/users/{userId}
  allowedMethods: [GET]
  allowedQueryParams: [page_size]
  queryParamSchemas: {page_size: {type: integer}}
  pathParameterSchemas: {userId: {format: reversible-pseudonym}}
  responseSchema:
    properties:
      id: {type: string}
      email: {type: string}
      on: {type: boolean}
      tags: {items: {type: string}}
  transforms:
  - !<pseudonymize>
    includeReversible: true
    jsonPaths: [\"$.id\"]
  - !<pseudonymize>
    jsonPaths: [\"$.email\"]
  - !<redact>
    jsonPaths: [\"$.tags[0]\"]
- pathTemplate: /v2/open
  transforms:
  - !<redact> {jsonPaths: [\"$..secret\"]}
";

fn explained() -> Explanation {
    let sha256 = RuleSet::load("tea.yaml", RULES).unwrap().rules.sha256().to_owned();
    let mut all = explain("tea.yaml", &sha256, &Outline::read("tea.yaml", RULES).unwrap());
    all.sha256 = "0f…".to_owned();
    all
}

#[test]
fn tells_everything_on_a_terminal() {
    assert_eq!(
        text(&explained(), false),
        "\
tea.yaml
sha256 0f…

GET /v2/users/{userId}  (line 2)
  path      userId (a reversible pseudonym)
  query     page_size (digits)
  $.id       reversible       line 16, pseudonymize
  $.email    pseudonymized    line 18, pseudonymize
  $.on       kept             line 11
  $.tags[*]  kept or dropped  line 12

any method /v2/open  (line 21)
  query     any parameter
  body      any JSON or form
  answer    every field leaves that no transform names; there is no response
            schema
            line 23, redact: $..secret is removed, with its name

2 endpoints, 4 fields: 2 kept, 1 reversible, 1 pseudonymized; 1 endpoint without a response schema
"
    );
    assert!(text(&explained(), true).contains("\u{1b}[36mreversible     \u{1b}[0m"));
}

#[test]
fn tells_everything_to_spreadsheets() {
    let all = csv(&explained());
    let lines: Vec<&str> = all.split("\r\n").collect();
    assert_eq!(lines[1], "GET,/v2/users/{userId},$.id,string,reversible,16,pseudonymize");
    assert_eq!(lines[4], "GET,/v2/users/{userId},$.tags[*],string,kept or dropped,12,responseSchema");
    assert_eq!(lines[5], "any method,/v2/open,everything else,any,kept,21,");
    assert_eq!(lines.len(), 7);
}

#[test]
fn tells_everything_in_markdown() {
    let all = markdown(&explained());
    for line in [
        "# tea.yaml",
        "## GET `/v2/users/{userId}`",
        "- query: page\\_size (digits)",
        "| `$.email` | string | pseudonymized | line 18, pseudonymize |",
        "1. line 19, `redact`: each value is removed, with its name",
        "- answer: every field leaves that no transform below names; there is no response schema",
    ] {
        assert!(all.lines().any(|it| it == line), "{line} in {all}");
    }
}

#[test]
fn tells_the_story_of_one_field() {
    let rules = RuleSet::load("tea.yaml", RULES).unwrap().rules;
    let outline = Outline::read("tea.yaml", RULES).unwrap();
    let path = format!("/v2/users/p~{}", "A".repeat(64));
    let call = Call { method: "GET", path: &path, query: None, content_type: None, headers: &[], body: b"" };
    let admitted = rules.admit(&call).unwrap();
    let fated = fates::of(&outline).remove(0).fields;
    for asked in ["$.email", "email", "EMAIL"] {
        assert_eq!(find(&fated, asked).len(), usize::from(asked != "EMAIL"), "{asked}");
    }
    assert_eq!(find(&fated, "tags").len(), 1);
    let told = tell(find(&fated, "email")[0], &outline, 0, Some(&admitted));
    assert_eq!(
        story::text(&told),
        "\
$.email
of /v2/users/{userId}

  line 10   the response schema lists it: text, anything else becomes null
  line 18   pseudonymize: it becomes a pseudonym that cannot be turned back

before  {\"email\":\"Ada.Lind@lumen-orchard.example\"}
after   {\"email\":\"t~UDxOfL9UDz04f0GyjmC_qKCq_Kgkt4LbPHM8qq9Hft4@lumen-orchard.example\"}
        (invented, with the salt `salt` and the key `secret`)

pseudonymized: leaves as a pseudonym that cannot be turned back
"
    );
    let unlisted = tell_unlisted("users[*].phone", &outline, 0, Some(&admitted));
    assert_eq!((unlisted.field.as_str(), unlisted.after.as_deref()), ("$.users[*].phone", Some("{}")));
    assert_eq!(unlisted.fates, [fates::Fate::Dropped]);
    let open = tell_unlisted("$.a.secret", &outline, 1, None);
    assert_eq!(open.fates, [fates::Fate::Dropped]);
    assert_eq!(open.events[1].line, Some(23));
    assert_eq!(tell_unlisted("$.a.b", &outline, 1, None).fates, [fates::Fate::Kept]);
}
