//! Fakes and harness of the integration tests, which are in `tests/it`.
//!
//! Read [`world`] first: a simulated Zoom on loopback with the real proxy in front of it.

#![allow(clippy::unwrap_used, reason = "this crate is a test harness: what fails here fails a test")]

pub mod world;

pub mod calls;
pub mod clock;
pub mod log;
pub mod secrets;
pub mod stand_in;
pub mod wire;

pub mod google;
pub mod moto;
pub mod oidc;
pub mod runtime_api;

pub mod canaries;
pub mod examples;
pub mod keys;
pub mod outputs;
pub mod programs;
pub mod repository;
pub mod spellings;
