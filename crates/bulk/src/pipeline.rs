//! The way of all files that come row by row: framed on one thread, worked on by several, written in order.
//!
//! The caller's thread cuts the file into blocks of whole rows and writes what comes back, in the order of the file; where
//! there is neither to do, it works on a block like the others, which only compute. So there are as many threads as
//! were asked for, and none stands in the way of another. What is under way is bounded, and its buffers go round.

use std::collections::VecDeque;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::failure::{Failure, Place};
use crate::progress::Progress;
use crate::quarantine::Rejected;
use crate::summary::Summary;

/// How many bytes a framer gathers before it cuts a block off.
pub(crate) const BLOCK: usize = 512 << 10;

/// Input that may be under way at once, besides one block: what bounds memory when rows are large.
const UNDER_WAY: usize = 8 << 20;

/// Blocks that may be under way at once for each thread.
const AHEAD: usize = 3;

/// Buffers that grew beyond this are given back rather than reused.
const KEPT: usize = 4 * BLOCK;

/// More threads than this wait for the framer.
const MOST_THREADS: usize = 64;

/// Rows of one block that may be set aside: what bounds memory when rows are small, and all of them wrong.
const MOST_REJECTED: usize = 1 << 15;

/// Some rows of a file.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// Whole rows only; about [`BLOCK`] bytes.
    pub bytes: Vec<u8>,
    /// The line of the file, from 1, on which they begin.
    pub first_line: u64,
    /// `bytes` are only the beginning of one row that is longer than may be, and the file is to go on without it. No
    /// work is done on such a block: the row is set aside. A framer that shall not set rows aside fails instead.
    pub too_long: bool,
}

/// A framer: cuts a file into blocks, on the thread that called [`run`].
pub(crate) trait Blocks {
    /// The next block, in `reuse` (empty, with the room of an earlier one). `None` at the end of a sound file.
    fn next(&mut self, reuse: Vec<u8>) -> Result<Option<Block>, Failure>;
}

/// What is done to blocks, on any thread.
pub(crate) trait Work: Sync {
    /// Adds to `done` (empty) what comes of a block. Numbers of records in failures count from 1 within the block.
    fn block(&self, block: &Block, done: &mut Done) -> Result<(), Failure>;
}

/// What came of a block.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// Goes to the output.
    pub out: Vec<u8>,
    /// Rows that were set aside; by [`Done::reject`].
    pub rejected: Vec<Rejected>,
    /// Counts of this block. `rows` and `rejected` together are the records of the block.
    pub tally: Summary,
}

impl Done {
    /// Sets a row aside and counts it.
    ///
    /// # Errors
    ///
    /// Too many rows of the block were set aside: the file is another than the rules are for.
    pub(crate) fn reject(&mut self, place: Place, code: &'static str, row: &[u8]) -> Result<(), Failure> {
        if self.rejected.len() == MOST_REJECTED {
            let message = format!(
                "more than {MOST_REJECTED} rows close together are wrong: this is another file than the rules are for"
            );
            return Err(Failure::new("too-many-bad-rows", message).at(place));
        }
        self.rejected.push(Rejected { place, code, row: row.to_vec() });
        self.tally.rejected += 1;
        *self.tally.rejected_for.entry(code).or_default() += 1;
        Ok(())
    }

    fn clear(&mut self) {
        recycle(&mut self.out);
        self.rejected = Vec::new();
        self.tally = Summary::default();
    }
}

/// Works on all blocks with so many threads, of which one is the caller's own, and writes what comes of them, in order. The first
/// failure in the order of the file wins, whoever meets it first, and what stands before it may have been written.
pub(crate) fn run(
    blocks: &mut dyn Blocks,
    work: &dyn Work,
    threads: usize,
    output: &mut dyn Write,
    rejected: Option<&mut dyn Write>,
    progress: &Progress,
) -> Result<Summary, Failure> {
    let mut sink = Sink { output, rejected, progress, total: Summary::default(), lines: Vec::new() };
    match threads.min(MOST_THREADS) {
        0 | 1 => inline(blocks, work, &mut sink)?,
        threads => spread(blocks, work, threads, &mut sink)?,
    }
    Ok(sink.total)
}

