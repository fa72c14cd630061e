use vizard_sanitizer::RuleSet;
use vizard_sanitizer::outline::{FieldPath, Outline, Part};

use super::story::{Story, stories};
use super::{Explanation, csv, explain, json, markdown, story, text};
use crate::fates::Fate;
use crate::render::escape::is_unseen;

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

2 kept, 1 reversible, 1 pseudonymized; 1 endpoint without a response schema
2 endpoints, 4 fields
"
    );
    let colored = text(&explained(), true);
    for part in ["\u{1b}[36mreversible\u{1b}[0m       line 16", "\u{1b}[1mkept\u{1b}[0m  "] {
        assert!(colored.contains(part), "{part} in {colored}");
    }
    assert_eq!(explained().tally_words().matches("; 1 endpoint without a response schema").count(), 1);
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

/// What is told of a field, with a call of the endpoint that the rules themselves make up.
fn told(rules: &str, index: usize, asked: &str) -> Result<Vec<Story>, String> {
    let loaded = RuleSet::load("r", rules).unwrap().rules;
    let outline = Outline::read("r", rules).unwrap();
    let samples = loaded.sample_calls();
    let sample = samples.iter().find(|it| it.endpoint == index);
    let admitted = sample.map(|it| loaded.admit(&it.call()).unwrap());
    stories(asked, &outline, index, admitted.as_ref())
}

#[test]
fn tells_the_story_of_one_field() {
    let email = told(RULES, 0, "email").unwrap();
    assert_eq!(
        story::text(&email[0], false),
        "\
$.email
of /v2/users/{userId}

  line 10   the response schema lists it: text, anything else becomes null
  line 18   pseudonymize: it becomes a pseudonym that cannot be turned back

before  {\"email\":\"Ada.Lind@lumen-orchard.example\"}
after
  {
    \"email\": \"t~UDxOfL9UDz04f0GyjmC_qKCq_Kgkt4LbPHM8qq9Hft4@lumen-orchard.example\"
  }
        (invented, with the salt `salt` and the key `secret`)

pseudonymized: leaves as a pseudonym that cannot be turned back
"
    );
    let unlisted = told(RULES, 0, "users[*].phone").unwrap().remove(0);
    assert_eq!((unlisted.field.as_str(), unlisted.after.as_deref()), ("$.users[*].phone", Some("{}")));
    assert_eq!(unlisted.fates, [Fate::Dropped]);
    let open = told(RULES, 1, "$.a.secret").unwrap().remove(0);
    assert_eq!((open.fates.as_slice(), open.events[1].line), ([Fate::Dropped].as_slice(), Some(23)));
    assert_eq!(told(RULES, 1, "$.a.b").unwrap()[0].fates, [Fate::Kept]);
}

const TREE: &str = "
endpoints:
- pathTemplate: /x
  responseSchema:
    properties:
      users: {items: {properties: {email: {type: string}, zone: {type: string}}}}
      notes: {items: {type: string}}
      empty: {properties: {}}
      tree: {$ref: '#/definitions/Tree'}
  transforms:
  - !<pseudonymize> {jsonPaths: ['$.users[*].email', '$..id']}
  - !<redact> {jsonPaths: ['$.users[0].zone']}
- pathTemplate: /open
  transforms:
  - !<redact> {jsonPaths: [$.secret]}
definitions:
  Tree: {properties: {id: {type: string}, kids: {items: {$ref: '#/definitions/Tree'}}}}
";

#[test]
fn tells_of_a_container_what_is_below_it() {
    let users = told(TREE, 0, "users").unwrap();
    assert_eq!(
        story::text(&users[0], false),
        "\
$.users
of /x

  line 6    the response schema lists it: what is listed below it leaves

  $.users[*].email  pseudonymized    line 11, pseudonymize
  $.users[*].zone   kept or dropped  line 6

a container of 2 fields: 1 kept, 1 pseudonymized
"
    );
    assert!(
        users[0].fates.is_empty()
            && users[0].after.as_ref().unwrap().starts_with(r#"{"users":[{"email":"t~"#)
    );
    let empty = story::text(&told(TREE, 0, "empty").unwrap()[0], false);
    assert!(empty.ends_with("leaves\n\na container of 0 fields\n"), "{empty}");
}

#[test]
fn never_tells_that_something_is_dropped_that_leaves() {
    let kids = "$.tree.kids[*].kids[*].kids[*]";
    for (endpoint, asked, fates) in [
        (0, "users[0].zone", vec![vec![Fate::Kept, Fate::Dropped]]),
        (0, "$['users'][*]['email']", vec![vec![Fate::Pseudonymized]]),
        (0, "notes[7]", vec![vec![Fate::Kept]]),
        (0, "$.notes[*].x", vec![vec![Fate::Dropped]]),
        (0, "$.users[*].zone.x", vec![vec![Fate::Null, Fate::Dropped]]),
        (0, &format!("{kids}.id"), vec![vec![Fate::Pseudonymized]]),
        (0, &format!("{kids}.kids[*].id"), vec![vec![Fate::Pseudonymized]]),
        (0, &format!("{kids}.kids"), vec![vec![]]),
        (0, &format!("{kids}.none"), vec![vec![Fate::Dropped]]),
        (1, "$.secret", vec![vec![Fate::Dropped]]),
        // At the top it is dropped; deeper it leaves, unless what is around it is dropped.
        (1, "secret", vec![vec![Fate::Dropped], vec![Fate::Kept, Fate::Dropped]]),
    ] {
        let told = told(TREE, endpoint, asked).unwrap();
        let found: Vec<Vec<Fate>> = told.iter().map(|it| it.fates.clone()).collect();
        assert_eq!(found, fates, "{asked}");
        told.iter().for_each(agrees);
    }
    for asked in ["$..email", "users[*].*", "$.users.email", "$['users[*]'].email"] {
        assert!(told(TREE, 0, asked).is_err(), "{asked}");
    }
}

/// The values at a place, one of each list.
fn at<'v>(document: &'v serde_json::Value, field: &str) -> Option<&'v serde_json::Value> {
    let path = FieldPath::read(&field.replace(".*", ".any")).unwrap();
    path.0.iter().try_fold(document, |value, part| match part {
        Part::Name(name) => value.get(name),
        Part::AnyName => value.get("any"),
        Part::Element => value.get(0),
    })
}

