//! The proxy as an AWS Lambda function: one process, one invocation at a time. Wiring only; read the modules in this
//! order.

mod function;

mod invocation;

mod event;
mod target;

mod answer;
mod refuse;

mod queued;

#[cfg(feature = "bulk")]
mod files;
mod stored;

use std::process::ExitCode;
use std::sync::Arc;

use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use serde_json::value::RawValue;
use tracing::level_filters::LevelFilter;
use vizard_proxy::log;
use vizard_proxy::settings::{Environment, ProcessEnvironment};

use function::Function;

fn main() -> ExitCode {
    let level = ProcessEnvironment.given("VIZARD_LOG").and_then(|text| log::level(&text));
    log::to_standard_output(level.unwrap_or(LevelFilter::INFO));
    vizard_proxy::report_panics_by_place();
    vizard_proxy::keep_freed_memory();
    // The platform gives this program about as much of a core as it pays for: a second thread would only take turns.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = runtime.map_err(anyhow::Error::new).and_then(|runtime| runtime.block_on(run()));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the function cannot start");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    if ProcessEnvironment.given("AWS_LAMBDA_RUNTIME_API").is_none() {
        anyhow::bail!("AWS_LAMBDA_RUNTIME_API is not set: this program runs as an AWS Lambda function only");
    }
    let function = Arc::new(Function::start(Arc::new(ProcessEnvironment)).await?);
    let answer = service_fn(move |event: LambdaEvent<Box<RawValue>>| {
        let function = function.clone();
        async move { invocation::answer(&function, event).await }
    });
    Runtime::new(answer).run().await.map_err(|error| anyhow::anyhow!("the runtime API ended: {error}"))
}
