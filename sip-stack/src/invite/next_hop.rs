//! Where the requests of a dialog go.
//!
//! A peer that was reached by a flow of its own (a registered telephone, a peer behind NAT, a TCP connection) is
//! reached by that flow always. Others are reached at the first route or the remote target (RFC 3261 12.2.1.1); while
//! the name of that is being looked up, the flow that was good so far serves.

use std::net::{IpAddr, Ipv4Addr};

use crate::dialog::Dialog;
use crate::endpoint::{Core, Found, Owner, Search, destination_of};
use crate::flow::{Flow, Transport};
use crate::message::Host;
use crate::targets::{Answer, Destination};

/// See the module.
#[derive(Debug)]
pub(crate) struct NextHop {
    pub flow: Flow,
    pinned: bool,
    destination: Option<Destination>,
    lookup: Option<Search>,
}

/// Whether a peer without a proxy in between says of itself an address that leads nowhere from here: a private or
/// empty one, though we reach it at another.
pub(crate) fn is_misleading(dialog: &Dialog, seen: IpAddr) -> bool {
    match dialog.next_hop().host().and_then(Host::ip) {
        Some(IpAddr::V4(said)) if IpAddr::V4(said) != seen => {
            let is_private = |ip: Ipv4Addr| ip.is_private() || ip.is_loopback() || ip.is_link_local();
            said.is_unspecified() || (is_private(said) && !matches!(seen, IpAddr::V4(seen) if is_private(seen)))
        }
        Some(IpAddr::V6(said)) => said.is_unspecified(),
        Some(IpAddr::V4(_)) | None => false,
    }
}

impl NextHop {
    /// Begins with the flow that is known to work.
    pub fn new(flow: Flow, pinned: bool) -> Self {
        let pinned = pinned || flow.transport == Transport::Tcp;
        Self { flow, pinned, destination: None, lookup: None }
    }

    /// The dialog's next hop may have changed.
    pub fn follow(&mut self, dialog: &Dialog, owner: Owner, core: &mut Core) {
        if self.pinned {
            return;
        }
        let Some(destination) = destination_of(dialog.next_hop()) else { return };
        if self.destination.as_ref() == Some(&destination) {
            return;
        }
        self.destination = Some(destination.clone());
        self.lookup = Some(Search::new(destination, None, core));
        self.advance(owner, core);
    }

    /// The domain name system answered.
    pub fn on_resolved(&mut self, answer: Answer, owner: Owner, core: &mut Core) {
        if let Some(lookup) = &mut self.lookup {
            lookup.answered(answer, core);
            self.advance(owner, core);
        }
    }

    fn advance(&mut self, owner: Owner, core: &mut Core) {
        let Some(lookup) = &mut self.lookup else { return };
        match lookup.next(owner, core) {
            Found::Flow(flow) => {
                self.flow = flow;
                self.lookup = None;
            }
            Found::Later => {}
            Found::Nothing => self.lookup = None,
        }
    }
}
