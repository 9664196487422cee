//! Writing a description.

use std::fmt::Write;
use std::net::IpAddr;

use super::agree::Local;
use super::{Codec, Direction, Media};

/// What our audio line says.
pub(super) struct AudioLine<'a> {
    pub(super) protocol: &'a str,
    pub(super) codecs: &'a [(Codec, u8)],
    pub(super) keys: Option<u8>,
    pub(super) direction: Direction,
    pub(super) rtcp_mux: bool,
}

/// Writes everything above the first media line.
pub(super) fn head(text: &mut String, local: &Local, version: u64) {
    let address = local.address;
    let family = family(address);
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "v=0\r\no=callwright {} {version} IN {family} {address}\r\ns=callwright\r\nc=IN {family} {address}\r\nt=0 0\r\n",
        local.id
    );
}

/// Writes our audio line and its attributes.
pub(super) fn audio(text: &mut String, local: &Local, line: &AudioLine<'_>) {
    let _ = write!(text, "m=audio {} {}", local.port, line.protocol);
    for payload_type in line.codecs.iter().map(|(_, payload_type)| *payload_type).chain(line.keys) {
        let _ = write!(text, " {payload_type}");
    }
    text.push_str("\r\n");
    for (codec, payload_type) in line.codecs {
        let _ = write!(text, "a=rtpmap:{payload_type} {}/8000\r\n", codec.name());
    }
    if let Some(keys) = line.keys {
        let _ = write!(text, "a=rtpmap:{keys} telephone-event/8000\r\na=fmtp:{keys} 0-15\r\n");
    }
    let _ = write!(text, "a=ptime:20\r\na={}\r\n", line.direction.name());
    if line.rtcp_mux {
        text.push_str("a=rtcp-mux\r\n");
    }
}

/// Writes the refusal of a media line that we do not use (RFC 3264 6): its own words with port 0.
pub(super) fn refused(text: &mut String, media: &Media) {
    let _ = write!(text, "m={} 0 {}", media.kind, media.protocol);
    for format in &media.formats {
        let _ = write!(text, " {format}");
    }
    text.push_str("\r\n");
}

fn family(address: IpAddr) -> &'static str {
    match address {
        IpAddr::V4(_) => "IP4",
        IpAddr::V6(_) => "IP6",
    }
}
