//! The story of a file in a bucket, top to bottom: whose is it, which rules, is it done already, read it, sanitize it,
//! see that it is still the same, publish.

mod start;

mod destination;
mod form;
mod handmade;
mod line;

mod bridge;
mod transfer;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt;
use std::io::{Read, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::Semaphore;
use vizard_bulk::failure::Failure;
use vizard_bulk::format::Format;
use vizard_bulk::progress::Progress;
use vizard_bulk::sanitize::{Plan, sanitize};
use vizard_bulk::summary::Summary;
use vizard_bulk::task::{BadRows, Options, Order, Origin, Task};
use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::bulk::{BulkRules, FileRules};

pub use bridge::{Bridge, Failed, Incoming, Outgoing};
pub use handmade::Handmade;
pub use start::BulkStarted;
pub use transfer::{Ends, Transferred, transfer};

use crate::ports::{Clock, FileError, FileHead, FilePlace, FileStore};
use line::{Line, Outcome};
use transfer::{not_read, not_written, out_of_time};

/// What sanitizes files in buckets: built once, shared by all events.
pub struct Bulk {
    store: Arc<dyn FileStore>,
    clock: Arc<dyn Clock>,
    keys: Arc<Pseudonymizer>,
    /// The main one first.
    transforms: Vec<Transform>,
    /// The only bucket that files may come from, if it is known.
    input: Option<String>,
    /// What the keys of outputs do not begin with.
    input_base: String,
    /// The name of this instance, which is in the metadata of all that it writes.
    instance: Option<String>,
    quarantine: Option<String>,
    compress: bool,
    format: Option<Format>,
    keep_order: bool,
    stamp: form::Stamp,
    /// Of how many files there is work at a time.
    places: Semaphore,
    under_way: Mutex<HashSet<FilePlace>>,
}

/// One of the things that are made of each file.
struct Transform {
    rules: Arc<BulkRules>,
    bucket: String,
    /// What the keys of outputs begin with.
    base: String,
    compress: Option<bool>,
    /// A digest of all that decides how an output looks, but for the file.
    made_with: String,
}

/// What became of a file that needs no further attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handled {
    /// All outputs are there.
    Done,
    /// There is nothing to do: it is an output of this instance, or no file.
    Skipped,
}

/// A file of which not all outputs are there. What is wrong is in the log already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unhandled {
    /// Stable, kebab-case.
    pub code: &'static str,
    /// Another try may succeed, without anybody doing anything about it.
    pub transient: bool,
}

impl Bulk {
    /// Sanitizes a file that an event tells of, in the version that it has now: of two events the second finds its
    /// work done.
    ///
    /// # Errors
    ///
    /// When not all outputs are there. Those that are stay there.
    pub async fn handle(&self, place: &FilePlace, deadline: Option<Instant>) -> Result<Handled, Unhandled> {
        let mut line = Line::begin(self.clock.clone(), place);
        let told = self.told(place, deadline, &mut line).await;
        told.map_err(|failure| {
            line.failed(&failure);
            Unhandled { code: failure.code, transient: failure.transient }
        })
    }

    async fn told(
        &self,
        place: &FilePlace,
        deadline: Option<Instant>,
        line: &mut Line,
    ) -> Result<Handled, Failure> {
        if self.input.as_ref().is_some_and(|input| *input != place.bucket) {
            return Err(Failure::new("bucket-not-input", "the file is not in INPUT_BUCKET"));
        }
        if self.outputs().any(|output| *output == place.bucket) {
            return Err(Failure::new("bucket-is-output", "the file is in a bucket that outputs go to"));
        }
        let _entry = Entry::of(self, place).ok_or_else(|| busy("this file is being worked on"))?;
        let _place = self.enter(deadline).await?;
        let head = in_time(deadline, self.store.head(place)).await?.map_err(not_read)?;
        line.version = Some(head.version.clone());
        if place.key.ends_with('/') && head.size == 0 {
            line.ended(&Outcome::NoFile);
            return Ok(Handled::Skipped);
        }
        if self.instance.is_some() && head.metadata.get(form::INSTANCE) == self.instance.as_ref() {
            tracing::warn!(
                bucket = place.bucket,
                version = head.version,
                "a file that this instance wrote came back"
            );
            line.ended(&Outcome::Own);
            return Ok(Handled::Skipped);
        }
        destination::readable(&head)?;
        // Each output is a matter of its own: one that fails neither keeps the others back nor takes them away.
        let mut worst: Option<Failure> = None;
        for transform in &self.transforms {
            let mut line = line.to(&transform.bucket);
            if let Err(failure) = self.transformed(transform, place, &head, deadline, &mut line).await {
                line.failed(&failure);
                if worst.as_ref().is_none_or(|it| failure.transient && !it.transient) {
                    worst = Some(failure);
                }
            }
        }
        match worst {
            None => Ok(Handled::Done),
            Some(failure) => Err(failure),
        }
    }

