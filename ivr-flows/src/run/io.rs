//! What a dialogue is given, learns and orders.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use call_model::{
    BargeIn, CallEvent, Consult, ConsultResult, ContextLine, Disposition, Heard, ListenRequest, OrderId, Prompt,
    QueueId, RecordRequest, RecordResult, ServiceKind, SlotValue, SoundFailure, TransferFailure, TransferRequest,
};
use jiff::civil::DateTime;

/// What the dialogue of one call begins with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Start {
    /// A lead's columns, or whatever else is known of the call. Only the names that the flow declares under `given:`
    /// are used; one that is missing is an empty text.
    pub variables: BTreeMap<String, String>,
    /// The caller's (or called person's) number or user: `{{ caller }}`.
    pub caller: String,
    /// The number that was dialled, or ours for outbound: `{{ called }}`.
    pub called: String,
    /// The wall time of the call's beginning, in the flow's zone. Without it every place counts as open.
    pub local: Option<DateTime>,
    /// The seed of everything that is left to chance: the idempotency keys of HTTP requests.
    pub seed: u64,
}

/// A fact that the dialogue learns. Facts about orders that it no longer waits for are ignored.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// An order to play came to its natural end.
    Finished {
        /// The order.
        order: OrderId,
    },
    /// An order to play or to listen was stopped, by the caller or by us.
    Stopped {
        /// The order.
        order: OrderId,
        /// How much of a prompt was heard, in milliseconds.
        played_ms: u32,
    },
    /// An order to play or to listen could not be carried out. A prompt that fails counts as heard; a turn that nobody
    /// can listen to goes on by keys.
    Failed {
        /// The order.
        order: OrderId,
        /// Why.
        why: SoundFailure,
    },
    /// The caller began to speak in a listening turn.
    SpeechStarted {
        /// The order to listen.
        order: OrderId,
    },
    /// What has been understood so far in a listening turn: it may interrupt a prompt, and decides nothing else.
    Partial {
        /// The order to listen.
        order: OrderId,
        /// The words so far.
        text: String,
    },
    /// A listening turn ended by itself.
    Heard {
        /// The order to listen.
        order: OrderId,
        /// What was heard.
        heard: Heard,
    },
    /// A key was pressed.
    DigitPressed {
        /// `0`-`9`, `*`, `#`, `A`-`D`; anything else is ignored.
        digit: char,
    },
    /// A back end answered or failed.
    Fetched {
        /// The order to fetch.
        order: OrderId,
        /// What came of it.
        result: FetchResult,
    },
    /// The server answered a question about its own tables, or confirmed what it did.
    Consulted {
        /// The order to consult.
        order: OrderId,
        /// What came of it.
        result: ConsultResult,
    },
    /// A message of the caller was recorded, or could not be.
    Recorded {
        /// The order to record.
        order: OrderId,
        /// What came of it.
        recording: RecordResult,
    },
    /// Nobody in the queue could be reached: the dialogue goes on at the node's `if_nobody`.
    QueueFailed {
        /// Why.
        why: TransferFailure,
    },
    /// The caller has hung up: what stands under `on_hangup:` is done now, without sound.
    CallerLeft,
}

/// What came of an HTTP request.
pub type FetchResult = Result<HttpAnswer, FetchFailure>;

/// The answer of a back end, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status, 100 to 599.
    pub status: u16,
    /// The body as UTF-8; bodies of more than [`LARGEST_ANSWER`] bytes are to be reported as [`FetchFailure::TooLarge`].
    pub body: String,
}

/// Why a request got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchFailure {
    /// A private address that is not allowed.
    Refused,
    /// Not in time.
    TimedOut,
    /// No connection, or it broke.
    Unreachable,
    /// The body was larger than [`LARGEST_ANSWER`].
    TooLarge,
    /// The body was no UTF-8.
    NotText,
}

impl FetchFailure {
    /// Every reason.
    pub const ALL: [Self; 5] = [Self::TimedOut, Self::Unreachable, Self::Refused, Self::TooLarge, Self::NotText];

    /// The reason as events and recorded answers write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TimedOut => "timed_out",
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
            Self::TooLarge => "too_large",
            Self::NotText => "not_text",
        }
    }

    /// The reason by its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.as_str() == name)
    }
}

