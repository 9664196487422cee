//! The typed values of crate `rsip`, from and to ours.
//!
//! `rsip` never sees bytes from the wire here (it refuses much ordinary traffic); only values already read. Where it
//! has no place for one of ours (other methods, `tel:`, URI headers) the conversion is refused.

use super::error::SyntaxError;
use super::host::Host;
use super::method::Method;
use super::params::Params;
use super::uri::{SipUri, Uri};

impl TryFrom<&Method> for rsip::Method {
    type Error = SyntaxError;

    fn try_from(method: &Method) -> Result<Self, SyntaxError> {
        Ok(match method {
            Method::Invite => Self::Invite,
            Method::Ack => Self::Ack,
            Method::Bye => Self::Bye,
            Method::Cancel => Self::Cancel,
            Method::Options => Self::Options,
            Method::Register => Self::Register,
            Method::Info => Self::Info,
            Method::Prack => Self::PRack,
            Method::Update => Self::Update,
            Method::Refer => Self::Refer,
            Method::Notify => Self::Notify,
            Method::Subscribe => Self::Subscribe,
            Method::Message => Self::Message,
            Method::Publish => Self::Publish,
            Method::Other(_) => return Err(SyntaxError("rsip knows the fourteen standard methods only")),
        })
    }
}

impl From<rsip::Method> for Method {
    fn from(method: rsip::Method) -> Self {
        match method {
            rsip::Method::Invite => Self::Invite,
            rsip::Method::Ack => Self::Ack,
            rsip::Method::Bye => Self::Bye,
            rsip::Method::Cancel => Self::Cancel,
            rsip::Method::Options => Self::Options,
            rsip::Method::Register => Self::Register,
            rsip::Method::Info => Self::Info,
            rsip::Method::PRack => Self::Prack,
            rsip::Method::Update => Self::Update,
            rsip::Method::Refer => Self::Refer,
            rsip::Method::Notify => Self::Notify,
            rsip::Method::Subscribe => Self::Subscribe,
            rsip::Method::Message => Self::Message,
            rsip::Method::Publish => Self::Publish,
        }
    }
}

impl TryFrom<&Uri> for rsip::Uri {
    type Error = SyntaxError;

    fn try_from(uri: &Uri) -> Result<Self, SyntaxError> {
        let Uri::Sip(uri) = uri else { return Err(SyntaxError("rsip knows sip and sips URIs only")) };
        if uri.headers.is_some() {
            return Err(SyntaxError("rsip has no place for the headers of a URI"));
        }
        let host = match &uri.host {
            Host::Name(name) => rsip::Host::Domain(rsip::Domain::from(name.as_ref())),
            Host::V4(address) => rsip::Host::IpAddr((*address).into()),
            // rsip prints no brackets, so what it prints would be no URI.
            Host::V6(_) => return Err(SyntaxError("rsip cannot write IPv6 hosts")),
        };
        Ok(Self {
            scheme: Some(if uri.secure { rsip::Scheme::Sips } else { rsip::Scheme::Sip }),
            auth: uri.user.as_ref().map(|user| rsip::Auth {
                user: user.to_string(),
                password: uri.password.as_ref().map(ToString::to_string),
            }),
            host_with_port: rsip::HostWithPort { host, port: uri.port.map(rsip::Port::from) },
            params: uri.params.iter().map(|(name, value)| param(name, value)).collect(),
            headers: Vec::new(),
        })
    }
}

/// Every parameter as rsip's open variant, but `lr`, which it keeps apart.
fn param(name: &str, value: Option<&str>) -> rsip::Param {
    match value {
        None if name.eq_ignore_ascii_case("lr") => rsip::Param::Lr,
        _ => rsip::Param::Other(name.into(), value.map(Into::into)),
    }
}

impl TryFrom<&rsip::Uri> for Uri {
    type Error = SyntaxError;

