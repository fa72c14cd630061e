//! A program, and when asked the proof that it follows from the source: it is built a second time, from nothing and
//! in another directory, and has the same bytes. What is made of the program follows from it without a compiler.

use std::fs;

use anyhow::{Result, bail};

use crate::architecture::Architecture;
use crate::compile::Program;
use crate::toolchain::Toolchain;
use crate::{Order, hash};

/// `program` for `architecture`; with `--check`, only if a second build agrees.
pub(crate) fn compiled(
    program: &Program,
    order: &Order,
    toolchain: &Toolchain,
    architecture: Architecture,
) -> Result<Vec<u8>> {
    let first = program.compile(&order.root, &order.own.join(program.folder), toolchain, architecture)?;
    if order.check {
        let place = order.own.join("check");
        if place.exists() {
            fs::remove_dir_all(&place)?;
        }
        let second = program.compile(&order.root, &place, toolchain, architecture)?;
        fs::remove_dir_all(&place)?;
        agree(architecture, &first, &second)?;
    }
    Ok(first)
}

fn agree(architecture: Architecture, first: &[u8], second: &[u8]) -> Result<()> {
    if first != second {
        bail!(
            "two builds for {architecture} differ, so neither can be told from the source: SHA-256 {} and {}",
            hash::hex(first),
            hash::hex(second)
        );
    }
    println!("two builds for {architecture} agree");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_builds_agree_only_in_every_byte() {
        assert!(agree(Architecture::Arm64, b"same", b"same").is_ok());
        let error = agree(Architecture::X86_64, b"one", b"two").unwrap_err().to_string();
        assert!(error.contains("x86_64") && error.contains(&hash::hex(b"one")), "{error}");
    }
}
