//! Messages that callers spoke, and those of them that wait for the people of a queue.

use call_model::{CallId, ProjectId, QueueId, RecordingId, SlotValue};
use jiff::Timestamp;
use serde::Serialize;

use crate::dialect::{ColumnName, Connection, Row, json_text, values};
use crate::error::{Missing, StoreError};
use crate::open::Store;
use crate::writer::Write;

/// A message that a caller spoke; the sound lies in a file of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RecordingRow {
    /// Its name.
    pub recording: RecordingId,
    /// The call.
    pub call: CallId,
    /// Its length.
    pub length_ms: u32,
    /// When it was spoken.
    pub made_at: Timestamp,
}

/// A voicemail to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewVoicemail {
    /// The recording.
    pub recording: RecordingId,
    /// Whose people hear it.
    pub queue: QueueId,
    /// The call.
    pub call: CallId,
    /// The number of the caller.
    pub number: String,
    /// What the caller wanted.
    pub intent: Option<String>,
    /// What was filled before.
    pub slots: Vec<SlotValue>,
    /// Its length.
    pub length_ms: u32,
    /// When it was left.
    pub at: Timestamp,
}

/// A voicemail as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VoicemailRecord {
    /// Counts over all voicemails: where the next page begins.
    pub id: i64,
    /// The recording.
    pub recording: RecordingId,
    /// Whose people hear it.
    pub queue: QueueId,
    /// The call.
    pub call: CallId,
    /// The number of the caller.
    pub number: String,
    /// What the caller wanted.
    pub intent: Option<String>,
    /// What was filled before.
    pub slots: Vec<SlotValue>,
    /// Its length.
    pub length_ms: u32,
    /// When it was left.
    pub left_at: Timestamp,
    /// When somebody said that it was dealt with.
    pub done_at: Option<Timestamp>,
}

/// Which voicemails are wanted. What is `None` is not asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VoicemailSearch {
    /// The queue.
    pub queue: Option<QueueId>,
    /// Whether somebody has dealt with it.
    pub done: Option<bool>,
    /// Only older ones than this: the last of the page before.
    pub before: Option<i64>,
}

impl Store {
    /// Notes that a recording is on disk.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn save_recording(&self, recording: RecordingRow) -> Result<(), StoreError> {
        self.queue.write(SaveRecording { project: self.project, recording }).await
    }

    /// What is known of a recording.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn recording(&self, recording: RecordingId) -> Result<Option<RecordingRow>, StoreError> {
        let sql = "SELECT id, call, length_ms, made_at FROM recordings WHERE project_id = $1 AND id = $2";
        let Some(row) = self.readers.row(sql, values![self.project.0, recording]).await? else { return Ok(None) };
        let column = |name| ColumnName("recordings", name);
        Ok(Some(RecordingRow {
            recording: row.parsed(0, column("id"))?,
            call: row.parsed(1, column("call"))?,
            length_ms: row.count(2, column("length_ms"))?,
            made_at: row.time(3, column("made_at"))?,
        }))
    }

    /// Keeps a voicemail, once a recording.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn keep_voicemail(&self, voicemail: NewVoicemail) -> Result<(), StoreError> {
        self.queue.write(Keep { project: self.project, voicemail }).await
    }

    /// The voicemails that match, newest first, at most `limit`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn voicemails(&self, search: &VoicemailSearch, limit: u32) -> Result<Vec<VoicemailRecord>, StoreError> {
        let sql = "SELECT id, recording, queue, call, number, intent, slots, length_ms, left_at, done_at FROM voicemails \
                   WHERE project_id = $1 AND id < $2 AND ($3 IS NULL OR queue = $3) \
                   AND ($4 IS NULL OR (done_at IS NOT NULL) = ($4 = 1)) ORDER BY id DESC LIMIT $5";
        let queue = search.queue.as_ref().map(QueueId::as_str);
        let done = search.done.map(i64::from);
        let asked = values![self.project.0, search.before.unwrap_or(i64::MAX), queue, done, limit];
        self.readers.rows(sql, asked).await?.iter().map(read).collect()
    }

    /// One voicemail.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn voicemail(&self, recording: RecordingId) -> Result<Option<VoicemailRecord>, StoreError> {
        let sql = "SELECT id, recording, queue, call, number, intent, slots, length_ms, left_at, done_at FROM voicemails \
                   WHERE project_id = $1 AND recording = $2";
        let row = self.readers.row(sql, values![self.project.0, recording]).await?;
        row.map(|row| read(&row)).transpose()
    }

    /// Says that a voicemail was dealt with, or (`None`) was not.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] with [`Missing::Voicemail`].
    pub async fn set_voicemail_done(
        &self,
        recording: RecordingId,
        done_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.queue.write(SetDone { project: self.project, recording, done_at }).await
    }
}

struct SaveRecording {
    project: ProjectId,
    recording: RecordingRow,
}

impl Write for SaveRecording {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let RecordingRow { recording, call, length_ms, made_at } = self.recording;
        let sql = "INSERT INTO recordings (id, project_id, call, length_ms, made_at) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (id) DO NOTHING";
        tx.execute(sql, values![recording, self.project.0, call, length_ms, made_at]).await?;
        Ok(())
    }
}

struct Keep {
    project: ProjectId,
    voicemail: NewVoicemail,
}

impl Write for Keep {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let kept = &self.voicemail;
        let sql = "INSERT INTO voicemails \
                   (project_id, recording, queue, call, number, intent, slots, length_ms, left_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (project_id, recording) DO NOTHING";
        let row = values![
            self.project.0,
            kept.recording,
            kept.queue.as_str(),
            kept.call,
            kept.number.as_str(),
            kept.intent.as_deref(),
            json_text(&kept.slots),
            kept.length_ms,
            kept.at,
        ];
        tx.execute(sql, row).await?;
        Ok(())
    }
}

struct SetDone {
    project: ProjectId,
    recording: RecordingId,
    done_at: Option<Timestamp>,
}

impl Write for SetDone {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let sql = "UPDATE voicemails SET done_at = $3 WHERE project_id = $1 AND recording = $2";
        let written = tx.execute(sql, values![self.project.0, self.recording, self.done_at]).await?;
        if written == 0 { Err(StoreError::NotFound(Missing::Voicemail)) } else { Ok(()) }
    }
}

fn read(row: &Row) -> Result<VoicemailRecord, StoreError> {
    let column = |name| ColumnName("voicemails", name);
    Ok(VoicemailRecord {
        id: row.int(0)?,
        recording: row.parsed(1, column("recording"))?,
        queue: QueueId::new(row.text(2)?),
        call: row.parsed(3, column("call"))?,
        number: row.text(4)?,
        intent: row.maybe_text(5)?,
        slots: row.json(6, column("slots"))?,
        length_ms: row.count(7, column("length_ms"))?,
        left_at: row.time(8, column("left_at"))?,
        done_at: row.maybe_time(9, column("done_at"))?,
    })
}
