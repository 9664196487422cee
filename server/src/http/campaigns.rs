//! Campaigns: their settings, lists, progress and results.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use call_model::{CampaignId, ListId};
use dialer::import::{ImportSettings, List};
use dialer::results::ResultsWriter;
use dialer::{CampaignSettings, CampaignState, Input};
use serde::{Deserialize, Serialize};
use storage::{AttemptState, CampaignProgress, CampaignRecord, ListRecord, StoredAttempt, StoredRefusal};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Body, Json, Path, Query};
use super::problem::Problem;
use super::schema;
use crate::chance;
use crate::services::Services;

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    let uploads = OpenApiRouter::new().routes(routes!(lists, upload)).layer(DefaultBodyLimit::max(LARGEST_LIST));
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, change))
        .routes(routes!(refused))
        .routes(routes!(results))
        .routes(routes!(unresolved))
        .routes(routes!(order))
        .merge(uploads)
}

/// A campaign with how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Campaign {
    /// The campaign.
    #[serde(flatten)]
    #[schema(value_type = schema::CampaignRecord)]
    record: CampaignRecord,
    #[schema(value_type = schema::Progress)]
    progress: CampaignProgress,
}

/// Every campaign, newest first.
#[utoipa::path(get, path = "/api/v1/campaigns", tag = "campaigns",
    responses((status = 200, description = "All campaigns", body = Vec<Campaign>)))]
pub(super) async fn list(State(services): State<Arc<Services>>) -> Result<Json<Vec<Campaign>>, Problem> {
    let mut campaigns = Vec::new();
    for record in services.store.campaigns().await? {
        let progress = services.store.campaign_progress(record.campaign).await?;
        campaigns.push(Campaign { record, progress });
    }
    Ok(Json(campaigns))
}

/// Make a campaign; it does not dial until it is started.
#[utoipa::path(post, path = "/api/v1/campaigns", tag = "campaigns", request_body = schema::Settings,
    responses(
        (status = 201, description = "It is made", body = Campaign),
        (status = 409, description = "The name is taken", body = Problem),
        (status = 422, description = "The settings cannot be used", body = Problem)))]
pub(super) async fn create(
    State(services): State<Arc<Services>>,
    Json(settings): Json<CampaignSettings>,
) -> Result<(StatusCode, Json<Campaign>), Problem> {
    check(&services, &settings)?;
    let campaign = chance::campaign_id(services.clock.unix_ms());
    services.store.create_campaign(campaign, &settings, services.clock.now()).await?;
    Ok((StatusCode::CREATED, Json(read(&services, campaign).await?)))
}

/// One campaign.
#[utoipa::path(get, path = "/api/v1/campaigns/{campaign}", tag = "campaigns", params(("campaign" = String, Path, description = "its id or its name")),
    responses(
        (status = 200, description = "The campaign", body = Campaign),
        (status = 404, description = "There is no such campaign", body = Problem)))]
pub(super) async fn show(
    State(services): State<Arc<Services>>,
    Path(name): Path<String>,
) -> Result<Json<Campaign>, Problem> {
    let campaign = find(&services, &name).await?.campaign;
    Ok(Json(read(&services, campaign).await?))
}

/// Change a campaign's settings; a running one takes them over at once.
#[utoipa::path(put, path = "/api/v1/campaigns/{campaign}", tag = "campaigns", params(("campaign" = String, Path, description = "its id or its name")),
    request_body = schema::Settings,
    responses(
        (status = 200, description = "The campaign as it is now", body = Campaign),
        (status = 404, description = "There is no such campaign", body = Problem),
        (status = 409, description = "The name is taken", body = Problem),
        (status = 422, description = "The settings cannot be used", body = Problem)))]
pub(super) async fn change(
    State(services): State<Arc<Services>>,
    Path(name): Path<String>,
    Json(settings): Json<CampaignSettings>,
) -> Result<Json<Campaign>, Problem> {
    let record = find(&services, &name).await?;
    check(&services, &settings)?;
    services.store.update_campaign(record.campaign, &settings).await?;
    if record.state == CampaignState::Running {
        services.dialer.tell(Input::CampaignStarted { campaign: record.campaign, settings: Arc::new(settings) });
    }
    Ok(Json(read(&services, record.campaign).await?))
}

/// Start, pause, resume or stop a campaign.
#[utoipa::path(post, path = "/api/v1/campaigns/{campaign}/{order}", tag = "campaigns",
    params(("campaign" = String, Path, description = "its id or its name"),
        ("order" = String, Path, description = "`start`, `pause`, `resume` or `stop`")),
    responses(
        (status = 200, description = "The campaign as it is now", body = Campaign),
        (status = 404, description = "There is no such campaign or order", body = Problem),
        (status = 409, description = "Its state does not allow it", body = Problem),
        (status = 422, description = "Its settings cannot be used any more", body = Problem)))]
