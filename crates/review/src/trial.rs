//! Rules tried on what stands beside them: examples with the answers they must become, calls that must pass or must
//! not, and how much of the rules all that exercises.

pub mod case;
pub mod exercise;
pub mod golden;
pub mod share;

mod layout;

pub use layout::pretty;

use vizard_sanitizer::{Call, Place};

use crate::finding::{Finding, Level};

/// The call of a path with its query, without a body.
pub(crate) fn call<'c>(method: &'c str, url: &'c str) -> Call<'c> {
    let (path, query) = url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query)));
    Call::bare(method, path, query)
}

/// An example or a case that is not as it must be.
fn failed(file: &str, place: Place, code: &'static str, endpoint: Option<&str>, message: String) -> Finding {
    Finding {
        level: Level::Error,
        code,
        file: file.to_owned(),
        place: Some(place),
        endpoint: endpoint.map(str::to_owned),
        field: None,
        message,
        help: None,
        suppressed: None,
    }
}