    fn try_from(uri: &rsip::Uri) -> Result<Self, SyntaxError> {
        let secure = match &uri.scheme {
            Some(rsip::Scheme::Sips) => true,
            Some(rsip::Scheme::Sip) | None => false,
            Some(rsip::Scheme::Other(_)) => return Err(SyntaxError("only sip and sips URIs are read from rsip")),
        };
        let host = match &uri.host_with_port.host {
            rsip::Host::Domain(name) => name.to_string().parse()?,
            rsip::Host::IpAddr(address) => Host::from(*address),
        };
        let params: String = uri.params.iter().map(ToString::to_string).collect();
        Ok(Self::Sip(SipUri {
            secure,
            user: uri.auth.as_ref().map(|auth| auth.user.as_str().into()),
            password: uri.auth.as_ref().and_then(|auth| auth.password.as_deref()).map(Into::into),
            host,
            port: uri.host_with_port.port.as_ref().map(|port| *port.value()),
            params: Params::parse(params.trim_start_matches(';'))?,
            headers: None,
        }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rsip::headers::auth::{Algorithm as TheirAlgorithm, AuthQop};
    use rsip::headers::{ToTypedHeader, UntypedHeader};
    use rsip::message::HeadersExt;
    use rsip::services::DigestGenerator;

    use crate::auth::{Algorithm, Counted};
    use crate::message::{Message, Method, Uri};

    /// An ordinary INVITE as phones write it, in the part of SIP that rsip reads.
    fn ordinary() -> impl Strategy<Value = String> {
        (
            "[a-z][a-z0-9]{0,8}",
            "[a-z][a-z0-9]{0,8}\\.example\\.(com|net)",
            proptest::option::of(1024..65535_u16),
            "[A-Za-z][A-Za-z ]{0,10}[a-z]",
            "[a-f0-9]{8}",
            1..100_000_u32,
            prop_oneof![Just("INVITE"), Just("OPTIONS"), Just("BYE"), Just("REGISTER")],
            "[a-z0-9=\r\n]{0,80}",
        )
            .prop_map(|(user, host, port, display, tag, number, method, body)| {
                let port = port.map(|port| format!(":{port}")).unwrap_or_default();
                format!(
                    "{method} sip:{user}@{host}{port};transport=tcp SIP/2.0\r\n\
                     Via: SIP/2.0/UDP {host}{port};branch=z9hG4bK{tag};rport\r\n\
                     Max-Forwards: 70\r\n\
                     From: \"{display}\" <sip:{user}@{host}>;tag={tag}\r\n\
                     To: <sip:bob@{host}>\r\n\
                     Call-ID: {tag}@{host}\r\n\
                     CSeq: {number} {method}\r\n\
                     Contact: <sip:{user}@{host}{port}>\r\n\
                     Content-Length: {}\r\n\r\n{body}",
                    body.len()
                )
            })
    }

    proptest! {
        #[test]
        fn both_parsers_agree_where_rsip_reads(text in ordinary()) {
            let Ok(theirs) = rsip::Request::try_from(text.as_bytes()) else { return Ok(()) };
            let Ok(Message::Request(ours)) = Message::parse_datagram(text.as_bytes()) else {
                panic!("rsip reads what we do not: {text}");
            };
            prop_assert_eq!(&Method::from(theirs.method), &ours.method);
            prop_assert_eq!(Uri::try_from(&theirs.uri).map(|uri| uri.to_string().to_lowercase()), Ok(ours.uri.to_string()));
            prop_assert_eq!(theirs.call_id_header().expect("rsip").value(), ours.call_id().expect("ours"));
            let from = theirs.from_header().expect("rsip").typed().expect("rsip");
            let our_from = ours.from().expect("ours");
            prop_assert_eq!(from.display_name.as_deref().map(|name| name.trim_matches('"')), our_from.display.as_deref());
            prop_assert_eq!(Uri::try_from(&from.uri), Ok(our_from.uri));
            let cseq = theirs.cseq_header().expect("rsip").typed().expect("rsip");
            let our_cseq = ours.cseq().expect("ours");
            prop_assert_eq!((cseq.seq, Method::from(cseq.method)), (our_cseq.number, our_cseq.method));
            let via = theirs.via_header().expect("rsip").typed().expect("rsip");
            let our_via = ours.top_via().expect("ours");
            let branch = via.branch().map(|branch| branch.value().to_owned());
            prop_assert_eq!(branch.as_deref(), our_via.branch());
            prop_assert_eq!(&theirs.body[..], &ours.body[..]);
        }

        #[test]
        fn digests_are_those_of_rsip(
            user in "[a-z0-9]{1,9}",
            realm in "[a-z.]{1,12}",
            password in "[ -~]{0,12}",
            nonce in "[0-9a-f]{32}",
            cnonce in "[0-9a-f]{8}",
            // rsip writes the count in decimal, which is the same below ten only.
            nc in 1..10_u8,
            sha in any::<bool>(),
            counted in any::<bool>(),
        ) {
            let uri: Uri = "sip:bob@example.com:5060".parse().expect("a URI");
            let their_uri = rsip::Uri::try_from(&uri).expect("an rsip URI");
            let qop = AuthQop::Auth { cnonce: cnonce.clone(), nc };
            let theirs = DigestGenerator {
                username: &user,
                password: &password,
                nonce: &nonce,
                uri: &their_uri,
                realm: &realm,
                method: &rsip::Method::Register,
                qop: counted.then_some(&qop),
                algorithm: if sha { TheirAlgorithm::Sha256 } else { TheirAlgorithm::Md5 },
            };
            let ours = if sha { Algorithm::Sha256 } else { Algorithm::Md5 };
            let ha1 = ours.ha1(&user, &realm, &password);
            let count = counted.then_some(Counted { nc: nc.into(), cnonce: &cnonce });
            prop_assert_eq!(ours.response(&ha1, &nonce, count, "REGISTER", &uri.to_string()), theirs.compute());
        }
    }

    #[test]
    fn uris_and_methods_go_there_and_back() {
        for text in ["sip:alice@example.com", "sips:a:pw@192.0.2.1:5061;lr;transport=tls", "sip:example.com;x=1"] {
            let uri: Uri = text.parse().expect(text);
            let theirs = rsip::Uri::try_from(&uri).expect(text);
            assert_eq!(theirs.to_string(), text);
            assert_eq!(Uri::try_from(&theirs), Ok(uri));
        }
        for text in ["tel:+34600000000", "sip:[2001:db8::1]", "sip:a@b?Subject=x"] {
            let uri: Uri = text.parse().expect(text);
            assert!(rsip::Uri::try_from(&uri).is_err(), "{text}");
        }
        for method in rsip::Method::all() {
            assert_eq!(rsip::Method::try_from(&Method::from(method)), Ok(method));
        }
        assert!(rsip::Method::try_from(&Method::Other("FOO".into())).is_err());
    }
}
