//! What the function costs: from the start of its process to its first answer, at rest, and for a page when warm.
//!
//! ```text
//! cargo bench -p vizard-tests --bench cold_start
//! VIZARD_BOOTSTRAP=target/release/bootstrap cargo bench -p vizard-tests --bench cold_start
//! ```
//!
//! The program is the released one, on a simulated AWS and before a simulated Zoom on the same machine: both take their
//! part of its cores, and neither is as far away as the real one. What the store itself takes is measured beside, with a
//! bare client. Medians of 21 runs, each a process of its own.

#![allow(clippy::unwrap_used, reason = "a benchmark says by panicking what is wrong")]
#![allow(clippy::print_stdout, reason = "a benchmark tells its numbers")]

mod store;

use std::path::Path;
use std::time::{Duration, Instant};

use vizard_tests::keys;
use vizard_tests::moto::Moto;
use vizard_tests::programs::released_bootstrap;
use vizard_tests::repository;
use vizard_tests::runtime_api::front::{Call, Front};
use vizard_tests::runtime_api::{Function, Platform};
use vizard_zoom_simulator::{Config, Running, Simulator};

const RUNS: usize = 21;
const WARM_CALLS: u32 = 300;
const PATH: &str = "/cold-start";
/// About 150 KB from the source and, as pseudonyms are longer than ids, as much again to the caller.
const PAGE: &str = "/v2/users?page_size=176";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    // Cargo runs a benchmark in the folder of its package.
    let program = std::env::var_os("VIZARD_BOOTSTRAP").map(|it| repository::root().join(it));
    let program = program.unwrap_or_else(released_bootstrap);
    let moto = Moto::start().await;
    let config = Config { users: 300, ledger: false, ..Config::tiny() };
    let zoom = Simulator::start(config.clone()).await.unwrap();
    deposit(moto, &config).await;
    let health = Call::get("/").header("X-Psoxy-Health-Check", "1");
    let page = Call::get(PAGE).header("Accept-Encoding", "gzip");

    // Through a front that counts; it also puts the token in the store, where the other processes find it.
    let front = moto.through_faults().await;
    let function = deploy(&program, front.url(), &zoom);
    assert_eq!(Front::FunctionUrl.ask(&function, &health).await.status, 200);
    let at_the_start: usize = front.counts().values().sum();
    front.forget();
    let reply = Front::FunctionUrl.ask(&function, Call::get(PAGE)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    drop(function);
    front.forget();
    let function = deploy(&program, front.url(), &zoom);
    assert_eq!(Front::FunctionUrl.ask(&function, &page).await.status, 200);
    let for_a_page: usize = front.counts().values().sum();
    drop(function);

    let store = store::latency(moto, PATH, at_the_start, RUNS).await;
    let (mut starts, mut memory) = (Vec::new(), Vec::new());
    for call in [&health, &page] {
        let (mut took, mut source) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let function = deploy(&program, moto.url(), &zoom);
            assert_eq!(Front::FunctionUrl.ask(&function, call).await.status, 200);
            took.push(function.started_in().unwrap());
            memory.push(function.memory_rss_bytes());
            source.push(function.log().last().unwrap()["upstream_millis"].as_u64().unwrap());
        }
        let worst = took.iter().max().copied().unwrap();
        starts.push((median(&mut took), worst, median(&mut source)));
    }
    let at_rest = median(&mut memory[..RUNS].to_vec());
    let after_a_page = median(&mut memory[RUNS..].to_vec());
    let warm = [
        ("plain", warm(&program, moto, &zoom, &Call::get(PAGE)).await),
        ("gzip", warm(&program, moto, &zoom, &page).await),
    ];

    println!("{}, {} MB", program.display(), std::fs::metadata(&program).unwrap().len() >> 20);
    println!(
        "the store by itself: {} for {at_the_start} questions at once, each over a new connection",
        millis(store)
    );
    for (what, (median, worst, source), calls) in
        [("health check", starts[0], at_the_start), ("page of people", starts[1], for_a_page)]
    {
        println!(
            "start to first answer, {what:<15} {:>9}   worst {:>9}   of it the source {source} ms   {calls} calls of the store",
            millis(median),
            millis(worst)
        );
    }
    println!("resident after the health check {} KB, after a page {} KB", at_rest >> 10, after_a_page >> 10);
    for (form, warm) in warm {
        println!(
            "a warm page, sanitized {} KB, {form:<5}: processor {}, wall {} (of {WARM_CALLS}); at the peak {} KB",
            reply.body.len() >> 10,
            millis(warm.processor),
            millis(warm.wall),
            warm.peak >> 10
        );
    }
}

async fn deposit(moto: &Moto, config: &Config) {
    for (name, value) in [
        ("shared/PSOXY_SALT", keys::SALT),
        ("shared/PSOXY_ENCRYPTION_KEY", keys::ENCRYPTION_KEY),
        ("config/CLIENT_ID", &config.client_id),
        ("config/CLIENT_SECRET", &config.client_secret),
        ("config/ACCOUNT_ID", &config.account_id),
    ] {
        moto.put_parameter(&format!("{PATH}/{name}"), value, "SecureString").await;
    }
}

fn deploy(program: &Path, aws: &str, zoom: &Running) -> Function {
    let endpoint = format!("{}/oauth/token", zoom.url());
    let paths = ["config", "shared", "state"].map(|it| format!("{PATH}/{it}/"));
    let environment = [
        ("SOURCE", "zoom"),
        ("TARGET_HOST", zoom.url()),
        ("REFRESH_ENDPOINT", &endpoint),
        ("VIZARD_ALLOW_LOOPBACK_HTTP", "true"),
        ("PATH_TO_INSTANCE_CONFIG", &paths[0]),
        ("PATH_TO_SHARED_CONFIG", &paths[1]),
        ("VIZARD_STATE_PATH", &paths[2]),
        ("AWS_ENDPOINT_URL", aws),
        // One file, as on the platform. Without it this machine's folder of certificates is read too.
        ("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"),
    ];
    // Not frozen in between: that would be measured too.
    Function::on(Platform { freezes: false, ..Platform::default() }, program, &environment)
}

/// What one page takes when everything is warm.
struct Warm {
    processor: Duration,
    wall: Duration,
    peak: u64,
}

async fn warm(program: &Path, moto: &Moto, zoom: &Running, page: &Call) -> Warm {
    let function = deploy(program, moto.url(), zoom);
    for _ in 0..10 {
        Front::FunctionUrl.ask(&function, page).await;
    }
    let pid = function.pids()[0];
    let (ticks, begun) = (ticks(pid), Instant::now());
    for _ in 0..WARM_CALLS {
        assert_eq!(Front::FunctionUrl.ask(&function, page).await.status, 200);
    }
    let wall = begun.elapsed() / WARM_CALLS;
    let spent = self::ticks(pid) - ticks;
    Warm {
        processor: Duration::from_millis(spent * 10) / WARM_CALLS,
        wall,
        peak: function.memory_peak_bytes(),
    }
}

/// Hundredths of a second that a process has had a processor, for itself and in the kernel.
fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // The name of the program may hold spaces; what follows it does not.
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

fn median<T: Ord + Copy>(values: &mut [T]) -> T {
    values.sort_unstable();
    values[values.len() / 2]
}

fn millis(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1000.0)
}
