//! Call records.

use std::sync::Arc;

use call_model::{
    AgentId, AttemptId, CallContext, CallId, CampaignId, Disposition, EventRecord, FlowHash, ProjectId, ServiceKind,
    Termination,
};
use jiff::Timestamp;
use serde::Serialize;
use sqlx::AssertSqlSafe;
use tokio::sync::oneshot;

use crate::dialect::{ColumnName, Connection, ManyRows, Row, Value, json_text, values};
use crate::error::{Missing, StoreError};
use crate::open::{ServerId, Store};
use crate::writer::{CallJob, Job, Write};

/// Who called whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Somebody called us.
    Inbound,
    /// We dialled.
    Outbound,
}

/// What is known of a call when it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct CallStart {
    /// The call.
    pub call: CallId,
    /// Who called whom.
    pub direction: Direction,
    /// The number that calls.
    pub caller: String,
    /// The number that is called.
    pub called: String,
    /// The flow's name, empty where no flow answers.
    pub flow: String,
    /// The hash of the flow's files.
    pub flow_hash: FlowHash,
    /// The seed of everything that is left to chance.
    pub seed: u64,
    /// The campaign, for its calls.
    pub campaign: Option<CampaignId>,
    /// The reserved attempt, for outbound calls.
    pub attempt: Option<AttemptId>,
    /// When it began.
    pub started_at: Timestamp,
    /// The Call-ID of the caller's or the called person's leg.
    pub sip_call_id: Option<String>,
}

/// What is known of a call when it has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct CallEnd {
    /// The call.
    pub call: CallId,
    /// When the caller's leg was answered, if it was.
    pub answered_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Who ended it and why.
    pub termination: Termination,
    /// What it meant.
    pub disposition: Disposition,
    /// The agent who took it.
    pub agent: Option<AgentId>,
    /// Milliseconds in the queue.
    pub queue_wait_ms: Option<u64>,
    /// What the caller wanted, by the intent's name.
    pub intent: Option<String>,
    /// The kind of service that the intent asks for.
    pub service: Option<ServiceKind>,
    /// The recording's file name.
    pub recording: Option<String>,
}

/// A call as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CallRecord {
    /// The call.
    pub call: CallId,
    /// Its project.
    pub project: ProjectId,
    /// The server that carried it.
    pub server: String,
    /// Who called whom.
    pub direction: Direction,
    /// The number that called.
    pub caller: String,
    /// The number that was called.
    pub called: String,
    /// The flow's name, empty where no flow answered.
    pub flow: String,
    /// The hash of the flow's files.
    pub flow_hash: FlowHash,
    /// The seed of everything that was left to chance. JSON has its digits as a text.
    #[serde(with = "call_model::seed")]
    pub seed: u64,
    /// The campaign.
    pub campaign: Option<CampaignId>,
    /// The attempt.
    pub attempt: Option<AttemptId>,
    /// When it began.
    pub started_at: Timestamp,
    /// When the caller's leg was answered.
    pub answered_at: Option<Timestamp>,
    /// When it ended; `None` while it goes on.
    pub ended_at: Option<Timestamp>,
    /// Who ended it, by [`call_model::Party::as_str`].
    pub ended_by: Option<String>,
    /// Why, by [`call_model::Cause::as_str`].
    pub cause: Option<String>,
    /// The SIP status that ended it.
    pub sip_status: Option<u16>,
    /// What it meant.
    pub disposition: Option<Disposition>,
    /// The agent who took it.
    pub agent: Option<AgentId>,
    /// Milliseconds in the queue.
    pub queue_wait_ms: Option<u64>,
    /// What the caller wanted.
    pub intent: Option<String>,
    /// The kind of service that the intent asks for.
    pub service: Option<ServiceKind>,
    /// The recording's file name.
    pub recording: Option<String>,
    /// The Call-ID of the caller's or the called person's leg, by which the call is found in a trace of the signalling.
    pub sip_call_id: Option<String>,
}

impl Store {
    /// Writes the row of a call that begins, with its first events, and waits until it is on disk.
    ///
    /// # Errors
    /// [`StoreError::Busy`] at once when the queue is full: refuse the call with 503.
    pub async fn begin_call(&self, start: CallStart, events: Vec<EventRecord>) -> Result<(), StoreError> {
        self.write_call(Some(start), events, None).await
    }

