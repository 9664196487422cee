//! Who was wrong too often to prove to be somebody.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use call_model::Subject;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use storage::{LockRecord, LockSearch};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path, Query};
use super::page::cut;
use super::problem::Problem;
use crate::services::Services;

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(unlock))
}

/// Which locks to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only those of this number or member number.
    who: Option<String>,
    /// Only those of this way: `pin`, `identity_card` or `code`.
    by: Option<String>,
    /// Only those after this one: `next` of the page before.
    after: Option<String>,
    /// The most, 1 to 500; 50 if left out.
    limit: Option<u32>,
}

/// A lock that holds.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LockView {
    /// Its name, by which it is ended: the way and who, as in `pin:+12025550123`.
    lock: String,
    /// By what they tried to prove who they are: `pin`, `identity_card` or `code`.
    by: String,
    /// Who: the caller's number, or the member number that was given.
    who: String,
    /// How often it was wrong.
    failures: u32,
    /// When it was wrong last.
    #[schema(value_type = String, format = DateTime)]
    failed_at: Timestamp,
    /// When the lock ends by itself.
    #[schema(value_type = String, format = DateTime)]
    locked_until: Timestamp,
}

/// A page of locks, in the order of their names.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LockPage {
    /// The locks.
    locks: Vec<LockView>,
    /// What to give as `after` for the next page; none where this was the last.
    next: Option<String>,
}

/// List locks that hold.
#[utoipa::path(get, path = "/api/v1/locks", tag = "locks", params(ListQuery), responses(
    (status = 200, description = "A page", body = LockPage),
    (status = 400, description = "The query cannot be read", body = Problem)))]
pub(super) async fn list(
    State(services): State<Arc<Services>>,
    Query(query): Query<ListQuery>,
) -> Result<Json<LockPage>, Problem> {
    let limit = query.limit.unwrap_or(50).clamp(1, 500);
    let unreadable = || Problem::unreadable("bad_query", "after: it is no name of a lock, such as pin:+12025550123");
    let after = query.after.map(|name| subject_of(&name).ok_or_else(unreadable)).transpose()?;
    let search = LockSearch { by: query.by, who: query.who, after };
    let found = services.store.locks(&search, services.clock.now(), limit + 1).await?;
    let (locks, next) = cut(found.into_iter().map(LockView::of).collect(), limit, |lock| lock.lock.clone());
    Ok(Json(LockPage { locks, next }))
}

/// End a lock: the caller may try again at once.
#[utoipa::path(delete, path = "/api/v1/locks/{lock}", tag = "locks",
    params(("lock" = String, Path, description = "its name, such as `pin:+12025550123`")), responses(
    (status = 204, description = "It is ended"),
    (status = 404, description = "There is no such lock that holds", body = Problem)))]
pub(super) async fn unlock(
    State(services): State<Arc<Services>>,
    Path(lock): Path<String>,
) -> Result<StatusCode, Problem> {
    let subject = subject_of(&lock).ok_or_else(|| Problem::not_found("lock that holds"))?;
    let by = subject.by.clone();
    services.store.unlock(subject, services.clock.now()).await?;
    tracing::info!(by, "an operator ended a lock");
    Ok(StatusCode::NO_CONTENT)
}

impl LockView {
    fn of(record: LockRecord) -> Self {
        let LockRecord { by, who, failures, failed_at, locked_until } = record;
        Self { lock: format!("{by}:{who}"), by, who, failures, failed_at, locked_until }
    }
}

/// Whom a lock's name names. A way has no colon.
fn subject_of(name: &str) -> Option<Subject> {
    let (by, who) = name.split_once(':')?;
    Some(Subject { by: by.to_owned(), who: who.to_owned() })
}
