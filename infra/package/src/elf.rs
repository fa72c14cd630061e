//! A look at the head of a program: it is for the right processor, can be loaded anywhere, and asks for no loader. One
//! that did would not start in an image that holds nothing else.

use anyhow::{Context, Result, ensure};

use crate::architecture::Architecture;

/// The kind of a program that the kernel loads wherever it likes (`ET_DYN`), another place each time.
const ANYWHERE: u16 = 3;

/// A segment that names the program's loader (`PT_INTERP`). Only programs that need libraries have one.
const LOADER: u32 = 3;

/// Fails unless `program` is for `architecture` and complete.
pub(crate) fn is_static(program: &[u8], architecture: Architecture) -> Result<()> {
    let magic = [0x7f, b'E', b'L', b'F', 2, 1]; // 64 bits, the low byte first
    ensure!(program.starts_with(&magic), "the compiler made no 64-bit program");
    let machine = u16::from_le_bytes(at(program, 18)?);
    ensure!(
        machine == architecture.elf_machine(),
        "the program is for another processor than {architecture}"
    );
    let kind = u16::from_le_bytes(at(program, 16)?);
    ensure!(kind == ANYWHERE, "the program for {architecture} must be loaded at one place");
    let first = usize::try_from(u64::from_le_bytes(at(program, 32)?))?;
    let size = usize::from(u16::from_le_bytes(at(program, 54)?));
    let count = usize::from(u16::from_le_bytes(at(program, 56)?));
    ensure!(count > 0, "the program has no segments");
    for segment in 0..count {
        let kind = u32::from_le_bytes(at(program, first + segment * size)?);
        ensure!(kind != LOADER, "the program for {architecture} is not static: it names a loader");
    }
    Ok(())
}

fn at<const N: usize>(program: &[u8], offset: usize) -> Result<[u8; N]> {
    let bytes = offset.checked_add(N).and_then(|end| program.get(offset..end));
    Ok(bytes.context("the program breaks off")?.try_into()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A head and its segments.
    fn program(machine: u16, segments: &[u32]) -> Vec<u8> {
        let mut bytes = vec![0; 64];
        bytes[..6].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, 1]);
        bytes[16] = 3;
        bytes[18..20].copy_from_slice(&machine.to_le_bytes());
        bytes[32] = 64;
        bytes[54] = 56;
        bytes[56] = segments.len().try_into().unwrap();
        for kind in segments {
            bytes.extend(kind.to_le_bytes());
            bytes.extend([0; 52]);
        }
        bytes
    }

    #[test]
    fn takes_only_what_needs_no_loader_on_the_right_processor() {
        let whole = program(62, &[6, 1, 1, 2]);
        is_static(&whole, Architecture::X86_64).unwrap();
        is_static(&program(183, &[1]), Architecture::Arm64).unwrap();
        let fixed = [&whole[..16], &[2], &whole[17..]].concat();
        let wrong = [
            (fixed, "at one place"),
            (program(183, &[1]), "another processor"),
            (program(62, &[1, LOADER]), "names a loader"),
            (program(62, &[]), "no segments"),
            (whole[..130].to_vec(), "breaks off"),
            (b"#!/bin/sh".to_vec(), "no 64-bit program"),
        ];
        for (bytes, expected) in wrong {
            let error = is_static(&bytes, Architecture::X86_64).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
