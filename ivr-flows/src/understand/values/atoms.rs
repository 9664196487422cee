//! What was said, cut into the pieces that values are made of.

use crate::language::Words;
use crate::text::tokens;

/// A sentence in pieces: words, or single characters where words are not parted or hang together.
#[derive(Debug)]
pub(super) struct Atoms {
    list: Vec<Atom>,
    by_character: bool,
}

#[derive(Debug)]
struct Atom {
    text: String,
    /// The token that it is a part of.
    token: usize,
}

impl Atoms {
    /// Cuts a sentence. Tokens are counted as [`tokens`] gives them.
    pub(super) fn of(spoken: &str, words: &Words) -> Self {
        let by_character = words.by_character();
        let mut list = Vec::new();
        for (token, text) in tokens(&spoken.to_lowercase()).into_iter().take(MOST_TOKENS).enumerate() {
            if text == UNKNOWN {
                list.push(Atom { text, token });
                continue;
            }
            let parts = if by_character { characters(&text) } else { parts(&text) };
            list.extend(parts.into_iter().map(|text| Atom { text, token }));
        }
        Self { list, by_character }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The piece at a position.
    pub(super) fn at(&self, at: usize) -> Option<&str> {
        self.list.get(at).map(|atom| atom.text.as_str())
    }

    /// Whether a word of the sentence begins here.
    pub(super) fn begins_word(&self, at: usize) -> bool {
        at == 0 || self.list.get(at).is_none_or(|atom| atom.token != self.list[at - 1].token)
    }

    /// The position after a phrase that stands here.
    pub(super) fn after(&self, at: usize, phrase: &str) -> Option<usize> {
        let mut next = at;
        if self.by_character {
            for c in phrase.chars().filter(|c| !c.is_whitespace()) {
                let mut buffer = [0; 4];
                (self.at(next)? == c.encode_utf8(&mut buffer)).then_some(())?;
                next += 1;
            }
        } else {
            for word in phrase.split(' ') {
                (self.at(next)? == word).then_some(())?;
                next += 1;
            }
        }
        Some(next)
    }

    /// The longest phrase of some that stands here, and the position after it.
    pub(super) fn any(&self, at: usize, phrases: &[&str]) -> Option<usize> {
        phrases.iter().filter_map(|phrase| self.after(at, phrase)).max()
    }

    /// The meaning of the longest phrase of a table that stands here, and the position after it.
    pub(super) fn meaning<T: Copy>(&self, at: usize, table: &[(&str, T)]) -> Option<(T, usize)> {
        let found = table.iter().filter_map(|(phrase, meaning)| Some((*meaning, self.after(at, phrase)?)));
        found.max_by_key(|(_, end)| *end)
    }

    /// The position after words that may stand here.
    pub(super) fn skip(&self, at: usize, phrases: &[&str]) -> usize {
        self.any(at, phrases).unwrap_or(at)
    }

    /// A figure that stands here: digits, perhaps with a point.
    pub(super) fn figure(&self, at: usize) -> Option<&str> {
        self.at(at).filter(|text| text.starts_with(|c: char| c.is_ascii_digit()))
    }

    /// A whole number in figures.
    pub(super) fn whole(&self, at: usize) -> Option<u64> {
        self.figure(at)?.parse().ok()
    }

    /// The tokens that some pieces lie in.
    pub(super) fn span(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self.list.get(start).map_or(0, |atom| atom.token);
        let last = end.checked_sub(1).and_then(|last| self.list.get(last)).map_or(first, |atom| atom.token);
        (first, last + 1)
    }
}

/// The parts of a word: "twenty-three" is two, "3pm" is two, "5th" is a figure and its ending.
fn parts(word: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for piece in word.split(['-', '/']).filter(|_| !is_date(word)).chain(is_date(word).then_some(word)) {
        let piece = piece.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '$' | '€' | '£' | '¥' | '+'));
        let letters = piece.replace('.', "");
        if letters.len() < piece.len() && letters.chars().all(char::is_alphabetic) {
            parts.push(letters);
        } else {
            parts.extend(runs(piece));
        }
    }
    parts
}

