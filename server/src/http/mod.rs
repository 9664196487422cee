//! The API, the event stream and the console.

mod agents;
mod auth;
mod call_messages;
mod calls;
mod campaigns;
mod console;
mod do_not_call;
mod docs;
mod events;
mod extract;
mod flows;
mod health;
mod jobs;
mod locks;
mod messages;
mod metrics;
mod openapi;
mod page;
mod problem;
mod prompts;
mod recording;
mod risks;
mod schema;
mod surveys;
#[cfg(test)]
pub(crate) mod tests;
mod tickets;
mod trunks;
mod voicemails;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use utoipa_axum::router::OpenApiRouter;

use self::problem::Problem;
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
    let guarded: Router<Arc<Services>> = guarded().into();
    let open: Router<Arc<Services>> = open().into();
    guarded
        .layer(from_fn_with_state(services.clone(), auth::require_token))
        .merge(open)
        .merge(docs::router())
        .merge(console::router())
        .method_not_allowed_fallback(wrong_method)
        .with_state(services)
}

/// What asks for the token, where there is one.
fn guarded() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new()
        .merge(calls::router())
        .merge(recording::router())
        .merge(campaigns::router())
        .merge(do_not_call::router())
        .merge(agents::router())
        .merge(flows::router())
        .merge(prompts::router())
        .merge(trunks::router())
        .merge(tickets::router())
        .merge(messages::router())
        .merge(call_messages::router())
        .merge(surveys::router())
        .merge(risks::router())
        .merge(locks::router())
        .merge(voicemails::router())
        .merge(jobs::router())
        .merge(events::router())
        .merge(openapi::router())
        .merge(metrics::router())
}

/// What everybody may ask.
fn open() -> OpenApiRouter<Arc<Services>> {
    health::router().merge(jobs::open_router())
}

async fn wrong_method(method: Method) -> Problem {
    Problem::wrong_method(&method)
}
