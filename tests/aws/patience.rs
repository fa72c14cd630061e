//! An AWS that does not answer: nobody waits for it longer than a call may take, and nobody takes silence for absence.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use vizard_aws::{ParameterStore, SecretsManager};
use vizard_proxy::ports::{
    Destinations, Lease, Object, OutputError, Queue, SecretStore, StoreError, SystemClock,
};
use vizard_pseudonym::Secret;
use vizard_tests::moto::Moto;
use vizard_tests::moto::faults::Fault;

use crate::account;

#[tokio::test]
async fn what_hangs_is_given_up_and_is_no_absence() {
    let front = Moto::start().await.through_faults().await;
    for operation in [
        "AmazonSSM.GetParameters",
        "AmazonSSM.GetParameter",
        "AmazonSSM.PutParameter",
        "secretsmanager.GetSecretValue",
        "secretsmanager.BatchGetSecretValue",
        "secretsmanager.PutSecretValue",
        "AmazonSQS.SendMessage",
        "S3.PutObject",
        "S3.GetObject",
    ] {
        front.plan(operation, u32::MAX, Fault::Hang);
    }
    let aws = account::with_usual_patience(front.url()).await;
    let parameters = Arc::new(ParameterStore::new(aws.config(), None, Arc::new(SystemClock)));
    let secrets = SecretsManager::new(aws.config(), parameters.clone());
    let names: Vec<String> = (0..30).map(|i| format!("/hanging/{i}")).collect();
    let (name, value) = (&names[0], Secret::new("x"));
    let lease = Lease { name: name.clone(), holder: "somebody".to_owned() };
    let bucket = aws.buckets().open("s3://hanging").unwrap();
    let object = Object {
        body: bytes::Bytes::new(),
        content_type: "application/json".to_owned(),
        metadata: Vec::new(),
    };
    let queue = aws.queue(format!("{}/123456789012/hanging", front.url()));
    let rules = BTreeMap::from([("REMOTE_RESOURCE_BUCKET".to_owned(), "hanging".to_owned())]);

    let begun = Instant::now();
    let (ssm, other, writes, leases, outputs) = tokio::join!(
        async { tokio::join!(parameters.read(name), parameters.read_all(&names)) },
        async { tokio::join!(secrets.read(name), secrets.read_all(&names)) },
        async { tokio::join!(parameters.write(name, &value), secrets.write(name, &value)) },
        async { tokio::join!(parameters.acquire(name, Duration::ZERO), parameters.release(lease)) },
        async {
            tokio::join!(
                bucket.put("20260301/a", object),
                queue.send("{}".to_owned(), "{}".to_owned()),
                aws.remote_rules(&rules),
            )
        },
    );
    let took = begun.elapsed();
    let late = || StoreError::Unavailable { reason: "no answer in time".to_owned() };
    assert_eq!([ssm.0.map(|_| ()), ssm.1.map(|_| ())], [Err(late()), Err(late())]);
    assert_eq!([other.0.map(|_| ()), other.1.map(|_| ())], [Err(late()), Err(late())]);
    assert_eq!([writes.0, writes.1], [Err(late()), Err(late())]);
    assert_eq!([leases.0.map(|_| ()), leases.1], [Err(late()), Err(late())]);
    assert_eq!([outputs.0, outputs.1], [Err(OutputError::Unavailable), Err(OutputError::Unavailable)]);
    assert!(outputs.2.is_err());
    assert!((Duration::from_secs(8)..Duration::from_secs(30)).contains(&took), "{took:?}");
}