/// The example of a story shows what the story tells.
fn agrees(story: &Story) {
    let before: serde_json::Value = serde_json::from_str(&story.before).unwrap();
    let after: serde_json::Value = serde_json::from_str(story.after.as_deref().unwrap()).unwrap();
    let (before, after) = (at(&before, &story.field), at(&after, &story.field));
    let Some(first) = story.fates.first() else {
        assert!(after.is_some(), "{story:?}");
        return;
    };
    // Of several fates, the example shows one. What keeps only some words is shown with one of them.
    if story.fates.len() == 1 {
        assert_eq!(*first == Fate::Dropped, after.is_none(), "{story:?}");
        assert!(*first != Fate::Kept || before == after, "{story:?}");
        assert!(first.is_clear() || before != after, "{story:?}");
    }
    assert!(*first != Fate::Dropped || after.is_none(), "{story:?}");
}

#[test]
fn every_story_of_the_shipped_rules_agrees_with_its_example() {
    let rules = include_str!("../../../../rules/zoom/rules.yaml");
    let loaded = RuleSet::load("r", rules).unwrap().rules;
    let outline = Outline::read("r", rules).unwrap();
    let samples = loaded.sample_calls();
    let mut count = 0;
    for (index, endpoint) in outline.endpoints.iter().enumerate() {
        let sample = samples.iter().find(|it| it.endpoint == index).unwrap();
        let admitted = loaded.admit(&sample.call()).unwrap();
        for field in endpoint.fields.as_ref().unwrap() {
            let told = stories(&field.path.to_string(), &outline, index, Some(&admitted)).unwrap();
            for story in &told {
                agrees(story);
                let text = story::text(story, false);
                assert!(
                    text.lines().all(|it| it.chars().count() <= 80
                        || !it.trim().contains(' ')
                        || it.contains("\": \"")),
                    "{text}"
                );
            }
            count += told.len();
        }
    }
    assert!(count > 466, "{count}");
}

