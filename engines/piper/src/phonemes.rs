//! From clauses to the numbers that a voice's network takes.

use std::collections::BTreeMap;

/// Words up to a punctuation mark, and the mark that the voice knows for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    pub words: String,
    pub mark: char,
}

/// Cuts a sentence at its punctuation. Marks inside words and figures (`o'clock`, `42.50`) cut nothing; a sentence
/// without a mark at its end gets a full stop, as the voice falls silent too early otherwise.
pub(crate) fn clauses(sentence: &str) -> Vec<Clause> {
    let mut found: Vec<Clause> = Vec::new();
    let mut words = String::new();
    let mut rest = sentence.chars().peekable();
    while let Some(c) = rest.next() {
        let wide = !c.is_ascii() || c == '(';
        let ends = mark(c).filter(|_| wide || rest.peek().is_none_or(|next| !next.is_alphanumeric()));
        match ends {
            Some(mark) if words.chars().any(char::is_alphanumeric) => {
                found.push(Clause { words: one_line(&words), mark });
                words.clear();
            }
            Some(mark) => {
                // "?!" and the like: the stronger mark stays.
                if let Some(last) = found.last_mut()
                    && matches!(mark, '?' | '!')
                {
                    last.mark = mark;
                }
                words.clear();
            }
            None => words.push(c),
        }
    }
    if words.chars().any(char::is_alphanumeric) {
        found.push(Clause { words: one_line(&words), mark: '.' });
    } else if let Some(last) = found.last_mut().filter(|last| matches!(last.mark, ',' | ';' | ':')) {
        last.mark = '.';
    }
    found
}

/// The mark that voices know for a character that ends a clause.
fn mark(c: char) -> Option<char> {
    Some(match c {
        '.' | '。' | '…' => '.',
        '?' | '？' => '?',
        '!' | '！' => '!',
        ',' | '，' | '、' | '—' | '–' | '(' | ')' | '（' | '）' => ',',
        ';' | '；' => ';',
        ':' | '：' => ':',
        _ => return None,
    })
}

/// White space and control characters become single spaces: the phoneme program takes a line for a clause.
fn one_line(words: &str) -> String {
    let spaced: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    // Double brackets are orders to the program.
    let plain = spaced.replace("[[", "[ [").replace("]]", "] ]");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The numbers of a sentence: beginning, every phoneme with the pause mark after it, end.
///
/// `spoken` holds the phonemes of each clause. What the voice has no number for is left out.
pub(crate) fn numbers(clauses: &[Clause], spoken: &[String], map: &BTreeMap<String, Vec<i64>>) -> Vec<i64> {
    let mut phonemes = String::new();
    for (clause, spoken) in clauses.iter().zip(spoken) {
        if !phonemes.is_empty() {
            phonemes.push(' ');
        }
        phonemes.push_str(&without_language_marks(spoken));
        phonemes.push(clause.mark);
    }
    let number = |phoneme: &str| map.get(phoneme).map(Vec::as_slice).unwrap_or_default();
    let pause = number("_");
    let mut numbers = number("^").to_vec();
    numbers.extend(pause);
    for phoneme in phonemes.chars().flat_map(|c| parted(c, map)) {
        let own = number(phoneme.encode_utf8(&mut [0; 4]));
        if !own.is_empty() {
            numbers.extend(own);
            numbers.extend(pause);
        }
    }
    numbers.extend(number("$"));
    numbers
}

/// `(fr)` and the like, with which the program tells that it changed the language for a word.
fn without_language_marks(spoken: &str) -> String {
    let mut kept = String::with_capacity(spoken.len());
    let mut depth = 0_u32;
    for c in spoken.trim().chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '\n' | '\r' if depth == 0 => kept.push(' '),
            c if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

/// A character as the voice writes it: letters with a mark are parted where the voice has no number for the whole.
fn parted(c: char, map: &BTreeMap<String, Vec<i64>>) -> impl Iterator<Item = char> {
    const PARTS: [(char, [char; 2]); 8] = [
        ('ç', ['c', '\u{327}']),
        ('ã', ['a', '\u{303}']),
        ('ẽ', ['e', '\u{303}']),
        ('ĩ', ['i', '\u{303}']),
        ('õ', ['o', '\u{303}']),
        ('ũ', ['u', '\u{303}']),
        ('á', ['a', '\u{301}']),
        ('é', ['e', '\u{301}']),
    ];
    let known = map.contains_key(c.encode_utf8(&mut [0; 4]) as &str);
    let parts = PARTS.iter().find(|(whole, _)| *whole == c).filter(|_| !known).map(|(_, parts)| *parts);
    let (first, second) = parts.map_or((c, None), |[first, second]| (first, Some(second)));
    std::iter::once(first).chain(second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Settings, tests::JSON};

    fn cut(sentence: &str) -> Vec<(String, char)> {
        clauses(sentence).into_iter().map(|clause| (clause.words, clause.mark)).collect()
    }

    fn of(pairs: &[(&str, char)]) -> Vec<(String, char)> {
        pairs.iter().map(|(words, mark)| ((*words).to_owned(), *mark)).collect()
    }

    #[test]
    fn a_sentence_is_cut_at_its_punctuation() {
        assert_eq!(cut("Hello, is it 42.50?"), of(&[("Hello", ','), ("is it 42.50", '?')]));
        assert_eq!(cut("North Wind"), of(&[("North Wind", '.')]));
        assert_eq!(cut("What?! Now, "), of(&[("What", '!'), ("Now", '.')]));
        assert_eq!(cut("您好，请讲。"), of(&[("您好", ','), ("请讲", '.')]));
        assert_eq!(cut("(one) two"), of(&[("one", ','), ("two", '.')]));
        assert_eq!(cut(" ... "), of(&[]));
    }

    #[test]
    fn a_clause_is_one_line_without_orders_to_the_program() {
        assert_eq!(cut("one\ntwo\u{7}  three"), of(&[("one two three", '.')]));
        assert_eq!(cut("[[abc]]"), of(&[("[ [abc] ]", '.')]));
    }

    #[test]
    fn numbers_begin_end_and_have_pauses_as_the_voice_was_taught() {
        let map = serde_json::from_str::<Settings>(JSON).unwrap().phoneme_id_map;
        let clauses = clauses("x, y?");
        let spoken = ["a(fr)b(en)".to_owned(), " ˈaX\n".to_owned()];
        let numbers = numbers(&clauses, &spoken, &map);
        assert_eq!(numbers, [1, 0, 14, 0, 15, 0, 8, 0, 3, 0, 120, 0, 14, 0, 13, 0, 2]);
    }

    #[test]
    fn a_letter_with_a_mark_is_parted_for_voices_that_know_only_the_parts() {
        let map = serde_json::from_str::<Settings>(JSON).unwrap().phoneme_id_map;
        assert_eq!(parted('ç', &map).collect::<String>(), "c\u{327}");
        assert_eq!(parted('a', &map).collect::<String>(), "a");
    }
}
