//! Finding sensitive values in texts, whole: a PIN of four digits is none of a longer number.

use std::ops::Range;

use crate::language::{Speech, Words};

/// A value that no record may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Secret {
    /// Digits, however they are written or said.
    Digits(String),
    /// Any other text, as whole words.
    Text(String),
}

/// Digits that stand together in a text.
#[derive(Debug)]
struct Piece {
    at: Range<usize>,
    digits: String,
    /// Whether they were said in words: "four", 四.
    in_words: bool,
}

impl Secret {
    /// A text as a secret; `None` where it is so short that it would be found in everything.
    pub(super) fn of(text: &str) -> Option<Self> {
        if text.chars().count() < SHORTEST {
            return None;
        }
        let plain = text.strip_prefix('+').unwrap_or(text);
        let digits = plain.strip_suffix('X').unwrap_or(plain);
        if digits.len() >= SHORTEST && digits.bytes().all(|b| b.is_ascii_digit()) {
            return Some(Self::Digits(digits.to_owned()));
        }
        Some(Self::Text(text.to_owned()))
    }

    /// Where it stands in a text. `known` says which digits are another value, one that may be shown.
    pub(super) fn places(&self, text: &str, words: &Words, known: &dyn Fn(&str) -> bool) -> Vec<Range<usize>> {
        let mut places: Vec<Range<usize>> = match self {
            Self::Text(secret) => {
                let found = text.match_indices(secret.as_str()).map(|(at, _)| at..at + secret.len());
                found.filter(|place| stands_alone(text, place)).collect()
            }
            Self::Digits(secret) => {
                let pieces = pieces(text, words);
                let runs = pieces.chunk_by(|a, b| a.in_words == b.in_words && is_gap(&text[a.at.end..b.at.start]));
                runs.flat_map(|run| in_run(run, secret, text, known)).collect()
            }
        };
        let mut end = 0;
        places.retain(|place| {
            let apart = place.start >= end;
            end = end.max(place.end);
            apart
        });
        places
    }
}

/// Where digits stand in a run of pieces: as all of it; as a group of what is said in groups; as a piece that is written.
fn in_run(run: &[Piece], secret: &str, text: &str, known: &dyn Fn(&str) -> bool) -> Vec<Range<usize>> {
    let whole = joined(run);
    if whole == secret {
        return vec![span(run)];
    }
    if known(&whole) {
        return Vec::new();
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    for group in run.chunk_by(|a, b| !text[a.at.end..b.at.start].contains(COMMAS)) {
        if joined(group) == secret {
            found.push(span(group));
        } else if secret.len() >= LONG {
            found.extend(windows(group).filter(|part| joined(part) == secret).map(span));
        } else {
            found.extend(group.iter().filter(|piece| !piece.in_words && piece.digits == secret).map(|p| p.at.clone()));
        }
    }
    found
}

/// Every part of a run.
fn windows(run: &[Piece]) -> impl Iterator<Item = &[Piece]> {
    (0..run.len()).flat_map(move |from| (from + 1..=run.len()).map(move |to| &run[from..to]))
}

fn joined(run: &[Piece]) -> String {
    run.iter().map(|piece| piece.digits.as_str()).collect()
}

fn span(run: &[Piece]) -> Range<usize> {
    match (run.first(), run.last()) {
        (Some(first), Some(last)) => first.at.start..last.at.end,
        _ => 0..0,
    }
}

/// Whether the digits before and behind belong together: "one two", "1234 5678", 一二, "one two, three four".
fn is_gap(between: &str) -> bool {
    between.len() <= WIDEST_GAP && between.chars().all(|c| c.is_whitespace() || COMMAS.contains(&c))
}

/// The digits of a text, written and in the words of a language.
fn pieces(text: &str, words: &Words) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let (piece, end) = if c.is_ascii_digit() {
            written(text, at)
        } else if words.unspaced {
            said_in_characters(text, at, words)
        } else if at == 0 || !text[..at].ends_with(char::is_alphanumeric) {
            said_in_words(text, at, words)
        } else {
            (None, at)
        };
        pieces.extend(piece);
        at = if end > at { end } else { at + c.len_utf8() };
    }
    pieces
}

/// Digits in figures. Hyphens may part them; with a point or a colon they are an amount or a time, and so no string.
fn written(text: &str, at: usize) -> (Option<Piece>, usize) {
    let (mut digits, mut end, mut string) = (String::new(), at, true);
    let mut characters = text[at..].chars().peekable();
    while let Some(c) = characters.next() {
        let joins = matches!(c, '-' | '.' | ':' | '/') && characters.peek().is_some_and(char::is_ascii_digit);
        if c.is_ascii_digit() {
            digits.push(c);
        } else if joins {
            string &= c == '-';
        } else {
            break;
        }
        end += c.len_utf8();
    }
    (string.then_some(Piece { at: at..end, digits, in_words: false }), end)
}

