//! Files in, sanitized files out: CSV, NDJSON, JSON arrays and Parquet, of any size, in constant memory.
//!
//! [`sanitize`](sanitize::sanitize) reads a file from one end and writes what may leave to the other. Who calls it
//! makes the output visible only when it returns `Ok`.

mod bits;
pub mod compression;
mod csv;
pub mod failure;
pub mod format;
#[cfg(feature = "parquet")]
mod parquet;
mod pipeline;
pub mod progress;
mod quarantine;
mod records;
pub mod sanitize;
pub mod summary;
pub mod task;