fn inline(blocks: &mut dyn Blocks, work: &dyn Work, sink: &mut Sink<'_, '_>) -> Result<(), Failure> {
    let mut done = Done::default();
    let mut buffer = Vec::new();
    while let Some(block) = blocks.next(buffer)? {
        let result = perform(work, &block, &mut done);
        sink.take(&mut done, result)?;
        buffer = block.bytes;
        recycle(&mut buffer);
    }
    Ok(())
}

/// Where everything goes in the end.
struct Sink<'s, 'r> {
    output: &'s mut dyn Write,
    rejected: Option<&'r mut dyn Write>,
    progress: &'s Progress,
    total: Summary,
    lines: Vec<u8>,
}

impl Sink<'_, '_> {
    /// Writes what came of the next block, and empties it.
    fn take(&mut self, done: &mut Done, result: Result<(), Failure>) -> Result<(), Failure> {
        let before = self.total.records();
        if let Err(failure) = result {
            let place = Place { record: failure.place.record.map(|record| record + before), ..failure.place };
            return Err(failure.at(place));
        }
        self.output.write_all(&done.out).map_err(|error| Failure::output(&error))?;
        if let Some(writer) = &mut self.rejected {
            for row in &done.rejected {
                self.lines.clear();
                row.write(before, &mut self.lines);
                writer.write_all(&self.lines).map_err(|error| Failure::output(&error))?;
            }
        }
        self.progress.add_rows(done.tally.records());
        self.total.add(&done.tally);
        done.clear();
        Ok(())
    }
}

/// Does the work on one block. A panic is a failure, and what it says is not repeated: it might hold a value.
fn perform(work: &dyn Work, block: &Block, done: &mut Done) -> Result<(), Failure> {
    if block.too_long {
        let place = Place { line: Some(block.first_line), record: Some(1), column: None };
        return done.reject(place, "record-too-long", &block.bytes);
    }
    catch_unwind(AssertUnwindSafe(|| work.block(block, done))).unwrap_or_else(|_| {
        let message = "a fault of the program itself: it gave up on some rows";
        let place = Place { line: Some(block.first_line), ..Place::default() };
        Err(Failure::new("internal", message).at(place))
    })
}

fn recycle(buffer: &mut Vec<u8>) {
    if buffer.capacity() > KEPT {
        *buffer = Vec::new();
    }
    buffer.clear();
}

/// A block on its way to a thread, and back with what came of it.
struct Job {
    index: u64,
    block: Block,
    done: Done,
    result: Result<(), Failure>,
}

fn spread(
    blocks: &mut dyn Blocks,
    work: &dyn Work,
    threads: usize,
    sink: &mut Sink<'_, '_>,
) -> Result<(), Failure> {
    let (jobs, queue) = mpsc::channel::<Job>();
    let (finished, results) = mpsc::channel::<Job>();
    let desk = Desk { work, queue: Mutex::new(queue), useless: AtomicU64::new(u64::MAX) };
    thread::scope(|scope| {
        for _ in 1..threads {
            let (desk, finished) = (&desk, finished.clone());
            let thread = thread::Builder::new()
                .name("bulk".to_owned())
                .spawn_scoped(scope, move || desk.serve(&finished));
            if thread.is_err() {
                break; // the system allows no more of them; what is there does the work
            }
        }
        drop(finished);
        let mut order = Ordered { jobs, results, desk: &desk, waiting: VecDeque::new(), bytes: 0, next: 0 };
        let result = order.drive(blocks, AHEAD * threads, sink);
        if result.is_err() {
            desk.useless.store(0, Ordering::Relaxed);
        }
        result // `order` is dropped with its sender: the threads end
    })
}

