//! What is told of a call: numbered, timed from its beginning, stored, and shown to subscribers.
//!
//! With the flow's hash and the seed in [`CallEvent::Started`], the events of a call run it again offline.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    AgentId, AttemptId, CallId, CampaignId, Cause, ConsultFailure, ConsultKind, Consulted, Disposition, FlowHash,
    Language, LegId, Party, QueueId, RecordFailure, Recording, ServiceKind, Termination, TransferFailure,
};

/// One event of one call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventRecord {
    /// The call.
    pub call: CallId,
    /// 1, 2, 3 ... within the call.
    pub number: u32,
    /// Milliseconds since the call began.
    pub at_ms: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: CallEvent,
}

/// Our certainty of an understanding, 0 to 100.
pub type Certainty = u8;

/// Who spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The caller or called person.
    Caller,
    /// The server's prompt.
    System,
}

/// The kind of a flow node, by its key in YAML.
pub type NodeKind = String;

/// What became of one turn of the dialogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "result")]
pub enum TurnResult {
    /// Taken.
    Accepted {
        /// The intent or the slot's value.
        meaning: String,
        /// Our certainty.
        certainty: Certainty,
    },
    /// Asked back ("Did you mean ...?").
    AskedBack {
        /// What it may have been.
        meaning: String,
        /// Our certainty.
        certainty: Certainty,
    },
    /// Heard, not understood.
    NoMatch,
    /// Nothing came in time.
    NoInput,
}

