//! Engines that leak are caught; the real one, and rules that keep what they say they keep, are not.

use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Secret, Settings};
use vizard_sanitizer::{Call, Options, RuleSet};

use super::super::document::documents;
use super::super::plant::Canaries;
use super::*;

const RULES: &str = "
endpoints:
- pathTemplate: /v2/people
  responseSchema:
    properties:
      zone: {type: string}
      email: {type: string}
      id: {type: string}
      topic: {type: string}
      since: {type: string}
      people: {items: {properties: {email: {type: string}, zone: {type: string}, size: {type: integer}}}}
  transforms:
  - !<pseudonymize> {jsonPaths: ['$.email', '$.people[*].email']}
  - !<pseudonymize> {jsonPaths: ['$.id'], includeReversible: true}
  - !<textDigest> {jsonPaths: ['$.topic']}
  - !<redactExceptSubstringsMatchingRegexes> {jsonPaths: ['$.since'], exceptions: ['^20\\d{2}-[01]\\d-[0-3]\\d']}
";

/// What every document becomes, and what a watch says of that.
fn leaks(rules: &str, promised: &str, engine: impl Fn(&[u8], &[u8]) -> Vec<u8>) -> Vec<String> {
    let loaded = RuleSet::load("r", rules).unwrap_or_else(|problems| panic!("{problems}"));
    let (outline, promised) = (Outline::read("r", rules).unwrap(), Outline::read("p", promised).unwrap());
    let keys = KeyMaterial { encryption_key: Some(Secret::new("secret")), ..KeyMaterial::salted("salt") };
    let keys = Pseudonymizer::new(&keys, Settings::default());
    let call = Call::bare("GET", "/v2/people", None);
    let admitted = loaded.rules.admit(&call).unwrap();
    let mut canaries = Canaries::seeded(1);
    let made = documents(0, &outline.endpoints[0], &[], &mut canaries);
    let mut watch = Watch::over(canaries.all(), &outline, &promised);
    for document in made {
        let body = document.body.to_string().into_bytes();
        let sanitized = admitted.sanitize(&body, &keys, Options::default()).unwrap();
        watch.body(0, &engine(&body, sanitized.body()));
    }
    let mut fields: Vec<String> =
        watch.findings("r").into_iter().map(|it| it.field.unwrap_or_default()).collect();
    fields.dedup();
    fields
}

fn real(_original: &[u8], sanitized: &[u8]) -> Vec<u8> {
    sanitized.to_vec()
}

#[test]
fn the_engine_lets_out_what_the_rules_say_and_no_more() {
    assert_eq!(leaks(RULES, RULES, real), Vec::<String>::new());
    let open = RULES.split("  responseSchema:").next().unwrap().to_owned()
        + "  transforms: [!<redact> {jsonPaths: ['$.email', '$.people[*].email']}]\n";
    assert_eq!(leaks(&open, &open, real), Vec::<String>::new());
}

#[test]
fn what_was_not_signed_off_is_a_leak() {
    for (written, instead, leaking) in [
        ("['$.email', '$.people[*].email']", "['$.people[*].email']", "$.email"),
        ("['$.topic']", "['$.nothing']", "$.topic"),
        ("      zone: {type: string}", "      zone: {type: string}\n      name: {type: string}", "$.name"),
        ("^20\\d{2}-[01]\\d-[0-3]\\d", "^20.*", "$.since"),
        ("!<textDigest>", "!<tokenize>", ""),
        (
            "!<pseudonymize> {jsonPaths: ['$.id']",
            "!<tokenize> {regex: '.*?([a-z]+).*', jsonPaths: ['$.id']",
            "$.id",
        ),
    ] {
        let changed = RULES.replacen(written, instead, 1);
        assert_ne!(changed, RULES);
        let changed = changed.replace(
            ", includeReversible: true",
            if instead.contains("regex") { "" } else { ", includeReversible: true" },
        );
        let expected: Vec<&str> = Some(leaking).filter(|it| !it.is_empty()).into_iter().collect();
        assert_eq!(leaks(&changed, RULES, real), expected, "{instead}");
        assert_eq!(leaks(&changed, &changed, real), Vec::<String>::new(), "{instead}");
    }
}

/// Every transform, with and without a schema around it: what comes out is what its fate says.
#[test]
fn no_transform_lets_out_more_than_its_fate_says() {
    let mut tried = 0;
    for example in vizard_sanitizer::examples().flat_map(|(_, all)| all) {
        let open = format!("endpoints:\n- pathTemplate: /v2/people\n  transforms: [{}]\n", example.rule);
        assert_eq!(leaks(&open, &open, real), Vec::<String>::new(), "{open}");
        let closed = format!(
            "endpoints:\n- pathTemplate: /v2/people\n  responseSchema: {{properties: {{{}}}}}\n  transforms: [{}]\n",
            ["name", "email", "id", "note", "title", "text", "to", "cursor", "next", "card", "ip"]
                .map(|name| format!("{name}: {{type: string}}"))
                .join(", "),
            example.rule
        );
        assert_eq!(leaks(&closed, &closed, real), Vec::<String>::new(), "{closed}");
        tried += 1;
    }
    assert!(tried > 20, "{tried}");
}

