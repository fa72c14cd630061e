//! The proxy on Google Cloud, simulated: its stores through the official clients, and the server as a real program that
//! a queue pushes to.

#![allow(clippy::unwrap_used, reason = "tests say by panicking what is wrong")]

mod deployed;
mod program;
mod project;

mod buckets;
mod lease;
mod names;
mod patience;
mod queue;
mod remote_rules;
mod secrets;
mod start;
mod versions;
mod writes;

mod bulk;
mod bulk_files;
mod later;
mod parity;
