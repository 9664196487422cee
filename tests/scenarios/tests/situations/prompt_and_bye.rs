//! The first thing that a server must do: answer, speak, and hang up.

use test_harness::{Phone, Script, Setup};

use super::assert_heard;
use scenario_tests::CONVERSATION;

#[test]
fn a_caller_hears_a_sentence_and_the_server_hangs_up() {
    for transport in ["udp", "tcp"] {
        let carrier = Phone::start("127.0.0.2");
        let server = Setup::new().carrier(&carrier).file("closed.yaml", FLOW).route("*", "closed.yaml").start();
        let events = server.events();
        let uri = format!("{};transport={transport}", server.uri("closed"));
        let talk = carrier.call("", &uri, &Script::new());
        let ended = talk.state("disconnected", CONVERSATION);
        assert_eq!(ended["status"], 200, "{ended}");
        assert_heard(&talk.recording(), "Good morning. The office is closed today. Please call again tomorrow.");
        let call = events.call_begun(0);
        let record = server.ended_call(&call);
        assert_eq!(record["ended_by"], "flow", "{record}");
        assert_eq!(record["cause"], "normal", "{record}");
        assert!(record["answered_at"].is_string(), "{record}");
    }
}

const FLOW: &str = r#"
callwright: 1
flow: closed
language: en
start: closed
person: bye
nodes:
  closed: { play: { say: "Good morning. The office is closed today. Please call again tomorrow.", then: bye } }
  bye: { hang_up: {} }
"#;
