//! The processors that we build for, and their names.

use std::fmt;

/// A processor, by Lambda's name for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Architecture {
    /// Graviton, Axion, Ampere.
    #[value(name = "arm64")]
    Arm64,
    /// Intel and AMD.
    #[value(name = "x86_64")]
    X86_64,
}

/// The C library that a program is linked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Libc {
    /// That of the machine, which has this version or a later one.
    Glibc(&'static str),
    /// Ours: it is in the program, which then needs nothing of the machine but its kernel.
    Musl,
}

impl Architecture {
    /// Both, in the order in which they are built.
    pub(crate) const ALL: [Architecture; 2] = [Architecture::Arm64, Architecture::X86_64];

    /// Rust's name for it, with Linux.
    pub(crate) fn triple(self, libc: Libc) -> &'static str {
        match (self, libc) {
            (Architecture::Arm64, Libc::Glibc(_)) => "aarch64-unknown-linux-gnu",
            (Architecture::X86_64, Libc::Glibc(_)) => "x86_64-unknown-linux-gnu",
            (Architecture::Arm64, Libc::Musl) => "aarch64-unknown-linux-musl",
            (Architecture::X86_64, Libc::Musl) => "x86_64-unknown-linux-musl",
        }
    }

    /// The name in images, which is Go's.
    pub(crate) fn of_images(self) -> &'static str {
        match self {
            Architecture::Arm64 => "arm64",
            Architecture::X86_64 => "amd64",
        }
    }

    /// The number in the head of an ELF file.
    pub(crate) fn elf_machine(self) -> u16 {
        match self {
            Architecture::Arm64 => 183,
            Architecture::X86_64 => 62,
        }
    }
}

/// As Terraform and Lambda write it.
impl fmt::Display for Architecture {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Architecture::Arm64 => "arm64",
            Architecture::X86_64 => "x86_64",
        })
    }
}
