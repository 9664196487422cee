//! What an incoming INVITE says.

use std::sync::Arc;

use call_model::AgentId;

use crate::flow::Flow;

/// An INVITE that was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingInvite {
    /// Who sent it, after the policy let it in.
    pub source: Source,
    /// The user part of the request URI (of `tel:` the number): what was dialled.
    pub request_user: Option<String>,
    /// The host of the request URI; empty for `tel:`.
    pub request_host: String,
    /// The user part of `From`: who calls.
    pub from_user: Option<String>,
    /// The host of `From`.
    pub from_host: String,
    /// The display name of `From`.
    pub from_display: Option<String>,
    /// The user part of `To`.
    pub to_user: Option<String>,
    /// The `Call-ID`.
    pub call_id: String,
    /// Headers of interest, in their order: `X-*`, `User-to-User`, `Diversion`, `History-Info`,
    /// `P-Asserted-Identity`, `Privacy`, `Alert-Info`, `Call-Info`, `Subject`, `Identity`. At most 32.
    pub headers: Vec<(String, String)>,
    /// The offer, if it came with one.
    pub sdp: Option<Arc<[u8]>>,
    /// The flow it came by.
    pub flow: Flow,
}

impl IncomingInvite {
    /// The first value of a header of interest, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Who sent an INVITE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A trunk, known by its address.
    Trunk(String),
    /// An agent, known by digest.
    Agent(AgentId),
}
