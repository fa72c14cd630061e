//! Work that keeps a core busy leaves the threads that wait for sockets, and no more of it is done at
//! a time than there are cores: what waits for its turn and is given up meanwhile is never begun.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::gzip::Gzip;

/// The cores that requests may keep busy, and what they compress with.
#[derive(Debug, Clone)]
pub(crate) struct Cores {
    free: Arc<Semaphore>,
    gzip: Gzip,
}

/// The work panicked. What it said is not repeated: it may hold a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Panicked;

impl Cores {
    /// Those of this machine.
    pub(crate) fn all() -> Cores {
        Cores::at_most(std::thread::available_parallelism().map_or(1, usize::from))
    }

    fn at_most(number: usize) -> Cores {
        Cores { free: Arc::new(Semaphore::new(number)), gzip: Gzip::default() }
    }

    pub(crate) fn gzip(&self) -> Gzip {
        self.gzip.clone()
    }

    /// Runs `work` on `size` bytes: here when that is quick, else on a blocking thread.
    ///
    /// A panic is caught in both places, so that it ends this request and no other.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        size: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Panicked> {
        if size <= QUICK {
            // Nothing that `work` shares is left half-changed: it owns its input and locks nothing.
            return std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).map_err(|_| Panicked);
        }
        let core = self.free.clone().acquire_owned().await.expect("nobody closes the semaphore");
        let busy = tokio::task::spawn_blocking(move || {
            let _core = core; // until the work is done, though nobody may be waiting for it any more
            work()
        });
        busy.await.map_err(|_| Panicked)
    }
}

/// Sanitizing this much takes a millisecond or two. Ordinary pages are smaller, and should not pay for a hop to another
/// thread and back, which means two wakings and cold caches.
const QUICK: usize = 512 * 1024;

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn runs_here_or_there_and_catches_panics() {
        let cores = Cores::at_most(1);
        for size in [0, QUICK, QUICK + 1] {
            assert_eq!(cores.run(size, || 2 + 2).await, Ok(4));
            assert_eq!(cores.run(size, || -> u8 { panic!("expected by this test") }).await, Err(Panicked));
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn work_that_is_given_up_before_its_turn_is_never_begun() {
        let (cores, begun) = (Cores::at_most(2), Arc::new(AtomicUsize::new(0)));
        let given_up = (0..20).map(|_| {
            let begun = begun.clone();
            let busy = cores.run(QUICK + 1, move || {
                begun.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(300));
            });
            tokio::time::timeout(Duration::from_millis(50), busy)
        });
        let given_up = futures_util::future::join_all(given_up).await;
        assert!(given_up.iter().all(Result::is_err));
        assert_eq!(cores.run(QUICK + 1, || ()).await, Ok(()));
        assert_eq!(begun.load(Ordering::SeqCst), 2);
    }
}
