//! Session descriptions from bytes: as an offer, as an answer, and what we answer read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use media::sdp::{Description, Direction, Local, Negotiation};

fuzz_target!(|bytes: &[u8]| {
    let local = Local { id: 1, address: [192, 0, 2, 1].into(), port: 16_384 };
    let mut negotiation = Negotiation::new(local);
    if let Ok((_, answer)) = negotiation.answer(bytes) {
        let offered = Description::parse(bytes).expect("it was answered");
        let answered = Description::parse(&answer).expect("what we write can be read");
        assert_eq!(answered.media.len(), offered.media.len(), "an answer has a line for each line of the offer");
        assert_eq!(answered.media.iter().filter(|media| media.port != 0).count(), 1, "and uses one of them");
    }
    negotiation.offer(Direction::SendRecv);
    let _ = negotiation.accept(bytes);
});
