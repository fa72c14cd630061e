//! Layouts as tables, and layouts made at random.

use proptest::prelude::*;

use super::*;

const ZOOM: &str = include_str!("../../../../rules/zoom/rules.yaml");
const EVERY_KEY: &str = include_str!("../../../../tests/data/every-key.yaml");
const PAGE: &str = include_str!("../../../../docs/RULES.md");

fn formatted(text: &str) -> String {
    format("r", text).unwrap_or_else(|why| panic!("{why}\n{text}"))
}

/// The YAML blocks of the page about rules.
fn blocks() -> Vec<&'static str> {
    let blocks = PAGE.split("\n```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let blocks: Vec<&str> = blocks.collect();
    assert!(blocks.len() > 5);
    blocks
}

#[test]
fn the_shipped_rules_and_the_documentation_are_laid_out_already() {
    for text in [ZOOM].into_iter().chain(blocks()) {
        assert_eq!(diff("r", text, &formatted(text)), "");
    }
}

#[test]
fn lays_out_and_keeps_what_was_written() {
    for (text, expected) in [
        ("", ""),
        (" \n\n", ""),
        ("# only\n", "# only\n"),
        ("a:   1   \n", "a: 1\n"),
        ("a:\n- 1\n-   2\n", "a:\n  - 1\n  - 2\n"),
        ("a:\n    b:\n        - c: 1\n          d: 2\n", "a:\n  b:\n    - c: 1\n      d: 2\n"),
        ("# x\n\n\n\na: 1  # y\n#z\n", "# x\n\na: 1 # y\n#z\n"),
        ("a: [ 1,2 ,3 ]\nb: {c: 1}\n", "a: [1, 2, 3]\nb: { c: 1 }\n"),
        ("a: ['x', \"y\", 'it''s', \"\\t\"]\n", "a: ['x', \"y\", 'it''s', \"\\t\"]\n"),
        (
            "a:\n- !<redact>   # why\n  jsonPaths: ['$.a']\n",
            "a:\n  - !<redact> # why\n    jsonPaths: ['$.a']\n",
        ),
        ("a:\n- !redact {jsonPaths: ['$.a']}\n", "a:\n  - !redact { jsonPaths: ['$.a'] }\n"),
        ("a: |\n    x\n      y\n", "a: |\n  x\n    y\n"),
        ("a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n"),
        ("a:\n- 1\n# of b\nb: 2\n", "a:\n  - 1\n# of b\nb: 2\n"),
        ("a:\n    - 1\n    # of the list\nb: 2\n", "a:\n  - 1\n  # of the list\nb: 2\n"),
        (
            "a:\n   # of b\n   # and more\n   b:\n   - 1\n#end\n",
            "a:\n  # of b\n  # and more\n  b:\n    - 1\n#end\n",
        ),
        ("'a': 1\n\"b\": ~\n", "'a': 1\n\"b\": ~\n"),
    ] {
        let once = formatted(text);
        assert_eq!(once, expected, "{text:?}");
        assert_eq!(formatted(&once), expected, "again: {text:?}");
    }
    let long = format!("a: [{}]\n", vec!["\"word\""; 1_000].join(", "));
    assert_eq!(formatted(&long), long, "lines are not broken");
    let once = formatted(EVERY_KEY);
    assert_eq!(formatted(&once), once);
}

#[test]
fn goes_deep_enough() {
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
        let deep = format!("a: {}{}\n", open.repeat(99), close.repeat(99));
        let once = formatted(&deep);
        assert_eq!(formatted(&once), once);
    }
    let lines =
        |levels: usize| (0..levels).map(|level| format!("{}a:\n", " ".repeat(level))).collect::<String>();
    assert!(formatted(&lines(32)).ends_with(&format!("{}a:\n", "  ".repeat(31))));
    assert_eq!(format("r", &lines(33)), Err(Unformattable::TooDeep), "two spaces for each level");
    assert_eq!(format("r", &lines(99)), Err(Unformattable::TooDeep));
}

#[test]
fn leaves_alone_what_it_does_not_understand() {
    for text in ["a: [", "a: 1\na: 2\n", "a: &x 1\nb: *x\n", "a: 1\n---\nb: 2\n", &"[".repeat(200)] {
        assert!(matches!(format("r", text), Err(Unformattable::Unreadable(_))), "{text}");
    }
    let long = format!("# {}\n", "x".repeat(MAX_BYTES));
    assert_eq!(format("r", &long), Err(Unformattable::TooLong));
}

#[test]
fn shows_what_would_change() {
    let text = "a:\n- 1 \n# \u{202e}x\nb: 2\n";
    assert_eq!(
        diff("r\u{7}.yaml", text, &formatted(text)),
        "--- r\u{fffd}.yaml\n+++ r\u{fffd}.yaml (formatted)\n@@ -1,4 +1,4 @@\n a:\n-- 1 \n+  - 1\n # \u{fffd}x\n b: 2\n"
    );
}

/// The same file in another layout: more space between lines, before comments and for each level.
fn relaid(text: &str, width: usize, blank: usize, gap: usize) -> String {
    let mut out = String::new();
    for (number, line) in text.lines().enumerate() {
        let bare = line.trim_start_matches(' ');
        out.push_str(&" ".repeat((line.len() - bare.len()) / 2 * width));
        // A dash needs as much room behind it as its level is wide.
        match bare.strip_prefix("- ") {
            Some(rest) => out.push_str(&format!("-{}{rest}", " ".repeat(width - 1))),
            None => out.push_str(bare),
        }
        out.push_str(&" ".repeat(gap));
        out.push('\n');
        if blank > 0 && number % blank == 0 {
            out.push_str("   \n\n");
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_layout_of_a_file_becomes_one_that_stays(
        which in 0..10_usize, width in 2..7_usize, blank in 0..5_usize, gap in 0..3_usize,
    ) {
        let texts: Vec<&str> = [ZOOM, EVERY_KEY].into_iter().chain(blocks()).collect();
        let text = relaid(texts[which % texts.len()], width, blank, gap);
        let once = formatted(&text);
        prop_assert_eq!(&formatted(&once), &once);
        let read = |text: &str| Meaning::read("r", text).unwrap();
        prop_assert_eq!(read(&once), read(texts[which % texts.len()]));
    }

    /// Whatever is torn out or put in: the text is refused, or says the same with the same comments, and stays.
    #[test]
    fn a_damaged_file_is_refused_or_says_the_same(
        which in 0..10_usize,
        wounds in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, "[-:#'\"!&*{}\\[\\],|>?%@ a\n\t\r~<\u{feff}]{0,3}"), 1..6),
    ) {
        let mut texts: Vec<&str> = blocks();
        texts.push(EVERY_KEY);
        let mut chars: Vec<char> = texts[which % texts.len()].chars().collect();
        for (at, torn, put) in wounds {
            let at = at.index(chars.len());
            let end = (at + torn).min(chars.len());
            chars.splice(at..end, put.chars());
        }
        let text: String = chars.into_iter().collect();
        if let Ok(once) = format("r", &text) {
            prop_assert_eq!(Meaning::read("r", &once).unwrap(), Meaning::read("r", &text).unwrap());
            prop_assert_eq!(&formatted(&once), &once);
        }
    }
}
