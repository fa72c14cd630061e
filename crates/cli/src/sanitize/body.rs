//! What `vizard sanitize` reads: the rule file and the response body.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use vizard_proxy::rules_text;

use crate::exit::{Code, Stop};

/// The whole response body, from a file or from standard input.
pub(crate) fn response(file: Option<&Path>) -> Result<Vec<u8>, Stop> {
    match file {
        Some(path) => bounded(File::open(path), &path.display()),
        None => bounded(Ok(io::stdin().lock()), &"standard input"),
    }
}

/// The rule file as YAML, or what is wrong with it.
pub(crate) fn rule_text(path: &Path) -> Result<Result<String, String>, Stop> {
    let bytes = bounded(File::open(path), &path.display())?;
    let Ok(text) = String::from_utf8(bytes) else {
        return Ok(Err(format!("{} is not UTF-8 text", path.display())));
    };
    // A line end at the end of a file is no part of base64, and no loss to YAML.
    let yaml = rules_text::decode(text.trim_ascii_end());
    Ok(yaml.map_err(|error| format!("{} could not be decoded: {error}", path.display())))
}

fn bounded(source: io::Result<impl Read>, name: &dyn std::fmt::Display) -> Result<Vec<u8>, Stop> {
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
