//! Campaigns, their lists and attempts, and the do-not-call list.

use std::collections::BTreeMap;

use utoipa::ToSchema;

use super::call::Disposition;
use super::named_values;

named_values!(
    /// What a campaign does now.
    CampaignState,
    dialer::CampaignState::ALL.iter().map(|state| state.as_str())
);

/// A campaign as it is stored.
#[derive(ToSchema)]
pub(in crate::http) struct CampaignRecord {
    /// The campaign's id.
    #[schema(format = "uuid")]
    campaign: String,
    state: CampaignState,
    settings: Settings,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When its state was set last.
    #[schema(format = DateTime)]
    state_at: String,
}

/// The settings of a campaign.
#[derive(ToSchema)]
pub(in crate::http) struct Settings {
    /// The name, unique in its project.
    name: String,
    /// The flow that talks to the called person, by its name.
    flow: String,
    /// The trunk that carries the calls.
    trunk: String,
    /// The number that the called person sees, in E.164.
    #[schema(example = "+12025550100")]
    caller_id: String,
    /// The country of numbers that are written without their country code, as ISO 3166 says it.
    #[schema(required = false, nullable = false, example = "US")]
    region: Option<String>,
    /// New attempts a second, 0.001 to 500. Default 1.
    #[schema(required = false)]
    attempts_per_second: f64,
    /// Attempts in progress at once, 1 to 10,000. Default 10.
    #[schema(required = false)]
    at_once: u32,
    /// How long the called telephone may ring, 15 s to 120 s. Default `25s`.
    #[schema(required = false, example = "25s")]
    ring_time: String,
    #[schema(required = false)]
    calling_hours: CallingHours,
    #[schema(required = false)]
    budget: Budget,
    #[schema(required = false)]
    retry: RetryTable,
}

/// When people may be called, by their own clocks. Hours are written `09:00-13:00, 15:00-20:00`, or `closed`; a day
/// that is left out has those of `every_day`.
#[derive(ToSchema)]
struct CallingHours {
    /// Default `09:00-20:00`.
    #[schema(required = false, example = "09:00-20:00")]
    every_day: String,
    #[schema(required = false, example = "09:30-20:00")]
    monday: String,
    #[schema(required = false, example = "09:31-20:00")]
    tuesday: String,
    #[schema(required = false, example = "09:32-20:00")]
    wednesday: String,
    #[schema(required = false, example = "09:33-20:00")]
    thursday: String,
    #[schema(required = false, example = "09:34-20:00")]
    friday: String,
    #[schema(required = false, example = "10:00-13:00, 15:00-18:00")]
    saturday: String,
    #[schema(required = false, example = "closed")]
    sunday: String,
}

/// How often a person may be called.
#[derive(ToSchema)]
struct Budget {
    /// Attempts to one number in any 24 hours, over all campaigns. Default 3.
    #[schema(required = false)]
    per_day: u32,
    /// The least time between two attempts that the person may have noticed. Default `4h`.
    #[schema(required = false, example = "4h")]
    min_gap: String,
    /// Attempts for one row of a list in all. Default 6.
    #[schema(required = false)]
    total: u32,
}

/// When each kind of failed attempt is tried again: a span of time, or `never`.
#[derive(ToSchema)]
struct RetryTable {
    /// Default `15m`.
    #[schema(required = false, example = "15m")]
    busy: String,
    /// Default `4h`.
    #[schema(required = false, example = "4h")]
    no_answer: String,
    /// Default `never`: a refusal is an answer.
    #[schema(required = false, example = "never")]
    rejected: String,
    /// Default `30m`.
    #[schema(required = false, example = "30m")]
    unreachable: String,
    /// Default `15m`.
    #[schema(required = false, example = "15m")]
    failed: String,
    /// Default `never`.
    #[schema(required = false, example = "never")]
    hung_up_in_flow: String,
    /// Default `never`.
    #[schema(required = false, example = "never")]
    abandoned_in_queue: String,
    /// Default `never`.
    #[schema(required = false, example = "never")]
    no_agent: String,
}

/// How far a campaign is, over all its complete lists.
#[derive(ToSchema)]
pub(in crate::http) struct Progress {
    /// How many rows are in each state: `waiting`, `reserved`, `done`, `blocked`, `exhausted`, `unresolved`. States
    /// without rows are missing.
    leads: BTreeMap<String, u64>,
    /// How many rows came to each disposition by their last attempt. Those without are missing.
    outcomes: BTreeMap<String, u64>,
    /// Rows of its lists that were refused.
    refused_rows: u64,
    /// Attempts in all.
    attempts: u64,
    /// Attempts that are reserved or dialled now.
    open_attempts: u64,
}

/// An uploaded list.
#[derive(ToSchema)]
pub(in crate::http) struct List {
    /// The list's id.
    #[schema(format = "uuid")]
    list: String,
    /// Its campaign's id.
    #[schema(format = "uuid")]
    campaign: String,
    /// The name it was uploaded under.
    name: String,
    /// When its upload began.
    #[schema(format = DateTime)]
    uploaded_at: String,
    /// When its upload was complete; null while it goes on.
    #[schema(format = DateTime)]
    completed_at: Option<String>,
    /// Rows that will be called.
    accepted: u64,
    /// Rows that were refused.
    refused: u64,
}

/// A refused row of a list.
#[derive(ToSchema)]
pub(in crate::http) struct RefusedRow {
    /// The line of the file, from 1.
    line: u64,
    /// The reason, for programs.
    reason: String,
    /// The reason in words.
    explanation: String,
    /// The number as it was written.
    written: String,
}

/// An attempt to reach a number.
#[derive(ToSchema)]
pub(in crate::http) struct Attempt {
    /// The attempt's id.
    #[schema(format = "uuid")]
    attempt: String,
    /// Its campaign's id; null for a single call.
    #[schema(format = "uuid")]
    campaign: Option<String>,
    /// The row of a list that it is for; null for a single call.
    #[schema(format = "uuid")]
    lead: Option<String>,
    /// The number.
    number: String,
    state: AttemptState,
    /// The server that owns it.
    server: String,
    /// When it was reserved.
    #[schema(format = DateTime)]
    reserved_at: String,
    /// When it was dialled.
    #[schema(format = DateTime)]
    dialled_at: Option<String>,
    /// When it was over, or found unresolved.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// Its call, once dialled.
    #[schema(format = "uuid")]
    call: Option<String>,
    /// The Call-ID of its INVITE.
    sip_call_id: Option<String>,
    disposition: Option<Disposition>,
}

/// What an attempt is about now.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
enum AttemptState {
    /// Stored, not dialled yet.
    Reserved,
    /// Its INVITE is on its way, or the call goes on.
    Dialling,
    /// Over.
    Ended,
    /// Its server died; whether the telephone rang is not known.
    Unresolved,
}

/// A number that is never dialled.
#[derive(ToSchema)]
pub(in crate::http) struct DoNotCallEntry {
    /// The number, in E.164.
    #[schema(example = "+12025550100")]
    number: String,
    /// Why, in the words of whoever added it.
    reason: String,
    /// Where it came from: `call` (the person said so), `api`, or a file's name.
    source: String,
    /// When it was added.
    #[schema(format = DateTime)]
    added_at: String,
}
