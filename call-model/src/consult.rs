//! What a dialogue asks of the server's own tables and tells the world, and what it is answered.
//!
//! One [`Consult`] is answered by exactly one [`Consulted`] or [`ConsultFailure`]. The call and its project are known
//! to whoever is asked and stand in no question. **No answer carries a secret**, since answers are told as events and
//! kept for replay; questions may (a [`Secret`]), and are never told: events name only their [`ConsultKind`].
//!
//! Numbers are the caller's as they came: E.164 where they could be read, else the user part. Days are those of the
//! zone that the question names, or of the server's.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{CallId, Day, Disposition, JobId, RecordingId, ServiceKind, TicketNumber, VoicemailLabel};

/// A question to the server, or something that it is to do and to confirm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "consult")]
pub enum Consult {
    /// The past calls of a number, newest first, without this one. Answered by [`Consulted::History`].
    History {
        /// The number.
        number: String,
        /// How many months back, 1 to 24, counted to the same day of the month.
        months: u8,
        /// The zone in which days are told, by its IANA name; the server's without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<String>,
    },
    /// Notes that a number called with an intent that is a risk (to leave, to complain), and counts. Noting the same
    /// call and intent twice counts once. Answered by [`Consulted::Risk`].
    NoteRisk {
        /// The number.
        number: String,
        /// The intent.
        intent: String,
        /// The calls that make it a flag, this one included, 1 to 100.
        times: u32,
        /// Within so many days back from now, 1 to 366.
        days: u32,
    },
    /// Opens a ticket. Answered by [`Consulted::Ticket`] with the new ticket.
    OpenTicket {
        /// What it is about, by a name of the flow's.
        kind: String,
        /// The number of the caller, who can ask for it later.
        number: String,
        /// What is written on it.
        fields: BTreeMap<String, String>,
        /// The same key opens no second ticket: it is answered by the first.
        key: String,
    },
    /// Looks for a ticket. Answered by [`Consulted::Ticket`].
    FindTicket {
        /// Its number.
        ticket: TicketNumber,
        /// When given, only the ticket of this caller is found: a number of six digits can be guessed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
    },
    /// Keeps the answers to a survey. A later call of the same kind in the same call replaces them, so that a caller
    /// who hangs up in the middle has answered the first questions. Answered by [`Consulted::Done`].
    SaveSurvey {
        /// The survey's name.
        survey: String,
        /// The number of the caller.
        number: String,
        /// The answers in the order of the questions.
        answers: Vec<SurveyAnswer>,
        /// Whether the last question was answered.
        complete: bool,
    },
    /// Puts a message into the outbox; it is sent even if the call ends now, and tried again until it was taken.
    /// Answered by [`Consulted::Done`] as soon as the outbox has it on disk.
    SendMessage {
        /// The message.
        message: Message,
    },
    /// Asks whether a subject may try (again) to prove itself. Answered by [`Consulted::Attempts`].
    Attempts {
        /// Who is to be verified by what.
        subject: Subject,
        /// When it is locked.
        lock: Lock,
    },
    /// Notes that a subject proved itself, or did not. Success forgets the failures. Answered by
    /// [`Consulted::Attempts`], with `right` as it was given.
    NoteAttempt {
        /// Who was to be verified by what.
        subject: Subject,
        /// When it is locked.
        lock: Lock,
        /// Whether it proved itself.
        right: bool,
    },
    /// Makes a code that works once and sends it. An older code of the subject works no more. Answered by
    /// [`Consulted::Attempts`]; to a locked subject nothing is sent.
    SendCode {
        /// Who is to be verified by what.
        subject: Subject,
        /// When it is locked. Codes that were sent and never tried count as failures, lest a phone be flooded.
        lock: Lock,
        /// The message; `{code}` in its text stands for the code.
        message: Message,
        /// Digits of the code, 4 to 10.
        length: u8,
        /// Seconds for which it works, 30 to 3600.
        valid_s: u32,
    },
    /// Holds what the caller gave against the code that was sent, in constant time, and notes the attempt. Answered by
    /// [`Consulted::Attempts`] with `right`.
    CheckCode {
        /// Who is to be verified by what.
        subject: Subject,
        /// When it is locked.
        lock: Lock,
        /// What the caller gave.
        code: Secret,
    },
    /// Keeps a recording for the people of a queue, who are shown it. Answered by [`Consulted::Done`].
    KeepVoicemail {
        /// For whom, and what goes with it.
        label: VoicemailLabel,
        /// The recording.
        recording: RecordingId,
        /// Its length.
        length_ms: u32,
    },
    /// Registers work that a service does meanwhile and whose result comes by `POST /api/v1/jobs/{id}/result`. The
    /// dialogue asks the service itself, after this. Answered by [`Consulted::JobOpened`].
    OpenJob {
        /// The job's name: the service.
        name: String,
        /// The number of the caller.
        number: String,
        /// The same key opens no second job.
        key: String,
        /// What is sent when the result comes and nobody waits for it: the call is over, or the wait was given up.
        /// `{name}` in its text stands for the member `name` of the result; a member that is not there is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        if_gone: Option<Message>,
        /// Seconds until a result is no longer taken, 60 to 604,800.
        expires_s: u32,
    },
    /// Waits for the result of a job. Answered by [`Consulted::JobEnded`] when it is there, by
    /// [`Consulted::JobRuns`] when the time has passed; from then on nobody waits for it.
    AwaitJob {
        /// The job.
        job: JobId,
        /// Milliseconds.
        within_ms: u32,
    },
    /// Remembers something about a number, for other calls. Answered by [`Consulted::Done`].
    Remember {
        /// The number.
        number: String,
        /// The name of what is remembered, such as `language`.
        fact: String,
        /// Its value; an empty one forgets.
        value: String,
        /// Days until it is forgotten, 1 to 3660.
        days: u32,
    },
    /// Asks what is remembered of a number. Answered by [`Consulted::Recalled`].
    Recall {
        /// The number.
        number: String,
        /// The names; what is not remembered is left out of the answer.
        facts: Vec<String>,
    },
}

