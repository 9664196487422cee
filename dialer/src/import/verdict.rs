//! What became of each row of an uploaded list.

use std::collections::BTreeMap;

use call_model::PhoneNumber;
use serde::{Deserialize, Serialize};

/// A row that becomes a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedRow {
    /// The line where the row begins in the file, from 1; the header counts.
    pub line: u64,
    /// The number to dial.
    pub number: PhoneNumber,
    /// The other columns, by header.
    pub variables: BTreeMap<String, String>,
}

/// A row that does not become a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// The line where the row begins in the file, from 1; the header counts.
    pub line: u64,
    /// The number as it is written, cut to 64 characters; empty where there is none.
    pub written: String,
    /// Why.
    pub reason: RowRefusal,
}

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowVerdict {
    /// It becomes a lead.
    Accepted(AcceptedRow),
    /// It does not.
    Refused(RefusedRow),
}

/// Why a row does not become a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum RowRefusal {
    /// The number's field is empty or missing.
    #[error("no number")]
    NoNumber,
    /// The number's field is not a telephone number.
    #[error("not a telephone number")]
    NotANumber,
    /// A spreadsheet has rounded the number (`8.61391E+12`).
    #[error("rounded by a spreadsheet; format the column as text and save the list again")]
    Rounded,
    /// The number has no country code and no region is set.
    #[error("no country code; write +<country code> before it, or give the list a region")]
    NoCountryCode,
    /// No number of this kind can exist in its country.
    #[error("no such number can exist in its country")]
    CannotExist,
    /// Calling it costs extra.
    #[error("a premium-rate number")]
    PremiumRate,
    /// The number has an extension, which cannot be dialled.
    #[error("has an extension, which cannot be dialled")]
    Extension,
    /// The same number stood on an earlier line.
    #[error("the same number as line {line}")]
    Duplicate {
        /// The earlier line.
        line: u64,
    },
    /// The row has more fields than the header.
    #[error("{found} fields where the header has {expected}; quote fields that contain the separator")]
    TooManyColumns {
        /// Fields of the row.
        found: u64,
        /// Fields of the header.
        expected: u64,
    },
    /// A quoted field is not closed, or goes on behind its closing quote.
    #[error("a quoted field is not closed properly; close it with one quote, and write a quote inside it as two")]
    UnclosedQuote,
    /// A field is longer than is taken.
    #[error("a field is longer than {most} characters")]
    FieldTooLong {
        /// The most that is taken.
        most: u64,
    },
    /// The list has more rows than are taken.
    #[error("the list has more than {most} rows; split it")]
    TooManyRows {
        /// The most that is taken.
        most: u64,
    },
}

impl RowRefusal {
    /// The name as it is stored and counted.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NoNumber => "no_number",
            Self::NotANumber => "not_a_number",
            Self::Rounded => "rounded",
            Self::NoCountryCode => "no_country_code",
            Self::CannotExist => "cannot_exist",
            Self::PremiumRate => "premium_rate",
            Self::Extension => "extension",
            Self::Duplicate { .. } => "duplicate",
            Self::TooManyColumns { .. } => "too_many_columns",
            Self::UnclosedQuote => "unclosed_quote",
            Self::FieldTooLong { .. } => "field_too_long",
            Self::TooManyRows { .. } => "too_many_rows",
        }
    }
}

/// How many rows were accepted and refused; they add up.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ImportCounts {
    /// Rows of the list, without the header and empty lines.
    pub rows: u64,
    /// Rows that became leads.
    pub accepted: u64,
    /// Rows that did not.
    pub refused: u64,
    /// Refused rows by [`RowRefusal::as_str`].
    pub by_reason: BTreeMap<&'static str, u64>,
}

impl ImportCounts {
    /// Counts one row.
    pub fn count(&mut self, verdict: &RowVerdict) {
        self.rows += 1;
        match verdict {
            RowVerdict::Accepted(_) => self.accepted += 1,
            RowVerdict::Refused(row) => {
                self.refused += 1;
                *self.by_reason.entry(row.reason.as_str()).or_default() += 1;
            }
        }
    }
}
