//! Many calls at once, over real sockets, while tokens die and the source fails: every answer is either exactly
//! the right one or a problem document, and memory stays where it is.
//!
//! Three seconds by default; `VIZARD_LOAD_SECONDS=30 cargo test -p vizard-tests load -- --nocapture` for longer.
//! No time is asserted: that is what the benches are for.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use vizard_tests::log;
use vizard_tests::world::World;
use vizard_zoom_simulator::{Config, Fault, Target, TokenPolicy};

/// Set in the process that carries the load, which is one of its own: memory is measured there.
const ALONE: &str = "VIZARD_LOAD_ALONE";
const CONCURRENCY: usize = 16;
const GROWTH: u64 = 48 << 20;

#[test]
fn answers_stay_right_and_memory_stays_flat() {
    if std::env::var_os(ALONE).is_some() {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        return runtime.block_on(carry());
    }
    let name = "load::answers_stay_right_and_memory_stays_flat";
    let program = std::env::current_exe().unwrap();
    let output =
        Command::new(program).args(["--exact", name, "--nocapture"]).env(ALONE, "1").output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    println!("{told}");
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("requests in "), "the load was not carried: {told}");
}

/// What one client saw.
#[derive(Default)]
struct Seen {
    answers: BTreeMap<String, u64>,
    wrong: Vec<String>,
}

async fn carry() {
    let config =
        Config { users: 40, extra_fields: true, token_policy: TokenPolicy::SingleActive, ..Config::tiny() };
    let world = Arc::new(World::with(config, &[("REQUEST_TIMEOUT_SECONDS", "20")]).await);
    let served = world.deployment.serve().await;
    let expected = Arc::new(expected(&world).await);
    assert!(expected.len() > 15, "{} different calls", expected.len());
    let seconds = std::env::var("VIZARD_LOAD_SECONDS").ok().and_then(|it| it.parse().ok()).unwrap_or(3);
    let begin = Instant::now();
    let end = begin + Duration::from_secs(seconds);
    let over = Arc::new(AtomicBool::new(false));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();

    let mut clients = JoinSet::new();
    for number in 0..CONCURRENCY {
        let (client, expected, over) = (client.clone(), expected.clone(), over.clone());
        let base = format!("http://{}", served.address);
        clients.spawn(async move {
            let mut seen = Seen::default();
            for turn in 0.. {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let (target, right) = &expected[(turn * 7 + number * 3) % expected.len()];
                ask(&client, &base, target, right, &mut seen).await;
            }
            seen
        });
    }
    let mut resident = vec![resident_bytes()];
    let mut faults = faults().into_iter().cycle();
    let mut ticks = 0;
    while Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(40)).await;
        ticks += 1;
        world.zoom.set_fault(Target::Rest, faults.next().expect("the faults go round"), 1);
        // Seldom: a source that accepts no token is not stormed, so that calls would fail for a while.
        if ticks == 10 || ticks % 2_000 == 0 {
            world.zoom.revoke_tokens();
        }
        if resident.len() == 1 && begin.elapsed() > (end - begin) / 2 {
            resident.push(resident_bytes());
        }
    }
    over.store(true, Ordering::Relaxed);
    let seen = clients.join_all().await;
    resident.push(resident_bytes());

    let mut answers: BTreeMap<String, u64> = BTreeMap::new();
    for (answer, count) in seen.iter().flat_map(|it| &it.answers) {
        *answers.entry(answer.clone()).or_default() += count;
    }
    let requests: u64 = answers.values().sum();
    let mut told = format!("{requests} requests in {seconds} s, {CONCURRENCY} at a time\n");
    for (answer, count) in &answers {
        writeln!(told, "  {count:>8}  {answer}").unwrap();
    }
    let megabytes: Vec<String> = resident.iter().map(|bytes| format!("{} MB", bytes >> 20)).collect();
    writeln!(told, "  resident at the start, in the middle, at the end: {}", megabytes.join(", ")).unwrap();
    writeln!(
        told,
        "  calls to the source {}, to its token endpoint {}",
        world.zoom.rest_requests(),
        world.zoom.token_requests()
    )
    .unwrap();
    println!("{told}");

    let wrong: Vec<&String> = seen.iter().flat_map(|it| &it.wrong).take(5).collect();
    assert!(wrong.is_empty(), "wrong answers: {wrong:#?}");
    assert!(answers.contains_key("200") && answers.len() > 4, "the faults were not met: {told}");
    assert!(requests > 16 * 10 && world.zoom.token_requests() > 1, "{told}");
    assert!(!answers.keys().any(|answer| answer.contains("internal-error")), "something panicked: {told}");
    // The log of this process is kept in memory and is no leak.
    let grown = resident[2].saturating_sub(resident[1]).saturating_sub(2 * log::length() as u64);
    assert!(grown < GROWTH, "memory grew by {} MB in the second half", grown >> 20);
    // Everything still works when the storm is over.
    world.zoom.clear_faults();
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    for (target, right) in expected.iter() {
        assert_eq!(world.get(target).await.text(), *right, "{target}");
    }
}

