//! One process of a function, and the Runtime API it talks to.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::endpoint::{Endpoint, Invocation};
use super::{Failure, Platform};
use crate::moto::REGION;

/// What is left of an invocation once it has a sandbox.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) event: Bytes,
    pub(super) timeout: Duration,
    pub(super) arn: String,
}

/// The processes of a function that live, by id.
#[derive(Debug, Default)]
pub(super) struct Living {
    pids: Mutex<BTreeSet<u32>>,
    started: AtomicUsize,
}

impl Living {
    pub(super) fn pids(&self) -> Vec<u32> {
        self.pids.lock().unwrap().iter().copied().collect()
    }

    pub(super) fn all_gone(&self) -> bool {
        self.pids.lock().unwrap().is_empty()
    }

    pub(super) fn started(&self) -> usize {
        self.started.load(Ordering::Relaxed)
    }
}

/// A process. Dropping it kills it.
#[derive(Debug)]
pub(super) struct Sandbox {
    endpoint: Endpoint,
    child: Child,
    pid: u32,
    since: Instant,
    frozen: bool,
    living: Arc<Living>,
    /// From the start to the first answer, until somebody takes it.
    pub(super) first_answer: Option<Duration>,
    answered: bool,
}

impl Sandbox {
    pub(super) async fn start(
        program: &Path,
        home: &Path,
        platform: &Platform,
        environment: &[(String, String)],
        living: Arc<Living>,
    ) -> Sandbox {
        let endpoint = Endpoint::open(&platform.name).await;
        // Files and not pipes: what the process wrote before it answered is there when the answer is.
        let file = |name| OpenOptions::new().create(true).append(true).open(home.join(name)).unwrap();
        let task = home.join("task");
        let mut command = Command::new(program);
        command
            .current_dir(&task)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LANG", "en_US.UTF-8")
            .env("TZ", ":UTC")
            .env("LAMBDA_TASK_ROOT", &task)
            .env("_HANDLER", "bootstrap")
            .env("AWS_REGION", REGION)
            .env("AWS_DEFAULT_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", "ASIATESTFUNCTION")
            .env("AWS_SECRET_ACCESS_KEY", "secret-of-the-test-role")
            .env("AWS_SESSION_TOKEN", "session-of-the-test-role")
            .env("AWS_LAMBDA_RUNTIME_API", endpoint.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", &platform.name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", platform.memory_mib.to_string())
            .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", platform.name))
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "2026/03/01/[$LATEST]0123456789abcdef0123456789abcdef")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(file("stdout"))
            .stderr(file("stderr"))
            // A group of its own: if the test dies, the kernel wakes and ends a frozen process of an orphaned group.
            .process_group(0)
            .kill_on_drop(true);
        let since = Instant::now();
        let child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let pid = child.id().expect("nobody has waited for it");
        living.pids.lock().unwrap().insert(pid);
        living.started.fetch_add(1, Ordering::Relaxed);
        Sandbox { endpoint, child, pid, since, frozen: false, living, first_answer: None, answered: false }
    }

    /// Runs an invocation to its end. Afterwards the process waits for the next one, or is no longer fit.
    pub(super) async fn run(&mut self, job: Job) -> Result<Bytes, Failure> {
        if self.frozen {
            signal("CONT", self.pid).await;
            self.frozen = false;
        }
        let (taken, is_taken) = oneshot::channel();
        let (answer, mut answered) = oneshot::channel();
        let Job { event, timeout: allowed, arn } = job;
        let invocation = Invocation { id: next_id(), arn, event, timeout: allowed, taken, answer };
        self.endpoint.invocations.send(invocation).expect("the endpoint is open");

        let early = tokio::select! {
            biased;
            // Asked first: a quick function has answered by now.
            Ok(()) = is_taken => None,
            Ok(answer) = &mut answered => Some(answer),
            status = self.child.wait() => Some(Err(exited(status))),
            () = sleep(INIT_LIMIT) => Some(Err(Failure::SlowStart)),
        };
        if let Some(answer) = early {
            // One that reported why it cannot start has something to log yet.
            let _ = timeout(LAST_MOMENTS, self.child.wait()).await;
            self.end().await;
            return answer;
        }
        let begun = Instant::now();
        let answer = tokio::select! {
            biased;
            Ok(answer) = &mut answered => answer,
            status = self.child.wait() => Err(exited(status)),
            () = sleep(allowed) => Err(Failure::TimedOut { after: allowed }),
        };
        if matches!(answer, Err(Failure::Exited { .. } | Failure::TimedOut { .. })) {
            self.end().await;
            return answer;
        }
        if !self.answered {
            self.answered = true;
            self.first_answer = Some(self.since.elapsed());
        }
        // The time of the invocation runs until the process asks for the next one.
        let left = allowed.saturating_sub(begun.elapsed());
        let asks = self.endpoint.waiting.clone();
        let asked = tokio::select! {
            asked = timeout(left, wait_for(asks)) => asked.is_ok(),
            _ = self.child.wait() => false,
        };
        if !asked {
            self.end().await;
        }
        answer
    }

    /// Whether it can take another invocation.
    pub(super) fn is_fit(&mut self) -> bool {
        self.is_alive() && *self.endpoint.waiting.borrow()
    }

    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Stops the process until its next invocation.
    pub(super) async fn freeze(&mut self) {
        signal("STOP", self.pid).await;
        self.frozen = true;
    }

    /// Ends an idle process; whether it left by itself.
    pub(super) async fn retire(mut self) -> bool {
        if self.frozen {
            signal("CONT", self.pid).await;
        }
        if !self.endpoint.has_extension() {
            self.end().await;
            return false;
        }
        signal("TERM", self.pid).await;
        let left = timeout(LAST_MOMENTS, self.child.wait()).await.is_ok();
        self.end().await;
        left
    }

    async fn end(&mut self) {
        let _ = self.child.kill().await;
        self.living.pids.lock().unwrap().remove(&self.pid);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.living.pids.lock().unwrap().remove(&self.pid);
    }
}

const INIT_LIMIT: Duration = Duration::from_secs(10);
const LAST_MOMENTS: Duration = Duration::from_millis(500);

async fn wait_for(mut waiting: tokio::sync::watch::Receiver<bool>) {
    let _ = waiting.wait_for(|waits| *waits).await;
}

fn exited(status: std::io::Result<std::process::ExitStatus>) -> Failure {
    Failure::Exited { status: status.map_or_else(|error| error.to_string(), |status| status.to_string()) }
}

/// Request ids look like those of Lambda and never repeat, in this test binary or in another.
fn next_id() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("{:08x}-0000-4000-9000-{number:012x}", std::process::id())
}

/// Sends a signal by its name.
pub(super) async fn signal(name: &str, pid: u32) {
    // Fails if the process is gone, which is seen soon enough.
    let _ = Command::new("kill")
        .arg(format!("-{name}"))
        .arg(pid.to_string())
        .stderr(Stdio::null())
        .status()
        .await
        .expect("there is a program to send signals with");
}

/// A line of a process's status, in bytes.
pub(super) fn memory(pid: u32, line: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let found = status.lines().find_map(|it| it.strip_prefix(line)).expect("the process has memory");
    found.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}
