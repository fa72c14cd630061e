//! S3: places for answers, by the URIs that settings name.

use std::sync::Arc;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use vizard_proxy::BucketUri;
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
        let place = BucketUri::parse(uri, "s3").ok_or("an S3 URI: s3://bucket or s3://bucket/prefix")?;
        Ok(Arc::new(Bucket { client: self.client.clone(), place }))
    }
}

/// One bucket, or what begins with a prefix in it.
#[derive(Debug)]
struct Bucket {
    client: Client,
    place: BucketUri,
}

#[async_trait]
impl ObjectStore for Bucket {
    async fn put(&self, key: &str, object: Object) -> Result<(), OutputError> {
        let put = self.client.put_object().bucket(&self.place.bucket).key(self.place.object(key));
        let put = put.content_type(object.content_type).content_encoding("gzip").body(object.body.into());
        let put = put.set_metadata(Some(object.metadata.into_iter().collect()));
        put.send().await.map(|_| ()).map_err(|error| errors::output(&error))
    }

    fn location(&self, key: &str) -> String {
        self.place.location(key)
    }
}
