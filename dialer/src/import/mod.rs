//! Reading an uploaded list: each row becomes a lead or is refused with its line and reason.

mod verdict;

pub use verdict::{AcceptedRow, RefusedRow, RowRefusal, RowVerdict};
