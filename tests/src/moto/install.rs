//! Moto's packages in a virtual environment of their own, installed once per list of requirements.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::repository;

/// The environment, installed if it is not there yet. Panics with what is wrong and what to do.
pub(super) fn environment() -> PathBuf {
    let requirements = repository::root().join("tests/data/moto/requirements.txt");
    let mut hash = DefaultHasher::new();
    fs::read(&requirements).unwrap().hash(&mut hash);
    let folder = scratch(&format!("moto-{:016x}", hash.finish()));
    // Two test binaries may come here at once: the second waits for the first. The lock ends with its process.
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let environment = folder.join("environment");
    let complete = folder.join("complete");
    if !complete.exists() {
        // What is left of an installation that was interrupted.
        let _ = fs::remove_dir_all(&environment);
        install(&environment, &requirements);
        File::create(complete).unwrap();
    }
    environment
}

/// What to do about an environment that was installed and does not work, say after an upgrade of Python.
pub(super) fn remedy(environment: &Path) -> String {
    format!("remove {} and run the tests again", environment.parent().unwrap().display())
}

fn install(environment: &Path, requirements: &Path) {
    let mut create = Command::new("python3");
    run(
        create.args(["-m", "venv"]).arg(environment),
        "make a virtual environment (is python3 with venv there?)",
    );
    let mut install = Command::new(environment.join("bin/python"));
    install
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        // The list is complete, and wheels need no build.
        .args(["--no-deps", "--only-binary", ":all:", "--requirement"])
        .arg(requirements);
    run(&mut install, "install moto from PyPI (is it reachable, or PIP_INDEX_URL set to a mirror?)");
}

fn run(command: &mut Command, what: &str) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("the tests of AWS need moto, but could not {what}: {error}"));
    assert!(
        output.status.success(),
        "the tests of AWS need moto, but could not {what}:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A folder under the target directory for what tests leave there.
pub fn scratch(name: &str) -> PathBuf {
    let folder = target(&std::env::current_exe().unwrap()).join("tests").join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The target directory that a program of cargo's is in, however it was chosen: cargo marks it with a file.
pub(crate) fn target(program: &Path) -> PathBuf {
    let marked = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists());
    marked.map_or_else(|| repository::root().join("target"), Path::to_owned)
}
