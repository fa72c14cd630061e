//! The server as a process of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::Mutex;

/// A running server; dropping it ends it.
pub(crate) struct Server {
    child: Child,
    log: Mutex<Lines<BufReader<ChildStderr>>>,
}

impl Server {
    pub(crate) fn start(program: &Path, environment: &[(&str, &str)]) -> Server {
        let mut command = Command::new(program);
        command.env_clear().envs(environment.iter().copied()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let log = Mutex::new(BufReader::new(child.stderr.take().unwrap()).lines());
        Server { child, log }
    }

    /// Where it listens, as soon as it says so.
    pub(crate) async fn address(&self) -> SocketAddr {
        let (mut log, mut said) = (self.log.lock().await, String::new());
        while let Some(line) = log.next_line().await.unwrap() {
            let entry: Value = serde_json::from_str(&line).unwrap_or_default();
            if entry["message"] == "listening" {
                return entry["address"].as_str().unwrap().parse().unwrap();
            }
            said.push_str(&line);
            said.push('\n');
        }
        panic!("the server does not listen:\n{said}");
    }

    /// What it has of the machine's memory now.
    pub(crate) fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().unwrap())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    }
}
