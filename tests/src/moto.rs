//! AWS on loopback: [moto](https://docs.getmoto.org) as a server, installed once under the target directory, one
//! per test binary, gone when the binary is gone. Needs `python3`, and PyPI the first time.
//!
//! What stands here talks to it by hand, without the SDK that the tests are about: a second reading of what the
//! product wrote. All tests of a binary share the server, so each takes a prefix, a bucket and a queue of its own.

pub mod faults;
mod install;
mod queue;
mod storage;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};

pub use install::scratch;
pub(crate) use install::target;
pub use queue::Message;
pub(crate) use queue::queue_arn;

use crate::wire::{self, Reply};
use faults::AwsFaults;

/// The region of everything.
pub const REGION: &str = "eu-central-1";
/// The account of everything.
pub const ACCOUNT: &str = "123456789012";

/// What [`server.py`](../../data/moto/server.py) loads before it says that it is ready.
const SERVICES: &[&str] = &["ssm", "secretsmanager", "s3", "sqs", "kms", "sts", "moto_api"];

/// A running moto.
#[derive(Debug)]
pub struct Moto {
    url: String,
    address: std::net::SocketAddr,
    /// Its standard input is held open by this value, which a static holds: it ends with this process.
    _server: Child,
}

impl Moto {
    /// The server of this test binary; the first to ask starts it.
    pub async fn start() -> &'static Moto {
        static SHARED: OnceLock<Moto> = OnceLock::new();
        let starting = tokio::task::spawn_blocking(|| SHARED.get_or_init(Moto::launch));
        starting.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    fn launch() -> Moto {
        let environment = install::environment();
        let script = crate::repository::root().join("tests/data/moto/server.py");
        // Nothing of the developer's AWS configuration, and no metadata endpoint to look for.
        let mut server = Command::new(environment.join("bin/python"))
            .arg("-I")
            .arg(script)
            .args(SERVICES)
            .env_clear()
            .env("HOME", &environment)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("could not start moto: {error}; {}", install::remedy(&environment))
            });
        let mut port = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let Ok(port) = port.trim().parse::<u16>() else {
            let _ = server.kill();
            panic!(
                "moto ended before it listened, see above for its words; {}",
                install::remedy(&environment)
            );
        };
        Moto {
            url: format!("http://127.0.0.1:{port}"),
            address: ([127, 0, 0, 1], port).into(),
            _server: server,
        }
    }

    /// What `AWS_ENDPOINT_URL` should be.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The same AWS behind a front that counts, remembers and fails as told.
    pub async fn through_faults(&self) -> AwsFaults {
        AwsFaults::start(self.address).await
    }

    /// Forgets everything, of all tests. Seldom what one wants.
    pub async fn reset(&self) {
        let request = wire::request("POST", "/moto-api/reset", &[], Bytes::new());
        self.send("s3", request).await;
    }

    /// Calls an operation of a service that speaks JSON, such as `AmazonSSM.GetParameters`.
    pub async fn call(&self, operation: &str, input: &Value) -> Reply {
        let (service, version) = match operation.split_once('.') {
            Some(("AmazonSSM", _)) => ("ssm", "1.1"),
            Some(("secretsmanager", _)) => ("secretsmanager", "1.1"),
            Some(("TrentService", _)) => ("kms", "1.1"),
            Some(("AmazonSQS", _)) => ("sqs", "1.0"),
            _ => panic!("{operation}: no such service here"),
        };
        let media_type = format!("application/x-amz-json-{version}");
        let headers = [("x-amz-target", operation), ("content-type", &media_type)];
        self.send(service, wire::request("POST", "/", &headers, input.to_string())).await
    }

    /// Calls an operation that must succeed.
    async fn done(&self, operation: &str, input: Value) -> Value {
        let reply = self.call(operation, &input).await;
        assert!(reply.status.is_success(), "{operation}: {} {}", reply.status, reply.text());
        reply.json()
    }

    /// Calls an operation that may say that there is no such thing.
    async fn found(&self, operation: &str, input: Value) -> Option<Value> {
        let reply = self.call(operation, &input).await;
        if reply.status.is_success() {
            return Some(reply.json());
        }
        let text = reply.text();
        assert!(text.contains("NotFound"), "{operation}: {} {text}", reply.status);
        None
    }

    async fn send(&self, service: &str, mut request: Request<Bytes>) -> Reply {
        let headers = request.headers_mut();
        headers.insert("host", self.address.to_string().parse().unwrap());
        headers.insert("authorization", credential(service).parse().unwrap());
        wire::send(self.address, request).await
    }

    /// Puts a parameter in, as an operator does. `kind` is `String` or `SecureString`.
    pub async fn put_parameter(&self, name: &str, value: &str, kind: &str) {
        let tier = if value.len() > 4096 { "Advanced" } else { "Standard" };
        let input = json!({"Name": name, "Value": value, "Type": kind, "Tier": tier, "Overwrite": true});
        self.done("AmazonSSM.PutParameter", input).await;
    }

    /// A parameter, decrypted, and how often it was written.
    pub async fn parameter(&self, name: &str) -> Option<(String, u64)> {
        let input = json!({"Name": name, "WithDecryption": true});
        self.found("AmazonSSM.GetParameter", input).await.map(|found| value_and_version(&found["Parameter"]))
    }

    /// All parameters whose names begin with this path, decrypted, each with how often it was written.
    pub async fn parameters_below(&self, path: &str) -> BTreeMap<String, (String, u64)> {
        let mut found = BTreeMap::new();
        let mut input =
            json!({"Path": path.trim_end_matches('/'), "Recursive": true, "WithDecryption": true});
        loop {
            let page = self.done("AmazonSSM.GetParametersByPath", input.clone()).await;
            for parameter in page["Parameters"].as_array().unwrap() {
                found.insert(parameter["Name"].as_str().unwrap().to_owned(), value_and_version(parameter));
            }
            match page["NextToken"].as_str() {
                Some(token) => input["NextToken"] = token.into(),
                None => return found,
            }
        }
    }

    /// Puts a secret in, as an operator does.
    pub async fn put_secret(&self, name: &str, value: &str) {
        let put = json!({"SecretId": name, "SecretString": value});
        if self.found("secretsmanager.PutSecretValue", put).await.is_none() {
            let create = json!({"Name": name, "SecretString": value});
            self.done("secretsmanager.CreateSecret", create).await;
        }
    }

    /// The current value of a secret.
    pub async fn secret(&self, name: &str) -> Option<String> {
        let found = self.found("secretsmanager.GetSecretValue", json!({"SecretId": name})).await?;
        Some(found["SecretString"].as_str().unwrap().to_owned())
    }
}

