//! Leads, one by one: which are due, what becomes of them, and the rows of the results file.

use call_model::{CampaignId, LeadId, ListId, ProjectId};
use dialer::{DueBatch, DueLead, LeadChange, LeadRow, LeadState, ResultRow};
use jiff::Timestamp;

use crate::campaigns::found;
use crate::dialect::{ColumnName, Connection, Row, values};
use crate::error::{Missing, StoreError};
use crate::open::Store;
use crate::writer::Write;

impl Store {
    /// The leads of a campaign that wait and are due, longest due first and then in the order of the file, at most
    /// `limit`. Leads of an upload that goes on are not due yet.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn due_leads(&self, campaign: CampaignId, now: Timestamp, limit: u32) -> Result<DueBatch, StoreError> {
        let due = "SELECT id, number, variables, attempts FROM leads \
                   WHERE campaign = $1 AND state = 'waiting' AND due_at <= $2 AND project_id = $4 \
                   AND EXISTS (SELECT 1 FROM lists WHERE lists.id = leads.list AND completed_at IS NOT NULL) \
                   ORDER BY due_at, line LIMIT $3";
        let rows = self.readers.rows(due, values![campaign, now, limit, self.project.0]).await?;
        let leads = rows.iter().map(read_due).collect::<Result<_, _>>()?;
        let rest = "SELECT (SELECT MIN(due_at) FROM leads WHERE campaign = $1 AND state = 'waiting' AND due_at > $2), \
                           (SELECT COUNT(*) FROM leads WHERE campaign = $1 AND state IN ('waiting', 'reserved'))";
        let Some(row) = self.readers.row(rest, values![campaign, now]).await? else {
            return Ok(DueBatch { leads, ..DueBatch::default() });
        };
        Ok(DueBatch {
            leads,
            next_due: row.maybe_time(0, ColumnName("leads", "due_at"))?,
            unfinished: row.count(1, ColumnName("leads", "count"))?,
        })
    }

    /// Leads of a campaign in the order of their upload, from the one after `after`, at most `limit`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn leads(
        &self,
        campaign: CampaignId,
        state: Option<LeadState>,
        after: Option<LeadId>,
        limit: u32,
    ) -> Result<Vec<LeadRow>, StoreError> {
        let sql = "SELECT id, campaign, line, number, variables, state, due_at, attempts, disposition FROM leads \
                   WHERE campaign = $1 AND project_id = $2 AND id > $3 AND state = COALESCE($4, state) \
                   ORDER BY id LIMIT $5";
        let after = after.map(|lead| lead.to_string()).unwrap_or_default();
        let state = state.map(LeadState::as_str);
        let rows = self.readers.rows(sql, values![campaign, self.project.0, after, state, limit]).await?;
        rows.iter().map(read_lead).collect()
    }

    /// What became of the rows of a list, accepted and refused, in their order, from the line after `after`, at most
    /// `limit`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn results(&self, list: ListId, after: u64, limit: u32) -> Result<Vec<ResultRow>, StoreError> {
        let sql = "SELECT * FROM (SELECT l.line, l.number, l.state, l.disposition, l.attempts, a.reserved_at, \
                                         l.refusal, a.call, l.variables \
                                  FROM leads l LEFT JOIN attempts a \
                                    ON a.id = (SELECT MAX(id) FROM attempts WHERE attempts.lead = l.id) \
                                  WHERE l.list = $1 AND l.line > $2 AND l.project_id = $4 ORDER BY l.line LIMIT $3) \
                                  AS taken \
                   UNION ALL \
                   SELECT * FROM (SELECT line, written, 'refused', CAST(NULL AS TEXT), 0, CAST(NULL AS BIGINT), \
                                         reason, CAST(NULL AS TEXT), '{}' \
                                  FROM refused_rows \
                                  WHERE list = $1 AND line > $2 AND project_id = $4 ORDER BY line LIMIT $3) AS refused \
                   ORDER BY 1 LIMIT $3";
        let rows = self.readers.rows(sql, values![list, after, limit, self.project.0]).await?;
        rows.iter().map(read_result).collect()
    }

    /// Sets a lead free or closes it, by an operator's word. A lead that is being called is left alone.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] with [`Missing::FreeLead`].
    pub async fn change_lead(&self, lead: LeadId, change: LeadChange) -> Result<(), StoreError> {
        self.queue.write(ChangeLead { project: self.project, lead, change }).await
    }
}

fn read_due(row: &Row) -> Result<DueLead, StoreError> {
    Ok(DueLead {
        lead: row.parsed(0, ColumnName("leads", "id"))?,
        number: row.parsed(1, ColumnName("leads", "number"))?,
        variables: row.json(2, ColumnName("leads", "variables"))?,
        attempts: row.count(3, ColumnName("leads", "attempts"))?,
    })
}

fn read_lead(row: &Row) -> Result<LeadRow, StoreError> {
    Ok(LeadRow {
        lead: row.parsed(0, ColumnName("leads", "id"))?,
        campaign: row.parsed(1, ColumnName("leads", "campaign"))?,
        line: row.count(2, ColumnName("leads", "line"))?,
        number: row.parsed(3, ColumnName("leads", "number"))?,
        variables: row.json(4, ColumnName("leads", "variables"))?,
        state: row.parsed(5, ColumnName("leads", "state"))?,
        due: row.time(6, ColumnName("leads", "due_at"))?,
        attempts: row.count(7, ColumnName("leads", "attempts"))?,
        last: row.maybe_parsed(8, ColumnName("leads", "disposition"))?,
    })
}

fn read_result(row: &Row) -> Result<ResultRow, StoreError> {
    Ok(ResultRow {
        line: row.count(0, ColumnName("leads", "line"))?,
        number: row.text(1)?,
        status: row.text(2)?,
        disposition: row.maybe_parsed(3, ColumnName("leads", "disposition"))?,
        attempts: row.count(4, ColumnName("leads", "attempts"))?,
        last_attempt: row.maybe_time(5, ColumnName("leads", "reserved_at"))?,
        reason: row.maybe_text(6)?.unwrap_or_default(),
        call: row.maybe_text(7)?.unwrap_or_default(),
        variables: row.json(8, ColumnName("leads", "variables"))?,
    })
}

struct ChangeLead {
    project: ProjectId,
    lead: LeadId,
    change: LeadChange,
}

impl Write for ChangeLead {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let (state, due) = match self.change {
            LeadChange::Keep => return Ok(()),
            LeadChange::DueAt(at) => (LeadState::Waiting, Some(at)),
            LeadChange::Close(state) => (state, None),
        };
        let sql = "UPDATE leads SET state = $3, due_at = COALESCE($4, due_at), refusal = NULL \
                   WHERE id = $1 AND project_id = $2 AND state <> 'reserved'";
        let written = tx.execute(sql, values![self.lead, self.project.0, state.as_str(), due]).await?;
        found(written, Missing::FreeLead)
    }
}
