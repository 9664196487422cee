//! The torture messages of RFC 4475, with the verdicts of the corpus that brings them.

use sip_stack::message::{Contacts, Fault, HeaderError, Message, Method, Request, StreamFramer, Uri};
use sipx_testkit::rfc4475::{self, Case, Expect};

fn bytes(name: &str) -> &'static [u8] {
    rfc4475::case(name).expect("the corpus holds the case").bytes
}

fn request(name: &str) -> Request {
    match Message::parse_datagram(bytes(name)) {
        Ok(Message::Request(request)) => request,
        other => panic!("{name}: {other:?}"),
    }
}

fn fault(name: &str) -> Fault {
    Message::parse_datagram(bytes(name)).expect_err(name).fault
}

/// Reads every typed header the stack knows; the name of the first that cannot be read.
fn first_bad_header(message: &Message) -> Option<&'static str> {
    let headers = message.headers();
    let checks: [(&'static str, bool); 12] = [
        ("Via", headers.vias().is_ok()),
        ("From", headers.from().is_ok()),
        ("To", headers.to().is_ok()),
        ("CSeq", headers.cseq().is_ok()),
        ("Contact", headers.contacts().is_ok()),
        ("Route", headers.routes().is_ok()),
        ("Record-Route", headers.record_routes().is_ok()),
        ("Expires", headers.expires().is_ok()),
        ("Max-Forwards", headers.max_forwards().is_ok()),
        ("Date", headers.date().is_ok()),
        ("Retry-After", headers.retry_after().is_ok()),
        ("Call-ID", headers.call_id().is_ok()),
    ];
    checks.into_iter().find(|(_, is_ok)| !is_ok).map(|(name, _)| name)
}

fn verdict_holds(case: &Case) -> bool {
    let parsed = Message::parse_datagram(case.bytes);
    match (case.expect, parsed) {
        (Expect::ParseOk, Ok(message)) => first_bad_header(&message).is_none(),
        // The stack reads Via, From, To and CSeq at once and the others when asked.
        (Expect::HeaderErr(name), Ok(message)) => first_bad_header(&message) == Some(name),
        (Expect::HeaderErr(name), Err(error)) => match error.fault {
            Fault::Header(HeaderError::Malformed { name: bad, .. }) => bad == name,
            _ => false,
        },
        (Expect::ParseErr(rfc4475::Fault::StartLine), Err(error)) => matches!(error.fault, Fault::StartLine(_)),
        (Expect::ParseErr(_), Err(_)) | (Expect::ValidateErr(_), Err(_)) | (Expect::Unreferenced, _) => true,
        _ => false,
    }
}

