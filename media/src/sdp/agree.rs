//! Offer and answer (RFC 3264) for one leg.

use std::net::{IpAddr, SocketAddr};

use super::parse::{Description, Media};
use super::print::{self, AudioLine};
use super::{Agreement, Codec, Direction, PayloadTypes, SdpError, is_nowhere};

/// The payload type of `telephone-event` in our own offers.
const OUR_KEYS: u8 = 101;
/// What we offer, best first.
const OUR_CODECS: [Codec; 2] = [Codec::Pcmu, Codec::Pcma];

/// Our end of a leg, as our descriptions state it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    /// The session's number in `o=`.
    pub id: u64,
    /// The address that the peer is told to send to.
    pub address: IpAddr,
    /// The RTP port; RTCP is one above.
    pub port: u16,
}

/// The offer/answer state of one leg: what we said last, and which offer of ours waits for an answer.
#[derive(Debug, Clone)]
pub struct Negotiation {
    local: Local,
    version: u64,
    pending: Option<Direction>,
    agreed: Option<Agreement>,
}

impl Negotiation {
    /// Begins with nothing offered.
    pub fn new(local: Local) -> Self {
        Self { version: local.id, local, pending: None, agreed: None }
    }

    /// What is in force.
    pub fn agreed(&self) -> Option<&Agreement> {
        self.agreed.as_ref()
    }

    /// Answers the peer's offer: what is agreed from now on, and our answer.
    ///
    /// Where it fails, what was in force stays.
    ///
    /// # Errors
    /// [`SdpError::NoCommonCodec`] (488) and the errors of [`Description::parse`].
    pub fn answer(&mut self, offer: &[u8]) -> Result<(Agreement, Vec<u8>), SdpError> {
        let offer = Description::parse(offer)?;
        let (index, choice) = first_usable(&offer, self.agreed.as_ref()).ok_or(SdpError::NoCommonCodec)?;
        let media = &offer.media[index];
        let agreement = agree(&offer, media, &choice, Direction::SendRecv);
        let mut text = String::with_capacity(400);
        self.version += 1;
        print::head(&mut text, &self.local, self.version);
        for (at, media) in offer.media.iter().enumerate() {
            if at == index {
                let line = AudioLine {
                    protocol: &media.protocol,
                    codecs: &[(choice.codec, choice.sound)],
                    keys: choice.keys,
                    direction: agreement.direction,
                    rtcp_mux: agreement.rtcp_mux,
                };
                print::audio(&mut text, &self.local, &line);
            } else {
                print::refused(&mut text, media);
            }
        }
        self.pending = None;
        self.agreed = Some(agreement.clone());
        Ok((agreement, text.into_bytes()))
    }

    /// Writes an offer of ours with this direction and waits for its answer.
    ///
    /// Once a codec is agreed it is offered first, so that a change of direction does not change the codec.
    pub fn offer(&mut self, direction: Direction) -> Vec<u8> {
        let mut codecs = OUR_CODECS.map(|codec| (codec, codec.static_type()));
        if self.agreed.as_ref().is_some_and(|agreed| agreed.codec == Codec::Pcma) {
            codecs.reverse();
        }
        // A payload type once mapped keeps its meaning (RFC 3264 8.3.2).
        let keys = self.agreed.as_ref().and_then(|agreed| agreed.keys).map_or(OUR_KEYS, |keys| keys.receive);
        let rtcp_mux = self.agreed.as_ref().is_some_and(|agreed| agreed.rtcp_mux);
        let mut text = String::with_capacity(400);
        self.version += 1;
        print::head(&mut text, &self.local, self.version);
        let line = AudioLine { protocol: "RTP/AVP", codecs: &codecs, keys: Some(keys), direction, rtcp_mux };
        print::audio(&mut text, &self.local, &line);
        self.pending = Some(direction);
        text.into_bytes()
    }

