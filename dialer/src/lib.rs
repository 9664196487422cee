//! Campaigns, leads, pacing, the attempt budget, calling hours and do-not-call.

pub mod budget;
pub mod campaign;
pub mod dialer;
pub mod hours;
pub mod import;
pub mod lead;
pub mod pacing;
pub mod recycle;
pub mod region;
pub mod reservation;
pub mod results;
mod span;
pub mod zone;

pub use budget::{AttemptBudget, BudgetVerdict, PastAttempt};
pub use campaign::{CampaignSettings, CampaignState, SettingsProblem};
pub use dialer::{Dialer, DialerConfig, DialerEvent, Input, Origination, Output, Progress};
pub use hours::{CallingHours, DayHours, HoursVerdict};
pub use import::{
    AcceptedRow, ImportCounts, ImportSettings, List, ListError, RefusedRow, RowRefusal, RowVerdict, read_number,
};
pub use lead::{AttemptOutcome, DueBatch, DueLead, FinishAttempt, LeadChange, LeadRow, LeadState};
pub use recycle::{Retry, RetryTable};
pub use region::Region;
pub use reservation::{
    ContactLimits, LeadFacts, Purpose, Refusal, ReservationFacts, ReservationRequest, Verdict, decide,
};
pub use results::{ResultRow, ResultsWriter};
