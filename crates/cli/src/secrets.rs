//! `vizard secrets`: the salts, keys and credentials of a deployment, written and checked by whoever runs it. No value
//! is ever printed, and none is taken from the command line, where every process of the machine can read it.

mod check;
mod set;

mod account_key;
mod candidates;
mod examine;
mod known;
mod standing;
mod values;

pub(crate) use account_key::ACCOUNT_KEY;
pub(crate) use check::{Deployed, Output};
pub(crate) use examine::examine;
pub(crate) use set::account_token;

use crate::exit::{Code, Stop};

/// The verbs of `vizard secrets`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Write secrets, after the source has accepted them
    #[command(after_help = set::VALUES)]
    Set(set::Arguments),
    /// Say which secrets are missing, unusual or in two places
    Check(check::Arguments),
}

pub(crate) fn run(verb: &Verb) -> Result<(), Stop> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Stop::new(Code::Unavailable, error))?;
    runtime.block_on(async {
        match verb {
            Verb::Set(arguments) => set::run(arguments).await,
            Verb::Check(arguments) => check::run(arguments).await,
        }
    })
}