/// Single characters; figures and latin words stay whole.
fn characters(word: &str) -> Vec<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '$' | '€' | '£' | '¥' | '+'));
    let plain: String = word.chars().map(simplified).filter(|c| !"，。！？、；：".contains(*c)).collect();
    let mut pieces = Vec::new();
    for run in runs(&plain) {
        if run.starts_with(|c: char| c.is_ascii()) {
            pieces.push(run);
        } else {
            pieces.extend(run.chars().map(|c| c.to_string()));
        }
    }
    pieces
}

/// Runs of figures, of ASCII letters and of anything else. Commas between the thousands of a figure are left out.
fn runs(text: &str) -> Vec<String> {
    let kind = |c: char| match c {
        '0'..='9' | '.' | ',' | ':' | '-' => 0,
        '$' | '€' | '£' | '¥' | '+' => 1,
        _ if c.is_ascii() || c.is_alphabetic() && !is_east_asian(c) => 2,
        _ => 3,
    };
    let mut runs: Vec<(u8, String)> = Vec::new();
    for c in text.chars().take(LONGEST_WORD) {
        match runs.last_mut() {
            Some((last, run)) if *last == kind(c) || *last == 2 && !c.is_ascii_digit() && kind(c) == 0 => run.push(c),
            _ => runs.push((kind(c), c.to_string())),
        }
    }
    let plain = |(kind, run): (u8, String)| if kind == 0 { run.replace(',', "") } else { run };
    runs.into_iter().map(plain).filter(|run| !run.is_empty()).collect()
}

fn is_date(word: &str) -> bool {
    let mut parts = word.split('-');
    parts.next().is_some_and(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit())) && parts.count() == 2
}

fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// The characters of values as they are written on the mainland.
fn simplified(c: char) -> char {
    TRADITIONAL.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to)
}

const TRADITIONAL: &[(char, char)] = &[
    ('點', '点'),
    ('兩', '两'),
    ('週', '周'),
    ('號', '号'),
    ('萬', '万'),
    ('億', '亿'),
    ('後', '后'),
    ('個', '个'),
    ('塊', '块'),
    ('圓', '元'),
    ('圆', '元'),
    ('鐘', '钟'),
    ('鍾', '钟'),
    ('時', '时'),
    ('禮', '礼'),
    ('間', '间'),
    ('負', '负'),
    ('這', '这'),
    ('〇', '零'),
    ('○', '零'),
];

/// What a recogniser says for anything that it does not know.
const UNKNOWN: &str = "[unk]";
/// Words that are looked at: nobody says more in one turn.
const MOST_TOKENS: usize = 200;
/// Characters of one word.
const LONGEST_WORD: usize = 80;

#[cfg(test)]
mod tests {
    use call_model::Language;

    use super::*;

    fn cut(text: &str, language: &str) -> Vec<String> {
        let atoms = Atoms::of(text, Words::of(&Language::new(language)));
        atoms.list.into_iter().map(|atom| atom.text).collect()
    }

    #[test]
    fn words_are_cut_into_the_pieces_of_values() {
        assert_eq!(
            cut("Twenty-three, at 3pm on 2027-05-05.", "en"),
            ["twenty", "three", "at", "3", "pm", "on", "2027-05-05"]
        );
        assert_eq!(cut("$1,200.50 p.m. o'clock 5th", "en"), ["$", "1200.50", "pm", "o'clock", "5", "th"]);
        assert_eq!(cut("下週三15點，兩個", "zh"), ["下", "周", "三", "15", "点", "二", "个"]);
    }

    #[test]
    fn a_span_counts_tokens() {
        let atoms = Atoms::of("from twenty-three on", Words::of(&Language::new("en")));
        assert_eq!(atoms.span(1, 3), (1, 2));
    }
}
