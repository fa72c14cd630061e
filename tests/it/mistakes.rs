//! Mistakes that a reviewer would miss, put into the shipped rules one by one: `vizard check` finds each, at its line.

use std::collections::BTreeSet;

use serde::Deserialize;
use vizard_proxy::connector::Connector;
use vizard_review::check::{self, Examples, Subject};
use vizard_review::finding::Finding;
use vizard_sanitizer::extends;
use vizard_sanitizer::trials::{Example, read_examples};
use vizard_tests::repository::{self, assert_none};

const RULES: &str = "rules/zoom/rules.yaml";
const CONNECTOR: &str = "rules/zoom/connector.yaml";
const EXAMPLES: &str = "rules/zoom/examples.yaml";

/// A file of `tests/data/mistakes`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mistake {
    /// How it came about.
    about: String,
    /// The code that is meant for it.
    code: String,
    after: Option<String>,
    find: String,
    replace: String,
    /// What else is changed with it.
    #[serde(default)]
    also: Vec<Edit>,
    /// The line that the finding must point at, without indentation.
    at: String,
    /// The endpoint that it must be about, where there are several.
    endpoint: Option<String>,
}

/// A change of the shipped rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    /// A line of the rules without indentation: the first `find` below it is meant.
    after: Option<String>,
    find: String,
    replace: String,
}

/// The shipped files.
struct Shipped {
    rules: String,
    connector: String,
    scopes: Connector,
    examples: String,
    calls: Vec<Example>,
}

impl Shipped {
    fn read() -> Shipped {
        let (connector, examples) = (repository::text(CONNECTOR), repository::text(EXAMPLES));
        Shipped {
            rules: repository::text(RULES),
            scopes: Connector::parse(&connector).unwrap(),
            calls: read_examples(EXAMPLES, &examples).unwrap(),
            connector,
            examples,
        }
    }

    /// What is found in these rules and not argued away.
    fn check(&self, rules: &str) -> Vec<Finding> {
        let scope = |it: &vizard_proxy::connector::Scope| check::Scope {
            name: it.name.clone(),
            endpoints: it.endpoints.clone(),
        };
        let scopes = self.scopes.scopes.iter().map(scope).collect();
        let resolved = extends::resolve(RULES, rules, &[]).unwrap();
        let mut found = check::check(&Subject {
            name: RULES,
            text: rules,
            resolved: &resolved,
            base: None,
            connector: Some(&check::Connector { file: CONNECTOR, text: &self.connector, scopes }),
            examples: Some(&Examples { file: EXAMPLES, calls: &self.calls }),
        });
        found.retain(|it| it.suppressed.is_none());
        found
    }

    /// The line that a finding points at, without indentation.
    fn line<'t>(&'t self, rules: &'t str, finding: &Finding) -> &'t str {
        let text = match finding.file.as_str() {
            CONNECTOR => &self.connector,
            EXAMPLES => &self.examples,
            _ => rules,
        };
        let line = finding.place.map_or(0, |place| place.line as usize);
        text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim()
    }
}

fn mistakes() -> Vec<(String, Mistake)> {
    let read = |path: String| {
        let mistake = serde_saphyr::from_str(&repository::text(&path));
        let mistake = mistake.unwrap_or_else(|error| panic!("{path}: {error}"));
        (path, mistake)
    };
    repository::files("tests/data/mistakes", ".yaml").into_iter().map(read).collect()
}

/// The rules with a change; what is to be changed must be there once.
fn changed(rules: &str, edit: &Edit) -> Result<String, String> {
    let from = match &edit.after {
        None if rules.matches(&edit.find).count() != 1 => {
            return Err(format!("does not stand once in the rules: {}", edit.find));
        }
        None => 0,
        Some(after) => {
            let mut lines = rules.split_inclusive('\n').scan(0, |end, line| {
                *end += line.len();
                Some((*end, line.trim()))
            });
            let end = lines.find(|(_, line)| line == after).map(|(end, _)| end);
            end.ok_or_else(|| format!("there is no line {after}"))?
        }
    };
    let at = from + rules[from..].find(&edit.find).ok_or_else(|| format!("is not there: {}", edit.find))?;
    Ok(format!("{}{}{}", &rules[..at], edit.replace, &rules[at + edit.find.len()..]))
}