/// The largest body of an answer, in bytes.
pub const LARGEST_ANSWER: usize = 64 * 1024;

/// An order of the dialogue, or what it tells of itself.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Play a prompt once. Answered by `Finished`, `Stopped` or `Failed`.
    Play {
        /// The order's id, unique within this dialogue.
        order: OrderId,
        /// What is heard.
        prompt: Prompt,
        /// What stops it at once.
        barge_in: BargeIn,
    },
    /// Stop a prompt. Stopping what has ended is no error.
    StopPlaying {
        /// The order to play.
        order: OrderId,
    },
    /// Listen for one turn. Answered by `Heard`, `Stopped` or `Failed`.
    Listen {
        /// The order's id.
        order: OrderId,
        /// What to listen for.
        request: ListenRequest,
    },
    /// Stop listening. Stopping what has ended is no error.
    StopListening {
        /// The order to listen.
        order: OrderId,
    },
    /// Let the recording of the call hold silence from now on, or sound again: what is said now stays out of every
    /// record, partial results included.
    MuteRecording {
        /// Whether it holds silence.
        muted: bool,
    },
    /// Ask a back end. Answered by `Fetched`.
    Fetch {
        /// The order's id.
        order: OrderId,
        /// What to ask.
        request: HttpRequest,
    },
    /// Ask the server something of its own, or let it do something and confirm. Answered by `Consulted`.
    Consult {
        /// The order's id.
        order: OrderId,
        /// The question; it may hold a secret, so it is neither logged nor stored as it is.
        request: Consult,
    },
    /// Record what the caller says. Nothing plays and nobody listens meanwhile. Answered by `Recorded`.
    Record {
        /// The order's id.
        order: OrderId,
        /// What, and until when.
        request: RecordRequest,
    },
    /// Stop recording; what was said until now is kept. Stopping what has ended is no error.
    StopRecording {
        /// The order to record.
        order: OrderId,
    },
    /// Put the caller into a queue. The dialogue rests until [`Input::QueueFailed`], or for good.
    Enqueue {
        /// The queue.
        queue: QueueId,
        /// What the agent hears before taking the call; may be empty.
        whisper: String,
        /// From when on the wait counts: what is told between asking for a person and the queue costs no place.
        since: Instant,
    },
    /// Connect the caller with somebody outside of the queues. The dialogue rests until [`Input::QueueFailed`], or for
    /// good.
    Transfer {
        /// Whom to ring, and how long.
        request: TransferRequest,
    },
    /// End the call. The dialogue is over.
    HangUp {
        /// What the flow says the call meant: what it set, otherwise self-served, no agent after a queue that failed,
        /// failed after an error. Also told as [`CallEvent::DispositionSet`].
        disposition: Option<Disposition>,
    },
    /// Something happened that is stored with the call.
    Event(CallEvent),
}

/// An HTTP request to a back end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// The back end's name in the flow.
    pub service: String,
    /// The method.
    pub method: HttpMethod,
    /// The whole address, its variables percent-encoded.
    pub url: String,
    /// Header fields in the order of the services' file.
    pub headers: Vec<(String, String)>,
    /// The body, JSON; `content-type` is among the headers.
    pub body: Option<String>,
    /// How long the whole exchange may take.
    pub timeout: Duration,
    /// Whether the address may be private: loopback, link-local, of the local network.
    pub allow_private: bool,
    /// A header field whose value only the server knows.
    pub secret: Option<Secret>,
}

/// A header field with a secret in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// The name under which the server holds the secret.
    pub name: String,
    /// The header field.
    pub header: String,
    /// What stands before the secret in the field, such as `Bearer `.
    pub before: String,
}

/// The methods that a service may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpMethod {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// DELETE.
    Delete,
}

impl HttpMethod {
    /// The method as it is written in a request.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// What the dialogue has learnt, for whoever takes the call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Handover {
    /// What the caller wants, by the intent's name.
    pub intent: Option<String>,
    /// The same as people say it.
    pub intent_label: Option<String>,
    /// The kind of service that the intent asks for.
    pub service: Option<ServiceKind>,
    /// What was filled, in the order of filling.
    pub slots: Vec<SlotValue>,
    /// What was said: the last 200 lines, timed from the beginning of the dialogue.
    pub transcript: Vec<ContextLine>,
}
