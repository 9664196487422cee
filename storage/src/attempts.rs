//! Attempts to reach a number: reserved on disk before anything is dialled.

use std::time::Duration;

use call_model::{AttemptId, CallId, CampaignId, Disposition, LeadId, PhoneNumber, ProjectId};
use dialer::{
    AttemptOutcome, FinishAttempt, LeadChange, LeadFacts, LeadState, PastAttempt, Purpose, Refusal, ReservationFacts,
    ReservationRequest, Verdict, decide,
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::AssertSqlSafe;

use crate::campaigns::found;
use crate::dialect::{ColumnName, Connection, Row, values};
use crate::dnc::{self, DoNotCallEntry};
use crate::error::{Missing, StoreError};
use crate::open::Store;
use crate::writer::Write;

/// The answer to a wish for an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reservation {
    /// The attempt is on disk and owned by the asking server: dial.
    Reserved,
    /// Nothing is reserved; what becomes of the lead is written.
    Refused(Vec<Refusal>),
}

/// What an attempt is about now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptState {
    /// On disk, not dialled yet.
    Reserved,
    /// Its INVITE is on its way, or the call goes on.
    Dialling,
    /// Over.
    Ended,
    /// Its server died; whether the telephone rang is not known. Not dialled again by itself.
    Unresolved,
}

/// An attempt as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredAttempt {
    /// The attempt.
    pub attempt: AttemptId,
    /// Its campaign; `None` for a single call.
    pub campaign: Option<CampaignId>,
    /// Its lead; `None` for a single call.
    pub lead: Option<LeadId>,
    /// The number.
    pub number: PhoneNumber,
    /// What it is about.
    pub state: AttemptState,
    /// The server that owns it.
    pub server: String,
    /// When it was reserved.
    pub reserved_at: Timestamp,
    /// When it was dialled.
    pub dialled_at: Option<Timestamp>,
    /// When it was over, or found unresolved.
    pub ended_at: Option<Timestamp>,
    /// Its call, once dialled.
    pub call: Option<CallId>,
    /// The Call-ID of its INVITE.
    pub sip_call_id: Option<String>,
    /// What it came to.
    pub disposition: Option<Disposition>,
}

impl Store {
    /// Asks do-not-call, the campaign's state, the lead, hours, caps and budget over all campaigns of the project, and
    /// reserves, all in one transaction that no other writer is inside of. An answer of `Reserved` is on disk.
    ///
    /// # Errors
    /// [`StoreError::Busy`] and those of the database. After [`StoreError::Disconnected`] the reservation may stand all
    /// the same, and is then found unresolved at the next start: it must not be dialled.
    pub async fn reserve(&self, request: ReservationRequest) -> Result<Reservation, StoreError> {
        self.queue.write(Reserve { project: self.project, request }).await
    }

    /// Notes that a reserved attempt is being dialled, by which call and with which SIP Call-ID.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where the attempt is not open: do not dial.
    pub async fn mark_dialling(
        &self,
        attempt: AttemptId,
        call: CallId,
        sip_call_id: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.queue.write(Dial { attempt, call, sip_call_id: sip_call_id.to_owned(), now }).await
    }

    /// Writes how an attempt of a lead ended and what becomes of the lead. One that came to
    /// [`Disposition::DoNotCall`] puts the number on the do-not-call list in the same transaction.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where the attempt is over.
    pub async fn finish_attempt(&self, finish: FinishAttempt, now: Timestamp) -> Result<(), StoreError> {
        let FinishAttempt { attempt, outcome, change, .. } = finish;
        self.queue.write(Finish { project: self.project, attempt, outcome, change, now }).await
    }

    /// As [`Store::finish_attempt`], for a single call.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where the attempt is over.
    pub async fn finish_single_call(
        &self,
        attempt: AttemptId,
        outcome: AttemptOutcome,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let change = LeadChange::Keep;
        self.queue.write(Finish { project: self.project, attempt, outcome, change, now }).await
    }

