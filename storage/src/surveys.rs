//! Answers to surveys.

use call_model::{CallId, ProjectId, SurveyAnswer};
use jiff::Timestamp;
use serde::Serialize;

use crate::dialect::{ColumnName, Connection, Row, json_text, values};
use crate::error::StoreError;
use crate::open::Store;
use crate::writer::Write;

/// Answers that a caller gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSurvey {
    /// The call.
    pub call: CallId,
    /// The survey's name.
    pub survey: String,
    /// The number of the caller.
    pub number: String,
    /// The answers in the order of the questions.
    pub answers: Vec<SurveyAnswer>,
    /// Whether the last question was answered.
    pub complete: bool,
    /// When.
    pub at: Timestamp,
}

/// Answers as they are stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SurveyRecord {
    /// Counts over all surveys: where the next page begins.
    pub id: i64,
    /// The call.
    pub call: CallId,
    /// The survey's name.
    pub survey: String,
    /// The number of the caller.
    pub number: String,
    /// The answers in the order of the questions.
    pub answers: Vec<SurveyAnswer>,
    /// Whether the last question was answered.
    pub complete: bool,
    /// When the last answer was given.
    pub answered_at: Timestamp,
}

impl Store {
    /// Keeps answers; those that the same call gave to the same survey before are replaced.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn save_survey(&self, survey: NewSurvey) -> Result<(), StoreError> {
        self.queue.write(Save { project: self.project, survey }).await
    }

    /// Answers, newest first, at most `limit`: of one survey where it is named, older than `before`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn surveys(
        &self,
        survey: Option<&str>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<SurveyRecord>, StoreError> {
        let sql = "SELECT id, call, survey, number, answers, complete, answered_at FROM surveys \
                   WHERE project_id = $1 AND id < $2 AND ($3 IS NULL OR survey = $3) ORDER BY id DESC LIMIT $4";
        let asked = values![self.project.0, before.unwrap_or(i64::MAX), survey, limit];
        self.readers.rows(sql, asked).await?.iter().map(read).collect()
    }
}

struct Save {
    project: ProjectId,
    survey: NewSurvey,
}

impl Write for Save {
    type Output = ();

    async fn run(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let survey = &self.survey;
        let sql = "INSERT INTO surveys (project_id, call, survey, number, answers, complete, answered_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (project_id, call, survey) DO UPDATE SET \
                   answers = excluded.answers, complete = excluded.complete, answered_at = excluded.answered_at";
        let row = values![
            self.project.0,
            survey.call,
            survey.survey.as_str(),
            survey.number.as_str(),
            json_text(&survey.answers),
            survey.complete,
            survey.at,
        ];
        tx.execute(sql, row).await?;
        Ok(())
    }
}

fn read(row: &Row) -> Result<SurveyRecord, StoreError> {
    let column = |name| ColumnName("surveys", name);
    Ok(SurveyRecord {
        id: row.int(0)?,
        call: row.parsed(1, column("call"))?,
        survey: row.text(2)?,
        number: row.text(3)?,
        answers: row.json(4, column("answers"))?,
        complete: row.flag(5)?,
        answered_at: row.time(6, column("answered_at"))?,
    })
}
