//! Reading an uploaded list: each row becomes a lead or is refused with its line and reason, and the counts add up.
//!
//! A list is CSV as spreadsheets of many countries write it: UTF-8, UTF-16, GB18030 or Latin-1, with or without a
//! byte-order mark; separated by commas, semicolons, tabulators or bars; with a header that names the number's column
//! somehow, or without a header.

mod encoding;
mod header;
mod number;
mod rows;
mod verdict;

use std::borrow::Cow;
use std::collections::BTreeMap;

use call_model::PhoneNumber;
use serde::Serialize;

pub use header::variable_name;
pub use number::read_number;
pub use verdict::{AcceptedRow, ImportCounts, RefusedRow, RowRefusal, RowVerdict};

use rows::{MAX_FIELD, Mistake, Row, Rows};

use crate::region::Region;

/// How a list is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportSettings {
    /// The country of numbers that are written without their country code.
    pub region: Option<Region>,
    /// The name of the number's column, where it is not found by itself.
    pub number_column: Option<String>,
    /// The most rows that are taken: 1,000,000. The others are refused.
    pub max_rows: u64,
}

impl Default for ImportSettings {
    fn default() -> Self {
        Self { region: None, number_column: None, max_rows: 1_000_000 }
    }
}

/// How a list is laid out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Layout {
    /// The encoding, by its name on the web.
    pub encoding: &'static str,
    /// The separator of fields.
    pub separator: char,
    /// Whether the first row is a header.
    pub has_header: bool,
    /// The names of all columns.
    pub columns: Vec<String>,
    /// The index of the number's column.
    pub number_column: usize,
}

/// Why a list cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// Nothing is in it.
    #[error("the list is empty; it needs a header and one row for each person")]
    Empty,
    /// It is an Excel workbook.
    #[error("this is a spreadsheet file, not a list; save it as CSV (comma separated) and upload that")]
    Workbook,
    /// It is not text.
    #[error("the list is not text; save it as CSV in UTF-8")]
    NotText,
    /// The first row cannot be read.
    #[error("line 1: the header cannot be read; a quote is not closed, or a name is longer than 10000 bytes")]
    Header,
    /// The list has more columns than are taken.
    #[error("the list has {found} columns; up to {MAX_COLUMNS} are taken")]
    TooManyColumns {
        /// Columns of the list.
        found: usize,
    },
    /// No column is named like a telephone number.
    #[error("no column for the number was found among: {}; name one \"phone\"", .columns.join(", "))]
    NoNumberColumn {
        /// The columns of the list.
        columns: Vec<String>,
    },
    /// The column that was asked for is not there.
    #[error("there is no column {wanted:?} among: {}", .columns.join(", "))]
    UnknownNumberColumn {
        /// What was asked for.
        wanted: String,
        /// The columns of the list.
        columns: Vec<String>,
    },
}

/// The most columns that are taken.
pub const MAX_COLUMNS: usize = 200;

/// A list as text. Holds what [`List::rows`] reads.
#[derive(Debug, Clone)]
pub struct List<'a> {
    text: Cow<'a, str>,
    layout: Layout,
    /// Lines before the first row.
    skipped: u64,
    settings: ImportSettings,
}

impl<'a> List<'a> {
    /// Finds out how a list is laid out.
    ///
    /// # Errors
    /// [`ListError`] where it cannot be read at all; a wrong row is no error but a verdict.
    pub fn open(bytes: &'a [u8], settings: ImportSettings) -> Result<Self, ListError> {
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
            return Err(ListError::Workbook);
        }
        let (text, encoding) = encoding::decode(bytes);
        if text.contains('\0') {
            return Err(ListError::NotText);
        }
        let (separator, announced) = separator_of(&text);
        let mut rows = Rows::new(&text, separator);
        let mut skipped = 0;
        if announced {
            rows.skip_line();
            skipped = 1;
        }
        let first = rows.next().ok_or(ListError::Empty)?;
        let line = first.line;
        let header = first.fields.map_err(|_| ListError::Header)?;
        if header.len() > MAX_COLUMNS {
            return Err(ListError::TooManyColumns { found: header.len() });
        }
        let (number_column, has_header) = find_number(&header, &settings)?;
        let columns = if has_header { header::column_names(&header) } else { unnamed(header.len(), number_column) };
        if has_header {
            skipped = line;
        }
        let layout = Layout { encoding, separator, has_header, columns, number_column };
        // A header of several lines is skipped as the row that it is, see `rows`.
        Ok(Self { text, layout, skipped, settings })
    }

    /// How the list is laid out.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The verdicts of all rows, in their order.
    pub fn rows(&self) -> ListRows<'_> {
        let mut rows = Rows::new(&self.text, self.layout.separator);
        if self.layout.has_header {
            // Up to the line of the header, then the header itself, which may have several lines.
            for _ in 1..self.skipped {
                rows.skip_line();
            }
            rows.next();
        } else {
            for _ in 0..self.skipped {
                rows.skip_line();
            }
        }
        ListRows { layout: &self.layout, settings: &self.settings, rows, seen: BTreeMap::new(), count: 0 }
    }
}

