//! `vizard.service` and its settings, `vizard.env`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use vizard_tests::repository;

use super::{Settings, starts_with, to_end, wanted};

const UNIT: &str = "infra/server/vizard.service";

/// The lines of a file of settings: name and value, comments left out.
fn assignments(path: &str) -> Vec<(String, String)> {
    let text = repository::text(path);
    let lines = text.lines().filter(|it| !it.is_empty() && !it.starts_with(['#', '[']));
    let pair = |line: &str| {
        let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("{path}: {line} says nothing"));
        (name.to_owned(), value.to_owned())
    };
    lines.map(pair).collect()
}

/// All values of one name.
fn values(name: &str) -> Vec<String> {
    assignments(UNIT).into_iter().filter(|it| it.0 == name).map(|it| it.1).collect()
}

/// The value of a name that stands once.
fn value(name: &str) -> String {
    let found = values(name);
    assert_eq!(found.len(), 1, "{name} stands {} times", found.len());
    found.into_iter().next().unwrap()
}

/// A number of seconds.
fn seconds(name: &str) -> u64 {
    value(name).parse().unwrap()
}

#[tokio::test]
async fn the_program_starts_with_the_settings_of_the_unit() {
    let mut settings: Settings = assignments("infra/server/vizard.env").into_iter().collect();
    for line in values("Environment") {
        for pair in line.split(' ') {
            let (name, value) = pair.split_once('=').unwrap();
            let twice = settings.insert(name.to_owned(), value.to_owned());
            assert!(twice.is_none(), "{name} is set in the unit and in the file");
        }
    }
    assert_eq!(settings["VIZARD_SECRETS_DIR"], "%d", "the directory of the credentials");
    starts_with(&settings, "127.0.0.1:8080").await;
    assert_eq!(value("EnvironmentFile"), "/etc/vizard/vizard.env");
}

#[test]
fn every_secret_is_a_credential_and_nothing_else_is() {
    let credentials = values("LoadCredential");
    let names: BTreeSet<String> = credentials
        .iter()
        .map(|it| {
            let (name, path) = it.split_once(':').unwrap();
            assert_eq!(path, format!("/etc/vizard/secrets/{name}"));
            name.to_owned()
        })
        .collect();
    assert_eq!((names, credentials.len()), (wanted(), wanted().len()));
}

#[test]
fn what_does_not_pass_by_itself_is_not_tried_again() {
    let program = repository::text("crates/server/src/main.rs");
    let kept_down = value("RestartPreventExitStatus");
    for (name, code) in [("CONFIGURATION", "78"), ("USAGE", "64")] {
        assert!(program.contains(&format!("const {name}: u8 = {code};")), "{name} is another code now");
        assert!(kept_down.split(' ').any(|it| it == code), "the unit restarts after {code}");
    }
    assert!(program.contains("const UNAVAILABLE: u8 = 69;"), "what may pass has another code now");
    assert!(!kept_down.contains("69"), "a port that is taken may be free soon");
    assert_eq!((value("Restart").as_str(), value("StartLimitIntervalSec").as_str()), ("on-failure", "0"));
    assert!(seconds("RestartSec") >= 1);
    assert!(seconds("TimeoutStopSec") > to_end(), "requests at work are killed");
}

#[test]
fn the_unit_has_no_privilege() {
    for (name, expected) in [
        ("DynamicUser", "yes"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"),
        ("PrivateUsers", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
        ("RestrictNamespaces", "yes"),
        ("RestrictAddressFamilies", "AF_INET AF_INET6"),
        ("SystemCallArchitectures", "native"),
        ("LimitCORE", "0"),
        ("MemoryMax", "1G"),
        ("MemorySwapMax", "0"),
    ] {
        assert_eq!(value(name), expected, "{name}");
    }
    assert_eq!(values("SystemCallFilter"), ["@system-service", "~@privileged @resources"]);
    for name in ["User", "ReadWritePaths", "AmbientCapabilities", "StateDirectory"] {
        assert!(values(name).is_empty(), "{name} gives more than is needed");
    }
}

/// Asks systemd itself, where it is installed.
#[test]
fn systemd_understands_the_unit_and_finds_it_little_exposed() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vizard.service");
    // It looks whether the program is there.
    let program = std::env::current_exe().unwrap();
    let unit = repository::text(UNIT).replace("/usr/local/bin/vizard-server", program.to_str().unwrap());
    fs::write(&file, unit).unwrap();
    let systemd = |arguments: &[&str]| Command::new("systemd-analyze").args(arguments).arg(&file).output();
    let Ok(version) = Command::new("systemd-analyze").arg("--version").output() else {
        println!("NOT CHECKED: systemd-analyze is not installed");
        return;
    };
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let number = version.split([' ', '~', '(']).nth(1).and_then(|it| it.parse::<u32>().ok());
    if number.is_none_or(|number| number < 250) {
        println!("NOT CHECKED: {} is older than the unit needs", version.lines().next().unwrap_or_default());
        return;
    }
    let verified = systemd(&["verify", "--man=no"]).unwrap();
    let told = String::from_utf8_lossy(&verified.stderr).into_owned();
    let about_us: Vec<&str> = told.lines().filter(|it| it.contains("vizard.service")).collect();
    assert!(verified.status.success() && about_us.is_empty(), "{told}");
    let judged = systemd(&["security", "--offline=true", "--no-pager", "--threshold=20"]).unwrap();
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));
}
