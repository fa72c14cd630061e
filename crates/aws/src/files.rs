//! S3: files of any size. Reading goes on where the connection broke, as long as the file is the same; what is written in
//! several parts is seen when the last one is there, and cleared away when that does not come.

use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use vizard_proxy::ports::{
    FileError, FileForm, FileHead, FilePage, FilePlace, FileReader, FileStore, FileWriter, ListedFile,
};

use crate::errors;

/// The buckets of the region.
#[derive(Debug, Clone)]
pub struct Files {
    client: Client,
}

impl Files {
    pub(crate) fn new(config: &SdkConfig) -> Files {
        // A part of some megabytes takes longer than what else is sent.
        let timeouts =
            TimeoutConfig::builder().connect_timeout(crate::CONNECT).operation_attempt_timeout(ATTEMPT);
        let timeouts = timeouts.operation_timeout(OPERATION).build();
        let config = aws_sdk_s3::config::Builder::from(config).timeout_config(timeouts).build();
        Files { client: Client::from_conf(config) }
    }
}

#[async_trait]
impl FileStore for Files {
    async fn head(&self, place: &FilePlace) -> Result<FileHead, FileError> {
        let head = self.client.head_object().bucket(&place.bucket).key(&place.key).send().await;
        let head = head.map_err(|error| errors::file(&error))?;
        let metadata = head.metadata.unwrap_or_default();
        Ok(FileHead {
            size: size(head.content_length).unwrap_or_default(),
            content_type: head.content_type,
            content_encoding: head.content_encoding,
            metadata: metadata.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect(),
            version: version(head.e_tag.as_deref()),
        })
    }

    async fn open(&self, place: &FilePlace, version: &str) -> Result<Box<dyn FileReader>, FileError> {
        let (client, place, version) = (self.client.clone(), place.clone(), version.to_owned());
        let mut reader =
            Reader { client, place, version, body: None, read: 0, size: None, failures: 0, all_failures: 0 };
        reader.connect().await?;
        Ok(Box::new(reader))
    }

    async fn create(&self, place: &FilePlace, form: FileForm) -> Result<Box<dyn FileWriter>, FileError> {
        let upload = Upload { client: self.client.clone(), place: place.clone(), id: None };
        Ok(Box::new(Writer { upload, form, gathered: Vec::new(), parts: Vec::new(), lacks: false }))
    }

    async fn list(&self, bucket: &str, prefix: &str, after: Option<&str>) -> Result<FilePage, FileError> {
        let list = self.client.list_objects_v2().bucket(bucket).prefix(prefix);
        let page = list.set_continuation_token(after.map(str::to_owned)).send().await;
        let page = page.map_err(|error| errors::file(&error))?;
        let files = page.contents.unwrap_or_default().into_iter().filter_map(|object| {
            let (size, version) = (size(object.size).unwrap_or_default(), version(object.e_tag.as_deref()));
            Some(ListedFile { key: object.key?, size, version })
        });
        Ok(FilePage { files: files.collect(), next: page.next_continuation_token })
    }
}

/// Reads on from where a broken connection left off.
struct Reader {
    client: Client,
    place: FilePlace,
    version: String,
    body: Option<ByteStream>,
    read: u64,
    /// Of the whole file.
    size: Option<u64>,
    /// Since the last piece.
    failures: u32,
    /// Since the beginning.
    all_failures: u32,
}

impl Reader {
    async fn connect(&mut self) -> Result<(), FileError> {
        let get = self.client.get_object().bucket(&self.place.bucket).key(&self.place.key);
        let get = get.if_match(format!("\"{}\"", self.version));
        let range = (self.read > 0).then(|| format!("bytes={}-", self.read));
        let answer = get.set_range(range).send().await.map_err(|error| errors::file(&error))?;
        if self.size.is_none() {
            self.size = size(answer.content_length);
        }
        self.body = Some(answer.body);
        Ok(())
    }

    /// Waits a little; an error is that it has been enough.
    async fn fail(&mut self) -> Result<(), FileError> {
        self.body = None;
        self.failures += 1;
        self.all_failures += 1;
        if self.failures > READS || self.all_failures > ALL_READS {
            return Err(FileError::Unavailable);
        }
        tokio::time::sleep(PAUSE * self.failures).await;
        Ok(())
    }
}

#[async_trait]
impl FileReader for Reader {
    async fn next(&mut self) -> Result<Option<Bytes>, FileError> {
        loop {
            let Some(body) = &mut self.body else {
                self.connect().await?;
                continue;
            };
            match body.next().await {
                Some(Ok(piece)) => {
                    self.failures = 0;
                    self.read += piece.len() as u64;
                    return Ok(Some(piece));
                }
                None if self.size.is_none_or(|size| size == self.read) => return Ok(None),
                None | Some(Err(_)) => self.fail().await?,
            }
        }
    }
}

/// Gathers parts; what is smaller than one is put at once.
struct Writer {
    upload: Upload,
    form: FileForm,
    gathered: Vec<u8>,
    parts: Vec<CompletedPart>,
    /// Whether a part is under way, or was lost: then the others are no file.
    lacks: bool,
}

/// An upload in parts, which is aborted when it is dropped before it is complete.
struct Upload {
    client: Client,
    place: FilePlace,
    id: Option<String>,
}

