//! Reading a description.

use std::net::IpAddr;

use super::{Direction, SdpError};

/// The longest description that is read, in bytes.
pub const MAX_LENGTH: usize = 64 * 1024;
/// The most media lines that are read.
pub const MAX_MEDIA: usize = 32;
/// The most formats of one media line that are read; later ones are passed over.
const MAX_FORMATS: usize = 64;
/// The most rtpmap or fmtp attributes of one media line that are read.
const MAX_MAPS: usize = 128;

/// A host in a `c=` or `a=rtcp` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// An address.
    Ip(IpAddr),
    /// A name, which nothing here resolves.
    Name(String),
}

impl Host {
    /// The address, if it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Ip(address) => Some(*address),
            Self::Name(_) => None,
        }
    }
}

/// One `a=rtpmap` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RtpMap {
    /// The payload type, 0 to 127.
    pub payload_type: u8,
    /// The encoding name.
    pub name: String,
    /// The clock rate in Hz.
    pub rate: u32,
}

/// One `m=` line with the lines below it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Media {
    /// `audio`, `video`, `image` and others.
    pub kind: String,
    /// The port; 0 refuses the line.
    pub port: u16,
    /// The transport, such as `RTP/AVP`.
    pub protocol: String,
    /// The formats in order of preference; payload types for RTP.
    pub formats: Vec<String>,
    /// The line's own `c=`.
    pub connection: Option<Host>,
    /// The line's own direction.
    pub direction: Option<Direction>,
    /// The mapped payload types.
    pub rtpmaps: Vec<RtpMap>,
    /// The format parameters by payload type.
    pub fmtps: Vec<(u8, String)>,
    /// `a=ptime` in milliseconds.
    pub ptime: Option<u16>,
    /// `a=rtcp` (RFC 3605): port and host.
    pub rtcp: Option<(u16, Option<Host>)>,
    /// `a=rtcp-mux` (RFC 5761).
    pub rtcp_mux: bool,
}

/// A session description, as far as a telephone call needs it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// The `o=` line's value, unread.
    pub origin: Option<String>,
    /// The session's `c=`.
    pub connection: Option<Host>,
    /// The session's direction.
    pub direction: Option<Direction>,
    /// The media lines in order.
    pub media: Vec<Media>,
}

impl Description {
    /// Reads a description.
    ///
    /// Unknown lines and attributes, and known ones with values that make no sense, are passed over.
    ///
    /// # Errors
    /// [`SdpError::TooLong`], [`SdpError::TooManyMedia`], or [`SdpError::NotSdp`] where no `m=` line is found.
    pub fn parse(text: &[u8]) -> Result<Self, SdpError> {
        if text.len() > MAX_LENGTH {
            return Err(SdpError::TooLong);
        }
        let mut description = Self::default();
        for line in text.split(|byte| matches!(byte, b'\n' | b'\r')) {
            let line = String::from_utf8_lossy(line);
            if let Some((kind, value)) = line.trim().split_once('=') {
                description.read_line(kind.trim(), value.trim())?;
            }
        }
        if description.media.is_empty() { Err(SdpError::NotSdp) } else { Ok(description) }
    }

    /// The host of a media line: its own, else the session's.
    pub fn host<'a>(&'a self, media: &'a Media) -> Option<&'a Host> {
        media.connection.as_ref().or(self.connection.as_ref())
    }

    /// The direction of a media line: its own, else the session's, else both ways.
    pub fn direction(&self, media: &Media) -> Direction {
        media.direction.or(self.direction).unwrap_or_default()
    }

    fn read_line(&mut self, kind: &str, value: &str) -> Result<(), SdpError> {
        match kind {
            "m" => {
                if self.media.len() == MAX_MEDIA {
                    return Err(SdpError::TooManyMedia);
                }
                self.media.push(read_media(value));
            }
            "o" if self.media.is_empty() => self.origin = Some(value.to_owned()),
            "c" => match self.media.last_mut() {
                Some(media) => media.connection = read_connection(value),
                None => self.connection = read_connection(value),
            },
            "a" => match self.media.last_mut() {
                Some(media) => read_attribute(media, value),
                None => self.direction = read_direction(value).or(self.direction),
            },
            _ => {}
        }
        Ok(())
    }
}

/// Reads `audio 49170 RTP/AVP 0 8 101`; an unreadable port becomes 0, which refuses the line.
fn read_media(value: &str) -> Media {
    let mut words = value.split_ascii_whitespace();
    let kind = words.next().unwrap_or_default().to_ascii_lowercase();
    let port = words.next().unwrap_or_default();
    let port = port.split('/').next().and_then(|port| port.parse().ok()).unwrap_or(0);
    let protocol = words.next().unwrap_or_default().to_owned();
    let formats = words.take(MAX_FORMATS).map(str::to_owned).collect();
    Media { kind, port, protocol, formats, ..Media::default() }
}

/// Reads `IN IP4 192.0.2.1/127`.
fn read_connection(value: &str) -> Option<Host> {
    let mut words = value.split_ascii_whitespace();
    if !words.next()?.eq_ignore_ascii_case("IN") {
        return None;
    }
    words.next()?;
    let address = words.next()?.split('/').next()?;
    Some(read_host(address))
}