    /// Reads the answer to our offer: what is agreed from now on.
    ///
    /// A further answer to the same offer (of a fork, or of the 200 after a 183) replaces the one before.
    ///
    /// # Errors
    /// [`SdpError::NoOffer`], [`SdpError::Refused`] and the errors of [`Description::parse`].
    pub fn accept(&mut self, answer: &[u8]) -> Result<Agreement, SdpError> {
        let offered = self.pending.ok_or(SdpError::NoOffer)?;
        let answer = Description::parse(answer)?;
        let media = answer.media.iter().find(|media| media.kind == "audio").ok_or(SdpError::Refused)?;
        let choice = usable(media, None).ok_or(SdpError::Refused)?;
        let mut agreement = agree(&answer, media, &choice, offered);
        if agreement.rtcp_mux && !self.agreed.as_ref().is_some_and(|agreed| agreed.rtcp_mux) {
            // We did not offer it, so it is not agreed, whatever the answer says (RFC 5761 5.1.1).
            agreement.rtcp_mux = false;
            agreement.rtcp = rtcp_address(media, agreement.rtp.map(|rtp| rtp.ip()));
        }
        agreement.sound.receive = choice.codec.static_type();
        let ours = self.agreed.as_ref().and_then(|agreed| agreed.keys).map_or(OUR_KEYS, |keys| keys.receive);
        agreement.keys = agreement.keys.map(|keys| PayloadTypes { send: keys.send, receive: ours });
        self.agreed = Some(agreement.clone());
        Ok(agreement)
    }

    /// Our offer was refused (a 4xx to a re-INVITE): what was in force stays.
    pub fn offer_refused(&mut self) {
        self.pending = None;
    }
}

/// What we take of one media line.
struct Choice {
    codec: Codec,
    sound: u8,
    keys: Option<u8>,
}

fn first_usable(offer: &Description, agreed: Option<&Agreement>) -> Option<(usize, Choice)> {
    offer.media.iter().enumerate().find_map(|(index, media)| usable(media, agreed).map(|choice| (index, choice)))
}

/// The first of the peer's formats that we speak; in a change the codec in force, where it is still offered.
fn usable(media: &Media, agreed: Option<&Agreement>) -> Option<Choice> {
    let plain_rtp = ["RTP/AVP", "RTP/AVPF"].iter().any(|known| media.protocol.eq_ignore_ascii_case(known));
    if media.kind != "audio" || media.port == 0 || !plain_rtp {
        return None;
    }
    let types = || media.formats.iter().filter_map(|format| format.parse::<u8>().ok()).filter(|kind| *kind < 128);
    let ours = || types().filter_map(|kind| codec_of(media, kind).map(|codec| (codec, kind)));
    let in_force = agreed.and_then(|agreed| ours().find(|(codec, _)| *codec == agreed.codec));
    let (codec, sound) = in_force.or_else(|| ours().next())?;
    let keys = types().find(|kind| {
        media.rtpmaps.iter().any(|map| {
            map.payload_type == *kind && map.rate == 8000 && map.name.eq_ignore_ascii_case("telephone-event")
        })
    });
    Some(Choice { codec, sound, keys })
}

/// The codec of a payload type: what `rtpmap` says, else what RFC 3551 fixes.
fn codec_of(media: &Media, payload_type: u8) -> Option<Codec> {
    match media.rtpmaps.iter().find(|map| map.payload_type == payload_type) {
        Some(map) if map.rate == 8000 => Codec::from_name(&map.name),
        Some(_) => None,
        None => Codec::from_static_type(payload_type),
    }
}

/// Puts together what the peer's line and our choice agree on; `ours` is what we would do if the peer lets us.
fn agree(description: &Description, media: &Media, choice: &Choice, ours: Direction) -> Agreement {
    let host = description.host(media);
    let address = host.and_then(|host| host.ip());
    let held = address.is_some_and(is_nowhere);
    let theirs = description.direction(media).reversed();
    let direction =
        Direction::from_flags(ours.sends() && theirs.sends() && !held, ours.receives() && theirs.receives());
    let address = address.filter(|address| !is_nowhere(*address));
    let rtp = address.map(|address| SocketAddr::new(address, media.port));
    let rtcp = rtcp_address(media, address);
    Agreement {
        codec: choice.codec,
        sound: PayloadTypes { send: choice.sound, receive: choice.sound },
        keys: choice.keys.map(|keys| PayloadTypes { send: keys, receive: keys }),
        direction,
        rtp,
        rtcp: if media.rtcp_mux { rtp } else { rtcp },
        rtcp_mux: media.rtcp_mux,
        peer_ptime: media.ptime,
    }
}

/// Where RTCP goes: `a=rtcp`, else one above the RTP port (RFC 3550 11).
fn rtcp_address(media: &Media, address: Option<IpAddr>) -> Option<SocketAddr> {
    match &media.rtcp {
        Some((port, host)) => {
            let address = host.as_ref().and_then(|host| host.ip()).or(address)?;
            (*port != 0).then(|| SocketAddr::new(address, *port))
        }
        None => Some(SocketAddr::new(address?, media.port.checked_add(1)?)),
    }
}
