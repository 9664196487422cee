//! The `callwright` binary.
fn main() {}
