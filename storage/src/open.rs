//! Opening and closing the store.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use call_model::ProjectId;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _, SqlSafeStr};
use tokio::sync::watch;

use crate::dialect::{Address, Readers};
use crate::error::StoreError;
use crate::events;
use crate::writer::{self, WriterLimits, WriterQueue};

/// The name of one process that writes here. It owns the calls and attempts that it opens; keep it over a restart, and
/// never give it to two that run at once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerId(String);

impl ServerId {
    /// Wraps the configured name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Limits of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Jobs that may wait for the writer; beyond it [`StoreError::Busy`].
    pub queue: usize,
    /// The most jobs of one transaction.
    pub group: usize,
    /// Connections that read.
    pub readers: u32,
    /// How long a job waits for a lost database to come back before it fails.
    pub patience: Duration,
    /// The largest size of an SQLite file in bytes, so that it leaves room to others on its disk; beyond it
    /// [`StoreError::DiskFull`].
    pub largest_file: Option<u64>,
}

impl Default for Settings {
    /// 4,096 jobs are two seconds of 600 calls a second; 256 a transaction keep it at some 10 ms.
    fn default() -> Self {
        Self { queue: 4096, group: 256, readers: 4, patience: Duration::from_secs(5), largest_file: None }
    }
}

/// The store: a handle on one project that is cheap to clone. The writer ends when the last clone is gone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) queue: WriterQueue,
    pub(crate) readers: Readers,
    pub(crate) server: Arc<ServerId>,
    pub(crate) project: ProjectId,
    pub(crate) committed: watch::Receiver<i64>,
}

const PAGE_SIZE: u64 = 4096;
/// The pages that a reading SQLite connection keeps, in KiB; the writer's are 2,000. All connections of a process share
/// what they may keep together and the writer takes what readers leave, so each reader's share grows into memory in the
/// end. A reader forgets its pages with every commit of the writer's: what it needs is in the system's cache of files.
const READER_CACHE: u32 = 256;

impl Store {
    /// Opens `postgres://user@host/database`, or an SQLite file by `sqlite:PATH` or its path alone; makes the file and
    /// brings the tables to this version. Call [`Store::recover`] before the first call.
    ///
    /// # Errors
    /// [`StoreError::Open`] and [`StoreError::Migration`].
    pub async fn open(address: &str, server: ServerId) -> Result<Self, StoreError> {
        Self::open_with(address, server, Settings::default()).await
    }

    /// As [`Store::open`], with limits of one's own.
    ///
    /// # Errors
    /// [`StoreError::Open`] and [`StoreError::Migration`].
    pub async fn open_with(address: &str, server: ServerId, settings: Settings) -> Result<Self, StoreError> {
        let address = parse_address(address, settings.largest_file).map_err(cannot_open)?;
        migrate(&address).await?;
        let mut connection = address.connect().await.map_err(cannot_open)?;
        let readers = open_readers(&address, settings.readers).await.map_err(cannot_open)?;
        let last_sequence = events::last_sequence(&mut connection).await?;
        let limits =
            WriterLimits { queue: settings.queue.max(1), group: settings.group.max(1), patience: settings.patience };
        let (queue, committed) = writer::start(address, connection, last_sequence, limits);
        Ok(Self { queue, readers, server: Arc::new(server), project: ProjectId::default(), committed })
    }

    /// Writes all that waits, then closes. Later calls on any clone fail with [`StoreError::Closed`].
    pub async fn close(&self) {
        self.queue.close().await;
        self.readers.close().await;
    }

    /// The same store, for the calls and campaigns of another project.
    #[must_use]
    pub fn in_project(&self, project: ProjectId) -> Self {
        Self { project, ..self.clone() }
    }

    /// The name that this store's calls and attempts are owned by.
    pub fn server(&self) -> &ServerId {
        &self.server
    }
}

