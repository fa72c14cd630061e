//! The response body that `vizard sanitize` reads.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::exit::Stop;
use crate::input::bounded;

/// The whole response body, from a file or from standard input.
pub(crate) fn response(file: Option<&Path>) -> Result<Vec<u8>, Stop> {
    match file {
        Some(path) => bounded(File::open(path), &path.display()),
        None => bounded(Ok(io::stdin().lock()), &"standard input"),
    }
}
