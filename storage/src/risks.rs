//! Callers who may be lost: the same number, the same intent, several times.

use call_model::{CallId, ProjectId};
use jiff::Timestamp;
use serde::Serialize;

use crate::dialect::{ColumnName, Connection, Row, values};
use crate::error::StoreError;
use crate::open::Store;
use crate::writer::Write;

/// A call with an intent that is a risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRisk {
    /// The call.
    pub call: CallId,
    /// The number of the caller.
    pub number: String,
    /// The intent.
    pub intent: String,
    /// Now.
    pub at: Timestamp,
    /// Calls since then count.
    pub since: Timestamp,
    /// So many calls make it a flag.
    pub times: u32,
}

/// A noted risk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RiskRecord {
    /// Counts over all notes: where the next page begins.
    pub id: i64,
    /// The call.
    pub call: CallId,
    /// The number of the caller.
    pub number: String,
    /// The intent.
    pub intent: String,
    /// When it was noted.
    pub noted_at: Timestamp,
    /// The number's calls with this intent then, this one included.
    pub calls: u32,
    /// Whether they were enough for a flag.
    pub flagged: bool,
}

impl Store {
    /// Notes a risk, once a call and intent; says how many calls there are and whether they are enough for a flag.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn note_risk(&self, risk: NewRisk) -> Result<(u32, bool), StoreError> {
        self.queue.write(Note { project: self.project, risk }).await
    }

    /// Notes, newest first, at most `limit`: only flags where `flagged`, only of one number where it is given.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn risks(
        &self,
        flagged: bool,
        number: Option<&str>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<RiskRecord>, StoreError> {
        let sql = "SELECT id, call, number, intent, noted_at, calls, flagged FROM risks \
                   WHERE project_id = $1 AND id < $2 AND flagged >= $3 AND ($4 IS NULL OR number = $4) \
                   ORDER BY id DESC LIMIT $5";
        let asked = values![self.project.0, before.unwrap_or(i64::MAX), flagged, number, limit];
        self.readers.rows(sql, asked).await?.iter().map(read).collect()
    }
}

struct Note {
    project: ProjectId,
    risk: NewRisk,
}

impl Write for Note {
    type Output = (u32, bool);

    async fn run(&self, tx: &mut Connection) -> Result<(u32, bool), StoreError> {
        let (project, risk) = (self.project.0, &self.risk);
        let (number, intent) = (risk.number.as_str(), risk.intent.as_str());
        let insert = "INSERT INTO risks (project_id, call, number, intent, noted_at, calls, flagged) \
                      VALUES ($1, $2, $3, $4, $5, 1, 0) ON CONFLICT (project_id, call, number, intent) DO NOTHING";
        tx.execute(insert, values![project, risk.call, number, intent, risk.at]).await?;
        // The call itself counts even where its note is older than the days that count.
        let count = "SELECT COUNT(*) FROM risks WHERE project_id = $1 AND number = $2 AND intent = $3 \
                     AND (noted_at >= $4 OR call = $5)";
        let row = tx.row(count, values![project, number, intent, risk.since, risk.call]).await?;
        let calls: u32 = row.map_or(Ok(1), |row| row.count(0, ColumnName("risks", "calls")))?;
        let flagged = calls >= risk.times;
        let update = "UPDATE risks SET calls = $5, flagged = $6 \
                      WHERE project_id = $1 AND call = $2 AND number = $3 AND intent = $4";
        tx.execute(update, values![project, risk.call, number, intent, calls, flagged]).await?;
        Ok((calls, flagged))
    }
}

fn read(row: &Row) -> Result<RiskRecord, StoreError> {
    let column = |name| ColumnName("risks", name);
    Ok(RiskRecord {
        id: row.int(0)?,
        call: row.parsed(1, column("call"))?,
        number: row.text(2)?,
        intent: row.text(3)?,
        noted_at: row.time(4, column("noted_at"))?,
        calls: row.count(5, column("calls"))?,
        flagged: row.flag(6)?,
    })
}
