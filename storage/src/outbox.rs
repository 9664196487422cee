//! The outbox: messages that wait to be sent, are sent, or were given up.
//!
//! A message is on disk before it is sent, and is marked as sent afterwards: after a crash in between it is sent again,
//! with the same key. Whoever sends claims a message for a while first, so that of several servers only one does.

use std::str::FromStr;

use call_model::{CallId, Message, ProjectId};
use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::dialect::{ColumnName, Connection, Row, values};
use crate::error::{Missing, StoreError};
use crate::open::Store;
use crate::writer::Write;

/// A message to be put into the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// The call that it comes from.
    pub call: Option<CallId>,
    /// The message.
    pub message: Message,
    /// Now.
    pub at: Timestamp,
}

/// A message that is in the outbox now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Whether it was put there now; `false` where its key was there before, with whatever message.
    pub fresh: bool,
    /// What stands under its key.
    pub message: MessageRecord,
}

/// Whether a message was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageState {
    /// It will be sent, perhaps again.
    Waiting,
    /// It was taken.
    Sent,
    /// It was given up.
    Failed,
}

/// A message as it is stored. A code in it is hidden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MessageRecord {
    /// Counts over all messages: where the next page begins.
    pub id: i64,
    /// The same key is sent once.
    pub key: String,
    /// The call that it comes from.
    pub call: Option<CallId>,
    /// By which way.
    pub by: String,
    /// To whom.
    pub to: String,
    /// The words; `{code}` stands for a code.
    pub text: String,
    /// Whether it was sent.
    pub state: MessageState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, while it waits.
    pub next_at: Timestamp,
    /// When it was put into the outbox.
    pub made_at: Timestamp,
    /// When it was sent or given up.
    pub ended_at: Option<Timestamp>,
    /// What the last attempt met.
    pub trouble: Option<String>,
}

/// A message that was claimed to be sent now. Its words may hold a code, so that it has no `Debug`.
pub struct ClaimedMessage {
    /// Its row.
    pub id: i64,
    /// The call that it comes from.
    pub call: Option<CallId>,
    /// What to send.
    pub message: Message,
    /// How often it was tried, this time included.
    pub attempts: u32,
    /// When it was put into the outbox.
    pub made_at: Timestamp,
}

/// What came of an attempt to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// It was taken.
    Sent,
    /// It is tried again at that time.
    Again {
        /// When.
        at: Timestamp,
        /// What went wrong.
        trouble: String,
    },
    /// It is given up.
    GivenUp {
        /// What went wrong.
        trouble: String,
    },
}

/// Which messages are wanted. What is `None` is not asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageSearch {
    /// Whether it was sent.
    pub state: Option<MessageState>,
    /// To whom.
    pub to: Option<String>,
    /// Only older ones than this: the last of the page before.
    pub before: Option<i64>,
}

