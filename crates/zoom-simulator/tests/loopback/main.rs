//! The simulator over real loopback HTTP.

mod client;
mod faults;
mod meetings;
mod tokens;
mod users;
