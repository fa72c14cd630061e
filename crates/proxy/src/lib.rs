//! The story of a request, told over a few ports: admit, fetch with the source's credential,
//! sanitize, answer. Read the modules in this order.

// The story.
mod api;

mod audit;
mod control;
mod error;
mod inbound;
mod later;
mod outputs;
mod respond;
mod source;

// The story of a file.
#[cfg(feature = "bulk")]
pub mod bulk;

// What it is told over.
pub mod credentials;
pub mod ports;
pub mod secrets;
pub mod upstream;

// What comes before it.
pub mod connector;
pub mod connectors;
pub mod prebuilt;
pub mod remote_rules;
pub mod rules_text;
pub mod settings;
mod start;

// What stands beside it.
pub mod allow_list;
mod bucket_uri;
pub mod checkup;
mod freed_memory;
mod gzip;
pub mod health;
pub mod log;
mod off_reactor;

pub use api::{Client, Proxy, REQUEST_LIMIT};
pub use audit::report_panics_by_place;
pub use bucket_uri::BucketUri;
pub use error::NotReady;
pub use freed_memory::keep_freed_memory;
pub use later::{Arrival, Attempt, Receipt, Unfinished, is_preferred};
pub use outputs::is_credential;
pub use start::{Parts, Platform, StartError, Started};
