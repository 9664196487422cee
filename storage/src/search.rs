//! Looking for calls.

use call_model::{CallId, CampaignId, Disposition};
use jiff::{SignedDuration, Timestamp};
use sqlx::AssertSqlSafe;

use crate::calls::{CallRecord, Direction, SELECT_CALLS, read_call};
use crate::dialect::Value;
use crate::error::StoreError;
use crate::open::Store;

/// Which calls are wanted. What is `None` is not asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallSearch {
    /// The caller's or the called number, as it is stored.
    pub number: Option<String>,
    /// The Call-ID of its leg.
    pub sip_call_id: Option<String>,
    /// The business outcome.
    pub disposition: Option<Disposition>,
    /// The campaign.
    pub campaign: Option<CampaignId>,
    /// Who called whom.
    pub direction: Option<Direction>,
    /// Whether the call goes on (`true`) or has ended (`false`).
    pub open: Option<bool>,
    /// Begun at or after this instant.
    pub from: Option<Timestamp>,
    /// Begun before this instant.
    pub until: Option<Timestamp>,
    /// The last call of the page before.
    pub before: Option<CallId>,
}

impl Store {
    /// The calls that match, newest first, at most `limit`. For the next page, give the last id as
    /// [`CallSearch::before`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn calls(&self, search: &CallSearch, limit: u32) -> Result<Vec<CallRecord>, StoreError> {
        let (sql, values) = statement(search, self.project.0, limit);
        let rows = self.readers.rows(AssertSqlSafe(sql), values).await?;
        rows.iter().map(read_call).collect()
    }
}

/// How far the clock that made an id may be from the stored beginning of its call.
const CLOCKS_APART: SignedDuration = SignedDuration::from_hours(1);

fn statement(search: &CallSearch, project: i64, limit: u32) -> (String, Vec<Value>) {
    let mut conditions =
        Conditions { sql: format!("{SELECT_CALLS} WHERE project_id = $1"), values: vec![project.into()] };
    if let Some(number) = &search.number {
        conditions.add("(caller = ? OR called = ?)", number.as_str());
    }
    if let Some(sip_call_id) = &search.sip_call_id {
        conditions.add("sip_call_id = ?", sip_call_id.as_str());
    }
    if let Some(disposition) = search.disposition {
        conditions.add("disposition = ?", disposition.as_str());
    }
    if let Some(campaign) = search.campaign {
        conditions.add("campaign = ?", campaign);
    }
    if let Some(direction) = search.direction {
        conditions.add("direction = ?", direction.as_str());
    }
    if let Some(open) = search.open {
        conditions.sql.push_str(if open { " AND ended_at IS NULL" } else { " AND ended_at IS NOT NULL" });
    }
    // Ids are ordered by time and have the only index over it; the exact condition follows.
    if let Some(from) = search.from {
        conditions.add("id >= ?", first_id(from.checked_sub(CLOCKS_APART).unwrap_or(Timestamp::MIN)));
        conditions.add("started_at >= ?", from);
    }
    if let Some(until) = search.until {
        conditions.add("id < ?", first_id(until.checked_add(CLOCKS_APART).unwrap_or(Timestamp::MAX)));
        conditions.add("started_at < ?", until);
    }
    if let Some(before) = search.before {
        conditions.add("id < ?", before);
    }
    conditions.sql.push_str(" ORDER BY id DESC");
    conditions.add_limit(limit);
    (conditions.sql, conditions.values)
}

/// The lowest id that can be made at an instant.
fn first_id(at: Timestamp) -> CallId {
    CallId::from_parts(u64::try_from(at.as_millisecond()).unwrap_or(0), 0)
}

struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    /// Adds a condition about one value, which stands wherever the condition has `?`.
    fn add(&mut self, condition: &'static str, value: impl Into<Value>) {
        self.values.push(value.into());
        self.sql.push_str(" AND ");
        self.sql.push_str(&condition.replace('?', &format!("${}", self.values.len())));
    }

    fn add_limit(&mut self, limit: u32) {
        self.values.push(limit.into());
        self.sql.push_str(&format!(" LIMIT ${}", self.values.len()));
    }
}
