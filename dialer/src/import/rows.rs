//! Splitting a text into rows of fields (RFC 4180, with any of four separators and any line end).
//!
//! Quoting is strict, so that one wrong quote costs one row and not the rest of the list: a quoted field that is not
//! closed before a separator or a line end within [`MAX_FIELD`] is a mistake, and reading goes on at the next line.

use std::borrow::Cow;

/// The longest field that is taken, in bytes of UTF-8.
pub(super) const MAX_FIELD: usize = 10_000;

/// One row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row<'a> {
    /// The line where it begins, from 1.
    pub(super) line: u64,
    pub(super) fields: Result<Vec<Cow<'a, str>>, Mistake>,
    /// The row as it stands, without its line end.
    pub(super) text: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mistake {
    UnclosedQuote,
    FieldTooLong,
}

#[derive(Debug, Clone)]
pub(super) struct Rows<'a> {
    rest: &'a str,
    line: u64,
    separator: char,
}

impl<'a> Rows<'a> {
    pub(super) fn new(text: &'a str, separator: char) -> Self {
        Self { rest: text, line: 1, separator }
    }

    /// Takes the next line as it stands, quoted or not.
    pub(super) fn skip_line(&mut self) {
        let (_, rest) = split_line(self.rest);
        self.rest = rest;
        self.line += 1;
    }

    /// The fields of the row that `self.rest` begins with, and its length with its line end.
    fn fields(&self) -> Result<(Vec<Cow<'a, str>>, usize), Mistake> {
        let mut fields = Vec::new();
        let mut at = 0;
        loop {
            let (field, length) = match self.rest[at..].strip_prefix('"') {
                Some(quoted) => quoted_field(quoted, self.separator).map(|(field, length)| (field, length + 1))?,
                None => plain_field(&self.rest[at..], self.separator)?,
            };
            fields.push(field);
            at += length;
            let behind = &self.rest[at..];
            if behind.starts_with(self.separator) {
                at += self.separator.len_utf8();
                continue;
            }
            return Ok((fields, at + line_end(behind)));
        }
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    /// The next row that is not an empty line.
    fn next(&mut self) -> Option<Row<'a>> {
        while line_end(self.rest) > 0 {
            self.skip_line();
        }
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line;
        match self.fields() {
            Ok((fields, length)) => {
                let (text, rest) = self.rest.split_at(length);
                self.line += lines_in(text).max(1);
                self.rest = rest;
                Some(Row { line, fields: Ok(fields), text: text.trim_end_matches(['\r', '\n']) })
            }
            Err(mistake) => {
                let (text, _) = split_line(self.rest);
                self.skip_line();
                Some(Row { line, fields: Err(mistake), text })
            }
        }
    }
}

/// A field behind its opening quote, and its length with its closing quote.
fn quoted_field(text: &str, separator: char) -> Result<(Cow<'_, str>, usize), Mistake> {
    let mut field = Cow::Borrowed("");
    let mut from = 0;
    loop {
        let window = &text.as_bytes()[from..text.len().min(MAX_FIELD + 2)];
        let Some(found) = window.iter().position(|b| *b == b'"') else { return Err(Mistake::UnclosedQuote) };
        let quote = from + found;
        let part = &text[from..quote];
        let behind = &text[quote + 1..];
        let escaped = behind.starts_with('"');
        if field.is_empty() && !escaped {
            field = Cow::Borrowed(part);
        } else {
            field.to_mut().push_str(part);
        }
        if escaped {
            field.to_mut().push('"');
            from = quote + 2;
            if from >= text.len().min(MAX_FIELD + 2) {
                return Err(Mistake::UnclosedQuote);
            }
            continue;
        }
        let closes = behind.is_empty() || behind.starts_with(separator) || line_end(behind) > 0;
        return if closes { Ok((field, quote + 1)) } else { Err(Mistake::UnclosedQuote) };
    }
}

fn plain_field(text: &str, separator: char) -> Result<(Cow<'_, str>, usize), Mistake> {
    let length = text.find([separator, '\r', '\n']).unwrap_or(text.len());
    if length > MAX_FIELD { Err(Mistake::FieldTooLong) } else { Ok((Cow::Borrowed(&text[..length]), length)) }
}

/// The length of the line end that a text begins with.
fn line_end(text: &str) -> usize {
    match text.as_bytes() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

fn split_line(text: &str) -> (&str, &str) {
    let length = text.find(['\r', '\n']).unwrap_or(text.len());
    let (line, rest) = text.split_at(length);
    (line, &rest[line_end(rest)..])
}

fn lines_in(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let ends = |(n, b): (usize, &u8)| *b == b'\n' || (*b == b'\r' && bytes.get(n + 1) != Some(&b'\n'));
    bytes.iter().enumerate().filter(|pair| ends(*pair)).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u64, Result<Vec<String>, Mistake>)> {
        let owned = |row: Row| (row.line, row.fields.map(|f| f.into_iter().map(Cow::into_owned).collect()));
        Rows::new(text, ',').map(owned).collect()
    }

    fn ok(fields: &[&str]) -> Result<Vec<String>, Mistake> {
        Ok(fields.iter().map(|f| (*f).to_owned()).collect())
    }

    #[test]
    fn rows_end_with_any_line_end() {
        let expected = vec![(1, ok(&["a", "b"])), (2, ok(&["c", ""])), (4, ok(&["d"]))];
        for end in ["\n", "\r\n", "\r"] {
            assert_eq!(rows(&format!("a,b{end}c,{end}{end}d")), expected);
            assert_eq!(rows(&format!("a,b{end}c,{end}{end}d{end}{end}")), expected);
        }
    }

    #[test]
    fn quoted_fields_hold_separators_quotes_and_lines() {
        let text = "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\nx,\"\",\"\"\"\"\n";
        assert_eq!(rows(text), [(1, ok(&["a,b", "say \"hi\"", "two\nlines"])), (3, ok(&["x", "", "\""]))]);
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_one_row() {
        assert_eq!(
            rows("a,\"b\nc,d\ne,\"f\"\n"),
            [(1, Err(Mistake::UnclosedQuote)), (2, ok(&["c", "d"])), (3, ok(&["e", "f"]))]
        );
        assert_eq!(rows("a,\"b"), [(1, Err(Mistake::UnclosedQuote))]);
        assert_eq!(rows("\""), [(1, Err(Mistake::UnclosedQuote))]);
        assert_eq!(rows("\"\"\""), [(1, Err(Mistake::UnclosedQuote))]);
    }

    #[test]
    fn a_quote_inside_a_plain_field_is_a_letter() {
        assert_eq!(rows("5\" pipe,x\n"), [(1, ok(&["5\" pipe", "x"]))]);
    }

    #[test]
    fn a_field_that_is_too_long_costs_one_row() {
        let long = "x".repeat(MAX_FIELD + 1);
        assert_eq!(rows(&format!("{long},1\na,b\n"))[0], (1, Err(Mistake::FieldTooLong)));
        assert_eq!(rows(&format!("\"{long}\",1\na,b\n"))[1], (2, ok(&["a", "b"])));
        let fits = "é".repeat(MAX_FIELD / 2);
        assert_eq!(rows(&format!("\"{fits}\"\n")), [(1, ok(&[&fits]))]);
    }
}
