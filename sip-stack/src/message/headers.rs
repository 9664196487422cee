//! The ordered list of headers.

use std::borrow::Cow;
use std::fmt::Display;

use super::error::RefusedHeader;
use super::name::known;
use super::text::{is_one_line, is_token};

/// Headers in the order they stand. Names compare without case; compact forms count as their long form.
///
/// Values are one line: a value with CR, LF or NUL is refused, whoever brings it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Headers {
    fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    name: Cow<'static, str>,
    value: Box<str>,
}

impl Field {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

impl Headers {
    /// No headers.
    pub const fn new() -> Self {
        Self { fields: Vec::new() }
    }

    pub(crate) fn with_capacity(count: usize) -> Self {
        Self { fields: Vec::with_capacity(count) }
    }

    /// How many header lines there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The value of the first header of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let name = usual(name);
        self.fields.iter().find(|field| field.is(name)).map(|field| &*field.value)
    }

    /// The values of all headers of that name, top to bottom. Comma lists are not split.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let name = usual(name);
        self.fields.iter().filter(move |field| field.is(name)).map(|field| &*field.value)
    }

    /// Whether a header of that name stands.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// All headers, top to bottom.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|field| (&*field.name, &*field.value))
    }

    /// Adds a header at the end.
    ///
    /// # Errors
    /// [`RefusedHeader`] when the name is no token or the value holds a line break or NUL.
    pub fn push(&mut self, name: &str, value: impl Display) -> Result<(), RefusedHeader> {
        self.fields.push(field(name, value)?);
        Ok(())
    }

    /// Adds a header above all others (a Via of our own, a Record-Route).
    ///
    /// # Errors
    /// As [`Headers::push`].
    pub fn push_front(&mut self, name: &str, value: impl Display) -> Result<(), RefusedHeader> {
        self.fields.insert(0, field(name, value)?);
        Ok(())
    }

    /// Puts the value in the place of the first header of that name and takes the others away; adds it at the end
    /// when there was none.
    ///
    /// # Errors
    /// As [`Headers::push`].
    pub fn set(&mut self, name: &str, value: impl Display) -> Result<(), RefusedHeader> {
        let new = field(name, value)?;
        let Some(at) = self.fields.iter().position(|field| field.is(&new.name)) else {
            self.fields.push(new);
            return Ok(());
        };
        let mut index = 0;
        self.fields.retain(|field| {
            index += 1;
            index - 1 <= at || !field.is(&new.name)
        });
        self.fields[at] = new;
        Ok(())
    }

    /// Puts the value in the place of the first header of that name and leaves the others.
    pub(crate) fn set_first(&mut self, name: &str, value: impl Display) -> Result<(), RefusedHeader> {
        let new = field(name, value)?;
        match self.fields.iter_mut().find(|field| field.is(&new.name)) {
            Some(found) => *found = new,
            None => self.fields.push(new),
        }
        Ok(())
    }

    /// [`Headers::set`] for a number, which cannot be refused.
    pub fn set_number(&mut self, name: &'static str, value: u32) {
        self.set(name, value).expect("a number is one line and the name is our own");
    }

    /// [`Headers::set`] for a value written in the program.
    ///
    /// # Panics
    /// When the program's own text is not one line.
    pub fn set_static(&mut self, name: &'static str, value: &'static str) {
        self.set(name, value).expect("a value written in the program is one line");
    }

    /// Takes all headers of that name away; says how many there were.
    pub fn remove(&mut self, name: &str) -> usize {
        let name = usual(name);
        let before = self.fields.len();
        self.fields.retain(|field| !field.is(name));
        before - self.fields.len()
    }

    /// Adds all headers of that name from another message at the end, in order.
    pub fn copy_from(&mut self, other: &Self, name: &str) {
        let name = usual(name);
        self.fields.extend(other.fields.iter().filter(|field| field.is(name)).cloned());
    }

    /// Writes `text`, which must be one line, behind the value of the first header of that name.
    pub(crate) fn append_token(&mut self, name: &str, text: &str) {
        if let Some(field) = self.fields.iter_mut().find(|field| field.is(name)) {
            field.value = format!("{}{text}", field.value).into_boxed_str();
        }
    }

    /// Adds a field read from the wire, whose value is known to be one line.
    pub(crate) fn push_read(&mut self, name: &str, value: Box<str>) {
        let name = known(name).map_or_else(|| Cow::Owned(name.to_owned()), Cow::Borrowed);
        self.fields.push(Field { name, value });
    }
}

fn usual(name: &str) -> &str {
    known(name).unwrap_or(name)
}

fn field(name: &str, value: impl Display) -> Result<Field, RefusedHeader> {
    let value = value.to_string();
    if !is_one_line(&value) {
        return Err(RefusedHeader::Value { name: name.into() });
    }
    let name = match known(name) {
        Some(name) => Cow::Borrowed(name),
        None if is_token(name) => Cow::Owned(name.to_owned()),
        None => return Err(RefusedHeader::Name { name: name.into() }),
    };
    Ok(Field { name, value: value.into_boxed_str() })
}
