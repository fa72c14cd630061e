//! The programs under test, built as they are shipped.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde_json::Value;

use crate::repository;

/// The function's program, in the profile of this test binary. Cargo builds it by itself, because a test binary
/// switches on features of shared crates (for JSON, say) that the shipped program does not have. What it builds stays
/// beside what the test binary is made of, so that neither is built again for the other.
pub fn bootstrap() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| build(&BOOTSTRAP, &Place::of_this_program())).clone()
}

/// The function's program with files, in the same profile.
pub fn bootstrap_for_files() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| build(&BOOTSTRAP_FOR_FILES, &Place::of_this_program())).clone()
}

/// The same as the first, as it is released.
pub fn released_bootstrap() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| build(&BOOTSTRAP, &Place::released())).clone()
}

/// The server's program, in the profile of this test binary.
pub fn server() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| build(&SERVER, &Place::of_this_program())).clone()
}

/// The same, as it is released.
pub fn released_server() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| build(&SERVER, &Place::released())).clone()
}

/// The command that people type, as it is released.
pub fn released_command() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| build(&COMMAND, &Place::released())).clone()
}

/// A package, its program, and the features that it is built with besides its usual ones.
struct Program {
    package: &'static str,
    name: &'static str,
    features: &'static str,
}

const BOOTSTRAP: Program = Program { package: "vizard-lambda", name: "bootstrap", features: "" };
const BOOTSTRAP_FOR_FILES: Program = Program { features: "bulk", ..BOOTSTRAP };
const SERVER: Program = Program { package: "vizard-server", name: "vizard-server", features: "" };
const COMMAND: Program = Program { package: "vizard-cli", name: "vizard", features: "" };

/// Where cargo builds, and how.
struct Place {
    target: PathBuf,
    profile: String,
}

impl Place {
    /// A test binary is `<target>/<profile>/deps/<name>`, or the same below a triple.
    fn of_this_program() -> Place {
        let program = std::env::current_exe().unwrap();
        let target = crate::moto::target(&program);
        let profile = program.ancestors().nth(2).and_then(Path::file_name).and_then(|it| it.to_str());
        let profile = match profile.unwrap_or("debug") {
            "debug" => "dev", // under this name cargo has the folder
            other => other,
        };
        Place { target, profile: profile.to_owned() }
    }

    fn released() -> Place {
        Place { profile: "release".to_owned(), ..Place::of_this_program() }
    }
}

fn build(program: &Program, place: &Place) -> PathBuf {
    // A program with other features takes the place of the one before: each is put by before the next is built.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let built = built(program, place);
    let kept = built.with_file_name(format!("{}-{}-for-tests", program.name, program.features));
    let whole = kept.with_extension(std::process::id().to_string());
    std::fs::copy(&built, &whole).unwrap();
    std::fs::rename(&whole, &kept).unwrap();
    kept
}

fn built(&Program { package, name, features }: &Program, place: &Place) -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--locked", "--quiet", "--package", package, "--bin", name, "--features", features])
        .args(["--message-format", "json-render-diagnostics", "--profile", &place.profile, "--target-dir"])
        .arg(&place.target)
        .current_dir(repository::root());
    // What cargo says to a test of its package is not meant for this build.
    let of_this_package = |name: &OsString| name.to_string_lossy().starts_with("CARGO_PKG_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| of_this_package(name)) {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let messages = String::from_utf8(output.stdout).unwrap();
    let mut messages = messages.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let made = messages.find(|it| it["target"]["name"] == name && it["executable"].is_string());
    made.expect("cargo says what it built")["executable"].as_str().unwrap().into()
}
