//! The server with its telephones.

use std::path::{Path, PathBuf};

use serde_json::json;
use test_harness::{Backend, Events, Phone, Server, Setup, free_port_near, repository};

use crate::cast::{AGENTS, CALLERS};
use crate::narrator::Narrator;

/// Everything that plays.
pub struct Stage {
    /// Callers and called people: the server's trunk.
    pub carrier: Phone,
    /// The agents' telephones.
    pub desk: Phone,
    /// What knows balances.
    pub backend: Backend,
    /// The server.
    pub server: Server,
    /// All that happens.
    pub events: Events,
    /// Prints it.
    pub narrator: Narrator,
    /// `demo/run`.
    pub run: PathBuf,
}

impl Stage {
    /// Starts everything and signs the agents in.
    pub fn open() -> Self {
        let run = repository().join("demo/run");
        clear(&run);
        let carrier = Phone::start("127.0.0.2");
        let desk = Phone::start("127.0.0.3");
        let backend = Backend::start();
        let server = setup(&run, &carrier, &backend).start();
        let events = server.events();
        for caller in &CALLERS {
            carrier.line(caller.number);
        }
        for agent in AGENTS {
            desk.register(agent, &server, "udp");
        }
        server.wait_for_agents(AGENTS.len());
        let narrator = Narrator::start(&events, &carrier, &desk);
        println!("demo: the server answers at {}, its page is http://{}/", server.uri("100"), server.api().address());
        println!("demo: two agents have signed in: {}", AGENTS.join(", "));
        Self { carrier, desk, backend, server, events, narrator, run }
    }

    /// Waits until everything that happened is printed, and keeps what the telephones told beside the server's log.
    pub fn finish(&self) {
        self.narrator.catch_up();
        for (name, phone) in [("carrier", &self.carrier), ("desk", &self.desk)] {
            let lines: String = phone.facts().all().iter().map(|fact| format!("{fact}\n")).collect();
            let file = self.run.join(format!("{name}.jsonl"));
            std::fs::write(&file, lines).unwrap_or_else(|error| panic!("cannot write {}: {error}", file.display()));
        }
    }

    /// Tells how to go on by oneself.
    pub fn invite(&self) {
        let address = self.server.sip_address();
        println!("\nThe server goes on. Try it with a softphone (Linphone, Zoiper, baresip ...) on this machine:");
        println!("  account     sip:{GUEST}@callwright, proxy or registrar sip:{address}");
        println!("  password    {}", Server::password(GUEST));
        println!("  call        sip:100@{address}   and say \"my bill\", \"opening hours\" or \"agent\"");
        println!("  page        http://{}/", self.server.api().address());
        println!("  files       {}", self.run.display());
        println!("Registered, you are an agent as well: calls that ask for a person may ring at your telephone.");
        println!("Ctrl-C ends it.");
    }
}

fn setup(run: &Path, carrier: &Phone, backend: &Backend) -> Setup {
    let sip = format!("127.0.0.1:{}", free_port_near(5060));
    let pages = format!("127.0.0.1:{}", free_port_near(8080));
    let mut setup = Setup::in_folder(run)
        .change("/sip/listen", json!([{ "transport": "udp", "address": sip }, { "transport": "tcp", "address": sip }]))
        .change("/http/listen", json!(pages))
        .change("/recordings", json!({ "enabled": true }))
        .carrier(carrier)
        .queue("service");
    for agent in AGENTS.iter().chain([&GUEST]) {
        setup = setup.agent(agent, "service");
    }
    for name in ["hotline.yaml", "campaign.yaml", "services.yaml"] {
        setup = setup.file(name, &read(&format!("flows/{name}")).replace("http://127.0.0.1:9180", &backend.url()));
    }
    setup.route("100", "hotline.yaml").flow("campaign.yaml")
}

/// A file of `demo/`.
pub fn read(path: &str) -> String {
    let path = repository().join("demo").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
}

/// The last run's files go; sentences that were spoken then stay.
fn clear(run: &Path) {
    for entry in std::fs::read_dir(run).into_iter().flatten().flatten() {
        if entry.file_name() == "callwright-data" {
            continue;
        }
        let path = entry.path();
        let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        removed.unwrap_or_else(|error| panic!("cannot remove {} of the last run: {error}", path.display()));
    }
}

/// Whoever watches, with a softphone.
const GUEST: &str = "guest";