/// Digits in a script without blanks. Within a number (一百二十) and before 年 they are no string.
fn said_in_characters(text: &str, at: usize, words: &Words) -> (Option<Piece>, usize) {
    let Speech::Myriad(table) = words.speech else { return (None, at) };
    let unit = |rest: &str| {
        let units = table.small.iter().chain(table.big).map(|(name, _)| *name).chain(table.year.iter().copied());
        units.filter(|name| rest.starts_with(name)).map(str::len).max()
    };
    let follows_unit = table.small.iter().chain(table.big).any(|(name, _)| text[..at].ends_with(name));
    let (mut digits, mut end, mut string) = (String::new(), at, !follows_unit);
    loop {
        let rest = &text[end..];
        if let Some((digit, length)) = repeated(rest, words) {
            digits.push_str(&digit);
            end += length;
        } else if let Some(length) = unit(rest).filter(|_| !digits.is_empty()) {
            string = false;
            end += length;
        } else {
            break;
        }
    }
    ((string && end > at).then_some(Piece { at: at..end, digits, in_words: true }), end)
}

/// A digit in words, and how often it was said at once: "four", "double four".
fn said_in_words(text: &str, at: usize, words: &Words) -> (Option<Piece>, usize) {
    let rest = &text[at..];
    let Some((digits, length)) = repeated(rest, words) else { return (None, at) };
    let end = at + length;
    let tail = text[end..].chars().take_while(|c| c.is_alphanumeric());
    match (words.speech, tail.map(char::len_utf8).sum::<usize>()) {
        (_, 0) => (Some(Piece { at: at..end, digits, in_words: true }), end),
        (Speech::English, tail) => (None, end + tail),
        // What hangs on a word says what it does in the sentence: 사입니다. A word may also hold several digits: 일이삼사.
        (Speech::Myriad(_), tail) => {
            let mut all = digits.clone();
            let mut next = end;
            while let Some((more, length)) = repeated(&text[next..], words).filter(|_| next < end + tail) {
                all.push_str(&more);
                next += length;
            }
            let several = next == end + tail || all.len() > 2;
            let (digits, last) = if several { (all, next) } else { (digits, end) };
            (Some(Piece { at: at..last, digits, in_words: true }), last.max(end + tail))
        }
    }
}

/// The digit at the beginning of a text, as often as it was said, and the length of its words.
fn repeated(text: &str, words: &Words) -> Option<(String, usize)> {
    let begins = |text: &str, name: &str| text.get(..name.len()).is_some_and(|part| part.eq_ignore_ascii_case(name));
    let digit = |text: &str| {
        let known = words.digits.iter().filter(|(name, _)| begins(text, name));
        known.max_by_key(|(name, _)| name.len()).map(|(name, digit)| (*digit, name.len()))
    };
    let times = words.repeats.iter().filter(|(name, _)| begins(text, name)).max_by_key(|(name, _)| name.len());
    if let Some((name, count)) = times {
        let rest = &text[name.len()..];
        let blanks = rest.len() - rest.trim_start().len();
        if let Some((digit, length)) = digit(rest.trim_start()) {
            return Some((digit.to_string().repeat(*count), name.len() + blanks + length));
        }
    }
    digit(text).map(|(digit, length)| (digit.to_string(), length))
}

/// Whether no word or number goes on beyond a place.
fn stands_alone(text: &str, place: &Range<usize>) -> bool {
    let joins = |a: Option<char>, b: Option<char>| match (a, b) {
        (Some(a), Some(b)) => {
            a.is_ascii_digit() && b.is_ascii_digit()
                || is_numeral(a) && is_numeral(b)
                || is_letter(a) && is_letter(b) && a.is_ascii_digit() == b.is_ascii_digit()
        }
        _ => false,
    };
    let (before, inside, after) = (&text[..place.start], &text[place.clone()], &text[place.end..]);
    !joins(before.chars().next_back(), inside.chars().next())
        && !joins(inside.chars().next_back(), after.chars().next())
}

/// Whether it belongs to words that are parted by blanks, and to which nothing is joined.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric()
        && !matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

fn is_numeral(c: char) -> bool {
    "零〇一二两三四五六七八九十百千万亿".contains(c)
}

/// Shorter values would be found in everything.
const SHORTEST: usize = 3;
/// So many digits are nothing else by chance.
const LONG: usize = 8;
/// What parts groups of digits.
const COMMAS: [char; 3] = [',', '，', '、'];
/// A comma of any kind and a blank, in bytes.
const WIDEST_GAP: usize = 4;

#[cfg(test)]
mod tests {
    use call_model::Language;

    use super::*;

    /// A text with `#` in place of a secret.
    fn hidden(secret: &str, text: &str, language: &str) -> String {
        hidden_beside(secret, text, language, "")
    }

    fn hidden_beside(secret: &str, text: &str, language: &str, known: &str) -> String {
        let words = Words::of(&Language::new(language));
        let places = Secret::of(secret).unwrap().places(text, words, &|digits| digits == known);
        places.iter().rev().fold(text.to_owned(), |mut text, place| {
            text.replace_range(place.clone(), "#");
            text
        })
    }

