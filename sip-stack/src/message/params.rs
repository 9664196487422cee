//! `;name=value` parameters of URIs and headers.

use std::borrow::Cow;
use std::fmt;

use super::error::SyntaxError;
use super::text::{is_one_line, read_quoted, split_outside, trim, write_quoted};

/// Parameters in the order they were written. Names compare without case.
///
/// Values are kept as written, with quotes where there were quotes; [`Params::unquoted`] takes them off.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash, PartialOrd, Ord)]
pub struct Params(Vec<(Box<str>, Option<Box<str>>)>);

impl Params {
    /// No parameters.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Reads `a=1;b;c="x"`, without a leading semicolon. One semicolon too many at the end is forgiven.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        let mut list = Vec::new();
        let mut pieces = split_outside(text, b';').peekable();
        while let Some(piece) = pieces.next() {
            if piece.is_empty() && pieces.peek().is_none() {
                break;
            }
            let (name, value) = match piece.split_once('=') {
                Some((name, value)) => (trim(name), Some(trim(value))),
                None => (piece, None),
            };
            if name.is_empty() || name.contains(['"', '<', '>', ' ', '\t', ',']) {
                return Err(SyntaxError("a parameter begins with a name without quotes, brackets or spaces"));
            }
            if let Some(value) = value {
                check_value(value)?;
            }
            list.push((name.into(), value.map(Into::into)));
        }
        Ok(Self(list))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the parameter stands, with or without value.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(have, _)| have.eq_ignore_ascii_case(name))
    }

    /// The value of the parameter as written; `None` when it is absent or has no value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(have, _)| have.eq_ignore_ascii_case(name))?.1.as_deref()
    }

    /// The value without its quotes and escapes.
    pub fn unquoted(&self, name: &str) -> Option<Cow<'_, str>> {
        let raw = self.get(name)?;
        match read_quoted(raw) {
            Some((content, "")) => Some(Cow::Owned(content)),
            _ => Some(Cow::Borrowed(raw)),
        }
    }

    /// Sets or replaces a parameter; the value is written as given.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        match self.0.iter_mut().find(|(have, _)| have.eq_ignore_ascii_case(name)) {
            Some(found) => found.1 = value.map(Into::into),
            None => self.0.push((name.into(), value.map(Into::into))),
        }
    }

    /// Sets or replaces a parameter whose value is written as a quoted string.
    pub fn set_quoted(&mut self, name: &str, content: &str) {
        let mut quoted = String::with_capacity(content.len() + 2);
        write_quoted(&mut quoted, content).expect("writing to a String cannot fail");
        self.set(name, Some(&quoted));
    }

    /// Takes a parameter out; says whether it was there.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|(have, _)| !have.eq_ignore_ascii_case(name));
        self.0.len() != before
    }

    /// All parameters in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.iter().map(|(name, value)| (&**name, value.as_deref()))
    }
}

impl fmt::Display for Params {
    /// Each parameter with its leading semicolon.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.0 {
            f.write_str(";")?;
            f.write_str(name)?;
            if let Some(value) = value {
                f.write_str("=")?;
                f.write_str(value)?;
            }
        }
        Ok(())
    }
}

fn check_value(value: &str) -> Result<(), SyntaxError> {
    if value.starts_with('"') {
        return match read_quoted(value) {
            Some((_, "")) => Ok(()),
            _ => Err(SyntaxError("a quoted parameter value must end with its closing quote")),
        };
    }
    if value.contains('"') || !is_one_line(value) {
        return Err(SyntaxError("a parameter value with quotes or line breaks must be a quoted string"));
    }
    Ok(())
}
