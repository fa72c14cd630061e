//! `vizard-server`: the proxy as a server, configured by the environment. It is what images contain; `vizard serve` is
//! the same.
#![allow(clippy::print_stdout, clippy::print_stderr)] // where operators are spoken to

use std::process::ExitCode;

use vizard_proxy::settings::ProcessEnvironment;
use vizard_server::Stop;

/// musl's own allocator gives the memory of each page back to the system, and has one lock for all threads: a page of
/// 150 KB took half as much processor time again (infra/README.md).
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next() {
        Some(argument) if argument == "--version" => {
            println!("vizard-server {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        Some(_) => {
            eprintln!("vizard-server takes no arguments.\n\n{}", vizard_server::SETTINGS);
            return ExitCode::from(USAGE);
        }
        None => {}
    }
    let Err(stop) = vizard_server::run(&ProcessEnvironment) else { return ExitCode::SUCCESS };
    eprintln!("vizard-server: {stop}");
    ExitCode::from(match stop {
        Stop::Configuration(_) => CONFIGURATION,
        Stop::Port(..) | Stop::System(_) => UNAVAILABLE,
    })
}

// As of `vizard`, which has them from `sysexits.h`.
const USAGE: u8 = 64;
const UNAVAILABLE: u8 = 69;
const CONFIGURATION: u8 = 78;
