//! `vizard secrets check`: is every secret there, and does it look right?

use vizard_proxy::checkup;
use vizard_proxy::connector::Connector;
use vizard_proxy::credentials::Strategy;
use vizard_proxy::prebuilt;
use vizard_proxy::settings::{Environment, Settings};
use vizard_sanitizer::RuleSet;

use super::account_key::ACCOUNT_KEY;
use super::examine;
use super::known::{self, Known};
use crate::doctor::code::State;
use crate::doctor::finding::Findings;
use crate::doctor::report::{self, Title};
use crate::exit::{self, Stop};
use crate::target::{Deployment, Intent, Opened};

/// The command line of `vizard secrets check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    deployment: Deployment,
    #[command(flatten)]
    output: Output,
}

/// How findings are shown, and which of them count.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Output {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Let warnings count as failures
    #[arg(long)]
    strict: bool,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<(), Stop> {
    let opened = arguments.deployment.open(Intent::Look).await?;
    let mut findings = Findings::default();
    let deployed = Deployed::of(&opened).await;
    examine::examine(&opened, &deployed.secrets(None), &mut findings).await;
    arguments.output.show("secrets check", &opened, &findings)
}

/// What is known of the deployment that decides which secrets it needs.
#[derive(Debug)]
pub(crate) struct Deployed {
    /// Good for asking the source, and for nothing that makes pseudonyms; none while a setting is wrong.
    pub(crate) settings: Option<Settings>,
    connector: Option<Connector>,
    /// By the strategy.
    needed: Vec<&'static str>,
}

impl Deployed {
    pub(crate) async fn of(opened: &Opened) -> Deployed {
        match checkup::settings_before_salt(&opened.variables, opened.store.clone()).await {
            Ok(settings) => {
                let mut needed = checkup::secrets_of(&settings.strategy).await;
                if matches!(settings.strategy, Strategy::ServiceAccount(_)) && !is_vouched_for(opened) {
                    needed.push(ACCOUNT_KEY);
                }
                Deployed { connector: settings.connector.clone(), needed, settings: Some(settings) }
            }
            Err(_) => {
                let connector = opened.variables.given("SOURCE").as_deref().and_then(prebuilt::connector);
                Deployed { connector, needed: Vec::new(), settings: None }
            }
        }
    }

    /// The secrets there can be. Rules that are known say whether a key is needed.
    pub(crate) fn secrets(&self, rules: Option<&RuleSet>) -> Vec<Known> {
        let mut needed = vec!["PSOXY_SALT"];
        if rules.is_some_and(|rules| rules.needs().encryption_key) {
            needed.push("PSOXY_ENCRYPTION_KEY");
        }
        needed.extend(&self.needed);
        known::secrets(self.connector.as_ref(), &needed)
    }
}

/// On Google Cloud the proxy has an account of its own, which it may act as without a key; unless the deployment has a
/// secret for one.
fn is_vouched_for(opened: &Opened) -> bool {
    opened.on_google().is_some_and(|google| !google.lists_secrets() || !opened.has_somewhere(ACCOUNT_KEY))
}

impl Output {
    /// Prints the findings; the exit code says whether one of them counts.
    pub(crate) fn show(self, verb: &str, opened: &Opened, findings: &Findings) -> Result<(), Stop> {
        let source = opened.variables.given("SOURCE");
        let title = Title { verb, source: source.as_deref(), store: opened.target.name() };
        let report = if self.json { report::json(title, findings) } else { report::text(title, findings) };
        exit::print(&report)?;
        let worst = findings.verdict();
        let counts = worst == State::Failed || (self.strict && worst == State::Warning);
        if counts { Err(Stop::reported(exit::Code::NotAsPromised)) } else { Ok(()) }
    }
}
