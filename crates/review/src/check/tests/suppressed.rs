//! What comments reach, and what they do not.

use super::super::*;
use super::{assert_codes, endpoint, fields};

/// `code endpoint`, `[code endpoint]` for what was argued away.
fn derived(base: &str, text: &str) -> Vec<String> {
    let shipped = [extends::Shipped { source: "tea", text: base }];
    let resolved = extends::resolve("ours", text, &shipped).unwrap_or_else(|it| panic!("{it}"));
    let base = Some(base);
    let subject = Subject { name: "ours", text, resolved: &resolved, base, connector: None, examples: None };
    let shown = |it: &Finding| {
        let endpoint = it.endpoint.as_deref().unwrap_or("-");
        match it.suppressed {
            Some(_) => format!("[{} {endpoint}]", it.code),
            None => format!("{} {endpoint}", it.code),
        }
    };
    let mut all: Vec<String> = check(&subject).iter().map(shown).collect();
    all.sort();
    all
}

/// An endpoint that answers with an e-mail address.
fn one(path: &str, method: &str, before: &str) -> String {
    format!(
        "- pathTemplate: {path}\n  allowedMethods: [{method}]\n  allowedQueryParams: []\n{before}  responseSchema: {{properties: {{email: {{type: string}}}}}}\n"
    )
}

const ALLOW: &str = "# vizard:allow kept-email because these are all invented\n";

#[test]
fn in_a_derived_file_a_comment_is_about_the_endpoint_that_it_stands_in() {
    let base =
        format!("version: '1.0'\nendpoints:\n{}{}", one("/users", "GET", ""), one("/rooms", "GET", ""));
    let head = "extends: tea@1\nallowWidening: \"we need our own endpoint too\"\n";
    let overrides = |before: &str, within: &str| {
        format!(
            "overrides:\n{before}- pathTemplate: /users\n{within}  allowedMethods: [GET]\n- pathTemplate: /rooms\n  removed: true\n"
        )
    };
    let own = |before: &str, within: &str| format!("endpoints:\n{before}{}", one("/own", "GET", within));
    let plain = ["kept-email /own", "kept-email /users"];
    let users = ["[kept-email /users]", "kept-email /own"];
    let ours = ["[kept-email /own]", "kept-email /users"];
    for (text, expected) in [
        (overrides("", "") + &own("", ""), plain),
        (overrides(ALLOW, "") + &own("", ""), users),
        (overrides("", ALLOW) + &own("", ""), users),
        (overrides("", "") + &own(ALLOW, ""), ours),
        (overrides("", "") + &own("", ALLOW), ours),
        (own(ALLOW, "") + &overrides("", ""), ours),
        (own("", "") + &overrides(ALLOW, ""), users),
    ] {
        let found = derived(&base, &format!("{head}{text}"));
        assert_eq!(found, expected, "{text}");
    }
    // Between the two, at a removed one, and where two stand on one line.
    for text in [
        format!("{}{ALLOW}definitions: {{}}\n{}", overrides("", ""), own("", "")),
        overrides("", "").replace("- pathTemplate: /rooms", &format!("{ALLOW}- pathTemplate: /rooms"))
            + &own("", ""),
        format!(
            "{ALLOW}overrides: [{{pathTemplate: /users, allowedMethods: [GET]}}, {{pathTemplate: /rooms, removed: true}}]\n{}",
            own("", "")
        ),
    ] {
        let found = derived(&base, &format!("{head}{text}"));
        assert_eq!(found, ["kept-email /own", "kept-email /users", "suppression-unused -"], "{text}");
    }
}

#[test]
fn reasons_of_the_base_are_for_its_own_endpoints() {
    let base =
        format!("version: '1.0'\nendpoints:\n{}{}", one("/rooms", "GET", ALLOW), one("/users", "GET", ALLOW));
    let ours = format!(
        "extends: tea@1\nallowWidening: \"we need our own endpoint too\"\noverrides:\n- pathTemplate: /rooms\n  removed: true\nendpoints:\n{}",
        one("/users", "POST", "")
    );
    let found = derived(&base, &ours);
    let emails: Vec<&String> = found.iter().filter(|it| it.contains("kept-email")).collect();
    assert_eq!(emails, ["[kept-email /users]", "kept-email /users"]);
}

