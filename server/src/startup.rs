//! Everything is bound, opened and loaded before the first call is taken; what cannot be is told at once.

use std::sync::Arc;

use anyhow::{Context, Result};
use call_model::Language;
use media_runtime::{MediaRuntime, RuntimeConfig};
use storage::{ServerId, Store};

use crate::acd::{self, AcdHandle};
use crate::calls::{Arrivals, Registry};
use crate::config::Config;
use crate::consult::JobBell;
use crate::dialer::{self, DialerHandle};
use crate::fetch::{Fetcher, Secrets};
use crate::flows::{FlowLibrary, Flows};
use crate::outbox::OutboxBell;
use crate::services::{Clock, Live, Services};
use crate::sip::{self, BoundListener, SipHandle, SipParts};
use crate::speech::{PromptLibrary, RecogniserSettings, Recognisers, RecordedVoices, voices};
use crate::trunks::TrunkStates;
use crate::{chance, flow_watch, http, lease, outbox, shutdown};

/// Runs the service until it is told to stop. With `watch`, flows are loaded again as they are written.
pub fn serve(config: Config, watch: bool) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("callwright").build()?;
    runtime.block_on(run(config, watch))
}

async fn run(config: Config, watch: bool) -> Result<()> {
    let listeners = sip::bind(&config.sip.listen).await?;
    let pages = http::bind(config.http.listen).await?;
    let store = open_store(&config).await?;
    let (sip, sip_orders) = SipHandle::new();
    let (acd, acd_parts) = AcdHandle::new();
    let (dialer, dialer_parts) = DialerHandle::new();
    let (recognisers, prompts, flows, config) = tokio::task::spawn_blocking(move || speech_and_flows(config)).await??;
    let services = Arc::new(Services {
        media: media(&config, &listeners)?,
        fetcher: Fetcher::new(config.http.private_services, Secrets::new(config.http.secrets.clone()))
            .context("no HTTP client")?,
        config,
        store,
        sip,
        prompts,
        recognisers,
        flows: Flows::new(flows),
        calls: Registry::default(),
        acd,
        dialer,
        outbox: OutboxBell::default(),
        job_bell: JobBell::new(),
        trunks: TrunkStates::default(),
        live: Live::new(),
        clock: Clock::start(),
    });
    let arrivals = Arc::new(Arrivals::default());
    arrivals.open(services.clone());
    let parts = SipParts {
        config: sip::endpoint_config(&services.config)?,
        listeners,
        seed: chance::random_u64(),
        telephony: arrivals,
    };
    let sip_task = sip::spawn(parts, sip_orders);
    let acd_task = acd::spawn(acd_parts, services.clone());
    let dialer_task = dialer::spawn(dialer_parts, services.clone());
    lease::spawn(services.clone());
    outbox::spawn(services.clone());
    let http_task = http::spawn(pages, services.clone());
    if watch {
        flow_watch::start(&services).context("flows cannot be watched")?;
    }
    tracing::info!(http = %services.config.http.listen, "callwright serves");
    shutdown::until_told(&services, [sip_task, acd_task, dialer_task, http_task]).await
}

async fn open_store(config: &Config) -> Result<Store> {
    let address = match config.database.contains("://") {
        true => config.database.clone(),
        false => config.path(config.database.as_ref()).display().to_string(),
    };
    let store =
        Store::open(&address, ServerId::new(&*config.server_name)).await.context("the database cannot be used")?;
    let lost =
        store.recover(Clock::start().now()).await.context("the database cannot be put in order after the last run")?;
    if !lost.calls.is_empty() || !lost.attempts.is_empty() {
        tracing::warn!(
            calls = lost.calls.len(),
            attempts = lost.attempts.len(),
            "the last run ended in the middle of calls: they are marked server_lost, their attempts unresolved and not dialled again"
        );
    }
    Ok(store)
}

type Loaded = (Arc<Recognisers>, Arc<PromptLibrary>, FlowLibrary, Config);

fn speech_and_flows(config: Config) -> Result<Loaded> {
    let recognisers =
        Arc::new(Recognisers::start(&recogniser_settings(&config)?).context("no recogniser can be started")?);
    let languages: Vec<Language> = config.speech.voices.keys().map(|tag| Language::new(tag)).collect();
    let voices = voices(&config).context("a voice cannot be used")?;
    let cache = config.folder.join("callwright-data/prompts");
    let recorded = RecordedVoices::new(config.path(&config.speech.recorded));
    let prompts = Arc::new(PromptLibrary::start(voices, &languages, cache, recorded)?);
    let flows = FlowLibrary::load(&config, &recognisers, &prompts).context("a flow cannot be used")?;
    Ok((recognisers, prompts, flows, config))
}

fn recogniser_settings(config: &Config) -> Result<RecogniserSettings> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(RecogniserSettings {
        program: std::env::current_exe().context("cannot find my own program")?,
        models: config.speech.models.iter().map(|(tag, folder)| (tag.clone(), config.path(folder))).collect(),
        workers: config.speech.workers.unwrap_or(cores),
        turns_a_worker: config.speech.turns_a_worker,
    })
}

fn media(config: &Config, listeners: &[BoundListener]) -> Result<MediaRuntime> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let signalled = listeners.first().and_then(|listener| listener.config.advertised_host.parse().ok());
    let runtime = RuntimeConfig {
        threads: config.media.threads.unwrap_or(cores.div_ceil(2)),
        ports: config.media.first_port..=config.media.last_port,
        bind: config.media.address,
        advertised: config.media.advertise.or(signalled).unwrap_or_else(|| sip::reachable(config.media.address)),
        silence_limit: Some(config.media.silence.get()),
        ..RuntimeConfig::default()
    };
    let folder = config.path(&config.recordings.folder());
    if config.recordings.enabled {
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    // What callers were asked to speak lies there, too, whether or not calls are recorded.
    if folder.is_dir() {
        match media_runtime::finish_abandoned(&folder) {
            Ok(0) => {}
            Ok(files) => tracing::warn!(files, "recordings of the last run are kept up to its end"),
            Err(error) => tracing::error!(%error, "recordings of the last run are left as .part files"),
        }
    }
    MediaRuntime::start(runtime).context("the media threads cannot be started")
}
