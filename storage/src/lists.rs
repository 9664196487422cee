//! Uploaded lists: every row becomes a lead or is stored with the reason why not.

use call_model::{CampaignId, LeadId, ListId, ProjectId};
use dialer::{AcceptedRow, LeadState, Refusal, RefusedRow, RowVerdict};
use jiff::Timestamp;
use serde::Serialize;

use crate::campaigns::found;
use crate::dialect::{ColumnName, Connection, ManyRows, Row, Value, json_text, values};
use crate::error::{Missing, StoreError};
use crate::fresh_ids::FreshIds;
use crate::open::Store;
use crate::writer::Write;

/// How far an upload is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ImportProgress {
    /// Rows that became leads.
    pub accepted: u64,
    /// Rows that were refused.
    pub refused: u64,
}

/// An uploaded list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListRecord {
    /// The list.
    pub list: ListId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// The name it was uploaded under.
    pub name: String,
    /// When its upload began.
    pub uploaded_at: Timestamp,
    /// When its upload was complete; `None` while it goes on.
    pub completed_at: Option<Timestamp>,
    /// Rows that became leads.
    pub accepted: u64,
    /// Rows that were refused.
    pub refused: u64,
}

/// A refused row as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredRefusal {
    /// The line of the file, from 1.
    pub line: u64,
    /// The reason, by `dialer::RowRefusal::as_str`.
    pub reason: String,
    /// The reason in words.
    pub explanation: String,
    /// The number as it was written.
    pub written: String,
}

/// Rows of one transaction of an upload.
const BATCH: usize = 1000;

impl Store {
    /// Takes the verdicts over the rows of a file into a campaign, a thousand a transaction, and tells how far it is
    /// after each. Numbers on the do-not-call list become leads in state [`LeadState::Blocked`]. The leads are due at
    /// once when the whole list is there; a list that breaks off leaves nothing behind, at the latest after the next
    /// [`Store::recover`].
    ///
    /// The iterator is read on the caller's task, a thousand rows at a time.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the campaign, and those of the database.
    pub async fn import_leads<I>(
        &self,
        campaign: CampaignId,
        name: &str,
        rows: I,
        now: Timestamp,
        mut progress: impl FnMut(ImportProgress) + Send,
    ) -> Result<ListRecord, StoreError>
    where
        I: IntoIterator<Item = RowVerdict>,
        I::IntoIter: Send,
    {
        let mut ids = FreshIds::new(now);
        let (unix_ms, chance) = ids.next();
        let list = ListId::from_parts(unix_ms, chance);
        let upload = Upload { project: self.project, campaign, list, now };
        let (server, name) = (self.server.as_str().to_owned(), name.to_owned());
        self.queue.write_in_turn(BeginList { upload, server, name: name.clone() }).await?;
        let outcome = self.import_rows(upload, ids, rows.into_iter(), &mut progress).await;
        match outcome {
            Ok(done) => Ok(ListRecord {
                list,
                campaign,
                name,
                uploaded_at: now,
                completed_at: Some(now),
                accepted: done.accepted,
                refused: done.refused,
            }),
            Err(error) => {
                if let Err(left) = self.queue.write_in_turn(DropList { list }).await {
                    tracing::warn!(%list, error = %left, "a list that broke off is taken back at the next start only");
                }
                Err(error)
            }
        }
    }

    async fn import_rows(
        &self,
        upload: Upload,
        mut ids: FreshIds,
        mut rows: impl Iterator<Item = RowVerdict> + Send,
        progress: &mut (impl FnMut(ImportProgress) + Send),
    ) -> Result<ImportProgress, StoreError> {
        let mut done = ImportProgress::default();
        loop {
            let batch = Batch::read(upload, &mut ids, &mut rows);
            if batch.is_empty() {
                break;
            }
            done.accepted += batch.accepted();
            done.refused += batch.refused();
            self.queue.write_in_turn(batch).await?;
            progress(done);
        }
        self.queue.write_in_turn(CompleteList { upload, done }).await?;
        Ok(done)
    }

    /// The lists of a campaign, newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn lists(&self, campaign: CampaignId) -> Result<Vec<ListRecord>, StoreError> {
        let sql = "SELECT id, campaign, name, uploaded_at, completed_at, accepted, refused FROM lists \
                   WHERE campaign = $1 AND project_id = $2 ORDER BY id DESC";
        let rows = self.readers.rows(sql, values![campaign, self.project.0]).await?;
        rows.iter().map(read_list).collect()
    }

    /// The refused rows of a list in the order of its lines, from the line after `after`, at most `limit`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn refused_rows(&self, list: ListId, after: u64, limit: u32) -> Result<Vec<StoredRefusal>, StoreError> {
        let sql = "SELECT line, reason, explanation, written FROM refused_rows \
                   WHERE list = $1 AND line > $2 AND project_id = $4 ORDER BY line LIMIT $3";
        let rows = self.readers.rows(sql, values![list, after, limit, self.project.0]).await?;
        let refusals = rows.iter().map(|row| {
            Ok(StoredRefusal {
                line: row.count(0, ColumnName("refused_rows", "line"))?,
                reason: row.text(1)?,
                explanation: row.text(2)?,
                written: row.text(3)?,
            })
        });
        refusals.collect()
    }
}

