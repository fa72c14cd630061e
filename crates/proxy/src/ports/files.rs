//! Files in buckets: read in one version, written whole or not at all.

use std::collections::BTreeMap;
use std::fmt::Debug;

use async_trait::async_trait;
use bytes::Bytes;

/// The buckets of a cloud, for files of any size.
#[async_trait]
pub trait FileStore: Send + Sync + Debug {
    /// What there is to say of a file without reading it.
    async fn head(&self, place: &FilePlace) -> Result<FileHead, FileError>;

    /// The bytes of a file as they are stored, of exactly this version; [`FileError::Changed`] when that is not the
    /// current one.
    async fn open(&self, place: &FilePlace, version: &str) -> Result<Box<dyn FileReader>, FileError>;

    /// Begins a file, in place of what is there. Nothing of it can be seen before it is finished.
    async fn create(&self, place: &FilePlace, form: FileForm) -> Result<Box<dyn FileWriter>, FileError>;

    /// Files of a bucket whose keys begin with `prefix`, in the order of their keys, a page at a time: the first without
    /// `after`, the next with the [`FilePage::next`] of the one before.
    async fn list(&self, bucket: &str, prefix: &str, after: Option<&str>) -> Result<FilePage, FileError>;
}

/// Reads a file from its beginning.
#[async_trait]
pub trait FileReader: Send {
    /// The next piece; `None` only after the last one, never because the connection broke.
    async fn next(&mut self) -> Result<Option<Bytes>, FileError>;
}

/// Writes a file from its beginning. Dropping it is as good as abandoning it, though nobody waits until that is done.
#[async_trait]
pub trait FileWriter: Send {
    /// Takes the next piece, when there is room for it.
    async fn write(&mut self, piece: Bytes) -> Result<(), FileError>;

    /// Makes all that was written visible, at once. After an error nothing is, or all of it.
    async fn finish(self: Box<Self>) -> Result<(), FileError>;

    /// Leaves nothing behind of what was written.
    async fn abandon(self: Box<Self>);
}

/// Where a file is. The key may tell who wrote it, so that `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FilePlace {
    /// The bucket, by its name alone.
    pub bucket: String,
    /// The name of the object in it.
    pub key: String,
}

impl Debug for FilePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FilePlace({}/…)", self.bucket)
    }
}

/// What is known of a file.
#[derive(Clone, PartialEq, Eq)]
pub struct FileHead {
    /// Bytes as stored.
    pub size: u64,
    /// As its writer declared it.
    pub content_type: Option<String>,
    /// As its writer declared it.
    pub content_encoding: Option<String>,
    /// What its writer said besides, with names in lower case.
    pub metadata: BTreeMap<String, String>,
    /// Tells this content from any other under the same key: an entity tag without its quotes, or a generation.
    pub version: String,
}

/// Metadata may hold names of people.
impl Debug for FileHead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileHead")
            .field("size", &self.size)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// What a file is declared to be.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FileForm {
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Content-Encoding`.
    pub content_encoding: Option<String>,
    /// Printable ASCII, no more than [`Object::METADATA_LIMIT`](super::Object::METADATA_LIMIT) bytes of names and values.
    pub metadata: Vec<(String, String)>,
}

/// Metadata may hold names of people.
impl Debug for FileForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileForm").field("content_encoding", &self.content_encoding).finish_non_exhaustive()
    }
}

/// Some of the files of a bucket.
#[derive(Clone, PartialEq, Eq)]
pub struct FilePage {
    /// In the order of their keys.
    pub files: Vec<ListedFile>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

/// Keys may hold names of people.
impl Debug for FilePage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FilePage({} files)", self.files.len())
    }
}

/// A file in a list.
#[derive(Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// The name of the object.
    pub key: String,
    /// Bytes as stored.
    pub size: u64,
    /// As in [`FileHead::version`].
    pub version: String,
}

/// Its key may hold the name of a person.
impl Debug for ListedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ListedFile({} bytes)", self.size)
    }
}

/// Why a file could not be read or written. Constant words only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// This program may not do that there.
    #[error("access is denied")]
    Denied,
    /// There is no such bucket or file.
    #[error("there is no such bucket or file")]
    Absent,
    /// Another version has taken the place of the one that was asked for.
    #[error("the file was replaced in the meantime")]
    Changed,
    /// It is larger than the store takes.
    #[error("it is larger than the store takes")]
    TooLarge,
    /// The store did not answer, or the connection broke; another try may succeed.
    #[error("the store is not available")]
    Unavailable,
}

impl FileError {
    /// Stable, kebab-case.
    pub fn code(self) -> &'static str {
        match self {
            FileError::Denied => "bucket-denied",
            FileError::Absent => "file-absent",
            FileError::Changed => "file-changed",
            FileError::TooLarge => "file-too-large",
            FileError::Unavailable => "bucket-unavailable",
        }
    }

    /// Whether another try may succeed, without anybody doing anything about it.
    pub fn passes(self) -> bool {
        match self {
            FileError::Changed | FileError::Unavailable => true,
            FileError::Denied | FileError::Absent | FileError::TooLarge => false,
        }
    }
}
