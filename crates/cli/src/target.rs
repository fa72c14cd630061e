//! Which deployment is meant: its settings as it sees them, not as this machine does, and the store of its secrets.

mod away;
mod variables;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use vizard_aws::Aws;
use vizard_proxy::ports::{Destinations, NoDestinations, SecretStore, SystemClock};
use vizard_proxy::secrets::{DirectorySecrets, EnvironmentSecrets, Namespaces};
use vizard_proxy::settings::{Environment, ProcessEnvironment};

pub(crate) use variables::Variables;

use crate::exit::Stop;
use away::Away;

/// What the command line says of the deployment.
#[derive(Debug, clap::Args)]
pub(crate) struct Deployment {
    /// Where the secrets are
    #[arg(long, value_name = "STORE")]
    pub(crate) target: Target,
    /// The deployment's variables, as `terraform output -json environment` prints them; without it, those of this process
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Option<PathBuf>,
    /// One variable more, or in place of one
    #[arg(long = "env", value_name = "NAME=VALUE")]
    pub(crate) env: Vec<String>,
    /// Which connector, where the deployment has several
    #[arg(long, value_name = "ID")]
    pub(crate) connector: Option<String>,
    /// The rule file that is deployed with the program, where there is one
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,
}

/// A kind of secret store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    /// AWS: Parameter Store or, as SECRETS_STORE says, Secrets Manager; region and credentials are this machine's
    Aws,
    /// The directory VIZARD_SECRETS_DIR, with one file per secret
    Directory,
    /// The variables themselves; they can be checked, not set
    Environment,
}

/// A deployment that can be looked at.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) target: Target,
    /// As the connector in question sees them.
    pub(crate) variables: Variables,
    pub(crate) store: Arc<dyn SecretStore>,
    pub(crate) namespaces: Namespaces,
    /// What opens the places where answers are put; a server has none.
    pub(crate) destinations: Arc<dyn Destinations>,
    /// The region of AWS, where one is known.
    region: Option<String>,
    /// Why the rule file that the variables lead to could not be read.
    pub(crate) unread_rules: Option<String>,
}

/// What is going to be done with the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Intent {
    /// Nothing is written, nothing is made.
    Look,
    Write,
}

impl Deployment {
    /// Reads the variables and opens the store. A store that cannot be opened is one that does not answer: that is
    /// for the checks to tell.
    pub(crate) async fn open(&self, intent: Intent) -> Result<Opened, Stop> {
        let mut variables = Variables::read(self)?;
        let (mut unread_rules, mut region) = (None, None);
        let mut destinations: Arc<dyn Destinations> = Arc::new(NoDestinations);
        let store = match self.target {
            Target::Aws => {
                let aws = Aws::of_process().await;
                match aws.remote_rules(&variables).await {
                    Ok(Some(rules)) => variables = variables.with_rules(rules.into_text()),
                    Ok(None) => {}
                    Err(error) => unread_rules = Some(error.to_string()),
                }
                region = aws.config().region().map(ToString::to_string);
                destinations = Arc::new(aws.buckets());
                let store = aws.secrets(&variables, Arc::new(SystemClock));
                store.unwrap_or_else(|problem| Arc::new(Away(problem)))
            }
            Target::Directory => directory(&variables, intent),
            Target::Environment => Arc::new(EnvironmentSecrets::from_pairs(variables.pairs())),
        };
        let namespaces = Namespaces::of(&variables);
        Ok(Opened { target: self.target, variables, store, namespaces, destinations, region, unread_rules })
    }
}

impl Opened {
    /// In AWS, where the same paths may stand in many accounts and regions: which of them this is.
    pub(crate) fn where_it_is(&self) -> Option<String> {
        if self.target != Target::Aws {
            return None;
        }
        let region = self.region.as_deref().unwrap_or("not set");
        let profile = ProcessEnvironment.given("AWS_PROFILE").map(|it| format!(", profile {it}"));
        let Namespaces { instance, shared, state } = &self.namespaces;
        let mut paths: Vec<&str> = Vec::new();
        for path in [instance, shared].into_iter().chain(state) {
            if !path.is_empty() && !paths.contains(&path.as_str()) {
                paths.push(path);
            }
        }
        let paths = if paths.is_empty() { "names without a path".to_owned() } else { paths.join(", ") };
        Some(format!("AWS region {region}{}: {paths}", profile.unwrap_or_default()))
    }
}

fn directory(variables: &Variables, intent: Intent) -> Arc<dyn SecretStore> {
    let named = variables.value(DIRECTORY).or_else(|| ProcessEnvironment.value(DIRECTORY));
    let Some(path) = named.filter(|path| !path.trim().is_empty()) else {
        return Arc::new(Away(format!("{DIRECTORY} is not set")));
    };
    if intent == Intent::Look && !Path::new(&path).is_dir() {
        return Arc::new(Away(format!("{DIRECTORY} is no directory")));
    }
    match DirectorySecrets::open(path, Arc::new(SystemClock)) {
        Ok(store) => Arc::new(store),
        Err(error) => Arc::new(Away(format!("{DIRECTORY} could not be opened: {error}"))),
    }
}

impl Target {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Target::Aws => "aws",
            Target::Directory => "directory",
            Target::Environment => "environment",
        }
    }
}

const DIRECTORY: &str = "VIZARD_SECRETS_DIR";
