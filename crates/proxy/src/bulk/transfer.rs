//! Work that reads a file and writes another, between buckets: on a thread that may block, with an end in time, and with
//! nothing left behind when it fails.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use tokio::task::spawn_blocking;
use vizard_bulk::failure::Failure;

use super::bridge::{Bridge, Failed, Outgoing};
use crate::ports::{FileError, FileReader, FileWriter};

/// The files that some work is between.
pub struct Ends {
    /// What is read.
    pub input: Box<dyn FileReader>,
    /// What is written.
    pub output: Box<dyn FileWriter>,
    /// Where rows are set aside.
    pub rejected: Option<Box<dyn FileWriter>>,
}

/// Work that is done. Nothing of it can be seen before it is published; dropping it leaves nothing behind.
#[derive(Debug)]
pub struct Transferred<T> {
    /// What the work returned.
    pub done: T,
    output: Outgoing,
    rejected: Option<Outgoing>,
    bridge: Bridge,
}

/// Does `work` between the ends of files, until `deadline`.
///
/// ```
/// # use std::io::Write as _;
/// # use vizard_bulk::failure::Failure;
/// # use vizard_proxy::bulk::{Ends, transfer};
/// # use vizard_proxy::ports::{FileError, FileForm, FilePlace, FileStore};
/// async fn copy(store: &dyn FileStore, from: &FilePlace, to: &FilePlace) -> Result<u64, Failure> {
///     let failed = |error: FileError| Failure::new(error.code(), error.to_string());
///     let head = store.head(from).await.map_err(failed)?;
///     let input = store.open(from, &head.version).await.map_err(failed)?;
///     let output = store.create(to, FileForm::default()).await.map_err(failed)?;
///     let ends = Ends { input, output, rejected: None };
///     let copied = transfer(ends, None, |input, output, _| {
///         std::io::copy(input, output).map_err(|_| Failure::new("copy", "could not be copied"))
///     });
///     copied.await?.publish(false).await
/// }
/// ```
///
/// # Errors
///
/// What the work says, unless a file broke off, could not be written, or the time was over: then that. Everything that
/// was begun is abandoned by then.
///
/// # Panics
///
/// Outside of a runtime.
pub async fn transfer<T, W>(ends: Ends, deadline: Option<Instant>, work: W) -> Result<Transferred<T>, Failure>
where
    T: Send + 'static,
    W: FnOnce(&mut dyn Read, &mut dyn Write, Option<&mut dyn Write>) -> Result<T, Failure> + Send + 'static,
{
    let bridge = Bridge::default();
    let (mut input, mut output) = (bridge.incoming(ends.input), bridge.outgoing(ends.output));
    let mut rejected = ends.rejected.map(|it| bridge.outgoing(it));
    let stores = Stores {
        input: input.failure(),
        outputs: rejected.iter().chain([&output]).map(Outgoing::failure).collect(),
    };
    let working = spawn_blocking(move || {
        let aside = rejected.as_mut().map(|it| it as &mut dyn Write);
        let done = work(&mut input, &mut output, aside);
        (done, output, rejected)
    });
    let ended = match deadline {
        Some(deadline) => tokio::time::timeout_at(deadline.into(), working).await.map_err(|_| out_of_time()),
        None => Ok(working.await),
    };
    let failure = match ended {
        // A panic. What it said is not repeated: it may hold a value.
        Ok(Err(_)) => Failure::new("internal", "a bug of this program ended the work; see the log"),
        Ok(Ok((Ok(done), output, rejected))) => match stores.failure() {
            None => return Ok(Transferred { done, output, rejected, bridge }),
            Some(failure) => failure, // work that went on regardless
        },
        Ok(Ok((Err(failure), output, rejected))) => {
            drop((output, rejected));
            stores.failure().unwrap_or(failure)
        }
        Err(late) => late,
    };
    cleaned(&bridge).await;
    Err(failure)
}

impl<T> Transferred<T> {
    /// Makes the output visible; before that, the rows that were set aside, if they are to be kept: there must be no
    /// output that lacks rows of which nobody knows.
    ///
    /// # Errors
    ///
    /// When that fails. There is no output then, unless the answer that there is one got lost.
    pub async fn publish(self, with_rejected: bool) -> Result<T, Failure> {
        let Transferred { done, output, rejected, bridge } = self;
        let finished = match rejected {
            Some(rejected) if with_rejected => rejected.finish().await,
            Some(_) | None => Ok(()),
        };
        let finished = match finished {
            Ok(()) => output.finish().await,
            Err(error) => {
                drop(output);
                Err(error)
            }
        };
        cleaned(&bridge).await;
        finished.map(|()| done).map_err(not_written)
    }

    /// Leaves nothing behind, and waits until that is so.
    pub async fn abandon(self) {
        let Transferred { output, rejected, bridge, .. } = self;
        drop((output, rejected));
        cleaned(&bridge).await;
    }

