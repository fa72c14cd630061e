//! Cloud Storage: files of any size. What is read and written goes through the official client, which takes up again what
//! broke off; what there is to say of files is asked for by the JSON API.
//!
//! <https://cloud.google.com/storage/docs/json_api/v1/objects>

mod described;
mod upload;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use google_cloud_storage::client::Storage;
use google_cloud_storage::read_object::ReadObjectResponse;
use google_cloud_storage::read_resume_policy::{ReadResumePolicyExt as _, Recommended};
use vizard_proxy::ports::{
    FileError, FileForm, FileHead, FilePage, FilePlace, FileReader, FileStore, FileWriter,
};

use crate::buckets::{Buckets, resource};
use crate::{Google, errors};
use described::Descriptions;
use upload::Writer;

/// All buckets that this program may use.
#[derive(Debug)]
pub struct Files {
    buckets: Buckets,
    descriptions: Descriptions,
}

impl Files {
    pub(crate) fn new(google: &Google) -> Files {
        Files { buckets: google.buckets(), descriptions: Descriptions::new(google) }
    }

    async fn client(&self) -> Result<&Storage, FileError> {
        self.buckets.client().await.map_err(|_| FileError::Unavailable)
    }
}

#[async_trait]
impl FileStore for Files {
    async fn head(&self, place: &FilePlace) -> Result<FileHead, FileError> {
        self.descriptions.of(place).await
    }

    async fn open(&self, place: &FilePlace, version: &str) -> Result<Box<dyn FileReader>, FileError> {
        let generation: i64 = version.parse().map_err(|_| FileError::Changed)?;
        let read = self.client().await?.read_object(resource(&place.bucket), &place.key);
        let read = read.set_if_generation_match(generation);
        let read = read.with_read_resume_policy(Recommended.with_attempt_limit(READS)).send();
        let read = tokio::time::timeout(STALLED, read).await.map_err(|_| FileError::Unavailable)?;
        Ok(Box::new(Reader(read.map_err(|error| errors::file(&error))?)))
    }

    async fn create(&self, place: &FilePlace, form: FileForm) -> Result<Box<dyn FileWriter>, FileError> {
        Ok(Box::new(Writer::new(self.client().await?.clone(), place.clone(), form)))
    }

    async fn list(&self, bucket: &str, prefix: &str, after: Option<&str>) -> Result<FilePage, FileError> {
        self.descriptions.list(bucket, prefix, after).await
    }
}

/// The client knows how long the file is, and compares its checksum.
struct Reader(ReadObjectResponse);

#[async_trait]
impl FileReader for Reader {
    async fn next(&mut self) -> Result<Option<Bytes>, FileError> {
        let next = tokio::time::timeout(STALLED, self.0.next()).await.map_err(|_| FileError::Unavailable)?;
        next.transpose().map_err(|error| errors::file(&error))
    }
}

/// How often reading is taken up again.
const READS: u32 = 5;

/// Whoever has sent or taken nothing for so long is not there any more.
const STALLED: Duration = Duration::from_secs(60);
