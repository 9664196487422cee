//! What the dialogue itself says and understands, language by language: a person, yes and no, digits, asking back.

mod around;
mod chinese;
mod english;
mod keyed;
mod korean;
mod myriad;

use std::sync::Arc;

use call_model::Language;

use chinese::CHINESE;
use english::ENGLISH;
use korean::KOREAN;

pub(crate) use keyed::{DateOrder, KeyedDates};
pub(crate) use myriad::{Myriad, Told};

/// The words of one language.
#[derive(Debug)]
pub(crate) struct Words {
    /// The primary subtag of the language.
    tag: &'static str,
    /// Whether words are written without blanks between them.
    pub(crate) unspaced: bool,
    /// What hangs on words that are written as one with it, where it is a single letter: Korean endings and units. Words
    /// that the recogniser does not know are cut before these, and between known words; where there are none, nowhere.
    pub(crate) hanging: &'static [&'static str],
    /// Words (single characters where words are not parted) that are in many sentences and mean little by themselves.
    pub(crate) little: &'static [&'static str],
    /// What asks for a person, at any time.
    pub(crate) person: &'static [&'static str],
    /// A person, as we call one: "Did you mean a person?".
    pub(crate) person_label: &'static str,
    /// What agrees.
    pub(crate) yes: &'static [&'static str],
    /// What disagrees.
    pub(crate) no: &'static [&'static str],
    /// The words of the digits.
    pub(crate) digits: &'static [(&'static str, char)],
    /// Words of digits that are only said within a string.
    pub(crate) in_strings: &'static [&'static str],
    /// Words that repeat the digit after them; those that do so once are no digit by themselves (一个).
    pub(crate) repeats: &'static [(&'static str, usize)],
    /// How a digit is read out, 0 to 9.
    pub(crate) spelt: [&'static str; 10],
    /// What stands between digits that are read out.
    pub(crate) between_digits: &'static str,
    /// What stands between groups of digits that are read out.
    pub(crate) between_groups: &'static str,
    /// How the digit 1 is read out in telephone and card numbers.
    pub(crate) one_of_lines: &'static str,
    /// "Did you mean {}?"
    pub(crate) did_you_mean: (&'static str, &'static str),
    /// "Did you say {}?"
    pub(crate) did_you_say: (&'static str, &'static str),
    /// What is said when a value was refused by the caller.
    pub(crate) sorry: &'static str,
    /// How a yes-or-no question is answered.
    pub(crate) yes_no_hint: &'static str,
    /// What is said when nothing came.
    pub(crate) not_heard: &'static str,
    /// What is said when nothing was understood.
    pub(crate) not_understood: &'static str,
    /// What is said before only keys count.
    pub(crate) use_keys: &'static str,
    /// The name of the main unit and of its hundredth part, one and many.
    pub(crate) money: [&'static str; 4],
    /// What stands between the main unit and the hundredths.
    pub(crate) money_joint: &'static str,
    /// The currency of amounts, by its ISO 4217 code.
    pub(crate) currency: &'static str,
    /// How values are said.
    pub(crate) speech: Speech,
    /// What may stand between a day and a time.
    pub(crate) between_day_and_time: &'static [&'static str],
    /// What stands before a country's code.
    pub(crate) plus: &'static [&'static str],
    /// The letter at the end of an identity card's number.
    pub(crate) letter_x: &'static [&'static str],
    /// Words of numbers that are said within strings of digits.
    pub(crate) in_numbers: &'static [&'static str],
    /// What stands around values in a sentence.
    pub(crate) around: around::Around,
    /// What is said when a value cannot be taken.
    pub(crate) refusals: Refusals,
}

/// How a language says values.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Speech {
    /// As in English.
    English,
    /// By ten thousands, the larger unit first.
    Myriad(&'static Myriad),
}

