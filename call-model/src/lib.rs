//! The vocabulary of Callwright: plain data that the cores share.
//!
//! Nothing here decides anything. A type lives in this crate when two cores must agree on it and neither may know
//! the other: the ids of calls and legs, what a leg reports ([`LegEvent`]) and can be told ([`LegCommand`]), what the
//! sound side is ordered to do ([`SoundOrder`]) and answers ([`SoundFact`]), how a call ended ([`Termination`]), what
//! it meant ([`Disposition`]), how text without blanks is cut into words ([`longest_known`]), what a dialogue asks of the server ([`Consult`]) and what is told of a call
//! ([`CallEvent`]).

mod consult;
mod cutting;
mod day;
mod disposition;
mod event;
mod handover;
mod ids;
mod leg;
mod number;
mod recording;
pub mod seed;
mod service;
mod sound;
mod speech;
mod termination;
mod ticket;
mod transfer;

pub use consult::{
    Consult, ConsultFailure, ConsultKind, ConsultResult, Consulted, HIDDEN, Lock, Message, PastCall, Secret, Subject,
    SurveyAnswer, Ticket,
};
pub use cutting::longest_known;
pub use day::{Day, ParseDayError};
pub use disposition::Disposition;
pub use event::{CallEvent, Certainty, EventRecord, NodeKind, Speaker, TurnResult};
pub use handover::{CallContext, ContextLine, SlotValue};
pub use ids::{
    AgentId, AttemptId, CallId, CampaignId, FlowHash, JobId, LeadId, LegId, ListId, OrderId, ParseIdError, ProjectId,
    QueueId, RecordingId,
};
pub use leg::{LegCommand, LegEvent, LegFailure};
pub use number::{ParsePhoneNumberError, PhoneNumber};
pub use recording::{RecordFailure, RecordRequest, RecordResult, Recording, RecordingEnd, VoicemailLabel};
pub use service::{ParseServiceKindError, ServiceKind};
pub use sound::{BargeIn, SoundFact, SoundFailure, SoundOrder};
pub use speech::{Heard, HeardWord, Language, ListenEnd, ListenRequest, Prompt, PromptPart};
pub use termination::{Cause, Party, Termination};
pub use ticket::{ParseTicketNumberError, TicketNumber};
pub use transfer::{TransferFailure, TransferRequest};
