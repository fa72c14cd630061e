//! Files in buckets, as files are read and written here: on threads that may wait.

use std::fmt::Display;
use std::io::{self, Read, Write};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::runtime::Handle;
use vizard_aws::Aws;
use vizard_bulk::compression::Compression;
use vizard_bulk::failure::Failure;
use vizard_bulk::sanitize::Plan;
use vizard_gcp::Google;
use vizard_proxy::bulk::{Bridge, Handmade, Incoming, Outgoing};
use vizard_proxy::ports::{FileError, FileHead, FilePlace, FileStore};
use vizard_proxy::settings::ProcessEnvironment;

use crate::bulk::place::{Cloud, ObjectUri};
use crate::bulk::plan::{Item, Listed};
use crate::exit::{Code, Stop};

/// The clouds' buckets, asked as this machine may.
#[derive(Debug)]
pub(crate) struct Buckets {
    runtime: Handle,
    bridge: Bridge,
    aws: OnceLock<Opened>,
    google: OnceLock<Opened>,
}

#[derive(Debug)]
enum Opened {
    Store(Arc<dyn FileStore>),
    /// There is no way, and why.
    No(String),
}

/// A file that is read, and what its bucket says of it.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    place: FilePlace,
    head: FileHead,
}

/// How an object is made that is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made<'m> {
    /// The rules as they are written.
    pub(crate) rules: &'m str,
    /// The public name of the salt.
    pub(crate) salt: &'m str,
    pub(crate) plan: Plan,
    pub(crate) compression: Compression,
}

/// An object that is read.
#[derive(Debug)]
struct Received(Incoming);

/// An object that is being written.
#[derive(Debug)]
pub(crate) struct Sent(Outgoing);

impl Told {
    pub(crate) fn content_type(&self) -> Option<&str> {
        self.head.content_type.as_deref()
    }
}

impl Buckets {
    /// None is asked before it is needed.
    pub(crate) fn new(runtime: Handle) -> Buckets {
        Buckets { runtime, bridge: Bridge::default(), aws: OnceLock::new(), google: OnceLock::new() }
    }

    /// All objects whose keys begin like that of `uri`.
    pub(crate) fn list(&self, uri: &ObjectUri) -> Result<Vec<Listed>, Stop> {
        let refused =
            |code: Code, why: &dyn Display| Stop::because(code, format_args!("could not list {uri}: {why}"));
        let store = self.store(uri.cloud).map_err(|why| refused(Code::Unavailable, &why))?;
        let (mut listed, mut after) = (Vec::new(), None::<String>);
        loop {
            let page = self.runtime.block_on(store.list(&uri.bucket, &uri.key, after.as_deref()));
            let page = page.map_err(|error| {
                let code = if error == FileError::Unavailable { Code::Unavailable } else { Code::NoInput };
                refused(code, &error)
            })?;
            listed
                .extend(page.files.into_iter().map(|file| Listed { key: file.key, bytes: Some(file.size) }));
            after = page.next;
            if after.is_none() {
                return Ok(listed);
            }
        }
    }

    /// Opens an object, in the version that it has now.
    pub(crate) fn open(&self, uri: &ObjectUri) -> Result<(Told, Box<dyn Read + Send>), Failure> {
        let failed = |error: FileError| failure(error, NOT_READ);
        let (store, place) = (self.store(uri.cloud).map_err(no_way)?, place(uri));
        let head = self.runtime.block_on(store.head(&place)).map_err(failed)?;
        Handmade::readable(&head)?;
        let reader = self.runtime.block_on(store.open(&place, &head.version)).map_err(failed)?;
        let _inside = self.runtime.enter();
        let bytes = self.bridge.incoming(reader);
        Ok((Told { place, head }, Box::new(Received(bytes))))
    }

    /// Begins an object. Nothing of it is visible before it is finished.
    pub(crate) fn create(
        &self,
        uri: &ObjectUri,
        item: &Item,
        told: Option<&Told>,
        made: Made<'_>,
    ) -> Result<Sent, Failure> {
        let form = Handmade {
            name: &item.path,
            source: told.map(|told| (&told.place, &told.head)),
            rules: made.rules,
            salt: made.salt,
            plan: made.plan,
            compression: made.compression,
        };
        let store = self.store(uri.cloud).map_err(no_way)?;
        let writer = self.runtime.block_on(store.create(&place(uri), form.form()));
        let writer = writer.map_err(|error| failure(error, NOT_WRITTEN))?;
        let _inside = self.runtime.enter();
        Ok(Sent(self.bridge.outgoing(writer)))
    }

    /// Makes an object visible.
    pub(crate) fn finish(&self, sent: Sent) -> Result<(), Failure> {
        let finished = self.runtime.block_on(sent.0.finish());
        finished.map_err(|error| failure(error, NOT_WRITTEN))
    }

    /// Whether there is anything to wait for.
    pub(crate) fn are_used(&self) -> bool {
        self.aws.get().is_some() || self.google.get().is_some()
    }

    /// Gives up all that is not finished.
    pub(crate) fn cut(&self) {
        self.bridge.cut();
    }

    /// Waits until nothing is left behind of what was given up, or for some seconds.
    pub(crate) fn settle(&self) {
        if self.are_used() {
            self.cut();
            // What remains, the lifecycle of the bucket has to remove.
            let _ =
                self.runtime.block_on(async { tokio::time::timeout(PATIENCE, self.bridge.settled()).await });
        }
    }

    fn store(&self, cloud: Cloud) -> Result<&Arc<dyn FileStore>, String> {
        let opened = match cloud {
            Cloud::Aws => self.aws.get_or_init(|| {
                let aws = self.runtime.block_on(Aws::of_process());
                Opened::Store(Arc::new(aws.files()))
            }),
            Cloud::Google => self.google.get_or_init(|| {
                let google = self.runtime.block_on(Google::of(&ProcessEnvironment));
                google.map_or_else(
                    |error| Opened::No(error.to_string()),
                    |google| Opened::Store(Arc::new(google.files())),
                )
            }),
        };
        match opened {
            Opened::Store(store) => Ok(store),
            Opened::No(why) => Err(why.clone()),
        }
    }
}

impl Read for Received {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into).map_err(|error| told(error, NOT_READ))
    }
}

impl Write for Sent {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(|error| told(error, NOT_WRITTEN))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn place(uri: &ObjectUri) -> FilePlace {
    FilePlace { bucket: uri.bucket.clone(), key: uri.key.clone() }
}

fn failure(error: FileError, what: &str) -> Failure {
    Failure { transient: error.passes(), ..Failure::new(error.code(), format!("{what}: {error}")) }
}

/// What the store said, for whoever gets to see it through a stream.
fn told(error: io::Error, what: &str) -> io::Error {
    let store = error.get_ref().and_then(|inner| inner.downcast_ref::<FileError>()).copied();
    store.map_or(error, |error| failure(error, what).into())
}

fn no_way(why: String) -> Failure {
    Failure::new(FileError::Unavailable.code(), why)
}

const NOT_READ: &str = "the file could not be read";
const NOT_WRITTEN: &str = "the output could not be written";
const PATIENCE: Duration = Duration::from_secs(10);
