//! What must hold for every message.

use proptest::prelude::*;

use super::{
    Contacts, Fault, FramedItem, Headers, Host, Limits, Message, Method, NameAddr, RefusedHeader, RequestBuilder,
    Response, StreamFramer, Uri, Via,
};

fn invite(more: &str, body: &str) -> String {
    format!(
        "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx;rport\r\n\
         From: Alice <sip:alice@example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\
         {more}\r\n{body}"
    )
}

fn read(text: &str) -> Message {
    Message::parse_datagram(text.as_bytes()).expect(text)
}

fn fault(text: &str) -> Fault {
    Message::parse_datagram(text.as_bytes()).expect_err(text).fault
}

#[test]
fn compact_names_count_as_long_ones() {
    let message = read(
        "OPTIONS sip:a SIP/2.0\r\nv: SIP/2.0/TCP h;branch=z9hG4bK1\r\nf: <sip:a@b>;tag=2\r\nt: sip:c@d\r\n\
         i: x\r\nCSEQ: 7 OPTIONS\r\nm: <sip:a@b>\r\nk: timer, 100rel\r\nx: 1800;refresher=uac\r\nl: 0\r\n\r\n",
    );
    let headers = message.headers();
    assert_eq!(headers.call_id(), Ok("x"));
    assert_eq!(headers.supported(), ["timer", "100rel"]);
    assert_eq!(headers.session_expires().expect("readable").map(|expires| expires.seconds), Some(1800));
    assert!(headers.iter().all(|(name, _)| name.len() > 1));
}

#[test]
fn a_body_without_length_is_the_rest_of_the_datagram() {
    assert_eq!(read(&invite("", "v=0\r\n")).body(), b"v=0\r\n");
    assert_eq!(read(&invite("Content-Length: 3\r\n", "v=0\r\n")).body(), b"v=0");
    assert!(matches!(fault(&invite("l: 9\r\n", "v=0\r\n")), Fault::BodyCut { promised: 9, present: 5 }));
}

#[test]
fn line_ends_before_the_start_line_are_skipped() {
    read(&format!("\r\n\r\n{}", invite("", "")));
    assert_eq!(fault("\r\n\r\n"), Fault::Empty);
    assert_eq!(fault("\0\0\0\0"), Fault::Empty);
    assert_eq!(fault(""), Fault::Empty);
}

#[test]
fn lone_line_feeds_are_forgiven() {
    assert_eq!(read(&invite("", "body").replace("\r\n", "\n")).body(), b"body");
}

#[test]
fn limits_become_status_codes() {
    let limits = Limits { message: 2_000, head: 1_000, body: 500, headers: 10 };
    let status = |text: &str| {
        let error = Message::parse_datagram_within(text.as_bytes(), &limits).expect_err("over the limit");
        error.answer("t").map(|response| response.status)
    };
    assert_eq!(status(&invite("", &"x".repeat(600))), Some(413));
    assert_eq!(status(&invite("", &"x".repeat(2_500))), Some(513));
    assert_eq!(status(&invite(&format!("Subject: {}\r\n", "x".repeat(1_200)), "")), Some(513));
    assert_eq!(status(&invite(&"X: y\r\n".repeat(20), "")), Some(513));
}

#[test]
fn headers_cannot_be_smuggled() {
    let mut headers = Headers::new();
    for value in ["a\r\nEvil: 1", "a\nb", "a\rb", "a\0b"] {
        assert!(matches!(headers.push("Subject", value), Err(RefusedHeader::Value { .. })));
        assert!(headers.set("Subject", value).is_err());
        assert!(headers.push_front("Subject", value).is_err());
    }
    assert!(matches!(headers.push("Sub ject", "x"), Err(RefusedHeader::Name { .. })));
    assert!(headers.push("", "x").is_err());
    assert!(headers.is_empty());
    assert_eq!(Response::new(200).with_reason("OK\r\nEvil: 1").reason(), "OK  Evil: 1");
    let evil = NameAddr::new(Uri::sip(Some("a\r\nEvil: 1"), Host::Name("h".into()), None));
    assert_eq!(evil.to_string(), "<sip:a%0D%0AEvil%3A%201@h>");
}

