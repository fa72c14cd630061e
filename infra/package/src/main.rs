//! What is deployed. `cargo package-lambda`: the proxy as AWS Lambda takes it, a zip file with the one program
//! `bootstrap`, and another one with what sanitizes files. `cargo package-server`: the same as a program that needs nothing but a kernel, and as a container image
//! with it. The same source gives the same bytes, so whoever reads the source can tell whether it is what runs.
#![allow(clippy::print_stdout)] // the command line is where people are spoken to

mod lambda;
mod server;

mod compile;
mod toolchain;
mod twice;

mod elf;
mod image;
mod zip_file;

mod architecture;
mod hash;
mod run;

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result};
use clap::Parser;

use crate::architecture::Architecture;

/// Makes what is deployed.
#[derive(Debug, Parser)]
#[command(name = "vizard-package")]
enum Command {
    /// The proxy as an AWS Lambda function on `provided.al2023`, and the function that sanitizes files
    Lambda {
        /// Which function; may be repeated. Both, when it is not given
        #[arg(long, value_enum)]
        function: Vec<lambda::Function>,
        #[command(flatten)]
        arguments: Arguments,
    },
    /// The proxy as a server: a static program, and a container image that holds it
    Server(Arguments),
}

#[derive(Debug, clap::Args)]
struct Arguments {
    /// The processor; may be repeated. Both, when it is not given
    #[arg(long, value_enum)]
    arch: Vec<Architecture>,
    /// Where the packages go [default: target/lambda or target/server]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Build twice, the second time from nothing and in another place, and fail unless both give the same bytes
    #[arg(long)]
    check: bool,
}

/// What to make, and where.
#[derive(Debug)]
struct Order {
    architectures: Vec<Architecture>,
    /// The workspace.
    root: PathBuf,
    /// The directory that nobody else builds in.
    own: PathBuf,
    /// Where the packages go.
    out: PathBuf,
    /// Whether to build twice.
    check: bool,
}

impl Arguments {
    /// The same with nothing left open.
    fn order(self, name: &str) -> Result<Order> {
        let root = workspace()?;
        let own = root.join("target").join(name);
        let out = self.out.unwrap_or_else(|| own.clone());
        fs::create_dir_all(&out).with_context(|| format!("could not make {}", out.display()))?;
        let architectures = if self.arch.is_empty() { Architecture::ALL.to_vec() } else { self.arch };
        Ok(Order { architectures, root, own, out, check: self.check })
    }
}

/// The directory of the workspace: two above this package's.
fn workspace() -> Result<PathBuf> {
    let own = env::var_os("CARGO_MANIFEST_DIR")
        .context("this is run by cargo: `cargo package-lambda`, `cargo package-server`")?;
    let root = Path::new(&own).ancestors().nth(2).context("the package is not in its workspace")?;
    Ok(root.to_owned())
}

fn main() -> Result<()> {
    match Command::parse() {
        Command::Lambda { function, arguments } => {
            let functions = if function.is_empty() { lambda::Function::ALL.to_vec() } else { function };
            lambda::packages(&functions, &arguments.order("lambda")?)
        }
        Command::Server(arguments) => server::packages(&arguments.order("server")?),
    }
}
