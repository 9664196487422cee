//! The task that owns the dialler.

mod single;
mod task;

pub use single::{SingleCall, SingleCallError, call_one};
pub use task::{DialerHandle, spawn};