#[test]
fn a_reply_copies_what_the_standard_says() {
    let Message::Request(request) = read(&invite("Via: SIP/2.0/UDP b\r\nTimestamp: 5\r\nSubject: no\r\n", "")) else {
        panic!("a request");
    };
    let ringing = Response::reply(&request, 180, Some("mine"));
    assert_eq!(ringing.headers.get_all("Via").count(), 2);
    assert_eq!(ringing.headers.get("To"), Some("<sip:bob@example.com>;tag=mine"));
    assert!(!ringing.headers.has("Subject") && !ringing.headers.has("Timestamp"));
    assert_eq!(Response::reply(&request, 100, None).headers.get("Timestamp"), Some("5"));
    assert_eq!(Response::reply(&request, 200, Some("a b")).headers.get("To"), Some("<sip:bob@example.com>"));
}

#[test]
fn the_topmost_via_is_replaced_alone() {
    let mut message =
        read(&invite("", "").replace(";rport\r\n", ";rport, SIP/2.0/TCP second\r\nv: SIP/2.0/UDP third\r\n"));
    let mut via = message.headers().top_via().expect("Via");
    via.note_source("198.51.100.7:4444".parse().expect("an address"));
    message.headers_mut().replace_top_via(&via).expect("one line");
    let vias = message.headers().vias().expect("Via");
    assert_eq!(vias.len(), 3);
    assert_eq!((vias[0].received(), vias[0].rport()), (Some("198.51.100.7".parse().expect("ip")), Some(4444)));
    assert_eq!(vias[1].host, Host::Name("second".into()));
}

#[test]
fn names_uris_and_parameters_are_told_apart() {
    let parse = |text: &str| text.parse::<NameAddr>().expect(text);
    assert_eq!(parse("\"Smith, \\\"Al\\\" <x>\" <sip:a@b>;tag=9").display.as_deref(), Some("Smith, \"Al\" <x>"));
    assert_eq!(parse("sip:a@b;tag=9").tag(), Some("9"));
    assert_eq!(parse("<sip:a@b;tag=9>").tag(), None);
    assert_eq!(parse("José <tel:+34-600-000-000;ext=4>").uri.user().as_deref(), Some("+34-600-000-000"));
    let contact = parse("<sip:u@h;ob>;+sip.instance=\"<urn:uuid:0>\";reg-id=1;expires=60;q=0.5");
    assert_eq!(contact.instance().as_deref(), Some("urn:uuid:0"));
    assert_eq!((contact.reg_id(), contact.expires(), contact.q()), (Some(1), Some(60), Some(500)));
    for bad in ["", "\"open <sip:a@b>", "<sip:a@b", "<sip:a@b> x", "Bell, A <sip:a@b>", "sip:a b@c", "< sip:a@b>"] {
        assert!(bad.parse::<NameAddr>().is_err(), "{bad}");
    }
}

#[test]
fn contacts_split_at_commas_outside_quotes() {
    let contacts = |value: &str| read(&invite(&format!("m: {value}\r\n"), "")).headers().contacts();
    let Ok(Contacts::List(list)) = contacts("\"a,b\" <sip:1,2@h>;q=0.1 , <sip:2@h>\r\nContact: sip:3@h") else {
        panic!("three contacts");
    };
    assert_eq!(list.len(), 3);
    assert_eq!(contacts("*"), Ok(Contacts::All));
    assert!(contacts("*\r\nm: <sip:a@b>").is_err());
}

