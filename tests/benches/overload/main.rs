//! What the server does with as much as it can bear, and with ten times that.
//!
//! ```text
//! cargo bench -p vizard-tests --bench overload
//! VIZARD_SERVER=target/server/vizard-server-x86_64 cargo bench -p vizard-tests --bench overload
//! ```
//!
//! The program is the released one, before a simulated Zoom; both, and the callers, share the cores of this machine. First
//! a hundred callers ask for pages of 150 KB one after the other. Then two thousand ask for ten times as many, at their
//! own pace and not that of the answers, and then all fall silent but one.

#![allow(clippy::unwrap_used, reason = "a benchmark says by panicking what is wrong")]
#![allow(clippy::print_stdout, reason = "a benchmark tells its numbers")]

mod callers;
mod process;

use std::time::{Duration, Instant};

use vizard_tests::programs::released_server;
use vizard_tests::{keys, repository};
use vizard_zoom_simulator::{Config, Simulator};

use callers::{Caller, Seen};
use process::Server;

const CALLERS: usize = 100;
const STORM: usize = 2000;
const TIMES: f64 = 10.0;
const DURATION: Duration = Duration::from_secs(10);
/// About 150 KB from the source and, as pseudonyms are longer than ids, as much again to the caller.
const PAGE: &str = "/v2/users?page_size=176";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let program = std::env::var_os("VIZARD_SERVER").map(|it| repository::root().join(it));
    let program = program.unwrap_or_else(released_server);
    let config = Config { users: 300, ledger: false, ..Config::tiny() };
    let zoom = Simulator::start(config.clone()).await.unwrap();
    let token = format!("{}/oauth/token", zoom.url());
    let server = Server::start(
        &program,
        &[
            ("SOURCE", "zoom"),
            ("TARGET_HOST", zoom.url()),
            ("REFRESH_ENDPOINT", &token),
            ("VIZARD_ALLOW_LOOPBACK_HTTP", "true"),
            ("VIZARD_CALLER_AUTH", "none"),
            ("VIZARD_BIND", "127.0.0.1"),
            ("PORT", "0"),
            ("PSOXY_SALT", keys::SALT),
            ("PSOXY_ENCRYPTION_KEY", keys::ENCRYPTION_KEY),
            ("CLIENT_ID", &config.client_id),
            ("CLIENT_SECRET", &config.client_secret),
            ("ACCOUNT_ID", &config.account_id),
        ],
    );
    let address = server.address;
    let mut caller = Caller::connect(address).await.unwrap();
    for _ in 0..200 {
        assert_eq!(caller.ask(PAGE).await.unwrap().0, 200);
    }
    println!("at rest: {} MB", server.resident_bytes() >> 20);

    let begun = Instant::now();
    let seen = callers::one_after_the_other(address, PAGE, CALLERS, begun + DURATION).await;
    let rate = seen.answered() as f64 / begun.elapsed().as_secs_f64();
    println!(
        "\n{CALLERS} callers, one page after the other, {} s: {rate:.0} pages a second",
        DURATION.as_secs()
    );
    println!("{}", told(&seen));
    println!("  memory now {} MB, at most {} MB", server.resident_bytes() >> 20, server.most_bytes() >> 20);
    let usual = seen.quantile(200, 0.5);
    println!("  p99 is {:.1} times the median", seen.quantile(200, 0.99).as_secs_f64() / usual.as_secs_f64());

    let wanted = rate * TIMES;
    let begun = Instant::now();
    let seen = callers::at_their_own_pace(address, PAGE, STORM, wanted, begun + DURATION).await;
    let over = Instant::now();
    let took = begun.elapsed().as_secs_f64();
    println!(
        "\n{STORM} connections that want {wanted:.0} pages a second, {took:.1} s: {:.0} asked",
        seen.asked() as f64 / took
    );
    println!("{}", told(&seen));
    println!("  memory now {} MB, at most {} MB", server.resident_bytes() >> 20, server.most_bytes() >> 20);

    // As the calls that were begun are still being answered.
    let recovered = loop {
        let asked = Instant::now();
        let mut caller = Caller::connect(address).await.unwrap();
        if caller.ask(PAGE).await.is_some_and(|(status, _)| status == 200) && asked.elapsed() < usual {
            break over.elapsed();
        }
        assert!(over.elapsed() < Duration::from_secs(30), "it does not recover");
    };
    println!("\nanswers as quick as before {} ms after the last call", recovered.as_millis());
}

fn told(seen: &Seen) -> String {
    let mut text = String::from("  status      count     median        p99        max\n");
    for status in seen.statuses() {
        let [median, p99, max] = [0.5, 0.99, 1.0].map(|part| seen.quantile(status, part).as_secs_f64() * 1e3);
        let (name, count) =
            (if status == 0 { "broken".to_owned() } else { status.to_string() }, seen.count(status));
        text += &format!("  {name:<6} {count:>10} {median:>7.1} ms {p99:>7.1} ms {max:>7.1} ms\n");
    }
    text.trim_end().to_owned()
}
