//! The results file: one row for each row of the uploaded list, in its order.

use std::collections::BTreeMap;

use call_model::Disposition;
use jiff::Timestamp;

/// What became of one row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultRow {
    /// The line of the uploaded file, from 1.
    pub line: u64,
    /// The number in E.164, or as it was written where the row was refused.
    pub number: String,
    /// `waiting`, `reserved`, `done`, `blocked`, `exhausted`, `unresolved` (see `LeadState`), or `refused`.
    pub status: String,
    /// What the last attempt came to.
    pub disposition: Option<Disposition>,
    /// Attempts that were dialled.
    pub attempts: u32,
    /// When the last attempt began.
    pub last_attempt: Option<Timestamp>,
    /// Why the row was refused or the lead blocked; empty otherwise.
    pub reason: String,
    /// The call of the last attempt, by its id; empty where none was made.
    pub call: String,
    /// The other columns of the uploaded file.
    pub variables: BTreeMap<String, String>,
}
