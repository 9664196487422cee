//! Keys that were pressed before anything asked for them.

use std::collections::VecDeque;

/// Keys typed ahead, oldest first. Keys beyond the bound are dropped, the newest first: nobody types so far ahead.
#[derive(Debug, Default)]
pub(crate) struct TypedAhead(VecDeque<char>);

impl TypedAhead {
    pub(crate) fn push(&mut self, key: char) {
        if self.0.len() < MOST {
            self.0.push_back(key);
        }
    }

    pub(crate) fn next(&mut self) -> Option<char> {
        self.0.pop_front()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets them: what comes next must be a deliberate answer.
    pub(crate) fn flush(&mut self) {
        self.0.clear();
    }
}

/// As many as the longest string of digits and a few menus.
const MOST: usize = 40;
