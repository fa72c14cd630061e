//! What the simulated store takes by itself: the same question, asked by a bare client that keeps its connection.

use std::time::{Duration, Instant};

use serde_json::json;
use vizard_tests::moto::{Moto, REGION};

/// The median of so many questions for ten parameters.
pub(crate) async fn latency(moto: &Moto, path: &str, questions: usize) -> Duration {
    let names: Vec<String> = (0..10).map(|i| format!("{path}/config/NAME_{i}")).collect();
    let body = json!({"Names": names, "WithDecryption": true}).to_string();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let credential = format!(
        "AWS4-HMAC-SHA256 Credential=AKIATESTBENCH/20260301/{REGION}/ssm/aws4_request, SignedHeaders=host, Signature=0"
    );
    let mut took = Vec::new();
    for _ in 0..questions {
        let asked = client
            .post(moto.url())
            .header("x-amz-target", "AmazonSSM.GetParameters")
            .header("content-type", "application/x-amz-json-1.1")
            .header("authorization", &credential)
            .body(body.clone());
        let begun = Instant::now();
        let answer = asked.send().await.unwrap();
        assert!(answer.status().is_success());
        answer.bytes().await.unwrap();
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    took[questions / 2]
}
