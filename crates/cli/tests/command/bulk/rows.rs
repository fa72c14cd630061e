//! Files and rows that cannot be sanitized, and what is said of them.

use std::fs;

use serde_json::Value;

use super::{CSV, Desk, RULES, SANITIZED, done, mode};

/// Must be in nothing that is said, nor in what others see.
const CANARIES: [&str; 5] = ["mirela", "Mirela", "nora", "lumen", "555-01"];

fn silent(what: &str, text: &str) {
    for canary in CANARIES {
        assert!(!text.contains(canary), "{what} tells {canary}: {text}");
    }
}

#[test]
fn a_file_that_fails_leaves_nothing_and_the_others_are_done() {
    let cases: [(&str, &[u8], &str); 8] = [
        ("missing column", b"id,mirela,phone\n1,nora@lumen.example,555-0101\n", "`email`"),
        ("no header", b"1,mirela@lumen.example,555-0101\n2,nora@lumen.example,555-0102\n", "`email`"),
        ("short row", b"id,email,phone\n1,mirela@lumen.example,555-0101\nnora\n", "line 3"),
        ("long row", b"id,email,phone\n1,mirela@lumen.example,555-0101,nora\n", "line 2"),
        ("open quote", b"id,email,phone\n1,\"mirela@lumen.example,555-0101\n2,nora,555-0102\n", "line 2"),
        ("text after a quote", b"id,email,phone\n1,\"mirela\"nora,555-0101\n", "line 2"),
        ("not UTF-8", b"id,email,phone\n1,mirela\xff@lumen.example,555-0101\n", "line 2"),
        ("cut gzip", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03mirela", "broken.csv"),
    ];
    for (what, content, place) in cases {
        let desk = Desk::new(RULES);
        desk.put("in/broken.csv", content);
        desk.put("in/sound.csv", CSV);
        desk.put("in/z.csv", CSV);
        desk.put("out/broken.csv", "as it was");
        let ended = desk.bulk(&["@in", "-o", "@out", "--jobs", "1"]).run();
        assert_eq!(ended.code, 65, "{what}: {}", ended.stderr);
        assert!(
            ended.stderr.contains("vizard: broken.csv: ") && ended.stderr.contains(place),
            "{what}: {}",
            ended.stderr
        );
        silent(what, &(ended.stdout + &ended.stderr + &desk.read("out/.vizard-bulk.json")));
        assert_eq!(desk.names("out"), ["broken.csv", "sound.csv", "z.csv"], "{what}");
        assert_eq!(
            (desk.read("out/broken.csv").as_str(), desk.read("out/z.csv").as_str()),
            ("as it was", SANITIZED)
        );

        let ended = desk.bulk(&["@in/broken.csv", "-o", "-"]).run();
        assert_eq!((ended.code, ended.stdout.as_str()), (65, ""), "{what}");
        silent(what, &ended.stderr);
    }
}

#[test]
fn records_that_are_none_are_told_by_line() {
    let desk = Desk::new("format: NDJSON\ntransforms:\n- redact: $.mirela\n");
    for (content, line) in [
        ("{\"mirela\":1}\n[\"nora\"]\n", "line 2"),
        ("{\"mirela\":1}\n\n{\"nora\":\n", "line 3"),
        ("{\"mirela\":1} {\"nora\":2}\n", "line 1"),
    ] {
        let ended = desk.bulk(&["-", "-o", "-", "--summary", "json"]).input(content).run();
        assert_eq!((ended.code, ended.stdout.as_str()), (65, ""), "{content}");
        assert!(ended.stderr.contains(line), "{content}: {}", ended.stderr);
        silent(content, &ended.stderr);
    }
}

#[test]
fn what_the_owner_of_a_file_should_know_is_told_by_code() {
    let desk = Desk::new(RULES);
    desk.put("twice.csv", "id,email,phone,ID\n1,alice@acme.com,555-0100,mirela\n");
    let ended = desk.bulk(&["@twice.csv", "-o", "@out.csv"]).run();
    done(&ended);
    assert!(ended.stderr.ends_with("warning: twice.csv: duplicate-column (1)\n"), "{}", ended.stderr);
    silent("the run", &(ended.stdout + &ended.stderr));
    assert_eq!(desk.bulk(&["@twice.csv", "-o", "@out.csv", "--quiet"]).run().stderr, "");
}

#[test]
fn bad_rows_are_set_aside_where_the_operator_says() {
    let desk = Desk::new(RULES);
    let text = "id,email,phone\nmirela\n1,alice@acme.com,555-0100\n2,nora@lumen.example,555-0102,mirela\n";
    desk.put("in/week/people.csv", text);
    let arguments =
        ["@in", "-o", "@out", "--bad-rows", "quarantine", "--quarantine", "@aside", "--keep-order"];
    let ended = desk.bulk(&arguments).run();
    done(&ended);
    silent("the run", &(ended.stdout.clone() + &ended.stderr));
    assert!(ended.stderr.contains("week/people.csv: 1 rows, 2 rejected"), "{}", ended.stderr);
    assert_eq!(desk.read("out/week/people.csv"), SANITIZED);
    assert_eq!(
        (desk.names("out").len(), desk.names("aside")),
        (1, vec!["week/people.csv.rejected.ndjson".to_owned()])
    );
    let aside = desk.path("aside/week/people.csv.rejected.ndjson");
    assert_eq!(
        (mode(&aside), mode(&desk.path("aside")), mode(&desk.path("aside/week"))),
        (0o600, 0o700, 0o700)
    );
    let rows: Vec<Value> =
        fs::read_to_string(&aside).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<(u64, &str)> = rows
        .iter()
        .map(|row| (row["line"].as_u64().unwrap(), row["row"].as_str().unwrap().trim_end()))
        .collect();
    assert_eq!(told, [(2, "mirela"), (4, "2,nora@lumen.example,555-0102,mirela")]);

    // A file that is whole again has nothing aside any more.
    desk.put("in/week/people.csv", CSV);
    done(&desk.bulk(&arguments).run());
    assert_eq!(desk.names("aside"), Vec::<String>::new());

    // One that fails all the same leaves nothing there either.
    desk.put("in/week/people.csv", "id,email,phone\nmirela\n1,\"nora");
    assert_eq!(desk.bulk(&arguments).run().code, 65);
    assert_eq!(desk.names("aside"), Vec::<String>::new());
}

#[test]
fn rows_in_clear_stay_out_of_the_output() {
    let desk = Desk::new(RULES);
    desk.put("in/people.csv", CSV);
    for quarantine in ["@out", "@out/aside", "@in", "@in/aside"] {
        let ended =
            desk.bulk(&["@in", "-o", "@out", "--bad-rows", "quarantine", "--quarantine", quarantine]).run();
        assert_eq!((ended.code, ended.stdout.as_str()), (64, ""), "{quarantine}: {}", ended.stderr);
        assert!(!desk.path("out").exists());
    }
}

#[test]
fn what_is_too_much_is_refused() {
    let desk = Desk::new(RULES);
    let text = super::rows(20_000);
    desk.put("people.csv", &text);
    desk.put("bomb.csv.gz", super::gzip(&("id,email,phone\n".to_owned() + &"1,,\n".repeat(8 << 20))));
    for arguments in [["@people.csv", "--max-bytes", "100K"], ["@bomb.csv.gz", "--max-ratio", "50"]] {
        let ended = desk.bulk(&[arguments.as_slice(), &["-o", "@out.csv"]].concat()).run();
        assert_eq!(ended.code, 65, "{arguments:?}: {}", ended.stderr);
        assert!(!desk.path("out.csv").exists(), "{arguments:?}");
    }
    done(&desk.bulk(&["@people.csv", "--max-bytes", "100M", "-o", "@out.csv"]).run());
}
