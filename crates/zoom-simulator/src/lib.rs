//! A believable Zoom on loopback: token endpoint, REST API, rate limits, faults, and a ledger of what must not leak.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! use vizard_zoom_simulator::{Config, Simulator};
//!
//! let zoom = Simulator::start(Config::default()).await?;
//! assert!(zoom.url().starts_with("http://127.0.0.1:"));
//! # Ok(())
//! # }
//! ```
//!
//! Equal configurations give equal answers. Only reading with a server-to-server app is simulated:
//! no consent pages, no refresh tokens, no writes, no webhooks, no TLS.

#![recursion_limit = "256"] // json! recurses once per token, and a meeting has many settings

mod account;
mod api;
mod clock;
mod config;
mod connection;
mod damage;
mod dice;
mod fault;
mod ledger;
mod log;
mod lookout;
mod page;
mod problem;
mod query;
mod rate_limit;
mod reply;
mod route;
mod running;
mod token;
mod tour;
mod world;

pub use config::{ALL_SCOPES, ClockMode, Config, Plan, RateLimits, TokenPolicy};
pub use fault::{Exceeded, Fault, Target};
pub use ledger::Canary;
pub use log::Recorded;
pub use lookout::Lookout;
pub use running::{Running, Simulator};
