//! What lives between invocations: a proxy for each connector. One that could not be configured is tried again from
//! time to time, because a secret store that was away when this process began may be back.

mod deployed;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::bail;
use futures_util::future;
use tokio::sync::Mutex;
use vizard_aws::Aws;
#[cfg(feature = "bulk")]
use vizard_proxy::bulk::{Bulk, BulkStarted};
use vizard_proxy::connectors::{self, ConnectorEnvironment};
#[cfg(feature = "bulk")]
use vizard_proxy::settings::BulkSettings;
use vizard_proxy::settings::Environment;
use vizard_proxy::{Proxy, Started};

/// The proxies of this function.
#[derive(Debug)]
pub(crate) struct Function {
    environment: Arc<dyn Environment>,
    aws: Aws,
    /// Empty when there is one connector, which all calls are for.
    ids: Vec<String>,
    connectors: Vec<Connector>,
    /// What sanitizes files, if this function is for files and could be configured. It has one connector then, which
    /// reports its health.
    #[cfg(feature = "bulk")]
    bulk: RwLock<Option<Arc<Bulk>>>,
}

#[derive(Debug)]
struct Connector {
    proxy: RwLock<Arc<Proxy>>,
    /// When it was last tried to configure a proxy that can serve; `None` when it can. Locked while it is tried.
    tried: Mutex<Option<Instant>>,
}

impl Function {
    /// Configures all proxies at once.
    ///
    /// # Errors
    ///
    /// When the connectors are not told apart, or when rules are not those that were reviewed. All else that is wrong
    /// leaves a function that reports it.
    pub(crate) async fn start(environment: Arc<dyn Environment>) -> anyhow::Result<Function> {
        let ids = connectors::listed(&*environment)
            .map_err(|expected| anyhow::anyhow!("VIZARD_CONNECTORS must be {expected}"))?;
        if let Some((one, other)) = connectors::overlapping(&*environment, &ids) {
            bail!(
                "the connectors `{one}` and `{other}` must each have a PATH_TO_INSTANCE_CONFIG and a state of their own"
            );
        }
        #[cfg(feature = "bulk")]
        if !ids.is_empty() && BulkSettings::asked_for(&*environment) {
            bail!(
                "VIZARD_CONNECTORS and OUTPUT_BUCKET must not both be set: a function is for calls or for files"
            );
        }
        let aws = Aws::of_function(&*environment);
        let mut function = Function {
            environment,
            aws,
            ids,
            connectors: Vec::new(),
            #[cfg(feature = "bulk")]
            bulk: RwLock::default(),
        };
        let places = 0..function.ids.len().max(1);
        let started = future::join_all(places.map(|place| function.configure(place))).await;
        for (place, started) in started.into_iter().enumerate() {
            let (proxy, tried) = function.told(place, started)?;
            let (proxy, tried) = (RwLock::new(Arc::new(proxy)), Mutex::new(tried));
            function.connectors.push(Connector { proxy, tried });
        }
        Ok(function)
    }

    /// The proxy that a path is for. Configuring it again takes no more time than the call has.
    pub(crate) async fn proxy(&self, path: &str, deadline: Instant) -> Option<Arc<Proxy>> {
        let place = match self.ids.is_empty() {
            true => 0,
            false => connectors::addressed(&self.ids, path)?,
        };
        let connector = &self.connectors[place];
        // Where somebody else tries already, the proxy that cannot serve says so.
        if let Ok(mut tried) = connector.tried.try_lock()
            && tried.is_some_and(|tried| tried.elapsed() >= PAUSE)
        {
            *tried = Some(Instant::now());
            let again = tokio::time::timeout_at(deadline.into(), self.configure(place)).await;
            match again.map(|started| self.told(place, started)) {
                Ok(Ok((proxy, since))) => {
                    *connector.proxy.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(proxy);
                    *tried = since;
                }
                Ok(Err(error)) => {
                    tracing::error!(connector = self.name(place), %error, "cannot serve requests");
                }
                Err(_) => tracing::error!(
                    connector = self.name(place),
                    problem = "configuring it took longer than the call had",
                    "cannot serve requests"
                ),
            }
        }
        Some(connector.proxy.read().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// What sanitizes files. Configuring it again takes no more time than the event has.
    #[cfg(feature = "bulk")]
    pub(crate) async fn bulk(&self, deadline: Instant) -> Option<Arc<Bulk>> {
        self.proxy("/", deadline).await?;
        self.bulk.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn configure(&self, place: usize) -> Started {
        #[cfg(feature = "bulk")]
        if BulkSettings::asked_for(&*self.environment) {
            let BulkStarted { bulk, started } = deployed::start_files(&*self.environment, &self.aws).await;
            *self.bulk.write().unwrap_or_else(PoisonError::into_inner) = bulk;
            return started;
        }
        match self.ids.get(place) {
            Some(id) => deployed::start(&ConnectorEnvironment::new(&*self.environment, id), &self.aws).await,
            None => deployed::start(&*self.environment, &self.aws).await,
        }
    }

    /// Logs what is wrong. With rules that nobody reviewed there is no proxy at all.
    fn told(&self, place: usize, started: Started) -> anyhow::Result<(Proxy, Option<Instant>)> {
        let connector = self.name(place);
        for warning in &started.warnings {
            tracing::warn!(connector, warning, "check the configuration");
        }
        for problem in &started.problems {
            tracing::error!(connector, problem, "cannot serve requests");
        }
        if started.rules_differ {
            bail!("the rules are not those whose SHA-256 is configured");
        }
        let tried = (!started.problems.is_empty()).then(Instant::now);
        Ok((started.proxy, tried))
    }

    fn name(&self, place: usize) -> Option<&str> {
        self.ids.get(place).map(String::as_str)
    }
}

/// Between two attempts to configure what could not be.
const PAUSE: Duration = Duration::from_secs(10);
