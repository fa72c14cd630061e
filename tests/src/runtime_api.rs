//! Lambda on loopback: the Runtime API, and a platform around it that runs the real program as AWS does.
//!
//! [`Function`] is where tests begin. Its processes serve one invocation at a time, start when one is needed, may be
//! frozen in between, and are killed when their time is over. [`front::Front`] makes events of HTTP requests and HTTP
//! answers of what the function returns; [`queue`] delivers batches as the poller of SQS does.

pub mod front;
pub mod queue;

mod endpoint;
mod failure;
mod sandbox;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::Semaphore;

pub use failure::Failure;

use sandbox::{Job, Living, Sandbox};

/// What an event or a response may weigh: 6 MiB and a little.
pub const PAYLOAD_LIMIT: usize = 6 * 1024 * 1024 + 100;

/// How the function is configured, apart from its environment.
#[derive(Debug, Clone)]
pub struct Platform {
    /// The name of the function.
    pub name: String,
    /// What the process is told of its memory. Nothing enforces it.
    pub memory_mib: u32,
    /// How long an invocation may take.
    pub timeout: Duration,
    /// How many processes there may be at once.
    pub at_most: usize,
    /// With all processes busy an invocation is refused. Otherwise it waits for one.
    pub throttles: bool,
    /// A process without work is stopped, so that what it does between invocations does not happen.
    pub freezes: bool,
}

impl Default for Platform {
    fn default() -> Platform {
        Platform {
            name: "vizard-zoom".to_owned(),
            memory_mib: 256,
            timeout: Duration::from_secs(30),
            at_most: 1,
            throttles: false,
            freezes: true,
        }
    }
}

/// A deployed function. Dropping it kills its processes and removes what they wrote.
#[derive(Debug)]
pub struct Function {
    program: PathBuf,
    environment: Vec<(String, String)>,
    platform: Platform,
    home: PathBuf,
    idle: Mutex<Vec<Sandbox>>,
    slots: Semaphore,
    living: Arc<Living>,
    first_answers: Mutex<Vec<Duration>>,
}

impl Function {
    /// Deploys a program with the usual platform. The first process starts with the first invocation.
    pub fn start(program: &Path, environment: &[(&str, &str)]) -> Function {
        Function::on(Platform::default(), program, environment)
    }

    /// Deploys a program. `environment` goes over what the platform sets.
    pub fn on(platform: Platform, program: &Path, environment: &[(&str, &str)]) -> Function {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let home = crate::moto::scratch(&format!("function-{}-{number}", std::process::id()));
        fs::create_dir_all(home.join("task")).unwrap();
        let environment = environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Function {
            program: program.to_owned(),
            environment,
            slots: Semaphore::new(platform.at_most),
            platform,
            home,
            idle: Mutex::default(),
            living: Arc::default(),
            first_answers: Mutex::default(),
        }
    }

    /// The working directory of the processes, which holds what the deployed package holds besides the program:
    /// nothing, unless a test puts it there.
    pub fn task_root(&self) -> PathBuf {
        self.home.join("task")
    }

    /// Changes the environment, as a new deployment does: the processes there are end.
    pub fn redeploy(&mut self, environment: &[(&str, &str)]) {
        self.environment =
            environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        self.idle.lock().unwrap().clear();
    }

    /// Invokes the function and waits for what it returns.
    pub async fn invoke(&self, event: Value) -> Result<Value, Failure> {
        self.invoke_with_deadline(event, self.platform.timeout).await
    }

    /// Invokes the function with another timeout than the configured one.
    pub async fn invoke_with_deadline(&self, event: Value, timeout: Duration) -> Result<Value, Failure> {
        let event = Bytes::from(event.to_string());
        if event.len() > PAYLOAD_LIMIT {
            return Err(Failure::RequestTooLarge { bytes: event.len() });
        }
        let _slot = match self.platform.throttles {
            true => self.slots.try_acquire().map_err(|_| Failure::Throttled)?,
            false => self.slots.acquire().await.expect("the slots are never closed"),
        };
        let mut sandbox = match self.take_idle() {
            Some(sandbox) => sandbox,
            None => self.cold_start().await,
        };
        let answer = sandbox.run(Job { event, timeout, arn: self.arn() }).await;
        if let Some(took) = sandbox.first_answer.take() {
            self.first_answers.lock().unwrap().push(took);
        }
        if sandbox.is_fit() {
            if self.platform.freezes {
                sandbox.freeze().await;
            }
            self.idle.lock().unwrap().push(sandbox);
        }
        let answer = answer?;
        serde_json::from_slice(&answer).map_err(|error| Failure::NotJson { reason: error.to_string() })
    }

    /// An idle process that still lives: the one that worked last.
    fn take_idle(&self) -> Option<Sandbox> {
        let mut idle = self.idle.lock().unwrap();
        while let Some(mut sandbox) = idle.pop() {
            if sandbox.is_alive() {
                return Some(sandbox);
            }
        }
        None
    }

    async fn cold_start(&self) -> Sandbox {
        Sandbox::start(&self.program, &self.home, &self.platform, &self.environment, self.living.clone())
            .await
    }

    fn arn(&self) -> String {
        let (region, account) = (crate::moto::REGION, crate::moto::ACCOUNT);
        format!("arn:aws:lambda:{region}:{account}:function:{}", self.platform.name)
    }

    /// Kills all processes, at work or not. An invocation that is under way fails; the next one is a cold start.
    pub async fn kill(&self) {
        for pid in self.living.pids() {
            sandbox::signal("KILL", pid).await;
        }
        while !self.living.all_gone() {
            self.idle.lock().unwrap().retain_mut(Sandbox::is_alive);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Takes the idle processes out of service as the platform does with those it no longer needs: one that
    /// registered an extension has half a second after SIGTERM. How many left by themselves.
    pub async fn retire(&self) -> usize {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap());
        let mut left = 0;
        for sandbox in idle {
            left += usize::from(sandbox.retire().await);
        }
        left
    }

    /// The ids of the processes there are.
    pub fn pids(&self) -> Vec<u32> {
        self.living.pids()
    }

    /// How many processes were ever started.
    pub fn cold_starts(&self) -> usize {
        self.living.started()
    }

    /// From the start of the first process to its first response.
    pub fn started_in(&self) -> Option<Duration> {
        self.first_answers.lock().unwrap().first().copied()
    }

    /// The memory of the largest process, resident now.
    pub fn memory_rss_bytes(&self) -> u64 {
        self.largest("VmRSS:")
    }

    /// The memory of the largest process, resident at its peak.
    pub fn memory_peak_bytes(&self) -> u64 {
        self.largest("VmHWM:")
    }

    fn largest(&self, line: &str) -> u64 {
        self.pids().into_iter().map(|pid| sandbox::memory(pid, line)).max().expect("there is a process")
    }

    /// All that the processes wrote to their standard output so far.
    pub fn stdout(&self) -> String {
        self.written("stdout")
    }

    /// All that the processes wrote to their standard error so far.
    pub fn stderr(&self) -> String {
        self.written("stderr")
    }

    fn written(&self, name: &str) -> String {
        let bytes = fs::read(self.home.join(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The lines of the standard output, which must be JSON.
    pub fn log(&self) -> Vec<Value> {
        let text = self.stdout();
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        text.lines().map(parse).collect()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        // The processes are killed with their sandboxes; a file that one still holds open goes with it.
        let _ = fs::remove_dir_all(&self.home);
    }
}

#[cfg(test)]
mod tests;
