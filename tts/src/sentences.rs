//! Cuts a text into pieces that are synthesised one after the other.

/// The longest piece in characters; a longer sentence is cut at its last comma or space before this.
pub const LONGEST: usize = 300;

/// Words whose full stop ends no sentence.
const ABBREVIATIONS: [&str; 17] =
    ["mr", "mrs", "ms", "dr", "prof", "st", "no", "nr", "vs", "etc", "e.g", "i.e", "a.m", "p.m", "inc", "ltd", "co"];

/// The sentences of a text in order, trimmed, none empty, none longer than [`LONGEST`] characters.
///
/// A sentence ends at `.`, `?`, `!` or `…` before white space or the end, at `。`, `？`, `！` or `；` anywhere, and at a
/// line break. Full stops in numbers and after abbreviations end nothing.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let mut end = at + c.len_utf8();
        let ends = match c {
            '\n' => true,
            '。' | '？' | '！' | '；' => true,
            '.' | '?' | '!' | '…' => {
                let after = rest.peek().map(|&(_, next)| next);
                after.is_none_or(|next| next.is_whitespace() || is_closing(next))
                    && !(c == '.' && is_abbreviation(&text[start..at]))
            }
            _ => false,
        };
        if !ends {
            continue;
        }
        while let Some(&(next_at, next)) = rest.peek().filter(|(_, next)| is_closing(*next) || is_mark(*next)) {
            end = next_at + next.len_utf8();
            rest.next();
        }
        take(&text[start..end], &mut found);
        start = end;
    }
    take(&text[start..], &mut found);
    found
}

/// Adds a sentence, in pieces where it is too long.
fn take<'a>(sentence: &'a str, found: &mut Vec<&'a str>) {
    let mut left = sentence.trim();
    while let Some((limit, _)) = left.char_indices().nth(LONGEST) {
        let head = &left[..limit];
        let after = |at: usize| at + head[at..].chars().next().map_or(0, char::len_utf8);
        let cut = head
            .rfind([',', ';', ':', '，', '、', '：'])
            .map(after)
            .or_else(|| head.rfind(char::is_whitespace))
            .filter(|&cut| cut > 0)
            .unwrap_or(limit);
        push(&left[..cut], found);
        left = left[cut..].trim();
    }
    push(left, found);
}

/// Adds a piece that has something to say.
fn push<'a>(piece: &'a str, found: &mut Vec<&'a str>) {
    let piece = piece.trim();
    if piece.chars().any(char::is_alphanumeric) {
        found.push(piece);
    }
}

fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | '」' | '』' | '）' | ')' | ']')
}

fn is_mark(c: char) -> bool {
    matches!(c, '.' | '?' | '!' | '…' | '。' | '？' | '！')
}

/// Whether the text before a full stop ends in an abbreviation or a single capital (an initial).
fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or("");
    let initial = word.chars().count() == 1 && word.chars().all(|c| c.is_ascii_uppercase() && c != 'I');
    initial || ABBREVIATIONS.contains(&word.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_is_cut_after_its_sentences() {
        assert_eq!(
            sentences("North Wind. Bill or complaint? Say \"bill!\" Now"),
            ["North Wind.", "Bill or complaint?", "Say \"bill!\"", "Now"]
        );
        assert_eq!(sentences("您好。请问您要查账单吗？谢谢"), ["您好。", "请问您要查账单吗？", "谢谢"]);
        assert_eq!(sentences("one\n\ntwo"), ["one", "two"]);
        assert_eq!(sentences("What?! No..."), ["What?!", "No..."]);
    }

    #[test]
    fn numbers_and_abbreviations_do_not_end_a_sentence() {
        assert_eq!(sentences("Dr. Lee owes 42.50 today."), ["Dr. Lee owes 42.50 today."]);
        assert_eq!(sentences("J. Smith, e.g. at 9 a.m. or later."), ["J. Smith, e.g. at 9 a.m. or later."]);
        assert_eq!(sentences("See example.com for more."), ["See example.com for more."]);
        assert_eq!(sentences("It was I. Really."), ["It was I.", "Really."]);
    }

    #[test]
    fn nothing_to_say_gives_nothing() {
        assert!(sentences("").is_empty());
        assert!(sentences(" .. !  \n ").is_empty());
    }

    #[test]
    fn a_sentence_without_end_is_cut_at_a_comma_or_a_space() {
        let text = format!("{}, {}", "word ".repeat(50).trim(), "more ".repeat(50).trim());
        let cut = sentences(&text);
        assert_eq!(cut.len(), 2);
        assert!(cut[0].ends_with("word,"), "{cut:?}");
        assert_eq!(sentences(&"字".repeat(700)).len(), 3);
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_no_piece_is_too_long(text in "[a-zA-Z0-9 .,?!。，\n\"]{0,900}") {
            let pieces = sentences(&text);
            let letters = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            prop_assert_eq!(letters(&pieces.concat()), letters(&text));
            prop_assert!(pieces.iter().all(|p| p.chars().count() <= LONGEST));
        }
    }
}
