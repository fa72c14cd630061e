//! A thread for work that goes as deep as a document is nested; the main thread's stack is the system's choice.

use std::thread;

use crate::exit::{Code, Stop};

/// Enough for the deepest document that is taken.
pub(crate) const BYTES: usize = 256 * 1024 * 1024;

/// Does the work there. `failed` says what was not done, should it panic.
pub(crate) fn run<T: Send>(work: impl FnOnce() -> T + Send, failed: &str) -> Result<T, Stop> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(BYTES).spawn_scoped(scope, work);
        let thread = thread.map_err(|error| Stop::new(Code::Unavailable, error))?;
        thread
            .join()
            .map_err(|_| Stop::because(Code::Unsanitizable, format_args!("{failed}: internal error")))
    })
}