/// Where threads find what to do.
struct Desk<'d> {
    work: &'d dyn Work,
    queue: Mutex<Receiver<Job>>,
    /// Blocks from this one on stand behind a failure.
    useless: AtomicU64,
}

impl Desk<'_> {
    /// The life of a thread: blocks in, what came of them out, until there are no more.
    fn serve(&self, finished: &Sender<Job>) {
        loop {
            let next = self.queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = next else { return };
            if finished.send(self.perform(job)).is_err() {
                return;
            }
        }
    }

    /// Works on a block that waits, if there is one.
    fn help(&self) -> Option<Job> {
        // Who holds it waits for blocks, so there are none.
        let job = self.queue.try_lock().ok()?.try_recv().ok()?;
        Some(self.perform(job))
    }

    fn perform(&self, mut job: Job) -> Job {
        if job.index < self.useless.load(Ordering::Relaxed) {
            job.result = perform(self.work, &job.block, &mut job.done);
            if job.result.is_err() {
                self.useless.fetch_min(job.index + 1, Ordering::Relaxed);
            }
        }
        job
    }
}

/// The caller's side of the threads.
struct Ordered<'o> {
    jobs: Sender<Job>,
    results: Receiver<Job>,
    desk: &'o Desk<'o>,
    /// What is under way, from block `next` on; `Some` when it is back.
    waiting: VecDeque<Option<Job>>,
    /// Input under way.
    bytes: usize,
    /// The block that is to be written next.
    next: u64,
}

impl Ordered<'_> {
    fn drive(
        &mut self,
        blocks: &mut dyn Blocks,
        most: usize,
        sink: &mut Sink<'_, '_>,
    ) -> Result<(), Failure> {
        let mut idle: Vec<Job> = Vec::new();
        let mut end = None;
        loop {
            while let Ok(job) = self.results.try_recv() {
                self.put_by(job);
            }
            if let Some(mut job) = self.head() {
                let result = std::mem::replace(&mut job.result, Ok(()));
                sink.take(&mut job.done, result)?;
                recycle(&mut job.block.bytes);
                idle.push(job);
            }
            let failed = self.desk.useless.load(Ordering::Relaxed) != u64::MAX;
            let room = self.waiting.is_empty() || (self.waiting.len() < most && self.bytes < UNDER_WAY);
            if end.is_none() && !failed && room {
                let (buffer, done) = match idle.pop() {
                    Some(job) => (job.block.bytes, job.done),
                    None => (Vec::new(), Done::default()),
                };
                match blocks.next(buffer) {
                    Ok(Some(block)) => self.send(block, done),
                    Ok(None) => end = Some(Ok(())),
                    Err(failure) => end = Some(Err(failure)),
                }
            } else if self.waiting.is_empty() {
                return end.expect("without a failure, which ends this, it goes on to the end");
            } else if self.waiting.front().is_some_and(Option::is_none) {
                let job = self.desk.help().or_else(|| self.results.recv().ok());
                self.put_by(job.expect("a thread lives as long as there are blocks"));
            }
        }
    }

    fn send(&mut self, block: Block, done: Done) {
        let index = self.next + self.waiting.len() as u64;
        self.bytes += block.bytes.len();
        self.waiting.push_back(None);
        let job = Job { index, block, done, result: Ok(()) };
        self.jobs.send(job).expect("the desk holds the other end");
    }

    fn put_by(&mut self, job: Job) {
        let place = usize::try_from(job.index - self.next).expect("few blocks are under way");
        self.waiting[place] = Some(job);
    }

    /// The next block in order, if it is back.
    fn head(&mut self) -> Option<Job> {
        if self.waiting.front()?.is_none() {
            return None;
        }
        let job = self.waiting.pop_front()??;
        self.next += 1;
        self.bytes -= job.block.bytes.len();
        Some(job)
    }
}

#[cfg(test)]
mod tests;