fn read_host(text: &str) -> Host {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse().map_or_else(|_| Host::Name(text.to_owned()), Host::Ip)
}

fn read_direction(attribute: &str) -> Option<Direction> {
    [Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive]
        .into_iter()
        .find(|direction| direction.name().eq_ignore_ascii_case(attribute))
}

fn read_attribute(media: &mut Media, attribute: &str) {
    if let Some(direction) = read_direction(attribute) {
        media.direction = Some(direction);
        return;
    }
    let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
    match name.trim().to_ascii_lowercase().as_str() {
        "rtpmap" if media.rtpmaps.len() < MAX_MAPS => media.rtpmaps.extend(read_rtpmap(value)),
        "fmtp" if media.fmtps.len() < MAX_MAPS => media.fmtps.extend(read_fmtp(value)),
        "ptime" => media.ptime = read_ptime(value),
        "rtcp" => media.rtcp = read_rtcp(value),
        "rtcp-mux" => media.rtcp_mux = true,
        _ => {}
    }
}

/// Reads `0 PCMU/8000` or `0 PCMU/8000/1`.
fn read_rtpmap(value: &str) -> Option<RtpMap> {
    let (payload_type, encoding) = value.trim().split_once(char::is_whitespace)?;
    let payload_type = payload_type.parse().ok().filter(|payload_type| *payload_type < 128)?;
    let mut parts = encoding.trim().split('/');
    let name = parts.next()?.to_owned();
    let rate = parts.next()?.trim().parse().ok()?;
    Some(RtpMap { payload_type, name, rate })
}

fn read_fmtp(value: &str) -> Option<(u8, String)> {
    let (payload_type, parameters) = value.trim().split_once(char::is_whitespace)?;
    Some((payload_type.parse().ok()?, parameters.trim().to_owned()))
}

/// Reads `20` and the `20.0` that some telephones write.
fn read_ptime(value: &str) -> Option<u16> {
    value.trim().split('.').next()?.parse().ok().filter(|ms| *ms > 0)
}

/// Reads `53020` or `53020 IN IP4 192.0.2.1` (RFC 3605).
fn read_rtcp(value: &str) -> Option<(u16, Option<Host>)> {
    let mut words = value.split_ascii_whitespace();
    let port = words.next()?.parse().ok()?;
    let host = words.nth(2).map(read_host);
    Some((port, host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Description {
        Description::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn bare_line_feeds_and_a_missing_session_name_are_read() {
        let read = parse("v=0\no=- 1 1 IN IP4 192.0.2.1\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 4000 RTP/AVP 0 101\n");
        assert_eq!(read.media[0].port, 4000);
        assert_eq!(read.media[0].formats, ["0", "101"]);
        assert_eq!(read.connection, Some(Host::Ip("192.0.2.1".parse().unwrap())));
    }

    #[test]
    fn lines_in_a_strange_order_and_unknown_lines_are_read() {
        let read = parse(
            "v=0\r\nb=AS:64\r\nc=IN IP6 2001:db8::1\r\ny=what\r\n=\r\nrubbish\r\nm=audio 5004/2 RTP/AVP 8\r\na=ptime:20.0\r\nb=AS:64\r\nc=IN IP4 host.example.com\r\na=x-odd",
        );
        assert_eq!(read.connection, Some(Host::Ip("2001:db8::1".parse().unwrap())));
        assert_eq!(read.host(&read.media[0]), Some(&Host::Name("host.example.com".into())));
        assert_eq!((read.media[0].port, read.media[0].ptime), (5004, Some(20)));
    }

    #[test]
    fn attributes_of_the_session_hold_for_a_line_without_its_own() {
        let read = parse("v=0\na=sendonly\nm=audio 4 RTP/AVP 0\nm=audio 6 RTP/AVP 0\na=inactive\n");
        assert_eq!(read.direction(&read.media[0]), Direction::SendOnly);
        assert_eq!(read.direction(&read.media[1]), Direction::Inactive);
    }

    #[test]
    fn rtcp_attributes_are_read() {
        let read = parse(
            "m=audio 4 RTP/AVP 0\na=rtcp:9000 IN IP4 192.0.2.9\na=rtcp-mux\na=rtpmap:0 PCMU/8000/1\na=fmtp:101 0-15",
        );
        let media = &read.media[0];
        assert_eq!(media.rtcp, Some((9000, Some(Host::Ip("192.0.2.9".parse().unwrap())))));
        assert!(media.rtcp_mux);
        assert_eq!(media.rtpmaps[0], RtpMap { payload_type: 0, name: "PCMU".into(), rate: 8000 });
        assert_eq!(media.fmtps[0], (101, "0-15".into()));
    }

    #[test]
    fn what_is_no_description_is_refused() {
        assert_eq!(Description::parse(b""), Err(SdpError::NotSdp));
        assert_eq!(Description::parse(b"\xff\xfe hello"), Err(SdpError::NotSdp));
        assert_eq!(Description::parse(&vec![b'm'; MAX_LENGTH + 1]), Err(SdpError::TooLong));
    }

    #[test]
    fn sixty_four_thousand_media_lines_are_refused_early() {
        let text = "m=a 1 R 0\n".repeat(6_500);
        assert_eq!(Description::parse(text.as_bytes()), Err(SdpError::TooManyMedia));
    }
}
