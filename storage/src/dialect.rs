//! One text of SQL for two databases: values, rows and connections that look the same.
//!
//! Parameters are written `$1`, `$2` in both. Whole numbers are 64 bits (`INTEGER` and `BIGINT`), all else is `TEXT`.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use call_model::{
    AgentId, AttemptId, CallId, CampaignId, FlowHash, JobId, LeadId, ListId, PhoneNumber, RecordingId, TicketNumber,
};
use jiff::Timestamp;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgPool, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteConnection, SqlitePool, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, ConnectOptions, Connection as _, Executor, Row as _, SqlSafeStr};

use crate::error::StoreError;

/// A bound value.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
}

/// The values of one statement, in the order of their numbers.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::dialect::Value::from($value)),*] };
}
pub(crate) use values;

/// How to connect, kept to connect again.
#[derive(Debug, Clone)]
pub(crate) enum Address {
    Sqlite(SqliteConnectOptions),
    Postgres(PgConnectOptions),
}

/// One connection of the writer, with the texts of its statements over many rows.
pub(crate) struct Connection {
    link: Link,
    /// The row id that SQLite gave to the last inserted row.
    last_row: i64,
    many_rows: BTreeMap<(&'static str, usize), Arc<str>>,
}

enum Link {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// The connections that only read.
#[derive(Debug, Clone)]
pub(crate) enum Readers {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// One row of an answer.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// A statement over many rows: `head VALUES (..), (..) tail`. It has no other parameters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ManyRows {
    pub(crate) head: &'static str,
    pub(crate) columns: usize,
    pub(crate) tail: &'static str,
}

/// The key of the advisory lock by which the writers of several servers take turns.
const WRITERS_TURN: &str = "BEGIN; SELECT pg_advisory_xact_lock(4271992)";

/// The most rows of one statement; with the powers of two below it the statements stay few enough to be cached.
const MOST_ROWS: usize = 128;

impl Address {
    pub(crate) async fn connect(&self) -> Result<Connection, sqlx::Error> {
        let link = match self {
            Self::Sqlite(options) => Link::Sqlite(options.connect().await?),
            Self::Postgres(options) => Link::Postgres(options.connect().await?),
        };
        Ok(Connection { link, last_row: 0, many_rows: BTreeMap::new() })
    }
}

impl Connection {
    /// Begins a transaction that no other writer can be inside of.
    pub(crate) async fn begin(&mut self) -> Result<(), sqlx::Error> {
        match &mut self.link {
            Link::Sqlite(link) => link.execute(sqlx::raw_sql("BEGIN IMMEDIATE")).await.map(drop),
            Link::Postgres(link) => link.execute(sqlx::raw_sql(WRITERS_TURN)).await.map(drop),
        }
    }

    pub(crate) async fn commit(&mut self) -> Result<(), sqlx::Error> {
        self.run("COMMIT").await
    }

    pub(crate) async fn rollback(&mut self) -> Result<(), sqlx::Error> {
        let rolled_back = self.run("ROLLBACK").await;
        match self.link {
            // After some errors (a full disk among them) SQLite has rolled back by itself and refuses this.
            Link::Sqlite(_) => Ok(()),
            Link::Postgres(_) => rolled_back,
        }
    }

    /// Runs statements without values, unprepared.
    pub(crate) async fn run(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        match &mut self.link {
            Link::Sqlite(link) => link.execute(sqlx::raw_sql(sql)).await.map(drop),
            Link::Postgres(link) => link.execute(sqlx::raw_sql(sql)).await.map(drop),
        }
    }

    /// Runs one statement and says how many rows it touched.
    pub(crate) async fn execute(&mut self, sql: impl SqlSafeStr, values: Vec<Value>) -> Result<u64, sqlx::Error> {
        match &mut self.link {
            Link::Sqlite(link) => {
                let done = sqlx::query_with(sql, sqlite_arguments(values)?).execute(link).await?;
                self.last_row = done.last_insert_rowid();
                Ok(done.rows_affected())
            }
            Link::Postgres(link) => {
                let done = sqlx::query_with(sql, postgres_arguments(values)?).execute(link).await?;
                Ok(done.rows_affected())
            }
        }
    }