#[test]
fn uris_match_by_rfc_3261_19_1_4() {
    let matches = |a: &str, b: &str| a.parse::<Uri>().expect(a).matches(&b.parse::<Uri>().expect(b));
    assert!(matches("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"));
    assert!(matches("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
    assert!(matches("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5"));
    assert!(matches(
        "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
        "sip:alice@atlanta.com?priority=urgent&subject=project%20x"
    ));
    assert!(matches(
        "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
        "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"
    ));
    assert!(!matches("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"));
    assert!(!matches("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
    assert!(!matches("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
    assert!(!matches("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"));
    assert!(!matches("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"));
    assert!(!matches("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"));
    assert!(!matches("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"));
    assert!(!matches("sip:a%3Bb@h", "sip:a;b@h"));
    assert!(!matches("sip:a@h", "sips:a@h"));
    assert!(matches("tel:+34-600-000", "tel:+34600000"));
    assert!(!matches("tel:600;phone-context=+34", "tel:600;phone-context=+33"));
}

#[test]
fn a_built_request_is_whole_or_refused() {
    let uri: Uri = "sip:bob@example.com".parse().expect("a URI");
    let via = Via::new(super::Transport::Udp, Host::Name("h".into()), None, "z9hG4bK1");
    let request = RequestBuilder::new(Method::Options, uri.clone())
        .header("Via", &via)
        .header("From", NameAddr::new(uri.clone()).with_tag("1"))
        .header("To", NameAddr::new(uri.clone()))
        .header("Call-ID", "x")
        .cseq(3)
        .build()
        .expect("nothing refused");
    assert_eq!(
        Message::parse_datagram(&request.to_bytes()).expect("readable"),
        Message::Request({
            let mut request = request;
            request.headers.set_number("Content-Length", 0);
            request
        })
    );
    assert!(RequestBuilder::new(Method::Options, uri).header("Subject", "a\nb").build().is_err());
}

#[test]
fn a_stream_is_cut_by_length_and_keeps_alive() {
    let mut framer = StreamFramer::default();
    let first = invite("Content-Length: 4\r\n", "\r\n\r\n");
    framer.push(format!("\r\n\r\n{first}\r\n{first}\r\n\r\n").as_bytes());
    let items: Vec<_> = std::iter::from_fn(|| framer.next()).map(|item| item.expect("whole")).collect();
    let kinds: Vec<_> = items
        .iter()
        .map(|item| match item {
            FramedItem::Message(message) => message.body().len(),
            FramedItem::Ping => 100,
            FramedItem::Pong => 200,
        })
        .collect();
    assert_eq!(kinds, [200, 100, 4, 200, 4, 200, 100]);
}

#[test]
fn a_stream_that_lost_its_place_is_broken() {
    for text in [invite("Content-Length: -1\r\n", ""), invite("l: 1\r\nl: 2\r\n", ""), invite("l: 99999\r\n", "")] {
        let mut framer = StreamFramer::default();
        framer.push(text.as_bytes());
        assert!(framer.next().is_some_and(|item| item.is_err()));
        assert!(framer.is_broken() && framer.next().is_none());
    }
    let mut endless = StreamFramer::default();
    endless.push(&[b'x'; 40_000]);
    assert!(endless.next().is_some_and(|item| item.is_err()));
}

#[test]
fn a_head_without_end_is_answered_with_513_however_it_is_cut() {
    let limits = Limits { head: 400, ..Limits::default() };
    let text = invite(&"X-Y: z\r\n".repeat(60), "");
    for size in [1, 7, 100, 401, 402, 403, text.len()] {
        let mut framer = StreamFramer::new(limits);
        let mut seen = Vec::new();
        for chunk in text.as_bytes().chunks(size) {
            framer.push(chunk);
            seen.extend(std::iter::from_fn(|| framer.next()));
        }
        let [Err(error)] = &seen[..] else { panic!("one error, not {seen:?}") };
        assert_eq!(error.answer("t").map(|response| response.status), Some(513), "{size}");
    }
}

#[test]
fn a_bad_request_in_a_stream_does_not_lose_the_next() {
    let mut framer = StreamFramer::default();
    let good = invite("l: 0\r\n", "");
    framer.push(format!("{}{good}", good.replace("CSeq: 1 INVITE", "CSeq: 1 BYE")).as_bytes());
    assert!(framer.next().is_some_and(|item| item.is_err()));
    assert!(matches!(framer.next(), Some(Ok(FramedItem::Message(_)))));
}

/// Any header value that may stand in a message: what is trimmed on reading stands at neither end.
fn value() -> impl Strategy<Value = String> {
    "[!-~\u{a1}-\u{2ff}]{1,6}( {0,2}[!-~\u{a1}-\u{2ff}]{1,6}){0,4}"
}

fn any_message() -> impl Strategy<Value = Message> {
    let name = "[A-Za-z][A-Za-z0-9-]{5,9}x";
    let headers = proptest::collection::vec((name, value()), 0..8);
    let body = proptest::collection::vec(any::<u8>(), 0..60);
    let uri = prop_oneof![
        Just("sip:bob@example.com:5070;lr;x=%20"),
        Just("tel:+34600;ext=1"),
        Just("sips:[2001:db8::1]"),
        Just("urn:service:sos"),
    ];
    (headers, body, uri, proptest::option::of(100..700_u16), "[A-Z]{3,9}", value()).prop_map(
        |(more, body, uri, status, method, reason)| {
            let method: Method = method.parse().expect("a token");
            let mut request = RequestBuilder::new(method, uri.parse().expect("a URI"))
                .header("Via", "SIP/2.0/WSS h.invalid;branch=z9hG4bK7")
                .header("From", "\"A, B\" <sip:a@b>;tag=1")
                .header("To", "<sip:c@d>")
                .header("Call-ID", "1@2")
                .cseq(4);
            for (name, value) in &more {
                request = request.header(name, value);
            }
            let mut request = request.build().expect("nothing refused");
            request.headers.set_number("Content-Length", u32::try_from(body.len()).expect("short"));
            request.body = body.into();
            match status {
                None => Message::Request(request),
                Some(status) => {
                    let mut response = Response::new(status).with_reason(&reason);
                    response.headers = request.headers;
                    response.body = request.body;
                    Message::Response(response)
                }
            }
        },
    )
}

/// All items of a stream cut into pieces of the given lengths, over and over.
fn framed(bytes: &[u8], cuts: &[usize]) -> Vec<Result<FramedItem, Fault>> {
    let mut framer = StreamFramer::default();
    let mut seen = Vec::new();
    let mut rest = bytes;
    for cut in cuts.iter().cycle() {
        let (chunk, after) = rest.split_at((*cut).min(rest.len()));
        framer.push(chunk);
        seen.extend(std::iter::from_fn(|| framer.next()).map(|item| item.map_err(|error| error.fault)));
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    seen
}

proptest! {
    #[test]
    fn what_is_printed_reads_the_same(message in any_message()) {
        let again = Message::parse_datagram(&message.to_bytes()).expect("readable");
        let mut expected = message;
        let length = expected.headers().get("Content-Length").map(str::to_owned);
        // Printing writes the length last.
        expected.headers_mut().remove("Content-Length");
        expected.headers_mut().push("Content-Length", length.unwrap_or_default()).expect("a number");
        prop_assert_eq!(again, expected);
    }

    #[test]
    fn a_stream_brings_what_datagrams_bring(
        messages in proptest::collection::vec(any_message(), 1..4),
        cuts in proptest::collection::vec(1..40_usize, 1..6),
    ) {
        let bytes: Vec<u8> = messages.iter().flat_map(Message::to_bytes).collect();
        let expected: Vec<_> = messages
            .iter()
            .map(|message| Ok(FramedItem::Message(Message::parse_datagram(&message.to_bytes()).expect("readable"))))
            .collect();
        prop_assert_eq!(framed(&bytes, &cuts), expected);
    }

    #[test]
    fn any_chunking_of_any_stream_gives_the_same(
        bytes in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b':'), any::<u8>()], 0..200),
        cuts in proptest::collection::vec(1..40_usize, 1..6),
    ) {
        prop_assert_eq!(framed(&bytes, &cuts), framed(&bytes, &[1]));
    }

    #[test]
    fn bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Message::parse_datagram(&bytes);
    }

    #[test]
    fn a_message_damaged_anywhere_never_panics(at in 0..300_usize, byte in any::<u8>()) {
        let mut bytes = invite("m: \"q\" <sip:a@b>;q=0.1\r\nExpires: 5\r\n", "body").into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        match Message::parse_datagram(&bytes) {
            Ok(message) => {
                let _ = (message.headers().contacts(), message.headers().expires());
                prop_assert!(Message::parse_datagram(&message.to_bytes()).is_ok());
            }
            Err(error) => {
                if let Some(response) = error.answer("t") {
                    let _ = response.to_bytes();
                }
            }
        }
    }

    #[test]
    fn typed_values_never_panic_and_read_back(text in "\\PC{0,60}") {
        if let Ok(uri) = text.parse::<Uri>() {
            prop_assert_eq!(uri.to_string().parse::<Uri>(), Ok(uri));
        }
        if let Ok(address) = text.parse::<NameAddr>() {
            prop_assert_eq!(address.to_string().parse::<NameAddr>(), Ok(address));
        }
        if let Ok(via) = format!("SIP/2.0/UDP {text}").parse::<Via>() {
            prop_assert_eq!(via.to_string().parse::<Via>(), Ok(via));
        }
    }

    #[test]
    fn users_survive_escaping(user in "\\PC{1,20}") {
        let uri = Uri::sip(Some(&user), Host::Name("h".into()), None);
        let again: Uri = uri.to_string().parse().expect("a URI");
        let plain = again.user().map(|user| user.into_owned());
        prop_assert_eq!(plain, Some(user));
    }

    #[test]
    fn display_names_survive_quoting(display in "\\PC{1,20}") {
        let address = NameAddr::new("sip:a@b".parse().expect("a URI")).with_display(&display);
        prop_assert_eq!(address.to_string().parse::<NameAddr>(), Ok(address));
    }
}