/// The answer to a [`Consult`]. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum Consulted {
    /// It was done, and is on disk.
    Done,
    /// Past calls.
    History {
        /// Today, in the zone that was asked for.
        today: Day,
        /// The calls, newest first; the newest 200 where there are more.
        calls: Vec<PastCall>,
    },
    /// The calls of a number with one intent.
    Risk {
        /// How many there were within the days, this one included.
        count: u32,
        /// Whether that makes it a flag.
        flagged: bool,
    },
    /// A ticket, if there is such a one.
    Ticket {
        /// The ticket.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ticket: Option<Ticket>,
    },
    /// How a subject stands.
    Attempts {
        /// Whether the attempt that was noted or checked was right; `false` when none was.
        right: bool,
        /// Failures since the last success, within the time that [`Lock`] looks back.
        failures: u32,
        /// Milliseconds until it may try again, when it is locked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        locked_ms: Option<u64>,
    },
    /// A job was registered.
    JobOpened {
        /// The job.
        job: JobId,
        /// The whole address to which the service sends the result by POST.
        callback: String,
    },
    /// A job ended.
    JobEnded {
        /// Whether the service says that it went well.
        ok: bool,
        /// The result: a JSON object of at most 64 KiB, as text.
        result: String,
    },
    /// A job still runs.
    JobRuns,
    /// What is remembered, by name.
    Recalled {
        /// The facts that there are.
        facts: BTreeMap<String, String>,
    },
}

/// Why a question got no answer. The dialogue goes on at the node's `if_failed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "failure")]
pub enum ConsultFailure {
    /// This server does not keep or do such things.
    #[error("the server is not set up for it")]
    NotAvailable,
    /// Something that the question names is not configured: a way of sending messages, a queue.
    #[error("`{name}` is not configured")]
    NotConfigured {
        /// The name.
        name: String,
    },
    /// The question is out of its limits; what is wrong with it.
    #[error("the question was refused: {why}")]
    Refused {
        /// For whoever reads the call's events.
        why: String,
    },
    /// No answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// The disk, the database or the service failed.
    #[error("it could not be carried out")]
    Failed,
}

/// What became of a question.
pub type ConsultResult = Result<Consulted, ConsultFailure>;

