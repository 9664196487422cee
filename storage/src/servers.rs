//! Signs of life, health and counts.

use call_model::ProjectId;
use jiff::Timestamp;
use serde::Serialize;

use crate::dialect::{ColumnName, Connection, values};
use crate::error::StoreError;
use crate::open::Store;
use crate::writer::{Write, WriterCounts};

/// What the tables hold, for metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Calls in progress, of all servers.
    pub open_calls: u64,
    /// Attempts that are reserved or dialled, of all servers.
    pub open_attempts: u64,
    /// Attempts whose outcome is unknown because their server died.
    pub unresolved_attempts: u64,
    /// Numbers on the do-not-call list.
    pub do_not_call: u64,
    /// Campaigns that dial.
    pub running_campaigns: u64,
}

impl Store {
    /// Tells the other servers that this one lives, and holds its attempts until `until`. Ask about every third of the
    /// lease.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn renew_lease(&self, now: Timestamp, until: Timestamp) -> Result<(), StoreError> {
        let server = self.server.as_str().to_owned();
        self.queue.write(Renew { server, project: self.project, now, until }).await
    }

    /// Asks whether rows can be read and written, by doing both.
    ///
    /// # Errors
    /// What a call would meet now.
    pub async fn health(&self) -> Result<(), StoreError> {
        self.readers.row("SELECT 1", Vec::new()).await?;
        self.queue.write(Probe).await
    }

    /// What the tables of the project hold.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        let sql = "SELECT (SELECT COUNT(*) FROM calls WHERE ended_at IS NULL AND project_id = $1), \
                   (SELECT COUNT(*) FROM attempts WHERE state IN ('reserved', 'dialling') AND project_id = $1), \
                   (SELECT COUNT(*) FROM attempts WHERE state = 'unresolved' AND project_id = $1), \
                   (SELECT COUNT(*) FROM do_not_call WHERE project_id = $1), \
                   (SELECT COUNT(*) FROM campaigns WHERE state = 'running' AND project_id = $1)";
        let Some(row) = self.readers.row(sql, values![self.project.0]).await? else { return Ok(Counts::default()) };
        let count = |column| row.count(column, ColumnName("counts", "count"));
        Ok(Counts {
            open_calls: count(0)?,
            open_attempts: count(1)?,
            unresolved_attempts: count(2)?,
            do_not_call: count(3)?,
            running_campaigns: count(4)?,
        })
    }

    /// What the writer has done, without asking the database.
    pub fn writer_counts(&self) -> WriterCounts {
        self.queue.counts()
    }
}

struct Renew {
    server: String,
    project: ProjectId,
    now: Timestamp,
    until: Timestamp,
}

impl Write for Renew {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let sign = "INSERT INTO servers (id, project_id, seen_at, lease_until) VALUES ($1, $2, $3, $4) \
                    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, lease_until = excluded.lease_until";
        tx.execute(sign, values![self.server.as_str(), self.project.0, self.now, self.until]).await?;
        let hold = "UPDATE attempts SET lease_until = $2 WHERE server = $1 AND state IN ('reserved', 'dialling')";
        tx.execute(hold, values![self.server.as_str(), self.until]).await?;
        Ok(())
    }
}

/// A change that changes nothing a reader would see, but that needs room on the disk as any other.
struct Probe;

impl Write for Probe {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        tx.execute("UPDATE projects SET name = name WHERE id = 1", Vec::new()).await?;
        Ok(())
    }
}