fn read_list(row: &Row) -> Result<ListRecord, StoreError> {
    let column = |name| ColumnName("lists", name);
    Ok(ListRecord {
        list: row.parsed(0, column("id"))?,
        campaign: row.parsed(1, column("campaign"))?,
        name: row.text(2)?,
        uploaded_at: row.time(3, column("uploaded_at"))?,
        completed_at: row.maybe_time(4, column("completed_at"))?,
        accepted: row.count(5, column("accepted"))?,
        refused: row.count(6, column("refused"))?,
    })
}

#[derive(Debug, Clone, Copy)]
struct Upload {
    project: ProjectId,
    campaign: CampaignId,
    list: ListId,
    now: Timestamp,
}

struct BeginList {
    upload: Upload,
    server: String,
    name: String,
}

impl Write for BeginList {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let Upload { project, campaign, list, now } = self.upload;
        let exists = "SELECT id FROM campaigns WHERE id = $1 AND project_id = $2";
        if tx.row(exists, values![campaign, project.0]).await?.is_none() {
            return Err(StoreError::NotFound(Missing::Campaign));
        }
        let sql = "INSERT INTO lists (id, project_id, campaign, server, name, uploaded_at, accepted, refused) \
                   VALUES ($1, $2, $3, $4, $5, $6, 0, 0) ON CONFLICT (id) DO NOTHING";
        let (server, name) = (self.server.as_str(), self.name.as_str());
        tx.execute(sql, values![list, project.0, campaign, server, name, now]).await?;
        Ok(())
    }
}

/// Rows of one transaction, as the values of their statements.
struct Batch {
    upload: Upload,
    leads: Vec<Value>,
    refusals: Vec<Value>,
    /// The first and last line of it.
    lines: (u64, u64),
}

const INSERT_LEADS: ManyRows = ManyRows {
    head: "INSERT INTO leads (id, project_id, campaign, list, line, number, variables, state, due_at, attempts)",
    columns: 10,
    tail: "ON CONFLICT (id) DO NOTHING",
};

const INSERT_REFUSALS: ManyRows = ManyRows {
    head: "INSERT INTO refused_rows (list, project_id, line, reason, explanation, written)",
    columns: 6,
    tail: "ON CONFLICT (list, line) DO NOTHING",
};

impl Batch {
    fn read(upload: Upload, ids: &mut FreshIds, rows: &mut impl Iterator<Item = RowVerdict>) -> Self {
        let mut batch = Self { upload, leads: Vec::new(), refusals: Vec::new(), lines: (u64::MAX, 0) };
        for row in rows.by_ref().take(BATCH) {
            match row {
                RowVerdict::Accepted(row) => batch.accept(ids, &row),
                RowVerdict::Refused(row) => batch.refuse(&row),
            }
        }
        batch
    }

    fn accept(&mut self, ids: &mut FreshIds, row: &AcceptedRow) {
        let Upload { project, campaign, list, now } = self.upload;
        let (unix_ms, chance) = ids.next();
        let lead = LeadId::from_parts(unix_ms, chance);
        let (variables, waiting) = (json_text(&row.variables), LeadState::Waiting.as_str());
        self.lines = (self.lines.0.min(row.line), self.lines.1.max(row.line));
        self.leads.extend(values![
            lead,
            project.0,
            campaign,
            list,
            row.line,
            &row.number,
            variables,
            waiting,
            now,
            0_i64
        ]);
    }

    fn refuse(&mut self, row: &RefusedRow) {
        let (reason, explanation) = (row.reason.as_str(), row.reason.to_string());
        let Upload { project, list, .. } = self.upload;
        self.refusals.extend(values![list, project.0, row.line, reason, explanation, row.written.as_str()]);
    }

    fn is_empty(&self) -> bool {
        self.leads.is_empty() && self.refusals.is_empty()
    }

    fn accepted(&self) -> u64 {
        (self.leads.len() / INSERT_LEADS.columns) as u64
    }

    fn refused(&self) -> u64 {
        (self.refusals.len() / INSERT_REFUSALS.columns) as u64
    }
}

impl Write for Batch {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        tx.execute_many(INSERT_LEADS, self.leads.clone()).await?;
        tx.execute_many(INSERT_REFUSALS, self.refusals.clone()).await?;
        let block = "UPDATE leads SET state = $5, refusal = $6 WHERE list = $1 AND line >= $2 AND line <= $3 \
                     AND EXISTS (SELECT 1 FROM do_not_call d WHERE d.project_id = $4 AND d.number = leads.number)";
        let (blocked, refusal) = (LeadState::Blocked.as_str(), Refusal::DoNotCall.as_str());
        let (first, last) = self.lines;
        tx.execute(block, values![self.upload.list, first, last, self.upload.project.0, blocked, refusal]).await?;
        Ok(())
    }
}

struct CompleteList {
    upload: Upload,
    done: ImportProgress,
}

impl Write for CompleteList {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let sql = "UPDATE lists SET completed_at = $2, accepted = $3, refused = $4 WHERE id = $1";
        let values = values![self.upload.list, self.upload.now, self.done.accepted, self.done.refused];
        let written = tx.execute(sql, values).await?;
        found(written, Missing::List)
    }
}

struct DropList {
    list: ListId,
}

impl Write for DropList {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        take_back(tx, self.list).await
    }
}

/// Deletes a list that is not complete, with its rows. None of its leads was ever due.
pub(crate) async fn take_back(tx: &mut Connection, list: ListId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM leads WHERE list = $1", values![list]).await?;
    tx.execute("DELETE FROM refused_rows WHERE list = $1", values![list]).await?;
    tx.execute("DELETE FROM lists WHERE id = $1", values![list]).await?;
    Ok(())
}
