//! Files and standard input, up to a bound.

use std::io::{self, Read};

use crate::exit::{Code, Stop};

/// All bytes of a source; `name` is used in messages.
pub(crate) fn bounded(source: io::Result<impl Read>, name: &dyn std::fmt::Display) -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    let read = source.and_then(|source| source.take(LIMIT + 1).read_to_end(&mut bytes));
    let read =
        read.map_err(|error| Stop::because(Code::NoInput, format_args!("could not read {name}: {error}")))?;
    if read as u64 > LIMIT {
        let words = format!("not sanitized: {name} is larger than {} MiB", LIMIT / 1024 / 1024);
        return Err(Stop::because(Code::Unsanitizable, words));
    }
    Ok(bytes)
}

/// As much as the proxy takes from a source.
const LIMIT: u64 = 64 * 1024 * 1024;
