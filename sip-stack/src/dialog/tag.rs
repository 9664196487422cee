//! Our tags: 64 bits of chance, so that they are found by number.

use std::fmt;

/// The tag of our side of a dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LocalTag(pub u64);

impl LocalTag {
    /// Reads a tag of ours; `None` when it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let is_ours = text.len() == 16 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if is_ours { u64::from_str_radix(text, 16).ok().map(Self) } else { None }
    }
}

impl fmt::Display for LocalTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_survives_its_text_and_nothing_else_is_one() {
        let tag = LocalTag(0xabc);
        assert_eq!(LocalTag::parse(&tag.to_string()), Some(tag));
        for text in ["", "abc", "0000000000000ABC", "+000000000000abc", "0000000000000abcd"] {
            assert_eq!(LocalTag::parse(text), None, "{text}");
        }
    }
}
