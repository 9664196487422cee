//! The sign of life that keeps this server's attempts its own.

use std::sync::Arc;
use std::time::Duration;

use crate::services::Services;

/// Renews the lease until the process ends.
pub fn spawn(services: Arc<Services>) {
    tokio::spawn(async move {
        loop {
            let now = services.clock.now();
            let until = now.checked_add(LEASE).unwrap_or(now);
            if let Err(error) = services.store.renew_lease(now, until).await {
                tracing::error!(%error, "no sign of life in the database");
            }
            tokio::time::sleep(LEASE / 3).await;
        }
    });
}

/// As long as a reservation holds without a sign of life.
const LEASE: Duration = Duration::from_secs(90);
