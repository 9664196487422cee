//! A node of several steps: it asks services and the server, waits for answers, speaks between them.

use std::fmt::Debug;
use std::time::Instant;

use call_model::OrderId;

use super::{Core, Fact, Step};

/// What a node of several steps waits for. Each is a state of its own in the node's file.
pub(crate) trait Errand: Debug + Send + Sync {
    /// Takes a fact; facts that do not concern it leave it as it is. Keys are to be kept with `core.keys`.
    fn on_fact(self: Box<Self>, fact: Fact, core: &mut Core, now: Instant) -> Step;

    /// When it gives up.
    fn poll_timeout(&self) -> Option<Instant>;

    /// The orders that are not answered yet.
    fn waits_for(&self) -> WaitsFor;
}

/// Orders that are not answered yet, so that a finished call can be run again from its events.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct WaitsFor {
    pub(crate) consult: Option<OrderId>,
    pub(crate) fetch: Option<OrderId>,
    pub(crate) record: Option<OrderId>,
    pub(crate) listen: Option<OrderId>,
}
