//! Words of a phrase that may be left out: "(what is) my balance", "（帮我）查余额".

/// Why the brackets of a phrase mean nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BracketFault {
    /// One is opened within another, or closed without being opened, or not closed.
    Unbalanced,
    /// More than can be listened for with and without.
    TooMany,
}

/// A phrase with and without what may be left out, as it is written first; none twice.
pub(crate) fn variants(text: &str) -> Result<Vec<String>, BracketFault> {
    let parts = parts(text)?;
    if parts.iter().filter(|(_, optional)| *optional).count() > MOST_OPTIONAL {
        return Err(BracketFault::TooMany);
    }
    let mut variants = vec![String::new()];
    for (part, optional) in parts {
        let with = variants.iter().map(|variant| format!("{variant}{part}"));
        variants = if optional { with.chain(variants.iter().cloned()).collect() } else { with.collect() };
    }
    let mut kept: Vec<String> = Vec::new();
    for variant in variants {
        if !kept.contains(&variant) && (!variant.trim().is_empty() || text.trim().is_empty()) {
            kept.push(variant);
        }
    }
    Ok(kept)
}

/// The parts of a phrase in their order, and whether each may be left out.
fn parts(text: &str) -> Result<Vec<(String, bool)>, BracketFault> {
    let (mut parts, mut part, mut inside) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match (c, inside) {
            ('(' | '（', false) | (')' | '）', true) => {
                parts.push((std::mem::take(&mut part), inside));
                inside = !inside;
            }
            ('(' | '（', true) | (')' | '）', false) => return Err(BracketFault::Unbalanced),
            (c, _) => part.push(c),
        }
    }
    parts.push((part, false));
    if inside { Err(BracketFault::Unbalanced) } else { Ok(parts) }
}

/// Parts that may be left out: sixteen phrases.
const MOST_OPTIONAL: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let words = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        variants(text).unwrap().iter().map(words).collect()
    }

    #[test]
    fn what_stands_in_brackets_is_there_or_not() {
        assert_eq!(read("my bill"), ["my bill"]);
        assert_eq!(
            read("(what is) my balance (please)"),
            ["what is my balance please", "my balance please", "what is my balance", "my balance",]
        );
        assert_eq!(read("（帮我）查余额"), ["帮我查余额", "查余额"]);
        assert_eq!(read("(bill)"), ["bill"]);
        assert_eq!(read("my () bill"), ["my bill"]);
        assert_eq!(read(""), [""]);
    }

    #[test]
    fn brackets_that_do_not_fit_are_refused() {
        for text in ["(my bill", "my bill)", "((my) bill)", "my )( bill"] {
            assert_eq!(variants(text), Err(BracketFault::Unbalanced), "{text}");
        }
        assert_eq!(variants("(a) (b) (c) (d) (e) f"), Err(BracketFault::TooMany));
    }
}