    pub(crate) async fn rows(&mut self, sql: impl SqlSafeStr, values: Vec<Value>) -> Result<Vec<Row>, sqlx::Error> {
        match &mut self.link {
            Link::Sqlite(link) => {
                let rows = sqlx::query_with(sql, sqlite_arguments(values)?).fetch_all(link).await?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            Link::Postgres(link) => {
                let rows = sqlx::query_with(sql, postgres_arguments(values)?).fetch_all(link).await?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    pub(crate) async fn row(&mut self, sql: impl SqlSafeStr, values: Vec<Value>) -> Result<Option<Row>, sqlx::Error> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Runs a statement over any number of rows, whose values follow each other, and says how many it touched.
    pub(crate) async fn execute_many(&mut self, statement: ManyRows, values: Vec<Value>) -> Result<u64, sqlx::Error> {
        let mut touched = 0;
        let mut left = values.len() / statement.columns;
        let mut values = values.into_iter();
        while left > 0 {
            let rows = if left >= MOST_ROWS { MOST_ROWS } else { 1 << left.ilog2() };
            let sql = self.text_for(statement, rows);
            let of_these = values.by_ref().take(rows * statement.columns).collect();
            touched += self.execute(AssertSqlSafe(sql), of_these).await?;
            left -= rows;
        }
        Ok(touched)
    }

    /// The highest value of the counting column of a table into which rows were inserted just now.
    pub(crate) async fn last_counted(&mut self, max: &'static str) -> Result<i64, sqlx::Error> {
        match self.link {
            Link::Sqlite(_) => Ok(self.last_row),
            Link::Postgres(_) => self.row(max, Vec::new()).await?.map_or(Ok(0), |row| row.int(0)),
        }
    }

    fn text_for(&mut self, statement: ManyRows, rows: usize) -> Arc<str> {
        // Numbered parameters cost SQLite time in the square of their number each time they are bound.
        let numbered = matches!(self.link, Link::Postgres(_));
        let text =
            self.many_rows.entry((statement.head, rows)).or_insert_with(|| statement.text(rows, numbered).into());
        Arc::clone(text)
    }

    pub(crate) async fn close(self) -> Result<(), sqlx::Error> {
        match self.link {
            Link::Sqlite(link) => link.close().await,
            Link::Postgres(link) => link.close().await,
        }
    }
}

impl ManyRows {
    fn text(self, rows: usize, numbered: bool) -> String {
        let mut text = format!("{} VALUES ", self.head);
        for row in 0..rows {
            text.push_str(if row == 0 { "(" } else { ", (" });
            for column in 0..self.columns {
                if column > 0 {
                    text.push_str(", ");
                }
                if numbered {
                    text.push_str(&format!("${}", row * self.columns + column + 1));
                } else {
                    text.push('?');
                }
            }
            text.push(')');
        }
        text.push(' ');
        text.push_str(self.tail);
        text
    }
}

impl Readers {
    pub(crate) async fn rows(&self, sql: impl SqlSafeStr, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        // Where no connection is to be had, the reason is never the statement.
        let out_of_reach = |error| StoreError::Disconnected(Arc::new(error));
        match self {
            Self::Sqlite(pool) => {
                let mut link = pool.acquire().await.map_err(out_of_reach)?;
                let rows = sqlx::query_with(sql, sqlite_arguments(values)?).fetch_all(&mut *link).await?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            Self::Postgres(pool) => {
                let mut link = pool.acquire().await.map_err(out_of_reach)?;
                let rows = sqlx::query_with(sql, postgres_arguments(values)?).fetch_all(&mut *link).await?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    pub(crate) async fn row(&self, sql: impl SqlSafeStr, values: Vec<Value>) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Row {
    pub(crate) fn int(&self, column: usize) -> Result<i64, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
    }

    /// A whole number that stands for yes or no.
    pub(crate) fn flag(&self, column: usize) -> Result<bool, sqlx::Error> {
        Ok(self.int(column)? != 0)
    }

    pub(crate) fn maybe_int(&self, column: usize) -> Result<Option<i64>, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
    }

    pub(crate) fn text(&self, column: usize) -> Result<String, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
    }

    pub(crate) fn maybe_text(&self, column: usize) -> Result<Option<String>, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
    }

    /// A text that is parsed: an id, a state, a number.
    pub(crate) fn parsed<T: FromStr>(&self, column: usize, name: ColumnName) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|_| name.unreadable())
    }

    pub(crate) fn maybe_parsed<T: FromStr>(&self, column: usize, name: ColumnName) -> Result<Option<T>, StoreError> {
        self.maybe_text(column)?.map(|text| text.parse().map_err(|_| name.unreadable())).transpose()
    }

    /// A whole number that is never negative or too large for its type.
    pub(crate) fn count<T: TryFrom<i64>>(&self, column: usize, name: ColumnName) -> Result<T, StoreError> {
        T::try_from(self.int(column)?).map_err(|_| name.unreadable())
    }

    pub(crate) fn maybe_count<T: TryFrom<i64>>(
        &self,
        column: usize,
        name: ColumnName,
    ) -> Result<Option<T>, StoreError> {
        self.maybe_int(column)?.map(|n| T::try_from(n).map_err(|_| name.unreadable())).transpose()
    }

    pub(crate) fn time(&self, column: usize, name: ColumnName) -> Result<Timestamp, StoreError> {
        Timestamp::from_millisecond(self.int(column)?).map_err(|_| name.unreadable())
    }

    pub(crate) fn maybe_time(&self, column: usize, name: ColumnName) -> Result<Option<Timestamp>, StoreError> {
        let millis = self.maybe_int(column)?;
        millis.map(|ms| Timestamp::from_millisecond(ms).map_err(|_| name.unreadable())).transpose()
    }

    /// A JSON text.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(
        &self,
        column: usize,
        name: ColumnName,
    ) -> Result<T, StoreError> {
        serde_json::from_str(&self.text(column)?).map_err(|_| name.unreadable())
    }
}

/// Where a value stands, for the error that it cannot be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ColumnName(pub(crate) &'static str, pub(crate) &'static str);

impl ColumnName {
    pub(crate) fn unreadable(self) -> StoreError {
        StoreError::Unreadable { table: self.0, column: self.1 }
    }
}

fn sqlite_arguments(values: Vec<Value>) -> Result<SqliteArguments, sqlx::Error> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(values.len(), 0);
    add_all(&mut arguments, values)?;
    Ok(arguments)
}

fn postgres_arguments(values: Vec<Value>) -> Result<PgArguments, sqlx::Error> {
    let mut arguments = PgArguments::default();
    arguments.reserve(values.len(), values.len() * 16);
    for value in values {
        match value {
            Value::Int(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

fn add_all(arguments: &mut SqliteArguments, values: Vec<Value>) -> Result<(), sqlx::Error> {
    for value in values {
        match value {
            Value::Int(value) => Arguments::add(arguments, value),
            Value::Text(value) => Arguments::add(arguments, value),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(())
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(Some(i64::from(value)))
    }
}

/// Counts beyond 63 bits do not occur; they would be stored as the largest number.
impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Self::Int(Some(i64::try_from(value).unwrap_or(i64::MAX)))
    }
}

impl From<Option<u64>> for Value {
    fn from(value: Option<u64>) -> Self {
        Self::Int(value.map(|value| i64::try_from(value).unwrap_or(i64::MAX)))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Self::Int(Some(value.as_millisecond()))
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(value: Option<Timestamp>) -> Self {
        Self::Int(value.map(Timestamp::as_millisecond))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(Some(i64::from(value)))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}

macro_rules! from_text_of {
    ($($type:ty),*) => { $(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::Text(Some(value.to_string()))
            }
        }
        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Self::Text(value.map(|value| value.to_string()))
            }
        }
    )* };
}

from_text_of!(
    CallId,
    CampaignId,
    ListId,
    LeadId,
    AttemptId,
    JobId,
    RecordingId,
    &PhoneNumber,
    &AgentId,
    &FlowHash,
    &TicketNumber
);

/// The JSON text of plain data.
pub(crate) fn json_text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("our own types have string keys only, so they always have a JSON text")
}
