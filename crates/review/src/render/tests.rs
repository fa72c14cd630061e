//! One mixed list in every format, as whole texts.

use vizard_sanitizer::Place;

use super::*;

const SOURCE: &str =
    "endpoints:\n  - pathTemplate: /v2/users\n    transforms: [!<reduct> {jsonPaths: [\"$.a\"]}]\n";
const OPTIONS: Options<'static> = Options { color: false, verb: "check", version: "0.1.0" };

fn finding(level: Level, code: &'static str, message: &str) -> Finding {
    Finding {
        level,
        code,
        file: "rules.yaml".to_owned(),
        place: None,
        endpoint: None,
        field: None,
        message: message.to_owned(),
        help: None,
        suppressed: None,
    }
}

fn mixed() -> Vec<Finding> {
    vec![
        Finding {
            place: Some(Place { line: 3, column: 18 }),
            help: Some("did you mean `redact`?".to_owned()),
            ..finding(Level::Error, "misspelled-transform", "there is no transform `reduct`")
        },
        Finding {
            place: Some(Place { line: 2, column: 5 }),
            endpoint: Some("/v2/users".to_owned()),
            suppressed: Some("the list is small & public <since 2024>".to_owned()),
            ..finding(Level::Warning, "any-query-parameter", "any query parameter passes")
        },
        Finding {
            place: Some(Place { line: 2, column: 5 }),
            endpoint: Some("/v2/users".to_owned()),
            field: Some("$.users[*].name".to_owned()),
            help: Some(
                "list the fields that are needed under `responseSchema`, or name this one in a transform"
                    .to_owned(),
            ),
            ..finding(
                Level::Warning,
                "clear-name",
                "`$.users[*].name` leaves as it is, 100% readable, for everybody who may call",
            )
        },
        Finding {
            file: "odd, name: 50%\u{1b}]0;x\u{7}.yaml".to_owned(),
            ..finding(
                Level::Note,
                "no-examples",
                "nothing\n::set-output name=x::y\u{202e}<b>]]>&\"'\u{9b}31m",
            )
        },
    ]
}

fn shown(findings: &[Finding], format: Format) -> String {
    render(findings, format, &|file| (file == "rules.yaml").then_some(SOURCE), &OPTIONS)
}

#[test]
fn writes_one_list_in_every_format() {
    for (format, expected) in [
        (Format::Pretty, include_str!("expected/pretty.txt")),
        (Format::Compact, include_str!("expected/compact.txt")),
        (Format::Json, include_str!("expected/json.json")),
        (Format::Sarif, include_str!("expected/sarif.json")),
        (Format::Junit, include_str!("expected/junit.xml")),
        (Format::Github, include_str!("expected/github.txt")),
    ] {
        let text = shown(&mixed(), format);
        assert!(text == expected, "{format} is now:\n{text}");
    }
}

#[test]
fn says_that_there_is_nothing() {
    for (format, expected) in [
        (Format::Pretty, "no findings\n"),
        (Format::Compact, "no findings\n"),
        (Format::Github, "vizard check: no findings\n"),
    ] {
        assert_eq!(shown(&[], format), expected, "{format}");
    }
    let report: serde_json::Value = serde_json::from_str(&shown(&[], Format::Json)).unwrap();
    assert_eq!(report["findings"], serde_json::json!([]));
    assert!(shown(&[], Format::Junit).contains("tests=\"1\" failures=\"0\""));
}

#[test]
fn no_format_lets_controls_through() {
    for format in Format::ALL {
        let text = shown(&mixed(), format);
        let odd: Vec<char> =
            text.chars().filter(|&c| c != '\n' && (c.is_control() || c == '\u{202e}')).collect();
        assert_eq!(odd, [], "{format}");
    }
    let colors = render(&mixed(), Format::Pretty, &|_| Some(SOURCE), &Options { color: true, ..OPTIONS });
    let plain = ["\u{1b}[1;31m", "\u{1b}[1;33m", "\u{1b}[1;36m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[0m"]
        .iter()
        .fold(colors, |text, color| text.replace(color, ""));
    assert!(!plain.contains('\u{1b}'));
    assert_eq!(plain, shown(&mixed(), Format::Pretty), "colours change nothing else");
}

