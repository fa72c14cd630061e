//! What lives between invocations: a proxy for each connector. One that could not be configured is tried again from
//! time to time, because a secret store that was away when this process began may be back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use futures_util::future;
use tokio::sync::Mutex;
use vizard_aws::Aws;
use vizard_proxy::connectors::{self, ConnectorEnvironment};
use vizard_proxy::ports::{Queue, SystemClock};
use vizard_proxy::settings::Environment;
use vizard_proxy::{Platform, Proxy, Started};

/// The proxies of this function.
#[derive(Debug)]
pub(crate) struct Function {
    environment: Arc<dyn Environment>,
    aws: Aws,
    /// Empty when there is one connector, which all calls are for.
    ids: Vec<String>,
    connectors: Vec<Mutex<Connector>>,
}

#[derive(Debug)]
struct Connector {
    proxy: Arc<Proxy>,
    /// When it was last tried to configure a proxy that can serve; `None` when it can.
    tried: Option<Instant>,
}

impl Function {
    /// Configures all proxies at once.
    ///
    /// # Errors
    ///
    /// When the list of connectors is none, or when rules are not those that were reviewed. All else that is wrong
    /// leaves a function that reports it.
    pub(crate) async fn start(environment: Arc<dyn Environment>) -> anyhow::Result<Function> {
        let ids = connectors::listed(&*environment)
            .map_err(|expected| anyhow::anyhow!("VIZARD_CONNECTORS must be {expected}"))?;
        let aws = Aws::of_process().await;
        let mut function = Function { environment, aws, ids, connectors: Vec::new() };
        let places = 0..function.ids.len().max(1);
        let started = future::join_all(places.map(|place| function.configure(place))).await;
        for started in started {
            function.connectors.push(Mutex::new(Connector::of(started.context("could not start")?)?));
        }
        Ok(function)
    }

    /// The proxy that a path is for.
    pub(crate) async fn proxy(&self, path: &str) -> Option<Arc<Proxy>> {
        let place = match self.ids.is_empty() {
            true => 0,
            false => connectors::addressed(&self.ids, path)?,
        };
        let mut connector = self.connectors[place].lock().await;
        if connector.tried.is_some_and(|tried| tried.elapsed() >= PAUSE) {
            match self.configure(place).await.and_then(Connector::of) {
                Ok(again) => *connector = again,
                Err(error) => {
                    tracing::error!(error = format!("{error:#}"), "cannot serve requests");
                    connector.tried = Some(Instant::now());
                }
            }
        }
        Some(connector.proxy.clone())
    }

    async fn configure(&self, place: usize) -> anyhow::Result<Started> {
        match self.ids.get(place) {
            Some(id) => {
                let environment = ConnectorEnvironment::new(&*self.environment, id);
                start(&environment, &self.aws).await.with_context(|| format!("connector `{id}`"))
            }
            None => start(&*self.environment, &self.aws).await,
        }
    }
}

impl Connector {
    fn of(started: Started) -> anyhow::Result<Connector> {
        for warning in &started.warnings {
            tracing::warn!(warning, "check the configuration");
        }
        for problem in &started.problems {
            tracing::error!(problem, "cannot serve requests");
        }
        if started.rules_differ {
            bail!("the rules are not those whose SHA-256 is configured");
        }
        let tried = (!started.problems.is_empty()).then(Instant::now);
        Ok(Connector { proxy: Arc::new(started.proxy), tried })
    }
}

async fn start(environment: &dyn Environment, aws: &Aws) -> anyhow::Result<Started> {
    let clock = Arc::new(SystemClock);
    let secrets = aws.secrets(environment, clock.clone()).map_err(anyhow::Error::msg)?;
    let queue = environment.given("ASYNC_API_REQUEST_QUEUE_URL");
    let queue = queue.map(|url| Arc::new(aws.queue(url)) as Arc<dyn Queue>);
    let platform = Platform { secrets, clock, destinations: Arc::new(aws.buckets()), queue };
    match aws.remote_rules(environment).await? {
        Some(rules) => {
            Ok(Proxy::start_on(&WithRules { environment, text: rules.into_text() }, platform).await)
        }
        None => Ok(Proxy::start_on(environment, platform).await),
    }
}

/// An environment with a rule file that came from elsewhere.
#[derive(Debug)]
struct WithRules<'e> {
    environment: &'e dyn Environment,
    text: String,
}

impl Environment for WithRules<'_> {
    fn value(&self, name: &str) -> Option<String> {
        self.environment.value(name)
    }

    fn names(&self) -> Vec<String> {
        self.environment.names()
    }

    fn resource(&self, name: &str) -> Result<Option<String>, String> {
        if name == "rules.yaml" { Ok(Some(self.text.clone())) } else { self.environment.resource(name) }
    }
}

/// Between two attempts to configure what could not be.
const PAUSE: Duration = Duration::from_secs(10);
