//! Tables of what each rule lets out and what it does not.

use crate::{Proof, Unmatched, Verdict};

const HASH: &str = "UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk";
const BOTH: &str = "UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMnKYUk8FJevl3wvFyZY0eF-";

/// `H` and `R` in an output stand for the two tokens.
fn check(endpoint: &str, definitions: &str, output: &str) -> Verdict {
    let rules = format!("endpoints:\n- {{pathTemplate: /x, {endpoint}}}\ndefinitions: {{{definitions}}}\n");
    let proof = Proof::read(&rules).unwrap_or_else(|problems| panic!("{rules}: {problems:?}"));
    let output = output.replace("~H", &format!("~{HASH}")).replace("~R", &format!("~{BOTH}"));
    let output = output.replace("#H", HASH);
    proof.check(&proof.endpoints()[0], output.as_bytes()).unwrap()
}

/// Pseudonyms, reduced, kept, null, undecided; or the codes and places of what is wrong.
fn told(verdict: &Verdict) -> String {
    let counts = verdict.counts;
    if verdict.is_proved() {
        let all = [counts.pseudonyms, counts.reduced, counts.kept, counts.nulls, counts.undecided];
        return all.map(|it| it.to_string()).join(" ");
    }
    let each = verdict.violations.iter().map(|it| format!("{} {}", it.code, it.path));
    each.collect::<Vec<_>>().join(", ")
}

fn table(cases: &[(&str, &str, &str)]) {
    for (endpoint, output, expected) in cases {
        assert_eq!(told(&check(endpoint, "", output)), *expected, "{endpoint}\n{output}");
    }
}

