//! What flows say, and who says it: recorded voices, or the synthetic one.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use call_control::Call;
use call_model::{Language, PromptPart};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Body, Json, Path, Query};
use super::problem::Problem;
use crate::services::Services;
use crate::speech::{RecordedVoices, RecordingRefused};

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    let uploads = OpenApiRouter::new().routes(routes!(upload, remove)).layer(DefaultBodyLimit::max(LARGEST_RECORDING));
    OpenApiRouter::new().routes(routes!(list)).merge(uploads)
}

/// Which prompts to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only those that are recorded, or only those that are not.
    state: Option<PromptState>,
}

/// Who says a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum PromptState {
    /// A recording is played.
    Recorded,
    /// The synthetic voice says it, for want of a recording.
    Synthetic,
}

/// Something that a flow says.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct PromptView {
    /// By which its recording is uploaded; none for a file of the flow's own (`audio:`).
    name: Option<String>,
    /// The language; none for a file of the flow's own.
    language: Option<String>,
    /// The words; none for a file of the flow's own.
    text: Option<String>,
    /// The file of its recording: in the folder of recorded voices, or in the flow's folder.
    file: String,
    /// Who says it.
    state: PromptState,
}

/// What a flow says, in the order of its files.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PromptList {
    /// Its prompts but for those with variables, which only the synthetic voice can say.
    prompts: Vec<PromptView>,
}

/// A sentence that can be recorded.
struct Sentence {
    language: Language,
    text: String,
}

/// What a flow says, and which of it is recorded.
#[utoipa::path(get, path = "/api/v1/flows/{flow}/prompts", tag = "prompts",
    params(("flow" = String, Path, description = "its name"), ListQuery),
    responses(
        (status = 200, description = "Its prompts", body = PromptList),
        (status = 400, description = "The query cannot be read", body = Problem),
        (status = 404, description = "There is no such flow", body = Problem)))]
pub(super) async fn list(
    State(services): State<Arc<Services>>,
    Path(flow): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<PromptList>, Problem> {
    let recorded = services.prompts.recorded();
    let parts = parts_of(&services, &flow)?;
    let views = parts.into_iter().filter_map(|part| PromptView::of(part, recorded));
    let wanted = |view: &PromptView| query.state.is_none_or(|state| view.state == state);
    Ok(Json(PromptList { prompts: views.filter(wanted).collect() }))
}

/// Upload the recording of a sentence, in the place of an older one: a WAV file of PCM, one channel, 8 to 48 kHz, 0.1 to
/// 120 s. It is heard from the next prompt on, in every flow that says the sentence.
#[utoipa::path(put, path = "/api/v1/flows/{flow}/prompts/{name}", tag = "prompts",
    params(("flow" = String, Path, description = "its name"), ("name" = String, Path, description = "the prompt's name")),
    request_body(content = Vec<u8>, description = "at most 16 MiB", content_type = "audio/wav"),
    responses(
        (status = 204, description = "It is taken"),
        (status = 404, description = "There is no such flow or sentence", body = Problem),
        (status = 413, description = "The file is too large", body = Problem),
        (status = 422, description = "It is no recording that can be played", body = Problem),
        (status = 500, description = "It could not be written", body = Problem)))]
pub(super) async fn upload(
    State(services): State<Arc<Services>>,
    Path((flow, name)): Path<(String, String)>,
    Body(wav): Body,
) -> Result<StatusCode, Problem> {
    let Sentence { language, text } = sentence(&services, &flow, &name)?;
    let keep = move || services.prompts.recorded().keep(&language, &text, &wav);
    match tokio::task::spawn_blocking(keep).await {
        Ok(Ok(())) => Ok(StatusCode::NO_CONTENT),
        Ok(Err(RecordingRefused::Unusable(why))) => Err(Problem::unusable(why)),
        Ok(Err(error @ RecordingRefused::Disk(_))) => Err(Problem::disk(error.to_string())),
        Err(error) => Err(Problem::disk(error.to_string())),
    }
}

/// Remove the recording of a sentence: the synthetic voice says it again.
#[utoipa::path(delete, path = "/api/v1/flows/{flow}/prompts/{name}", tag = "prompts",
    params(("flow" = String, Path, description = "its name"), ("name" = String, Path, description = "the prompt's name")),
    responses(
        (status = 204, description = "It is removed"),
        (status = 404, description = "There is no such flow, sentence or recording", body = Problem),
        (status = 500, description = "It could not be removed", body = Problem)))]
pub(super) async fn remove(
    State(services): State<Arc<Services>>,
    Path((flow, name)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let Sentence { language, text } = sentence(&services, &flow, &name)?;
    match services.prompts.recorded().forget(&language, &text) {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        Ok(false) => Err(Problem::not_found("recording")),
        Err(error) => Err(Problem::disk(format!("the recording cannot be removed: {error}"))),
    }
}

/// What a flow says, each once, with what the server says of its own accord in the flow's languages.
fn parts_of(services: &Services, flow: &str) -> Result<Vec<PromptPart>, Problem> {
    let flows = services.flows.now();
    let loaded = flows.named(flow).ok_or_else(|| Problem::not_found("flow"))?;
    let own = loaded.flow.languages().into_iter().flat_map(Call::fixed_prompts).flat_map(|prompt| prompt.parts);
    let mut seen = BTreeSet::new();
    let mut parts: Vec<PromptPart> = loaded.flow.prompts();
    parts.extend(own);
    parts.retain(|part| match part {
        PromptPart::Audio(file) => seen.insert((None, file.clone())),
        PromptPart::Say { text, language, fixed: true } => seen.insert((Some(language.clone()), text.clone())),
        PromptPart::Say { fixed: false, .. } | PromptPart::Silence(_) => false,
    });
    Ok(parts)
}

fn sentence(services: &Services, flow: &str, name: &str) -> Result<Sentence, Problem> {
    let sentences = parts_of(services, flow)?.into_iter().filter_map(|part| match part {
        PromptPart::Say { text, language, .. } => Some(Sentence { language, text }),
        PromptPart::Audio(_) | PromptPart::Silence(_) => None,
    });
    let mut sentences = sentences.filter(|it| RecordedVoices::name_of(&it.language, &it.text) == name);
    sentences.next().ok_or_else(|| Problem::not_found("sentence; what it says may have changed"))
}

impl PromptView {
    fn of(part: PromptPart, recorded: &RecordedVoices) -> Option<Self> {
        match part {
            PromptPart::Audio(file) => {
                Some(Self { name: None, language: None, text: None, file, state: PromptState::Recorded })
            }
            PromptPart::Say { text, language, .. } => Some(Self {
                name: Some(RecordedVoices::name_of(&language, &text)),
                language: Some(language.as_str().to_owned()),
                file: RecordedVoices::file_of(&language, &text),
                state: match recorded.get(&language, &text) {
                    Some(_) => PromptState::Recorded,
                    None => PromptState::Synthetic,
                },
                text: Some(text),
            }),
            PromptPart::Silence(_) => None,
        }
    }
}

/// Two minutes at 48 kHz are 11.5 MB.
const LARGEST_RECORDING: usize = 16 << 20;
