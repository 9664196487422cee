//! The table of the types of events.

use super::event::{EventType, Field, Kind};

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, needed: true }
}

/// A field that is there where it is known.
const fn maybe(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, needed: false }
}

const fn event(name: &'static str, what: &'static str, fields: &'static [Field]) -> EventType {
    EventType { name, what, fields }
}

const TURN_RESULTS: Kind = Kind::OneOf(&["accepted", "asked_back", "no_match", "no_input"]);

/// A wall time without its zone.
const LOCAL_TIME: Kind = Kind::Like("2026-11-24T08:00:00");
const CONSULTS: Kind = Kind::OneOf(&[
    "history",
    "note_risk",
    "open_ticket",
    "find_ticket",
    "save_survey",
    "send_message",
    "attempts",
    "note_attempt",
    "send_code",
    "check_code",
    "keep_voicemail",
    "open_job",
    "await_job",
    "remember",
    "recall",
]);
const ANSWER: Kind = Kind::Object(r#"{ "answer": "risk", "count": 3, "flagged": true }"#);
const FAILURE: Kind = Kind::Object(r#"{ "failure": "not_configured", "name": "sms" }"#);
const RECORDING: Kind =
    Kind::Object(r#"{ "id": "01a20d10-7944-7bc3-bfef-3a8b1ab5c4c5", "length_ms": 4200, "ended": "silence" }"#);
const RECORD_FAILURES: Kind = Kind::OneOf(&["not_available", "disk"]);

/// Every event of `call_model::CallEvent`.
pub(super) const EVENTS: &[EventType] = &[
    event(
        "started",
        "The call began.",
        &[
            field("outbound", Kind::Truth),
            field("caller", Kind::Text),
            field("called", Kind::Text),
            field("flow", Kind::Text),
            field("flow_hash", Kind::Text),
            field("seed", Kind::Text),
            maybe("campaign", Kind::Id),
            maybe("attempt", Kind::Id),
        ],
    ),
    event("ringing", "The other side rings.", &[]),
    event("answered", "The caller's leg was answered.", &[]),
    event(
        "flow_started",
        "The flow began to speak, with what it was given.",
        &[field("variables", Kind::Texts), maybe("local", LOCAL_TIME)],
    ),
    event("node_entered", "The flow came to a node.", &[field("node", Kind::Text), field("node_kind", Kind::Text)]),
    event("prompt_started", "A prompt began.", &[field("text", Kind::Text)]),
    event(
        "prompt_ended",
        "A prompt ended or was interrupted.",
        &[field("played_ms", Kind::Number), field("interrupted", Kind::Truth)],
    ),
    event("speech_started", "The caller began to speak.", &[]),
    event(
        "speech_heard",
        "The caller was heard.",
        &[field("text", Kind::Text), field("speech_ms", Kind::Number), field("heard", Kind::Told("Heard"))],
    ),
    event("listen_failed", "No recogniser could listen; the turn goes on by keys.", &[]),
    event("listen_narrowed", "No recogniser could listen freely; the node asks its narrower question.", &[]),
    event("digit_pressed", "A key was pressed.", &[field("digit", Kind::Text)]),
    event(
        "turn_decided",
        "A turn was decided; `meaning` and `certainty` where it was accepted or asked back.",
        &[
            field("node", Kind::Text),
            field("result", TURN_RESULTS),
            maybe("meaning", Kind::Text),
            maybe("certainty", Kind::Certainty),
        ],
    ),
    event(
        "intent_found",
        "The caller's intent is known.",
        &[
            field("intent", Kind::Text),
            field("certainty", Kind::Certainty),
            maybe("service", Kind::Told("ServiceKind")),
        ],
    ),
    event("slot_filled", "A slot was filled.", &[field("slot", Kind::Text), field("value", Kind::Text)]),
    event("fetch_started", "A back end was asked.", &[field("node", Kind::Text)]),
    event(
        "fetch_ended",
        "A back end answered, or failed where there is no `status`.",
        &[
            field("node", Kind::Text),
            maybe("status", Kind::Number),
            field("body", Kind::Text),
            maybe("problem", Kind::Text),
        ],
    ),
    event(
        "consult_started",
        "The flow asked the server for something of its own.",
        &[field("node", Kind::Text), field("consult", CONSULTS)],
    ),
    event(
        "consult_ended",
        "The server answered, or `failure` says why not.",
        &[field("node", Kind::Text), maybe("answer", ANSWER), maybe("failure", FAILURE)],
    ),
    event("recording_started", "The caller is recorded.", &[field("node", Kind::Text)]),
    event(
        "recording_ended",
        "The caller is no longer recorded; `failure` says why there is no recording.",
        &[field("node", Kind::Text), maybe("recording", RECORDING), maybe("failure", RECORD_FAILURES)],
    ),
    event(
        "knowledge_asked",
        "A question was looked for in a file of questions and answers; `found` is the one that it was taken for.",
        &[field("node", Kind::Text), maybe("found", Kind::Text), field("certainty", Kind::Certainty)],
    ),
    event(
        "verification_ended",
        "The caller proved to be who he says, or did not.",
        &[field("node", Kind::Text), field("verified", Kind::Truth)],
    ),
    event("flow_timeout", "A timer of the flow ran out.", &[]),
    event(
        "flow_failed",
        "The flow could not go on at a node.",
        &[field("node", Kind::Text), field("reason", Kind::Text)],
    ),
    event("queued", "The caller waits for an agent.", &[field("queue", Kind::Text)]),
    event("position_told", "The caller was told the place in the queue, from 1.", &[field("position", Kind::Number)]),
    event("agent_offered", "An agent's telephone rings.", &[field("agent", Kind::Text)]),
    event(
        "offer_failed",
        "The agent did not take the call.",
        &[field("agent", Kind::Text), field("cause", Kind::Told("Cause"))],
    ),
    event(
        "whisper_started",
        "The agent answered and hears the whisper.",
        &[field("agent", Kind::Text), field("text", Kind::Text)],
    ),
    event(
        "agent_accepted",
        "The agent took the call, for which the caller waited so long.",
        &[field("agent", Kind::Text), field("waited_ms", Kind::Number)],
    ),
    event("bridged", "Caller and agent hear each other.", &[field("leg", Kind::Number), field("agent", Kind::Text)]),
    event(
        "queue_left",
        "No agent could be reached; the flow goes on.",
        &[field("queue", Kind::Text), field("why", Kind::Told("TransferFailure"))],
    ),
    event("transfer_started", "Somebody outside of the queues is rung for the caller.", &[field("to", Kind::Text)]),
    event(
        "transfer_connected",
        "The caller and somebody outside of the queues hear each other.",
        &[field("leg", Kind::Number)],
    ),
    event(
        "transfer_failed",
        "The caller was not connected; the flow goes on.",
        &[field("why", Kind::Told("TransferFailure"))],
    ),
    event(
        "transfer_offered",
        "The caller was asked whether to be connected with a person, and answered.",
        &[field("node", Kind::Text), field("accepted", Kind::Truth)],
    ),
    event("language_chosen", "The dialogue goes on in another language.", &[field("language", Kind::Text)]),
    event(
        "survey_answered",
        "A question of a survey was answered.",
        &[field("node", Kind::Text), field("question", Kind::Text), field("answer", Kind::Text)],
    ),
    event("caller_left", "The caller has left; the flow does what is to be done after a call.", &[]),
    event("disposition_set", "The outcome is known.", &[field("disposition", Kind::Told("Disposition"))]),
    event("leg_ended", "A leg ended.", &[field("party", Kind::Told("Party")), field("cause", Kind::Told("Cause"))]),
    event(
        "ended",
        "The call ended. The last event.",
        &[
            field("by", Kind::Told("Party")),
            field("cause", Kind::Told("Cause")),
            maybe("sip_status", Kind::Number),
            field("disposition", Kind::Told("Disposition")),
        ],
    ),
];