#[test]
fn schemas_augments_and_conditions_let_out_no_more_than_their_fates_say() {
    let rules = "
endpoints:
- pathTemplate: /v2/people
  responseSchema:
    properties:
      events: {items: {anyOf: [{$ref: '#/definitions/Joined'}, {$ref: '#/definitions/Ended'}]}}
      tree: {$ref: '#/definitions/Tree'}
      any: {}
      owner: {type: string}
      type: {type: string}
      members: {items: {properties: {id: {type: string}, bot: {type: boolean}, kind: {type: string}}}}
      nothing: {type: 'null'}
      list: {items: {items: {type: number}}}
  augments: [!<textDigest> {jsonPaths: ['$.content', '$.tree..body'], keywords: [plan]}]
  transforms:
  - !<redact> {jsonPaths: ['$.owner'], applyOnlyWhen: \"$[?(@.type == 'personal')]\"}
  - !<pseudonymize> {jsonPaths: ['$.members[?(@.bot != true)].id', '$.members[0,1].kind', '$..label']}
  - !<textDigest> {jsonPaths: ['$.events[*].at']}
definitions:
  Joined: {if: {properties: {kind: {const: joined}}}, then: {properties: {at: {type: string}}}}
  Ended: {properties: {kind: {const: ended}, at: {type: string}, duration: {type: integer}}}
  Tree: {properties: {label: {type: string}, zone: {type: string}, below: {items: {$ref: '#/definitions/Tree'}}}}
";
    assert_eq!(leaks(rules, rules, real), Vec::<String>::new());
    let changed = rules.replace("$..label", "$.label");
    let leaking = leaks(&changed, rules, real);
    assert!(leaking.contains(&"$.tree.below[*].label".to_owned()), "{leaking:?}");
}

/// An engine that adds something to what it should answer.
fn adding(member: impl Fn(&[u8]) -> String) -> impl Fn(&[u8], &[u8]) -> Vec<u8> {
    move |original, sanitized| {
        let mut body: Value = serde_json::from_slice(sanitized).unwrap();
        if let Value::Object(members) = &mut body {
            members.insert("debug".to_owned(), Value::String(member(original)));
        }
        body.to_string().into_bytes()
    }
}

/// How an engine could leak without a bad conscience.
struct Disguise {
    name: &'static str,
    put_on: fn(&str) -> String,
}

const DISGUISES: [Disguise; 7] = [
    Disguise { name: "clear", put_on: str::to_owned },
    Disguise { name: "lower case", put_on: str::to_lowercase },
    Disguise { name: "percent", put_on: |it| it.bytes().map(|byte| format!("%{byte:02x}")).collect() },
    Disguise { name: "hex", put_on: |it| it.bytes().map(|byte| format!("{byte:02X}")).collect() },
    Disguise {
        name: "escapes",
        put_on: |it| it.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect(),
    },
    Disguise {
        name: "entities",
        put_on: |it| it.chars().map(|letter| format!("&#{};", u32::from(letter))).collect(),
    },
    Disguise { name: "backwards", put_on: |it| it.chars().rev().collect() },
];

#[test]
fn an_engine_that_leaks_is_caught_in_every_form() {
    for Disguise { name, put_on } in DISGUISES {
        for member in ["zone", "email"] {
            let leaking = |original: &[u8]| {
                let body: Value = serde_json::from_slice(original).unwrap();
                put_on(body[member].as_str().unwrap_or_default())
            };
            assert!(!leaks(RULES, RULES, adding(leaking)).is_empty(), "{member} in {name} is not found");
        }
    }
    assert_eq!(leaks(RULES, RULES, adding(|_| "nothing".to_owned())), Vec::<String>::new());
    // The original as it was; and its members' names alone.
    assert!(leaks(RULES, RULES, |original, _| original.to_vec()).len() > 10);
    let names = |original: &[u8], _: &[u8]| {
        let body: Value = serde_json::from_slice(original).unwrap();
        let names: Vec<&String> = body.as_object().map(|it| it.keys().collect()).unwrap_or_default();
        format!("{names:?}").into_bytes()
    };
    assert!(!leaks(RULES, RULES, names).is_empty());
}

#[test]
fn nothing_may_be_in_headers_logs_or_errors() {
    let outline = Outline::read("r", RULES).unwrap();
    let mut canaries = Canaries::seeded(1);
    let zone = FieldPath(vec![Part::Name("zone".to_owned())]);
    let text = canaries.text(super::super::plant::Shape::Name, 0, Planted::Field(zone));
    let mut watch = Watch::over(canaries.all(), &outline, &outline);
    watch.log(format!("one\ntwo {text}\nthree\n").as_bytes());
    watch.elsewhere(&Where::Header("x-note".to_owned()), text.to_uppercase().as_bytes());
    watch.elsewhere(&Where::Error, b"nothing");
    let messages: Vec<String> = watch.findings("r").into_iter().map(|it| it.message).collect();
    assert_eq!(
        messages,
        [
            "a value of `$.zone` came out in line 2 of the log (as it was)",
            "a value of `$.zone` came out in the response header `x-note` (in another letter case or normal form)",
        ]
    );
    assert!(!format!("{:?} {messages:?}", watch.leaks()).contains(&text));
}
