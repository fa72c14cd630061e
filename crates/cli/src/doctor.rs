//! `vizard doctor`: a deployment checked from its settings to one live call for each endpoint, all of it in one run.
//! Each check says what it found and what to do; nothing of what the source answers is shown, and nothing is left
//! behind.

pub(crate) mod code;
pub(crate) mod finding;
pub(crate) mod report;

mod google;
mod network;
mod rules;
mod settings;

mod calls;
mod sandbox;
mod scopes;
mod state;
mod token;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use vizard_proxy::ports::{Clock, SystemClock};
use vizard_proxy::settings::Settings;
use vizard_proxy::upstream::{HttpUpstream, Transport};
use vizard_sanitizer::RuleSet;

use crate::doctor::finding::{Check, Findings};
use crate::exit::{self, Stop};
use crate::secrets::{self, Deployed, Output};
use crate::target::{Deployment, Intent, Opened};

/// The command line of `vizard doctor`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    deployment: Deployment,
    /// Only call this endpoint, as the rules write it, and those whose ids it needs
    #[arg(long, value_name = "PATH")]
    endpoint: Option<String>,
    /// The last day of the month whose meetings are asked for; today if left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<Date>,
    /// Make no live calls
    #[arg(long)]
    no_calls: bool,
    #[command(flatten)]
    output: Output,
}

pub(crate) const CODES: &str = "\
The live calls go through a proxy of this program's own, with the deployment's
rules and secrets. What is checked is what this machine and this user can reach
and read; the proxy has a network and permissions of its own. docs/DOCTOR.md
lists every code and the JSON.

Exit codes: 0 nothing failed, 1 something failed (with --strict, or was warned
about), 64 wrong command line, 66 a file cannot be read, 69 no network, 78 the
variables cannot be read";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Stop::new(exit::Code::Unavailable, error))?;
    runtime.block_on(examine(arguments))
}

async fn examine(arguments: &Arguments) -> Result<(), Stop> {
    let opened = arguments.deployment.open(Intent::Look).await?;
    let mut findings = Findings::default();
    settings::check(&opened, &mut findings).await;
    let rules = rules::check(&opened, &mut findings).await;
    let deployed = Deployed::of(&opened).await;
    secrets::examine(&opened, &deployed.secrets(rules.as_ref()), &mut findings).await;
    match &deployed.settings {
        Some(settings) => source(arguments, &opened, settings, rules.as_ref(), &mut findings).await?,
        None => {
            for check in AT_THE_SOURCE {
                findings.skip(check, "the settings must be right first");
            }
        }
    }
    arguments.output.show("doctor", &opened, &findings)
}

/// What takes the source to check.
async fn source(
    arguments: &Arguments,
    opened: &Opened,
    settings: &Settings,
    rules: Option<&RuleSet>,
    findings: &mut Findings,
) -> Result<(), Stop> {
    let upstream = HttpUpstream::new(Transport::of(settings));
    let upstream = upstream.map_err(|error| Stop::new(exit::Code::Unavailable, error))?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    network::check(settings, &upstream, &*clock, findings).await;
    let trial = token::check(opened, settings, &upstream, &clock, findings).await;
    scopes::check(settings, rules, trial.as_ref(), findings);
    state::check(opened, settings, findings).await;
    let Some(rules) = rules else {
        findings.skip(Check::Calls, "the rules must be right first");
        return Ok(());
    };
    if arguments.no_calls {
        findings.skip(Check::Calls, "--no-calls");
        return Ok(());
    }
    let today = || Timestamp::now().to_zoned(TimeZone::UTC).date();
    let until = arguments.until.unwrap_or_else(today);
    let calls = calls::Calls { opened, settings, rules, only: arguments.endpoint.as_deref(), until };
    calls.check(trial.as_ref(), findings).await
}

const AT_THE_SOURCE: [Check; 6] =
    [Check::Egress, Check::Clock, Check::Token, Check::Scopes, Check::State, Check::Calls];