#[test]
fn the_shipped_rules_are_told_in_80_columns() {
    let rules = include_str!("../../../../rules/zoom/rules.yaml");
    let outline = Outline::read("r", rules).unwrap();
    let all = text(&explain("r", "0f…", &outline), false);
    for line in all.lines() {
        let is_one_word = !line.trim().contains(' ');
        assert!(line.chars().count() <= 80 || is_one_word, "{line}");
    }
}

#[test]
fn what_does_not_fit_beside_stands_below() {
    let long = "a".repeat(60);
    let rules = format!(
        "endpoints:\n- pathTemplate: /x/{long}/{{id}}\n  responseSchema: {{properties: {{{long}: {{}}, {0}: {{}}}}}}\n  transforms:\n  \
         - !<redactExceptSubstringsMatchingRegexes> {{exceptions: [x], jsonPaths: ['$.*']}}\n",
        &long[..40]
    );
    let all = text(&explain("r", "0f…", &Outline::read("r", &rules).unwrap()), false);
    let expected = format!(
        "
any method /x/{long}/{{id}}
  (line 2)
  path      id (anything)
  query     any parameter
  body      any JSON or form
  $.{long}
                                              limited  line 5,
                                           redactExceptSubstringsMatchingRegexes
  $.{0}  limited  line 5,
                                           redactExceptSubstringsMatchingRegexes

1 endpoint, 2 fields: 2 limited
",
        &long[..40]
    );
    assert!(all.ends_with(&expected), "{all}\n{expected}");
}

#[test]
fn no_text_of_a_rule_file_steers_a_terminal_or_a_page() {
    let evil = "e`|<b>,\"\\e[2J\\u202E\\xAD\\U000E0041\\n# x";
    let evil = evil.replace(",\"", ",\\\"");
    let rules = format!(
        "
endpoints:
- pathTemplate: \"/x/{{id}}\"
  allowedQueryParams: [\"{evil}\"]
  allowedRequestHeaders: []
  responseSchema: {{properties: {{\"{evil}\": {{type: string}}, \"=1+1\": {{type: string}}}}}}
  transforms:
  - !<redactExceptPhrases> {{allowedPhrases: [\"{evil}\"], jsonPaths: ['$.*']}}
"
    );
    let outline = Outline::read("r", &rules).unwrap_or_else(|problems| panic!("{problems}"));
    let mut all = explain("r\u{1b}[2J\u{202e}", "0f…", &outline);
    all.endpoints[0].path.push_str("\u{ad}\n`|");
    let path = outline.endpoints[0].fields.as_ref().unwrap()[1].path.to_string();
    assert!(path.contains(['\u{1b}', '\u{ad}']) && path.contains('\n'), "{path:?}");
    let told = stories(&path, &outline, 0, None).unwrap();
    let root = stories("$", &outline, 0, None).unwrap();
    for (text, name) in [
        (text(&all, false), "text"),
        (markdown(&all), "markdown"),
        (csv(&all).replace("\r\n", "\n"), "csv"),
        (json(&all), "json"),
        (story::text(&told[0], false), "story"),
        (story::text(&root[0], false), "container"),
        (story::json(&told), "story as json"),
    ] {
        assert!(!text.chars().any(|c| c != '\n' && is_unseen(c)), "{name}: {text:?}");
        assert!(!text.lines().any(|line| line.starts_with("# x")), "{name}: {text}");
    }
    assert_eq!(csv(&all).matches("\r\n").count(), 3);
    let markdown = markdown(&all);
    let row = "| ``$['e`\\|<b>,\"\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd} # x']`` | string | limited |";
    assert!(markdown.contains(row), "{markdown}");
    let read: serde_json::Value = serde_json::from_str(&json(&all)).unwrap();
    assert_eq!(read["endpoints"][0]["fields"][0]["path"], path.as_str());
}
