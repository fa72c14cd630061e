//! `vizard demo`.

use crate::run::vizard;

#[test]
fn plays_every_act_and_finds_no_secret() {
    let ended = vizard(&["demo", "--once"]).run();
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", ended.stdout);
    let headings: Vec<_> =
        ended.stdout.lines().filter(|line| line.starts_with(|it: char| it.is_ascii_digit())).collect();
    assert_eq!(
        headings,
        [
            "1  Who is there?",
            "2  A pseudonym is the key to the next call",
            "3  Meetings of one person",
            "4  A month in numbers",
            "5  One meeting of the past",
            "6  Who was there",
            "7  What the AI wrote down",
            "8  What is not listed does not happen",
            "9  Errors talk too much",
            "10  An hour later",
            "11  Did anything leak?",
        ]
    );
    let last = ended.stdout.lines().last().unwrap();
    assert!(last.starts_with("   0 of ") && last.contains(" secrets seen in "), "{last}");
}

#[test]
fn is_plain_text_of_a_fixed_width_when_nobody_watches() {
    let text = vizard(&["demo", "--once"]).run().stdout;
    assert!(!text.contains('\x1b'), "colours are for terminals");
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "{line}");
        assert_eq!(line.trim_end(), line, "{line:?}");
    }
}

#[test]
fn shows_both_sides() {
    let text = vizard(&["demo", "--once"]).run().stdout;
    for words in [
        "display_name        Mirela Castellan ",
        "mirela.castellan@lumen-orchard.exam",
        "Zoom is asked  nothing",
        "query-parameter-not-listed",
        "message  Meeting does not exist: ",
        "New access tokens fetched: 1.",
    ] {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
}
