//! Work that keeps a core busy leaves the threads that wait for sockets.

/// The work panicked. What it said is not repeated: it may hold a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Runs `work` on `size` bytes: here when that is quick, else on a blocking thread.
///
/// A panic is caught in both places, so that it ends this request and no other.
pub(crate) async fn run<T: Send + 'static>(
    size: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Panicked> {
    if size <= QUICK {
        // Nothing that `work` shares is left half-changed: it owns its input and locks nothing.
        return std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).map_err(|_| Panicked);
    }
    tokio::task::spawn_blocking(work).await.map_err(|_| Panicked)
}

/// Sanitizing this much takes less than a millisecond.
const QUICK: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn runs_here_or_there_and_catches_panics() {
        for size in [0, QUICK, QUICK + 1] {
            assert_eq!(run(size, || 2 + 2).await, Ok(4));
            assert_eq!(run(size, || -> u8 { panic!("expected by this test") }).await, Err(Panicked));
        }
    }
}
