//! What the endpoint orders of its shell, and what it tells.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use call_model::{AgentId, LegEvent, LegId};

use super::IncomingInvite;
use crate::flow::{ConnectionId, Flow, ListenerId};
use crate::registration::RegistrationState;
use crate::targets::{Query, ResolveId};

/// An order to the shell, or an event. Drain with [`Endpoint::poll_output`](crate::Endpoint::poll_output) after
/// every `handle_*`, order or command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send these bytes by this flow.
    ///
    /// For TCP `flow.connection` is set; bytes for a connection that is still being opened wait at the shell
    /// (bounded; if they are too many the shell closes the connection and reports that).
    Transmit {
        /// The way.
        flow: Flow,
        /// One whole message.
        bytes: Arc<[u8]>,
    },
    /// Open a TCP connection. Report a failure with `handle_stream_closed`; success with `handle_stream_opened`.
    Connect {
        /// The id that the connection shall have.
        connection: ConnectionId,
        /// The listener on whose behalf (its bind address is the local address).
        listener: ListenerId,
        /// Where to.
        remote: SocketAddr,
    },
    /// Close a TCP connection, after what was sent before has left.
    CloseConnection {
        /// Which.
        connection: ConnectionId,
    },
    /// Ask the domain name system and report with `handle_resolved`, also when nothing was found. The shell
    /// caches by the records' time to live.
    Resolve {
        /// The id that the answer shall carry.
        id: ResolveId,
        /// What is asked.
        query: Query,
    },
    /// A call comes in. Answer with `LegCommand`s; nothing but `100 Trying` was sent so far.
    IncomingInvite {
        /// The id that the endpoint gave to the new leg.
        leg: LegId,
        /// What the INVITE says.
        invite: Box<IncomingInvite>,
    },
    /// Something happened to a leg. [`LegEvent::Ended`] comes exactly once and last.
    Leg {
        /// Which.
        leg: LegId,
        /// What.
        event: LegEvent,
    },
    /// A telephone registered or refreshed its registration.
    Registered {
        /// Whose telephone.
        agent: AgentId,
        /// Its contact address as it gave it.
        contact: String,
        /// How long it will be known without a refresh.
        expires: Duration,
    },
    /// The last telephone of an agent is gone: by its own wish, by time, or because its connection closed.
    Unregistered {
        /// Whose.
        agent: AgentId,
    },
    /// A trunk that is asked with OPTIONS started or stopped answering.
    TrunkState {
        /// The name from the configuration.
        trunk: String,
        /// Whether it answers.
        alive: bool,
    },
    /// Our registration at a trunk changed.
    TrunkRegistration {
        /// The name from the configuration.
        trunk: String,
        /// How it stands now.
        state: RegistrationState,
    },
}
