//! Vectors of the standards, and whole exchanges between both sides.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{
    Account, Algorithm, AuthConfig, Authenticator, Challenge, ChallengeRefused, ClientAuth, Counted, Credentials, Qop,
    Secret, Verdict,
};
use crate::message::{Message, Request, RequestBuilder};

const KEY: [u8; 32] = [7; 32];

fn register() -> Request {
    let bytes = b"REGISTER sip:pbx.example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKa\r\n\
        From: <sip:201@pbx.example.com>;tag=1\r\nTo: <sip:201@pbx.example.com>\r\nCall-ID: x\r\nCSeq: 1 REGISTER\r\n\r\n";
    match Message::parse_datagram(bytes) {
        Ok(Message::Request(request)) => request,
        other => panic!("{other:?}"),
    }
}

#[allow(clippy::disallowed_methods)] // The base instant of the virtual clock.
fn start() -> Instant {
    Instant::now()
}

fn client(password: &str) -> ClientAuth {
    let account = Account { realm: None, username: "201".into(), password: password.into() };
    ClientAuth::new(vec![account])
}

fn secret(username: &str) -> Option<Secret> {
    (username == "201").then(|| Secret::Password("s3cret".into()))
}

/// A request signed for the first challenge of `server`.
fn signed(server: &Authenticator, client: &mut ClientAuth, now: Instant, chance: u64) -> Request {
    let mut request = register();
    let challenge = server.challenge(&request, "srv", false, now, chance);
    client.take_challenge(&request, &challenge).expect("the challenge is taken");
    client.authorize(&mut request, chance + 1).expect("signed");
    request
}

#[test]
fn the_vector_of_rfc_2617() {
    let ha1 = Algorithm::Md5.ha1("Mufasa", "testrealm@host.com", "Circle Of Life");
    assert_eq!(ha1, "939e7578ed9e3c518a452acee763bce9");
    let count = Counted { nc: 1, cnonce: "0a4f113b" };
    let nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
    let response = Algorithm::Md5.response(&ha1, nonce, Some(count), "GET", "/dir/index.html");
    assert_eq!(response, "6629fae49393a05397450978507c4ef1");
}

