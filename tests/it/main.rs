//! The integration tests, one binary. What the shipped files promise first, then the proxy at work.

#![allow(clippy::unwrap_used, reason = "tests say by panicking what is wrong")]
#![allow(clippy::print_stdout, reason = "the load test tells its numbers")]

mod bulk;
mod canary;
mod citations;
mod conformance;
mod connector;
mod diagnostics;
mod diff;
mod docs;
mod extends;
mod floors;
mod golden;
mod mistakes;
mod proof;
mod rule_schema;
mod server_files;
mod terraform;

mod bodies;
mod callers;
mod clients;
mod detokenize;
mod faults;
mod later;
mod leaks;
mod load;
mod overload;
mod parity;
mod push;
mod requests;
mod sockets;
mod token;
mod unavailable;
