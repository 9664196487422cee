//! The API's description, as OpenAPI. It is made from the routers, so that each route is described.

use std::sync::{Arc, LazyLock};

use axum::response::IntoResponse;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Json;
use crate::services::Services;

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new().routes(routes!(description))
}

/// This description.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "description",
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value)))]
pub(super) async fn description() -> impl IntoResponse {
    Json(&*DESCRIPTION)
}

/// Names each operation after its tag and what it does, since programs name their functions so.
fn name_operations(api: &mut OpenApi) {
    for item in api.paths.paths.values_mut() {
        for operation in operations_of(item) {
            let tag = operation.tags.iter().flatten().next().map_or("", String::as_str);
            let name = operation.operation_id.as_deref().unwrap_or_default();
            operation.operation_id = Some(format!("{}_{name}", tag.replace('-', "_")));
        }
    }
}

fn operations_of(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, post, put, patch, delete, .. } = item;
    [get, post, put, patch, delete].into_iter().flatten()
}

/// What all routers together describe.
pub(super) static DESCRIPTION: LazyLock<OpenApi> = LazyLock::new(|| {
    let mut api = super::guarded().merge(super::open()).into_openapi();
    api.info.title = "Callwright".to_owned();
    api.info.description =
        Some("Calls, campaigns, agents, flows, events, tickets and messages of a Callwright server.".to_owned());
    api.info.version = env!("CARGO_PKG_VERSION").to_owned();
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("callwright_token")));
    let components = api.components.get_or_insert_default();
    components.add_security_scheme("token", bearer);
    components.add_security_scheme("cookie", cookie);
    name_operations(&mut api);
    // Neither is needed where no token is configured.
    let none = SecurityRequirement::default();
    let by = |name: &str| SecurityRequirement::new::<_, [&str; 0], &str>(name, []);
    api.security = Some(vec![none, by("token"), by("cookie")]);
    api
});