/// Something that happened to a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum CallEvent {
    /// The call began.
    Started {
        /// Whether we dialled.
        outbound: bool,
        /// The caller's (or called person's) number or user.
        caller: String,
        /// The number that was dialled, or ours for outbound.
        called: String,
        /// The flow's name, empty where no flow answers.
        flow: String,
        /// The hash of the flow's files.
        flow_hash: FlowHash,
        /// The seed of everything that is left to chance. JSON has its digits as a text.
        #[serde(with = "crate::seed")]
        seed: u64,
        /// The campaign and attempt, for outbound.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        campaign: Option<CampaignId>,
        /// The attempt.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attempt: Option<AttemptId>,
    },
    /// The other side rings.
    Ringing,
    /// The caller's leg was answered.
    Answered,
    /// The flow began to speak with the caller.
    FlowStarted {
        /// What the flow was given: the caller, the number that was dialled, a lead's columns.
        variables: BTreeMap<String, String>,
        /// The wall time in the flow's zone, by ISO 8601; what "tomorrow" means hangs on it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        local: Option<jiff::civil::DateTime>,
    },
    /// The flow came to a node.
    NodeEntered {
        /// The node's name.
        node: String,
        /// Its kind.
        #[serde(rename = "node_kind")]
        kind: NodeKind,
    },
    /// A prompt began.
    PromptStarted {
        /// Its words.
        text: String,
    },
    /// A prompt ended or was interrupted.
    PromptEnded {
        /// How much of it was heard.
        played_ms: u32,
        /// Whether the caller interrupted it.
        interrupted: bool,
    },
    /// The caller began to speak.
    SpeechStarted,
    /// The caller was heard.
    SpeechHeard {
        /// The recognised words.
        text: String,
        /// Length of the speech.
        speech_ms: u32,
        /// The whole answer of the recogniser, so that the turn can be run again.
        heard: crate::Heard,
    },
    /// No recogniser could listen; the turn goes on by keys.
    ListenFailed,
    /// No recogniser could listen freely; the node asks its narrower question.
    ListenNarrowed,
    /// A key was pressed.
    DigitPressed {
        /// The key.
        digit: char,
    },
    /// A turn was decided.
    TurnDecided {
        /// The node that asked.
        node: String,
        /// What became of it.
        #[serde(flatten)]
        result: TurnResult,
    },
    /// The caller's intent is known.
    IntentFound {
        /// The intent.
        intent: String,
        /// Our certainty.
        certainty: Certainty,
        /// The kind of service, where the flow says it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<ServiceKind>,
    },
    /// A slot was filled.
    SlotFilled {
        /// The slot.
        slot: String,
        /// Its value.
        value: String,
    },
    /// A back end was asked.
    FetchStarted {
        /// The node that asked.
        node: String,
    },
    /// A back end answered or failed.
    FetchEnded {
        /// The node that asked.
        node: String,
        /// The HTTP status, where one came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// The answer, so that the call can be run again.
        body: String,
        /// Why the answer is none: `timed_out`, `unreachable`, `refused`, `too_large`, `not_text`, or what its shape
        /// lacks in words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        problem: Option<String>,
    },
    /// The server was asked for something of its own.
    ConsultStarted {
        /// The node that asked.
        node: String,
        /// What kind of thing; the question itself may hold a secret and is not told.
        consult: ConsultKind,
    },
    /// The server answered or could not.
    ConsultEnded {
        /// The node that asked.
        node: String,
        /// The answer, so that the call can be run again; it holds no secret.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<Consulted>,
        /// Why there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<ConsultFailure>,
    },
    /// The caller is recorded.
    RecordingStarted {
        /// The node.
        node: String,
    },
    /// The caller is no longer recorded.
    RecordingEnded {
        /// The node.
        node: String,
        /// The recording.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recording: Option<Recording>,
        /// Why there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<RecordFailure>,
    },
    /// A question was looked for in a file of questions and answers.
    KnowledgeAsked {
        /// The node.
        node: String,
        /// The question of the file that it was taken for, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        found: Option<String>,
        /// How near the nearest is.
        certainty: Certainty,
    },
    /// The caller proved to be who he says, or did not.
    VerificationEnded {
        /// The node.
        node: String,
        /// Whether he did.
        verified: bool,
    },
    /// A timer of the flow ran out (no input, between keys), so that the call can be run again.
    FlowTimeout,
    /// The flow could not go on at a node and leads to a person, or ends the call.
    FlowFailed {
        /// The node.
        node: String,
        /// What was wrong and what to do.
        reason: String,
    },
    /// The caller waits for an agent.
    Queued {
        /// The queue.
        queue: QueueId,
    },
    /// The caller was told the place in the queue.
    PositionTold {
        /// From 1.
        position: u32,
    },
    /// An agent's telephone rings.
    AgentOffered {
        /// The agent.
        agent: AgentId,
    },
    /// The agent did not take the call.
    OfferFailed {
        /// The agent.
        agent: AgentId,
        /// Why.
        cause: Cause,
    },
    /// The agent answered and hears the whisper.
    WhisperStarted {
        /// The agent.
        agent: AgentId,
        /// The words.
        text: String,
    },
    /// The agent took the call.
    AgentAccepted {
        /// The agent.
        agent: AgentId,
        /// How long the caller waited in the queue.
        waited_ms: u64,
    },
    /// Caller and agent hear each other.
    Bridged {
        /// The agent's leg.
        leg: LegId,
        /// The agent.
        agent: AgentId,
    },
    /// No agent could be reached; the flow goes on.
    QueueLeft {
        /// The queue.
        queue: QueueId,
        /// Why.
        #[serde(default)]
        why: TransferFailure,
    },
    /// Somebody outside of the queues is rung for the caller.
    TransferStarted {
        /// The number or address.
        to: String,
    },
    /// The caller and somebody outside of the queues hear each other.
    TransferConnected {
        /// The leg of the other side.
        leg: LegId,
    },
    /// The caller was not connected; the flow goes on.
    TransferFailed {
        /// Why.
        why: TransferFailure,
    },
    /// The caller was asked whether to be connected with a person, and answered.
    TransferOffered {
        /// The node that asked.
        node: String,
        /// Whether the caller accepted.
        accepted: bool,
    },
    /// The dialogue goes on in another language.
    LanguageChosen {
        /// The language.
        language: Language,
    },
    /// A question of a survey was answered.
    SurveyAnswered {
        /// The survey's node.
        node: String,
        /// The question's name.
        question: String,
        /// The answer.
        answer: String,
    },
    /// The caller has left; the flow does what is to be done after a call.
    CallerLeft,
    /// The business outcome is known.
    DispositionSet {
        /// The outcome.
        disposition: Disposition,
    },
    /// A leg ended.
    LegEnded {
        /// Which party's.
        party: Party,
        /// Why.
        cause: Cause,
    },
    /// The call ended. The last event.
    Ended {
        /// How.
        #[serde(flatten)]
        termination: Termination,
        /// What it meant.
        disposition: Disposition,
    },
}
