//! What compiles: Rust as it is installed, with the standard library of each target; and, for the C code of the TLS
//! stack and for linking, a pinned zig, which brings the headers and stubs of every glibc, and musl, and therefore
//! needs nothing of the machine. It lives below `target/tools`, in a Python environment of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::run;

/// Compilers that are ready.
#[derive(Debug)]
pub(crate) struct Toolchain {
    /// `cargo-zigbuild`: cargo, with zig as its linker and C compiler.
    pub(crate) cargo: PathBuf,
    /// The Python that runs that zig.
    pub(crate) python: PathBuf,
    /// Where zig keeps what it compiled.
    pub(crate) cache: PathBuf,
    /// Where Rust's own libraries are.
    pub(crate) sysroot: PathBuf,
    /// The commit that Rust was made of.
    pub(crate) commit: String,
    /// The versions that decide about the bytes.
    pub(crate) versions: String,
}

/// As pip reads it.
const REQUIREMENTS: &str = include_str!("../tools.txt");

impl Toolchain {
    /// Finds what is there and fetches what is not, for the targets `triples`.
    pub(crate) fn prepare(root: &Path, triples: &[&str]) -> Result<Toolchain> {
        let about = run::output(Command::new("rustc").arg("-vV"))?;
        let (rust, _) = about.split_once('\n').context("`rustc -vV` tells no version")?;
        let commit = about.lines().find_map(|line| line.strip_prefix("commit-hash: "));
        let sysroot = PathBuf::from(run::output(Command::new("rustc").args(["--print", "sysroot"]))?);
        for triple in triples {
            standard_library(&sysroot, triple)?;
        }
        let tools = root.join("target/tools");
        let environment = python(&tools, &root.join("infra/package/tools.txt"))?;
        let programs = environment.join("bin");
        Ok(Toolchain {
            cargo: programs.join("cargo-zigbuild"),
            python: programs.join("python3"),
            cache: tools.join("zig-cache"),
            sysroot,
            commit: commit.context("`rustc -vV` tells no commit")?.to_owned(),
            versions: format!("{rust}, {}", pins().join(", ")),
        })
    }
}

/// The tools and their versions, as pinned.
fn pins() -> Vec<&'static str> {
    REQUIREMENTS
        .lines()
        .filter(|line| line.contains("=="))
        .filter_map(|line| line.split(' ').next())
        .collect()
}

/// Rust's standard library for `triple`.
fn standard_library(sysroot: &Path, triple: &str) -> Result<()> {
    if sysroot.join("lib/rustlib").join(triple).join("lib").is_dir() {
        return Ok(());
    }
    println!("adding Rust's standard library for {triple}");
    run::to_the_end(Command::new("rustup").args(["target", "add", triple])).with_context(|| {
        format!("Rust's standard library for {triple} is not installed; `rustup target add {triple}` adds it")
    })
}

/// The Python environment with the tools in it. Its name tells what is in it, so that new pins make a new one.
fn python(tools: &Path, requirements: &Path) -> Result<PathBuf> {
    let hash = Sha256::digest(REQUIREMENTS);
    let environment =
        tools.join(format!("zigbuild-{:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3]));
    let complete = environment.join("complete");
    if complete.exists() {
        return Ok(environment);
    }
    println!("installing {} in {}", pins().join(" and "), environment.display());
    run::to_the_end(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment)).context(
        "the C compiler comes as a Python package, which needs Python 3 with its module `venv` \
         (Debian and Ubuntu: python3-venv)",
    )?;
    let mut pip = Command::new(environment.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
    pip.args(["--only-binary", ":all:", "--require-hashes", "--requirement"]).arg(requirements);
    run::to_the_end(&mut pip).with_context(|| {
        format!(
            "the tools that {} pins could not be installed; they are made for Linux and macOS, on x86-64 and \
             arm64, and come from the Python package index or the mirror that pip is configured for",
            requirements.display()
        )
    })?;
    fs::write(&complete, REQUIREMENTS)?;
    Ok(environment)
}