    #[test]
    fn digits_are_found_as_a_whole_number_only() {
        for other in [
            "123456",
            "91234",
            "the order 123456",
            "1234.00",
            "12:34",
            "2027-12-34",
            "1 2 3 4 5 6",
            "12 34 56",
            r#"{"order":123456,"amount":1234.5}"#,
            "one two three four five six",
            "nine one two three four",
            "one two double three four",
        ] {
            assert_eq!(hidden("1234", other, "en"), other);
        }
        for (text, shown) in [
            ("1234", "#"),
            ("pin: 1234", "pin: #"),
            ("my PIN is 1234, order 123456", "my PIN is #, order 123456"),
            ("1 2 3 4", "#"),
            ("12-34 and 12 34", "# and #"),
            ("123456 1234", "123456 #"),
            (r#"{"pin":"1234","order":123456}"#, r##"{"pin":"#","order":123456}"##),
            ("Your PIN is one two three four.", "Your PIN is #."),
            ("One two, three four. Right?", "#. Right?"),
            ("PIN one two three four, thanks", "PIN #, thanks"),
        ] {
            assert_eq!(hidden("1234", text, "en"), shown);
        }
        assert_eq!(hidden("1224", "one double two four", "en"), "#");
        assert_eq!(hidden("2027", "2027-05-05", "en"), "2027-05-05");
    }

    #[test]
    fn a_group_of_another_value_is_none() {
        let text = "one two three four, five six seven eight";
        assert_eq!(hidden_beside("1234", text, "en", "12345678"), text);
        assert_eq!(hidden("1234", text, "en"), "#, five six seven eight", "two values, side by side");
    }

    #[test]
    fn digits_are_found_in_chinese_and_korean() {
        for (text, shown) in [
            ("一 二 三 四", "#"),
            ("您的密码是一二三四。", "您的密码是#。"),
            ("幺两三四对吗", "#对吗"),
            ("密码1234，订单123456", "密码#，订单123456"),
            ("订单一 二 三 四 五 六", "订单一 二 三 四 五 六"),
            ("一千二百三十四元", "一千二百三十四元"),
            ("十一二三四", "十一二三四"),
            ("一二三四年", "一二三四年"),
        ] {
            assert_eq!(hidden("1234", text, "zh"), shown);
        }
        for (text, shown) in [
            ("일 이 삼 사", "#"),
            ("비밀번호는 일 이 삼 사입니다", "비밀번호는 #입니다"),
            ("일이삼사", "#"),
            ("일 이 삼 사 오 육", "일 이 삼 사 오 육"),
        ] {
            assert_eq!(hidden("1234", text, "ko"), shown);
        }
    }

    #[test]
    fn long_digits_are_found_among_others() {
        let card = "4111111111111111";
        assert_eq!(hidden(card, "4111 1111 1111 1111 12 27", "en"), "# 12 27");
        assert_eq!(hidden(card, "4111-1111-1111-1111", "en"), "#");
        assert_eq!(hidden("11010519491231002X", "幺 幺 零 幺 零 五，幺 九 四 九 幺 二 三 幺，零 零 二 X", "zh"), "# X");
        assert_eq!(hidden("+8613800138000", "加 八 六，幺 三 八，零 零 幺 三，八 零 零 零", "zh"), "加 #");
    }

    #[test]
    fn other_values_are_found_as_whole_words() {
        assert_eq!(hidden("gold", "the gold plan, golden days", "en"), "the # plan, golden days");
        assert_eq!(hidden("42 dollars", "142 dollars or 42 dollars", "en"), "142 dollars or #");
        assert_eq!(hidden("二百元", "一千二百元", "zh"), "一千二百元");
        assert_eq!(hidden("黄金卡", "您的黄金卡", "zh"), "您的#");
        assert!(Secret::of("12").is_none());
    }

    proptest::proptest! {
        #[test]
        fn a_longer_number_never_shows_what_is_secret(secret in "[0-9]{4}", before in "[0-9]{0,3}", after in "[0-9]{1,3}") {
            for language in ["en", "zh", "ko"] {
                let words = Words::of(&Language::new(language));
                let other = format!("{before}{secret}{after}");
                proptest::prop_assert_eq!(hidden(&secret, &other, language), other.clone());
                let spelt = words.spell(&other);
                proptest::prop_assert_eq!(hidden_beside(&secret, &spelt, language, &other), spelt);
                proptest::prop_assert_eq!(hidden(&secret, &words.spell(&secret), language), "#");
            }
        }

        #[test]
        fn any_text_is_survived(text in "([a-z0-9 ,.:-]|one |double |一|百|年|双|个|일|이다|é){0,30}", secret in "[0-9]{3,9}") {
            for language in ["en", "zh", "ko"] {
                hidden(&secret, &text, language);
            }
        }
    }
}
