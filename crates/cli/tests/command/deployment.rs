//! A simulated Zoom, and a deployment for it whose secrets are in a directory: what an operator's verbs work on.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use http::Response;
use serde_json::{Map, Value};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use vizard_tests::stand_in::StandIn;
use vizard_zoom_simulator::{Config, Lookout, Running, Simulator};

use crate::run::{Ended, Run, vizard, vizard_at_a_terminal};

pub(crate) const SALT: &str = "qV3xkZt8mR1wYc6NdB0sJ4hLfA7gPe2uXo9iTn5K";
pub(crate) const KEY: &str = "Hb7RwE2vKj9QyT4nMz1cXs6LpUa8DgFo3iVk5WrN";

pub(crate) struct Deployment {
    pub(crate) zoom: Running,
    pub(crate) config: Config,
    variables: Map<String, Value>,
    directory: TempDir,
    /// What stands in for Zoom beside it, and anything else that a test starts.
    pub(crate) runtime: Runtime,
}

/// A Zoom whose app has the scopes that the rules need, on the last day of March.
pub(crate) fn march() -> Config {
    let mut config = Config::tiny();
    config.scopes.retain(|scope| scope != "meeting:read:participant:admin");
    config
}

/// A call as the doctor makes it in that month.
pub(crate) const DOCTOR: [&str; 3] = ["doctor", "--until", "2026-03-31"];

impl Deployment {
    /// With every secret in its place.
    pub(crate) fn whole(config: Config) -> Deployment {
        let deployment = Deployment::bare(config);
        let config = deployment.config.clone();
        deployment.put("shared/PSOXY_SALT", SALT);
        deployment.put("shared/PSOXY_ENCRYPTION_KEY", KEY);
        deployment.put("config/CLIENT_ID", &config.client_id);
        deployment.put("config/CLIENT_SECRET", &config.client_secret);
        deployment.put("config/ACCOUNT_ID", &config.account_id);
        deployment
    }

