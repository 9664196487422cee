//! The telephones by themselves: what the other tests stand on.

use test_harness::{CALLER, OTHER_CALLER, Phone, Script, Serve};

use super::assert_heard;
use scenario_tests::SOON;

#[test]
fn two_telephones_hear_each_other_and_listen_before_they_speak() {
    let (one, other) = (Phone::start("127.0.0.2"), Phone::start("127.0.0.3"));
    let answer =
        Script::new().voice(OTHER_CALLER).say("good morning how can i help you").answer("thank you for calling");
    other.serve("alice", &Serve::answer(300, answer));
    other.serve("bob", &Serve::refuse(486));
    let uri = |user: &str| format!("sip:{user}@{}", other.address());
    let script =
        Script::new().voice(CALLER).answer("i would like to know how much i owe you").keys("12").quiet(600).hang_up();
    let talk = one.call("", &uri("alice"), &script);
    let called = other.incoming("alice", 0, SOON);
    assert_heard(&talk.recording(), "good morning how can i help you thank you for calling");
    assert_heard(&called.recording(), "i would like to know how much i owe you");
    let keys: Vec<_> = called.facts().into_iter().filter(|fact| fact["event"] == "key").collect();
    assert_eq!(keys.len(), 2, "{keys:?}");
    let busy = one.call("", &uri("bob"), &Script::new());
    assert_eq!(busy.ended()["status"], 486);
}