#[test]
fn the_shipped_rules_leave_nothing_to_say() {
    let shipped = Shipped::read();
    assert_eq!(shipped.check(&shipped.rules), []);
}

#[test]
fn every_mistake_is_found_at_its_line() {
    let shipped = Shipped::read();
    let mut problems = Vec::new();
    for (path, mistake) in mistakes() {
        let first = Edit { after: mistake.after, find: mistake.find, replace: mistake.replace };
        let mut edits = [first].into_iter().chain(mistake.also);
        let rules = edits.try_fold(shipped.rules.clone(), |rules, edit| changed(&rules, &edit));
        let rules = match rules {
            Ok(rules) => rules,
            Err(why) => {
                problems.push(format!("{path}: {why}"));
                continue;
            }
        };
        let found = shipped.check(&rules);
        let hit = found.iter().any(|it| {
            it.code == mistake.code
                && shipped.line(&rules, it) == mistake.at
                && (mistake.endpoint.is_none() || it.endpoint == mistake.endpoint)
        });
        if !hit || mistake.about.is_empty() {
            let shown = |it: &Finding| {
                let endpoint = it.endpoint.as_deref().unwrap_or("-");
                format!("\n    {} at {} of {endpoint}: {}", it.code, shipped.line(&rules, it), it.message)
            };
            problems.push(format!(
                "{path}: no {} at {}; found: {}",
                mistake.code,
                mistake.at,
                found.iter().map(shown).collect::<String>()
            ));
        }
    }
    assert_none(&problems);
}

/// Whether the rules alone are found to be wrong, for more than a suppression that is left over.
fn is_noticed(rules: &str) -> bool {
    check::check_text(RULES, rules).iter().any(|it| it.counts() && it.code != "suppression-unused")
}

#[test]
fn no_path_of_a_transform_is_lost_or_misspelled_unnoticed() {
    let rules = repository::text(RULES);
    let lines: Vec<&str> = rules.lines().collect();
    let is_path = |line: &str| line.trim_start().starts_with("- \"$.") && line.ends_with('"');
    let with = |at: usize, line: Option<String>| {
        let mut changed: Vec<&str> = lines.clone();
        match &line {
            Some(line) => changed[at] = line,
            None => drop(changed.remove(at)),
        }
        changed.join("\n")
    };
    let (mut paths, mut problems) = (0, Vec::new());
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| is_path(line)) {
        paths += 1;
        let misspelled = format!("{}x\"", line.trim_end_matches('"'));
        if !is_noticed(&with(at, None)) {
            problems.push(format!("line {} can be lost: {}", at + 1, line.trim()));
        }
        if !is_noticed(&with(at, Some(misspelled))) {
            problems.push(format!("line {} can be misspelled: {}", at + 1, line.trim()));
        }
    }
    assert!(paths > 80, "the paths were not found: {paths}");
    assert_none(&problems);
}

#[test]
fn there_is_a_mistake_for_every_lint() {
    let meant: BTreeSet<String> = mistakes().into_iter().map(|(_, mistake)| mistake.code).collect();
    let missing: Vec<&str> = check::catalogue::LINTS
        .iter()
        .map(|lint| lint.code)
        .filter(|code| !meant.contains(*code))
        // The shipped rules argue the first away everywhere; the others are of rules for files.
        .filter(|code| {
            !["short-number-hashed", "clear-beside-pseudonym", "columns-not-listed"].contains(code)
        })
        .collect();
    assert_eq!(missing, [] as [&str; 0]);
    assert!(meant.len() >= 32, "{}", meant.len());
}
