//! The server as a program: built as it is shipped, started with nothing of this process's environment.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::Value;
use vizard_tests::programs;
use vizard_tests::wire::{self, Reply};

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) address: SocketAddr,
    child: Child,
    said: Arc<Mutex<String>>,
}

impl Program {
    /// Starts one with these variables; an error is what it said before it ended.
    pub(crate) async fn start(environment: BTreeMap<String, String>) -> Result<Program, String> {
        tokio::task::spawn_blocking(move || Program::launch(&environment)).await.unwrap()
    }

    fn launch(environment: &BTreeMap<String, String>) -> Result<Program, String> {
        let mut command = Command::new(programs::server());
        command
            .env_clear()
            .envs(environment)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let said = Arc::new(Mutex::new(String::new()));
        let (kept, (tell, told)) = (said.clone(), mpsc::channel());
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let document: Value = serde_json::from_str(&line).unwrap_or_default();
                if let Some(address) = document.pointer("/address").or(document.pointer("/fields/address")) {
                    let _ = tell.send(address.as_str().unwrap().parse().unwrap());
                }
                kept.lock().unwrap().push_str(&format!("{line}\n"));
            }
        });
        match told.recv_timeout(Duration::from_secs(30)) {
            Ok(address) => Ok(Program { address, child, said }),
            Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(said.lock().unwrap().clone())
            }
        }
    }

    /// Asks over HTTP.
    pub(crate) async fn send(&self, request: Request<Bytes>) -> Reply {
        wire::send(self.address, request).await
    }

    /// Its memory, resident at its peak.
    pub(crate) fn memory_peak_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let peak = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).unwrap();
        peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Its log so far.
    pub(crate) fn log(&self) -> String {
        self.said.lock().unwrap().clone()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
