//! Text as it is spoken: figures become words in the listener's language.
//!
//! One part finds what a figure means (an amount of money, a date, a number to be read digit by digit) without
//! knowing a language; another says it in English or Mandarin. Text in another language is left as it is: the engine reads
//! its figures by its own rules.

mod chinese;
mod cursor;
mod english;
mod figure;

use call_model::Language;

/// Turns every figure of a text into words of `language`; everything else stays as it is.
///
/// What is read digit by digit: figures that begin with `+` or a superfluous 0, figures of seven digits and more, digits
/// set apart by spaces (`1 2 3`), and groups joined by hyphens (`555-0123`). Anything else is a number, an amount of
/// money, a percentage, an ordinal, a date (`2026-11-24`), a time of day (`14:30`, `9 am`) or a range (`3-5`).
pub fn speakable(text: &str, language: &Language) -> String {
    match Tongue::of(language) {
        Some(tongue) => tongue.replace(text),
        None => text.to_owned(),
    }
}

/// A number said as a count: `205` is "two hundred five", "二百零五".
pub fn number(value: u64, language: &Language) -> String {
    match Tongue::of(language) {
        Some(Tongue::English) => english::cardinal(value),
        Some(Tongue::Chinese) => chinese::cardinal(value),
        None => value.to_string(),
    }
}

/// Digits said one by one, in groups that can be written down: `5550123` is "five five five, zero one two three".
/// Characters that are no digits are left out.
pub fn digits(digits: &str, language: &Language) -> String {
    let only: String = digits.chars().filter(char::is_ascii_digit).collect();
    let groups = [only];
    match Tongue::of(language) {
        Some(Tongue::English) => english::digits(&groups, false),
        Some(Tongue::Chinese) => chinese::digits(&groups, false),
        None => groups.concat().chars().flat_map(|digit| [digit, ' ']).collect::<String>().trim_end().to_owned(),
    }
}

/// The languages whose figures we say ourselves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tongue {
    English,
    Chinese,
}

impl Tongue {
    fn of(language: &Language) -> Option<Self> {
        let tag = language.as_str().to_ascii_lowercase();
        match tag.split(['-', '_']).next() {
            Some("en") => Some(Self::English),
            Some("zh" | "cmn") => Some(Self::Chinese),
            _ => None,
        }
    }

    fn replace(self, text: &str) -> String {
        let text = plain_digits(text);
        let mut spoken = String::with_capacity(text.len() + text.len() / 2);
        let mut rest = text.as_str();
        while let Some(c) = rest.chars().next() {
            let before = text[..text.len() - rest.len()].chars().next_back();
            if let Some((length, figure)) = figure::find(before, rest) {
                let after = &rest[length..];
                let words = match self {
                    Self::English => english::say(&figure),
                    Self::Chinese => chinese::say(&figure, before, after),
                };
                self.join(&mut spoken, &words, after);
                rest = after;
                continue;
            }
            // What looked like a figure and is none (an address, a version) is left whole.
            let length = figure::unread(before, rest).unwrap_or(c.len_utf8());
            match (self, &rest[..length]) {
                (Self::English, "&") => self.join(&mut spoken, "and", &rest[length..]),
                (Self::English, "#") if rest[length..].starts_with(|c: char| c.is_ascii_digit()) => {
                    self.join(&mut spoken, "number", &rest[length..]);
                }
                (_, other) => spoken.push_str(other),
            }
            rest = &rest[length..];
        }
        spoken
    }

    /// Adds words, set apart from letters and digits on both sides where the language sets words apart.
    fn join(self, spoken: &mut String, words: &str, after: &str) {
        let touches = |c: char| c.is_alphanumeric();
        if self == Self::English && spoken.ends_with(touches) {
            spoken.push(' ');
        }
        spoken.push_str(words);
        if self == Self::English && after.starts_with(touches) {
            spoken.push(' ');
        }
    }
}

/// Full-width digits and signs as plain ones.
fn plain_digits(text: &str) -> String {
    let plain = |c: char| match c {
        '０'..='９' => char::from(b'0' + (c as u32 - '０' as u32) as u8),
        '％' => '%',
        '￥' => '¥',
        '−' => '-',
        other => other,
    };
    text.chars().map(plain).collect()
}