/// Why a value cannot be taken; `{given}`, `{wanted}`, `{min}`, `{max}` and `{limit}` are filled in.
#[derive(Debug)]
pub(crate) struct Refusals {
    /// Another number of digits than the one that is wanted.
    pub(crate) exact_length: &'static str,
    /// Another number of digits than any that is wanted.
    pub(crate) length: &'static str,
    /// A digit is wrong.
    pub(crate) misheard: &'static str,
    pub(crate) too_small: &'static str,
    pub(crate) too_large: &'static str,
    /// The day is over.
    pub(crate) over: &'static str,
    /// The day is to come.
    pub(crate) to_come: &'static str,
    pub(crate) no_phone: &'static str,
    pub(crate) no_card: &'static str,
    pub(crate) no_day: &'static str,
    pub(crate) no_time: &'static str,
}

impl Words {
    /// The same words with another currency, by its ISO 4217 code.
    pub(crate) fn in_currency(&self, code: &str) -> Option<&'static Self> {
        let all = Self::all(self.tag)?;
        all.iter().find(|words| words.currency == code)
    }

    /// The codes of the currencies that a language has words for.
    pub(crate) fn currencies(&self) -> Vec<&'static str> {
        Self::all(self.tag).unwrap_or_default().iter().map(|words| words.currency).collect()
    }

    /// Words of digits that are only said within a string, and are easily heard in others, each with the ordinary one.
    pub(crate) fn synonyms(&self) -> Arc<[(String, String)]> {
        let digit = |word: &str| self.digits.iter().find(|(name, _)| *name == word).map(|(_, digit)| *digit);
        let ordinary = |word: &str| {
            let mut same = self.digits.iter().filter(|(name, of)| Some(*of) == digit(word) && *name != word);
            same.find(|(name, _)| !self.in_strings.contains(name)).map(|(name, _)| (*name).to_owned())
        };
        self.in_strings.iter().filter_map(|word| Some(((*word).to_owned(), ordinary(word)?))).collect()
    }

    fn all(tag: &str) -> Option<&'static [Self]> {
        [ENGLISH, CHINESE, KOREAN].into_iter().find(|all| all.iter().any(|words| words.tag.eq_ignore_ascii_case(tag)))
    }

    /// The words of a language; English for one that has no table.
    pub(crate) fn of(language: &Language) -> &'static Self {
        Self::known(language).unwrap_or(&ENGLISH[0])
    }

    /// The words of a language that has a table.
    pub(crate) fn known(language: &Language) -> Option<&'static Self> {
        let tag = language.as_str().split(['-', '_']).next().unwrap_or_default();
        Self::all(tag)?.first()
    }

    /// The primary subtag of the language.
    pub(crate) fn tag(&self) -> &'static str {
        self.tag
    }

    /// Whether values are looked for character by character: words are not parted, or hang together.
    pub(crate) fn by_character(&self) -> bool {
        matches!(self.speech, Speech::Myriad(_))
    }

    /// Whether a number was said as an amount, with its units, rather than digit by digit: 三千二, "two hundred".
    pub(crate) fn says_amount(&self, said: &[String]) -> bool {
        match self.speech {
            Speech::English => said.iter().any(|word| matches!(word.as_str(), "hundred" | "thousand" | "million")),
            Speech::Myriad(table) => {
                let mut units = table.small.iter().chain(table.big);
                units.any(|(unit, _)| said.iter().any(|word| word.contains(unit)))
            }
        }
    }

    /// "Did you mean ...?"
    pub(crate) fn ask_back(&self, label: &str) -> String {
        format!("{}{label}{}", self.did_you_mean.0, self.did_you_mean.1)
    }

    /// "Did you say ...?"
    pub(crate) fn read_back(&self, value: &str) -> String {
        format!("{}{value}{}", self.did_you_say.0, self.did_you_say.1)
    }
}

/// The languages that have a table.
pub(crate) const SPOKEN: &[&str] = &["en", "zh", "ko"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regional_tag_finds_its_language() {
        assert_eq!(Words::of(&Language::new("zh-CN")).tag, "zh");
        assert!(Words::known(&Language::new("fr")).is_none());
    }
}
