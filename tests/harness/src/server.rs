//! The server as a process.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::place::binary;
use crate::setup::Folder;
use crate::{Api, Events, Setup};

/// A running server. It is killed when it is dropped, and its log is shown if a test failed.
pub struct Server {
    folder: Folder,
    environment: Vec<(String, String)>,
    config: Value,
    process: Child,
    api: Api,
}

impl Server {
    pub(crate) fn start(setup: Setup) -> Self {
        let Setup { folder, config, environment } = setup;
        let text = serde_json::to_string_pretty(&config).expect("a value is JSON, which is YAML");
        std::fs::write(folder.path().join(CONFIG), text).expect("the temporary folder can be written");
        let listen =
            config["http"]["listen"].as_str().and_then(|text| text.parse().ok()).expect("the address was made here");
        let process = run(folder.path(), &environment);
        let mut server = Self { folder, environment, config, process, api: Api::new(listen) };
        server.wait_until_ready();
        server
    }

    /// The API.
    pub fn api(&self) -> Api {
        self.api
    }

    /// A subscription to what happens from now on.
    pub fn events(&self) -> Events {
        Events::subscribe(self.api.address(), None)
    }

    /// A subscription to all that is stored.
    pub fn all_events(&self) -> Events {
        Events::subscribe(self.api.address(), Some(0))
    }

    /// The password of an agent whom [`Setup::agent`] made.
    pub fn password(user: &str) -> String {
        crate::setup::password(user)
    }

    /// Where a user of the server is called, by UDP.
    pub fn uri(&self, user: &str) -> String {
        format!("sip:{user}@{}", self.sip_address())
    }

    /// The address of its SIP sockets.
    pub fn sip_address(&self) -> SocketAddr {
        let text = self.config.pointer("/sip/listen/0/address").and_then(Value::as_str);
        text.and_then(|text| text.parse().ok()).expect("the address was made here")
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The process.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Its recogniser processes.
    pub fn recognisers(&self) -> Vec<u32> {
        children(self.process.id()).into_iter().filter(|child| command_line(*child).contains("asr-worker")).collect()
    }

    /// Its log so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join(LOG)).unwrap_or_default()
    }

    /// Asks it to stop.
    pub fn terminate(&self) {
        signal(self.process.id(), libc::SIGTERM);
    }

    /// Waits until somebody has ended it.
    pub fn wait(&mut self) -> ExitStatus {
        self.process.wait().expect("a child can be waited for")
    }

    /// Waits until it has ended.
    pub fn wait_until_ended(&mut self, limit: Duration) -> ExitStatus {
        let until = Instant::now() + limit;
        loop {
            if let Some(status) = self.process.try_wait().expect("a child can be waited for") {
                return status;
            }
            assert!(Instant::now() < until, "the server has not ended within {limit:?}; its log:\n{}", self.log());
            std::thread::sleep(LOOK);
        }
    }

    /// Kills it as a failure of the machine would.
    pub fn kill(&mut self) {
        signal(self.process.id(), libc::SIGKILL);
        let _ = self.process.wait();
    }

    /// Starts it again in its folder.
    pub fn start_again(&mut self) {
        self.process = run(self.folder.path(), &self.environment);
        self.wait_until_ready();
    }

