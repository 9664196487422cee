//! The results file: one row for each row of the uploaded list, in its order.

use std::borrow::Cow;
use std::collections::BTreeMap;

use call_model::{Disposition, PhoneNumber};
use jiff::Timestamp;

/// What became of one row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultRow {
    /// The line of the uploaded file, from 1.
    pub line: u64,
    /// The number in E.164, or as it was written where the row was refused.
    pub number: String,
    /// `waiting`, `reserved`, `done`, `blocked`, `exhausted`, `unresolved` (see `LeadState`), or `refused`.
    pub status: String,
    /// What the last attempt came to.
    pub disposition: Option<Disposition>,
    /// Attempts that were dialled.
    pub attempts: u32,
    /// When the last attempt began.
    pub last_attempt: Option<Timestamp>,
    /// Why the row was refused or the lead blocked; empty otherwise.
    pub reason: String,
    /// The call of the last attempt, by its id; empty where none was made.
    pub call: String,
    /// The other columns of the uploaded file.
    pub variables: BTreeMap<String, String>,
}

/// To be written before the header where the file is meant for Excel, which else does not read UTF-8.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Turns results into lines of CSV (RFC 4180, UTF-8, CRLF).
///
/// A field that a spreadsheet would run as a formula (it begins with `=`, `+`, `-`, `@`, a tabulator or a line end)
/// gets an apostrophe before it, since lists come from strangers; numbers in E.164 stay as they are.
#[derive(Debug, Clone)]
pub struct ResultsWriter {
    columns: Vec<String>,
}

const OWN_COLUMNS: [&str; 8] =
    ["line", "number", "status", "disposition", "attempts", "last_attempt", "reason", "call"];

impl ResultsWriter {
    /// Writes these columns of the uploaded list behind our own.
    pub fn new(columns: Vec<String>) -> Self {
        Self { columns }
    }

    /// The header line.
    pub fn header(&self) -> Vec<u8> {
        // A column of the list that is called like one of ours keeps its name: ours come first.
        let columns = self.columns.iter().map(|name| harmless(name));
        line(OWN_COLUMNS.iter().map(|name| Cow::Borrowed(*name)).chain(columns))
    }

    /// The line of one row.
    pub fn row(&self, row: &ResultRow) -> Vec<u8> {
        let number = match row.number.parse::<PhoneNumber>() {
            Ok(_) => Cow::Borrowed(row.number.as_str()),
            Err(_) => harmless(&row.number),
        };
        let own = [
            row.line.to_string().into(),
            number,
            harmless(&row.status),
            row.disposition.map_or("", Disposition::as_str).into(),
            row.attempts.to_string().into(),
            row.last_attempt.map(|at| format!("{at:.0}")).unwrap_or_default().into(),
            harmless(&row.reason),
            harmless(&row.call),
        ];
        let others = self.columns.iter().map(|name| harmless(row.variables.get(name).map_or("", String::as_str)));
        line(own.into_iter().chain(others))
    }
}

fn line<'a>(fields: impl Iterator<Item = Cow<'a, str>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(fields.map(|field| field.into_owned())).expect("memory takes every record");
    writer.into_inner().expect("memory takes every record")
}

/// The field, with an apostrophe before what a spreadsheet would run.
fn harmless(field: &str) -> Cow<'_, str> {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{field}").into() } else { field.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_a_line_behind_its_header() {
        let writer = ResultsWriter::new(vec!["name".into(), "note".into()]);
        let row = ResultRow {
            line: 2,
            number: "+12025550123".into(),
            status: "done".into(),
            disposition: Some(Disposition::HandedOver),
            attempts: 1,
            last_attempt: Some("2026-03-02T10:00:00.25Z".parse().unwrap()),
            reason: String::new(),
            call: String::new(),
            variables: [("name".to_owned(), "Smith, \"Jo\"".to_owned())].into(),
        };
        let text = String::from_utf8([writer.header(), writer.row(&row)].concat()).unwrap();
        assert_eq!(
            text,
            "line,number,status,disposition,attempts,last_attempt,reason,call,name,note\r\n\
             2,+12025550123,done,handed_over,1,2026-03-02T10:00:00Z,,,\"Smith, \"\"Jo\"\"\",\r\n"
        );
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_made_harmless() {
        for (field, written) in [
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-1+1", "'-1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("plain", "plain"),
            ("", ""),
        ] {
            assert_eq!(harmless(field), written);
        }
    }
}