    /// Writes how a call ended, with its last events, and waits until it is on disk: only then may its last word be
    /// said to the caller. The first ending counts.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] with [`Missing::OpenCall`] for a call that never began or has ended.
    pub async fn end_call(&self, end: CallEnd, events: Vec<EventRecord>) -> Result<(), StoreError> {
        self.write_call(None, events, Some(end)).await
    }

    /// Writes a call that was refused before it came to anything: its beginning and its end at once.
    ///
    /// # Errors
    /// As [`Store::begin_call`].
    pub async fn refused_call(
        &self,
        start: CallStart,
        events: Vec<EventRecord>,
        end: CallEnd,
    ) -> Result<(), StoreError> {
        self.write_call(Some(start), events, Some(end)).await
    }

    async fn write_call(
        &self,
        start: Option<CallStart>,
        events: Vec<EventRecord>,
        end: Option<CallEnd>,
    ) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        let (start, end) = (start.map(Box::new), end.map(Box::new));
        let start = start.map(|start| StartedHere { start, server: Arc::clone(&self.server) });
        let project = self.project;
        self.queue.submit(Job::Call(CallJob { project, start, events, end, reply: Some(reply) }))?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Stores what the agent is told, so that it can be asked for by the call's id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where the call never began.
    pub async fn save_context(&self, context: &CallContext) -> Result<(), StoreError> {
        self.queue.write(SaveContext { call: context.call, text: json_text(context) }).await
    }

    /// What the agent is told of a call; `None` where the call is unknown or was never offered.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn context(&self, call: CallId) -> Result<Option<CallContext>, StoreError> {
        let row = self
            .readers
            .row("SELECT context FROM calls WHERE id = $1 AND project_id = $2", values![call, self.project.0])
            .await?;
        let Some(row) = row else { return Ok(None) };
        let text = row.maybe_text(0)?;
        let unreadable = |_| ColumnName("calls", "context").unreadable();
        text.map(|text| serde_json::from_str(&text).map_err(unreadable)).transpose()
    }

    /// The record of one call.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn call(&self, call: CallId) -> Result<Option<CallRecord>, StoreError> {
        let sql = format!("{SELECT_CALLS} WHERE id = $1 AND project_id = $2");
        self.readers
            .row(AssertSqlSafe(sql), values![call, self.project.0])
            .await?
            .map(|row| read_call(&row))
            .transpose()
    }
}

/// The columns that [`read_call`] reads.
pub(crate) const SELECT_CALLS: &str = "SELECT id, project_id, server, direction, caller, called, flow, flow_hash, seed, campaign, attempt, started_at, \
     answered_at, ended_at, ended_by, cause, sip_status, disposition, agent, queue_wait_ms, intent, recording, \
     sip_call_id, service FROM calls";

/// A beginning with the server that owns it.
pub(crate) struct StartedHere {
    start: Box<CallStart>,
    server: Arc<ServerId>,
}

const INSERT: ManyRows = ManyRows {
    head: "INSERT INTO calls (id, project_id, server, direction, caller, called, flow, flow_hash, seed, campaign, \
           attempt, started_at, sip_call_id)",
    columns: 13,
    tail: "ON CONFLICT (id) DO NOTHING",
};

/// Adds the values of one row of [`insert`].
pub(crate) fn add_row(values: &mut Vec<Value>, project: ProjectId, StartedHere { start, server }: &StartedHere) {
    values.extend(values![
        start.call,
        project.0,
        server.as_str(),
        start.direction.as_str(),
        start.caller.as_str(),
        start.called.as_str(),
        start.flow.as_str(),
        &start.flow_hash,
        i64::from_ne_bytes(start.seed.to_ne_bytes()),
        start.campaign,
        start.attempt,
        start.started_at,
        start.sip_call_id.as_deref(),
    ]);
}

/// Inserts the rows of calls that begin. One that is there already is an error, unless the group is written again.
pub(crate) async fn insert(tx: &mut Connection, values: Vec<Value>, again: bool) -> Result<(), StoreError> {
    let rows = (values.len() / INSERT.columns) as u64;
    let written = tx.execute_many(INSERT, values).await?;
    if written == rows || again { Ok(()) } else { Err(StoreError::Duplicate { table: "calls" }) }
}

