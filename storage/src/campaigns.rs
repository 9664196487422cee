//! Campaigns: their settings, what they do, and how far they are.

use std::collections::BTreeMap;

use call_model::{CampaignId, Disposition, ProjectId};
use dialer::{CampaignSettings, CampaignState, LeadState};
use jiff::Timestamp;
use serde::Serialize;
use sqlx::AssertSqlSafe;

use crate::dialect::{ColumnName, Connection, Row, json_text, values};
use crate::error::{Missing, StoreError};
use crate::open::Store;
use crate::writer::Write;

/// A campaign as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CampaignRecord {
    /// The campaign.
    pub campaign: CampaignId,
    /// What it does now.
    pub state: CampaignState,
    /// Its settings.
    pub settings: CampaignSettings,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its state was set last.
    pub state_at: Timestamp,
}

/// How far a campaign is, over all its complete lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CampaignProgress {
    /// Leads by state. States without leads are missing.
    pub leads: BTreeMap<LeadState, u64>,
    /// Leads by what their last attempt came to. Leads without one are missing.
    pub outcomes: BTreeMap<Disposition, u64>,
    /// Rows of its lists that were refused, and never became leads.
    pub refused_rows: u64,
    /// Attempts in all, without those that were released.
    pub attempts: u64,
    /// Attempts that are reserved or dialled now.
    pub open_attempts: u64,
}

impl Store {
    /// Makes a campaign in state [`CampaignState::Draft`]. Check [`CampaignSettings::problems`] before.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`].
    pub async fn create_campaign(
        &self,
        campaign: CampaignId,
        settings: &CampaignSettings,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (name, text) = (settings.name.clone(), json_text(settings));
        self.queue.write(Create { project: self.project, campaign, name, text, now }).await
    }

    /// Changes the settings of a campaign; its name may change too.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] and [`StoreError::NameTaken`].
    pub async fn update_campaign(&self, campaign: CampaignId, settings: &CampaignSettings) -> Result<(), StoreError> {
        let (name, text) = (settings.name.clone(), json_text(settings));
        self.queue.write(Change { project: self.project, campaign, name, text }).await
    }

    /// Sets what a campaign does. From the answer on, no attempt of a campaign that does not run is reserved.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn set_campaign_state(
        &self,
        campaign: CampaignId,
        state: CampaignState,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.queue.write(SetState { project: self.project, campaign, state, now }).await
    }

    /// Every campaign of the project, newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn campaigns(&self) -> Result<Vec<CampaignRecord>, StoreError> {
        let sql = format!("{SELECT} WHERE project_id = $1 ORDER BY id DESC");
        let rows = self.readers.rows(AssertSqlSafe(sql), values![self.project.0]).await?;
        rows.iter().map(read_campaign).collect()
    }

    /// One campaign.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn campaign(&self, campaign: CampaignId) -> Result<Option<CampaignRecord>, StoreError> {
        let sql = format!("{SELECT} WHERE project_id = $1 AND id = $2");
        let row = self.readers.row(AssertSqlSafe(sql), values![self.project.0, campaign]).await?;
        row.as_ref().map(read_campaign).transpose()
    }

    /// The campaign of a name.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn campaign_named(&self, name: &str) -> Result<Option<CampaignRecord>, StoreError> {
        let sql = format!("{SELECT} WHERE project_id = $1 AND name = $2");
        let row = self.readers.row(AssertSqlSafe(sql), values![self.project.0, name]).await?;
        row.as_ref().map(read_campaign).transpose()
    }

    /// How far a campaign is. Zeros for one that does not exist.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn campaign_progress(&self, campaign: CampaignId) -> Result<CampaignProgress, StoreError> {
        let mut progress = CampaignProgress::default();
        let leads = "SELECT state, disposition, COUNT(*) FROM leads WHERE campaign = $1 AND project_id = $2 \
                     AND EXISTS (SELECT 1 FROM lists WHERE lists.id = leads.list AND completed_at IS NOT NULL) \
                     GROUP BY state, disposition";
        for row in self.readers.rows(leads, values![campaign, self.project.0]).await? {
            let count: u64 = row.count(2, ColumnName("leads", "count"))?;
            *progress.leads.entry(row.parsed(0, ColumnName("leads", "state"))?).or_default() += count;
            if let Some(disposition) = row.maybe_parsed(1, ColumnName("leads", "disposition"))? {
                *progress.outcomes.entry(disposition).or_default() += count;
            }
        }
        let rest = "SELECT (SELECT CAST(COALESCE(SUM(refused), 0) AS BIGINT) FROM lists \
                              WHERE campaign = $1 AND project_id = $2 AND completed_at IS NOT NULL), \
                           (SELECT COUNT(*) FROM attempts WHERE campaign = $1 AND project_id = $2), \
                           (SELECT COUNT(*) FROM attempts WHERE campaign = $1 AND project_id = $2 \
                              AND state IN ('reserved', 'dialling'))";
        if let Some(row) = self.readers.row(rest, values![campaign, self.project.0]).await? {
            progress.refused_rows = row.count(0, ColumnName("lists", "refused"))?;
            progress.attempts = row.count(1, ColumnName("attempts", "count"))?;
            progress.open_attempts = row.count(2, ColumnName("attempts", "count"))?;
        }
        Ok(progress)
    }
}