#[test]
fn what_is_in_a_scalar_is_no_comment() {
    let file = "# vizard:allow-file kept-email because this text is no comment";
    for (scalar, suppresses) in [
        (format!("|\n    one\n    {file}\n    two"), false),
        (format!(">-\n    {file}"), false),
        (format!("'one\n    {file}\n    two'"), false),
        (format!("\"one\n\n    {file} \\\" \n    two\""), false),
        (format!("|\n    one\n  {file}"), true),
        (format!("| {file}\n    one"), true),
        (format!("'one\n    two' {file}"), true),
        (format!("\"one\n    two\"\n  {file}"), true),
    ] {
        let yaml = endpoint(&format!(
            "responseSchema:\n   title: {scalar}\n   properties: {{email: {{type: string}}}}"
        ));
        let found = check_text("r", &yaml);
        let is_suppressed = found.iter().find(|it| it.code == "kept-email").map(|it| it.suppressed.is_some());
        assert_eq!(is_suppressed, Some(suppresses), "{yaml}{found:?}");
    }
}

#[test]
fn in_flow_style_a_comment_is_about_one_line_or_one_endpoint() {
    let flow = |fields: &str| {
        format!("allowedMethods: [GET], allowedQueryParams: [], responseSchema: {{properties: {{{fields}}}}}")
    };
    let here = flow("email: {type: string}");
    let none = flow("n: {type: integer}");
    let below = flow("\n  email: {type: string}");
    for (yaml, expected) in [
        (
            format!("endpoints: [{{pathTemplate: /a, {below}}}, {{pathTemplate: /b, {below}}}]"),
            vec!["[kept-email 4]", "kept-email 5"],
        ),
        (
            format!("endpoints: [{{pathTemplate: /a, {none}}}, {{pathTemplate: /b, {below}}}]"),
            vec!["suppression-unused 2", "kept-email 4"],
        ),
        (
            format!("endpoints: [{{pathTemplate: /a, {here}}}, {{pathTemplate: /b, {below}}}]"),
            vec!["[kept-email 3]", "kept-email 4"],
        ),
        (
            format!("endpoints: [{{pathTemplate: /a, {below}}},\n {{pathTemplate: /b, {below}}}]"),
            vec!["[kept-email 4]", "kept-email 6"],
        ),
    ] {
        assert_codes(&format!("version: '1.0'\n{ALLOW}{yaml}\n"), &expected);
    }
    // The second of two definitions that begin on a line ends on others.
    let two = |first: &str| {
        let user = "{items: {$ref: '#/definitions/User'}}";
        let yaml = fields(&format!("users: {user}"), &[]);
        format!(
            "{yaml}{ALLOW}definitions: {{{first}User: {{properties: {{\n  email: {{type: string}}}}}}}}\n"
        )
    };
    assert_codes(&two(""), &["[kept-email 9]"]);
    assert_codes(&two("Other: {properties: {}}, "), &["suppression-unused 7", "kept-email 9"]);
}

#[test]
fn a_comment_in_the_rules_is_not_about_the_files_beside_them() {
    let yaml = fields("n: {type: integer}", &[])
        .replace("- path", "# vizard:allow scope-unused because both are on line four\n- path");
    let resolved = extends::resolve("r", &yaml, &[]).unwrap();
    let scope = Scope { name: "things:write".to_owned(), endpoints: vec!["/v2/others".to_owned()] };
    let text = "# The scopes.\n\nscopes:\n- things:write\n";
    let connector = Connector { file: "c", text, scopes: vec![scope] };
    let (base, examples) = (None, None);
    let subject =
        Subject { name: "r", text: &yaml, resolved: &resolved, base, connector: Some(&connector), examples };
    let found = check(&subject);
    let unused = found.iter().find(|it| it.code == "scope-unused").unwrap();
    assert_eq!((unused.place.unwrap().line, unused.file.as_str()), (4, "c"));
    assert_eq!(unused.suppressed, None);
    assert!(found.iter().any(|it| it.code == "suppression-unused"), "{found:?}");
}
