//! A paced SIP and RTP generator that measures the server. It shares no code with the server's SIP and RTP, so that it
//! does not share their mistakes.

pub mod api;
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
pub mod watch;
