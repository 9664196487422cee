//! Where a test keeps its rows, and what its rows are made of.

use std::sync::atomic::{AtomicU64, Ordering};

use call_model::{CallEvent, CallId, Cause, Disposition, EventRecord, FlowHash, Party, Termination};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use storage::{CallEnd, CallStart, Direction, ServerId, Settings, Store};

/// A database of one test.
pub struct Place {
    pub address: String,
    _folder: Option<tempfile::TempDir>,
}

impl Place {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let address = folder.path().join("test.db").display().to_string();
        Self { address, _folder: Some(folder) }
    }

    pub async fn postgres() -> Self {
        Self { address: crate::postgres::new_database().await, _folder: None }
    }

    pub fn is_postgres(&self) -> bool {
        self.address.starts_with("postgres")
    }

    pub async fn open(&self) -> Store {
        self.open_as("here").await
    }

    pub async fn open_as(&self, server: &str) -> Store {
        self.open_with(server, Settings::default()).await
    }

    pub async fn open_with(&self, server: &str, settings: Settings) -> Store {
        Store::open_with(&self.address, ServerId::new(server), settings).await.expect("the store opens")
    }

    /// Runs statements past the store, as an operator with a shell would.
    pub async fn by_hand(&self, sql: &str) {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        if self.is_postgres() {
            let mut link = PgConnection::connect(&self.address).await.expect("the database runs");
            link.execute(sql).await.expect("the statement is right");
        } else {
            let mut link = SqliteConnection::connect(&self.address).await.expect("the file is there");
            link.execute(sql).await.expect("the statement is right");
        }
    }
}

/// 2026-11-24 12:00 in London.
pub fn noon() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().expect("a timestamp")
}

pub fn after(seconds: i64) -> Timestamp {
    noon() + jiff::SignedDuration::from_secs(seconds)
}

pub fn chance() -> u128 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    u128::from(NEXT.fetch_add(1, Ordering::Relaxed))
}

pub fn new_call(at: Timestamp) -> CallId {
    CallId::from_parts(u64::try_from(at.as_millisecond()).expect("after 1970"), chance())
}

pub fn start(at: Timestamp, caller: &str) -> CallStart {
    CallStart {
        call: new_call(at),
        direction: Direction::Inbound,
        caller: caller.to_owned(),
        called: "1000".to_owned(),
        flow: "main".to_owned(),
        flow_hash: FlowHash::new("ab".repeat(32)),
        seed: u64::MAX - 5,
        campaign: None,
        attempt: None,
        started_at: at,
    }
}

pub fn end(call: CallId, at: Timestamp) -> CallEnd {
    CallEnd {
        call,
        answered_at: Some(at),
        ended_at: at,
        termination: Termination { by: Party::Caller, cause: Cause::Normal, sip_status: Some(200) },
        disposition: Disposition::SelfServed,
        agent: None,
        queue_wait_ms: None,
        intent: None,
        recording: None,
    }
}

pub fn event(call: CallId, number: u32, event: CallEvent) -> EventRecord {
    EventRecord { call, number, at_ms: u64::from(number) * 100, event }
}
