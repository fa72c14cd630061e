//! The packages of the function, one after the other: compile, zip, write, say what came out.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::architecture::{Architecture, Libc};
use crate::compile::Program;
use crate::toolchain::Toolchain;
use crate::{Order, hash, twice, zip_file};

/// What a package is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Function {
    /// Calls of APIs.
    Api,
    /// Files in buckets. A package of its own: what files need would make that of the APIs start more slowly.
    Bulk,
}

impl Function {
    /// Both, in the order in which they are built.
    pub(crate) const ALL: [Function; 2] = [Function::Api, Function::Bulk];

    fn program(self) -> Program {
        let api = Program {
            package: "vizard-lambda",
            name: zip_file::ENTRY,
            features: &[],
            folder: "build",
            profile: "lambda",
            libc: Libc::Glibc("2.34"), // that of Amazon Linux 2023
        };
        match self {
            Function::Api => api,
            Function::Bulk => Program { features: &["bulk", "parquet"], folder: "build-bulk", ..api },
        }
    }

    /// The name of the package's file.
    fn file(self, architecture: Architecture) -> String {
        match self {
            Function::Api => format!("vizard-lambda-{architecture}.zip"),
            Function::Bulk => format!("vizard-lambda-bulk-{architecture}.zip"),
        }
    }

    /// Bytes of a package. A function that has not run for a while starts by fetching its package, and of the first
    /// somebody waits for the answer.
    fn ceiling(self) -> usize {
        match self {
            Function::Api => 6_000_000,
            Function::Bulk => 9_000_000,
        }
    }
}

/// Packages of functions as ordered.
pub(crate) fn packages(functions: &[Function], order: &Order) -> Result<()> {
    let triples: Vec<_> =
        order.architectures.iter().map(|it| it.triple(Function::Api.program().libc)).collect();
    let toolchain = Toolchain::prepare(&order.root, &triples)?;
    println!("{}", toolchain.versions);
    for function in functions {
        for architecture in &order.architectures {
            package(*function, *architecture, order, &toolchain)?;
        }
    }
    Ok(())
}

fn package(
    function: Function,
    architecture: Architecture,
    order: &Order,
    toolchain: &Toolchain,
) -> Result<()> {
    let program = twice::compiled(&function.program(), order, toolchain, architecture)?;
    let package = zip_file::of(&program)?;
    let path = order.out.join(function.file(architecture));
    fs::write(&path, &package).with_context(|| format!("could not write {}", path.display()))?;
    println!("{}", described(&path, &program, &package));
    ensure!(
        package.len() <= function.ceiling(),
        "the package has {} bytes, more than the {} that let a function start quickly",
        package.len(),
        function.ceiling()
    );
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
    fn two_functions_share_neither_a_folder_nor_a_file() {
        let [api, bulk] = Function::ALL.map(Function::program);
        assert_eq!((api.package, api.profile, api.features), (bulk.package, bulk.profile, &[][..]));
        assert_eq!(bulk.features, ["bulk", "parquet"]);
        assert_ne!(api.folder, bulk.folder);
        let files = Function::ALL.map(|it| it.file(Architecture::Arm64));
        assert_eq!(files, ["vizard-lambda-arm64.zip", "vizard-lambda-bulk-arm64.zip"]);
    }

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