#[test]
fn the_vectors_of_rfc_7616_in_both_algorithms() {
    let nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
    let count = Counted { nc: 1, cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ" };
    let response = |algorithm: Algorithm| {
        let ha1 = algorithm.ha1("Mufasa", "http-auth@example.org", "Circle of Life");
        algorithm.response(&ha1, nonce, Some(count), "GET", "/dir/index.html")
    };
    assert_eq!(response(Algorithm::Md5), "8ca523f5e9506fed4657c9700eebdbec");
    assert_eq!(response(Algorithm::Sha256), "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

#[test]
fn a_client_without_qop_follows_rfc_2069() {
    let ha1 = Algorithm::Md5.ha1("bob", "biloxi.com", "zanzibar");
    let response = Algorithm::Md5.response(&ha1, "dcd98b", None, "INVITE", "sip:bob@biloxi.com");
    let by_hand = Algorithm::Md5.hash(&[&ha1, "dcd98b", &Algorithm::Md5.hash(&["INVITE", "sip:bob@biloxi.com"])]);
    assert_eq!(response, by_hand);
}

#[test]
fn the_challenge_of_rfc_8760_offers_the_stronger_first() {
    let server = Authenticator::new(AuthConfig::new("example.com", KEY), start());
    let response = server.challenge(&register(), "t", false, start(), 5);
    let offered: Vec<Challenge> =
        response.headers.get_all("WWW-Authenticate").map(|value| value.parse().expect("a challenge")).collect();
    let algorithms: Vec<_> = offered.iter().map(|challenge| challenge.algorithm).collect();
    assert_eq!(algorithms, [Some(Algorithm::Sha256), Some(Algorithm::Md5)]);
    assert!(offered.iter().all(|challenge| challenge.qop == Qop::Auth && !challenge.stale));
    assert_eq!(response.status, 401);
}

#[test]
fn a_signed_request_is_accepted_and_its_nonce_counted_on() {
    let now = start();
    let mut server = Authenticator::new(AuthConfig::new("pbx", KEY), now);
    let mut client = client("s3cret");
    let mut request = signed(&server, &mut client, now, 1);
    let accepted = Verdict::Accepted { username: "201".into() };
    assert_eq!(server.verify(&request, now, secret), accepted);
    for round in 2..6_u64 {
        client.authorize(&mut request, round).expect("signed");
        let value = request.headers.get("Authorization").expect("signed");
        let credentials: Credentials = value.parse().expect("credentials");
        assert_eq!(credentials.counted.map(|count| u64::from(count.nc)), Some(round));
        assert_eq!(server.verify(&request, now, secret), accepted);
    }
}

#[test]
fn a_request_heard_twice_is_stale() {
    let now = start();
    let mut server = Authenticator::new(AuthConfig::new("pbx", KEY), now);
    let request = signed(&server, &mut client("s3cret"), now, 1);
    assert!(matches!(server.verify(&request, now, secret), Verdict::Accepted { .. }));
    assert_eq!(server.verify(&request, now, secret), Verdict::Challenge { stale: true });
}

#[test]
fn requests_that_overtake_each_other_are_both_accepted() {
    let now = start();
    let mut server = Authenticator::new(AuthConfig::new("pbx", KEY), now);
    let mut client = client("s3cret");
    let first = signed(&server, &mut client, now, 1);
    let mut second = first.clone();
    client.authorize(&mut second, 9).expect("signed");
    assert!(matches!(server.verify(&second, now, secret), Verdict::Accepted { .. }));
    assert!(matches!(server.verify(&first, now, secret), Verdict::Accepted { .. }));
    assert_eq!(server.verify(&first, now, secret), Verdict::Challenge { stale: true });
}

#[test]
fn an_old_nonce_is_stale_and_the_client_follows() {
    let now = start();
    let mut server = Authenticator::new(AuthConfig::new("pbx", KEY), now);
    let mut client = client("s3cret");
    let mut request = signed(&server, &mut client, now, 1);
    assert!(matches!(server.verify(&request, now, secret), Verdict::Accepted { .. }));
    let later = now + Duration::from_secs(301);
    client.authorize(&mut request, 3).expect("signed");
    assert_eq!(server.verify(&request, later, secret), Verdict::Challenge { stale: true });
    let challenge = server.challenge(&request, "srv", true, later, 4);
    client.take_challenge(&request, &challenge).expect("stale is no refusal");
    client.authorize(&mut request, 5).expect("signed");
    assert!(matches!(server.verify(&request, later, secret), Verdict::Accepted { .. }));
}

#[test]
fn a_wrong_password_is_told_on_both_sides() {
    let now = start();
    let mut server = Authenticator::new(AuthConfig::new("pbx", KEY), now);
    let mut client = client("wrong");
    let request = signed(&server, &mut client, now, 1);
    assert_eq!(server.verify(&request, now, secret), Verdict::Wrong { username: "201".into() });
    let again = server.challenge(&request, "srv", false, now, 2);
    let refused = client.take_challenge(&request, &again).expect_err("no use");
    assert_eq!(refused, ChallengeRefused::WrongAccount { realm: "pbx".into(), username: "201".into() });
}

#[test]
fn an_unknown_user_is_wrong_like_a_wrong_password() {
    let now = start();
    let mut server = Authenticator::new(AuthConfig::new("pbx", KEY), now);
    let request = signed(&server, &mut client("s3cret"), now, 1);
    assert_eq!(server.verify(&request, now, |_| None), Verdict::Wrong { username: "201".into() });
}

#[test]
fn a_nonce_of_an_earlier_start_is_stale() {
    let now = start();
    let before = Authenticator::new(AuthConfig::new("pbx", [1; 32]), now);
    let mut server = Authenticator::new(AuthConfig::new("pbx", KEY), now);
    let request = signed(&before, &mut client("s3cret"), now, 1);
    assert_eq!(server.verify(&request, now, secret), Verdict::Challenge { stale: true });
}

#[test]
fn stored_hashes_serve_in_place_of_the_password() {
    let now = start();
    let mut server = Authenticator::new(AuthConfig::new("pbx", KEY), now);
    let request = signed(&server, &mut client("s3cret"), now, 1);
    let hashed = Secret::Ha1 { md5: None, sha256: Some(Algorithm::Sha256.ha1("201", "pbx", "s3cret")) };
    assert!(matches!(server.verify(&request, now, |_| Some(hashed)), Verdict::Accepted { .. }));
}

#[test]
fn credentials_for_another_uri_are_refused() {
    let now = start();
    let mut server = Authenticator::new(AuthConfig::new("pbx", KEY), now);
    let mut request = signed(&server, &mut client("s3cret"), now, 1);
    request.uri = "sip:pbx.example.com;transport=tcp".parse().expect("a URI");
    assert!(matches!(server.verify(&request, now, secret), Verdict::Accepted { .. }), "parameters may differ");
    request.uri = "sip:other@pbx.example.com".parse().expect("a URI");
    assert_eq!(server.verify(&request, now, secret), Verdict::OtherUri);
}

#[test]
fn a_memory_that_is_full_makes_old_nonces_stale_never_reusable() {
    let now = start();
    let config = AuthConfig { most_nonces: 2, ..AuthConfig::new("pbx", KEY) };
    let mut server = Authenticator::new(config, now);
    let requests: Vec<_> = (0..3_u64)
        .map(|n| {
            let at = now + Duration::from_millis(n * 10);
            let request = signed(&server, &mut client("s3cret"), at, n * 100);
            assert!(matches!(server.verify(&request, at, secret), Verdict::Accepted { .. }));
            request
        })
        .collect();
    for request in &requests {
        let verdict = server.verify(request, now + Duration::from_millis(40), secret);
        assert_eq!(verdict, Verdict::Challenge { stale: true });
    }
}

#[test]
fn a_client_without_nonce_count_uses_a_nonce_once() {
    let now = start();
    let mut server = Authenticator::new(AuthConfig::new("pbx", KEY), now);
    let mut request = register();
    let challenge = server.challenges(false, now, 1).remove(1);
    let ha1 = Algorithm::Md5.ha1("201", "pbx", "s3cret");
    let response = Algorithm::Md5.response(&ha1, &challenge.nonce, None, "REGISTER", "sip:pbx.example.com");
    let value = format!(
        "Digest username=\"201\",realm=\"pbx\",nonce=\"{}\",uri=\"sip:pbx.example.com\",response=\"{response}\"",
        challenge.nonce
    );
    request.headers.push("Authorization", value).expect("one line");
    assert!(matches!(server.verify(&request, now, secret), Verdict::Accepted { .. }));
    assert_eq!(server.verify(&request, now, secret), Verdict::Challenge { stale: true });
}

#[test]
fn a_request_without_credentials_is_challenged() {
    let now = start();
    let mut server = Authenticator::new(AuthConfig::new("pbx", KEY), now);
    let mut request = register();
    assert_eq!(server.verify(&request, now, secret), Verdict::Challenge { stale: false });
    request.headers.push("Authorization", "Basic dXNlcjpwYXNz").expect("one line");
    assert_eq!(server.verify(&request, now, secret), Verdict::Challenge { stale: false });
    request.headers.push("Authorization", "Digest username=\"x").expect("one line");
    assert_eq!(server.verify(&request, now, secret), Verdict::Malformed);
}

#[test]
fn the_client_passes_over_what_it_does_not_know() {
    let request = register();
    let challenged = |values: &[&str]| {
        let mut response = crate::message::Response::reply(&request, 401, Some("t"));
        for value in values {
            response.headers.push("WWW-Authenticate", value).expect("one line");
        }
        client("x").take_challenge(&request, &response)
    };
    let sha512 = "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512-256, qop=\"auth\"";
    assert_eq!(challenged(&[sha512]), Err(ChallengeRefused::Unsupported { realm: "r".into() }));
    assert_eq!(challenged(&[sha512, "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int,auth\""]), Ok(()));
    assert_eq!(challenged(&["Basic realm=\"r\""]), Err(ChallengeRefused::NoChallenge));
    assert_eq!(challenged(&[]), Err(ChallengeRefused::NoChallenge));
}

#[test]
fn an_account_for_another_realm_is_not_given_away() {
    let account = Account { realm: Some("trunk".into()), username: "u".into(), password: "p".into() };
    let mut client = ClientAuth::new(vec![account]);
    let request = register();
    let mut response = crate::message::Response::reply(&request, 407, None);
    response.headers.push("Proxy-Authenticate", "Digest realm=\"evil\", nonce=\"n\"").expect("one line");
    let refused = client.take_challenge(&request, &response).expect_err("no account");
    assert_eq!(refused, ChallengeRefused::NoAccount { realm: "evil".into() });
}

#[test]
fn quotes_in_names_survive() {
    let mut client = ClientAuth::new(vec![Account { realm: None, username: "a\"b\\c".into(), password: "p".into() }]);
    let uri = "sip:x.example".parse().expect("a URI");
    let mut request = RequestBuilder::new(crate::message::Method::Options, uri).build().expect("nothing refused");
    let mut response = crate::message::Response::reply(&request, 401, None);
    response.headers.push("WWW-Authenticate", "Digest realm=\"q\\\"r, s\", nonce=\"n\"").expect("one line");
    client.take_challenge(&request, &response).expect("taken");
    client.authorize(&mut request, 1).expect("signed");
    let credentials: Credentials = request.headers.get("Authorization").expect("signed").parse().expect("readable");
    assert_eq!((&*credentials.username, &*credentials.realm), ("a\"b\\c", "q\"r, s"));
}

proptest! {
    #[test]
    fn challenges_and_credentials_never_panic(text in "\\PC*") {
        let _ = text.parse::<Challenge>();
        let _ = format!("Digest {text}").parse::<Credentials>();
    }

    #[test]
    fn credentials_read_back_as_written(user in "\\PC{0,12}", realm in "\\PC{0,12}", nc in any::<u32>()) {
        let counted = Some(super::Count { nc, cnonce: "c".into() });
        let credentials = Credentials {
            username: user, realm, nonce: "n".into(), uri: "sip:a".into(), response: "00".into(),
            algorithm: Some(Algorithm::Sha256), algorithm_named: true, counted, opaque: Some("o".into()),
        };
        prop_assert_eq!(credentials.to_string().parse::<Credentials>(), Ok(credentials));
    }
}