#[test]
fn no_line_for_people_is_wider_than_eighty() {
    let words = "word ".repeat(60);
    let long = Finding {
        place: Some(Place { line: 1, column: 200 }),
        help: Some(words.clone()),
        suppressed: None,
        ..finding(Level::Error, "x", &words)
    };
    let source = "y".repeat(500);
    let text = render(&[long], Format::Pretty, &|_| Some(source.as_str()), &OPTIONS);
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn reads_its_own_names() {
    for format in Format::ALL {
        assert_eq!(format.name().parse(), Ok(format));
    }
    assert!("xml".parse::<Format>().unwrap_err().contains("pretty, compact, json, sarif, junit, github"));
}

#[test]
fn json_reads_back() {
    let report: serde_json::Value = serde_json::from_str(&shown(&mixed(), Format::Json)).unwrap();
    assert_eq!(report["tool"], "vizard check");
    assert_eq!(report["tally"], serde_json::json!({"errors": 1, "warnings": 1, "notes": 1, "suppressed": 1}));
    for (finding, read) in mixed().iter().zip(report["findings"].as_array().unwrap()) {
        assert_eq!(read["message"], finding.message.as_str());
        assert_eq!(read["file"], finding.file.as_str());
        assert_eq!(read["code"], finding.code);
    }
}

#[test]
fn junit_is_well_formed_and_counts() {
    for findings in [mixed(), Vec::new()] {
        let text = shown(&findings, Format::Junit);
        let document = roxmltree::Document::parse(&text).unwrap();
        let suite = document.descendants().find(|it| it.has_tag_name("testsuite")).unwrap();
        let count = |name: &str| document.descendants().filter(|it| it.has_tag_name(name)).count();
        for (attribute, element) in [("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")] {
            assert_eq!(suite.attribute(attribute).unwrap(), count(element).to_string(), "{attribute}");
        }
        for (finding, case) in findings.iter().zip(suite.children().filter(|it| it.has_tag_name("testcase")))
        {
            assert_eq!(case.attribute("classname").unwrap(), escape::visible(&finding.file));
            assert!(case.attribute("name").unwrap().contains(&escape::visible(&finding.message)));
        }
    }
}

/// What the published schema of SARIF 2.1.0 asks for of the members that are written.
#[test]
fn sarif_has_the_shape_of_its_schema() {
    let log: serde_json::Value = serde_json::from_str(&shown(&mixed(), Format::Sarif)).unwrap();
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&log), ["$schema", "version", "runs"]);
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(keys(run), ["tool", "automationDetails", "columnKind", "results"]);
    let driver = &run["tool"]["driver"];
    assert_eq!(keys(driver), ["name", "version", "rules"]);
    let rules = driver["rules"].as_array().unwrap();
    for rule in rules {
        assert_eq!(keys(rule), ["id", "shortDescription", "help"]);
        assert!(rule["help"]["text"].is_string() && rule["shortDescription"]["text"].is_string());
    }
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), mixed().len());
    for (finding, result) in mixed().iter().zip(results) {
        assert_eq!(
            keys(result),
            ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints", "suppressions"]
        );
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!((&rules[index]["id"], result["ruleId"].as_str()), (&result["ruleId"], Some(finding.code)));
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(result["message"]["text"].as_str().unwrap().contains(&finding.message));
        let physical = &result["locations"][0]["physicalLocation"];
        let uri = physical["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.bytes().all(|c| c.is_ascii_alphanumeric() || b"-._~/%".contains(&c)), "{uri}");
        match finding.place {
            None => assert!(physical.get("region").is_none()),
            Some(place) => {
                assert_eq!(physical["region"]["startLine"], place.line);
                assert_eq!(physical["region"]["startColumn"], place.column);
            }
        }
        let suppressions = result["suppressions"].as_array().unwrap();
        assert_eq!(suppressions.len(), usize::from(finding.suppressed.is_some()));
        for one in suppressions {
            assert_eq!(one["kind"], "inSource");
            assert_eq!(one["justification"].as_str(), finding.suppressed.as_deref());
        }
    }
}

#[test]
fn sarif_carries_the_pages() {
    for code in crate::diagnostics::codes() {
        let found = finding(Level::Warning, code, "so it is");
        let log: serde_json::Value = serde_json::from_str(&shown(&[found], Format::Sarif)).unwrap();
        let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
        let page = rule["help"]["markdown"].as_str().unwrap();
        assert!(page.starts_with(&format!("# {code}\n\n**")), "{page}");
        assert!(!page.contains(".md)"), "nowhere to lead to: {page}");
        let said = rule["shortDescription"]["text"].as_str().unwrap();
        assert!(page.lines().nth(2).unwrap().ends_with(said) && said.ends_with('.'), "{code}: {said}");
    }
}

#[test]
fn sarif_knows_a_finding_again_when_lines_move() {
    let prints = |findings: &[Finding]| -> Vec<String> {
        let log: serde_json::Value = serde_json::from_str(&shown(findings, Format::Sarif)).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap();
        let print = |it: &serde_json::Value| it["partialFingerprints"]["vizardFinding/v1"].to_string();
        results.iter().map(print).collect()
    };
    let known = prints(&mixed());
    let mut moved = mixed();
    moved.iter_mut().for_each(|it| it.place = it.place.map(|it| Place { line: it.line + 7, column: 1 }));
    assert_eq!(prints(&moved), known);
    let one = || Finding { endpoint: Some("/a".to_owned()), ..finding(Level::Note, "x", "so it is") };
    let others = [
        one(),
        one(),
        Finding { endpoint: None, ..one() },
        Finding { endpoint: None, field: Some("/a".to_owned()), ..one() },
        Finding { file: "other.yaml".to_owned(), ..one() },
        Finding { code: "y", ..one() },
    ];
    let mut different = prints(&others);
    different.sort();
    different.dedup();
    assert_eq!(different.len(), others.len(), "{different:?}");
}
