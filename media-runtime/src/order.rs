//! What is asked of a leg, and why it may be refused.

use std::io;
use std::sync::Arc;

use call_model::{BargeIn, LegId};
use media::PromptAudio;
use media::sdp::SdpError;

/// What a leg is to hear.
#[derive(Debug, Clone)]
pub struct Play {
    /// The parts, one behind the other without a gap.
    pub parts: Vec<Arc<PromptAudio>>,
    /// What stops it.
    pub barge_in: BargeIn,
    /// Begin again at the end (hold music): only a stop, a further prompt or a bridge ends it.
    pub repeat: bool,
}

impl Play {
    /// A prompt that is played once.
    pub fn once(parts: Vec<Arc<PromptAudio>>, barge_in: BargeIn) -> Self {
        Self { parts, barge_in, repeat: false }
    }

    /// Music that nothing but an order stops.
    pub fn music(sound: Arc<PromptAudio>) -> Self {
        Self { parts: vec![sound], barge_in: BargeIn::Never, repeat: true }
    }
}

/// An order for a leg that is not open (any more).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("leg {0} is not open; open it before giving it orders")]
pub struct UnknownLeg(pub LegId);

/// Why a leg could not be opened or changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The peer's description cannot be used: 400 or 488, see [`SdpError::sip_status`].
    #[error(transparent)]
    Sdp(#[from] SdpError),
    /// Every pair of ports is taken (503).
    #[error("no free pair of RTP ports; widen the port range or allow fewer calls")]
    NoPorts,
    /// The system refused a socket (503).
    #[error("cannot open an RTP socket: {0}; check the bind address and the limit of open files")]
    Socket(#[source] io::Error),
    /// A leg of this id is open already.
    #[error("leg {0} is open already")]
    AlreadyOpen(LegId),
    /// No leg of this id is open.
    #[error("leg {0} is not open")]
    UnknownLeg(LegId),
    /// The media threads have been shut down (503).
    #[error("the media threads have been shut down")]
    ShutDown,
}

impl OpenError {
    /// The SIP status that refuses an INVITE for this reason.
    pub fn sip_status(&self) -> u16 {
        match self {
            Self::Sdp(error) => error.sip_status(),
            Self::NoPorts | Self::Socket(_) | Self::ShutDown => 503,
            Self::AlreadyOpen(_) | Self::UnknownLeg(_) => 500,
        }
    }
}
