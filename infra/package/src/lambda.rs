//! The packages of the function, one after the other: compile, zip, write, say what came out.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::architecture::Libc;
use crate::compile::Program;
use crate::toolchain::Toolchain;
use crate::{Order, hash, twice, zip_file};

const FUNCTION: Program = Program {
    package: "vizard-lambda",
    name: zip_file::ENTRY,
    profile: "lambda",
    libc: Libc::Glibc("2.34"), // that of Amazon Linux 2023
};

/// Bytes of a package. A function that has not run for a while starts by fetching its package, and somebody waits.
const CEILING: usize = 6_000_000;

/// Packages of the function as ordered.
pub(crate) fn packages(order: &Order) -> Result<()> {
    let triples: Vec<_> = order.architectures.iter().map(|it| it.triple(FUNCTION.libc)).collect();
    let toolchain = Toolchain::prepare(&order.root, &triples)?;
    println!("{}", toolchain.versions);
    for architecture in &order.architectures {
        let program = twice::compiled(&FUNCTION, order, &toolchain, *architecture)?;
        let package = zip_file::of(&program)?;
        let path = order.out.join(format!("vizard-lambda-{architecture}.zip"));
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

/// What a person compares, and what Terraform does.
fn described(path: &Path, program: &[u8], package: &[u8]) -> String {
    format!(
        "{}\n  bootstrap         {} bytes\n  zip               {} bytes\n  sha256            {}\n  source_code_hash  {}",
        path.display(),
        program.len(),
        package.len(),
        hash::hex(package),
        BASE64_STANDARD.encode(hash::sha256(package)),
    )
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
}
