//! One call, from its first INVITE to its stored record, without sockets, sound or clocks.
//!
//! [`Call`] is the machine. It owns the dialogue ([`ivr_flows::FlowRun`]), the legs' ids and the journal of events, and
//! passes through stages, each a type that owns what is valid only in it:
//!
//! ```text
//! inbound   Arriving ──► Conversing ──► Waiting ──► Bridged ──► Ending
//! outbound  Dialling ──►     ▲             │
//!                            └─────────────┘  nobody could be reached: the flow goes on
//! ```
//!
//! A flow may connect the caller with somebody outside of the queues: then `Transferring` stands in place of `Waiting`. When
//! the caller hangs up while the flow has something left to do, `Leaving` comes before `Ending`.
//!
//! It knows neither SIP nor RTP nor the distribution of calls: it gives orders ([`Output`]) and is told facts
//! ([`Input`]). Session descriptions pass through it as opaque bytes.
//!
//! Two promises are kept here. A call is on disk before it is answered or dialled ([`Output::Begin`] is answered by
//! [`Input::Begun`]), and the last word to the caller waits until the call's record is durable ([`Output::Finish`],
//! [`Input::Stored`]).

mod announce;
mod call;
mod core;
mod input;
mod journal;
mod limits;
mod output;
mod stage;

pub use call::Call;
pub use input::{CallStart, Direction, Input, SoundTrouble};
pub use limits::Limits;
pub use output::{AcdOrder, CallRecord, Destination, OfferId, Output};
