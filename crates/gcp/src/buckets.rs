//! Cloud Storage: places for answers, by the URIs that settings name.

use std::sync::Arc;

use async_trait::async_trait;
use google_cloud_storage::client::Storage;
use tokio::sync::OnceCell;
use vizard_proxy::BucketUri;
use vizard_proxy::ports::{Destinations, Object, ObjectStore, OutputError};

use crate::patience::{backoff, breaker};
use crate::{Google, errors};

/// Opens `gs://bucket/prefix`. The client is made when something is put for the first time.
#[derive(Debug, Clone)]
pub struct Buckets {
    google: Google,
    client: Arc<OnceCell<Storage>>,
}

impl Buckets {
    pub(crate) fn new(google: &Google) -> Buckets {
        Buckets { google: google.clone(), client: Arc::default() }
    }

    pub(crate) async fn client(&self) -> Result<&Storage, OutputError> {
        let made = || async {
            let builder = Storage::builder().with_credentials(self.google.credentials.clone());
            let builder = match &self.google.endpoint {
                Some(endpoint) => builder.with_endpoint(endpoint),
                None => builder,
            };
            let builder = builder.with_retry_policy(self.google.patience.retries());
            builder.with_backoff_policy(backoff()).with_retry_throttler(breaker()).build().await
        };
        self.client.get_or_try_init(made).await.map_err(|_| OutputError::Unavailable)
    }
}

impl Destinations for Buckets {
    fn open(&self, uri: &str) -> Result<Arc<dyn ObjectStore>, &'static str> {
        let place =
            BucketUri::parse(uri, "gs").ok_or("a URI of Cloud Storage: gs://bucket or gs://bucket/prefix")?;
        Ok(Arc::new(Bucket { buckets: self.clone(), place }))
    }
}

/// One bucket, or what begins with a prefix in it.
#[derive(Debug)]
struct Bucket {
    buckets: Buckets,
    place: BucketUri,
}

#[async_trait]
impl ObjectStore for Bucket {
    async fn put(&self, key: &str, object: Object) -> Result<(), OutputError> {
        let client = self.buckets.client().await?;
        let put = client.write_object(resource(&self.place.bucket), self.place.object(key), object.body);
        let put = put.set_content_type(object.content_type).set_content_encoding("gzip");
        // The same object again is the same object: what was cut off may be repeated.
        let put = put.set_metadata(object.metadata).with_idempotency(true);
        let put = self.buckets.google.patience.wait(put.send_unbuffered()).await;
        let put = put.ok_or(OutputError::Unavailable)?;
        put.map(|_| ()).map_err(|error| errors::output(&error))
    }

    fn location(&self, key: &str) -> String {
        self.place.location(key)
    }
}

/// A bucket by its full name, in which the project is left out.
pub(crate) fn resource(bucket: &str) -> String {
    format!("projects/_/buckets/{bucket}")
}
