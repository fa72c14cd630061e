//! How long the function takes to start.

fn main() {}
