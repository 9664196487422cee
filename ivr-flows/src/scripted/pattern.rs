//! Texts in which `...` stands for anything.

/// A text to compare with, in pieces between which anything may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<String>);

impl Pattern {
    /// Reads a pattern: `...` or `…` stands for anything, also for nothing; blanks in a row count as one.
    pub(crate) fn read(text: &str) -> Self {
        let plain = text.replace('…', "...");
        Self(plain.split("...").map(|piece| squeeze(piece).trim().to_owned()).collect())
    }

    /// Whether a text is as the pattern says.
    pub(crate) fn fits(&self, text: &str) -> bool {
        let text = squeeze(text);
        let text = text.trim();
        let [first, middle @ .., last] = self.0.as_slice() else {
            return self.0.first().is_none_or(|only| only == text);
        };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
        for piece in middle {
            let Some(at) = rest.find(piece.as_str()) else { return false };
            rest = &rest[at + piece.len()..];
        }
        rest.ends_with(last.as_str())
    }
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn three_dots_stand_for_anything() {
        for (pattern, text, fits) in [
            ("You owe ...", "You owe 42 dollars.", true),
            ("You owe ...", "You owe", true),
            ("You owe", "You owe 42 dollars.", false),
            ("... dollars ...", "You owe 42 dollars and 10 cents.", true),
            ("您欠费……。", "您欠费四十二元一角。", true),
            ("...", "", true),
            ("", "", true),
            ("a ... a", "a", false),
            ("One  moment", "One moment", true),
        ] {
            assert_eq!(Pattern::read(pattern).fits(text), fits, "{pattern} / {text}");
        }
    }
}
