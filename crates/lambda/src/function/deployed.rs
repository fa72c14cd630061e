//! A proxy as it is deployed on AWS. What is wrong with the deployment itself is told as any other setting that is
//! wrong: by a proxy that cannot serve and says why.

use std::sync::Arc;

use vizard_aws::Aws;
#[cfg(feature = "bulk")]
use vizard_proxy::bulk::{Bulk, BulkStarted};
use vizard_proxy::ports::{Queue, SystemClock};
use vizard_proxy::remote_rules::WithRules;
use vizard_proxy::secrets::Away;
use vizard_proxy::settings::Environment;
use vizard_proxy::{Platform, Proxy, Started};

/// Configures a proxy. That its callers are who they say is the platform's business.
pub(super) async fn start(environment: &dyn Environment, aws: &Aws) -> Started {
    let started = configured(environment, aws).await;
    Started { proxy: started.proxy.with_callers_authenticated_by("platform"), ..started }
}

/// Configures what sanitizes files.
#[cfg(feature = "bulk")]
pub(super) async fn start_files(environment: &dyn Environment, aws: &Aws) -> BulkStarted {
    let clock = Arc::new(SystemClock);
    let secrets = aws.secrets(environment, clock.clone());
    let secrets = secrets.unwrap_or_else(|expected| Arc::new(Away(expected)));
    let store = Arc::new(aws.files());
    let BulkStarted { bulk, started } = match aws.remote_rules(environment).await {
        Ok(None) => Bulk::start(environment, &*secrets, store, clock).await,
        remote => {
            let rules = remote.map(Option::unwrap_or_default).map_err(|error| error.to_string());
            Bulk::start(&WithRules { environment, rules }, &*secrets, store, clock).await
        }
    };
    let proxy = started.proxy.with_callers_authenticated_by("platform");
    BulkStarted { bulk, started: Started { proxy, ..started } }
}

async fn configured(environment: &dyn Environment, aws: &Aws) -> Started {
    let clock = Arc::new(SystemClock);
    let secrets = aws.secrets(environment, clock.clone());
    let secrets = secrets.unwrap_or_else(|expected| Arc::new(Away(expected)));
    let queue = environment.given("ASYNC_API_REQUEST_QUEUE_URL");
    let queue = queue.map(|url| Arc::new(aws.queue(url)) as Arc<dyn Queue>);
    let destinations = Arc::new(aws.buckets());
    let platform = Platform { secrets, clock, destinations, queue, workload: None };
    let rules = match aws.remote_rules(environment).await {
        Ok(None) => return Proxy::start_on(environment, platform).await,
        Ok(Some(rules)) => Ok(rules),
        Err(error) => Err(error.to_string()),
    };
    Proxy::start_on(&WithRules { environment, rules }, platform).await
}
