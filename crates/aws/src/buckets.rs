//! S3: places for answers, by the URIs that settings name.

use std::sync::Arc;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use vizard_proxy::ports::{Destinations, Object, ObjectStore, OutputError};

use crate::errors;

/// Opens `s3://bucket/prefix`.
#[derive(Debug, Clone)]
pub struct Buckets {
    client: Client,
}

impl Buckets {
    pub(crate) fn new(config: &SdkConfig) -> Buckets {
        Buckets { client: Client::new(config) }
    }
}

impl Destinations for Buckets {
    fn open(&self, uri: &str) -> Result<Arc<dyn ObjectStore>, &'static str> {
        let (bucket, prefix) = parse(uri).ok_or("an S3 URI: s3://bucket or s3://bucket/prefix")?;
        Ok(Arc::new(Bucket { client: self.client.clone(), bucket, prefix }))
    }
}

/// One bucket, or what begins with a prefix in it.
#[derive(Debug)]
struct Bucket {
    client: Client,
    bucket: String,
    /// Ends with a slash unless it is empty.
    prefix: String,
}

#[async_trait]
impl ObjectStore for Bucket {
    async fn put(&self, key: &str, object: Object) -> Result<(), OutputError> {
        let put = self.client.put_object().bucket(&self.bucket).key(format!("{}{key}", self.prefix));
        let put = put.content_type(object.content_type).content_encoding("gzip").body(object.body.into());
        let put = put.set_metadata(Some(object.metadata.into_iter().collect()));
        put.send().await.map(|_| ()).map_err(|error| errors::output(&error))
    }

    fn location(&self, key: &str) -> String {
        format!("s3://{}/{}{key}", self.bucket, self.prefix)
    }
}

/// Bucket and prefix. Between prefix and key there is always one slash.
fn parse(uri: &str) -> Option<(String, String)> {
    let (bucket, prefix) = uri.strip_prefix("s3://").map(|it| it.split_once('/').unwrap_or((it, "")))?;
    let named = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, b'-' | b'.');
    if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(named) {
        return None;
    }
    let prefix = prefix.trim_matches('/');
    let plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.' | b'/' | b'=');
    if !prefix.bytes().all(plain) || prefix.split('/').any(|it| it == ".." || it == ".") {
        return None;
    }
    let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
    Some((bucket.to_owned(), prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_s3_uris_and_nothing_else() {
        let cases = [
            ("s3://answers", Some(("answers", ""))),
            ("s3://answers/", Some(("answers", ""))),
            ("s3://answers/zoom/v2/", Some(("answers", "zoom/v2/"))),
            ("s3://answers/zoom", Some(("answers", "zoom/"))),
            ("s3://", None),
            ("s3://Answers", None),
            ("s3://answers/../other", None),
            ("s3://answers/a b", None),
            ("gs://answers", None),
            ("https://sqs.eu-central-1.amazonaws.com/1/q", None),
            ("answers", None),
        ];
        for (uri, expected) in cases {
            let expected = expected.map(|(bucket, prefix)| (bucket.to_owned(), prefix.to_owned()));
            assert_eq!(parse(uri), expected, "{uri}");
        }
    }
}
