//! The way to a deployment on Google Cloud: its project, this machine's credentials, and which secrets it has.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use vizard_gcp::Google;
use vizard_proxy::ports::{SecretStore, StoreError, SystemClock};
use vizard_proxy::secrets::{Away, Namespaces};
use vizard_proxy::settings::{Environment, ProcessEnvironment};

use super::Variables;

/// The project of a deployment, as far as it could be found.
#[derive(Debug)]
pub(crate) struct OnGoogle {
    /// None where there is no project, or no way to Google.
    pub(crate) google: Option<Google>,
    /// Whether the deployment's variables name the project; else this machine does.
    names_its_project: bool,
    /// The ids in `VIZARD_SECRET_NAMES`: all secrets there are.
    listed: Option<BTreeSet<String>>,
}

/// Opens project and store. A store that cannot be opened says why whenever it is asked.
pub(super) async fn open(variables: &Variables) -> (OnGoogle, Arc<dyn SecretStore>) {
    // How this machine gets to Google is no business of the deployment's.
    let variables = &variables.without(&WAY);
    let listed = variables.given("VIZARD_SECRET_NAMES").map(|names| {
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    });
    let (google, problem) = match Google::of(variables).await {
        Ok(google) => (Some(google), unfit(variables)),
        Err(error) => (None, Some(error.to_string())),
    };
    let store = match (&google, problem) {
        (Some(google), None) => google.secrets(variables, Arc::new(SystemClock)).await,
        (_, problem) => Ok(Arc::new(Away(problem.unwrap_or_default())) as Arc<dyn SecretStore>),
    };
    let store = store.unwrap_or_else(|error| Arc::new(Away(error.to_string())));
    let names_its_project = variables.of_deployment(PROJECT).is_some();
    let on_google = OnGoogle { google, names_its_project, listed };
    let store = answering(&on_google, &Namespaces::of(variables), store).await;
    (on_google, store)
}

/// The store; if it does not even tell the salt, what it said instead. Each question to a Google that is away takes
/// many seconds, and there would be many.
async fn answering(
    on_google: &OnGoogle,
    namespaces: &Namespaces,
    store: Arc<dyn SecretStore>,
) -> Arc<dyn SecretStore> {
    let Some(place) = namespaces.places("PSOXY_SALT").find(|place| on_google.has(place)) else {
        return store;
    };
    match store.read(&place).await {
        Err(StoreError::Unavailable { reason }) => Arc::new(Away(reason)),
        Ok(_) | Err(StoreError::Denied { .. } | StoreError::Name { .. } | StoreError::ReadOnly) => store,
    }
}

/// Why the secrets of this deployment cannot be in Secret Manager.
fn unfit(variables: &Variables) -> Option<String> {
    let store = variables.given("SECRETS_STORE");
    if store.is_some_and(|it| !it.eq_ignore_ascii_case("GCP_SECRET_MANAGER")) {
        return Some("SECRETS_STORE is not valid: expected GCP_SECRET_MANAGER".to_owned());
    }
    if variables.given("VIZARD_SECRETS_DIR").is_some() {
        let words =
            "VIZARD_SECRETS_DIR is set: the deployment's secrets are in a directory, not in Secret Manager";
        return Some(words.to_owned());
    }
    let Namespaces { instance, shared, state } = Namespaces::of(variables);
    let prefixes = [
        ("PATH_TO_INSTANCE_CONFIG", instance),
        ("PATH_TO_SHARED_CONFIG", shared),
        ("VIZARD_STATE_PATH", state.unwrap_or_default()),
    ];
    let (name, _) = prefixes.iter().find(|(_, prefix)| !prefix.bytes().all(is_plain))?;
    Some(format!(
        "{name} is not valid: expected a prefix such as `vizard_zoom_`; ids in Secret Manager are of letters, digits, \
         `_` and `-`, without slashes"
    ))
}

impl OnGoogle {
    /// Whether the deployment has a secret at this place; yes where nothing tells.
    pub(crate) fn has(&self, place: &str) -> bool {
        self.listed.as_ref().is_none_or(|listed| listed.contains(place))
    }

    /// Whether `VIZARD_SECRET_NAMES` tells which secrets there are.
    pub(crate) fn lists_secrets(&self) -> bool {
        self.listed.is_some()
    }

    /// What stands in `VIZARD_SECRET_NAMES` and is no id of a secret: the number of each, from 1.
    pub(crate) fn no_ids(&self, written: &str) -> Vec<usize> {
        let ids = written.split(',').map(str::trim).enumerate();
        let is_id = |id: &str| (1..=255).contains(&id.len()) && id.bytes().all(is_plain);
        ids.filter(|(_, id)| !is_id(id)).map(|(number, _)| number + 1).collect()
    }

    /// Where the deployment itself does not say so, this may be another project than is meant.
    pub(super) fn may_be_another(&self) -> bool {
        !(self.names_its_project && self.lists_secrets())
    }

    pub(super) fn where_it_is(&self, paths: &str) -> String {
        let mut words = match &self.google {
            Some(google) => format!("Google Cloud project {}", google.project()),
            None => "Google Cloud, no project".to_owned(),
        };
        if self.google.is_some() && !self.names_its_project {
            words.push_str(" (this machine's, not the deployment's)");
        }
        if let Some(file) = ProcessEnvironment.given("GOOGLE_APPLICATION_CREDENTIALS") {
            let _ = write!(words, ", credentials of {file}");
        }
        format!("{words}: {paths}")
    }

    /// What an error of the store means here.
    pub(super) fn meaning(&self, error: &StoreError) -> &'static str {
        match error {
            StoreError::Denied { .. } if self.lists_secrets() => {
                "Google says the same of a secret that is not made yet. To read one takes \
                 roles/secretmanager.secretAccessor on it, to write one roles/secretmanager.secretVersionManager too"
            }
            StoreError::Denied { .. } => {
                "Google says the same of a secret that is absent, to whoever has no role on the project: list in \
                 VIZARD_SECRET_NAMES which there are. To read one takes roles/secretmanager.secretAccessor on it, to \
                 write one roles/secretmanager.secretVersionManager too"
            }
            StoreError::Unavailable { .. } => {
                "this machine's credentials come from GOOGLE_APPLICATION_CREDENTIALS or `gcloud auth \
                 application-default login`, the project from GOOGLE_CLOUD_PROJECT"
            }
            StoreError::ReadOnly | StoreError::Name { .. } => "",
        }
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Another address of Google, and where credentials come from.
const WAY: [&str; 2] = ["VIZARD_GOOGLE_ENDPOINT", "GCE_METADATA_HOST"];
const PROJECT: &str = "GOOGLE_CLOUD_PROJECT";
