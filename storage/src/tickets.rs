//! Tickets: what a caller reported, under a number that can be spoken.

use std::collections::BTreeMap;

use call_model::{CallId, ProjectId, TicketNumber};
use jiff::Timestamp;
use serde::Serialize;

use crate::dialect::{ColumnName, Connection, Row, json_text, values};
use crate::error::{Missing, StoreError};
use crate::open::Store;
use crate::writer::Write;

/// A ticket to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTicket {
    /// What it is about.
    pub kind: String,
    /// The call that opens it.
    pub call: CallId,
    /// The number of the caller.
    pub caller: String,
    /// What is written on it.
    pub fields: BTreeMap<String, String>,
    /// The same key opens no second ticket.
    pub key: String,
    /// The chance by which its number is drawn.
    pub seed: u64,
    /// When it is opened.
    pub at: Timestamp,
}

/// A ticket as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TicketRecord {
    /// Counts over all tickets: where the next page begins.
    pub id: i64,
    /// Its number.
    pub number: TicketNumber,
    /// What it is about.
    pub kind: String,
    /// How it stands: `open` when it is new.
    pub status: String,
    /// The call that opened it.
    pub call: CallId,
    /// The number of the caller.
    pub caller: String,
    /// What is written on it.
    pub fields: BTreeMap<String, String>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When its status changed last.
    pub changed_at: Timestamp,
}

/// Which tickets are wanted. What is `None` is not asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketSearch {
    /// The status.
    pub status: Option<String>,
    /// The number of the caller.
    pub caller: Option<String>,
    /// Only older ones than this: the last of the page before.
    pub before: Option<i64>,
}

/// The status of a new ticket.
pub const OPEN: &str = "open";

impl Store {
    /// Opens a ticket under a number drawn by chance, or gives back the one that its key opened before.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn open_ticket(&self, ticket: NewTicket) -> Result<TicketRecord, StoreError> {
        self.queue.write(OpenTicket { project: self.project, ticket }).await
    }

    /// The ticket of a number; with `caller`, only if it is that caller's.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn ticket(
        &self,
        number: &TicketNumber,
        caller: Option<&str>,
    ) -> Result<Option<TicketRecord>, StoreError> {
        let sql = "SELECT id, number, kind, status, call, caller, fields, opened_at, changed_at FROM tickets \
                   WHERE project_id = $1 AND number = $2";
        let row = self.readers.row(sql, values![self.project.0, number]).await?;
        let found = row.map(|row| read(&row)).transpose()?;
        Ok(found.filter(|ticket| caller.is_none_or(|caller| ticket.caller == caller)))
    }

    /// The tickets that match, newest first, at most `limit`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn tickets(&self, search: &TicketSearch, limit: u32) -> Result<Vec<TicketRecord>, StoreError> {
        let sql = "SELECT id, number, kind, status, call, caller, fields, opened_at, changed_at FROM tickets \
                   WHERE project_id = $1 AND id < $2 AND ($3 IS NULL OR status = $3) AND ($4 IS NULL OR caller = $4) \
                   ORDER BY id DESC LIMIT $5";
        let before = search.before.unwrap_or(i64::MAX);
        let asked = values![self.project.0, before, search.status.as_deref(), search.caller.as_deref(), limit];
        self.readers.rows(sql, asked).await?.iter().map(read).collect()
    }

    /// Says how a ticket stands, and gives it back.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] with [`Missing::Ticket`].
    pub async fn set_ticket_status(
        &self,
        number: &TicketNumber,
        status: &str,
        at: Timestamp,
    ) -> Result<TicketRecord, StoreError> {
        let (project, number, status) = (self.project, number.clone(), status.to_owned());
        self.queue.write(SetStatus { project, number, status, at }).await
    }
}

struct OpenTicket {
    project: ProjectId,
    ticket: NewTicket,
}

impl Write for OpenTicket {
    type Output = TicketRecord;

