//! The configuration of a server under test, as small as a test needs it.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::place::{sample, set_up, shared};
use crate::ports::{BLOCK_SIZE, port_block};
use crate::{Backend, Phone, Server, free_port};

/// A server that is not started yet: its configuration, and the files of its folder.
pub struct Setup {
    pub(crate) folder: Folder,
    pub(crate) config: Value,
    pub(crate) environment: Vec<(String, String)>,
}

impl Setup {
    /// A server at ports of its own, with English recognition and the set-up's voice, and nobody to speak with.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        // Fixed sentences are spoken once for all tests.
        let link = folder.path().join("callwright-data");
        std::os::unix::fs::symlink(shared("callwright-data"), link).expect("a new folder takes a link");
        Self::at(Folder::Temporary(folder))
    }

    /// As [`Setup::new`], in a folder that stays.
    pub fn in_folder(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).unwrap_or_else(|error| panic!("cannot make {}: {error}", folder.display()));
        Self::at(Folder::Kept(folder.to_owned()))
    }

    fn at(folder: Folder) -> Self {
        let sip = format!("127.0.0.1:{}", free_port());
        let first_port = port_block();
        let config = json!({
            "database": "callwright.db",
            "sip": {
                "listen": [{ "transport": "udp", "address": sip }, { "transport": "tcp", "address": sip }],
                "domain": "callwright",
            },
            "media": {
                "address": "127.0.0.1", "advertise": "127.0.0.1",
                "first_port": first_port, "last_port": first_port + BLOCK_SIZE - 1,
            },
            "http": { "listen": format!("127.0.0.1:{}", free_port()), "private_services": true },
            "speech": {
                "models": { "en": set_up("models/en") },
                "workers": 1,
                "voices": { "en": {
                    "piper": set_up("models/voice-en"),
                    "onnx_runtime": set_up(".setup/lib/libonnxruntime.so"),
                } },
            },
            "drain": "5s",
            // Tests run at any hour.
            "dialing": { "calling_hours": { "every_day": "00:00-24:00" } },
            "trunks": [], "agents": [], "queues": [], "routes": [], "flows": [],
        });
        Self { folder, config, environment: Vec::new() }
    }

    /// Without recogniser, and with the quick voice of eSpeak NG: starts at once.
    pub fn without_speech(self) -> Self {
        self.change("/speech", json!({}))
    }

    /// Callers and called people reach the server by this telephone, its trunk `carrier`.
    pub fn carrier(mut self, phone: &Phone) -> Self {
        self.list("trunks").push(json!({
            "name": "carrier", "host": phone.address(), "from": [phone.host()], "ping": "0s", "caller_id": "+12025550100",
        }));
        self
    }

    /// A queue whose agents are given 5 s to answer and 1 s for notes.
    pub fn queue(mut self, name: &str) -> Self {
        self.list("queues").push(json!({ "name": name, "ring_time": "5s", "wrap_up": "1s", "position_every": "5s" }));
        self
    }

    /// An agent of a queue; the password is that of [`Phone::register`].
    pub fn agent(mut self, user: &str, queue: &str) -> Self {
        self.list("agents").push(json!({ "user": user, "password": password(user), "queues": [queue] }));
        self
    }

    /// A file of the server's folder.
    pub fn file(self, name: &str, text: &str) -> Self {
        std::fs::write(self.folder.path().join(name), text).expect("the temporary folder can be written");
        self
    }

    /// A flow that answers a number.
    pub fn route(mut self, number: &str, file: &str) -> Self {
        self.list("routes").push(json!({ "number": number, "flow": file }));
        self
    }

    /// A flow that campaigns use.
    pub fn flow(mut self, file: &str) -> Self {
        self.list("flows").push(json!(file));
        self
    }

    /// The sample hotline answers 100, with this back end.
    pub fn hotline(self, backend: &Backend) -> Self {
        let services = read(&sample("hotline/services.yaml")).replace("http://127.0.0.1:9180", &backend.url());
        assert!(
            services.contains(&backend.url()),
            "the sample's services name another address than http://127.0.0.1:9180"
        );
        let flow = read(&sample("hotline/hotline.yaml"));
        self.file("hotline.yaml", &flow).file("services.yaml", &services).route("100", "hotline.yaml")
    }

    /// The sample flows of four trades answer these numbers, with this back end.
    pub fn trades(mut self, backend: &Backend, numbers: [(&str, &str); 4]) -> Self {
        let entries = std::fs::read_dir(sample("trades")).expect("the samples have a folder of trades");
        for entry in entries.flatten().filter(|entry| entry.path().extension().is_some_and(|kind| kind == "yaml")) {
            let text = read(&entry.path()).replace("http://127.0.0.1:9180", &backend.url());
            self = self.file(&entry.file_name().to_string_lossy(), &text);
        }
        numbers.into_iter().fold(self, |setup, (number, flow)| setup.route(number, flow))
    }

    /// The sample campaign's flow.
    pub fn campaign(self) -> Self {
        let flow = read(&sample("campaign/campaign.yaml"));
        self.file("campaign.yaml", &flow).flow("campaign.yaml")
    }

    /// Sets a key of the configuration by its JSON pointer, such as `/media/silence`.
    pub fn change(mut self, pointer: &str, value: Value) -> Self {
        let (parent, key) = pointer.rsplit_once('/').expect("a JSON pointer begins with /");
        let parent = self.config.pointer_mut(parent).unwrap_or_else(|| panic!("the configuration has no {parent}"));
        parent[key] = value;
        self
    }

    /// Sets a variable of the server's environment.
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts the server and waits until it takes calls.
    pub fn start(self) -> Server {
        Server::start(self)
    }

    fn list(&mut self, key: &str) -> &mut Vec<Value> {
        self.config[key].as_array_mut().unwrap_or_else(|| panic!("{key} is a list"))
    }
}

/// Where a server's files are.
pub(crate) enum Folder {
    /// Removed with the server.
    Temporary(TempDir),
    /// Left.
    Kept(PathBuf),
}

impl Folder {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }
}

impl Default for Setup {
    fn default() -> Self {
        Self::new()
    }
}

/// The password of a user under test.
pub(crate) fn password(user: &str) -> String {
    format!("secret-of-{user}")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
