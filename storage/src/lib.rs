//! Call records, events, campaigns, leads, and what dialogues keep, in SQLite or PostgreSQL.
//!
//! # One writer
//!
//! Everything that changes a row goes through one writer task behind a bounded queue. The writer takes all that
//! waits, runs it in one transaction, commits once, and only then answers each job: an `Ok` means that the rows are on
//! disk. A job that fails alone is told so; the others of its group are run again without it. When the queue is full,
//! calls get [`StoreError::Busy`] at once and are refused, they never wait.
//!
//! On PostgreSQL the writers of several servers take turns by an advisory lock, so that the rules for reserving an
//! attempt and the order of [`StoredEvent::sequence`] hold there as they do on SQLite.
//!
//! # Two databases, one text
//!
//! The statements are written once; `dialect` hides what differs. The tables are in `migrations/`, the same in both.
//! Times are milliseconds since 1970 UTC, ids are UUIDs in text.

mod attempts;
mod calls;
mod campaigns;
mod dialect;
mod dnc;
mod error;
mod events;
mod fresh_ids;
mod jobs;
mod known;
mod leads;
mod lists;
mod locks;
mod open;
mod outbox;
mod recover;
mod risks;
mod search;
mod servers;
mod surveys;
mod tickets;
mod verification;
mod voicemails;
mod writer;

pub use attempts::{AttemptState, Reservation, StoredAttempt};
pub use calls::{CallEnd, CallRecord, CallStart, Direction};
pub use campaigns::{CampaignProgress, CampaignRecord};
pub use dnc::DoNotCallEntry;
pub use error::{Missing, StoreError};
pub use events::StoredEvent;
pub use jobs::{JobRecord, JobResult, NewJob, ResultTaken};
pub use known::{CallOfNumber, NewFact};
pub use lists::{ImportProgress, ListRecord, StoredRefusal};
pub use locks::{LockRecord, LockSearch};
pub use open::{ServerId, Settings, Store};
pub use outbox::{
    ClaimedMessage, Delivery, MessageRecord, MessageSearch, MessageState, NewMessage, ParseMessageStateError, Posted,
};
pub use recover::Recovered;
pub use risks::{NewRisk, RiskRecord};
pub use search::CallSearch;
pub use servers::Counts;
pub use surveys::{NewSurvey, SurveyRecord};
pub use tickets::{NewTicket, TicketRecord, TicketSearch};
pub use verification::{NewCode, Standing, Trial};
pub use voicemails::{NewVoicemail, RecordingRow, VoicemailRecord, VoicemailSearch};
pub use writer::WriterCounts;
