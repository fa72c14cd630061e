//! Work until it is done, or until the operator or the system wants it to end.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::bulk::crew;
use crate::bulk::report::Outcome;
use crate::bulk::run::Run;
use crate::exit::{Code, Stop};

/// What came of each file. When it is told to stop, nothing becomes visible any more, and what was not is removed;
/// threads that wait for input are not waited for.
pub(crate) fn work(runtime: &Runtime, run: &Arc<Run>) -> Result<Vec<Outcome>, Stop> {
    let (tell, mut told) = oneshot::channel();
    let worker = run.clone();
    let thread = thread::Builder::new().spawn(move || {
        // Nobody listens any more who was told to stop.
        let _ = tell.send(crew::work(&worker));
    });
    thread.map_err(|error| Stop::new(Code::Unavailable, error))?;
    runtime.block_on(async {
        tokio::select! {
            outcomes = &mut told => {
                outcomes.map_err(|_| Stop::because(Code::Unsanitizable, "not sanitized: internal error"))
            }
            () = vizard_server::asked_to_stop() => {
                run.stop();
                if run.buckets.are_used() {
                    // Uploads that are given up are taken back, if that can be done soon.
                    let _ = timeout(PATIENCE, &mut told).await;
                }
                let words = "stopped; no part of an unfinished file is visible, and the same command goes on from here";
                Err(Stop::because(Code::Stopped, words))
            }
        }
    })
}

const PATIENCE: Duration = Duration::from_secs(10);
