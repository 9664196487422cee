//! The addresses of a destination, as flows: RFC 3263 with the questions asked on the way.

use super::{Core, Owner};
use crate::flow::{Flow, ListenerId};
use crate::targets::{Answer, Destination, Next, Targets};

/// See the module.
#[derive(Debug)]
pub(crate) struct Search {
    targets: Targets,
    listener: Option<ListenerId>,
}

/// What a search came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// Send by this flow.
    Flow(Flow),
    /// The domain name system is asked; [`Search::answered`] follows.
    Later,
    /// There are no more addresses.
    Nothing,
}

impl Search {
    /// Begins; `listener` is the one to send from, if it matters.
    pub fn new(destination: Destination, listener: Option<ListenerId>, core: &Core) -> Self {
        Self { targets: Targets::new(destination, core.ways.reach()), listener }
    }

    /// The next way.
    pub fn next(&mut self, owner: Owner, core: &mut Core) -> Found {
        loop {
            match self.targets.next() {
                Next::Try(address) => {
                    if let Some(flow) = core.ways.flow_to(address, self.listener, &mut core.out) {
                        return Found::Flow(flow);
                    }
                }
                Next::Ask(query) => {
                    core.ask(query, owner);
                    return Found::Later;
                }
                Next::Wait => return Found::Later,
                Next::Exhausted => return Found::Nothing,
            }
        }
    }

    /// The domain name system answered; ask [`Search::next`] again.
    pub fn answered(&mut self, answer: Answer, core: &mut Core) {
        self.targets.answered(answer, &mut core.chance);
    }
}
