//! What the server costs on Cloud Run: from the start of its process to its first answer, at rest, and for a page.
//!
//! ```text
//! cargo bench -p vizard-tests --bench server_start
//! VIZARD_SERVER=target/server/vizard-server-x86_64 cargo bench -p vizard-tests --bench server_start
//! ```
//!
//! The program is the released one, with the secrets of a simulated Google and before a simulated Zoom on the same
//! machine. What the simulated Google takes is measured beside: the same calls by a bare client. Medians of 21 runs, each
//! a process of its own.

#![allow(clippy::unwrap_used, reason = "a benchmark says by panicking what is wrong")]
#![allow(clippy::print_stdout, reason = "a benchmark tells its numbers")]

mod process;

use std::path::Path;
use std::time::{Duration, Instant};

use http::StatusCode;
use vizard_tests::google::{Google, PROJECT};
use vizard_tests::keys;
use vizard_tests::programs::released_server;
use vizard_tests::repository;
use vizard_tests::wire;
use vizard_zoom_simulator::{Config, Running, Simulator};

use process::Server;

const RUNS: usize = 21;
const PAGE: &str = "/v2/users?page_size=176";
/// The secrets of the deployment, as the Terraform modules name them; the last two are those that the server writes.
const NAMES: [&str; 7] = [
    "vizard_shared_PSOXY_SALT",
    "vizard_shared_PSOXY_ENCRYPTION_KEY",
    "vizard_zoom_CLIENT_ID",
    "vizard_zoom_CLIENT_SECRET",
    "vizard_zoom_ACCOUNT_ID",
    "vizard_zoom_state_ACCESS_TOKEN",
    "vizard_zoom_state_OAUTH_REFRESH_TOKEN",
];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let program = std::env::var_os("VIZARD_SERVER").map(|it| repository::root().join(it));
    let program = program.unwrap_or_else(released_server);
    let config = Config { users: 300, ledger: false, ..Config::tiny() };
    let zoom = Simulator::start(config.clone()).await.unwrap();
    let google = Google::start().await;
    deposit(&google, &config);

    // The first answers are a page, so that the shared token is in the store for all that follow.
    let server = deploy(&program, &google, &zoom);
    let address = server.address().await;
    assert_eq!(ask(address, PAGE, false).await, StatusCode::OK);
    drop(server);
    google.forget();
    let server = deploy(&program, &google, &zoom);
    assert_eq!(ask(server.address().await, "/", true).await, StatusCode::OK);
    let (calls, questions) = (google.counts(), google.counts().values().sum());
    drop(server);

    let store = store(&google, questions).await;
    let mut rows = Vec::new();
    for (what, target, health) in [("health report", "/", true), ("page of people", PAGE, false)] {
        let (mut took, mut memory) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let begun = Instant::now();
            let server = deploy(&program, &google, &zoom);
            assert_eq!(ask(server.address().await, target, health).await, StatusCode::OK);
            took.push(begun.elapsed());
            memory.push(server.resident_bytes());
        }
        rows.push((what, median(&mut took), took.iter().max().copied().unwrap(), median(&mut memory)));
    }

    println!("{}, {} MB", program.display(), std::fs::metadata(&program).unwrap().len() >> 20);
    println!("calls of Google in a start: {calls:?}");
    println!("the same number by a bare client, at once, after one for the token: {}", millis(store));
    for (what, median, worst, memory) in rows {
        println!(
            "start to first answer, {what:<15} {:>9}   worst {:>9}   resident then {} KB",
            millis(median),
            millis(worst),
            memory >> 10
        );
    }
}

fn deposit(google: &Google, config: &Config) {
    let values =
        [keys::SALT, keys::ENCRYPTION_KEY, &config.client_id, &config.client_secret, &config.account_id];
    for (name, value) in NAMES.iter().zip(values) {
        google.put_secret(name, value);
    }
    google.create_secret(NAMES[5]);
    google.create_secret(NAMES[6]);
}

fn deploy(program: &Path, google: &Google, zoom: &Running) -> Server {
    let endpoint = format!("{}/oauth/token", zoom.url());
    Server::start(
        program,
        &[
            ("K_SERVICE", "vizard-zoom"),
            ("VIZARD_CALLER_AUTH", "platform"),
            ("PORT", "0"),
            ("VIZARD_BIND", "127.0.0.1"),
            ("SOURCE", "zoom"),
            ("TARGET_HOST", zoom.url()),
            ("REFRESH_ENDPOINT", &endpoint),
            ("VIZARD_ALLOW_LOOPBACK_HTTP", "true"),
            ("PATH_TO_INSTANCE_CONFIG", "vizard_zoom_"),
            ("PATH_TO_SHARED_CONFIG", "vizard_shared_"),
            ("VIZARD_STATE_PATH", "vizard_zoom_state_"),
            ("VIZARD_SECRET_NAMES", &NAMES.join(",")),
            ("GOOGLE_CLOUD_PROJECT", PROJECT),
            ("VIZARD_GOOGLE_ENDPOINT", google.url()),
            ("GCE_METADATA_HOST", &google.metadata_host()),
            // One file, as in an image. Without it this machine's folder of certificates is read too.
            ("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"),
        ],
    )
}

async fn ask(address: std::net::SocketAddr, target: &str, health: bool) -> StatusCode {
    let headers: &[(&str, &str)] = if health { &[("X-Psoxy-Health-Check", "1")] } else { &[] };
    let reply = wire::send(address, wire::request("GET", target, headers, "")).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    reply.status
}

/// The time that so many questions take a client that has no connections yet, of which one for the token is first.
async fn store(google: &Google, questions: usize) -> Duration {
    let mut took = Vec::new();
    for _ in 0..RUNS {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let begun = Instant::now();
        let token = format!("{}/computeMetadata/v1/instance/service-accounts/default/token", google.url());
        let token = client.get(token).header("Metadata-Flavor", "Google").send().await.unwrap();
        let token: serde_json::Value = token.json().await.unwrap();
        let token = token["access_token"].as_str().unwrap().to_owned();
        let asked: Vec<_> = (1..questions)
            .map(|_| {
                let url = format!(
                    "{}/v1/projects/{PROJECT}/secrets/{}/versions/latest:access",
                    google.url(),
                    NAMES[0]
                );
                let asked = client.get(url).bearer_auth(&token);
                tokio::spawn(async move {
                    let answer = asked.send().await.unwrap();
                    assert!(answer.status().is_success());
                    answer.bytes().await.unwrap()
                })
            })
            .collect();
        for answer in asked {
            answer.await.unwrap();
        }
        took.push(begun.elapsed());
    }
    median(&mut took)
}

fn median<T: Ord + Copy>(values: &mut [T]) -> T {
    values.sort_unstable();
    values[values.len() / 2]
}

fn millis(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1000.0)
}