    /// Attempts in a state, of one campaign or of all and single calls too, newest first, at most `limit`: for [`AttemptState::Unresolved`], those that an operator has
    /// to look at.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn attempts(
        &self,
        campaign: Option<CampaignId>,
        state: AttemptState,
        limit: u32,
    ) -> Result<Vec<StoredAttempt>, StoreError> {
        let sql = format!(
            // The state stands in the text, so that the index over the unresolved ones can be used.
            "{SELECT} WHERE project_id = $1 AND (campaign = $2 OR $2 IS NULL) AND state = '{}' ORDER BY id DESC LIMIT $3",
            state.as_str()
        );
        let values = values![self.project.0, campaign, limit];
        let rows = self.readers.rows(AssertSqlSafe(sql), values).await?;
        rows.iter().map(read_attempt).collect()
    }

    /// One attempt.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn attempt(&self, attempt: AttemptId) -> Result<Option<StoredAttempt>, StoreError> {
        let sql = format!("{SELECT} WHERE id = $1 AND project_id = $2");
        let row = self.readers.row(AssertSqlSafe(sql), values![attempt, self.project.0]).await?;
        row.as_ref().map(read_attempt).transpose()
    }
}

/// The columns that [`read_attempt`] reads.
pub(crate) const SELECT: &str = "SELECT id, campaign, lead, number, state, server, reserved_at, dialled_at, ended_at, \
                                 call, sip_call_id, disposition FROM attempts";

pub(crate) fn read_attempt(row: &Row) -> Result<StoredAttempt, StoreError> {
    Ok(StoredAttempt {
        attempt: row.parsed(0, column("id"))?,
        campaign: row.maybe_parsed(1, column("campaign"))?,
        lead: row.maybe_parsed(2, column("lead"))?,
        number: row.parsed(3, column("number"))?,
        state: read_state(&row.text(4)?)?,
        server: row.text(5)?,
        reserved_at: row.time(6, column("reserved_at"))?,
        dialled_at: row.maybe_time(7, column("dialled_at"))?,
        ended_at: row.maybe_time(8, column("ended_at"))?,
        call: row.maybe_parsed(9, column("call"))?,
        sip_call_id: row.maybe_text(10)?,
        disposition: row.maybe_parsed(11, column("disposition"))?,
    })
}

impl AttemptState {
    /// The name as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Dialling => "dialling",
            Self::Ended => "ended",
            Self::Unresolved => "unresolved",
        }
    }
}

fn read_state(text: &str) -> Result<AttemptState, StoreError> {
    use AttemptState as S;
    let known = [S::Reserved, S::Dialling, S::Ended, S::Unresolved];
    known.into_iter().find(|state| state.as_str() == text).ok_or(column("state").unreadable())
}

fn column(name: &'static str) -> ColumnName {
    ColumnName("attempts", name)
}

struct Reserve {
    project: ProjectId,
    request: ReservationRequest,
}

impl Write for Reserve {
    type Output = Reservation;

    async fn run(&self, tx: &mut Connection) -> Result<Reservation, StoreError> {
        let request = &self.request;
        // The answer to an earlier commit may have been lost with the connection.
        let known = "SELECT state FROM attempts WHERE id = $1 AND state = 'reserved'";
        if tx.row(known, values![request.attempt]).await?.is_some() {
            return Ok(Reservation::Reserved);
        }
        let facts = read_facts(tx, self.project, request).await?;
        match decide(request, &facts) {
            Verdict::Reserve => {
                insert(tx, self.project, request).await?;
                Ok(Reservation::Reserved)
            }
            Verdict::Refuse { refusals, lead } => {
                if let Purpose::Lead { lead: id, .. } = request.purpose {
                    let why = refusals.first().map(Refusal::as_str);
                    change_lead(tx, id, lead, LeadState::Waiting, why).await?;
                }
                Ok(Reservation::Refused(refusals))
            }
        }
    }
}

