//! From source to the program. All that could tell one machine or place from another is kept out of it: names of
//! directories, the time, and what the caller's environment says about compiling.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result};

use crate::architecture::Architecture;
use crate::archive::ENTRY;
use crate::run;
use crate::toolchain::Toolchain;

/// The glibc of Amazon Linux 2023.
const GLIBC: &str = "2.34";

/// In `Cargo.toml`.
const PROFILE: &str = "lambda";

/// How settings of the caller begin that would change the program. Compilers and linker are ours, and so are flags.
const NOT_INHERITED: &[&str] = &[
    "AR",
    "AWS_LC_",
    "CARGO_BUILD_RUST",
    "CARGO_INCREMENTAL",
    "CARGO_PROFILE_",
    "CARGO_TARGET_",
    "CARGO_ZIGBUILD_",
    "CC",
    "CFLAGS",
    "CXX",
    "RUSTC",
    "RUSTFLAGS",
    "TARGET_",
];

/// Compiles the program below `directory`, which no other build uses: its flags differ from theirs.
pub(crate) fn bootstrap(
    root: &Path,
    directory: &Path,
    toolchain: &Toolchain,
    architecture: Architecture,
) -> Result<Vec<u8>> {
    let triple = architecture.triple();
    let mut cargo = Command::new(&toolchain.cargo);
    for (name, _) in env::vars_os() {
        if NOT_INHERITED.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            cargo.env_remove(name);
        }
    }
    cargo.current_dir(root).env("CARGO_ZIGBUILD_PYTHON_PATH", &toolchain.python);
    cargo.env("CARGO_ZIGBUILD_CACHE_DIR", &toolchain.cache);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags(root, directory, toolchain)?.join("\x1f"));
    cargo.env("SOURCE_DATE_EPOCH", "315532800"); // 1980-01-01, as in the zip file
    cargo.args(["zigbuild", "--locked", "--package", "vizard-lambda", "--bin", ENTRY, "--profile", PROFILE]);
    cargo.args(["--target", &format!("{triple}.{GLIBC}"), "--target-dir"]).arg(directory);
    run::to_the_end(&mut cargo)
        .with_context(|| format!("could not compile the function for {architecture}"))?;
    let program = directory.join(triple).join(PROFILE).join(ENTRY);
    fs::read(&program).with_context(|| format!("could not read {}", program.display()))
}

/// Other names for the directories that panics and debug text would otherwise tell of. The last that fits counts.
fn flags(root: &Path, directory: &Path, toolchain: &Toolchain) -> Result<Vec<String>> {
    let library = toolchain.sysroot.join("lib/rustlib/src/rust");
    let mut names = vec![(library, format!("/rustc/{}", toolchain.commit))];
    names.extend(registries()?.into_iter().map(|it| (it, "/registry".to_owned())));
    names.push((root.to_owned(), "/vizard".to_owned()));
    names.push((directory.to_owned(), "/target".to_owned()));
    Ok(names.iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display())).collect())
}

/// Where cargo unpacks other people's crates: a directory for each registry or mirror, named after it.
fn registries() -> Result<Vec<PathBuf>> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let sources = home.context("neither CARGO_HOME nor HOME is set")?.join("registry/src");
    let entries = fs::read_dir(&sources).with_context(|| format!("could not read {}", sources.display()))?;
    let mut registries = entries.map(|it| Ok(it?.path())).collect::<Result<Vec<_>>>()?;
    registries.sort();
    Ok(registries)
}