/// The verdicts of the rows of a list.
#[derive(Debug)]
pub struct ListRows<'a> {
    layout: &'a Layout,
    settings: &'a ImportSettings,
    rows: Rows<'a>,
    /// The line of each number that was accepted.
    seen: BTreeMap<PhoneNumber, u64>,
    count: u64,
}

impl Iterator for ListRows<'_> {
    type Item = RowVerdict;

    fn next(&mut self) -> Option<RowVerdict> {
        let row = self.rows.next()?;
        self.count += 1;
        Some(self.judge(row))
    }
}

impl ListRows<'_> {
    fn judge(&mut self, row: Row<'_>) -> RowVerdict {
        let line = row.line;
        let refuse = |written: &str, reason| {
            RowVerdict::Refused(RefusedRow { line, written: written.trim().chars().take(64).collect(), reason })
        };
        let fields = match row.fields {
            Ok(fields) => fields,
            Err(Mistake::UnclosedQuote) => return refuse(row.text, RowRefusal::UnclosedQuote),
            Err(Mistake::FieldTooLong) => return refuse(row.text, RowRefusal::FieldTooLong { most: MAX_FIELD as u64 }),
        };
        let written = fields.get(self.layout.number_column).map_or("", |field| field.as_ref());
        if self.count > self.settings.max_rows {
            return refuse(written, RowRefusal::TooManyRows { most: self.settings.max_rows });
        }
        let expected = self.layout.columns.len();
        if fields.iter().skip(expected).any(|field| !field.trim().is_empty()) {
            let (found, expected) = (fields.len() as u64, expected as u64);
            return refuse(written, RowRefusal::TooManyColumns { found, expected });
        }
        let number = match read_number(written, self.settings.region) {
            Ok(number) => number,
            Err(reason) => return refuse(written, reason),
        };
        if let Some(earlier) = self.seen.get(&number) {
            return refuse(written, RowRefusal::Duplicate { line: *earlier });
        }
        self.seen.insert(number.clone(), line);
        RowVerdict::Accepted(AcceptedRow { line, number, variables: self.variables(&fields) })
    }

    fn variables(&self, fields: &[Cow<'_, str>]) -> BTreeMap<String, String> {
        let columns = self.layout.columns.iter().enumerate().filter(|(n, _)| *n != self.layout.number_column);
        columns.map(|(n, name)| (name.clone(), fields.get(n).map_or("", |f| f.trim()).to_owned())).collect()
    }
}

/// The column of the number, and whether the row is a header.
fn find_number(header: &[Cow<'_, str>], settings: &ImportSettings) -> Result<(usize, bool), ListError> {
    if let Some(wanted) = &settings.number_column {
        let found = header::column_named(header, wanted);
        let unknown =
            || ListError::UnknownNumberColumn { wanted: wanted.clone(), columns: header::column_names(header) };
        return found.map(|column| (column, true)).ok_or_else(unknown);
    }
    if let Some(column) = header::number_column(header) {
        return Ok((column, true));
    }
    let is_number = |field: &Cow<str>| {
        let digits = field.chars().filter(char::is_ascii_digit).count();
        digits >= 7 && read_number(field, settings.region).is_ok()
    };
    match header.iter().position(is_number) {
        Some(column) => Ok((column, false)),
        None => Err(ListError::NoNumberColumn { columns: header::column_names(header) }),
    }
}

/// Names for the columns of a list without a header.
fn unnamed(columns: usize, number_column: usize) -> Vec<String> {
    let name = |n| if n == number_column { "phone".to_owned() } else { format!("column_{}", n + 1) };
    (0..columns).map(name).collect()
}

const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

/// The separator of a list, and whether its first line only announces it (`sep=;`, as Excel writes).
fn separator_of(text: &str) -> (char, bool) {
    let first = text.lines().next().unwrap_or("").trim_end_matches('\r');
    let announced = first.strip_prefix("sep=").or_else(|| first.strip_prefix("SEP="));
    if let Some(separator) = announced.and_then(|rest| rest.chars().next()).filter(|c| SEPARATORS.contains(c)) {
        return (separator, true);
    }
    let score = |separator: &char| {
        let widths: Vec<usize> =
            Rows::new(text, *separator).take(20).filter_map(|row| row.fields.ok()).map(|f| f.len()).collect();
        let first = widths.first().copied().unwrap_or(0);
        // Rows as wide as the first one, then the width.
        if first < 2 { (0, 0) } else { (widths.iter().filter(|width| **width == first).count(), first) }
    };
    let best = SEPARATORS.iter().copied().rev().max_by_key(score).filter(|separator| score(separator) > (0, 0));
    (best.unwrap_or(','), false)
}
