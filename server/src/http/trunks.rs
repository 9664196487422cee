//! Trunks, and whether they answer.

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Json;
use crate::config::{SipTransport, TrunkConfig};
use crate::services::Services;
use crate::trunks::{Registration, TrunkState};

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A trunk.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TrunkView {
    /// Its name, by which campaigns and single calls speak of it.
    trunk: String,
    /// Where its calls go.
    host: String,
    /// `udp` or `tcp`.
    transport: &'static str,
    /// The number that its calls show, unless a campaign has one.
    caller_id: Option<String>,
    /// Whether it answers OPTIONS; null where it is not asked, or not yet known.
    alive: Option<bool>,
    /// How our registration there stands.
    registration: RegistrationView,
}

/// How our registration at a trunk stands.
#[derive(Debug, Serialize, ToSchema)]
struct RegistrationView {
    state: RegistrationState,
    /// The SIP status that it was refused with; null where nobody answered, or nothing is wrong.
    sip_status: Option<u16>,
}

/// How our registration at a trunk stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RegistrationState {
    /// The configuration does not ask for one.
    NotConfigured,
    /// It has not been answered yet.
    Pending,
    /// The trunk knows us.
    Registered,
    /// The trunk refused, or did not answer; it is tried again.
    Failed,
    /// Taken back, since the service is being stopped.
    Removed,
}

impl TrunkView {
    fn new(trunk: &TrunkConfig, state: Option<TrunkState>) -> Self {
        let state = state.unwrap_or_default();
        let (registration, sip_status) = match state.registration {
            _ if !trunk.register => (RegistrationState::NotConfigured, None),
            None => (RegistrationState::Pending, None),
            Some(Registration::Registered) => (RegistrationState::Registered, None),
            Some(Registration::Failed { sip_status }) => (RegistrationState::Failed, sip_status),
            Some(Registration::Removed) => (RegistrationState::Removed, None),
        };
        Self {
            trunk: trunk.name.clone(),
            host: trunk.host.clone(),
            transport: match trunk.transport {
                SipTransport::Udp => "udp",
                SipTransport::Tcp => "tcp",
            },
            caller_id: trunk.caller_id.clone(),
            alive: state.alive,
            registration: RegistrationView { state: registration, sip_status },
        }
    }
}

/// Every trunk of the configuration.
#[utoipa::path(get, path = "/api/v1/trunks", tag = "trunks",
    responses((status = 200, description = "All trunks", body = Vec<TrunkView>)))]
pub(super) async fn list(State(services): State<Arc<Services>>) -> Json<Vec<TrunkView>> {
    let mut states = services.trunks.all();
    let trunks = services.config.trunks.iter();
    Json(trunks.map(|trunk| TrunkView::new(trunk, states.remove(&trunk.name))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(register: bool, registration: Option<Registration>) -> (RegistrationState, Option<u16>) {
        let config: TrunkConfig =
            serde_saphyr::from_str(&format!("{{ name: carrier, host: 192.0.2.10, register: {register} }}"))
                .expect("a trunk");
        let view = TrunkView::new(&config, Some(TrunkState { alive: None, registration }));
        (view.registration.state, view.registration.sip_status)
    }

    #[test]
    fn a_registration_is_told_as_it_stands() {
        let refused = Registration::Failed { sip_status: Some(403) };
        assert_eq!(told(false, None), (RegistrationState::NotConfigured, None));
        assert_eq!(told(true, None), (RegistrationState::Pending, None));
        assert_eq!(told(true, Some(Registration::Registered)), (RegistrationState::Registered, None));
        assert_eq!(told(true, Some(refused)), (RegistrationState::Failed, Some(403)));
    }
}
