//! `cargo package-lambda`: the proxy as AWS Lambda takes it, a zip file with the one program `bootstrap`. The same
//! source gives the same bytes, so whoever reads the source can tell whether it is what runs.
#![allow(clippy::print_stdout)] // the command line is where people are spoken to

mod package;

mod compile;
mod toolchain;

mod architecture;
mod archive;
mod run;

use std::path::PathBuf;

use clap::Parser;

use crate::architecture::Architecture;

/// Makes what is deployed.
#[derive(Debug, Parser)]
#[command(name = "vizard-package")]
enum Command {
    /// The proxy as an AWS Lambda function on `provided.al2023`
    Lambda(Arguments),
}

#[derive(Debug, clap::Args)]
struct Arguments {
    /// The processor; may be repeated. Both, when it is not given
    #[arg(long, value_enum)]
    arch: Vec<Architecture>,
    /// Where the packages go [default: target/lambda]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Build twice, the second time from nothing and in another place, and fail unless both give the same bytes
    #[arg(long)]
    check: bool,
}

fn main() -> anyhow::Result<()> {
    let Command::Lambda(Arguments { mut arch, out, check }) = Command::parse();
    if arch.is_empty() {
        arch = vec![Architecture::Arm64, Architecture::X86_64];
    }
    package::lambda(&arch, out, check)
}
