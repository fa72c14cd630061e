//! The proxy as a plain HTTP server: HTTP/1.1 and HTTP/2 without TLS, which is the business of whoever stands in
//! front. Who calls and how much at a time is judged here, before the proxy sees a request.
//!
//! `GET /healthz` answers `ok` to whoever asks, outside of the proxy's rules: the program lives. Whether it is
//! configured well, the proxy's own health check says.

mod run;

mod deployed;
mod listen;
mod serve;

mod exchange;

mod callers;
mod events;
mod hops;
mod pushed;
mod queued;
mod refuse;

mod busy;
mod files;
mod framing;
mod socket;
mod turned_away;

mod signal;

pub use callers::Callers;
pub use events::Files;
pub use listen::Listen;
pub use pushed::Pushed;
pub use run::{SETTINGS, Stop, run};
pub use serve::{Limits, Server, serve};
pub use signal::asked_to_stop;
