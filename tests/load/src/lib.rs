//! A paced SIP and RTP generator that measures the server. It shares no code with the server's SIP and RTP, so that it
//! does not share their mistakes.
//!
//! With the feature `speech` also measures what the flow language understands (`flows`), with no server: synthetic
//! callers (`voices`) speak to a flow's own dialogue (`dialogue`).

pub mod api;
#[cfg(feature = "speech")]
pub mod dialogue;
#[cfg(feature = "speech")]
pub mod dice;
#[cfg(feature = "speech")]
pub mod flows;
pub mod machine;
pub mod measure;
pub mod phone;
pub mod report;
pub mod script;
pub mod server;
pub mod setting;
pub mod sip;
pub mod sound;
pub mod spread;
pub mod stream;
pub mod sys;
pub mod talker;
pub mod tenths;
#[cfg(feature = "speech")]
pub mod voices;
pub mod watch;
#[cfg(feature = "speech")]
pub mod wordings;