pub(super) async fn order(
    State(services): State<Arc<Services>>,
    Path((name, order)): Path<(String, String)>,
) -> Result<Json<Campaign>, Problem> {
    let record = find(&services, &name).await?;
    let campaign = record.campaign;
    let (state, fact) = match order.as_str() {
        "start" => {
            check(&services, &record.settings)?;
            (CampaignState::Running, Input::CampaignStarted { campaign, settings: Arc::new(record.settings) })
        }
        "pause" => (CampaignState::Paused, Input::CampaignPaused(campaign)),
        "resume" => {
            // The machine may not know it: the server was started meanwhile.
            (CampaignState::Running, Input::CampaignStarted { campaign, settings: Arc::new(record.settings) })
        }
        "stop" => (CampaignState::Stopped, Input::CampaignStopped(campaign)),
        _ => return Err(Problem::not_found("order; there are start, pause, resume and stop")),
    };
    if !may_become(record.state, state, &order) {
        let message = format!("a campaign that is {} cannot be told to {order}", record.state.as_str());
        return Err(Problem::conflict("wrong_state", message));
    }
    // On disk first: a campaign that stops must not go on after a crash.
    services.store.set_campaign_state(campaign, state, services.clock.now()).await?;
    services.dialer.tell(fact);
    Ok(Json(read(&services, campaign).await?))
}

fn may_become(from: CampaignState, to: CampaignState, order: &str) -> bool {
    match (from, to) {
        (CampaignState::Paused, CampaignState::Running) => true,
        (CampaignState::Draft | CampaignState::Stopped | CampaignState::Finished, CampaignState::Running) => {
            order == "start"
        }
        (CampaignState::Running, CampaignState::Paused) => true,
        (CampaignState::Running | CampaignState::Paused, CampaignState::Stopped) => true,
        _ => false,
    }
}

/// How to read a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UploadQuery {
    /// The list's name, such as that of its file.
    name: Option<String>,
    /// The column that holds the number, where its header does not tell.
    number_column: Option<String>,
}

/// What became of an upload.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Uploaded {
    /// The list with its counts.
    #[schema(value_type = schema::List)]
    list: ListRecord,
    /// The first refused rows; `…/lists/{list}/refused` has all.
    #[schema(value_type = Vec<schema::RefusedRow>)]
    refused: Vec<StoredRefusal>,
}

/// Upload a list as CSV. Every row becomes a lead or is refused with its line and reason.
#[utoipa::path(post, path = "/api/v1/campaigns/{campaign}/lists", tag = "campaigns",
    params(("campaign" = String, Path, description = "its id or its name"), UploadQuery),
    request_body(content = String, description = "at most 64 MiB", content_type = "text/csv"),
    responses(
        (status = 201, description = "The list is taken", body = Uploaded),
        (status = 404, description = "There is no such campaign", body = Problem),
        (status = 413, description = "The file is too large", body = Problem),
        (status = 422, description = "The file cannot be read", body = Problem)))]
pub(super) async fn upload(
    State(services): State<Arc<Services>>,
    Path(campaign): Path<String>,
    Query(query): Query<UploadQuery>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Uploaded>), Problem> {
    let record = find(&services, &campaign).await?;
    let region = record.settings.region.unwrap_or(services.config.default_region);
    let settings =
        ImportSettings { region: Some(region), number_column: query.number_column, ..ImportSettings::default() };
    let name = query.name.unwrap_or_else(|| "list".to_owned());
    let list = List::open(&body, settings).map_err(|error| Problem::unusable(error.to_string()))?;
    let campaign = record.campaign;
    let list = services.store.import_leads(campaign, &name, list.rows(), services.clock.now(), |_| {}).await?;
    services.dialer.tell(Input::LeadsAdded(campaign));
    let refused = services.store.refused_rows(list.list, 0, FIRST_REFUSED).await?;
    Ok((StatusCode::CREATED, Json(Uploaded { list, refused })))
}

/// The lists of a campaign, newest first.
#[utoipa::path(get, path = "/api/v1/campaigns/{campaign}/lists", tag = "campaigns",
    params(("campaign" = String, Path, description = "its id or its name")),
    responses(
        (status = 200, description = "All its lists", body = Vec<schema::List>),
        (status = 404, description = "There is no such campaign", body = Problem)))]
pub(super) async fn lists(
    State(services): State<Arc<Services>>,
    Path(name): Path<String>,
) -> Result<Json<Vec<ListRecord>>, Problem> {
    let campaign = find(&services, &name).await?.campaign;
    Ok(Json(services.store.lists(campaign).await?))
}

/// A page by lines.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LinesQuery {
    /// Only lines after this one.
    after: u64,
}

/// The refused rows of a list, a thousand at a time.
#[utoipa::path(get, path = "/api/v1/campaigns/{campaign}/lists/{list}/refused", tag = "campaigns",
    params(("campaign" = String, Path, description = "its id or its name"), ("list" = String, Path, description = "its id"), LinesQuery),
    responses(
        (status = 200, description = "A page, by line", body = Vec<schema::RefusedRow>),
        (status = 400, description = "The id or the query cannot be read", body = Problem)))]
