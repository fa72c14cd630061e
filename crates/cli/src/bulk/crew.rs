//! Files side by side: how many at a time, and how many threads for each.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use vizard_bulk::failure::Failure;

use crate::bulk::one;
use crate::bulk::report::{Outcome, Trouble};
use crate::bulk::run::Run;
use crate::deep_stack;
use crate::exit::Code;

/// Works on all files and says what came of each, in their order.
pub(crate) fn work(run: &Run) -> Vec<Outcome> {
    let outcomes: Vec<_> = run.plan.files.iter().map(|_| Mutex::new(Outcome::NotBegun)).collect();
    let mut todo = Vec::new();
    for (index, item) in run.plan.files.iter().enumerate() {
        let known = if run.is_unmatched(item) {
            Some(Outcome::Unmatched)
        } else {
            run.before(item).map(Outcome::Before)
        };
        match known {
            Some(outcome) => put(&outcomes[index], outcome),
            None => todo.push(index),
        }
    }
    let crew = Shares::of(run.jobs, todo.len());
    let (next, full) = (AtomicUsize::new(0), AtomicBool::new(false));
    let one = |index: usize| {
        let item = &run.plan.files[index];
        let progress = run.board.begin(index);
        let done = catch_unwind(AssertUnwindSafe(|| one::sanitize(run, item, crew.threads, &progress)));
        let outcome = match done {
            Ok(Ok(figures)) => Outcome::Done(figures),
            Ok(Err(trouble)) => Outcome::Failed(trouble),
            // The place has been told; the words might repeat a value.
            Err(_) => Outcome::Failed(Trouble::new(
                Code::Unsanitizable,
                Failure::new("internal", "a fault of the program itself: it gave up on the file"),
            )),
        };
        if let Outcome::Failed(Trouble { code: Code::Output, .. }) = &outcome {
            full.store(true, Ordering::Relaxed);
        }
        run.board.end(index, item, &outcome);
        put(&outcomes[index], outcome);
    };
    let serve = || {
        // Where one output cannot be written, the next ones hardly can.
        while !full.load(Ordering::Relaxed) {
            let Some(index) = todo.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
            one(*index);
        }
    };
    thread::scope(|scope| {
        let (alive, ended) = mpsc::channel::<()>();
        for _ in 0..crew.files {
            let (alive, serve) = (alive.clone(), &serve);
            let thread =
                thread::Builder::new().stack_size(deep_stack::BYTES).spawn_scoped(scope, move || {
                    serve();
                    drop(alive);
                });
            if thread.is_err() {
                break; // the system allows no more of them
            }
        }
        drop(alive);
        run.board.tick();
        // Until all have hung up.
        while let Err(mpsc::RecvTimeoutError::Timeout) = ended.recv_timeout(REDRAWN) {
            run.board.tick();
        }
    });
    outcomes.into_iter().map(|it| it.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}

fn put(place: &Mutex<Outcome>, outcome: Outcome) {
    *place.lock().unwrap_or_else(PoisonError::into_inner) = outcome;
}

/// Files at a time, and threads in each.
#[derive(Debug, PartialEq, Eq)]
struct Shares {
    files: usize,
    threads: usize,
}

impl Shares {
    /// Many files go side by side; few get several threads.
    fn of(jobs: usize, files: usize) -> Shares {
        let at_once = files.clamp(1, jobs.max(1));
        Shares { files: at_once, threads: (jobs / at_once).max(1) }
    }
}

const REDRAWN: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_files_go_side_by_side_and_few_get_several_threads() {
        let cases =
            [((4, 100), (4, 1)), ((4, 1), (1, 4)), ((8, 3), (3, 2)), ((1, 5), (1, 1)), ((2, 0), (1, 2))];
        for ((jobs, files), (at_once, threads)) in cases {
            assert_eq!(Shares::of(jobs, files), Shares { files: at_once, threads }, "{jobs} {files}");
        }
    }
}
