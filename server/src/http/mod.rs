//! The API, the event stream and the console.

mod agents;
mod auth;
mod calls;
mod campaigns;
mod console;
mod do_not_call;
mod docs;
mod events;
mod health;
mod metrics;
mod openapi;
mod problem;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::services::Services;

/// Binds the listener, before anything else starts.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen for HTTP on {address}; is the port in use?"))
}

/// Serves.
pub fn spawn(listener: TcpListener, services: Arc<Services>) -> JoinHandle<()> {
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router(services)).await {
            tracing::error!(%error, "HTTP has ended");
        }
    })
}

fn router(services: Arc<Services>) -> Router {
    let guarded = Router::new()
        .merge(calls::router())
        .merge(campaigns::router())
        .merge(do_not_call::router())
        .merge(agents::router())
        .merge(events::router())
        .merge(openapi::router())
        .merge(metrics::router())
        .layer(from_fn_with_state(services.clone(), auth::require_token));
    Router::new()
        .merge(guarded)
        .merge(health::router())
        .merge(docs::router())
        .merge(console::router())
        .with_state(services)
}
