//! What dialogues keep.

use std::collections::BTreeMap;

use utoipa::ToSchema;

use super::call::Slot;

/// A ticket that a dialogue opened.
#[derive(ToSchema)]
pub(in crate::http) struct Ticket {
    /// Counts up over all tickets.
    id: i64,
    /// Its number, as callers say it: 6 to 10 digits.
    number: String,
    /// What it is about, by a name of the flow's.
    kind: String,
    /// How it stands: `open` when it is new, then whatever was written.
    status: String,
    /// The call that opened it.
    #[schema(format = "uuid")]
    call: String,
    /// The number of the caller.
    caller: String,
    /// What is written on it.
    fields: BTreeMap<String, String>,
    /// When it was opened.
    #[schema(format = DateTime)]
    opened_at: String,
    /// When its status was written last.
    #[schema(format = DateTime)]
    changed_at: String,
}

/// Whether a message was sent.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
enum MessageState {
    /// It will be sent, perhaps again.
    Waiting,
    /// It was taken.
    Sent,
    /// It was given up.
    Failed,
}

/// A message in the outbox.
#[derive(ToSchema)]
pub(in crate::http) struct Message {
    /// Counts up over all messages.
    id: i64,
    /// The same key is sent once; it goes out as `Idempotency-Key`.
    key: String,
    /// The call that it comes from.
    #[schema(format = "uuid")]
    call: Option<String>,
    /// By which way, as it is configured.
    by: String,
    /// To whom.
    to: String,
    /// The words. In those of one that carries a code, `{code}` stands for it.
    text: String,
    state: MessageState,
    /// How often it was tried.
    attempts: u32,
    /// When it is tried next, while it waits.
    #[schema(format = DateTime)]
    next_at: String,
    /// When it was put into the outbox.
    #[schema(format = DateTime)]
    made_at: String,
    /// When it was sent or given up.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// What the last attempt met.
    trouble: Option<String>,
}

/// An answer to one question of a survey.
#[derive(ToSchema)]
struct SurveyAnswer {
    /// The question's name.
    question: String,
    /// The answer: a choice's name, digits, or words.
    answer: String,
}

/// What one caller answered to one survey.
#[derive(ToSchema)]
pub(in crate::http) struct Survey {
    /// Counts up over all surveys.
    id: i64,
    /// The call.
    #[schema(format = "uuid")]
    call: String,
    /// The survey's name.
    survey: String,
    /// The number of the caller.
    number: String,
    /// The answers in the order of the questions.
    answers: Vec<SurveyAnswer>,
    /// Whether the last question was answered.
    complete: bool,
    /// When the last answer was given.
    #[schema(format = DateTime)]
    answered_at: String,
}

/// A call with an intent that is a risk.
#[derive(ToSchema)]
pub(in crate::http) struct Risk {
    /// Counts up over all notes.
    id: i64,
    /// The call.
    #[schema(format = "uuid")]
    call: String,
    /// The number of the caller.
    number: String,
    /// The intent.
    intent: String,
    /// When it was noted.
    #[schema(format = DateTime)]
    noted_at: String,
    /// The number's calls with this intent then, this one included.
    calls: u32,
    /// Whether they were enough for a flag.
    flagged: bool,
}

/// A message that a caller spoke for the people of a queue.
#[derive(ToSchema)]
pub(in crate::http) struct Voicemail {
    /// Counts up over all voicemails.
    id: i64,
    /// Its recording; `GET /api/v1/recordings/…` has its sound.
    #[schema(format = "uuid")]
    recording: String,
    /// The queue.
    queue: String,
    /// The call.
    #[schema(format = "uuid")]
    call: String,
    /// The number of the caller.
    number: String,
    /// What the caller wanted, by the intent's name.
    intent: Option<String>,
    /// What was filled before, in the order of filling.
    slots: Vec<Slot>,
    /// Milliseconds of sound.
    length_ms: u32,
    /// When it was left.
    #[schema(format = DateTime)]
    left_at: String,
    /// When somebody said that it was dealt with.
    #[schema(format = DateTime)]
    done_at: Option<String>,
}

/// Work that a service does for a dialogue.
#[derive(ToSchema)]
pub(in crate::http) struct Job {
    /// Its id.
    #[schema(format = "uuid")]
    job: String,
    /// Its name: the service.
    name: String,
    /// The call.
    #[schema(format = "uuid")]
    call: String,
    /// The number of the caller.
    number: String,
    /// Whether the result is there.
    ended: bool,
    /// Whether a call or a message has taken the result.
    taken: bool,
    /// When it was registered.
    #[schema(format = DateTime)]
    opened_at: String,
    /// Until when a result is taken.
    #[schema(format = DateTime)]
    expires_at: String,
    /// When the result came.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
}