    /// Bytes that were written.
    pub fn written(&self) -> u64 {
        self.output.written()
    }
}

/// What could be at fault besides the work.
struct Stores {
    input: Failed,
    outputs: Vec<Failed>,
}

impl Stores {
    fn failure(&self) -> Option<Failure> {
        let output = self.outputs.iter().find_map(Failed::why);
        // An output that is gone ends the reading too, and never the other way round.
        output.map(not_written).or_else(|| self.input.why().map(not_read))
    }
}

/// The store of a file that is read, as a failure of the file.
pub(super) fn not_read(error: FileError) -> Failure {
    let message = format!("the file could not be read: {error}");
    Failure { transient: error.passes(), ..Failure::new(error.code(), message) }
}

/// The store of a file that is written, as a failure of the file.
pub(super) fn not_written(error: FileError) -> Failure {
    let message = format!("the output could not be written: {error}");
    Failure { transient: error.passes(), ..Failure::new(error.code(), message) }
}

/// Another try would have no more time.
pub(super) fn out_of_time() -> Failure {
    Failure::new("out-of-time", "the time for this file was over; split it, or give the program more time")
}

async fn cleaned(bridge: &Bridge) {
    bridge.cut();
    let _ = tokio::time::timeout(CLEANING, bridge.settled()).await;
}

/// Longer than abandoning a file may take, for a thread that is at work.
const CLEANING: Duration = Duration::from_secs(12);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bulk::testing::{Memory, place};
    use crate::ports::{FileForm, FileStore as _};

    async fn ends(memory: &Memory) -> Ends {
        memory.put("in", "a", vec![b'x'; 3 << 20], FileForm::default());
        let version = memory.head(&place("in", "a")).await.unwrap().version;
        let (out, aside) = (place("out", "a"), place("aside", "a"));
        Ends {
            input: memory.open(&place("in", "a"), &version).await.unwrap(),
            output: memory.create(&out, FileForm::default()).await.unwrap(),
            rejected: Some(memory.create(&aside, FileForm::default()).await.unwrap()),
        }
    }

    fn copy(
        input: &mut dyn Read,
        output: &mut dyn Write,
        aside: Option<&mut dyn Write>,
    ) -> Result<u64, Failure> {
        let broken = |_| Failure::new("io", "as the bulk crate would say");
        aside.unwrap().write_all(b"row").map_err(broken)?;
        std::io::copy(input, output).map_err(broken)
    }

    #[tokio::test]
    async fn what_is_published_is_seen_and_the_rest_is_not() {
        for with_rejected in [true, false] {
            let memory = Memory::default();
            let transferred = transfer(ends(&memory).await, None, copy).await.unwrap();
            assert_eq!((memory.keys("out").len(), transferred.written()), (0, 3 << 20));
            assert_eq!(transferred.publish(with_rejected).await, Ok(3 << 20));
            assert_eq!(
                (memory.keys("out").len(), memory.keys("aside").len()),
                (1, usize::from(with_rejected))
            );
            assert_eq!(memory.counts().2, usize::from(!with_rejected));
        }
    }

    #[tokio::test]
    async fn the_one_that_is_at_fault_is_named_and_nothing_is_left() {
        for (expected, transient) in [
            ("bucket-unavailable", true),
            ("bucket-denied", false),
            ("missing-column", false),
            ("internal", false),
            ("out-of-time", false),
        ] {
            let memory = Memory::default();
            let all = ends(&memory).await;
            let (mut deadline, mut work) = (None, 0);
            match expected {
                "bucket-unavailable" => memory.break_after(1 << 20),
                "bucket-denied" => memory.full_after(1 << 20),
                "missing-column" => work = 1,
                "internal" => work = 2,
                _ => {
                    memory.slow(Duration::from_millis(100));
                    deadline = Some(Instant::now() + Duration::from_millis(150));
                }
            }
            let failed = transfer(all, deadline, move |input, output, aside| match work {
                0 => copy(input, output, aside),
                1 => Err(Failure::new("missing-column", "")),
                _ => panic!("expected by this test"),
            });
            let failure = failed.await.unwrap_err();
            assert_eq!((failure.code, failure.transient), (expected, transient));
            assert_eq!((memory.keys("out").len(), memory.keys("aside").len()), (0, 0), "{expected}");
            assert_eq!(memory.counts(), (1, 2, 2), "{expected}");
        }
    }

    #[tokio::test]
    async fn a_transfer_that_is_dropped_leaves_nothing() {
        let memory = Memory::default();
        memory.slow(Duration::from_millis(50));
        let all = ends(&memory).await;
        let _ = tokio::time::timeout(Duration::from_millis(80), transfer(all, None, copy)).await.unwrap_err();
        while memory.counts().2 < 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let transferred = transfer(ends(&memory).await, None, copy).await.unwrap();
        transferred.abandon().await;
        assert_eq!((memory.counts(), memory.keys("out").len()), ((2, 4, 4), 0));
    }
}