#[test]
fn every_verdict_of_the_corpus_holds() {
    let wrong: Vec<_> = rfc4475::CASES
        .iter()
        .filter(|case| !verdict_holds(case))
        .map(|case| format!("{} ({:?}): {:?}", case.name, case.expect, Message::parse_datagram(case.bytes)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_printed_reads_the_same_again() {
    for case in rfc4475::expecting(Expect::ParseOk) {
        let message = Message::parse_datagram(case.bytes).expect(case.name);
        let again = Message::parse_datagram(&message.to_bytes()).expect(case.name);
        let without_length = |message: &Message| {
            let mut message = message.clone();
            message.headers_mut().remove("Content-Length");
            message
        };
        assert_eq!(without_length(&again), without_length(&message), "{}", case.name);
    }
}

#[test]
fn refused_requests_can_be_answered() {
    let answers = [
        ("clerr", 400),
        ("ncl", 400),
        ("ltgtruri", 400),
        ("lwsruri", 400),
        ("lwsstart", 400),
        ("trws", 400),
        ("scalar02", 400),
        ("escruri", 400),
        ("badvers", 505),
        ("mismatch01", 400),
        ("mismatch02", 400),
        ("multi01", 400),
        ("mcl01", 400),
    ];
    for (name, status) in answers {
        let error = Message::parse_datagram(bytes(name)).expect_err(name);
        let response = error.answer("ours").unwrap_or_else(|| panic!("{name} can be answered"));
        assert_eq!(response.status, status, "{name}");
        assert!(response.headers.has("Via") && response.headers.has("Call-ID"), "{name}");
    }
    let quoted = Message::parse_datagram(bytes("quotbal")).expect_err("quotbal");
    assert_eq!(quoted.answer("ours").map(|response| response.status), Some(400));
}

#[test]
fn what_cannot_be_answered_is_dropped() {
    for name in ["badinv01", "scalarlg", "bigcode", "insuf"] {
        let error = Message::parse_datagram(bytes(name)).expect_err(name);
        assert!(error.answer("ours").is_none(), "{name}");
    }
}

#[test]
fn wsinv_folds_spaces_and_quotes() {
    let request = request("wsinv");
    assert_eq!(request.method, Method::Invite);
    assert_eq!(request.uri.to_string(), "sip:vivekg@chair-dnrc.example.com;unknownparam");
    assert_eq!(request.to().expect("To").tag(), Some("1918181833n"));
    let from = request.from().expect("From");
    assert_eq!(from.display.as_deref(), Some("J Rosenberg \\\""));
    assert_eq!(from.tag(), Some("98asjd8"));
    assert_eq!(request.headers.max_forwards(), Ok(Some(68)));
    let cseq = request.cseq().expect("CSeq");
    assert_eq!((cseq.number, cseq.method), (9, Method::Invite));
    let vias = request.headers.vias().expect("Via");
    let seen: Vec<_> = vias.iter().map(|via| (via.transport.as_str(), via.host.to_string(), via.branch())).collect();
    assert_eq!(
        seen,
        [
            ("UDP", "192.0.2.2".to_owned(), Some("390skdjuw")),
            ("TCP", "spindle.example.com".to_owned(), Some("z9hG4bK9ikj8")),
            ("UDP", "192.168.255.111".to_owned(), Some("z9hG4bK30239")),
        ]
    );
    assert_eq!(request.headers.get("Subject"), Some(""));
    assert_eq!(request.headers.get("newfangledheader"), Some("newfangled value continued newfangled value"));
    let routes = request.headers.routes().expect("Route");
    assert!(routes[0].uri.is_loose_router());
    let contact = request.headers.contact().expect("Contact");
    assert_eq!(contact.display.as_deref(), Some("Quoted string \"\""));
    assert_eq!(contact.params.get("newparam"), Some("newvalue"));
    assert_eq!(contact.q(), Some(330));
    assert_eq!(request.body.len(), 150);
}

#[test]
fn intmeth_keeps_its_wide_characters() {
    let request = request("intmeth");
    assert_eq!(request.method.as_str(), "!interesting-Method0123456789_*+`.%indeed'~");
    assert_eq!(request.cseq().expect("CSeq").method, request.method);
    let uri = request.uri.as_sip().expect("a SIP URI");
    assert_eq!(uri.user.as_deref(), Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"));
    assert_eq!(uri.password.as_deref(), Some("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"));
    assert_eq!(request.to().expect("To").display.as_deref(), Some("BEL:\u{7} NUL:\0 DEL:\u{7f}"));
    assert_eq!(request.from().expect("From").display.as_deref(), Some("token1~` token2'+_ token3*%!.-"));
    assert_eq!(request.headers.get("extensionHeader-!.%*+_`'~"), Some("\u{feff}大停電"));
}

#[test]
fn escapes_are_read_where_they_are_escapes() {
    let esc01 = request("esc01");
    assert_eq!(esc01.uri.user().as_deref(), Some("sips:user@example.com"));
    let Ok(Contacts::List(contacts)) = request("escnull").headers.contacts() else { panic!("contacts") };
    assert_eq!(contacts[0].uri.user().as_deref(), Some("\0"));
    assert_eq!(contacts[1].uri.user().as_deref(), Some("\0\0"));
    let esc02 = request("esc02");
    assert_eq!(esc02.method.as_str(), "RE%47IST%45R");
    assert_eq!(request("semiuri").uri.user().as_deref(), Some("user;par=u@example.net"));
}

#[test]
fn longreq_is_read_whole() {
    let request = request("longreq");
    assert_eq!(request.headers.vias().expect("Via").len(), 34);
    assert_eq!(request.body.len(), 150);
}

#[test]
fn bytes_behind_the_content_length_are_cut() {
    assert!(request("dblreq").body.is_empty());
}

#[test]
fn a_binary_body_is_kept() {
    let request = request("mpart01");
    assert_eq!(request.headers.content_type().as_deref(), Some("multipart/mixed"));
    assert!(request.body.windows(2).any(|pair| pair == [0x30, 0x82]), "the signature is there, byte by byte");
}

#[test]
fn reason_phrases_come_through() {
    let reason = |name| match Message::parse_datagram(bytes(name)) {
        Ok(Message::Response(response)) => response.reason().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(reason("unreason"), "= 2**3 * 5**2 но сто девяносто девять - простое");
    assert_eq!(reason("noreason"), "");
}

#[test]
fn faults_are_named() {
    assert!(matches!(fault("clerr"), Fault::BodyCut { promised: 9999, .. }));
    assert!(matches!(fault("ncl"), Fault::Header(HeaderError::Malformed { name: "Content-Length", .. })));
    assert!(matches!(fault("mcl01"), Fault::Header(HeaderError::Repeated { name: "Content-Length" })));
    assert!(matches!(fault("baddn"), Fault::HeaderLine(_)));
    assert!(matches!(fault("badvers"), Fault::Version));
    assert!(matches!(fault("mismatch01"), Fault::CseqMethod));
    assert!(matches!(fault("insuf"), Fault::Header(HeaderError::Missing { .. })));
    assert!(matches!(fault("multi01"), Fault::Header(HeaderError::Repeated { .. })));
}

#[test]
fn strange_schemes_are_kept_for_the_layers_above() {
    assert_eq!(request("unkscm").uri, Uri::Other("nobodyKnowsThisScheme:totallyopaquecontent".into()));
    assert_eq!(request("novelsc").uri.scheme(), "soap.beep");
    assert_eq!(request("unksm2").to().expect("To").uri.scheme(), "isbn");
}

#[test]
fn parameters_of_header_and_uri_are_told_apart() {
    let of = |name| request(name).headers.contact().expect("Contact");
    assert!(
        of("cparam01").params.has("unknownparam") && !of("cparam01").uri.params().expect("sip").has("unknownparam")
    );
    assert!(of("cparam02").uri.params().expect("sip").has("unknownparam") && of("cparam02").params.is_empty());
    let escaped = of("regescrt");
    let route = escaped.uri.as_sip().and_then(|uri| uri.header("route").map(|value| value.into_owned()));
    assert_eq!(route.as_deref(), Some("<sip:sip.example.com>"));
}

#[test]
fn a_stream_brings_the_same_messages() {
    for case in rfc4475::expecting(Expect::ParseOk) {
        // Over a stream a length must be told; what is printed tells it.
        let bytes = Message::parse_datagram(case.bytes).expect(case.name).to_bytes();
        let mut framer = StreamFramer::default();
        let mut seen = Vec::new();
        for chunk in bytes.chunks(7) {
            framer.push(chunk);
            seen.extend(std::iter::from_fn(|| framer.next()));
        }
        assert_eq!(seen.len(), 1, "{}", case.name);
        assert!(seen[0].is_ok(), "{}", case.name);
    }
}
