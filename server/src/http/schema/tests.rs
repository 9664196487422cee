//! The description of other crates' types against the types themselves.

mod dialogue;
mod fits;
mod made;
mod real;
mod source;
mod whole;
