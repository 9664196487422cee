//! A server without telephones.

use std::sync::Arc;

use call_model::{CallId, Cause, Disposition, FlowHash, Party, Termination};
use media_runtime::{MediaRuntime, RuntimeConfig};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use storage::{CallEnd, CallStart, Direction, ServerId, Store};
use tempfile::TempDir;

use crate::acd::AcdHandle;
use crate::calls::Registry;
use crate::config::Config;
use crate::consult::JobBell;
use crate::dialer::DialerHandle;
use crate::fetch::{Fetcher, Secrets};
use crate::flows::{FlowLibrary, Flows};
use crate::outbox::OutboxBell;
use crate::services::{Clock, Live, Services};
use crate::sip::SipHandle;
use crate::speech::{PromptLibrary, RecogniserSettings, Recognisers, RecordedVoices, voices};
use crate::trunks::TrunkStates;

/// A running API.
pub(crate) struct Api {
    pub(crate) services: Arc<Services>,
    /// Its files; they go when it goes.
    pub(crate) folder: TempDir,
    address: String,
    client: reqwest::Client,
}

impl Api {
    /// An API of this configuration (YAML).
    pub(crate) async fn of(configuration: &str) -> Self {
        Self::in_folder(configuration, tempfile::tempdir().expect("there is room")).await
    }

    /// As [`Api::of`], in a folder that may hold the database of an earlier one.
    pub(crate) async fn in_folder(configuration: &str, folder: TempDir) -> Self {
        let mut config: Config = serde_saphyr::from_str(configuration).expect("a configuration");
        config.folder = folder.path().to_owned();
        let services = Arc::new(services(config).await);
        let listener = crate::http::bind(([127, 0, 0, 1], 0).into()).await.expect("a port is free");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        crate::http::spawn(listener, services.clone());
        Self { services, folder, address, client: reqwest::Client::new() }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.address))
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    /// A call that was recorded and has ended.
    pub(crate) async fn recorded_call(&self, recording: &[u8]) -> CallId {
        let call = crate::chance::call_id(self.services.clock.unix_ms());
        let now = self.services.clock.now();
        let name = format!("{call}.wav");
        std::fs::create_dir_all(self.folder.path().join("recordings")).expect("there is room");
        std::fs::write(self.folder.path().join("recordings").join(&name), recording).expect("there is room");
        let start = CallStart {
            call,
            direction: Direction::Inbound,
            caller: "+12025550123".to_owned(),
            called: "100".to_owned(),
            flow: "hotline".to_owned(),
            flow_hash: FlowHash::new("7f83"),
            seed: u64::MAX,
            campaign: None,
            attempt: None,
            started_at: now,
            sip_call_id: Some("a@192.0.2.10".to_owned()),
        };
        self.services.store.begin_call(start, Vec::new()).await.expect("the database writes");
        let end = CallEnd {
            call,
            answered_at: Some(now),
            ended_at: now,
            termination: Termination::new(Party::Caller, Cause::Normal),
            disposition: Disposition::SelfServed,
            agent: None,
            queue_wait_ms: None,
            intent: None,
            service: None,
            recording: Some(name),
        };
        self.services.store.end_call(end, Vec::new()).await.expect("the database writes");
        call
    }
}

/// A request with a body of JSON.
pub(crate) fn with_json(request: RequestBuilder, body: &Value) -> RequestBuilder {
    request.header("content-type", "application/json").body(body.to_string())
}

/// The answer's status and JSON.
pub(crate) async fn json(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.expect("the server answers");
    let status = response.status();
    (status, body(response).await)
}

pub(crate) async fn body(response: Response) -> Value {
    let text = response.text().await.expect("a whole answer");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text:?}"))
}

async fn services(config: Config) -> Services {
    let database = config.folder.join("calls.db").display().to_string();
    let recognisers =
        RecogniserSettings { program: "unused".into(), models: Default::default(), workers: 0, turns_a_worker: 0 };
    let voices = voices(&config).expect("espeak-ng is installed");
    let recorded = RecordedVoices::new(config.path(&config.speech.recorded));
    let cache = config.folder.join("prompts");
    let prompts = PromptLibrary::start(voices, &[], cache, recorded).expect("there is room");
    let (prompts, recognisers) =
        (Arc::new(prompts), Arc::new(Recognisers::start(&recognisers).expect("none to start")));
    let (flows, config) = flows(config, recognisers.clone(), prompts.clone()).await;
    Services {
        store: Store::open(&database, ServerId::new("test")).await.expect("a fresh database"),
        media: MediaRuntime::start(RuntimeConfig { real_time: false, ..RuntimeConfig::default() }).expect("a thread"),
        sip: SipHandle::new().0,
        prompts,
        recognisers,
        flows,
        calls: Registry::default(),
        acd: AcdHandle::new().0,
        dialer: DialerHandle::new().0,
        fetcher: Fetcher::new(config.http.private_services, Secrets::new(config.http.secrets.clone()))
            .expect("a client"),
        outbox: OutboxBell::default(),
        job_bell: JobBell::new(),
        trunks: TrunkStates::default(),
        live: Live::new(),
        clock: Clock::start(),
        config,
    }
}

/// The flows of the configuration, spoken by eSpeak NG.
async fn flows(config: Config, recognisers: Arc<Recognisers>, prompts: Arc<PromptLibrary>) -> (Flows, Config) {
    let load = move || {
        let library = FlowLibrary::load(&config, &recognisers, &prompts).expect("flows that can be used");
        (Flows::new(library), config)
    };
    tokio::task::spawn_blocking(load).await.expect("loading does not panic")
}
