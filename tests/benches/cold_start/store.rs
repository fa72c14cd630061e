//! What the simulated store takes by itself: the questions of a start, asked at once by a bare client.

use std::time::{Duration, Instant};

use serde_json::json;
use vizard_tests::moto::{Moto, REGION};

/// The median, over so many runs, of the time until all of so many questions for ten parameters are answered.
pub(crate) async fn latency(moto: &Moto, path: &str, questions: usize, runs: usize) -> Duration {
    let names: Vec<String> = (0..10).map(|i| format!("{path}/config/NAME_{i}")).collect();
    let body = json!({"Names": names, "WithDecryption": true}).to_string();
    let mut took = Vec::new();
    for _ in 0..runs {
        let client = reqwest::Client::builder().no_proxy().build().unwrap(); // without connections
        let begun = Instant::now();
        let asked: Vec<_> = (0..questions)
            .map(|_| tokio::spawn(ask(client.clone(), moto.url().to_owned(), body.clone())))
            .collect();
        for answer in asked {
            answer.await.unwrap();
        }
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    took[runs / 2]
}

async fn ask(client: reqwest::Client, url: String, body: String) {
    let credential = format!(
        "AWS4-HMAC-SHA256 Credential=AKIATESTBENCH/20260301/{REGION}/ssm/aws4_request, SignedHeaders=host, Signature=0"
    );
    let asked = client
        .post(url)
        .header("x-amz-target", "AmazonSSM.GetParameters")
        .header("content-type", "application/x-amz-json-1.1")
        .header("authorization", &credential)
        .body(body);
    let answer = asked.send().await.unwrap();
    assert!(answer.status().is_success());
    answer.bytes().await.unwrap();
}
