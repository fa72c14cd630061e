//! The floors of `docs/ARCHITECTURE.md`: who may know whom, and what the pure crates stay clear of.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;
use vizard_tests::repository;

/// Each crate and those of ours that it builds on. Only ever down.
const FLOORS: &[(&str, &[&str])] = &[
    ("vizard-pseudonym", &[]),
    ("vizard-sanitizer", &["vizard-pseudonym"]),
    ("vizard-review", &["vizard-pseudonym", "vizard-sanitizer"]),
    ("vizard-proof", &[]),
    ("vizard-bulk", &["vizard-pseudonym", "vizard-sanitizer"]),
    ("vizard-proxy", &["vizard-bulk", "vizard-pseudonym", "vizard-sanitizer"]),
    ("vizard-aws", &["vizard-proxy", "vizard-pseudonym"]),
    ("vizard-gcp", &["vizard-proxy", "vizard-pseudonym"]),
    ("vizard-zoom-simulator", &[]),
    ("vizard-lambda", &["vizard-aws", "vizard-proxy", "vizard-pseudonym"]),
    ("vizard-server", &["vizard-gcp", "vizard-proxy"]),
    (
        "vizard-cli",
        &[
            "vizard-aws",
            "vizard-bulk",
            "vizard-gcp",
            "vizard-proof",
            "vizard-proxy",
            "vizard-pseudonym",
            "vizard-review",
            "vizard-sanitizer",
            "vizard-server",
            "vizard-zoom-simulator",
        ],
    ),
    ("vizard-package", &[]),
];

const HOSTS: &[&str] = &["vizard-cli"];

const PURE: &[&str] = &["vizard-pseudonym", "vizard-sanitizer", "vizard-review", "vizard-proof"];

#[test]
fn the_crates_build_on_each_other_as_in_the_picture() {
    let mut edges = BTreeMap::new();
    for package in packages() {
        let name = package["name"].as_str().unwrap().to_owned();
        let floor = FLOORS.iter().find(|(it, _)| *it == name);
        let mut built_on = BTreeSet::new();
        for dependency in package["dependencies"].as_array().unwrap() {
            let other = dependency["name"].as_str().unwrap().to_owned();
            if !other.starts_with("vizard-") {
                continue;
            }
            if dependency["kind"].is_null() {
                built_on.insert(other);
            } else if let Some((_, allowed)) = floor {
                // A test may look down, never up; hosts are tested as processes, with the harness.
                let down = allowed.contains(&other.as_str());
                let harness = HOSTS.contains(&name.as_str()) && other == "vizard-tests";
                assert!(down || harness, "{name} tests itself with {other}");
            }
        }
        if name != "vizard-tests" {
            edges.insert(name, built_on);
        }
    }
    let picture: BTreeMap<String, BTreeSet<String>> = FLOORS
        .iter()
        .map(|(name, allowed)| ((*name).to_owned(), allowed.iter().map(|it| (*it).to_owned()).collect()))
        .collect();
    assert_eq!(edges, picture);
}

#[test]
fn the_pure_crates_bring_no_door_to_the_world() {
    // Runtimes, sockets, HTTP, TLS, clocks, randomness, logging: by the names under which they come.
    let doors = [
        "async-std",
        "chrono",
        "futures",
        "getrandom",
        "h2",
        "hyper",
        "jiff",
        "log",
        "mio",
        "rand",
        "reqwest",
        "rustls",
        "smol",
        "socket2",
        "time",
        "tokio",
        "tracing",
        "ureq",
        "uuid",
    ];
    for name in PURE {
        let tree = cargo(&["tree", "--package", name, "--edges", "normal", "--prefix", "none"]);
        let brought: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(brought.contains(name) && brought.len() > 5, "{tree}");
        let found: Vec<_> = doors.iter().filter(|door| brought.contains(*door)).collect();
        assert_eq!(found, Vec::<&&str>::new(), "{name}");
    }
}

#[test]
fn the_pure_crates_ban_the_doors_of_the_standard_library() {
    for name in PURE {
        let lints = repository::text(&format!("crates/{}/clippy.toml", name.trim_start_matches("vizard-")));
        for door in [
            "std::time::SystemTime::now",
            "std::time::Instant::now",
            "std::env::var",
            "std::fs::read",
            "std::fs::File",
            "std::net::TcpStream",
            "std::net::ToSocketAddrs::to_socket_addrs",
            "std::thread::spawn",
            "std::process::Command",
            "std::io::stdout",
        ] {
            assert!(lints.contains(&format!("path = \"{door}\"")), "{name} does not ban {door}");
        }
    }
}

#[test]
fn unsafe_code_is_forbidden_and_every_crate_takes_the_common_lints() {
    let workspace = repository::text("Cargo.toml");
    assert!(workspace.contains("unsafe_code = \"forbid\""));
    for package in packages() {
        let manifest = std::fs::read_to_string(package["manifest_path"].as_str().unwrap()).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{}", package["name"]);
    }
}

fn packages() -> Vec<Value> {
    let metadata = cargo(&["metadata", "--format-version", "1", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(arguments)
        .arg("--offline")
        .current_dir(repository::root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
