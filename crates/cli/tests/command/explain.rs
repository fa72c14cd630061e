//! `vizard explain`: tables, one endpoint, one field.

use crate::run::{Ended, vizard};

const ZOOM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/zoom/rules.yaml");

fn explain(arguments: &[&str]) -> Ended {
    vizard(&[&["explain", ZOOM], arguments].concat()).run()
}

#[test]
fn tells_every_field_of_the_shipped_rules_in_four_formats() {
    let text = explain(&[]);
    assert_eq!((text.code, text.stderr.as_str()), (0, ""));
    let lines: Vec<&str> = text.stdout.lines().collect();
    assert!(lines.iter().any(|it| it.starts_with("371 kept, ")), "{text:?}");
    assert_eq!(lines.last(), Some(&"13 endpoints, 466 fields"));
    // The first line is the name of the file.
    let wide = |it: &&&str| it.chars().count() > 80 && it.trim().contains(' ');
    assert_eq!(lines.iter().skip(1).filter(wide).collect::<Vec<_>>(), [] as [&&str; 0]);

    let csv = explain(&["--format", "csv"]).stdout;
    assert_eq!(csv.matches("\r\n").count(), 467);
    let row = "GET,/v2/users,$.users[*].email,string,pseudonymized,";
    assert_eq!(csv.matches(row).count(), 1, "{row}");

    let json: serde_json::Value = serde_json::from_str(&explain(&["--format", "json"]).stdout).unwrap();
    let fields =
        json["endpoints"].as_array().unwrap().iter().map(|it| it["fields"].as_array().unwrap().len());
    assert_eq!(fields.sum::<usize>(), 466);
    assert_eq!(json["sha256"].as_str().unwrap().len(), 64);

    let markdown = explain(&["--format", "markdown"]).stdout;
    assert_eq!(markdown.matches("\n## GET `/v2/").count(), 13);
}

#[test]
fn finds_the_endpoint_by_its_name_or_by_a_call() {
    for url in [
        "/v2/past_meetings/{meetingId}/instances",
        "https://api.zoom.us/v2/past_meetings/12345678901/instances",
    ] {
        let told = explain(&["get", url]).stdout;
        assert!(told.contains("\nGET /v2/past_meetings/{meetingId}/instances  (line "), "{told}");
        assert!(told.ends_with("\n1 endpoint, 2 fields: 2 kept\n"), "{told}");
    }
    let none = explain(&["GET", "/v2/past_meeting/1/instances"]);
    assert_eq!((none.code, none.stdout.as_str()), (1, ""));
    assert!(none.stderr.contains("no endpoint answers this call") && none.stderr.contains("path-not-listed"));
    let method = explain(&["DELETE", "/v2/users"]);
    assert!(method.code == 1 && method.stderr.contains("method-not-listed"), "{method:?}");
}

