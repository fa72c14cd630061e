//! The proxy as a plain HTTP server: HTTP/1.1 and HTTP/2 without TLS, which is the business of whoever stands in
//! front. Only wiring, and the limits of a listening socket.
//!
//! `GET /healthz` answers `ok` to whoever asks, outside of the proxy's rules: the program lives. Whether it is
//! configured well, the proxy's own health check says.

mod exchange;
mod hops;
mod listen;
mod refuse;
mod serve;

mod framing;
mod socket;

mod signal;

pub use listen::Listen;
pub use serve::{Limits, serve, serve_within};
pub use signal::asked_to_stop;
