//! Endpoints without a response schema.

use super::*;

#[test]
fn judges_what_transforms_name_where_there_is_no_schema() {
    let open = |transforms: &[&str]| {
        let steps: String = transforms.iter().map(|it| format!("\n  - !<{it}}}")).collect();
        endpoint(&format!("transforms:{steps}"))
    };
    for (transforms, expected) in [
        (vec!["redact> {jsonPaths: ['$..email', '$.users[*].name']"], vec![]),
        (
            vec!["pseudonymize> {jsonPaths: ['$.people[*].dept'], includeReversible: true"],
            vec!["(low-entropy-hashed 7)", "needless-reversible 7"],
        ),
        (vec!["pseudonymize> {jsonPaths: ['$..gender']"], vec!["low-entropy-hashed 7"]),
        (vec!["pseudonymize> {jsonPaths: ['$..meeting_id']"], vec!["(short-number-hashed 7)"]),
        (
            vec!["redactRegexMatches> {jsonPaths: ['$[*].notes'], redactions: ['@\\w+']"],
            vec!["free-text-by-regex 7"],
        ),
        (vec!["filterTokenByRegex> {jsonPaths: ['$..a'], filters: ['.*']"], vec!["keeps-by-loose-regex 7"]),
        (
            vec!["redactRegexMatches> {jsonPaths: ['$..a'], redactions: ['']"],
            vec!["transform-does-nothing 7"],
        ),
        (
            vec!["redact> {jsonPaths: ['$..email']", "pseudonymize> {jsonPaths: ['$.users[*].email']"],
            vec!["transform-after-redact 8"],
        ),
        (
            vec!["pseudonymize> {jsonPaths: ['$.a.b']", "pseudonymize> {jsonPaths: ['$.a']"],
            vec!["transform-nulls 8"],
        ),
        // What no condition, position or filter decides alone leaves in clear.
        (vec!["pseudonymize> {jsonPaths: ['$..email'], applyOnlyWhen: '$[?(@.a)]'"], vec!["kept-email 7"]),
        (vec!["pseudonymize> {jsonPaths: ['$.users[0].email']"], vec!["kept-email 7"]),
        (vec!["pseudonymize> {jsonPaths: ['$..x'], applyOnlyWhen: '$[?(@.a)]'"], vec![]),
    ] {
        let mut codes = codes(&open(&transforms));
        assert_eq!(codes.remove(0), "no-response-schema 3", "{transforms:?}");
        assert_eq!(codes, expected, "{transforms:?}");
    }
    let told = check_text("r", &open(&["pseudonymize> {jsonPaths: ['$..gender']"]));
    assert!(told[1].message.starts_with("`$..gender` may be"), "as it is written: {}", told[1].message);
    assert_eq!(told[1].field.as_deref(), Some("$..gender"));
    let help = told[1].help.as_deref();
    assert_eq!(help, Some("name it in a `redact`, unless something is counted by it"), "nothing is listed");
}

#[test]
fn compares_endpoints_without_a_schema() {
    let two = |open: &str, listed: &str| {
        format!(
            "version: '1.0'\nendpoints:\n- pathTemplate: /v1/users\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  transforms: [{open}]\n- pathTemplate: /v2/users\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  responseSchema: {{properties: {{users: {{items: {{properties: {{email: {{type: string}}, x: {{type: string}}}}}}}}}}}}\n  transforms: [{listed}]\n"
        )
    };
    let hidden = "!<pseudonymize> {jsonPaths: ['$.users[*].email', '$.users[*].x']}";
    let reversible = "!<pseudonymize> {jsonPaths: ['$..email'], includeReversible: true}";
    for (open, listed, expected) in [
        (hidden, hidden, vec![]),
        ("!<redact> {jsonPaths: ['$..email']}", hidden, vec![]),
        // Whatever is not named there leaves.
        ("!<redact> {jsonPaths: ['$..name']}", hidden, vec!["inconsistent-treatment 3"]),
        ("!<redact> {jsonPaths: ['$.users[*]']}", hidden, vec![]),
        ("!<redact> {jsonPaths: ['$.list.users[*].name', '$.list.users[*].*']}", hidden, vec![]),
        (hidden, "", vec!["kept-email 10", "inconsistent-treatment 10", "inconsistent-treatment 10"]),
        (
            hidden,
            reversible,
            vec!["mixed-reversibility 6", "inconsistent-treatment 10", "needless-reversible 11"],
        ),
    ] {
        let mut codes = codes(&two(open, listed));
        let mut expected = [expected, vec!["no-response-schema 3"]].concat();
        codes.sort();
        expected.sort();
        assert_eq!(codes, expected, "{open} {listed}");
    }
    let below = two("!<redact> {jsonPaths: ['$.users[*].name']}", hidden).replace("/v1/users", "/v1/things");
    assert_codes(&below, &["inconsistent-treatment 3", "no-response-schema 3"]);
    let one = below.replace("$.users[*].name", "$.list.users[*].name");
    let told = check_text("r", &one).remove(0);
    assert_eq!(told.field.as_deref(), Some("$.list.users[*].email"), "where the transforms name users");
    let elsewhere = two("", hidden).replace("/v1/users", "/v1/things");
    assert_codes(&elsewhere, &["no-response-schema 3"]);
}