fn parse_address(address: &str, largest_file: Option<u64>) -> Result<Address, sqlx::Error> {
    if address.starts_with("postgres://") || address.starts_with("postgresql://") {
        let options = PgConnectOptions::from_str(address)?.application_name("callwright");
        return Ok(Address::Postgres(options.disable_statement_logging()));
    }
    let path = address.strip_prefix("sqlite://").or_else(|| address.strip_prefix("sqlite:")).unwrap_or(address);
    let mut options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .page_size(u32::try_from(PAGE_SIZE).expect("a page has 4,096 bytes"))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true)
        .disable_statement_logging();
    if let Some(bytes) = largest_file {
        options = options.pragma("max_page_count", (bytes / PAGE_SIZE).max(1).to_string());
    }
    Ok(Address::Sqlite(options))
}

async fn open_readers(address: &Address, connections: u32) -> Result<Readers, sqlx::Error> {
    let connections = connections.max(1);
    match address {
        Address::Sqlite(options) => {
            let only_reads =
                options.clone().pragma("query_only", "ON").pragma("cache_size", format!("-{READER_CACHE}"));
            let pool = SqlitePoolOptions::new().max_connections(connections).connect_with(only_reads).await?;
            Ok(Readers::Sqlite(pool))
        }
        Address::Postgres(options) => {
            let pool = PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(Duration::from_secs(5))
                .connect_with(options.clone())
                .await?;
            Ok(Readers::Postgres(pool))
        }
    }
}

async fn migrate(address: &Address) -> Result<(), StoreError> {
    let failed = |error| StoreError::Migration(Arc::new(error));
    match address {
        Address::Sqlite(options) => {
            let mut connection = options.connect().await.map_err(cannot_open)?;
            migrations(SQLITE).run(&mut connection).await.map_err(failed)?;
            connection.close().await.map_err(cannot_open)
        }
        Address::Postgres(options) => {
            let mut connection = options.connect().await.map_err(cannot_open)?;
            migrations(POSTGRES).run(&mut connection).await.map_err(failed)?;
            connection.close().await.map_err(cannot_open)
        }
    }
}

/// The version, description and text of each migration.
type Texts = &'static [(i64, &'static str, &'static str)];

fn migrations(texts: Texts) -> Migrator {
    let each = texts.iter().map(|(version, description, sql)| {
        Migration::new(*version, (*description).into(), MigrationType::Simple, (*sql).into_sql_str(), false)
    });
    Migrator::with_migrations(each.collect())
}

const SQLITE: Texts = &[
    (1, "first calls", include_str!("../migrations/sqlite/0001_first_calls.sql")),
    (2, "sip call id", include_str!("../migrations/sqlite/0002_sip_call_id.sql")),
    (3, "dialogues", include_str!("../migrations/sqlite/0003_dialogues.sql")),
    (4, "locks", include_str!("../migrations/sqlite/0004_locks.sql")),
];
const POSTGRES: Texts = &[
    (1, "first calls", include_str!("../migrations/postgres/0001_first_calls.sql")),
    (2, "sip call id", include_str!("../migrations/postgres/0002_sip_call_id.sql")),
    (3, "dialogues", include_str!("../migrations/postgres/0003_dialogues.sql")),
    (4, "locks", include_str!("../migrations/postgres/0004_locks.sql")),
];

fn cannot_open(error: sqlx::Error) -> StoreError {
    StoreError::Open(Arc::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn readers_keep_few_pages() -> Result<(), StoreError> {
        let folder = tempfile::tempdir().expect("a folder for the database");
        let file = folder.path().join("calls.db");
        let store = Store::open(file.to_str().expect("a path of UTF-8"), ServerId::new("one")).await?;
        let row = store.readers.row("PRAGMA cache_size", Vec::new()).await?.expect("one row");
        // Negative: KiB, not pages.
        assert_eq!(row.int(0)?, -256);
        store.close().await;
        Ok(())
    }
}