    async fn transformed(
        &self,
        transform: &Transform,
        place: &FilePlace,
        head: &FileHead,
        deadline: Option<Instant>,
        line: &mut Line,
    ) -> Result<(), Failure> {
        let Some(rules) = transform.rules.for_path(&place.key) else {
            return Err(Failure::new("no-rules", "there are no rules for a file of this name"));
        };
        let key = destination::key(&place.key, &self.input_base, &transform.base)?;
        let destination = FilePlace { bucket: transform.bucket.clone(), key };
        if in_time(deadline, self.is_done(&destination, head, transform)).await? {
            line.ended(&Outcome::Already);
            return Ok(());
        }
        let mut options = self.options(rules);
        let origin = Origin { path: &place.key, content_type: head.content_type.as_deref() };
        let plan = Plan::new(&Task { rules, keys: &self.keys, options: &options }, origin)?;
        let compress = transform.compress.unwrap_or(self.compress || destination::is_gzip(&place.key, head));
        let declared = destination::declared(&place.key, head, plan, compress);
        options.compression = declared.compression;
        let output = form::output(&self.stamp, place, head, transform, &declared);
        let ends = Ends {
            input: in_time(deadline, self.store.open(place, &head.version)).await?.map_err(not_read)?,
            output: self.store.create(&destination, output).await.map_err(not_written)?,
            rejected: match &self.quarantine {
                None => None,
                Some(bucket) => {
                    let aside = destination::aside(&destination, bucket);
                    let form = form::rejected(&self.stamp, place, head);
                    Some(self.store.create(&aside, form).await.map_err(not_written)?)
                }
            },
        };
        let work = Work {
            rules: transform.rules.clone(),
            keys: self.keys.clone(),
            options,
            path: place.key.clone(),
            content_type: head.content_type.clone(),
        };
        let done =
            transfer(ends, deadline, move |input, output, aside| work.run(input, output, aside)).await?;
        // Whoever replaced the file did not mean this content to be published.
        let now = in_time(deadline, self.store.head(place)).await;
        let is_same = now.and_then(|now| match now.map_err(not_read)? {
            now if now.version == head.version => Ok(()),
            _ => Err(not_read(FileError::Changed)),
        });
        if let Err(failure) = is_same {
            done.abandon().await;
            return Err(failure);
        }
        let with_rejected = done.done.rejected > 0;
        let summary = done.publish(with_rejected).await?;
        line.ended(&Outcome::Done(summary));
        Ok(())
    }

    /// Whether an earlier event for the same content has led to the same output. Who may not look does it again.
    async fn is_done(&self, destination: &FilePlace, head: &FileHead, transform: &Transform) -> bool {
        match self.store.head(destination).await {
            Ok(there) => form::is_made_of(&there.metadata, head, transform),
            Err(_) => false,
        }
    }

    fn outputs(&self) -> impl Iterator<Item = &String> {
        self.transforms.iter().map(|it| &it.bucket).chain(&self.quarantine)
    }

    async fn enter(&self, deadline: Option<Instant>) -> Result<tokio::sync::SemaphorePermit<'_>, Failure> {
        let entered = in_time(deadline, self.places.acquire()).await;
        let entered = entered.map_err(|_| busy("other files are being worked on"))?;
        Ok(entered.expect("nobody closes the semaphore"))
    }

    fn options(&self, rules: &FileRules) -> Options {
        let random = self.clock.request_id().replace('-', "");
        let seed = u64::from_str_radix(&random[16..], 16).expect("an id is hexadecimal");
        let order = if self.keep_order { Order::Kept } else { Order::Shuffled { seed } };
        Options {
            // Tables stay tables.
            format: self.format.filter(|_| matches!(rules, FileRules::Record(_))),
            order,
            bad_rows: if self.quarantine.is_some() { BadRows::Quarantine } else { BadRows::Fail },
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            ..Options::default()
        }
    }
}

/// What the thread needs that does the work.
struct Work {
    rules: Arc<BulkRules>,
    keys: Arc<Pseudonymizer>,
    options: Options,
    path: String,
    content_type: Option<String>,
}

impl Work {
    fn run(
        &self,
        input: &mut dyn Read,
        output: &mut dyn Write,
        aside: Option<&mut dyn Write>,
    ) -> Result<Summary, Failure> {
        let rules = self.rules.for_path(&self.path).expect("looked for before");
        let task = Task { rules, keys: &self.keys, options: &self.options };
        let origin = Origin { path: &self.path, content_type: self.content_type.as_deref() };
        sanitize(&task, origin, input, output, aside, &Progress::default())
    }
}

/// A file that is being worked on. Platforms deliver an event again when the first delivery takes long.
struct Entry<'b> {
    bulk: &'b Bulk,
    place: FilePlace,
}

impl<'b> Entry<'b> {
    fn of(bulk: &'b Bulk, place: &FilePlace) -> Option<Entry<'b>> {
        let mut under_way = bulk.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.insert(place.clone()).then(|| Entry { bulk, place: place.clone() })
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.bulk.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.place);
    }
}

/// What a store says, if it says so before the deadline.
async fn in_time<T>(deadline: Option<Instant>, asked: impl Future<Output = T>) -> Result<T, Failure> {
    match deadline {
        Some(deadline) => tokio::time::timeout_at(deadline.into(), asked).await.map_err(|_| out_of_time()),
        None => Ok(asked.await),
    }
}

fn busy(message: &str) -> Failure {
    Failure { transient: true, ..Failure::new("busy", message) }
}

/// Each takes some tens of megabytes.
const FILES_AT_ONCE: usize = 2;

impl fmt::Debug for Bulk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bulk({} transforms)", self.transforms.len())
    }
}
