//! A deployment whose secrets are in Google Cloud, which is a fake on loopback. Its secrets are made as Terraform makes
//! them: without a value.

use vizard_tests::google::{Google, PROJECT};

use crate::deployment::{Deployment, KEY, SALT, march};
use crate::run::Ended;

/// Every secret of the deployment.
pub(crate) const NAMES: [&str; 7] = [
    "vizard_shared_PSOXY_SALT",
    "vizard_shared_PSOXY_ENCRYPTION_KEY",
    "vizard_zoom_CLIENT_ID",
    "vizard_zoom_CLIENT_SECRET",
    "vizard_zoom_ACCOUNT_ID",
    "vizard_zoom_state_ACCESS_TOKEN",
    "vizard_zoom_state_OAUTH_REFRESH_TOKEN",
];

pub(crate) struct OnGcp {
    pub(crate) deployment: Deployment,
    pub(crate) google: Google,
}

impl OnGcp {
    /// With secrets that have no value yet.
    pub(crate) fn new() -> OnGcp {
        let mut deployment = Deployment::bare(march());
        let google = deployment.runtime.block_on(Google::start());
        for (name, value) in [
            ("VIZARD_SECRETS_DIR", ""),
            ("SECRETS_STORE", "GCP_SECRET_MANAGER"),
            ("GOOGLE_CLOUD_PROJECT", PROJECT),
            ("PATH_TO_INSTANCE_CONFIG", "vizard_zoom_"),
            ("PATH_TO_SHARED_CONFIG", "vizard_shared_"),
            ("VIZARD_STATE_PATH", "vizard_zoom_state_"),
            ("VIZARD_SECRET_NAMES", &NAMES.join(",")),
            ("VIZARD_CALLER_AUTH", "platform"),
            ("VIZARD_TRUSTED_HOPS", "1"),
        ] {
            deployment.set(name, value);
        }
        NAMES.iter().for_each(|name| google.create_secret(name));
        OnGcp { deployment, google }
    }

    /// With every value in its place.
    pub(crate) fn whole() -> OnGcp {
        let whole = OnGcp::new();
        let config = &whole.deployment.config;
        for (name, value) in [
            ("vizard_shared_PSOXY_SALT", SALT),
            ("vizard_shared_PSOXY_ENCRYPTION_KEY", KEY),
            ("vizard_zoom_CLIENT_ID", &config.client_id),
            ("vizard_zoom_CLIENT_SECRET", &config.client_secret),
            ("vizard_zoom_ACCOUNT_ID", &config.account_id),
        ] {
            whole.google.put_secret(name, value);
        }
        whole
    }

    /// What an operator copies from Zoom's pages.
    pub(crate) fn credentials(&self) -> String {
        let config = &self.deployment.config;
        format!(
            "CLIENT_ID={}\nCLIENT_SECRET={}\nACCOUNT_ID={}\n",
            config.client_id, config.client_secret, config.account_id
        )
    }

    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Ended {
        let metadata = self.google.metadata_host();
        let machine = [("VIZARD_GOOGLE_ENDPOINT", self.google.url()), ("GCE_METADATA_HOST", &metadata)];
        self.run_from(&machine, arguments, input)
    }

    /// The same from a machine that knows something else of the way to Google.
    pub(crate) fn run_from(&self, machine: &[(&str, &str)], arguments: &[&str], input: &str) -> Ended {
        let ended = self.deployment.run_on("gcp", machine, arguments, input);
        assert!(!format!("{}{}", ended.stdout, ended.stderr).contains("ya29."), "a token of Google's");
        ended
    }

    pub(crate) fn troubles(&self, arguments: &[&str]) -> (i32, Vec<String>) {
        self.deployment.troubles_of(&self.run(&[arguments, &["--json"]].concat(), ""))
    }

    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.google.secret(name).and_then(|it| it.value())
    }

    /// All there is: each value, the states of its versions, and labels besides the one that says which counts.
    pub(crate) fn all(&self) -> Vec<String> {
        let told = |name: &str| {
            let kept = self.google.secret(name)?;
            let labels: Vec<_> = kept.labels.keys().filter(|it| *it != "latest-version").collect();
            Some(format!("{name} {:?} {:?} {labels:?}", kept.value(), kept.states()))
        };
        NAMES.iter().filter_map(|name| told(name)).collect()
    }
}
