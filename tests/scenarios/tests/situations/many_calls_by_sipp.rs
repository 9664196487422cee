//! SIPp's own scenarios, a thousand calls each way.

use std::net::UdpSocket;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::json;
use test_harness::{Setup, free_port};

const CALLS: u32 = 1_000;

#[test]
fn a_thousand_calls_come_in() {
    let setup = Setup::new().without_speech().file("hold.yaml", FLOW).flow("hold.yaml").route("*", "hold.yaml");
    let trunk = json!([{ "name": "carrier", "host": "127.0.0.4:5060", "from": ["127.0.0.4"], "ping": "0s" }]);
    let server = setup.change("/trunks", trunk).start();
    let target = server.sip_address().to_string();
    let port = free_port().to_string();
    let arguments = [
        "-sn",
        "uac",
        "-i",
        "127.0.0.4",
        "-p",
        &port,
        "-s",
        "100",
        "-r",
        "50",
        "-d",
        "200",
        "-l",
        "100",
        "-m",
        &CALLS.to_string(),
        "-nostdin",
        "-timeout",
        "120s",
        "-timeout_error",
        &target,
    ];
    let output = sipp(&arguments).wait_with_output().expect("sipp ends");
    assert_all(&output);
    let metrics = server.api().text("/metrics");
    assert!(metrics.contains(&format!("callwright_calls_total {CALLS}")), "{metrics}");
    assert!(metrics.contains("\ncallwright_calls 0"), "{metrics}");
}

#[test]
fn a_thousand_calls_go_out() {
    let port = free_port();
    let called = format!("127.0.0.4:{port}");
    let setup = Setup::new().without_speech().file("hello.yaml", HELLO).flow("hello.yaml");
    let trunk = json!([{ "name": "carrier", "host": called, "ping": "0s", "caller_id": "+12025550100" }]);
    let server = setup.change("/trunks", trunk).start();
    let count = CALLS.to_string();
    let arguments = [
        "-sn",
        "uas",
        "-i",
        "127.0.0.4",
        "-p",
        &port.to_string(),
        "-m",
        &count,
        "-nostdin",
        "-timeout",
        "180s",
        "-timeout_error",
    ];
    let sipp = sipp(&arguments);
    wait_until_bound(port);
    let list: String = (0..CALLS).map(|n| format!("+1202555{:04}\n", 1000 + n)).collect();
    let settings = json!({ "flow": "hello", "attempts_per_second": 30, "at_once": 200 });
    server.start_campaign("many", &settings, &format!("number\n{list}"));
    let campaign = server.wait_for_campaign("many", Duration::from_secs(180));
    assert_all(&sipp.wait_with_output().expect("sipp ends"));
    assert_eq!(campaign["progress"]["attempts"], CALLS, "{campaign}");
    assert_eq!(campaign["progress"]["leads"]["done"], CALLS, "{campaign}");
}

fn sipp(arguments: &[&str]) -> Child {
    let folder = std::env::temp_dir();
    Command::new("sipp")
        .args(arguments)
        .current_dir(folder)
        .env("TERM", "dumb")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("sipp cannot be started ({error}): run `make setup`"))
}

fn assert_all(output: &Output) {
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let tail: Vec<&str> = text.lines().rev().take(60).collect();
    let tail: String = tail.into_iter().rev().map(|line| format!("{line}\n")).collect();
    assert!(output.status.success(), "sipp failed ({}):\n{tail}", output.status);
    let total = |name: &str| {
        let line = text.lines().rev().find(|line| line.trim_start().starts_with(name)).unwrap_or_default();
        line.rsplit('|').next().and_then(|count| count.trim().parse::<u32>().ok())
    };
    assert_eq!((total("Successful call"), total("Failed call")), (Some(CALLS), Some(0)), "{tail}");
}

/// SIPp has the port when we can no longer have it.
fn wait_until_bound(port: u16) {
    for _ in 0..200 {
        if UdpSocket::bind(("127.0.0.4", port)).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("sipp has not begun to listen");
}

const FLOW: &str = r#"
callwright: 1
flow: hold
language: en
start: hello
person: bye
nodes:
  hello: { play: { say: "Please hold the line. Please hold the line. Please hold the line.", then: bye } }
  bye: { hang_up: {} }
"#;

const HELLO: &str = r#"
callwright: 1
flow: hello
language: en
start: hello
person: bye
nodes:
  hello: { play: { say: "Hello.", then: bye } }
  bye: { hang_up: {} }
"#;
