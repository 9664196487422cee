//! Numbers that are never dialled.

use call_model::{PhoneNumber, ProjectId};
use dialer::{LeadState, Refusal};
use jiff::Timestamp;
use serde::Serialize;

use crate::dialect::{ColumnName, Connection, values};
use crate::error::StoreError;
use crate::open::Store;
use crate::writer::Write;

/// A number that is never dialled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoNotCallEntry {
    /// The number.
    pub number: PhoneNumber,
    /// Why, in the words of whoever added it.
    pub reason: String,
    /// Where it came from: `call`, `api`, a file's name.
    pub source: String,
    /// When it was added.
    pub added_at: Timestamp,
}

impl Store {
    /// Adds a number, and closes the leads that wait with it as [`LeadState::Blocked`]. A number that stands on the list
    /// already keeps its first reason. From the answer on no attempt to it is reserved.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn add_do_not_call(&self, entry: DoNotCallEntry) -> Result<(), StoreError> {
        self.queue.write(Add { project: self.project, entry }).await
    }

    /// Takes a number off the list and says whether it stood there. Leads that it closed stay closed.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn remove_do_not_call(&self, number: &PhoneNumber) -> Result<bool, StoreError> {
        self.queue.write(Remove { project: self.project, number: number.clone() }).await
    }

    /// The numbers after `after`, in their order, at most `limit`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn do_not_call(
        &self,
        after: Option<&PhoneNumber>,
        limit: u32,
    ) -> Result<Vec<DoNotCallEntry>, StoreError> {
        let sql = "SELECT number, reason, source, added_at FROM do_not_call \
                   WHERE project_id = $1 AND number > $2 ORDER BY number LIMIT $3";
        let after = after.map_or("", PhoneNumber::as_str);
        let rows = self.readers.rows(sql, values![self.project.0, after, limit]).await?;
        let column = |name| ColumnName("do_not_call", name);
        let entries = rows.iter().map(|row| {
            Ok(DoNotCallEntry {
                number: row.parsed(0, column("number"))?,
                reason: row.text(1)?,
                source: row.text(2)?,
                added_at: row.time(3, column("added_at"))?,
            })
        });
        entries.collect()
    }

    /// Whether a number stands on the list.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn is_do_not_call(&self, number: &PhoneNumber) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM do_not_call WHERE project_id = $1 AND number = $2";
        Ok(self.readers.row(sql, values![self.project.0, number]).await?.is_some())
    }
}

/// Adds an entry inside a transaction, with what follows for the leads that wait.
pub(crate) async fn add(tx: &mut Connection, project: ProjectId, entry: &DoNotCallEntry) -> Result<(), StoreError> {
    let sql = "INSERT INTO do_not_call (project_id, number, reason, source, added_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (project_id, number) DO NOTHING";
    let (reason, source) = (entry.reason.as_str(), entry.source.as_str());
    tx.execute(sql, values![project.0, &entry.number, reason, source, entry.added_at]).await?;
    let block = "UPDATE leads SET state = $3, refusal = $4 WHERE project_id = $1 AND number = $2 AND state = 'waiting'";
    let (blocked, refusal) = (LeadState::Blocked.as_str(), Refusal::DoNotCall.as_str());
    tx.execute(block, values![project.0, &entry.number, blocked, refusal]).await?;
    Ok(())
}

struct Add {
    project: ProjectId,
    entry: DoNotCallEntry,
}

impl Write for Add {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        add(tx, self.project, &self.entry).await
    }
}

struct Remove {
    project: ProjectId,
    number: PhoneNumber,
}

impl Write for Remove {
    type Output = bool;

    async fn run(&self, tx: &mut Connection) -> Result<bool, StoreError> {
        let sql = "DELETE FROM do_not_call WHERE project_id = $1 AND number = $2";
        Ok(tx.execute(sql, values![self.project.0, &self.number]).await? > 0)
    }
}