/// What the database knows about a wish.
async fn read_facts(
    tx: &mut Connection,
    project: ProjectId,
    request: &ReservationRequest,
) -> Result<ReservationFacts, StoreError> {
    let (campaign, lead) = match request.purpose {
        Purpose::Lead { campaign, lead } => (Some(campaign), Some(lead)),
        Purpose::SingleCall => (None, None),
    };
    let mut facts = ReservationFacts::default();
    let of_number = "SELECT (SELECT COUNT(*) FROM do_not_call WHERE project_id = $1 AND number = $2), \
                            (SELECT COUNT(*) FROM attempts \
                               WHERE project_id = $1 AND number = $2 AND state IN ('reserved', 'dialling')), \
                            (SELECT state FROM campaigns WHERE project_id = $1 AND id = $3)";
    if let Some(row) = tx.row(of_number, values![project.0, &request.number, campaign]).await? {
        facts.do_not_call = row.int(0)? > 0;
        facts.open_attempt = row.int(1)? > 0;
        facts.campaign = row.maybe_parsed(2, ColumnName("campaigns", "state"))?;
    }
    let of_lead = "SELECT state, due_at, attempts FROM leads WHERE id = $1 AND campaign = $2 AND number = $3";
    if lead.is_some()
        && let Some(row) = tx.row(of_lead, values![lead, campaign, &request.number]).await?
    {
        facts.lead = Some(LeadFacts {
            state: row.parsed(0, ColumnName("leads", "state"))?,
            due: row.time(1, ColumnName("leads", "due_at"))?,
            attempts: row.count(2, ColumnName("leads", "attempts"))?,
        });
    }
    let past = "SELECT reserved_at, disposition FROM attempts \
                WHERE number = $1 AND reserved_at >= $2 AND project_id = $3 ORDER BY reserved_at";
    let since = request.history_since();
    for row in tx.rows(past, values![&request.number, since, project.0]).await? {
        facts.attempts_of_number.push(PastAttempt {
            at: row.time(0, column("reserved_at"))?,
            disposition: row.maybe_parsed(1, column("disposition"))?,
        });
    }
    Ok(facts)
}

async fn insert(tx: &mut Connection, project: ProjectId, request: &ReservationRequest) -> Result<(), StoreError> {
    let (campaign, lead) = match request.purpose {
        Purpose::Lead { campaign, lead } => (Some(campaign), Some(lead)),
        Purpose::SingleCall => (None, None),
    };
    let sql = "INSERT INTO attempts (id, project_id, campaign, lead, number, state, server, lease_until, reserved_at) \
               VALUES ($1, $2, $3, $4, $5, 'reserved', $6, $7, $8)";
    let lease_until = lease_end(request.now, request.lease);
    let (number, server) = (&request.number, request.server.as_str());
    tx.execute(sql, values![request.attempt, project.0, campaign, lead, number, server, lease_until, request.now])
        .await?;
    if lead.is_some() {
        let sql = "UPDATE leads SET state = 'reserved', attempts = attempts + 1, refusal = NULL WHERE id = $1";
        tx.execute(sql, values![lead]).await?;
    }
    Ok(())
}

/// Writes a change to a lead that is in state `only_if`, with the reason why it was refused.
async fn change_lead(
    tx: &mut Connection,
    lead: LeadId,
    change: LeadChange,
    only_if: LeadState,
    refusal: Option<&str>,
) -> Result<(), StoreError> {
    let (state, due) = match change {
        LeadChange::Keep => return Ok(()),
        LeadChange::DueAt(at) => (LeadState::Waiting, Some(at)),
        LeadChange::Close(state) => (state, None),
    };
    let sql = "UPDATE leads SET state = $2, due_at = COALESCE($3, due_at), refusal = $4 WHERE id = $1 AND state = $5";
    tx.execute(sql, values![lead, state.as_str(), due, refusal, only_if.as_str()]).await?;
    Ok(())
}

