//! Reading YAML so that everything that is wrong with it can be said at once, with its place.
//!
//! A file is read into a [`Tree`]: scalars, lists and mappings, each with its line and column. What the tree means is
//! read from it by [`Fields`], which goes on after a mistake. Reading into typed structs would end at the first.

mod fields;
mod parse;
mod suspects;
mod tree;

pub(crate) use fields::{Fields, Shape, Text, at, entries, list_of, text};
pub(crate) use parse::parse;
pub(crate) use tree::{Content, Key, Tree};
