//! The packages, one after the other: compile, zip, write, say what came out; and, when asked, do it all again.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use crate::architecture::Architecture;
use crate::toolchain::Toolchain;
use crate::{archive, compile};

/// Bytes of a package. A function that has not run for a while starts by fetching its package, and somebody waits.
const CEILING: usize = 6_000_000;

/// Packages of the function for `architectures` in `out`; with `check`, only if a second build agrees.
pub(crate) fn lambda(architectures: &[Architecture], out: Option<PathBuf>, check: bool) -> Result<()> {
    let root = workspace()?;
    let own = root.join("target/lambda");
    let out = out.unwrap_or_else(|| own.clone());
    fs::create_dir_all(&out).with_context(|| format!("could not make {}", out.display()))?;
    let toolchain = Toolchain::prepare(&root, architectures)?;
    println!("{}", toolchain.versions);
    for architecture in architectures {
        let program = compile::bootstrap(&root, &own.join("build"), &toolchain, *architecture)?;
        let package = archive::of(&program)?;
        if check {
            let place = own.join("check");
            let again = second_build(&root, &place, &toolchain, *architecture)?;
            agree(*architecture, &package, &archive::of(&again)?)?;
        }
        let path = out.join(format!("vizard-lambda-{architecture}.zip"));
        fs::write(&path, &package).with_context(|| format!("could not write {}", path.display()))?;
        println!("{}", described(&path, &program, &package));
        ensure!(
            package.len() <= CEILING,
            "the package has {} bytes, more than the {CEILING} that let a function start quickly",
            package.len()
        );
    }
    Ok(())
}

/// The directory of the workspace: two above this package's.
fn workspace() -> Result<PathBuf> {
    let own = env::var_os("CARGO_MANIFEST_DIR").context("this is run by cargo: `cargo package-lambda`")?;
    let root = Path::new(&own).ancestors().nth(2).context("the package is not in its workspace")?;
    Ok(root.to_owned())
}

/// The program again, from nothing, and nothing left behind.
fn second_build(
    root: &Path,
    place: &Path,
    toolchain: &Toolchain,
    architecture: Architecture,
) -> Result<Vec<u8>> {
    if place.exists() {
        fs::remove_dir_all(place)?;
    }
    let program = compile::bootstrap(root, place, toolchain, architecture)?;
    fs::remove_dir_all(place)?;
    Ok(program)
}

fn agree(architecture: Architecture, first: &[u8], second: &[u8]) -> Result<()> {
    if first != second {
        bail!(
            "two builds for {architecture} differ, so neither can be told from the source: SHA-256 {} and {}",
            hex(first),
            hex(second)
        );
    }
    println!("two builds for {architecture} agree");
    Ok(())
}

/// What a person compares, and what Terraform does.
fn described(path: &Path, program: &[u8], package: &[u8]) -> String {
    format!(
        "{}\n  bootstrap         {} bytes\n  zip               {} bytes\n  sha256            {}\n  source_code_hash  {}",
        path.display(),
        program.len(),
        package.len(),
        hex(package),
        BASE64_STANDARD.encode(Sha256::digest(package)),
    )
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_both_forms_of_the_hash() {
        // As `printf abc | sha256sum` and `printf abc | openssl dgst -sha256 -binary | base64` print it.
        let text = described(Path::new("a.zip"), b"program", b"abc");
        let told: Vec<_> = text.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
        assert_eq!(
            told,
            [
                "7",
                "3",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
            ]
        );
    }

    #[test]
    fn two_builds_agree_only_in_every_byte() {
        assert!(agree(Architecture::Arm64, b"same", b"same").is_ok());
        let error = agree(Architecture::X86_64, b"one", b"two").unwrap_err().to_string();
        assert!(error.contains("x86_64") && error.contains(&hex(b"one")), "{error}");
    }
}