fn value_and_version(parameter: &Value) -> (String, u64) {
    (parameter["Value"].as_str().unwrap().to_owned(), parameter["Version"].as_u64().unwrap())
}

/// Moto reads the service and the region from here, and checks no signature.
fn credential(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=AKIATESTHARNESS/20260301/{REGION}/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    )
}

/// A path in a URL, each byte that needs it percent-encoded.
fn encoded(path: &str) -> String {
    let letters = path.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    letters.collect()
}

/// A request without headers of its own.
fn plain(method: &Method, target: &str, body: Bytes) -> Request<Bytes> {
    wire::request(method.as_str(), target, &[], body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn parameters_are_written_and_read() {
        let moto = Moto::start().await;
        assert_eq!(moto.parameter("/own/parameters/SALT").await, None);
        moto.put_parameter("/own/parameters/SALT", "grain", "SecureString").await;
        assert_eq!(moto.parameter("/own/parameters/SALT").await, Some(("grain".to_owned(), 1)));
        moto.put_parameter("/own/parameters/SALT", "more", "SecureString").await;
        assert_eq!(moto.parameter("/own/parameters/SALT").await, Some(("more".to_owned(), 2)));
        for number in 0..11 {
            moto.put_parameter(&format!("/own/parameters/deep/{number}"), "x", "String").await;
        }
        let all = moto.parameters_below("/own/parameters/").await;
        assert_eq!(all.len(), 12, "more than a page of ten");
        assert_eq!(all["/own/parameters/SALT"], ("more".to_owned(), 2));
    }

    #[tokio::test]
    async fn secrets_are_written_and_read() {
        let moto = Moto::start().await;
        assert_eq!(moto.secret("own/CLIENT_SECRET").await, None);
        moto.put_secret("own/CLIENT_SECRET", "first").await;
        moto.put_secret("own/CLIENT_SECRET", "second").await;
        assert_eq!(moto.secret("own/CLIENT_SECRET").await.as_deref(), Some("second"));
    }
}