const SELECT: &str = "SELECT id, state, settings, created_at, state_at FROM campaigns";

fn read_campaign(row: &Row) -> Result<CampaignRecord, StoreError> {
    let column = |name| ColumnName("campaigns", name);
    Ok(CampaignRecord {
        campaign: row.parsed(0, column("id"))?,
        state: row.parsed(1, column("state"))?,
        settings: row.json(2, column("settings"))?,
        created_at: row.time(3, column("created_at"))?,
        state_at: row.time(4, column("state_at"))?,
    })
}

struct Create {
    project: ProjectId,
    campaign: CampaignId,
    name: String,
    text: String,
    now: Timestamp,
}

impl Write for Create {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        name_is_free(tx, self.project, &self.name, self.campaign).await?;
        let sql = "INSERT INTO campaigns (id, project_id, name, state, settings, created_at, state_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (id) DO NOTHING";
        let draft = CampaignState::Draft.as_str();
        let (name, text) = (self.name.as_str(), self.text.as_str());
        tx.execute(sql, values![self.campaign, self.project.0, name, draft, text, self.now]).await?;
        Ok(())
    }
}

struct Change {
    project: ProjectId,
    campaign: CampaignId,
    name: String,
    text: String,
}

impl Write for Change {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        name_is_free(tx, self.project, &self.name, self.campaign).await?;
        let sql = "UPDATE campaigns SET name = $3, settings = $4 WHERE id = $1 AND project_id = $2";
        let (name, text) = (self.name.as_str(), self.text.as_str());
        let written = tx.execute(sql, values![self.campaign, self.project.0, name, text]).await?;
        found(written, Missing::Campaign)
    }
}

struct SetState {
    project: ProjectId,
    campaign: CampaignId,
    state: CampaignState,
    now: Timestamp,
}

impl Write for SetState {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let sql = "UPDATE campaigns SET state = $3, state_at = $4 WHERE id = $1 AND project_id = $2";
        let written = tx.execute(sql, values![self.campaign, self.project.0, self.state.as_str(), self.now]).await?;
        found(written, Missing::Campaign)
    }
}

/// An error where another campaign of the project has this name.
async fn name_is_free(
    tx: &mut Connection,
    project: ProjectId,
    name: &str,
    campaign: CampaignId,
) -> Result<(), StoreError> {
    let sql = "SELECT 1 FROM campaigns WHERE project_id = $1 AND name = $2 AND id <> $3";
    match tx.row(sql, values![project.0, name, campaign]).await? {
        Some(_) => Err(StoreError::NameTaken),
        None => Ok(()),
    }
}

/// An error where a statement about one row found none.
pub(crate) fn found(rows: u64, what: Missing) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::NotFound(what)) } else { Ok(()) }
}