/// The calls and their right answers, taken before the storm.
async fn expected(world: &World) -> Vec<(String, String)> {
    let mut targets = vec![
        "/v2/users?page_size=300".to_owned(),
        "/v2/users?page_size=10".to_owned(),
        "/v2/accounts".to_owned(),
    ];
    for index in 0..3 {
        let token = world.user_token(index);
        targets.push(format!("/v2/users/{token}"));
        targets.push(format!("/v2/users/{token}/settings"));
        targets.push(format!("/v2/users/{token}/recordings?from=2026-03-01&to=2026-03-31"));
        targets.push(format!("/v2/report/users/{token}/meetings?from=2026-03-01&to=2026-03-31"));
        let meetings = format!("/v2/users/{token}/meetings?type=previous_meetings&page_size=300");
        let list = world.get(&meetings).await.json();
        targets.push(meetings);
        for meeting in list["meetings"].as_array().into_iter().flatten().take(2) {
            let uuid = meeting["uuid"].as_str().unwrap();
            targets.push(format!("/v2/past_meetings/{uuid}"));
            targets.push(format!("/v2/past_meetings/{uuid}/participants?page_size=300"));
            targets.push(format!("/v2/meetings/{}", meeting["id"].as_str().unwrap()));
        }
    }
    let mut expected = Vec::new();
    for target in targets {
        let reply = world.get(&target).await;
        if reply.status.as_u16() == 200 {
            expected.push((target, reply.text()));
        }
    }
    expected
}

/// What the source does wrong, one after the other.
fn faults() -> Vec<Fault> {
    vec![
        Fault::Status(503),
        Fault::TruncatedBody,
        Fault::Html,
        Fault::ConnectionReset,
        Fault::BrokenGzip,
        Fault::Status(404),
        Fault::GzipBomb(80 << 20),
        Fault::DeepNesting(50_000),
        Fault::SlowBody(Duration::from_millis(100)),
        Fault::RedirectOffHost("https://lumen-orchard.example/".to_owned()),
        Fault::InvalidUtf8,
    ]
}

/// What a caller may get besides the right answer.
const PROBLEMS: [&str; 10] = [
    "401 source-error",
    "404 source-error",
    "500 json-depth",
    "500 json-syntax",
    "500 json-utf8",
    "500 source-connection",
    "502 redirect-refused",
    "502 response-encoding",
    "502 response-too-large",
    "503 source-error",
];

async fn ask(client: &reqwest::Client, base: &str, target: &str, right: &str, seen: &mut Seen) {
    let response = match client.get(format!("{base}{target}")).send().await {
        Ok(response) => response,
        Err(error) => return seen.wrong.push(format!("{target}: {error:?}")),
    };
    let status = response.status().as_u16();
    let body = response.text().await.unwrap_or_default();
    let answer = if status == 200 {
        if body != right {
            seen.wrong.push(format!("{target}: {body}"));
        }
        "200".to_owned()
    } else {
        let problem: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
        let answer = format!("{status} {}", problem["code"].as_str().unwrap_or("without a code"));
        if !PROBLEMS.contains(&answer.as_str()) {
            seen.wrong.push(format!("{target}: {status} {body}"));
        }
        answer
    };
    *seen.answers.entry(answer).or_default() += 1;
}

/// The memory that this process has in RAM.
fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}
