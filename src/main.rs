//! The `lampblack` program.

fn main() {}
