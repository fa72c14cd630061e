//! How many connections the system lets this program have.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the limit of open files, which each connection is one of, as far as may be and is of use: many systems begin
/// with a limit that a busy server meets.
pub(crate) fn raise_limit() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.map_or(ENOUGH, |maximum| maximum.min(ENOUGH));
    if current.is_some_and(|current| current < wanted) {
        // With fewer, connections are refused sooner.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum });
    }
}

/// For all connections of callers, and theirs to the source.
const ENOUGH: u64 = 16 * 1024;
