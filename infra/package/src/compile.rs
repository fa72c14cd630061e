//! From source to a program. All that could tell one machine or place from another is kept out of it: names of
//! directories, the time, and what the caller's environment says about compiling.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result};

use crate::architecture::{Architecture, Libc};
use crate::run;
use crate::toolchain::Toolchain;

/// A program of the workspace, and how it is compiled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Program {
    /// The package that it is in.
    pub(crate) package: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// Of the package, besides those that it always has.
    pub(crate) features: &'static [&'static str],
    /// The folder that it is built in. Programs of the same package with other features have folders of their own, or
    /// each would throw away what the other one compiled.
    pub(crate) folder: &'static str,
    /// In `Cargo.toml`.
    pub(crate) profile: &'static str,
    pub(crate) libc: Libc,
}

/// 1980-01-01, the earliest time that zip files know, in seconds. Everything that we make is from then.
pub(crate) const BEGINNING: u64 = 315_532_800;

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

impl Program {
    /// Compiles it below `directory`, which no other build uses: its flags differ from theirs.
    pub(crate) fn compile(
        &self,
        root: &Path,
        directory: &Path,
        toolchain: &Toolchain,
        architecture: Architecture,
    ) -> Result<Vec<u8>> {
        let triple = architecture.triple(self.libc);
        let mut cargo = Command::new(&toolchain.cargo);
        for (name, _) in env::vars_os() {
            if NOT_INHERITED.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
                cargo.env_remove(name);
            }
        }
        cargo.current_dir(root).env("CARGO_ZIGBUILD_PYTHON_PATH", &toolchain.python);
        cargo.env("CARGO_ZIGBUILD_CACHE_DIR", &toolchain.cache);
        cargo.env("CARGO_ENCODED_RUSTFLAGS", self.flags(root, directory, toolchain)?.join("\x1f"));
        cargo.env("SOURCE_DATE_EPOCH", BEGINNING.to_string());
        cargo.args(["zigbuild", "--locked", "--package", self.package, "--bin", self.name]);
        if !self.features.is_empty() {
            cargo.args(["--features", &self.features.join(",")]);
        }
        cargo.args(["--profile", self.profile, "--target", &self.target(triple), "--target-dir"]);
        cargo.arg(directory);
        run::to_the_end(&mut cargo)
            .with_context(|| format!("could not compile {} for {architecture}", self.package))?;
        let program = directory.join(triple).join(self.profile).join(self.name);
        fs::read(&program).with_context(|| format!("could not read {}", program.display()))
    }

    /// Other names for the directories that panics and debug text would otherwise tell of (the last that fits counts);
    /// and of a static program that it can be loaded anywhere, which zig does not do by itself: who does not know where
    /// code lies finds it harder to misuse.
    fn flags(&self, root: &Path, directory: &Path, toolchain: &Toolchain) -> Result<Vec<String>> {
        let library = toolchain.sysroot.join("lib/rustlib/src/rust");
        let mut names = vec![(library, format!("/rustc/{}", toolchain.commit))];
        names.extend(registries()?.into_iter().map(|it| (it, "/registry".to_owned())));
        names.push((root.to_owned(), "/vizard".to_owned()));
        names.push((directory.to_owned(), "/target".to_owned()));
        let mut flags: Vec<_> =
            names.iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display())).collect();
        if self.libc == Libc::Musl {
            flags.push("-Clink-arg=-pie".to_owned());
        }
        Ok(flags)
    }

    /// The target as zig is told it.
    fn target(&self, triple: &str) -> String {
        match self.libc {
            Libc::Glibc(version) => format!("{triple}.{version}"),
            Libc::Musl => triple.to_owned(),
        }
    }
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
