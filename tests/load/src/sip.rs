//! As much SIP as one caller on a loopback address needs, written and read as text.

use std::net::SocketAddr;

/// The payload type of telephone events in our offers.
pub const EVENTS: u8 = 101;

/// What one call says again in each request.
#[derive(Debug, Clone)]
pub struct Dialog {
    /// The number of the call within the run.
    pub call: u32,
    /// What tells this run from others.
    pub run: u32,
    /// Our address.
    pub own: SocketAddr,
    /// The server's address.
    pub server: SocketAddr,
    /// The number that is dialled.
    pub number: String,
    /// Our user name.
    pub user: String,
    /// The server's tag, once known.
    pub tag: String,
    /// Where requests within the dialog go, once known.
    pub contact: String,
}

impl Dialog {
    /// The INVITE; `keys` offers telephone events.
    pub fn invite(&self, rtp: SocketAddr, keys: bool) -> String {
        let sdp = offer(rtp, keys);
        let head = self.head("INVITE", &format!("sip:{}@{}", self.number, self.server), 1, "i");
        format!(
            "{head}Contact: <sip:load@{}>\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
            self.own,
            sdp.len()
        )
    }

    /// The ACK to a 2xx, or, with `failed`, to a refusal.
    pub fn ack(&self, failed: bool) -> String {
        let to = format!("sip:{}@{}", self.number, self.server);
        let head = if failed { self.head("ACK", &to, 1, "i") } else { self.head("ACK", &self.contact, 1, "a") };
        format!("{head}Content-Length: 0\r\n\r\n")
    }

    /// The BYE.
    pub fn bye(&self) -> String {
        format!("{}Content-Length: 0\r\n\r\n", self.head("BYE", &self.contact, 2, "b"))
    }

    fn head(&self, method: &str, uri: &str, sequence: u32, branch: &str) -> String {
        let Self { call, run, own, server, number, user, tag, .. } = self;
        let tag = if tag.is_empty() { String::new() } else { format!(";tag={tag}") };
        format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{run:x}-{call}{branch};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{user}@{own}>;tag=l{call}\r\nTo: <sip:{number}@{server}>{tag}\r\n\
             Call-ID: {call}-{run:x}@load\r\nCSeq: {sequence} {method}\r\n"
        )
    }
}

fn offer(rtp: SocketAddr, keys: bool) -> String {
    let (ip, port) = (rtp.ip(), rtp.port());
    let mut sdp = format!("v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0");
    if keys {
        sdp.push_str(&format!(" {EVENTS}"));
    }
    sdp.push_str("\r\na=rtpmap:0 PCMU/8000\r\n");
    if keys {
        sdp.push_str(&format!("a=rtpmap:{EVENTS} telephone-event/8000\r\na=fmtp:{EVENTS} 0-15\r\n"));
    }
    sdp.push_str("a=ptime:20\r\na=sendrecv\r\n");
    sdp
}

/// A message from the server, as far as we look at it.
#[derive(Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// The status of a response; `None` for a request.
    pub status: Option<u16>,
    /// The method, of the CSeq.
    pub method: &'a str,
    /// The number of our call, where the Call-ID is of this run.
    pub call: Option<u32>,
    text: &'a str,
}

impl<'a> Message<'a> {
    /// Reads a datagram.
    pub fn read(text: &'a str, run: u32) -> Option<Self> {
        let status = match text.strip_prefix("SIP/2.0 ") {
            Some(rest) => Some(rest.get(..3)?.parse().ok()?),
            None => None,
        };
        let method = field(text, "CSeq")?.split_whitespace().nth(1)?;
        let (call, of_run) = field(text, "Call-ID")?.split_once('-')?;
        let ours = of_run.strip_suffix("@load").and_then(|run| u32::from_str_radix(run, 16).ok()) == Some(run);
        Some(Self { status, method, call: if ours { call.parse().ok() } else { None }, text })
    }

    /// The tag of To.
    pub fn tag(&self) -> &'a str {
        field(self.text, "To").and_then(|to| to.split_once(";tag=")).map_or("", |(_, tag)| end_at(tag, &[';', ' ']))
    }

    /// The address of Contact.
    pub fn contact(&self) -> Option<&'a str> {
        Some(field(self.text, "Contact")?.split_once('<')?.1.split_once('>')?.0)
    }

    /// Where the server wants our sound.
    pub fn rtp(&self) -> Option<SocketAddr> {
        let (_, body) = self.text.split_once("\r\n\r\n")?;
        let ip = body.lines().find_map(|line| line.strip_prefix("c=IN IP4 "))?;
        let port = body.lines().find_map(|line| line.strip_prefix("m=audio "))?.split(' ').next()?;
        Some(SocketAddr::new(ip.trim().parse().ok()?, port.parse().ok()?))
    }

    /// A 200 to this request.
    pub fn ok(&self) -> String {
        let mut text = "SIP/2.0 200 OK\r\n".to_owned();
        let copied = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"];
        for line in self.text.lines().filter(|line| copied.iter().any(|name| line.starts_with(name))) {
            text.push_str(line);
            text.push_str("\r\n");
        }
        text + "Content-Length: 0\r\n\r\n"
    }
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let head = text.split_once("\r\n\r\n").map_or(text, |(head, _)| head);
    head.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim()))
}

fn end_at<'a>(text: &'a str, ends: &[char]) -> &'a str {
    text.split(ends).next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read() {
        let text = "SIP/2.0 200 OK\r\nVia: x\r\nTo: <sip:1@h>;tag=abc\r\nCall-ID: 7-1f@load\r\nCSeq: 1 INVITE\r\n\
                    Contact: <sip:h:5060;x=y>\r\n\r\nv=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 20000 RTP/AVP 0\r\n";
        let message = Message::read(text, 0x1f).unwrap();
        assert_eq!((message.status, message.method, message.call), (Some(200), "INVITE", Some(7)));
        assert_eq!((message.tag(), message.contact()), ("abc", Some("sip:h:5060;x=y")));
        assert_eq!(message.rtp(), Some("127.0.0.1:20000".parse().unwrap()));
        assert_eq!(Message::read(text, 3).unwrap().call, None);
    }
}
