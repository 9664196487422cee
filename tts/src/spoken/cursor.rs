//! A place in a text that can be tried and thrown away.

/// What is left of a text. Copy it to look ahead.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    /// What has not been read.
    pub rest: &'a str,
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// Reads one or more ASCII digits.
    pub fn digits(&mut self) -> Option<&'a str> {
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(length);
        self.rest = rest;
        (!digits.is_empty()).then_some(digits)
    }

    /// Reads exactly this many ASCII digits, not followed by another.
    pub fn exactly(&mut self, count: usize) -> Option<&'a str> {
        let mut ahead = *self;
        let digits = ahead.digits().filter(|digits| digits.len() == count)?;
        *self = ahead;
        Some(digits)
    }

    /// Reads this text, in capitals or not.
    pub fn eat(&mut self, expected: &str) -> bool {
        match self.rest.get(..expected.len()) {
            Some(head) if head.eq_ignore_ascii_case(expected) => {
                self.rest = &self.rest[expected.len()..];
                true
            }
            _ => false,
        }
    }

    /// Reads this word: [`eat`](Self::eat), and no ASCII letter or digit follows.
    pub fn word(&mut self, expected: &str) -> bool {
        let mut ahead = *self;
        if ahead.eat(expected) && !ahead.rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            *self = ahead;
            return true;
        }
        false
    }

    /// Whether a digit comes next.
    pub fn at_digit(self) -> bool {
        self.rest.starts_with(|c: char| c.is_ascii_digit())
    }

    /// Whether this mark and a digit come next.
    pub fn at_mark_and_digit(self, mark: char) -> bool {
        self.rest.strip_prefix(mark).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    }
}