pub(super) async fn refused(
    State(services): State<Arc<Services>>,
    Path((_, list)): Path<(String, String)>,
    Query(query): Query<LinesQuery>,
) -> Result<Json<Vec<StoredRefusal>>, Problem> {
    let list: ListId =
        list.parse().map_err(|error| Problem::unreadable("bad_path", format!("list: {list:?} is {error}")))?;
    Ok(Json(services.store.refused_rows(list, query.after, PAGE).await?))
}

/// What became of every row of every list, as CSV.
#[utoipa::path(get, path = "/api/v1/campaigns/{campaign}/results.csv", tag = "campaigns",
    params(("campaign" = String, Path, description = "its id or its name")),
    responses(
        (status = 200, description = "A line for each row", body = String, content_type = "text/csv"),
        (status = 404, description = "There is no such campaign", body = Problem)))]
pub(super) async fn results(
    State(services): State<Arc<Services>>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let campaign = find(&services, &name).await?.campaign;
    let lists: Vec<ListId> = services.store.lists(campaign).await?.into_iter().rev().map(|list| list.list).collect();
    let columns = columns(&services, &lists).await?;
    let writer = ResultsWriter::new(columns);
    let (lines, body) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(4);
    tokio::spawn(async move {
        let sent = write_results(&services, &lists, &writer, &lines).await;
        if let Err(error) = sent {
            tracing::warn!(%error, "a results file broke off");
            let _ = lines.send(Err(std::io::Error::other(error))).await;
        }
    });
    let stream = futures_util::stream::unfold(body, |mut body| async { body.recv().await.map(|part| (part, body)) });
    let name = format!("attachment; filename=\"results-{campaign}.csv\"");
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, axum::body::Body::from_stream(stream)).into_response())
}

/// The columns of the uploaded lists, by the first rows of each.
async fn columns(services: &Services, lists: &[ListId]) -> Result<Vec<String>, Problem> {
    let mut columns = std::collections::BTreeSet::new();
    for list in lists {
        for row in services.store.results(*list, 0, PAGE).await? {
            columns.extend(row.variables.into_keys());
        }
    }
    Ok(columns.into_iter().collect())
}

async fn write_results(
    services: &Services,
    lists: &[ListId],
    writer: &ResultsWriter,
    lines: &tokio::sync::mpsc::Sender<Result<Vec<u8>, std::io::Error>>,
) -> Result<(), storage::StoreError> {
    let _ = lines.send(Ok(writer.header())).await;
    for list in lists {
        let mut after = 0;
        loop {
            let rows = services.store.results(*list, after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = last.line;
            let text = rows.iter().flat_map(|row| writer.row(row)).collect();
            if lines.send(Ok(text)).await.is_err() {
                // Whoever asked has gone.
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Attempts whose outcome nobody knows, because the server died: they are not dialled again by themselves.
#[utoipa::path(get, path = "/api/v1/campaigns/{campaign}/unresolved", tag = "campaigns",
    params(("campaign" = String, Path, description = "its id or its name")),
    responses(
        (status = 200, description = "The attempts", body = Vec<schema::Attempt>),
        (status = 404, description = "There is no such campaign", body = Problem)))]
pub(super) async fn unresolved(
    State(services): State<Arc<Services>>,
    Path(name): Path<String>,
) -> Result<Json<Vec<StoredAttempt>>, Problem> {
    let campaign = find(&services, &name).await?.campaign;
    Ok(Json(services.store.attempts(Some(campaign), AttemptState::Unresolved, PAGE).await?))
}

async fn find(services: &Services, name: &str) -> Result<CampaignRecord, Problem> {
    let found = match name.parse::<CampaignId>() {
        Ok(campaign) => services.store.campaign(campaign).await?,
        Err(_) => services.store.campaign_named(name).await?,
    };
    found.ok_or_else(|| Problem::not_found("campaign"))
}

async fn read(services: &Services, campaign: CampaignId) -> Result<Campaign, Problem> {
    let record = services.store.campaign(campaign).await?.ok_or_else(|| Problem::not_found("campaign"))?;
    let progress = services.store.campaign_progress(campaign).await?;
    Ok(Campaign { record, progress })
}

fn check(services: &Services, settings: &CampaignSettings) -> Result<(), Problem> {
    let mut problems: Vec<String> = settings.problems().iter().map(ToString::to_string).collect();
    let flows = services.flows.now();
    if flows.named(&settings.flow).is_none() {
        let known: Vec<&str> = flows.names().collect();
        problems.push(format!("flow: there is no flow {:?}; there are: {}", settings.flow, known.join(", ")));
    }
    if !services.config.trunks.iter().any(|trunk| trunk.name == settings.trunk) {
        problems.push(format!("trunk: there is no trunk {:?}; see `trunks` in the configuration", settings.trunk));
    }
    if problems.is_empty() { Ok(()) } else { Err(Problem::unusable(problems.join("; "))) }
}

/// A hundred thousand rows with many columns.
const LARGEST_LIST: usize = 64 << 20;
const FIRST_REFUSED: u32 = 100;
const PAGE: u32 = 1000;
