//! SIP messages from bytes: as a datagram, as a stream in pieces, with every typed header read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sip_stack::auth::{Challenge, Credentials};
use sip_stack::message::{FramedItem, Headers, Message, StreamFramer};

fuzz_target!(|bytes: &[u8]| {
    match Message::parse_datagram(bytes) {
        Ok(message) => {
            read_all(message.headers());
            let printed = message.to_bytes();
            let again = Message::parse_datagram(&printed).expect("what is printed can be read");
            assert_eq!(again.body(), message.body());
            assert_eq!(again.to_bytes(), printed, "printing settles at once");
        }
        Err(error) => {
            if let Some(response) = error.answer("tag") {
                let _ = response.to_bytes();
            }
        }
    }
    let whole = frame(bytes, bytes.len().max(1));
    assert_eq!(whole, frame(bytes, 1), "cutting a stream elsewhere changes nothing");
});

fn frame(bytes: &[u8], size: usize) -> Vec<Result<FramedItem, String>> {
    let mut framer = StreamFramer::default();
    let mut seen = Vec::new();
    for chunk in bytes.chunks(size) {
        framer.push(chunk);
        seen.extend(std::iter::from_fn(|| framer.next()).map(|item| item.map_err(|error| error.to_string())));
    }
    seen
}

fn read_all(headers: &Headers) {
    let _ = (headers.vias(), headers.from(), headers.to(), headers.contacts(), headers.routes());
    let _ = (headers.record_routes(), headers.paths(), headers.refer_to(), headers.replaces(), headers.reasons());
    let _ = (headers.session_expires(), headers.min_se(), headers.retry_after(), headers.date(), headers.rack());
    let _ = (headers.expires(), headers.max_forwards(), headers.event(), headers.subscription_state());
    let _ = (headers.require(), headers.supported(), headers.allow(), headers.content_type());
    for name in ["WWW-Authenticate", "Proxy-Authenticate"] {
        headers.get_all(name).for_each(|value| drop(value.parse::<Challenge>()));
    }
    for name in ["Authorization", "Proxy-Authorization"] {
        headers.get_all(name).for_each(|value| drop(value.parse::<Credentials>()));
    }
}