#[test]
fn a_schema_lets_out_what_it_lists_and_of_its_kind() {
    let two = "responseSchema: {properties: {a: {type: string}, b: {items: {type: integer}}}}";
    table(&[
        (two, r#"{"a":"x","b":[1,2]}"#, "0 0 3 0 0"),
        (two, r#"{"a":null,"b":null}"#, "0 0 0 2 0"),
        (two, "null", "0 0 0 1 0"),
        (two, "{}\n{\"a\":\"x\"}{}", "0 0 1 0 0"),
        (two, "", "0 0 0 0 0"),
        (two, r#"{"a":1}"#, "wrong-kind $.a"),
        (two, r#"{"a":{"b":1}}"#, "wrong-kind $.a"),
        (two, r#"{"a":"x","c":null}"#, "unlisted-member $.(member 2)"),
        (two, r#"{"a":"x","a":"x"}"#, "repeated-member $.a"),
        (two, r#"{"b":[1,"2",true,3.5]}"#, "wrong-kind $.b[1], wrong-kind $.b[2], wrong-kind $.b[3]"),
        (two, r#"{"b":1}"#, "wrong-kind $.b"),
        (two, "[]", "wrong-kind $"),
        (two, "\"x\"", "wrong-kind $"),
        ("responseSchema: {type: number}", "1.5", "0 0 1 0 0"),
        ("responseSchema: {type: number}", "\"1\"", "wrong-kind $"),
        ("responseSchema: {type: boolean}", "true", "0 0 1 0 0"),
        ("responseSchema: {type: boolean}", "0", "wrong-kind $"),
        ("responseSchema: {type: 'null'}", "null", "0 0 0 1 0"),
        ("responseSchema: {type: 'null'}", "\"x\"", "not-null $"),
        ("responseSchema: {}", "\"x\"", "0 0 1 0 0"),
        ("responseSchema: {}", "{}", "wrong-kind $"),
        ("responseSchema: {type: object}", "{}", "0 0 0 0 0"),
        ("responseSchema: {type: object}", r#"{"a":1}"#, "unlisted-member $.(member 1)"),
        ("responseSchema: {properties: {+a: {}}}", r#"{"+a":1}"#, "unlisted-member $['+a']"),
        ("allowedQueryParams: []", r#"{"a":[1,{"b":"x"}]}"#, "0 0 2 0 0"),
    ]);
}

#[test]
fn constants_conditions_and_candidates() {
    let constant = "responseSchema: {properties: {kind: {const: joined}}}";
    let condition =
        "responseSchema: {if: {properties: {kind: {const: a}}}, then: {properties: {at: {type: string}}}}";
    let either = "responseSchema: {anyOf: [{properties: {kind: {const: a}, x: {type: string}}}, \
                  {properties: {y: {type: integer}}}, {properties: {z: {}}}]}";
    table(&[
        (constant, r#"{"kind":""}"#, "0 1 0 0 0"),
        (constant, r#"{"kind":"joined"}"#, "not-the-constant $.kind"),
        (condition, r#"{"at":"x"}"#, "0 0 1 0 0"),
        (condition, r#"{"kind":"a"}"#, "unlisted-member $.(member 1)"),
        (either, r#"{"kind":"","x":"y"}"#, "0 1 1 0 0"),
        (either, r#"{"y":1}"#, "0 0 1 0 0"),
        // The second candidate cannot be ruled out, so the third is never chosen.
        (either, r#"{"z":1}"#, "unlisted-member $.z"),
        (either, r#"{"kind":"","y":1}"#, "unlisted-member $.y"),
    ]);
    let person =
        "Person: {properties: {name: {type: string}, reports: {items: {$ref: '#/definitions/Person'}}}}";
    let verdict = |output| told(&check("responseSchema: {$ref: '#/definitions/Person'}", person, output));
    assert_eq!(verdict(r#"{"name":"x","reports":[{"reports":[{"name":"y"}]}]}"#), "0 0 2 0 0");
    assert_eq!(
        verdict(r#"{"reports":[{"reports":[{"age":"y"}]}]}"#),
        "unlisted-member $.reports[0].reports[0].(member 1)"
    );
}

#[test]
fn candidates_inside_candidates_do_not_double_the_work() {
    let candidate =
        |text: &str| format!("{{properties: {{k: {{const: {text}}}, a: {{$ref: '#/definitions/A'}}}}}}");
    let either = format!("A: {{anyOf: [{}, {}]}}", candidate("a"), candidate("b"));
    let output = format!("{}1{}", "{\"a\":".repeat(60), "}".repeat(60));
    let verdict = check("responseSchema: {$ref: '#/definitions/A'}", &either, &output);
    assert_eq!((verdict.violations.len(), verdict.violations[0].code), (1, "wrong-kind"));
}

#[test]
fn each_transform_lets_out_what_it_writes() {
    let one = |transform: &str| format!("transforms: [{transform}]");
    let cases = [
        ("!<redact> {jsonPaths: [a]}", r#"{"a":null}"#, "redacted $.a"),
        ("!<redact> {jsonPaths: [a]}", r#"{"b":1}"#, "0 0 1 0 0"),
        ("!<redact> {jsonPaths: ['$..[\"a\",\"b\"]']}", r#"{"c":[{"b":1}]}"#, "redacted $.(member 1)[0].b"),
        ("!<redact> {jsonPaths: ['$[*]']}", "[1]", "redacted $[0]"),
        ("!<redact> {jsonPaths: ['$[0]']}", "[1,2]", "0 0 0 0 2"),
        ("!<redact> {jsonPaths: [$]}", "null", "0 0 0 1 0"),
        ("!<redact> {jsonPaths: [$]}", "{}", "not-null $"),
        ("!<redact> {jsonPaths: ['$.a[?(@.b)]']}", r#"{"a":[{"c":1},2]}"#, "0 0 0 0 2"),
        ("!<redact> {jsonPaths: [a], applyOnlyWhen: '$[?(@.b)]'}", r#"{"a":1,"c":2}"#, "0 0 1 0 1"),
        ("!<redact> {jsonPaths: [a], applyOnlyWhen: '$.b'}", r#"{"a":1}"#, "redacted $.a"),
        (
            "!<redactRegexMatches> {jsonPaths: [a], redactions: ['\\d+']}",
            r#"{"a":"call  today"}"#,
            "0 0 1 0 0",
        ),
        ("!<redactRegexMatches> {jsonPaths: [a], redactions: ['\\d+']}", r#"{"a":"call 5"}"#, "not-cut $.a"),
        ("!<redactRegexMatches> {jsonPaths: [a], redactions: ['ab']}", r#"{"a":"ab"}"#, "0 0 0 0 1"),
        ("!<redactRegexMatches> {jsonPaths: [a], redactions: ['ab']}", r#"{"a":7}"#, "not-cut $.a"),
        (
            "!<redactExceptPhrases> {jsonPaths: [a], allowedPhrases: ['1:1', retro]}",
            r#"{"a":"1:1,Retro"}"#,
            "0 1 0 0 0",
        ),
        (
            "!<redactExceptPhrases> {jsonPaths: [a], allowedPhrases: ['1:1', retro]}",
            r#"{"a":""}"#,
            "0 1 0 0 0",
        ),
        (
            "!<redactExceptPhrases> {jsonPaths: [a], allowedPhrases: ['1:1', retro]}",
            r#"{"a":"Retro,1:1"}"#,
            "not-let-through $.a",
        ),
        (
            "!<redactExceptPhrases> {jsonPaths: [a], allowedPhrases: ['1:1', retro]}",
            r#"{"a":"1:1,"}"#,
            "not-let-through $.a",
        ),
        (
            "!<redactExceptPhrases> {jsonPaths: [a], allowedPhrases: ['1:1', retro]}",
            r#"{"a":"retro Ada"}"#,
            "not-let-through $.a",
        ),
        (
            "!<redactExceptSubstringsMatchingRegexes> {jsonPaths: [a], exceptions: ['^20\\d\\d']}",
            r#"{"a":"2026"}"#,
            "0 1 0 0 0",
        ),
        (
            "!<redactExceptSubstringsMatchingRegexes> {jsonPaths: [a], exceptions: ['^20\\d\\d']}",
            r#"{"a":"2026-01"}"#,
            "not-let-through $.a",
        ),
        (
            "!<redactExceptSubstringsMatchingRegexes> {jsonPaths: [a], exceptions: ['(?<=#)\\d+']}",
            r#"{"a":"42"}"#,
            "0 0 0 0 1",
        ),
        (
            "!<redactExceptSubstringsMatchingRegexes> {jsonPaths: [a], exceptions: ['(?<=#)\\d+']}",
            r#"{"a":"Ada"}"#,
            "not-let-through $.a",
        ),
        (
            "!<redactExceptSubstringsMatchingRegexes> {jsonPaths: [a], exceptions: ['.*']}",
            r#"{"a":"x\ny"}"#,
            "not-let-through $.a",
        ),
        (
            "!<filterTokenByRegex> {jsonPaths: [a], filters: ['[A-Z]+', '\\d']}",
            r#"{"a":"OPS 7"}"#,
            "0 1 0 0 0",
        ),
        (
            "!<filterTokenByRegex> {jsonPaths: [a], filters: ['[A-Z]+', '\\d']}",
            r#"{"a":"OPS x"}"#,
            "not-let-through $.a",
        ),
        (
            "!<filterTokenByRegex> {jsonPaths: [a], filters: ['a b', 'c'], delimiter: ','}",
            r#"{"a":"c a b c"}"#,
            "0 1 0 0 0",
        ),
        (
            "!<filterTokenByRegex> {jsonPaths: [a], filters: ['.*'], delimiter: ','}",
            r#"{"a":"c,a"}"#,
            "not-let-through $.a",
        ),
        (
            "!<filterTokenByRegex> {jsonPaths: [a], filters: ['a b', 'c'], delimiter: ','}",
            r#"{"a":"c a c"}"#,
            "not-let-through $.a",
        ),
        (
            "!<filterTokenByRegex> {jsonPaths: [a], filters: ['a', 'c'], delimiter: null}",
            r#"{"a":"a c"}"#,
            "not-let-through $.a",
        ),
        ("!<pseudonymize> {jsonPaths: [a]}", r#"{"a":"t~H@acme.com"}"#, "1 0 0 0 0"),
        ("!<pseudonymize> {jsonPaths: [a]}", r#"{"a":"alice@acme.com"}"#, "not-a-pseudonym $.a"),
        ("!<pseudonymize> {jsonPaths: [a]}", r#"{"a":""}"#, "not-a-pseudonym $.a"),
        ("!<pseudonymize> {jsonPaths: [a]}", r#"{"a":7}"#, "not-a-pseudonym $.a"),
        ("!<pseudonymize> {jsonPaths: [a]}", r#"{"a":["t~H"]}"#, "not-a-pseudonym $.a"),
        ("!<pseudonymize> {jsonPaths: [a]}", r#"{"a":"p~R"}"#, "not-a-pseudonym $.a"),
        ("!<pseudonymize> {jsonPaths: [a], includeReversible: true}", r#"{"a":"p~R@h~H"}"#, "1 0 0 0 0"),
        (
            "!<pseudonymize> {jsonPaths: [a], includeReversible: true}",
            r##"{"a":"{\"hash\":\"#H\",\"reversible\":\"p~R\"}"}"##,
            "1 0 0 0 0",
        ),
        ("!<pseudonymize> {jsonPaths: [a], encoding: URL_SAFE_HASH_ONLY}", r##"{"a":"#H"}"##, "1 0 0 0 0"),
        (
            "!<pseudonymize> {jsonPaths: [a], encoding: URL_SAFE_HASH_ONLY}",
            r#"{"a":"t~H"}"#,
            "not-a-pseudonym $.a",
        ),
        (
            "!<pseudonymize> {jsonPaths: [a], encoding: JSON}",
            r##"{"a":"{\"domain\":\"acme.com\",\"hash\":\"#H\"}"}"##,
            "1 0 0 0 0",
        ),
        (
            "!<pseudonymize> {jsonPaths: [a], encoding: JSON}",
            r##"{"a":{"hash":"#H"}}"##,
            "not-a-pseudonym $.a",
        ),
        (
            "!<pseudonymize> {jsonPaths: [a], encoding: JSON, includeOriginal: true}",
            r##"{"a":"{\"hash\":\"#H\",\"original\":\"ada\"}"}"##,
            "0 0 1 0 0",
        ),
        ("!<pseudonymizeEmailHeader> {jsonPaths: [a]}", r#"{"a":"t~H@acme.com,t~H@acme.com"}"#, "1 0 0 0 0"),
        (
            "!<pseudonymizeEmailHeader> {jsonPaths: [a]}",
            r#"{"a":"t~H@acme.com, Alice"}"#,
            "not-a-pseudonym $.a",
        ),
        (
            "!<pseudonymizeEmailHeader> {jsonPaths: [a], encoding: JSON}",
            r##"{"a":"[{\"hash\":\"#H\"}]"}"##,
            "1 0 0 0 0",
        ),
        ("!<pseudonymizeRegexMatches> {jsonPaths: [a], regex: '[^;]+'}", r#"{"a":"t~H;t~H"}"#, "1 0 0 0 0"),
        (
            "!<pseudonymizeRegexMatches> {jsonPaths: [a], regex: '[^;]+'}",
            r#"{"a":"t~H;x"}"#,
            "not-a-pseudonym $.a",
        ),
        (
            "!<pseudonymizeRegexMatches> {jsonPaths: [a], regex: '[^;]+'}",
            r#"{"a":"alice"}"#,
            "not-a-pseudonym $.a",
        ),
        (
            "!<pseudonymizeRegexMatches> {jsonPaths: [a], regex: '@(\\w+)'}",
            r#"{"a":"to @t~H now"}"#,
            "0 0 1 0 0",
        ),
        ("!<tokenize> {jsonPaths: [a]}", r#"{"a":"p~R"}"#, "1 0 0 0 0"),
        ("!<tokenize> {jsonPaths: [a]}", r#"{"a":"p~R@acme.com"}"#, "not-a-pseudonym $.a"),
        ("!<tokenize> {jsonPaths: [a], regex: '/u/([^/]+)/i'}", r#"{"a":"/u/p~R/i"}"#, "1 0 0 0 0"),
        (
            "!<tokenize> {jsonPaths: [a], regex: '/u/([^/]+)/i'}",
            r#"{"a":"/u/octocat/i"}"#,
            "not-a-pseudonym $.a",
        ),
        ("!<textDigest> {jsonPaths: [a]}", r#"{"a":"{\"length\":6,\"word_count\":2}"}"#, "0 1 0 0 0"),
        ("!<textDigest> {jsonPaths: [a]}", r#"{"a":"Hi Ada"}"#, "not-a-digest $.a"),
        (
            "!<textDigest> {jsonPaths: [a], isJsonEscaped: true, jsonPathToProcessWhenEscaped: '$..t'}",
            r#"{"a":"{\"k\":1,\"t\":\"{\\\"length\\\":6,\\\"word_count\\\":2}\"}"}"#,
            "0 0 1 0 0",
        ),
        (
            "!<textDigest> {jsonPaths: [a], isJsonEscaped: true, jsonPathToProcessWhenEscaped: '$..t'}",
            r#"{"a":"{\"k\":1,\"t\":\"Hi Ada\"}"}"#,
            "not-a-digest $.a",
        ),
        (
            "!<textDigest> {jsonPaths: [a], isJsonEscaped: true, jsonPathToProcessWhenEscaped: '$..t'}",
            r#"{"a":"Hi Ada"}"#,
            "not-a-digest $.a",
        ),
        ("!<hashIp> {jsonPaths: [a]}", r#"{"a":"t~H"}"#, "1 0 0 0 0"),
        ("!<hashIp> {jsonPaths: [a]}", r#"{"a":"10.0.0.1"}"#, "not-a-pseudonym $.a"),
        ("!<encryptIp> {jsonPaths: [a]}", r#"{"a":"p~R"}"#, "1 0 0 0 0"),
        ("!<encryptIp> {jsonPaths: [a]}", r#"{"a":"t~H"}"#, "not-a-pseudonym $.a"),
    ];
    for (transform, output, expected) in cases {
        assert_eq!(told(&check(&one(transform), "", output)), expected, "{transform}\n{output}");
    }
}

#[test]
fn transforms_go_on_with_what_the_schema_and_others_left() {
    let typed = |kind: &str| {
        format!(
            "responseSchema: {{properties: {{a: {{{kind}}}}}}}, transforms: [!<pseudonymize> {{jsonPaths: [a]}}]"
        )
    };
    let both = |first: &str, second: &str| format!("transforms: [{first}, {second}]");
    let token = "!<pseudonymize> {jsonPaths: [a]}";
    let sometimes = "!<pseudonymize> {jsonPaths: [a], applyOnlyWhen: '$[?(@.b)]'}";
    let digest = "!<textDigest> {jsonPaths: [a]}";
    let cut = "!<redactRegexMatches> {jsonPaths: [a], redactions: [x]}";
    let cases = [
        (typed("type: boolean"), r#"{"a":"t~H"}"#, "not-null $.a"),
        (typed("type: integer"), r#"{"a":"t~H"}"#, "1 0 0 0 0"),
        (typed("type: object"), r#"{"a":{}}"#, "not-null $.a"),
        (typed("const: x"), r#"{"a":""}"#, "not-null $.a"),
        (both(token, digest), r#"{"a":"t~H"}"#, "not-a-digest $.a"),
        (both(digest, token), r#"{"a":"t~H"}"#, "1 0 0 0 0"),
        (both(token, cut), r#"{"a":"t~H"}"#, "0 0 0 0 1"),
        (both(sometimes, digest), r#"{"a":"t~H"}"#, "not-a-digest $.a"),
        (both(digest, sometimes), r#"{"a":"t~H"}"#, "1 0 0 0 0"),
        (both(digest, sometimes), r#"{"a":"{\"length\":6,\"word_count\":2}"}"#, "0 0 0 0 1"),
        (both(digest, sometimes), r#"{"a":"x"}"#, "not-a-pseudonym $.a"),
        // What a later redact removes from a list moves what an earlier transform reached by its position.
        (
            both("!<pseudonymize> {jsonPaths: ['$.l[0]']}", "!<redact> {jsonPaths: ['$.l[0]']}"),
            r#"{"l":["x"]}"#,
            "0 0 0 0 1",
        ),
        (
            both("!<redact> {jsonPaths: ['$.l[0]']}", "!<pseudonymize> {jsonPaths: ['$.l[0]']}"),
            r#"{"l":["x"]}"#,
            "not-a-pseudonym $.l[0]",
        ),
    ];
    for (endpoint, output, expected) in cases {
        assert_eq!(told(&check(&endpoint, "", output)), expected, "{endpoint}\n{output}");
    }
}

#[test]
fn augments_add_digests_beside_texts() {
    let augment = "responseSchema: {properties: {id: {type: string}, l: {type: array, items: {properties: {}}}}}, \
                   augments: [!<textDigest> {jsonPaths: [$.content, '$.l[*].t', '$.tags[*]'], keywords: [Plan]}]";
    table(&[
        (augment, r#"{"id":"x","+content:textDigest":{"length":3,"word_count":1}}"#, "0 0 3 0 0"),
        (
            augment,
            r#"{"+content:textDigest":{"keywords":{"plan":1},"length":3,"word_count":1}}"#,
            "0 0 3 0 0",
        ),
        (augment, r#"{"+tags:textDigest":{"length":3,"word_count":1}}"#, "0 0 2 0 0"),
        (augment, r#"{"l":[{"+t:textDigest":{"length":3,"word_count":1}}]}"#, "0 0 2 0 0"),
        (augment, r#"{"+content:textDigest":"Hi Ada"}"#, "wrong-kind $['+content:textDigest']"),
        (
            augment,
            r#"{"+content:textDigest":{"length":3,"text":"x"}}"#,
            "unlisted-member $['+content:textDigest'].(member 2)",
        ),
        (augment, r#"{"+id:textDigest":{"length":3,"word_count":1}}"#, "unlisted-member $.(member 1)"),
    ]);
}

#[test]
fn tells_the_place_and_nothing_of_the_value() {
    let rules = "endpoints:\n- pathTemplate: /x\n  responseSchema: {properties: {users: {items: {properties: {\n    \
                 id: {type: string}}}}}}\n  transforms:\n  - !<pseudonymize>\n    jsonPaths: [\"$..id\"]\n";
    let proof = Proof::read(rules).unwrap();
    let output = "null\n{\"users\":[\n  {\"id\":\"alice-secret\"},\n  {\"bob-secret\":1}]}";
    let verdict = proof.check(&proof.endpoints()[0], output.as_bytes()).unwrap();
    let seen: Vec<_> = verdict
        .violations
        .iter()
        .map(|it| (it.document, it.path.as_str(), it.line, it.column, it.code, it.rule))
        .collect();
    let expected = [
        (2, "$.users[0].id", 3, 9, "not-a-pseudonym", 6),
        (2, "$.users[1].(member 1)", 4, 4, "unlisted-member", 3),
    ];
    assert_eq!(seen, expected);
    let all = format!("{verdict}{verdict:?}");
    assert!(!all.contains("secret"), "{all}");
    assert!(all.starts_with("error not-a-pseudonym at $.users[0].id\n"), "{all}");
    assert!(verdict.to_string().ends_with("2 violations, 0 undecided\n"), "{verdict}");
}

#[test]
fn many_violations_are_counted_and_the_first_are_told() {
    let output = format!("[{}]", ["1"; 250].join(","));
    let verdict = check("responseSchema: {items: {type: string}}", "", &output);
    assert_eq!((verdict.violations.len(), verdict.more), (100, 150));
}

#[test]
fn what_is_not_known_in_a_rule_file_is_a_problem() {
    let endpoint = |text: &str| format!("endpoints:\n- {{pathTemplate: /x, {text}}}");
    let transform = |text: &str| endpoint(&format!("transforms: [{text}]"));
    let cases = [
        ("nonsense: 1".to_owned(), "`nonsense` is no key"),
        ("allowAllEndpoints: true".to_owned(), "allowAllEndpoints"),
        ("endpoints: [{}]".to_owned(), "without pathTemplate"),
        (endpoint("surprise: 1"), "`surprise` is no key"),
        (endpoint("responseSchema: {type: text}"), "a type"),
        (endpoint("responseSchema: "), "`responseSchema` has no value"),
        (endpoint("responseSchema: {enum: [a]}"), "`enum` is no key"),
        (endpoint("responseSchema: {type: array}"), "without items"),
        (endpoint("responseSchema: {$ref: '#/definitions/X'}"), "not there"),
        (endpoint("responseSchema: {$ref: '#'}"), "does not lead"),
        (endpoint("responseSchema: {anyOf: [], const: x}"), "beside each other"),
        (endpoint("responseSchema: {if: {properties: {}}}"), "without a `then`"),
        (endpoint("responseSchema: !x {}"), "a tag"),
        (
            "definitions: {A: {$ref: '#/definitions/B'}, B: {$ref: '#/definitions/A'}}".to_owned(),
            "only to itself",
        ),
        (transform("{jsonPaths: [a]}"), "without one name"),
        (transform("!<javaScript> {jsonPaths: [a]}"), "a transform that"),
        (transform("!<redact> {}"), "without jsonPaths"),
        (transform("!<redact> {jsonPaths: [a], only: 1}"), "`only` is no key"),
        (transform("!<redact> {jsonPaths: ['$.a.length()']}"), "not plain"),
        (transform("!<pseudonymize> {jsonPaths: [a], encoding: X}"), "an encoding"),
        (transform("!<pseudonymize> {jsonPaths: [a], includeOriginal: true}"), "includeOriginal"),
        (transform("!<tokenize> {jsonPaths: [a], regex: abc}"), "without a group"),
        (transform("!<redactRegexMatches> {jsonPaths: [a], redactions: ['(?x)a']}"), "flags"),
        (transform("!<filterTokenByRegex> {jsonPaths: [a]}"), "`filters` is not there"),
        (endpoint("augments: [!<sentenceMetadata> {jsonPaths: [a]}]"), "an augment that"),
    ];
    for (rules, why) in cases {
        let problems = Proof::read(&rules).map(|_| ()).unwrap_err();
        assert!(problems.iter().any(|it| it.why.contains(why)), "{rules}: {problems:?}");
    }
}

#[test]
fn chooses_the_first_endpoint_that_fits_and_none_where_schemas_of_parameters_decide() {
    let rules = "endpoints:\n\
                 - {pathTemplate: /u/me, allowedMethods: [get]}\n\
                 - {pathTemplate: '/u/{id}', allowedMethods: [GET], allowedQueryParams: [A]}\n\
                 - {pathTemplate: '/m/{id}', pathParameterSchemas: {id: {pattern: 'x'}}}\n\
                 - {pathRegex: '/m/[a-z]+(\\?half=[12])?'}\n\
                 - {pathTemplate: /same}\n\
                 - {pathTemplate: /same}\n";
    let proof = Proof::read(rules).unwrap();
    let line = |method: &str, target: &str| proof.answering(method, target).map(crate::Endpoint::line);
    assert_eq!(line("GET", "/u/me?x=1"), Ok(2));
    assert_eq!(line("get", "/u/ME"), Ok(2));
    assert_eq!(line("GET", "/u/you?a=1&A=2"), Ok(3));
    assert_eq!(line("GET", "/u/you?b=1"), Err(Unmatched::NotListed));
    assert_eq!(line("POST", "/u/me"), Err(Unmatched::NotListed));
    assert_eq!(line("TRACE", "/m/a"), Err(Unmatched::NotListed));
    assert_eq!(line("GET", "/u/../m"), Err(Unmatched::Path));
    assert_eq!(line("GET", "/m/ab"), Err(Unmatched::TwoMayAnswer(4, 5)));
    assert_eq!(line("GET", "/m/a1"), Ok(4));
    let labelled = |label: &str| proof.labelled(label).map(crate::Endpoint::line);
    assert_eq!(labelled("/u/{id}"), Ok(3));
    assert_eq!(labelled("/m/[a-z]+(\\?half=[12])?"), Ok(5));
    assert_eq!(labelled("/same"), Err(Unmatched::SameLabel(6, 7)));
    assert_eq!(labelled("/x"), Err(Unmatched::NoSuchLabel));
}

/// What is cut off anywhere is refused or read, and nothing panics.
#[test]
fn every_beginning_of_rules_and_outputs_ends_well() {
    let rules = "endpoints:\n- pathTemplate: '/x/{a}'\n  responseSchema: {anyOf: [{$ref: '#/definitions/A'}]}\n  \
                 transforms:\n  - !<redactRegexMatches> {jsonPaths: [\"$..['a','b'][0:1][?(@.x =~ /y\\\\/z/i)].c\"], \
                 redactions: ['\\p{Lu}[^\\d-]{1,2}+(?<n>a|\\Qb\\E)\\1\\x41(?!c)$']}\n  \
                 - !<textDigest> {jsonPaths: [b], isJsonEscaped: true, jsonPathToProcessWhenEscaped: $..t}\n\
                 definitions: {A: {properties: {a: {}, b: {type: string}}}}\n";
    let whole = Proof::read(rules).unwrap_or_else(|problems| panic!("{rules}: {problems:?}"));
    let output = r#"{"a":-1.5e+3,"b":"{\"t\":[\"\u00e9\ud83d\ude42\"]}","\u0061":[null,true]}"#;
    for end in 0..=output.len() {
        let _ = whole.check(&whole.endpoints()[0], &output.as_bytes()[..end]);
    }
    let mut read = 0;
    for (end, _) in rules.char_indices() {
        read += usize::from(Proof::read(&rules[..end]).is_ok());
    }
    for regex in [r"\p{Lu}[^\d-]{1,2}+(?<n>a|\Qb\E)\1\x41(?!c)$", "$..['a','b'][0:1][?(@.x =~ /y\\/z/i)].c"] {
        for (end, _) in regex.char_indices() {
            let _ = crate::pattern::Pattern::read(&regex[..end]);
            let _ = crate::path::Path::read(&regex[..end]);
        }
    }
    assert!(read < rules.len() / 2, "{read}");
}