/// Cuts a long string of digits into groups of `size`; a last group of one joins the one before.
fn in_groups(digits: &str, size: usize) -> Vec<String> {
    let all: Vec<char> = digits.chars().collect();
    let mut groups: Vec<String> = all.chunks(size).map(|group| group.iter().collect()).collect();
    if groups.len() > 1 && groups.last().is_some_and(|last| last.len() == 1) {
        let last = groups.pop().unwrap_or_default();
        if let Some(previous) = groups.last_mut() {
            previous.push_str(&last);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn en(text: &str) -> String {
        speakable(text, &Language::new("en-US"))
    }

    fn zh(text: &str) -> String {
        speakable(text, &Language::new("zh"))
    }

    #[test]
    fn an_english_prompt_is_ready_to_be_read_aloud() {
        let cases = [
            ("You owe $42.50.", "You owe forty-two dollars and fifty cents."),
            ("You owe 42.50.", "You owe forty-two point five zero."),
            ("That is 42.50 dollars", "That is forty-two dollars and fifty cents"),
            (
                "It is 1 dollar, $1.01, USD 3 or 7 EUR",
                "It is one dollar, one dollar and one cent, three dollars or seven euros",
            ),
            ("€0.05 or £2.10", "five cents or two pounds and ten pence"),
            ("$1,234,567", "one million two hundred thirty-four thousand five hundred sixty-seven dollars"),
            ("Account 1 2 3.", "Account one two three."),
            ("Account 007", "Account zero zero seven"),
            ("Call 555-0123 now", "Call five five five, zero one two three now"),
            ("Call +1 415 555 0123", "Call plus one, four one five, five five five, zero one two three"),
            ("Ticket 12345678", "Ticket one two three, four five six, seven eight"),
            ("on 2026-11-24 at 14:30", "on November twenty-fourth, twenty twenty-six at two thirty PM"),
            ("from 9 am or 9:05 p.m.", "from nine AM or nine oh five PM."),
            ("at 12:00 and 00:00 and 09:00", "at noon and midnight and nine AM"),
            ("the 1st, 22nd and 100th", "the first, twenty-second and one hundredth"),
            (
                "3-5 minutes, 12.5% off, -3 degrees",
                "three to five minutes, twelve point five percent off, minus three degrees",
            ),
            ("press 1, 2 or 3", "press one, two or three"),
            ("5kg & #7", "five kg and number seven"),
            ("no figures here", "no figures here"),
            ("version 10.0.0.1, A320, B2B, 1/2", "version 10.0.0.1, A320, B2B, 1/2"),
            ("2026-13-45", "two zero two six, one three, four five"),
        ];
        for (written, spoken) in cases {
            assert_eq!(en(written), spoken, "{written}");
        }
    }

    #[test]
    fn a_chinese_prompt_is_ready_to_be_read_aloud() {
        let cases = [
            ("您欠款¥42.50。", "您欠款四十二元五角。"),
            ("共42.05元", "共四十二元零五分"),
            ("共2元，或0.5元", "共两元，或五角"),
            ("共$42.50", "共四十二点五美元"),
            ("账号1 2 3", "账号幺二三"),
            ("请拨打13800138000", "请拨打幺三八，零零幺三，八零零零"),
            ("2026-11-24 14:30", "二零二六年十一月二十四日 下午两点三十分"),
            ("2026年2月2日", "二零二六年二月二日"),
            ("前面有2位客户，第2位", "前面有两位客户，第二位"),
            ("等2分钟或12个", "等两分钟或十二个"),
            ("12.5%", "百分之十二点五"),
            ("-3度", "零下三度"),
            ("3-5天", "三到五天"),
            ("按２号键", "按二号键"),
            ("没有数字", "没有数字"),
        ];
        for (written, spoken) in cases {
            assert_eq!(zh(written), spoken, "{written}");
        }
    }

    #[test]
    fn a_language_that_we_do_not_know_is_left_to_the_engine() {
        let german = Language::new("de");
        assert_eq!(speakable("42,50 Euro", &german), "42,50 Euro");
        assert_eq!(number(42, &german), "42");
        assert_eq!(digits("42", &german), "4 2");
    }

    #[test]
    fn numbers_and_digits_can_be_asked_for() {
        let (en, zh) = (Language::new("en"), Language::new("zh-CN"));
        assert_eq!(number(205, &en), "two hundred five");
        assert_eq!(number(205, &zh), "二百零五");
        assert_eq!(digits("123", &en), "one two three");
        assert_eq!(digits("1-2", &zh), "幺二");
        assert_eq!(digits("", &en), "");
    }

    proptest! {
        #[test]
        fn any_text_can_be_spoken(text in ".{0,80}") {
            en(&text);
            zh(&text);
        }

        #[test]
        fn figures_leave_no_digit_behind(parts in proptest::collection::vec("(\\$|€|-|\\+)?[0-9]{1,22}(\\.[0-9]{1,3})?%?", 0..6)) {
            let text = parts.join(" and ");
            prop_assert!(!en(&text).contains(|c: char| c.is_ascii_digit()), "{text} -> {}", en(&text));
            prop_assert!(!zh(&text).contains(|c: char| c.is_ascii_digit()), "{text} -> {}", zh(&text));
        }

        #[test]
        fn every_number_has_its_own_words(a in any::<u64>(), b in any::<u64>()) {
            for tag in ["en", "zh"] {
                let language = Language::new(tag);
                prop_assert_eq!(a == b, number(a, &language) == number(b, &language));
            }
        }
    }
}
