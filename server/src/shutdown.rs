//! The end of the service: dialling stops first, calls may end, then the rest goes.

use std::sync::Arc;

use anyhow::Result;
use call_model::Cause;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use crate::services::Services;
use crate::sip::SipOrder;

/// Waits for SIGTERM or SIGINT, then lets calls end. A task that ends by itself ends the service: its state is gone.
pub async fn until_told(services: &Arc<Services>, tasks: [JoinHandle<()>; 4]) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let [mut sip, mut acd, mut dialer, mut http] = tasks;
    let failed = tokio::select! {
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
        ended = &mut sip => Some(("signalling", ended)),
        ended = &mut acd => Some(("distribution of calls", ended)),
        ended = &mut dialer => Some(("dialler", ended)),
        ended = &mut http => Some(("HTTP", ended)),
    };
    if let Some((name, ended)) = &failed {
        tracing::error!(?ended, "the task of {name} has ended; the service stops");
    }
    drain(services, &mut terminate).await;
    services.media.shut_down();
    services.store.close().await;
    tracing::info!("callwright has ended");
    match failed {
        None => Ok(()),
        Some((name, _)) => anyhow::bail!("the task of {name} ended by itself"),
    }
}

async fn drain(services: &Arc<Services>, terminate: &mut tokio::signal::unix::Signal) {
    services.dialer.tell(dialer::Input::ShutdownBegan);
    services.calls.stop();
    let _ = services.sip.order(SipOrder::Stop);
    let calls = services.calls.count();
    let patience = services.config.drain.get();
    tracing::info!(calls, ?patience, "no calls are taken or made any more; calls in progress may end");
    tokio::select! {
        () = services.calls.empty() => return,
        () = tokio::time::sleep(patience) => {}
        _ = terminate.recv() => {}
    }
    tracing::warn!(calls = services.calls.count(), "calls in progress are ended");
    services.calls.end_all(Cause::Shutdown);
    // Each record is written before its BYE; this takes milliseconds unless the disk is stuck.
    let _ = tokio::time::timeout(LAST_WORDS, services.calls.empty()).await;
    tokio::time::sleep(SETTLE).await;
}

const LAST_WORDS: std::time::Duration = std::time::Duration::from_secs(5);
/// Time for the last datagrams and the ends of attempts.
const SETTLE: std::time::Duration = std::time::Duration::from_millis(300);
