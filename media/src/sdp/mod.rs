//! Session descriptions of telephones (RFC 4566, RFC 8866) and offer and answer (RFC 3264).
//!
//! The parser is lenient, because telephones are not strict: it reads lines in any order, lines it does not know, a
//! missing `s=`, bare line feeds and host names in `c=`. Only the first audio line that we can speak is used; every
//! other line of an offer is answered with port 0.

mod agree;
mod parse;
mod print;

use std::net::{IpAddr, SocketAddr};

pub use agree::{Local, Negotiation};
pub use parse::{Description, Host, MAX_LENGTH, MAX_MEDIA, Media, RtpMap};

use audio::g711::Law;

/// A codec that we speak: G.711 with 8,000 samples a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Codec {
    /// G.711 µ-law, static payload type 0 (RFC 3551).
    Pcmu,
    /// G.711 A-law, static payload type 8 (RFC 3551).
    Pcma,
}

impl Codec {
    /// The encoding name of RFC 3551.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
        }
    }

    /// The static payload type of RFC 3551.
    pub fn static_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
        }
    }

    /// The companding law.
    pub fn law(self) -> Law {
        match self {
            Self::Pcmu => Law::Mu,
            Self::Pcma => Law::A,
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Pcmu, Self::Pcma].into_iter().find(|codec| codec.name().eq_ignore_ascii_case(name))
    }

    fn from_static_type(payload_type: u8) -> Option<Self> {
        [Self::Pcmu, Self::Pcma].into_iter().find(|codec| codec.static_type() == payload_type)
    }
}

/// Who may send, seen by the writer of a description (RFC 3264 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Both.
    #[default]
    SendRecv,
    /// Only the writer.
    SendOnly,
    /// Only the reader.
    RecvOnly,
    /// Nobody.
    Inactive,
}

impl Direction {
    /// Builds the direction from what the writer does.
    pub fn from_flags(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// Whether the writer sends.
    pub fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether the writer receives.
    pub fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// The same session seen from the other side.
    pub fn reversed(self) -> Self {
        Self::from_flags(self.receives(), self.sends())
    }

    /// The attribute's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }
}

/// A payload type of RTP in each direction; the two sides may number the same format differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayloadTypes {
    /// What we write into packets that we send.
    pub send: u8,
    /// What the peer writes into packets that we receive.
    pub receive: u8,
}

/// What an offer and its answer agreed on for one leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The codec, the same both ways.
    pub codec: Codec,
    /// The codec's payload types.
    pub sound: PayloadTypes,
    /// The payload types of `telephone-event` (RFC 4733), where both sides speak it.
    pub keys: Option<PayloadTypes>,
    /// Who sends, seen from us.
    pub direction: Direction,
    /// Where the peer wants RTP. `None` when it gave a host name or an unspecified address: it is learnt from its packets.
    pub rtp: Option<SocketAddr>,
    /// Where the peer wants RTCP.
    pub rtcp: Option<SocketAddr>,
    /// Whether RTCP shares the port of RTP (RFC 5761).
    pub rtcp_mux: bool,
    /// The packet length the peer asks for, in milliseconds. We always send 20 ms and receive any.
    pub peer_ptime: Option<u16>,
}

impl Agreement {
    /// Whether the peer has put us on hold or we it: sound does not flow both ways.
    pub fn on_hold(&self) -> bool {
        self.direction != Direction::SendRecv
    }
}

/// Why a description cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// The text is no session description.
    #[error("not a session description: it has no m= line; send SDP as application/sdp")]
    NotSdp,
    /// The text is too long.
    #[error("session description longer than {MAX_LENGTH} bytes; offer fewer media lines and attributes")]
    TooLong,
    /// It has more media lines than we answer.
    #[error("session description with more than {MAX_MEDIA} m= lines; offer fewer")]
    TooManyMedia,
    /// No audio line holds a codec of ours over plain RTP.
    #[error("no audio line with PCMU or PCMA over RTP/AVP; enable G.711 without SRTP at the other side")]
    NoCommonCodec,
    /// The answer refused our audio (port 0) or chose nothing that we offered.
    #[error("the answer accepts no audio that was offered; enable G.711 at the other side")]
    Refused,
    /// An answer came and no offer of ours waits for one.
    #[error("an answer came and no offer of ours waits for one")]
    NoOffer,
}

impl SdpError {
    /// The SIP status that refuses an offer with this error: 400 for what cannot be read, 488 for what we do not speak.
    pub fn sip_status(self) -> u16 {
        match self {
            Self::NotSdp | Self::TooLong | Self::NoOffer => 400,
            Self::TooManyMedia | Self::NoCommonCodec | Self::Refused => 488,
        }
    }
}

/// Whether an address means "nowhere" (`0.0.0.0` or `::`), the hold of RFC 2543.
fn is_nowhere(address: IpAddr) -> bool {
    address.is_unspecified()
}
