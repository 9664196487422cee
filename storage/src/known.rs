//! What is known of a number: its past calls, and what was remembered.

use std::collections::BTreeMap;

use call_model::{CallId, Disposition, ProjectId, ServiceKind};
use jiff::Timestamp;

use crate::dialect::{ColumnName, Connection, values};
use crate::error::StoreError;
use crate::open::Store;
use crate::writer::Write;

/// A call that is over, as the habit of a number is read from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallOfNumber {
    /// The call.
    pub call: CallId,
    /// When it began.
    pub started_at: Timestamp,
    /// What the caller wanted.
    pub intent: Option<String>,
    /// The kind of service that the intent asks for.
    pub service: Option<ServiceKind>,
    /// What the call meant.
    pub disposition: Disposition,
}

/// Something to be remembered of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFact {
    /// The number.
    pub number: String,
    /// The name of what is remembered.
    pub fact: String,
    /// Its value; an empty one forgets.
    pub value: String,
    /// Now.
    pub at: Timestamp,
    /// Until when it is remembered.
    pub until: Timestamp,
}

impl Store {
    /// The calls of a number that are over, without `except`, begun at or after `since`; newest first, at most `limit`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn calls_of_number(
        &self,
        number: &str,
        except: CallId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<CallOfNumber>, StoreError> {
        // Two statements with an index each: one with OR would have the database choose.
        let sql = "SELECT id, started_at, intent, service, disposition FROM (\
                   SELECT * FROM (SELECT id, started_at, intent, service, disposition FROM calls \
                   WHERE caller = $2 AND direction = 'inbound' AND project_id = $1 AND id <> $3 AND started_at >= $4 \
                   AND disposition IS NOT NULL ORDER BY id DESC LIMIT $5) AS inbound \
                   UNION ALL SELECT * FROM (SELECT id, started_at, intent, service, disposition FROM calls \
                   WHERE called = $2 AND direction = 'outbound' AND project_id = $1 AND id <> $3 AND started_at >= $4 \
                   AND disposition IS NOT NULL ORDER BY id DESC LIMIT $5) AS outbound) AS both_ways \
                   ORDER BY id DESC LIMIT $5";
        let rows = self.readers.rows(sql, values![self.project.0, number, except, since, limit]).await?;
        let column = |name| ColumnName("calls", name);
        let calls = rows.iter().map(|row| {
            Ok(CallOfNumber {
                call: row.parsed(0, column("id"))?,
                started_at: row.time(1, column("started_at"))?,
                intent: row.maybe_text(2)?,
                service: row.maybe_parsed(3, column("service"))?,
                disposition: row.parsed(4, column("disposition"))?,
            })
        });
        calls.collect()
    }

    /// Remembers something of a number in the place of what was remembered under the same name.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn remember(&self, fact: NewFact) -> Result<(), StoreError> {
        self.queue.write(Remember { project: self.project, fact }).await
    }

    /// What is remembered of a number at `now`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn recall(&self, number: &str, now: Timestamp) -> Result<BTreeMap<String, String>, StoreError> {
        let sql = "SELECT fact, value FROM facts WHERE project_id = $1 AND number = $2 AND until > $3";
        let rows = self.readers.rows(sql, values![self.project.0, number, now]).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
    }
}

struct Remember {
    project: ProjectId,
    fact: NewFact,
}

impl Write for Remember {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let (project, fact) = (self.project.0, &self.fact);
        let (number, name) = (fact.number.as_str(), fact.fact.as_str());
        let old = "DELETE FROM facts WHERE project_id = $1 AND number = $2 AND (fact = $3 OR until <= $4)";
        tx.execute(old, values![project, number, name, fact.at]).await?;
        if !fact.value.is_empty() {
            let new = "INSERT INTO facts (project_id, number, fact, value, until) VALUES ($1, $2, $3, $4, $5)";
            tx.execute(new, values![project, number, name, fact.value.as_str(), fact.until]).await?;
        }
        Ok(())
    }
}
