//! Where a test keeps its rows, and what its rows are made of.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use call_model::{
    AttemptId, CallEvent, CallId, CampaignId, Cause, Disposition, EventRecord, FlowHash, LeadId, Message, Party,
    PhoneNumber, Termination,
};
use dialer::{AcceptedRow, CampaignSettings, CampaignState, ContactLimits, Purpose, ReservationRequest, RowVerdict};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use storage::{CallEnd, CallStart, Direction, DoNotCallEntry, NewMessage, ServerId, Settings, Store};

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

    /// Runs statements on the cluster beside the database of the test.
    pub async fn beside(&self, sql: &str) {
        let name = self.database();
        let beside = self.address.replacen(&format!("/{name}?"), "/postgres?", 1);
        let mut link = PgConnection::connect(&beside).await.expect("the cluster runs");
        link.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await.expect("the statement is right");
    }

    /// The name of the PostgreSQL database.
    pub fn database(&self) -> String {
        let path = self.address.split('?').next().expect("a split has a first part");
        path.rsplit('/').next().expect("a split has a last part").to_owned()
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
        sip_call_id: Some("a84b4c76e66710@192.0.2.10".to_owned()),
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
        service: None,
        recording: None,
    }
}

pub fn message(key: &str, text: &str) -> NewMessage {
    let message = Message { by: "sms".into(), to: "+12025550123".into(), text: text.into(), key: key.into() };
    NewMessage { call: Some(new_call(noon())), message, at: noon() }
}

pub fn event(call: CallId, number: u32, event: CallEvent) -> EventRecord {
    EventRecord { call, number, at_ms: u64::from(number) * 100, event }
}

pub fn new_attempt(at: Timestamp) -> AttemptId {
    AttemptId::from_parts(u64::try_from(at.as_millisecond()).expect("after 1970"), chance())
}

/// A number in London, another for each line.
pub fn number(line: u64) -> PhoneNumber {
    format!("+44207{:07}", 1_000_000 + line).parse().expect("a number")
}

pub fn settings(name: &str) -> CampaignSettings {
    CampaignSettings::named(name, "offer", "carrier", number(999))
}

/// A campaign that runs.
pub async fn campaign(store: &Store, name: &str) -> CampaignId {
    let campaign = CampaignId::from_parts(u64::try_from(noon().as_millisecond()).expect("after 1970"), chance());
    store.create_campaign(campaign, &settings(name), noon()).await.expect("the campaign is new");
    store.set_campaign_state(campaign, CampaignState::Running, noon()).await.expect("the campaign is there");
    campaign
}

pub fn accepted(line: u64) -> RowVerdict {
    let variables = [("line".to_owned(), line.to_string()), ("name".to_owned(), "O'Neil, \"Al\"".to_owned())].into();
    RowVerdict::Accepted(AcceptedRow { line, number: number(line), variables })
}

pub fn never(line: u64) -> DoNotCallEntry {
    DoNotCallEntry { number: number(line), reason: "asked".into(), source: "api".into(), added_at: noon() }
}

pub fn wish(campaign: CampaignId, lead: LeadId, line: u64, now: Timestamp) -> ReservationRequest {
    ReservationRequest { purpose: Purpose::Lead { campaign, lead }, ..single(line, now) }
}

pub fn single(line: u64, now: Timestamp) -> ReservationRequest {
    ReservationRequest {
        attempt: new_attempt(now),
        purpose: Purpose::SingleCall,
        number: number(line),
        server: "here".into(),
        lease: Duration::from_secs(60),
        now,
        limits: ContactLimits::default(),
    }
}