const FINISH: ManyRows = ManyRows {
    head: "UPDATE calls SET answered_at = v.column2, ended_at = v.column3, ended_by = v.column4, cause = v.column5, \
           sip_status = v.column6, disposition = v.column7, agent = v.column8, queue_wait_ms = v.column9, \
           intent = v.column10, recording = v.column11, service = v.column12 FROM (",
    columns: 12,
    tail: ") AS v WHERE calls.id = v.column1 AND calls.ended_at IS NULL",
};

/// Writes how calls ended. A call that is not open is an error, unless the group is written again.
pub(crate) async fn finish(tx: &mut Connection, ends: &[&CallEnd], again: bool) -> Result<(), StoreError> {
    let mut values = Vec::with_capacity(ends.len() * FINISH.columns);
    for end in ends {
        values.extend(values![
            end.call,
            end.answered_at,
            end.ended_at,
            end.termination.by.as_str(),
            end.termination.cause.as_str(),
            end.termination.sip_status.map(i64::from),
            end.disposition.as_str(),
            end.agent.as_ref(),
            end.queue_wait_ms,
            end.intent.as_deref(),
            end.recording.as_deref(),
            end.service.map(ServiceKind::as_str),
        ]);
    }
    let written = tx.execute_many(FINISH, values).await?;
    if written == ends.len() as u64 || again { Ok(()) } else { Err(StoreError::NotFound(Missing::OpenCall)) }
}

struct SaveContext {
    call: CallId,
    text: String,
}

impl Write for SaveContext {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let sql = "UPDATE calls SET context = $2 WHERE id = $1";
        let written = tx.execute(sql, values![self.call, self.text.as_str()]).await?;
        if written == 0 { Err(StoreError::NotFound(Missing::Call)) } else { Ok(()) }
    }
}

impl CallEnd {
    /// An ending of which nothing is known but its cause; it ends at the epoch until its time is set.
    pub(crate) fn unknown(call: CallId, termination: Termination) -> Self {
        Self {
            call,
            answered_at: None,
            ended_at: Timestamp::UNIX_EPOCH,
            termination,
            disposition: Disposition::Unresolved,
            agent: None,
            queue_wait_ms: None,
            intent: None,
            service: None,
            recording: None,
        }
    }
}

impl Direction {
    /// The name as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }
}

/// Reads a row of [`SELECT_CALLS`].
pub(crate) fn read_call(row: &Row) -> Result<CallRecord, StoreError> {
    let column = |name| ColumnName("calls", name);
    let direction = match row.text(3)?.as_str() {
        "inbound" => Direction::Inbound,
        "outbound" => Direction::Outbound,
        _ => return Err(column("direction").unreadable()),
    };
    Ok(CallRecord {
        call: row.parsed(0, column("id"))?,
        project: ProjectId(row.int(1)?),
        server: row.text(2)?,
        direction,
        caller: row.text(4)?,
        called: row.text(5)?,
        flow: row.text(6)?,
        flow_hash: FlowHash::new(row.text(7)?),
        seed: u64::from_ne_bytes(row.int(8)?.to_ne_bytes()),
        campaign: row.maybe_parsed(9, column("campaign"))?,
        attempt: row.maybe_parsed(10, column("attempt"))?,
        started_at: row.time(11, column("started_at"))?,
        answered_at: row.maybe_time(12, column("answered_at"))?,
        ended_at: row.maybe_time(13, column("ended_at"))?,
        ended_by: row.maybe_text(14)?,
        cause: row.maybe_text(15)?,
        sip_status: row.maybe_count(16, column("sip_status"))?,
        disposition: row.maybe_parsed(17, column("disposition"))?,
        agent: row.maybe_text(18)?.map(AgentId::new),
        queue_wait_ms: row.maybe_count(19, column("queue_wait_ms"))?,
        intent: row.maybe_text(20)?,
        recording: row.maybe_text(21)?,
        sip_call_id: row.maybe_text(22)?,
        service: row.maybe_parsed(23, column("service"))?,
    })
}
