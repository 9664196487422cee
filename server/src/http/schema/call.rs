//! Calls and what agents are told of them.

use utoipa::ToSchema;

use super::named_values;

named_values!(
    /// What a call meant for the business, apart from how it ended.
    Disposition,
    call_model::Disposition::ALL.iter().map(|disposition| disposition.as_str())
);

named_values!(
    /// The kind of service that an intent asks for.
    ServiceKind,
    call_model::ServiceKind::ALL.iter().map(|kind| kind.as_str())
);

/// Who called whom.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Direction {
    /// Somebody called us.
    Inbound,
    /// We dialled.
    Outbound,
}

/// Who did something to a call.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Party {
    /// The person who called us, or whom we called.
    Caller,
    /// The human agent.
    Agent,
    /// The flow, by its hang-up node.
    Flow,
    /// An operator, by the API or by stopping a campaign.
    Operator,
    /// The service itself: a limit, a failure or its own end.
    System,
}

/// Why a leg or a call came to its end.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Cause {
    Normal,
    Cancelled,
    Busy,
    NoAnswer,
    Rejected,
    InvalidNumber,
    Unreachable,
    NoCommonMedia,
    MediaTimeout,
    TooLong,
    Overload,
    NoRoute,
    Forbidden,
    Shutdown,
    ServerLost,
    InternalError,
}

/// A call as it is stored.
#[derive(ToSchema)]
pub(in crate::http) struct Call {
    /// The call's id; ids sort by time.
    #[schema(format = "uuid")]
    call: String,
    /// Its project.
    project: i64,
    /// The server that carried it.
    server: String,
    direction: Direction,
    /// The other party's number or user.
    caller: String,
    /// The number that was dialled, or ours for outbound calls.
    called: String,
    /// The flow's name, empty where no flow answered.
    flow: String,
    /// The SHA-256 of the flow's files.
    flow_hash: String,
    /// The seed of everything that was left to chance: the decimal digits of 64 bits.
    seed: String,
    /// The campaign's id.
    #[schema(format = "uuid")]
    campaign: Option<String>,
    /// The attempt's id, for outbound calls.
    #[schema(format = "uuid")]
    attempt: Option<String>,
    /// When it began.
    #[schema(format = DateTime)]
    started_at: String,
    /// When it was answered.
    #[schema(format = DateTime)]
    answered_at: Option<String>,
    /// When it ended; null while it goes on.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// Who ended it.
    ended_by: Option<Party>,
    /// Why it ended.
    cause: Option<Cause>,
    /// The SIP status that ended it.
    sip_status: Option<u16>,
    disposition: Option<Disposition>,
    /// The agent who took it.
    agent: Option<String>,
    /// Milliseconds in the queue.
    queue_wait_ms: Option<u64>,
    /// What the caller wanted, by the intent's name.
    intent: Option<String>,
    service: Option<ServiceKind>,
    /// The recording's file name; `GET …/recording` has its sound.
    recording: Option<String>,
    /// The Call-ID of the caller's or the called person's leg, by which the call is found in a trace of the signalling.
    sip_call_id: Option<String>,
}

/// What an agent is told when a call is handed over.
#[derive(ToSchema)]
pub(in crate::http) struct Context {
    /// The call.
    #[schema(format = "uuid")]
    call: String,
    /// The caller's number.
    caller: String,
    /// The number that was dialled.
    called: String,
    /// The campaign's name.
    #[schema(nullable = false)]
    campaign: Option<String>,
    /// What the caller wants, by the intent's name.
    #[schema(nullable = false)]
    intent: Option<String>,
    #[schema(nullable = false)]
    service: Option<ServiceKind>,
    /// What was filled, in the order of filling.
    slots: Vec<Slot>,
    /// What was said so far.
    transcript: Vec<Line>,
    /// The whisper as it is spoken to the agent.
    #[schema(nullable = false)]
    whisper: Option<String>,
    /// Milliseconds that the caller has waited in the queue.
    waited_ms: u64,
    /// Earlier calls of the same number, newest first, as short lines.
    history: Vec<String>,
}

/// A filled slot.
#[derive(ToSchema)]
pub(super) struct Slot {
    /// The slot's name in the flow.
    name: String,
    /// The value as text.
    value: String,
    /// Whether the caller confirmed it.
    confirmed: bool,
}

/// A line of the conversation.
#[derive(ToSchema)]
struct Line {
    /// Milliseconds since the call began.
    at_ms: u64,
    /// Whether the caller spoke or pressed, rather than the server.
    by_caller: bool,
    /// The words, or keys in brackets.
    text: String,
}