    /// With variables and an empty store.
    pub(crate) fn bare(config: Config) -> Deployment {
        let runtime = Runtime::new().unwrap();
        let zoom = runtime.block_on(Simulator::start(config.clone())).unwrap();
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("store")).unwrap();
        let mut deployment = Deployment { variables: Map::new(), zoom, config, directory, runtime };
        let url = deployment.zoom.url().to_owned();
        let store = deployment.store().display().to_string();
        for (name, value) in [
            ("SOURCE", "zoom"),
            ("TARGET_HOST", &url),
            ("REFRESH_ENDPOINT", &format!("{url}/oauth/token")),
            ("VIZARD_ALLOW_LOOPBACK_HTTP", "true"),
            ("VIZARD_SECRETS_DIR", &store),
            ("PATH_TO_INSTANCE_CONFIG", "config/"),
            ("PATH_TO_SHARED_CONFIG", "shared/"),
            ("VIZARD_STATE_PATH", "state/"),
        ] {
            deployment.set(name, value);
        }
        deployment
    }

    /// Sets a variable of the deployment.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.into());
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.directory.path().join("store")
    }

    pub(crate) fn put(&self, place: &str, value: &str) {
        let path = self.store().join(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, value).unwrap();
    }

    pub(crate) fn value(&self, place: &str) -> Option<String> {
        fs::read_to_string(self.store().join(place)).ok()
    }

    /// Every file of the store, by place.
    pub(crate) fn places(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.store()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path.strip_prefix(self.store()).unwrap().display().to_string());
                }
            }
        }
        found.retain(|place| place != ".lock");
        found.sort();
        found
    }

    /// Runs the command on this deployment; what it says is free of everything that must not be said.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Ended {
        self.run_on("directory", &[], arguments, input)
    }

    /// The same with another store, and what this machine knows of it.
    pub(crate) fn run_on(
        &self,
        store: &str,
        machine: &[(&str, &str)],
        arguments: &[&str],
        input: &str,
    ) -> Ended {
        self.run_as(|arguments| vizard(arguments).with(machine), store, arguments, input)
    }

    /// The same at a terminal, where each line of the input answers a question.
    pub(crate) fn run_at_a_terminal(&self, arguments: &[&str], input: &str) -> Ended {
        self.run_as(vizard_at_a_terminal, "directory", arguments, input)
    }

    fn run_as(
        &self,
        command: impl FnOnce(&[&str]) -> Run,
        store: &str,
        arguments: &[&str],
        input: &str,
    ) -> Ended {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(Value::Object(self.variables.clone()).to_string().as_bytes()).unwrap();
        let path = file.path().to_str().unwrap();
        let ended =
            command(&[arguments, &["--target", store, "--env-file", path]].concat()).input(input).run();
        assert!(!ended.stderr.contains("internal error"), "{}", ended.stderr);
        self.assert_nothing_leaked(&ended);
        ended
    }

    /// Runs the command with `--json` and gives its findings as `code about`, the ones that are well left out.
    pub(crate) fn troubles(&self, arguments: &[&str]) -> (i32, Vec<String>) {
        self.troubles_of(&self.run(&[arguments, &["--json"]].concat(), ""))
    }

    /// The findings of a run with `--json`.
    pub(crate) fn troubles_of(&self, ended: &Ended) -> (i32, Vec<String>) {
        let report: Value = serde_json::from_str(&ended.stdout)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", ended.stdout, ended.stderr));
        let findings = report["findings"].as_array().unwrap().iter();
        let bad = findings.filter(|it| !matches!(it["state"].as_str(), Some("ok" | "skipped")));
        let shown =
            bad.map(|it| format!("{} {}", it["code"].as_str().unwrap(), it["about"].as_str().unwrap()));
        // These deployments are on loopback, every one of them, and the first meetings of that month had no summary.
        let usual = [
            "setting-for-development VIZARD_ALLOW_LOOPBACK_HTTP",
            "call-no-data /v2/meetings/{meetingUuid}/meeting_summary",
        ];
        let shown = shown.filter(|it| !usual.contains(&it.as_str()));
        let host = self.zoom.url().trim_start_matches("http://");
        (ended.code, shown.map(|it| it.replace(host, "zoom").trim_end().to_owned()).collect())
    }

    pub(crate) fn assert_nothing_leaked(&self, ended: &Ended) {
        let output = format!("{}\n{}", ended.stdout, ended.stderr);
        // The world is the same in all tests; credentials and tokens are not.
        static WORLD: OnceLock<Lookout> = OnceLock::new();
        let world = WORLD.get_or_init(|| Lookout::new(self.zoom.world_secrets()));
        let own = Lookout::new(self.zoom.secrets());
        assert!(!own.found_in(self.config.client_id.as_bytes()).is_empty(), "the search finds nothing");
        let found = [world.found_in(output.as_bytes()), own.found_in(output.as_bytes())].concat();
        assert!(found.is_empty(), "{found:?}\n{output}");
        for secret in [SALT, KEY] {
            assert!(!output.contains(secret), "{output}");
        }
        for token in ["p~", "t~", "eyJ"] {
            assert!(!output.contains(token), "{output}");
        }
    }
}

/// A source of our own, which tells a time of its own and grants without a word about scopes.
pub(crate) fn stand_in(deployment: &mut Deployment, date: String) -> StandIn {
    let stand_in = deployment.runtime.block_on(StandIn::start());
    let renewed = AtomicU32::new(0);
    stand_in.answer(move |request| {
        let number = renewed.fetch_add(u32::from(request.method() == "POST"), Ordering::Relaxed);
        let body = match request.uri().path() {
            "/token" => format!(
                r#"{{"access_token":"a-token","expires_in":3600,"refresh_token":"replacement-{number}"}}"#
            ),
            _ => "{}".to_owned(),
        };
        Response::builder().header("date", &date).body(body.into()).unwrap()
    });
    deployment.set("TARGET_HOST", stand_in.url());
    deployment.set("REFRESH_ENDPOINT", &format!("{}/token", stand_in.url()));
    stand_in
}
