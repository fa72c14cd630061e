//! The server as a process of its own.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A running server; dropping it ends it.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts it, and waits until it listens.
    pub(crate) fn start(program: &Path, environment: &[(&str, &str)]) -> Server {
        let mut command = Command::new(program);
        command.env_clear().envs(environment.iter().copied()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let (mut said, mut address) = (String::new(), None);
        while address.is_none() {
            let begin = said.len();
            assert_ne!(log.read_line(&mut said).unwrap(), 0, "the server does not listen:\n{said}");
            let entry: Value = serde_json::from_str(&said[begin..]).unwrap_or_default();
            address = (entry["message"] == "listening")
                .then(|| entry["address"].as_str().unwrap().parse().unwrap());
        }
        // What it says must be taken, or it waits.
        std::thread::spawn(move || {
            let mut piece = vec![0; 64 << 10];
            while log.read(&mut piece).is_ok_and(|length| length > 0) {}
        });
        Server { child, address: address.unwrap() }
    }

    /// What it has of the machine's memory now.
    pub(crate) fn resident_bytes(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most that it ever had.
    pub(crate) fn most_bytes(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