fn lease_end(now: Timestamp, lease: Duration) -> Timestamp {
    let lease = SignedDuration::try_from(lease).unwrap_or(SignedDuration::MAX);
    now.checked_add(lease).unwrap_or(Timestamp::MAX)
}

struct Dial {
    attempt: AttemptId,
    call: CallId,
    sip_call_id: String,
    now: Timestamp,
}

impl Write for Dial {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let sql = "UPDATE attempts SET state = 'dialling', call = $2, sip_call_id = $3, dialled_at = $4 \
                   WHERE id = $1 AND state IN ('reserved', 'dialling')";
        let values = values![self.attempt, self.call, self.sip_call_id.as_str(), self.now];
        found(tx.execute(sql, values).await?, Missing::Attempt)
    }
}

struct Finish {
    project: ProjectId,
    attempt: AttemptId,
    outcome: AttemptOutcome,
    change: LeadChange,
    now: Timestamp,
}

impl Write for Finish {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let sql = format!("{SELECT} WHERE id = $1 AND project_id = $2");
        let row = tx.row(AssertSqlSafe(sql), values![self.attempt, self.project.0]).await?;
        let found = row.as_ref().map(read_attempt).transpose()?;
        match (self.outcome, found) {
            // Both may be the trace of an earlier commit whose answer was lost.
            (AttemptOutcome::Released, None) => Ok(()),
            (AttemptOutcome::Ended(d), Some(a)) if a.state == AttemptState::Ended && a.disposition == Some(d) => Ok(()),
            (_, None) => Err(StoreError::NotFound(Missing::Attempt)),
            (_, Some(attempt)) if attempt.state == AttemptState::Ended => Err(StoreError::NotFound(Missing::Attempt)),
            (AttemptOutcome::Released, Some(attempt)) => self.release(tx, &attempt).await,
            (AttemptOutcome::Ended(disposition), Some(attempt)) => self.end(tx, &attempt, disposition).await,
        }
    }
}

impl Finish {
    /// As if it had not been reserved.
    async fn release(&self, tx: &mut Connection, attempt: &StoredAttempt) -> Result<(), StoreError> {
        tx.execute("DELETE FROM attempts WHERE id = $1", values![self.attempt]).await?;
        let Some(lead) = attempt.lead else { return Ok(()) };
        let sql = "UPDATE leads SET state = 'waiting', attempts = attempts - 1 WHERE id = $1 AND state = $2";
        let was = lead_state_during(attempt.state);
        tx.execute(sql, values![lead, was.as_str()]).await?;
        change_lead(tx, lead, self.change, LeadState::Waiting, None).await
    }

    async fn end(
        &self,
        tx: &mut Connection,
        attempt: &StoredAttempt,
        disposition: Disposition,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE attempts SET state = 'ended', disposition = $2, ended_at = $3 WHERE id = $1";
        tx.execute(sql, values![self.attempt, disposition.as_str(), self.now]).await?;
        if let Some(lead) = attempt.lead {
            let sql = "UPDATE leads SET disposition = $2 WHERE id = $1";
            tx.execute(sql, values![lead, disposition.as_str()]).await?;
            change_lead(tx, lead, self.change, lead_state_during(attempt.state), None).await?;
        }
        if disposition == Disposition::DoNotCall {
            let entry = DoNotCallEntry {
                number: attempt.number.clone(),
                reason: "asked not to be called again".to_owned(),
                source: "call".to_owned(),
                added_at: self.now,
            };
            dnc::add(tx, self.project, &entry).await?;
        }
        Ok(())
    }
}

/// The state of a lead while its attempt is in a state.
fn lead_state_during(state: AttemptState) -> LeadState {
    match state {
        AttemptState::Reserved | AttemptState::Dialling | AttemptState::Ended => LeadState::Reserved,
        AttemptState::Unresolved => LeadState::Unresolved,
    }
}
