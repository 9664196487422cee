//! What can go wrong, and whose fault it is.

use std::sync::Arc;

use sqlx::migrate::MigrateError;

/// What was asked for and is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// No call has this id.
    Call,
    /// No call in progress has this id: it never began or has ended.
    OpenCall,
    /// No campaign has this id.
    Campaign,
    /// No list has this id.
    List,
    /// No attempt has this id, or it is over.
    Attempt,
    /// No lead has this id, or it is being called.
    FreeLead,
    /// No ticket has this number.
    Ticket,
    /// No message has this key.
    Message,
    /// No message of this id was given up.
    FailedMessage,
    /// No job has this id and token.
    Job,
    /// No voicemail has this recording.
    Voicemail,
    /// Nobody of this name is locked.
    Lock,
}

/// Why the store did not do what was asked. Nothing that failed has left a trace in the database.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The queue of the writer is full. Refuse new work and try later.
    #[error("the storage queue is full; new calls are refused until the disk or database catches up")]
    Busy,
    /// No space is left for the database.
    #[error("no space is left for the database; free some on its disk, calls in progress go on meanwhile")]
    DiskFull,
    /// The database cannot be reached. The writer goes on trying.
    #[error("the database cannot be reached ({0}); check that it runs, the connection is made again by itself")]
    Disconnected(Arc<sqlx::Error>),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// There is no such row.
    #[error("there is no such {}", .0.name())]
    NotFound(Missing),
    /// A campaign of this name exists already.
    #[error("a campaign of this name exists already; choose another name")]
    NameTaken,
    /// Event numbers or ids were given twice.
    #[error("a row of {table} with this id or number exists already")]
    Duplicate {
        /// The table.
        table: &'static str,
    },
    /// A stored value that this version cannot read.
    #[error("{table}.{column} holds a value that this version cannot read; was the database written by a newer one?")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// The database could not be opened.
    #[error("cannot open the database: {0}; check the address, its folder and its permissions")]
    Open(Arc<sqlx::Error>),
    /// The tables could not be brought to this version.
    #[error("cannot bring the tables of the database to this version: {0}")]
    Migration(Arc<MigrateError>),
    /// The database refused a statement.
    #[error("the database refused a statement: {0}")]
    Database(Arc<sqlx::Error>),
}

impl Missing {
    fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::OpenCall => "call in progress",
            Self::Campaign => "campaign",
            Self::List => "list",
            Self::Attempt => "open attempt",
            Self::FreeLead => "lead that is not being called",
            Self::Ticket => "ticket",
            Self::Message => "message",
            Self::FailedMessage => "message that was given up and can be sent again",
            Self::Job => "job, or its token is wrong",
            Self::Voicemail => "voicemail",
            Self::Lock => "lock that holds",
        }
    }
}

impl StoreError {
    /// Whether the writer goes on trying to store what a call did and how it ended, though it has told this error.
    pub fn is_tried_again(&self) -> bool {
        matches!(self, Self::DiskFull | Self::Disconnected(_))
    }

    /// Whether the statement was never run, so that the transaction around it can go on.
    pub(crate) fn is_of_the_asker(&self) -> bool {
        matches!(self, Self::NotFound(_) | Self::NameTaken)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(refusal) => {
                let code = refusal.code().unwrap_or_default();
                if is_disk_full(&code) {
                    Self::DiskFull
                } else if is_connection_lost(&code) || is_out_of_reach(&code) {
                    Self::Disconnected(Arc::new(error))
                } else {
                    Self::Database(Arc::new(error))
                }
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Disconnected(Arc::new(error)),
            _ => Self::Database(Arc::new(error)),
        }
    }
}

/// SQLSTATE 53100 of PostgreSQL, SQLITE_FULL (13) with any extension in the upper bytes.
fn is_disk_full(code: &str) -> bool {
    code == "53100" || primary_code(code) == Some(SQLITE_FULL)
}

/// SQLSTATE class 08, the operator interventions 57P01 to 57P05, and 53300 (too many connections).
fn is_connection_lost(code: &str) -> bool {
    code.len() == 5 && (code.starts_with("08") || code.starts_with("57P") || code == "53300")
}

/// SQLITE_BUSY and SQLITE_LOCKED (another process holds the file), SQLITE_IOERR, SQLITE_CANTOPEN.
fn is_out_of_reach(code: &str) -> bool {
    matches!(primary_code(code), Some(5 | 6 | 10 | 14))
}

/// The primary result code of SQLite; its codes have at most four digits, an SQLSTATE has five.
fn primary_code(code: &str) -> Option<i32> {
    if code.len() >= 5 {
        return None;
    }
    code.parse::<i32>().ok().map(|code| code & 0xff)
}

const SQLITE_FULL: i32 = 13;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_are_told_apart() {
        assert!(is_disk_full("13") && is_disk_full("53100") && !is_disk_full("00013"));
        assert!(is_connection_lost("57P01") && is_connection_lost("08006"));
        assert!(!is_connection_lost("23505") && !is_connection_lost("8"));
        assert!(is_out_of_reach("5") && is_out_of_reach("778") && !is_out_of_reach("2067"));
    }
}