/// The kind of a [`Consult`], which is all that events tell of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsultKind {
    /// [`Consult::History`].
    History,
    /// [`Consult::NoteRisk`].
    NoteRisk,
    /// [`Consult::OpenTicket`].
    OpenTicket,
    /// [`Consult::FindTicket`].
    FindTicket,
    /// [`Consult::SaveSurvey`].
    SaveSurvey,
    /// [`Consult::SendMessage`].
    SendMessage,
    /// [`Consult::Attempts`].
    Attempts,
    /// [`Consult::NoteAttempt`].
    NoteAttempt,
    /// [`Consult::SendCode`].
    SendCode,
    /// [`Consult::CheckCode`].
    CheckCode,
    /// [`Consult::KeepVoicemail`].
    KeepVoicemail,
    /// [`Consult::OpenJob`].
    OpenJob,
    /// [`Consult::AwaitJob`].
    AwaitJob,
    /// [`Consult::Remember`].
    Remember,
    /// [`Consult::Recall`].
    Recall,
}

/// A call that is over, as the habit of a number is read from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastCall {
    /// The call.
    pub call: CallId,
    /// The day on which it began.
    pub day: Day,
    /// What the caller wanted, by the intent's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// The kind of service that the intent asks for, as the flow's menu tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceKind>,
    /// What the call meant.
    pub disposition: Disposition,
}

/// What is written on a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its number.
    pub number: TicketNumber,
    /// What it is about.
    pub kind: String,
    /// How it stands: `open` when it is new; whoever works on it may write any other word.
    pub status: String,
    /// The day on which it was opened.
    pub opened: Day,
    /// What is written on it.
    pub fields: BTreeMap<String, String>,
}

/// An answer to one question of a survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyAnswer {
    /// The question's name.
    pub question: String,
    /// The answer: a choice's name, digits, or words.
    pub answer: String,
}

/// A message to somebody who need not be on the telephone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// By which way, as it is configured: `sms`, or the name of a webhook.
    pub by: String,
    /// To whom: a number or whatever the way understands.
    pub to: String,
    /// The words.
    pub text: String,
    /// The same key is sent once; it goes out as `Idempotency-Key`.
    pub key: String,
}

/// Who is to be verified by what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject {
    /// The name of the node's way: `pin`, `identity_card`, `code`.
    pub by: String,
    /// The caller's number, or the member number.
    pub who: String,
}

/// When a subject is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// After so many failures without a success between them, 1 to 100, also from other calls.
    pub after: u32,
    /// For so many seconds after the last of them; older failures no longer count.
    pub for_s: u32,
}

/// Something that stands in no log and no event: a code, a PIN. `Debug` and `serde` show its length only.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for whoever has to compare it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn masked(&self) -> String {
        self.0.chars().map(|_| HIDDEN).collect()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.masked())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

/// What stands in events in the place of each digit or character of a secret.
pub const HIDDEN: char = '•';

impl Consult {
    /// Its kind, for events.
    pub fn kind(&self) -> ConsultKind {
        match self {
            Self::History { .. } => ConsultKind::History,
            Self::NoteRisk { .. } => ConsultKind::NoteRisk,
            Self::OpenTicket { .. } => ConsultKind::OpenTicket,
            Self::FindTicket { .. } => ConsultKind::FindTicket,
            Self::SaveSurvey { .. } => ConsultKind::SaveSurvey,
            Self::SendMessage { .. } => ConsultKind::SendMessage,
            Self::Attempts { .. } => ConsultKind::Attempts,
            Self::NoteAttempt { .. } => ConsultKind::NoteAttempt,
            Self::SendCode { .. } => ConsultKind::SendCode,
            Self::CheckCode { .. } => ConsultKind::CheckCode,
            Self::KeepVoicemail { .. } => ConsultKind::KeepVoicemail,
            Self::OpenJob { .. } => ConsultKind::OpenJob,
            Self::AwaitJob { .. } => ConsultKind::AwaitJob,
            Self::Remember { .. } => ConsultKind::Remember,
            Self::Recall { .. } => ConsultKind::Recall,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_itself_to_nobody() {
        let code = Secret::new("4711");
        assert_eq!(code.reveal(), "4711");
        let subject = Subject { by: "code".into(), who: "+12025550123".into() };
        let check = Consult::CheckCode { subject, lock: Lock { after: 3, for_s: 900 }, code };
        assert!(!format!("{check:?}").contains("4711"));
        assert_eq!(check.kind(), ConsultKind::CheckCode);
    }
}