#[test]
fn tells_the_whole_story_of_a_field() {
    let told = explain(&["GET", "/v2/users", "users[*].email"]).stdout;
    assert!(told.starts_with("$.users[*].email\nof /v2/users\n\n  line "), "{told}");
    for part in [
        "the response schema lists it: text",
        "pseudonymize: it becomes a pseudonym that cannot be turned back",
        r#"before  {"users":[{"email":"Ada.Lind@lumen-orchard.example"}]}"#,
        "\nafter\n  {\n    \"users\": [\n",
        r#" "email": "t~UDxOfL9UDz04f0GyjmC_qKCq_Kgkt4LbPHM8qq9Hft4@lumen-orchard.example""#,
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let unlisted = explain(&["GET", "/v2/users", "users[*].host_key", "--format", "json"]).stdout;
    let story: serde_json::Value = serde_json::from_str(&unlisted).unwrap();
    assert_eq!(story[0]["fates"], serde_json::json!(["dropped"]));
    assert_eq!(story[0]["after"], r#"{"users":[{}]}"#);
    let two = explain(&["GET", "/v2/users/{userId}/settings", "waiting_room"]).stdout;
    assert_eq!(two.matches("of /v2/users/{userId}/settings").count(), 2, "{two}");
}

#[test]
fn never_tells_that_something_is_dropped_that_leaves() {
    for (field, told) in [
        ("users[0].timezone", "\nkept: leaves as the source sent it\n"),
        ("users[].timezone", "\nkept: leaves as the source sent it\n"),
        ("$['users'][*]['email']", "\npseudonymized: leaves as "),
        ("users", "\n  $.users[*].email               pseudonymized  line 65, pseudonymize\n"),
        ("users", "\na container of 16 fields: 6 kept, "),
        ("users.email", "\npseudonymized: leaves as "),
        ("users[*].host_key", "\ndropped: does not leave"),
    ] {
        let ended = explain(&["GET", "/v2/users", field]);
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{field}");
        assert!(ended.stdout.contains(told), "{field}: {}", ended.stdout);
        assert_eq!(ended.stdout.contains("dropped"), told.contains("dropped"), "{field}: {}", ended.stdout);
    }
    for (field, why) in [
        ("$..email", "`..` may mean many places"),
        ("users[*].*", "`*` for a name may mean many places"),
        ("$.users[0,1].email", "several positions"),
        ("$.users[?(@.id)].email", "a filter names no place"),
        ("$.users.email", "its elements are `$.users[*]`"),
    ] {
        let ended = explain(&["GET", "/v2/users", field]);
        assert_eq!((ended.code, ended.stdout.as_str()), (64, ""), "{field}");
        assert!(ended.stderr.contains(why), "{field}: {}", ended.stderr);
    }
}

#[test]
fn no_text_of_a_rule_file_steers_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.yaml");
    let evil = r"a\e[2J\u202E\xAD\U000E0041\nb";
    let rules = format!(
        "endpoints:\n- pathTemplate: /x\n  allowedQueryParams: [\"{evil}\"]\n  \
         responseSchema: {{properties: {{\"{evil}\": {{type: string}}}}}}\n"
    );
    std::fs::write(&file, rules).unwrap();
    let file = file.to_str().unwrap();
    let is_seen =
        |c: char| matches!(c, '\n' | '\r') || !(c.is_control() || "\u{202e}\u{ad}\u{e0041}".contains(c));
    for format in ["text", "json", "markdown", "csv"] {
        let ended = vizard(&["explain", file, "--format", format]).run();
        assert!(ended.code == 0 && ended.stdout.chars().all(is_seen), "{format}: {ended:?}");
    }
    for (field, code) in [("$", 0), ("$['a\u{1b}[2J\u{202e}\u{ad}\u{e0041}\\u000ab']", 0), ("$[*]\u{1b}", 64)]
    {
        let ended = vizard(&["explain", file, "GET", "/x", field]).run();
        assert!(ended.code == code && (ended.stdout + &ended.stderr).chars().all(is_seen), "{field}");
    }
}

#[test]
fn wrong_rules_and_wrong_questions_end_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.yaml");
    std::fs::write(&file, "endpoints:\n- pathTemplat: /x\n").unwrap();
    let file = file.to_str().unwrap();
    for (arguments, code, words) in [
        (vec!["explain", file], 78, "did you mean `pathTemplate`?"),
        (vec!["explain", "/nowhere/rules.yaml"], 66, "could not read"),
        (vec!["explain", ZOOM, "GET", "/v2/users", "id", "--format", "csv"], 64, "as text or json"),
        (vec!["explain", ZOOM, "GET", "v2/users"], 64, "must be a path"),
        (vec!["explain", ZOOM, "GET"], 64, "<URL>"),
    ] {
        let ended = vizard(&arguments).run();
        assert_eq!((ended.code, ended.stdout.as_str()), (code, ""), "{arguments:?}");
        assert!(ended.stderr.contains(words), "{arguments:?}: {}", ended.stderr);
    }
}
