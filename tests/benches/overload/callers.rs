//! Callers, each with a connection of its own, that is kept open. They read as little of an answer as will do.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// One connection.
pub(crate) struct Caller {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Caller {
    pub(crate) async fn connect(address: SocketAddr) -> Option<Caller> {
        let connected = tokio::time::timeout(PATIENCE, TcpStream::connect(address)).await;
        let stream = connected.ok()?.ok()?;
        Some(Caller { stream, buffer: vec![0; 64 << 10] })
    }

    /// The status, and whether the connection can be used again; `None` when it broke.
    pub(crate) async fn ask(&mut self, target: &str) -> Option<(u16, bool)> {
        let request = format!("GET {target} HTTP/1.1\r\nhost: a\r\n\r\n");
        tokio::time::timeout(PATIENCE, async {
            self.stream.write_all(request.as_bytes()).await.ok()?;
            self.answer().await
        })
        .await
        .ok()?
    }

    async fn answer(&mut self) -> Option<(u16, bool)> {
        let mut filled = 0;
        let end = loop {
            let length = self.stream.read(&mut self.buffer[filled..]).await.ok().filter(|it| *it > 0)?;
            filled += length;
            let head = &self.buffer[..filled];
            if let Some(end) = head.windows(4).position(|it| it == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let head = std::str::from_utf8(&self.buffer[..end]).ok()?.to_ascii_lowercase();
        let status = head.get(9..12)?.parse().ok()?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut left = length?.trim().parse::<usize>().ok()?.checked_sub(filled - end)?;
        while left > 0 {
            let length = self.stream.read(&mut self.buffer).await.ok().filter(|it| *it > 0)?;
            left = left.checked_sub(length)?;
        }
        Some((status, !head.contains("connection: close")))
    }
}

/// How long answers took, by status; 0 is none.
#[derive(Default)]
pub(crate) struct Seen(BTreeMap<u16, Vec<Duration>>);

impl Seen {
    fn note(&mut self, status: u16, took: Duration) {
        self.0.entry(status).or_default().push(took);
    }

    fn add(&mut self, other: Seen) {
        for (status, took) in other.0 {
            self.0.entry(status).or_default().extend(took);
        }
    }

    pub(crate) fn statuses(&self) -> Vec<u16> {
        self.0.keys().copied().collect()
    }

    pub(crate) fn count(&self, status: u16) -> usize {
        self.0.get(&status).map_or(0, Vec::len)
    }

    pub(crate) fn answered(&self) -> usize {
        self.count(200)
    }

    pub(crate) fn asked(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    pub(crate) fn quantile(&self, status: u16, part: f64) -> Duration {
        let mut took = self.0.get(&status).cloned().unwrap_or_default();
        took.sort_unstable();
        let place = (took.len() as f64 * part) as usize;
        took.get(place.min(took.len().saturating_sub(1))).copied().unwrap_or_default()
    }
}

/// Each asks as soon as it has its answer.
pub(crate) async fn one_after_the_other(
    address: SocketAddr,
    target: &'static str,
    callers: usize,
    end: Instant,
) -> Seen {
    all(callers, |_| async move {
        let (mut seen, mut connection) = (Seen::default(), None);
        while Instant::now() < end {
            ask(&mut connection, address, target, Instant::now(), &mut seen).await;
        }
        seen
    })
    .await
}

/// All together ask `rate` times a second, whether there are answers or not; a connection that waits for one is late
/// for the next, and its time counts from when it should have asked.
pub(crate) async fn at_their_own_pace(
    address: SocketAddr,
    target: &'static str,
    callers: usize,
    rate: f64,
    end: Instant,
) -> Seen {
    let begun = Instant::now();
    let pause = Duration::from_secs_f64(callers as f64 / rate);
    all(callers, |number| async move {
        let (mut seen, mut connection) = (Seen::default(), None);
        let mut due = begun + pause.mul_f64(number as f64 / callers as f64);
        while due < end && Instant::now() < end {
            tokio::time::sleep_until(due.into()).await;
            let asked = ask(&mut connection, address, target, due, &mut seen).await;
            due = (due + pause).max(asked);
        }
        seen
    })
    .await
}

/// Returns when the answer was there.
async fn ask(
    connection: &mut Option<Caller>,
    address: SocketAddr,
    target: &str,
    due: Instant,
    seen: &mut Seen,
) -> Instant {
    if connection.is_none() {
        *connection = Caller::connect(address).await;
    }
    let answer = match connection {
        Some(caller) => caller.ask(target).await,
        None => None,
    };
    let now = Instant::now();
    seen.note(answer.map_or(0, |(status, _)| status), now - due);
    if !answer.is_some_and(|(_, again)| again) {
        *connection = None;
    }
    now
}

async fn all<F: Future<Output = Seen> + Send + 'static>(callers: usize, call: impl Fn(usize) -> F) -> Seen {
    let mut calls: JoinSet<Seen> = (0..callers).map(call).collect();
    let mut seen = Seen::default();
    while let Some(more) = calls.join_next().await {
        seen.add(more.unwrap());
    }
    seen
}

const PATIENCE: Duration = Duration::from_secs(20);