    /// Waits until so many agents are ready.
    pub fn wait_for_agents(&self, count: usize) {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            let agents = self.api.get("/api/v1/agents");
            let ready = agents.as_array().into_iter().flatten().filter(|agent| agent["state"] == "ready").count();
            if ready >= count {
                return;
            }
            assert!(Instant::now() < until, "{count} agents should be ready: {agents}");
            std::thread::sleep(LOOK);
        }
    }

    /// Waits until a call's record has its end.
    pub fn ended_call(&self, call: &str) -> Value {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            let record = self.api.get(&format!("/api/v1/calls/{call}"));
            if !record["ended_at"].is_null() {
                return record;
            }
            assert!(Instant::now() < until, "the call {call} has not ended: {record}");
            std::thread::sleep(LOOK);
        }
    }

    /// Makes a campaign that may dial at any hour and four at once (more than a [`crate::Phone`] does not take), uploads its list, and starts it.
    pub fn start_campaign(&self, name: &str, settings: &Value, list: &str) -> Value {
        let mut all = json!({
            "name": name, "flow": "campaign", "trunk": "carrier", "caller_id": "+12025550100",
            "attempts_per_second": 5, "at_once": 4, "ring_time": "15s",
            "calling_hours": { "every_day": "00:00-24:00" },
            "budget": { "min_gap": "10s" },
        });
        for (key, value) in settings.as_object().into_iter().flatten() {
            all[key] = value.clone();
        }
        self.api.post("/api/v1/campaigns", &all);
        let uploaded = self.api.upload(&format!("/api/v1/campaigns/{name}/lists?name=list.csv"), list);
        self.api.post(&format!("/api/v1/campaigns/{name}/start"), &Value::Null);
        uploaded
    }

    /// Runs the binary as its command line, against this server; gives what it printed.
    pub fn command(&self, arguments: &[&str]) -> String {
        let output = Command::new(binary())
            .args(arguments)
            .env("CALLWRIGHT_SERVER", format!("http://{}", self.api.address()))
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("{} cannot be started: {error}", binary().display()));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "callwright {}: {text}{errors}", arguments.join(" "));
        text
    }

    /// Waits until a campaign has dialled all that it can.
    pub fn wait_for_campaign(&self, name: &str, limit: Duration) -> Value {
        let until = Instant::now() + limit;
        loop {
            let campaign = self.api.get(&format!("/api/v1/campaigns/{name}"));
            if campaign["state"] == "finished" {
                return campaign;
            }
            assert!(Instant::now() < until, "the campaign {name} is not finished after {limit:?}: {campaign}");
            std::thread::sleep(LOOK);
        }
    }

    fn wait_until_ready(&mut self) {
        let until = Instant::now() + START;
        loop {
            if self.api.try_ask("GET", "/readyz", None).is_ok_and(|answer| answer.status == 200) {
                return;
            }
            if let Some(status) = self.process.try_wait().expect("a child can be waited for") {
                panic!("the server ended at its start ({status}); its log:\n{}", self.log());
            }
            assert!(Instant::now() < until, "the server is not ready after {START:?}; its log:\n{}", self.log());
            std::thread::sleep(LOOK);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let kept = self.folder.path().join(LOG);
            eprintln!("--- the server's log ({}) ---\n{}", kept.display(), self.log());
        }
    }
}

/// Sends a signal to a process that this test started, or to a child of one.
pub(crate) fn signal(process: u32, signal: libc::c_int) {
    let process = libc::pid_t::try_from(process).expect("process ids are small");
    // SAFETY: kill takes plain integers.
    #[allow(unsafe_code, reason = "std sends no signal but SIGKILL to its own children")]
    unsafe {
        libc::kill(process, signal);
    }
}

fn run(folder: &Path, environment: &[(String, String)]) -> Child {
    let log = File::options().create(true).append(true).open(folder.join(LOG)).expect("the log can be written");
    Command::new(binary())
        .arg("serve")
        .arg("--config")
        .arg(folder.join(CONFIG))
        .env("CALLWRIGHT_LOG", "info")
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a file can be shared"))
        .stderr(log)
        .spawn()
        .unwrap_or_else(|error| panic!("{} cannot be started: {error}", binary().display()))
}

fn children(process: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let lists = threads.map(|thread| std::fs::read_to_string(thread.path().join("children")).unwrap_or_default());
    lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<u32>>()).collect()
}

fn command_line(process: u32) -> String {
    let path = PathBuf::from(format!("/proc/{process}/cmdline"));
    String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).replace('\0', " ")
}

const CONFIG: &str = "callwright.yaml";
const LOG: &str = "server.log";
const LOOK: Duration = Duration::from_millis(50);
/// Models load, and sentences that are new are spoken.
const START: Duration = Duration::from_secs(120);
