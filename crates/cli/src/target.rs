//! Which deployment is meant: its settings as it sees them, not as this machine does, and the store of its secrets.

mod google;
mod variables;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use vizard_aws::Aws;
use vizard_proxy::ports::{Destinations, NoDestinations, SecretStore, StoreError, SystemClock};
use vizard_proxy::remote_rules;
use vizard_proxy::secrets::{Away, DirectorySecrets, EnvironmentSecrets, Namespaces};
use vizard_proxy::settings::{Environment, ProcessEnvironment};

pub(crate) use google::OnGoogle;
pub(crate) use variables::Variables;

use crate::exit::Stop;

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
    /// Google Cloud: Secret Manager; the project is the deployment's, the credentials are this machine's
    Gcp,
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
    /// What opens the places where answers are put; a plain server has none. None: nobody knows.
    pub(crate) destinations: Option<Arc<dyn Destinations>>,
    place: Place,
    /// Why the rule file that the variables lead to could not be read.
    pub(crate) unread_rules: Option<String>,
}

/// Which of many clouds' corners it is.
#[derive(Debug)]
enum Place {
    /// This machine.
    Here,
    /// AWS, and its region where one is known.
    Aws(Option<String>),
    Google(OnGoogle),
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
        let (mut remote, mut place) = (Ok(None), Place::Here);
        let mut destinations: Option<Arc<dyn Destinations>> = Some(Arc::new(NoDestinations));
        let store = match self.target {
            Target::Aws => {
                let aws = Aws::of_process().await;
                remote = aws.remote_rules(&variables).await.map_err(|error| error.to_string());
                destinations = Some(Arc::new(aws.buckets()));
                place = Place::Aws(aws.config().region().map(ToString::to_string));
                let store = aws.secrets(&variables, Arc::new(SystemClock));
                store.unwrap_or_else(|problem| Arc::new(Away(problem)))
            }
            Target::Gcp => {
                let (on_google, store) = google::open(&variables).await;
                destinations = on_google.google.as_ref().map(|it| Arc::new(it.buckets()) as _);
                remote = match &on_google.google {
                    Some(google) => google.remote_rules(&variables).await.map_err(|error| error.to_string()),
                    None if remote_rules::Place::of(&variables).is_some() => Err(NO_WAY.to_owned()),
                    None => Ok(None),
                };
                place = Place::Google(on_google);
                store
            }
            Target::Directory => directory(&variables, intent),
            Target::Environment => Arc::new(EnvironmentSecrets::from_pairs(variables.pairs())),
        };
        let (rules, unread_rules) = match remote {
            Ok(rules) => (rules, None),
            Err(why) => (None, Some(why)),
        };
        if let Some(rules) = rules {
            variables = variables.with_rules(rules);
        }
        let namespaces = Namespaces::of(&variables);
        Ok(Opened { target: self.target, variables, store, namespaces, destinations, place, unread_rules })
    }
}

impl Opened {
    /// In a cloud, where the same paths may stand in many accounts, regions and projects: which of them this is.
    pub(crate) fn where_it_is(&self) -> Option<String> {
        let Namespaces { instance, shared, state } = &self.namespaces;
        let mut paths: Vec<&str> = Vec::new();
        for path in [instance, shared].into_iter().chain(state) {
            if !path.is_empty() && !paths.contains(&path.as_str()) {
                paths.push(path);
            }
        }
        let paths = if paths.is_empty() { "names without a path".to_owned() } else { paths.join(", ") };
        match &self.place {
            Place::Here => None,
            Place::Aws(region) => {
                let region = region.as_deref().unwrap_or("not set");
                let profile = ProcessEnvironment.given("AWS_PROFILE").map(|it| format!(", profile {it}"));
                Some(format!("AWS region {region}{}: {paths}", profile.unwrap_or_default()))
            }
            Place::Google(google) => Some(google.where_it_is(&paths)),
        }
    }

    /// Why it should look twice who finds nothing of the deployment here: it may be elsewhere.
    pub(crate) fn may_be_elsewhere(&self) -> Option<&'static str> {
        match &self.place {
            Place::Here => None,
            Place::Aws(_) => {
                Some("Are the account (AWS_PROFILE), the region (AWS_REGION) and the paths the deployment's?")
            }
            // Secrets that are listed are made beforehand, without a value, in the project that is named.
            Place::Google(google) => google
                .may_be_another()
                .then_some("Are the project (GOOGLE_CLOUD_PROJECT) and the paths the deployment's?"),
        }
    }

    pub(crate) fn on_google(&self) -> Option<&OnGoogle> {
        match &self.place {
            Place::Google(google) => Some(google),
            Place::Here | Place::Aws(_) => None,
        }
    }

    /// Whether the deployment can have a secret at this place; on Google Cloud there may be a list of all.
    pub(crate) fn has(&self, place: &str) -> bool {
        self.on_google().is_none_or(|google| google.has(place))
    }

    /// Whether it can have a secret of this name, wherever the proxy looks for it.
    pub(crate) fn has_somewhere(&self, name: &str) -> bool {
        self.namespaces.places(name).any(|place| self.has(&place))
    }

    /// An error of the store, and what it means in this one.
    pub(crate) fn explained(&self, error: &StoreError) -> String {
        let meaning = self.on_google().map_or("", |google| google.meaning(error));
        if meaning.is_empty() { error.to_string() } else { format!("{error}; {meaning}") }
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
            Target::Gcp => "gcp",
            Target::Directory => "directory",
            Target::Environment => "environment",
        }
    }
}

const NO_WAY: &str =
    "rules.yaml in REMOTE_RESOURCE_BUCKET could not be read: there is no way to Google Cloud";
const DIRECTORY: &str = "VIZARD_SECRETS_DIR";