impl Store {
    /// Puts a message into the outbox, once a key.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn put_message(&self, message: NewMessage) -> Result<(), StoreError> {
        self.queue.write(Put { project: self.project, message }).await
    }

    /// Puts a message into the outbox, once a key, and gives what stands there under the key.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn post_message(&self, message: NewMessage) -> Result<Posted, StoreError> {
        self.queue.write(Post { project: self.project, message }).await
    }

    /// Claims messages that are due at `now`, at most `most`: until `claimed_until` nobody else gets them. Messages that
    /// have expired are given up.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn claim_messages(
        &self,
        now: Timestamp,
        claimed_until: Timestamp,
        most: u32,
    ) -> Result<Vec<ClaimedMessage>, StoreError> {
        let due = "SELECT 1 FROM messages WHERE project_id = $1 AND state = 'waiting' AND next_at <= $2 LIMIT 1";
        if self.readers.row(due, values![self.project.0, now]).await?.is_none() {
            return Ok(Vec::new());
        }
        self.queue.write(Claim { project: self.project, now, claimed_until, most }).await
    }

    /// Notes what came of an attempt to send a message.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn message_delivered(&self, id: i64, delivery: Delivery, now: Timestamp) -> Result<(), StoreError> {
        self.queue.write(Delivered { project: self.project, id, delivery, now }).await
    }

    /// Tries a message again that was given up.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] with [`Missing::FailedMessage`]. A code that was forgotten comes never back: such a
    /// message is not found either.
    pub async fn retry_message(&self, id: i64, now: Timestamp) -> Result<(), StoreError> {
        self.queue.write(Retry { project: self.project, id, now }).await
    }

    /// The messages that match, newest first, at most `limit`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn messages(&self, search: &MessageSearch, limit: u32) -> Result<Vec<MessageRecord>, StoreError> {
        let sql = "SELECT id, key, call, way, recipient, text, state, attempts, next_at, made_at, ended_at, trouble \
                   FROM messages WHERE project_id = $1 AND id < $2 AND ($3 IS NULL OR state = $3) \
                   AND ($4 IS NULL OR recipient = $4) ORDER BY id DESC LIMIT $5";
        let state = search.state.map(MessageState::as_str);
        let before = search.before.unwrap_or(i64::MAX);
        let asked = values![self.project.0, before, state, search.to.as_deref(), limit];
        self.readers.rows(sql, asked).await?.iter().map(read).collect()
    }
}

/// A code that a message carries.
pub(crate) struct Carried<'a> {
    pub(crate) code: &'a str,
    pub(crate) expires_at: Timestamp,
}

/// Puts a message into the outbox inside a transaction; `false` where its key is there already.
pub(crate) async fn put(
    tx: &mut Connection,
    project: ProjectId,
    new: &NewMessage,
    carried: Option<Carried<'_>>,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO messages \
               (project_id, key, call, way, recipient, text, code, expires_at, state, attempts, next_at, made_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', 0, $9, $9) ON CONFLICT (project_id, key) DO NOTHING";
    let Message { by, to, text, key } = &new.message;
    let row = values![
        project.0,
        key.as_str(),
        new.call,
        by.as_str(),
        to.as_str(),
        text.as_str(),
        carried.as_ref().map(|carried| carried.code),
        carried.as_ref().map(|carried| carried.expires_at),
        new.at,
    ];
    Ok(tx.execute(sql, row).await? > 0)
}

struct Put {
    project: ProjectId,
    message: NewMessage,
}

impl Write for Put {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        put(tx, self.project, &self.message, None).await.map(drop)
    }
}

struct Post {
    project: ProjectId,
    message: NewMessage,
}

impl Write for Post {
    type Output = Posted;

    async fn run(&self, tx: &mut Connection) -> Result<Posted, StoreError> {
        let fresh = put(tx, self.project, &self.message, None).await?;
        let sql = "SELECT id, key, call, way, recipient, text, state, attempts, next_at, made_at, ended_at, trouble \
                   FROM messages WHERE project_id = $1 AND key = $2";
        let row = tx.row(sql, values![self.project.0, self.message.message.key.as_str()]).await?;
        let row = row.ok_or(StoreError::NotFound(Missing::Message))?;
        Ok(Posted { fresh, message: read(&row)? })
    }
}

struct Claim {
    project: ProjectId,
    now: Timestamp,
    claimed_until: Timestamp,
    most: u32,
}

impl Write for Claim {
    type Output = Vec<ClaimedMessage>;

    async fn run(&self, tx: &mut Connection) -> Result<Vec<ClaimedMessage>, StoreError> {
        let expired = "UPDATE messages SET state = 'failed', ended_at = $2, code = NULL, trouble = 'too late' \
                       WHERE project_id = $1 AND state = 'waiting' AND expires_at <= $2";
        tx.execute(expired, values![self.project.0, self.now]).await?;
        let sql = "SELECT id, call, way, recipient, text, key, code, attempts, made_at FROM messages \
                   WHERE project_id = $1 AND state = 'waiting' AND next_at <= $2 ORDER BY next_at, id LIMIT $3";
        let rows = tx.rows(sql, values![self.project.0, self.now, self.most]).await?;
        let claimed: Vec<ClaimedMessage> = rows.iter().map(read_claimed).collect::<Result<_, _>>()?;
        let claim = "UPDATE messages SET attempts = attempts + 1, next_at = $2 WHERE id = $1";
        for message in &claimed {
            tx.execute(claim, values![message.id, self.claimed_until]).await?;
        }
        Ok(claimed)
    }
}

