//! Buckets in memory, which fail as they are told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::ports::{
    FileError, FileForm, FileHead, FilePage, FilePlace, FileReader, FileStore, FileWriter, ListedFile,
};

/// All buckets; clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    files: BTreeMap<FilePlace, (FileHead, Bytes)>,
    versions: u64,
    denied: Vec<String>,
    /// Reads break off after so many bytes.
    breaks_after: Option<usize>,
    /// Writes fail after so many bytes.
    full_after: Option<usize>,
    /// Each piece takes so long.
    slow: Duration,
    /// What becomes of a source while it is read.
    replaced_by: Option<(FilePlace, Bytes)>,
    begun: usize,
    abandoned: usize,
    opened: usize,
}

pub(crate) fn place(bucket: &str, key: &str) -> FilePlace {
    FilePlace { bucket: bucket.to_owned(), key: key.to_owned() }
}

impl Memory {
    pub(crate) fn put(&self, bucket: &str, key: &str, content: impl Into<Bytes>, form: FileForm) {
        self.0.lock().unwrap().put(&place(bucket, key), content.into(), form);
    }

    pub(crate) fn get(&self, bucket: &str, key: &str) -> Option<(FileHead, Bytes)> {
        self.0.lock().unwrap().files.get(&place(bucket, key)).cloned()
    }

    pub(crate) fn keys(&self, bucket: &str) -> Vec<String> {
        let state = self.0.lock().unwrap();
        state.files.keys().filter(|it| it.bucket == bucket).map(|it| it.key.clone()).collect()
    }

    pub(crate) fn deny(&self, bucket: &str) {
        self.0.lock().unwrap().denied.push(bucket.to_owned());
    }

    pub(crate) fn break_after(&self, bytes: usize) {
        self.0.lock().unwrap().breaks_after = Some(bytes);
    }

    pub(crate) fn full_after(&self, bytes: usize) {
        self.0.lock().unwrap().full_after = Some(bytes);
    }

    pub(crate) fn slow(&self, pause: Duration) {
        self.0.lock().unwrap().slow = pause;
    }

    pub(crate) fn replace_while_read(&self, bucket: &str, key: &str, content: &'static str) {
        self.0.lock().unwrap().replaced_by =
            Some((place(bucket, key), Bytes::from_static(content.as_bytes())));
    }

    /// Files that were opened, begun and abandoned.
    pub(crate) fn counts(&self) -> (usize, usize, usize) {
        let state = self.0.lock().unwrap();
        (state.opened, state.begun, state.abandoned)
    }
}

impl State {
    fn put(&mut self, place: &FilePlace, content: Bytes, form: FileForm) {
        self.versions += 1;
        let head = FileHead {
            size: content.len() as u64,
            content_type: form.content_type,
            content_encoding: form.content_encoding,
            metadata: form.metadata.into_iter().collect(),
            version: format!("v{}", self.versions),
        };
        self.files.insert(place.clone(), (head, content));
    }

    fn may(&self, bucket: &str) -> Result<(), FileError> {
        if self.denied.iter().any(|it| it == bucket) { Err(FileError::Denied) } else { Ok(()) }
    }
}

#[async_trait]
impl FileStore for Memory {
    async fn head(&self, place: &FilePlace) -> Result<FileHead, FileError> {
        let state = self.0.lock().unwrap();
        state.may(&place.bucket)?;
        state.files.get(place).map(|(head, _)| head.clone()).ok_or(FileError::Absent)
    }

    async fn open(&self, place: &FilePlace, version: &str) -> Result<Box<dyn FileReader>, FileError> {
        let mut state = self.0.lock().unwrap();
        state.may(&place.bucket)?;
        let (head, content) = state.files.get(place).cloned().ok_or(FileError::Absent)?;
        if head.version != version {
            return Err(FileError::Changed);
        }
        state.opened += 1;
        if let Some((place, content)) = state.replaced_by.take() {
            state.put(&place, content, FileForm::default());
        }
        Ok(Box::new(Reader { store: self.clone(), content, given: 0 }))
    }

    async fn create(&self, place: &FilePlace, form: FileForm) -> Result<Box<dyn FileWriter>, FileError> {
        let mut state = self.0.lock().unwrap();
        state.may(&place.bucket)?;
        state.begun += 1;
        Ok(Box::new(Writer { store: self.clone(), place: place.clone(), form, content: Vec::new() }))
    }

    async fn list(&self, bucket: &str, prefix: &str, after: Option<&str>) -> Result<FilePage, FileError> {
        let state = self.0.lock().unwrap();
        state.may(bucket)?;
        let files =
            state.files.iter().filter(|(place, _)| place.bucket == bucket && place.key.starts_with(prefix));
        let files = files.filter(|(place, _)| after.is_none_or(|after| place.key.as_str() > after));
        let listed = |(place, (head, _)): (&FilePlace, &(FileHead, Bytes))| ListedFile {
            key: place.key.clone(),
            size: head.size,
            version: head.version.clone(),
        };
        Ok(FilePage { files: files.map(listed).collect(), next: None })
    }
}

struct Reader {
    store: Memory,
    content: Bytes,
    given: usize,
}

#[async_trait]
impl FileReader for Reader {
    async fn next(&mut self) -> Result<Option<Bytes>, FileError> {
        let (slow, breaks_after) = {
            let state = self.store.0.lock().unwrap();
            (state.slow, state.breaks_after)
        };
        tokio::time::sleep(slow).await;
        if breaks_after.is_some_and(|limit| self.given >= limit) {
            return Err(FileError::Unavailable);
        }
        let length = self.content.len().min(64 * 1024);
        self.given += length;
        Ok((length > 0).then(|| self.content.split_to(length)))
    }
}

struct Writer {
    store: Memory,
    place: FilePlace,
    form: FileForm,
    content: Vec<u8>,
}

#[async_trait]
impl FileWriter for Writer {
    async fn write(&mut self, piece: Bytes) -> Result<(), FileError> {
        self.content.extend_from_slice(&piece);
        let (slow, full_after) = {
            let state = self.store.0.lock().unwrap();
            (state.slow, state.full_after)
        };
        tokio::time::sleep(slow).await;
        if full_after.is_some_and(|limit| self.content.len() > limit) {
            Err(FileError::Denied)
        } else {
            Ok(())
        }
    }

    async fn finish(self: Box<Self>) -> Result<(), FileError> {
        let mut state = self.store.0.lock().unwrap();
        state.put(&self.place, self.content.into(), self.form);
        Ok(())
    }

    async fn abandon(self: Box<Self>) {
        self.store.0.lock().unwrap().abandoned += 1;
    }
}
