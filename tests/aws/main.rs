//! The proxy on AWS, simulated: its stores through the real clients, and the function as a real program on a platform
//! that starts, freezes and kills it.

#![allow(clippy::unwrap_used, reason = "tests say by panicking what is wrong")]

mod account;
mod deployed;

mod buckets;
mod lease;
mod parameter_store;
mod patience;
mod queue;
mod remote_rules;
mod secrets_manager;

mod start;

mod fronts;

mod bulk;
mod bulk_files;
mod configured;
mod later;
mod processes;