struct Delivered {
    project: ProjectId,
    id: i64,
    delivery: Delivery,
    now: Timestamp,
}

impl Write for Delivered {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let (project, id) = (self.project.0, self.id);
        match &self.delivery {
            Delivery::Sent => {
                let sql = "UPDATE messages SET state = 'sent', ended_at = $3, code = NULL, trouble = NULL \
                           WHERE project_id = $1 AND id = $2";
                tx.execute(sql, values![project, id, self.now]).await?;
            }
            Delivery::Again { at, trouble } => {
                let sql = "UPDATE messages SET next_at = $3, trouble = $4 \
                           WHERE project_id = $1 AND id = $2 AND state = 'waiting'";
                tx.execute(sql, values![project, id, *at, trouble.as_str()]).await?;
            }
            Delivery::GivenUp { trouble } => {
                let sql = "UPDATE messages SET state = 'failed', ended_at = $3, code = NULL, trouble = $4 \
                           WHERE project_id = $1 AND id = $2 AND state = 'waiting'";
                tx.execute(sql, values![project, id, self.now, trouble.as_str()]).await?;
            }
        }
        Ok(())
    }
}

struct Retry {
    project: ProjectId,
    id: i64,
    now: Timestamp,
}

impl Write for Retry {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let sql = "UPDATE messages SET state = 'waiting', ended_at = NULL, next_at = $3, made_at = $3 \
                   WHERE project_id = $1 AND id = $2 AND state = 'failed' AND expires_at IS NULL";
        let written = tx.execute(sql, values![self.project.0, self.id, self.now]).await?;
        if written == 0 { Err(StoreError::NotFound(Missing::FailedMessage)) } else { Ok(()) }
    }
}

impl MessageState {
    /// The name as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

/// A text is no state of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no state of a message: write waiting, sent or failed")]
pub struct ParseMessageStateError;

impl FromStr for MessageState {
    type Err = ParseMessageStateError;

    fn from_str(text: &str) -> Result<Self, ParseMessageStateError> {
        let all = [Self::Waiting, Self::Sent, Self::Failed];
        all.into_iter().find(|state| state.as_str() == text).ok_or(ParseMessageStateError)
    }
}

impl Serialize for MessageState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What stands for the code in a message's words.
const CODE: &str = "{code}";

fn read_claimed(row: &Row) -> Result<ClaimedMessage, StoreError> {
    let column = |name| ColumnName("messages", name);
    let text = row.text(4)?;
    let text = match row.maybe_text(6)? {
        Some(code) => text.replace(CODE, &code),
        None => text,
    };
    let attempts: u32 = row.count(7, column("attempts"))?;
    Ok(ClaimedMessage {
        id: row.int(0)?,
        call: row.maybe_parsed(1, column("call"))?,
        message: Message { by: row.text(2)?, to: row.text(3)?, text, key: row.text(5)? },
        attempts: attempts.saturating_add(1),
        made_at: row.time(8, column("made_at"))?,
    })
}

fn read(row: &Row) -> Result<MessageRecord, StoreError> {
    let column = |name| ColumnName("messages", name);
    Ok(MessageRecord {
        id: row.int(0)?,
        key: row.text(1)?,
        call: row.maybe_parsed(2, column("call"))?,
        by: row.text(3)?,
        to: row.text(4)?,
        text: row.text(5)?,
        state: row.parsed(6, column("state"))?,
        attempts: row.count(7, column("attempts"))?,
        next_at: row.time(8, column("next_at"))?,
        made_at: row.time(9, column("made_at"))?,
        ended_at: row.maybe_time(10, column("ended_at"))?,
        trouble: row.maybe_text(11)?,
    })
}
