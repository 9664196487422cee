//! The machine fails in the middle of a campaign, again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use test_harness::{Server, Setup, free_port};

/// How often; `CALLWRIGHT_KILLS` says otherwise.
const KILLS: u32 = 30;
const PEOPLE: u32 = 2_000;

#[test]
fn no_lead_is_dialled_twice_and_every_call_has_its_record() {
    let carrier = Carrier::start();
    let setup = Setup::new().without_speech().file("hello.yaml", FLOW).flow("hello.yaml");
    let trunk = json!([{ "name": "carrier", "host": carrier.address, "ping": "0s", "caller_id": "+12025550100" }]);
    let mut server = setup.change("/trunks", trunk).start();
    let list: String = (0..PEOPLE).map(|n| format!("+1202555{:04}\n", 1000 + n)).collect();
    let settings = json!({
        "flow": "hello", "attempts_per_second": 40, "at_once": 40,
        "retry": { "failed": "never", "unreachable": "never", "busy": "never", "no_answer": "never" },
    });
    server.start_campaign("spring", &settings, &format!("number\n{list}"));
    let kills = std::env::var("CALLWRIGHT_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let mut moment = 17_u64;
    for _ in 0..kills {
        // Moments that differ from round to round, the same in every run.
        moment = moment.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        carrier.wait_for_more();
        std::thread::sleep(Duration::from_millis(moment >> 32 & 0x1ff));
        server.kill();
        server.start_again();
        let state = server.api().get("/api/v1/campaigns/spring")["state"].clone();
        assert_eq!(state, "running", "a campaign that ran runs on");
    }
    server.api().ask("POST", "/api/v1/campaigns/spring/pause", None);
    check(&server, &carrier.dialled());
}

fn check(server: &Server, dialled: &BTreeMap<String, BTreeSet<String>>) {
    let twice: Vec<_> = dialled.iter().filter(|(_, calls)| calls.len() > 1).collect();
    assert!(twice.is_empty(), "dialled twice: {twice:?}");
    assert!(dialled.len() > 100, "the campaign went on: {} were dialled", dialled.len());

    let mut recorded = BTreeMap::new();
    let mut before = String::new();
    loop {
        let page = server.api().get(&format!("/api/v1/calls?limit=500{before}"));
        for call in page["calls"].as_array().into_iter().flatten() {
            recorded.insert(call["caller"].as_str().unwrap_or_default().to_owned(), call["cause"].clone());
        }
        let Some(next) = page["next"].as_str() else { break };
        before = format!("&before={next}");
    }
    let missing: Vec<_> = dialled.keys().filter(|number| !recorded.contains_key(*number)).collect();
    assert!(missing.is_empty(), "dialled without a record: {missing:?}");
    let lost = recorded.values().filter(|cause| **cause == "server_lost").count();
    assert!(lost > 0, "the server was killed while it called");
    let unresolved = server.api().get("/api/v1/campaigns/spring/unresolved");
    let unresolved = unresolved.as_array().map_or(0, Vec::len);
    assert!(unresolved >= lost, "{lost} calls were lost, {unresolved} attempts are shown as unresolved");
}

/// SIPp as the called side: it answers everybody, and writes down every message.
struct Carrier {
    process: Child,
    address: String,
    messages: PathBuf,
}

impl Carrier {
    fn start() -> Self {
        let port = free_port();
        let messages = std::env::temp_dir().join(format!("callwright-kills-{}-{port}.log", std::process::id()));
        let process = Command::new("sipp")
            .args(["-sn", "uas", "-i", "127.0.0.5", "-p", &port.to_string(), "-nostdin", "-trace_msg", "-message_file"])
            .arg(&messages)
            .current_dir(std::env::temp_dir())
            .env("TERM", "dumb")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("sipp cannot be started ({error}): run `make setup`"));
        Self { process, address: format!("127.0.0.5:{port}"), messages }
    }

    /// Waits until somebody is called who was not called before.
    fn wait_for_more(&self) {
        let size = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
        let (before, until) = (size(&self.messages), Instant::now() + Duration::from_secs(10));
        while size(&self.messages) == before {
            assert!(Instant::now() < until, "nobody is called any more");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The Call-IDs of the INVITEs to each number.
    fn dialled(&self) -> BTreeMap<String, BTreeSet<String>> {
        let log = std::fs::read(&self.messages).expect("sipp has written its messages");
        let mut dialled: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut user = None;
        for line in String::from_utf8_lossy(&log).lines() {
            if let Some(rest) = line.strip_prefix("INVITE sip:") {
                user = rest.split('@').next().map(str::to_owned);
            } else if let Some(id) = line.strip_prefix("Call-ID:")
                && let Some(user) = user.take()
            {
                dialled.entry(user).or_default().insert(id.trim().to_owned());
            }
        }
        dialled
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if !std::thread::panicking() {
            let _ = std::fs::remove_file(&self.messages);
        }
    }
}

const FLOW: &str = r#"
callwright: 1
flow: hello
language: en
start: hello
person: bye
nodes:
  hello: { play: { say: "Hello.", then: bye } }
  bye: { hang_up: {} }
"#;
