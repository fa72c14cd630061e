//! What loading rules costs: `cargo bench -p vizard-sanitizer --bench load`.
//!
//! A made-up rule set of 100 endpoints and 3 000 paths, then the same with one part left out at a time, whose
//! difference is what that part costs; last the shipped rules, and a file that extends them. The fastest of 41 loads tells the work, the median
//! and the first what else the machine had to do.

#![allow(clippy::print_stdout, reason = "a benchmark tells its numbers")]
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "a benchmark reads a clock")]

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use vizard_sanitizer::RuleSet;
use vizard_sanitizer::extends::{Shipped, resolve};

const SAMPLES: usize = 41;
const ENDPOINTS: usize = 100;
const ZOOM: &str = include_str!("../../../rules/zoom/rules.yaml");
const NARROWED: &str = "\
extends: zoom@1
overrides:
- pathTemplate: /v2/users/{userId}/recordings
  removed: true
- pathTemplate: /v2/users
  queryParamSchemas: {status: {enum: [active]}}
  dropFields: [\"$.users[*].dept\"]
";

/// What the made-up rule set holds.
#[derive(Clone, Copy)]
struct Parts {
    parameters: bool,
    schemas: bool,
    transforms: bool,
    regexes: bool,
}

const ALL: Parts = Parts { parameters: true, schemas: true, transforms: true, regexes: true };

fn main() {
    let whole = rule_set(ALL);
    println!(
        "{ENDPOINTS} endpoints, {} paths, {} bytes of YAML",
        whole.matches("- \"$").count(),
        whole.len()
    );
    println!("{:<48} {:>10} {:>10} {:>10}", "", "first", "median", "fastest");
    let all = tell("whole", &whole);
    for (part, parts) in [
        ("path and query parameters", Parts { parameters: false, ..ALL }),
        ("response schemas", Parts { schemas: false, ..ALL }),
        ("transforms", Parts { transforms: false, ..ALL }),
        ("regexes in transforms and paths", Parts { regexes: false, ..ALL }),
    ] {
        let without = tell(&format!("without {part}"), &rule_set(parts));
        println!("{:<8}so they take {:>49.1?}", "", all.saturating_sub(without));
    }
    tell("rules/zoom/rules.yaml", ZOOM);
    tell("the same, narrowed by another file", NARROWED);
}

/// The fastest of the loads.
fn tell(name: &str, yaml: &str) -> Duration {
    let first = once(yaml);
    let mut times: Vec<Duration> = (0..SAMPLES).map(|_| once(yaml)).collect();
    times.sort_unstable();
    println!("{name:<48} {first:>10.1?} {:>10.1?} {:>10.1?}", times[SAMPLES / 2], times[0]);
    times[0]
}

fn once(yaml: &str) -> Duration {
    let began = Instant::now();
    let resolved = resolve("rules.yaml", yaml, &[Shipped { source: "zoom", text: ZOOM }]);
    let resolved = resolved.unwrap_or_else(|problems| panic!("{problems}"));
    let loaded = black_box(RuleSet::load("rules.yaml", &resolved.text));
    let took = began.elapsed();
    let warnings = loaded.map_or_else(|problems| problems, |loaded| loaded.warnings);
    assert!(warnings.is_empty(), "{warnings}");
    took
}

/// A rule set as a large source might have it.
fn rule_set(parts: Parts) -> String {
    let mut yaml = String::from("endpoints:\n");
    for index in 0..ENDPOINTS {
        endpoint(&mut yaml, index, parts).expect("a string takes all text");
    }
    if parts.schemas {
        yaml.push_str("definitions:\n");
        for index in 0..10 {
            writeln!(yaml, "  Record{index}:").expect("a string takes all text");
            properties(&mut yaml, 4, 30, index).expect("a string takes all text");
        }
    }
    yaml
}

fn endpoint(yaml: &mut String, index: usize, parts: Parts) -> std::fmt::Result {
    match index % 5 {
        0 => writeln!(
            yaml,
            r"- pathRegex: '^/v2/area{index}/(?<ownerId>[^/]+)/(?:records|drafts)/\d{{1,19}}$'"
        )?,
        1 | 2 => writeln!(yaml, "- pathTemplate: /v2/area{index}/{{ownerId}}/records")?,
        _ => writeln!(yaml, "- pathTemplate: /v2/area{index}/{{ownerId}}/records/{{recordId}}")?,
    }
    writeln!(yaml, "  allowedMethods: [GET]")?;
    if parts.parameters {
        writeln!(yaml, "  allowedQueryParams: [from, to, page_size, page_number, next_page_token]")?;
        writeln!(yaml, "  pathParameterSchemas:")?;
        writeln!(yaml, "    ownerId: {{format: reversible-pseudonym}}")?;
        writeln!(yaml, "  queryParamSchemas:")?;
        writeln!(yaml, r"    from: {{pattern: '\d{{4}}-\d{{2}}-\d{{2}}'}}")?;
        writeln!(yaml, r"    to: {{pattern: '\d{{4}}-\d{{2}}-\d{{2}}'}}")?;
        writeln!(yaml, "    page_size: {{type: integer}}")?;
    }
    if parts.schemas && index.is_multiple_of(2) {
        writeln!(yaml, "  responseSchema:")?;
        match index % 4 {
            0 => properties(yaml, 4, 30, index)?,
            _ => writeln!(
                yaml,
                "    type: object\n    properties:\n      next_page_token: {{type: string}}\n      records: \
                 {{type: array, items: {{$ref: \"#/definitions/Record{}\"}}}}",
                index % 10
            )?,
        }
    }
    if parts.transforms {
        writeln!(yaml, "  transforms:")?;
        transforms(yaml, index, parts.regexes)?;
    }
    Ok(())
}

/// An object with about as many properties as asked for, some of them objects and lists.
fn properties(yaml: &mut String, indent: usize, count: usize, index: usize) -> std::fmt::Result {
    writeln!(yaml, "{:indent$}type: object\n{:indent$}properties:", "", "")?;
    let inner = indent + 2;
    for property in 0..count {
        let kind = match property % 10 {
            0 => "type: integer",
            1 => "type: boolean",
            2 => "type: object, properties: {id: {type: string}, email: {type: string}}",
            3 => "type: array, items: {type: string}",
            _ => "type: string",
        };
        writeln!(yaml, "{:inner$}field_{index}_{property}: {{{kind}}}", "")?;
    }
    Ok(())
}

/// Thirty paths in five transforms. One regex of a transform and one of a path are like no other endpoint's.
fn transforms(yaml: &mut String, index: usize, regexes: bool) -> std::fmt::Result {
    let field = |at: usize| format!("field_{index}_{at}");
    let identifiers = (0..10).map(|at| format!("$.records[*].{}.owner_id", field(at)));
    let addresses = (10..18).map(|at| format!("$.records[*]['{}','email','{}']", field(at), field(at + 1)));
    let anywhere = (18..24).map(|at| format!("$..{}", field(at)));
    let notes = (24..28).map(|at| format!("$.records[*].notes[*].{}", field(at)));
    let (digest, mentions, kinds) = match regexes {
        true => (
            format!(r"redactRegexMatches>, redactions: ['\d{{5,}}','secret-{index}-\w+']"),
            r"pseudonymizeRegexMatches>, regex: '[^;,\s]+'",
            [format!("@.kind =~ /^(user|guest-{index}).*$/i"), "@.mail =~ /.*@example[.]com/".to_owned()],
        ),
        false => (
            "textDigest>".to_owned(),
            "hashIp>",
            ["owner", "guest"].map(|kind| format!("@.kind == '{kind}'")),
        ),
    };
    let people = kinds.into_iter().map(|kind| format!("$.records[?({kind})].name"));
    let lists: [(&str, Vec<String>); 5] = [
        ("pseudonymize>, includeReversible: true", identifiers.collect()),
        ("pseudonymize>", addresses.collect()),
        ("redact>", anywhere.collect()),
        (&digest, notes.collect()),
        (mentions, people.collect()),
    ];
    for (head, paths) in lists {
        writeln!(yaml, "  - !<{}", head.replace(", ", "\n    "))?;
        writeln!(yaml, "    jsonPaths:")?;
        for path in paths {
            writeln!(yaml, "    - \"{path}\"")?;
        }
    }
    Ok(())
}