impl Writer {
    /// Sends what is gathered as the next part. Its memory is free again before the one after it takes any.
    async fn send(&mut self) -> Result<(), FileError> {
        if std::mem::replace(&mut self.lacks, true) {
            return Err(FileError::Unavailable);
        }
        let part = std::mem::take(&mut self.gathered);
        let id = match &self.upload.id {
            Some(id) => id.clone(),
            None => self.begin().await?,
        };
        let number = i32::try_from(self.parts.len() + 1).map_err(|_| FileError::TooLarge)?;
        if number > MOST_PARTS {
            return Err(FileError::TooLarge);
        }
        let Upload { client, place, .. } = &self.upload;
        let sent =
            client.upload_part().bucket(&place.bucket).key(&place.key).upload_id(id).part_number(number);
        let sent = sent.body(part.into()).send().await.map_err(|error| errors::file(&error))?;
        let done = CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag);
        // S3 wants to be told again what the client computed.
        self.parts.push(done.set_checksum_crc32(sent.checksum_crc32).build());
        self.lacks = false;
        Ok(())
    }

    async fn begin(&mut self) -> Result<String, FileError> {
        let Upload { client, place, .. } = &self.upload;
        let begin = client.create_multipart_upload().bucket(&place.bucket).key(&place.key);
        let begin = begin.set_content_type(self.form.content_type.clone());
        let begin = begin.set_content_encoding(self.form.content_encoding.clone());
        let begin = begin.set_metadata(Some(self.form.metadata.iter().cloned().collect()));
        let begun = begin.send().await.map_err(|error| errors::file(&error))?;
        let id = begun.upload_id.ok_or(FileError::Unavailable)?;
        self.upload.id = Some(id.clone());
        Ok(id)
    }

    async fn put(&mut self) -> Result<(), FileError> {
        let Upload { client, place, .. } = &self.upload;
        let put = client.put_object().bucket(&place.bucket).key(&place.key);
        let put = put.set_content_type(self.form.content_type.clone());
        let put = put.set_content_encoding(self.form.content_encoding.clone());
        let put = put.set_metadata(Some(self.form.metadata.iter().cloned().collect()));
        let put = put.body(std::mem::take(&mut self.gathered).into()).send().await;
        put.map(|_| ()).map_err(|error| errors::file(&error))
    }

    async fn complete(&mut self, id: String) -> Result<(), FileError> {
        if !self.gathered.is_empty() {
            self.send().await?;
        }
        let parts =
            CompletedMultipartUpload::builder().set_parts(Some(std::mem::take(&mut self.parts))).build();
        let Upload { client, place, .. } = &self.upload;
        let complete = client.complete_multipart_upload().bucket(&place.bucket).key(&place.key);
        let complete = complete.upload_id(id).multipart_upload(parts).send().await;
        complete.map_err(|error| errors::file(&error))?;
        self.upload.id = None;
        Ok(())
    }
}

#[async_trait]
impl FileWriter for Writer {
    async fn write(&mut self, mut piece: Bytes) -> Result<(), FileError> {
        while !piece.is_empty() {
            let length = part_size(self.parts.len());
            if self.gathered.len() == length {
                self.send().await?; // it is not the last one
                continue;
            }
            if !self.parts.is_empty() {
                // A file of several parts is likely to have another whole one; doubling would take up to twice as much.
                self.gathered.reserve_exact(length - self.gathered.len());
            }
            let fits = piece.len().min(length - self.gathered.len());
            self.gathered.extend_from_slice(&piece.split_to(fits));
        }
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<(), FileError> {
        let finished = match self.upload.id.clone() {
            _ if self.lacks => Err(FileError::Unavailable),
            None => return self.put().await,
            Some(id) => self.complete(id).await,
        };
        if finished.is_err() {
            self.upload.abort().await;
        }
        finished
    }

    async fn abandon(mut self: Box<Self>) {
        self.upload.abort().await;
    }
}

impl Upload {
    async fn abort(&mut self) {
        let Some(id) = self.id.take() else { return };
        abort(self.client.clone(), self.place.clone(), id).await;
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let (Some(id), Ok(runtime)) = (self.id.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(abort(self.client.clone(), self.place.clone(), id));
        }
    }
}

async fn abort(client: Client, FilePlace { bucket, key }: FilePlace, id: String) {
    let aborted = client.abort_multipart_upload().bucket(&bucket).key(key).upload_id(id).send().await;
    if let Err(error) = aborted {
        let error = errors::file(&error);
        tracing::warn!(bucket, %error, "an upload could not be aborted; its parts stay until the bucket's lifecycle ends them");
    }
}

/// Eight mebibytes, and more when there are many: of ten thousand parts there is room for 300 GB.
fn part_size(parts: usize) -> usize {
    PART << (parts / 2500).min(3)
}

/// Entity tags stand in quotes on the wire.
fn version(tag: Option<&str>) -> String {
    tag.unwrap_or_default().trim_matches('"').to_owned()
}

fn size(length: Option<i64>) -> Option<u64> {
    length.and_then(|it| u64::try_from(it).ok())
}

const PART: usize = 8 * 1024 * 1024;
const MOST_PARTS: i32 = 10_000;

/// How often one piece is asked for again.
const READS: u32 = 3;
/// How often a file is, when each time a little more comes.
const ALL_READS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(250);

const ATTEMPT: Duration = Duration::from_secs(60);
const OPERATION: Duration = Duration::from_secs(240);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_grow_with_their_number() {
        let sizes = [0, 2499, 2500, 7500, 9999].map(|it| part_size(it) >> 20);
        assert_eq!(sizes, [8, 8, 16, 64, 64]);
        let all: u64 = (0..10_000).map(|it| part_size(it) as u64).sum();
        assert!(all > 300_000_000_000);
    }

    #[test]
    fn versions_are_tags_without_quotes() {
        assert_eq!(
            version(Some("\"9b2cf535f27731c974343645a3985328-3\"")),
            "9b2cf535f27731c974343645a3985328-3"
        );
        assert_eq!(version(None), "");
    }
}
