//! The files of `infra/server`, with which the server is run on a plain machine and in a cluster: they give the program
//! settings that it reads and starts with, all secrets and no privilege, and they wait for it as long as it takes.

mod manifest;
mod unit;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;
use vizard_proxy::Proxy;
use vizard_proxy::ports::SystemClock;
use vizard_proxy::secrets::EnvironmentSecrets;
use vizard_server::{Callers, Limits, Listen};
use vizard_tests::repository::{self, assert_none};

/// Variables by name.
type Settings = BTreeMap<String, String>;

/// Seconds that the server may take to end, once it is told to.
fn to_end() -> u64 {
    let Limits { drain, settle, .. } = Limits::default();
    (drain + settle).as_secs()
}

/// The secrets that operators of Zoom bring.
fn wanted() -> BTreeSet<String> {
    let connector: Value = serde_saphyr::from_str(&repository::text("rules/zoom/connector.yaml")).unwrap();
    let secrets = connector["secrets"].as_array().unwrap().iter();
    let wanted = secrets.filter(|it| it["written_by"] == "operator" && it["required"] == true);
    wanted.map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

/// The program would start with these, behind one proxy, for callers of an issuer, and have nothing to warn about.
async fn starts_with(settings: &Settings, address: &str) {
    let listen = Listen::read(|name| settings.get(name).cloned()).unwrap();
    assert_eq!((listen.address.to_string().as_str(), listen.trusted_hops), (address, 1));
    let clock = Arc::new(SystemClock);
    assert_eq!(Callers::read(settings, clock.clone()).unwrap().how(), "oidc");

    let stand_in = |name: String| (name.clone(), format!("a stand-in of {name}, long enough"));
    let secrets = Arc::new(EnvironmentSecrets::from_pairs(wanted().into_iter().map(stand_in)));
    let started = Proxy::start(settings, secrets, clock).await;
    assert_none(&started.problems);
    assert_none(&started.warnings);
    for name in settings.keys() {
        assert!(is_read(name), "{name} is set, and nobody reads it");
        assert!(!wanted().contains(name), "{name} is a secret, and stands among the settings");
    }
}

/// Whether the program asks for this variable: its name stands in the code.
fn is_read(name: &str) -> bool {
    let quoted = format!("\"{name}\"");
    let files = ["crates/server/src", "crates/proxy/src"].map(|it| repository::files(it, ".rs")).concat();
    files.iter().any(|path| repository::text(path).contains(&quoted))
}

#[test]
fn the_dockerfile_makes_the_image_of_the_package() {
    let dockerfile = repository::text("infra/server/Dockerfile");
    let lines: Vec<&str> = dockerfile.lines().filter(|it| !it.starts_with('#')).collect();
    let argument = |instruction: &str| {
        let mut found = lines.iter().filter_map(|line| line.strip_prefix(instruction)?.strip_prefix(' '));
        let first = found.next().unwrap_or_else(|| panic!("no {instruction}"));
        assert_eq!(found.next(), None, "{instruction} stands twice");
        first
    };
    assert_eq!(argument("FROM"), "scratch", "nothing comes from elsewhere");
    assert!(
        !lines.iter().any(|it| it.starts_with("RUN") || it.starts_with("ADD")),
        "nothing is run or fetched"
    );

    let document = repository::text("infra/package/src/image/document.rs");
    let layer = repository::text("infra/package/src/image/layer.rs");
    for (instruction, here, text, there) in [
        ("USER", "65532:65532", &layer, "USER: u32 = 65532;"),
        ("ENV", "PORT=8080", &document, r#"env: ["PORT=8080"]"#),
        ("EXPOSE", "8080/tcp", &document, r#""8080/tcp""#),
        ("WORKDIR", "/", &document, r#"working_dir: "/""#),
        ("STOPSIGNAL", "SIGTERM", &document, r#"stop_signal: "SIGTERM""#),
        ("ENTRYPOINT", r#"["/vizard-server"]"#, &layer, r#"PROGRAM: &str = "vizard-server";"#),
    ] {
        assert_eq!(argument(instruction), here);
        assert!(text.contains(there), "the package does not say {there}");
    }
    for (file, text) in [
        (" /vizard-server", "files.file(PROGRAM, 0o755"),
        (" /etc/ssl/certs/ca-certificates.crt", "\"etc/ssl/certs/ca-certificates.crt\""),
        (" /etc/passwd", "vizard:x:{USER}:{USER}:vizard:/:/sbin/nologin"),
        (" /etc/group", "vizard:x:{USER}:"),
    ] {
        assert!(lines.iter().any(|it| it.starts_with("COPY") && it.ends_with(file)), "{file} is not copied");
        assert!(layer.contains(text), "the package does not say {text}");
    }
}

#[test]
fn the_documentation_names_settings_that_the_program_reads() {
    let text = repository::text("docs/DEPLOY-SERVER.md");
    let words =
        text.split(|letter: char| !(letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_'));
    let named: BTreeSet<&str> = words.filter(|it| it.starts_with("VIZARD_") && !it.ends_with('_')).collect();
    assert!(named.len() > 6, "the search for settings finds too little: {named:?}");
    let unread: Vec<String> = named
        .iter()
        .filter(|it| !is_read(it))
        .map(|it| format!("{it} is named, and nobody reads it"))
        .collect();
    assert_none(&unread);
}