    async fn run(&self, tx: &mut Connection) -> Result<TicketRecord, StoreError> {
        let Self { project, ticket } = self;
        let by_key = "SELECT id, number, kind, status, call, caller, fields, opened_at, changed_at FROM tickets \
                      WHERE project_id = $1 AND key = $2";
        let asked = || values![project.0, ticket.key.as_str()];
        if let Some(row) = tx.row(by_key, asked()).await? {
            return read(&row);
        }
        let number = free_number(tx, *project, ticket.seed).await?;
        let insert = "INSERT INTO tickets \
                      (project_id, number, key, kind, status, call, caller, fields, opened_at, changed_at) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
        let row = values![
            project.0,
            &number,
            ticket.key.as_str(),
            ticket.kind.as_str(),
            OPEN,
            ticket.call,
            ticket.caller.as_str(),
            json_text(&ticket.fields),
            ticket.at,
        ];
        tx.execute(insert, row).await?;
        let row = tx.row(by_key, asked()).await?;
        row.map(|row| read(&row)).transpose()?.ok_or(StoreError::NotFound(Missing::Ticket))
    }
}

/// Draws numbers of six digits until one is free; after every fourth that is taken they become a digit longer.
async fn free_number(tx: &mut Connection, project: ProjectId, seed: u64) -> Result<TicketNumber, StoreError> {
    let sql = "SELECT 1 FROM tickets WHERE project_id = $1 AND number = $2";
    for draw in 0.. {
        let number = drawn(seed, draw);
        if tx.row(sql, values![project.0, &number]).await?.is_none() {
            return Ok(number);
        }
    }
    unreachable!("the draws have no end")
}

/// A number of 6 to 10 digits, none of which leads with a zero.
fn drawn(seed: u64, draw: u64) -> TicketNumber {
    let digits = u32::try_from(draw / 4).unwrap_or(u32::MAX).saturating_add(6).min(10);
    let first = 10_u64.pow(digits - 1);
    let number = first + mixed(seed.wrapping_add(draw)) % (first * 9);
    number.to_string().parse().expect("6 to 10 digits are a ticket's number")
}

/// Spreads a number over 64 bits, so that neighbours have nothing in common (the finaliser of SplitMix64).
fn mixed(seed: u64) -> u64 {
    let seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    seed ^ (seed >> 31)
}

struct SetStatus {
    project: ProjectId,
    number: TicketNumber,
    status: String,
    at: Timestamp,
}

impl Write for SetStatus {
    type Output = TicketRecord;

    async fn run(&self, tx: &mut Connection) -> Result<TicketRecord, StoreError> {
        let update = "UPDATE tickets SET status = $3, changed_at = $4 WHERE project_id = $1 AND number = $2";
        tx.execute(update, values![self.project.0, &self.number, self.status.as_str(), self.at]).await?;
        let sql = "SELECT id, number, kind, status, call, caller, fields, opened_at, changed_at FROM tickets \
                   WHERE project_id = $1 AND number = $2";
        let row = tx.row(sql, values![self.project.0, &self.number]).await?;
        row.map(|row| read(&row)).transpose()?.ok_or(StoreError::NotFound(Missing::Ticket))
    }
}

fn read(row: &Row) -> Result<TicketRecord, StoreError> {
    let column = |name| ColumnName("tickets", name);
    Ok(TicketRecord {
        id: row.int(0)?,
        number: row.parsed(1, column("number"))?,
        kind: row.text(2)?,
        status: row.text(3)?,
        call: row.parsed(4, column("call"))?,
        caller: row.text(5)?,
        fields: row.json(6, column("fields"))?,
        opened_at: row.time(7, column("opened_at"))?,
        changed_at: row.time(8, column("changed_at"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_number_has_six_digits_and_more_where_they_run_out() {
        for seed in 0..1000 {
            assert_eq!(drawn(seed, 0).as_str().len(), 6);
            assert_eq!(drawn(seed, 4).as_str().len(), 7);
            assert_eq!(drawn(seed, 999).as_str().len(), 10);
        }
        assert_ne!(drawn(1, 0), drawn(1, 1));
    }
}
