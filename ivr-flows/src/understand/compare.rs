//! How much of a phrase is in what was heard.
//!
//! A recogniser with a grammar hears its own words in anything: a sentence around a phrase comes out as `[unk]`, or as
//! scattered words of other phrases. So a long phrase that is there as a whole means much, whatever is around it; a
//! phrase of one word means little unless it stands nearly alone; and small words ("i want to") mean little at all.

use call_model::{Certainty, Heard, HeardWord};

use super::certainty::{Calibration, DOUBT, Lines, weigh, weigh_by};
use crate::language::Words;
use crate::text::tokens;

/// How a phrase compares with what was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Match {
    /// How much speaks for the phrase, 0 to 100.
    pub(super) strength: u8,
    /// The heard words that the phrase lies in, as a whole.
    pub(super) span: Option<(usize, usize)>,
    /// The engine's confidence in it, in hundredths.
    pub(super) confidence: u8,
    /// The same in the least certain of its words that say much.
    pub(super) least: u8,
    /// How long it is, where it was heard as a whole.
    pub(super) length: Length,
    /// Whether it stands among other words.
    pub(super) among_words: bool,
    /// Whether one of its little words lasts longer than anybody draws it.
    pub(super) is_drawn: bool,
    /// The share of the time that is not the phrase's, in thousandths.
    pub(super) around: u32,
}

/// What a choice is to the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It answers it.
    Answer,
    /// It asks for a person instead.
    Person,
    /// It is said in the middle of any question: "repeat that".
    Courtesy,
}

/// How long a phrase is. The shorter, the more is there in which it can be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Length {
    /// A word, or little ones.
    Word,
    /// A word with little ones: "my bill".
    Short,
    /// Two words.
    Pair,
    /// More.
    #[default]
    Long,
}

impl Match {
    /// Our certainty of the phrase where this much of its strength is lost, by the lines of a listening.
    pub(super) fn certainty(&self, lost: u8, lines: &Lines) -> Certainty {
        let line = if self.span.is_some() { lines.whole_phrase } else { lines.some_words };
        line.certainty(self.strength.saturating_sub(lost))
    }

    /// Our certainty of a short phrase that was heard among other words, or not at all, and was then listened for by itself:
    /// it is heard in much that was not said, but rarely twice with full confidence. `None` for all other phrases.
    pub(super) fn heard_twice(&self, again: &Self) -> Option<Certainty> {
        let doubtful = self.length == Length::Short && self.among_words;
        if doubtful && again.span.is_none() {
            return Some(0);
        }
        match (again.length, self.span) {
            (Length::Short, _) if again.is_drawn => Some(Calibration::HEARD_DRAWN.certainty(again.confidence)),
            (Length::Short, Some(_)) if doubtful => {
                Some(Calibration::HEARD_TWICE.certainty(self.confidence.midpoint(again.confidence)))
            }
            (Length::Short, None) => Some(Calibration::HEARD_LATE.certainty(again.confidence)),
            (Length::Pair, None) if again.among_words => Some(Calibration::OF_TWO_LATE.certainty(again.least)),
            _ => None,
        }
    }

    /// The most that we can be certain of a phrase, however well all else fits, by the confidence in it: a few words are heard
    /// in much that was not said, and so is whatever does not answer the question.
    pub(super) fn most(&self, role: Role) -> Certainty {
        let mostly_else = self.around > MOSTLY_ELSE;
        let line = match (role, self.length) {
            _ if self.span.is_none() => return 100,
            (Role::Courtesy, Length::Word | Length::Short) if mostly_else => return 0,
            (Role::Person, Length::Long) if !self.among_words => Calibration::UNEXPECTED_LONG,
            (Role::Person, Length::Word) if self.among_words => return ASKED_BACK,
            (Role::Person, _) | (Role::Courtesy, Length::Word) => Calibration::UNEXPECTED,
            (_, Length::Short) if !self.among_words => Calibration::SHORT,
            (_, Length::Pair) if self.among_words => return Calibration::OF_TWO.certainty(self.least),
            (_, Length::Long) => return Calibration::OF_MANY.certainty(self.least),
            (_, Length::Word | Length::Short | Length::Pair) => return 100,
        };
        line.certainty(self.confidence)
    }

    /// Whether another match is a part of this one: "bill" in "dispute my bill".
    pub(super) fn covers(&self, other: &Match) -> bool {
        let (Some((a, b)), Some((c, d))) = (self.span, other.span) else { return false };
        a <= c && d <= b && b - a > d - c
    }
}

/// What was heard, ready to be compared.
#[derive(Debug)]
pub(super) struct HeardWords {
    heard: Vec<Token>,
    words: &'static Words,
}

#[derive(Debug)]
struct Token {
    /// `None` is `[unk]`.
    word: Option<String>,
    confidence: f32,
    /// Its length; 1 for every word where the recogniser gives no times.
    ms: u32,
}

/// What is lost by what is around a phrase that is there as a whole.
struct Loss {
    /// With anything around it.
    contained: u32,
    /// Times the share of the time that is not the phrase's.
    around: u32,
    /// For each known word around it.
    foreign: u32,
    /// With no confidence of the engine at all, in thousandths of what is left.
    doubt: u32,
}

impl HeardWords {
    pub(super) fn of(heard: &Heard, words: &'static Words) -> Self {
        if heard.words.is_empty() {
            return Self::taken(heard.text.split_whitespace().map(|word| (word, 1.0, 1)), words);
        }
        Self::of_words(&heard.words, words)
    }

    /// Words with their times and confidences.
    pub(super) fn of_words(heard: &[HeardWord], words: &'static Words) -> Self {
        let timed = heard.iter().any(|word| word.end_ms > word.start_ms);
        let ms = |word: &HeardWord| {
            if timed { word.end_ms.saturating_sub(word.start_ms).min(LONGEST_MS) } else { 1 }
        };
        Self::taken(heard.iter().map(|word| (word.word.as_str(), word.confidence, ms(word))), words)
    }

    fn taken<'h>(taken: impl Iterator<Item = (&'h str, f32, u32)>, words: &'static Words) -> Self {
        let mut tokens_heard = Vec::new();
        for (word, confidence, ms) in taken.take(MOST_WORDS) {
            if word == UNKNOWN {
                tokens_heard.push(Token { word: None, confidence, ms });
                continue;
            }
            let parts = tokens(&word.to_lowercase());
            let share = ms / u32::try_from(parts.len().max(1)).unwrap_or(1);
            tokens_heard.extend(parts.into_iter().map(|part| Token { word: Some(part), confidence, ms: share }));
        }
        Self { heard: tokens_heard, words }
    }

    /// Words without times and confidences.
    pub(super) fn of_text(text: &str, words: &'static Words) -> Self {
        let word = |word: String| Token { word: Some(word), confidence: 1.0, ms: 1 };
        let spoken = text.split_whitespace().filter(|word| *word != UNKNOWN).flat_map(tokens);
        Self { heard: spoken.take(MOST_WORDS).map(word).collect(), words }
    }

    /// Compares a phrase.
    pub(super) fn compare(&self, phrase: &[String]) -> Match {
        if phrase.is_empty() || self.heard.is_empty() {
            return Match::default();
        }
        if let Some((lost, start)) = self.place_of(phrase) {
            return self.whole(start, phrase.len(), lost);
        }
        let rest = self.without_first_little_word(phrase);
        match rest.and_then(|rest| Some((self.place_of(rest)?, rest.len()))) {
            Some(((lost, start), count)) => self.whole(start, count, lost),
            None => self.partial(phrase),
        }
    }

    /// Where a phrase was heard most exactly, behind what is lost by inexact words.
    fn place_of(&self, phrase: &[String]) -> Option<(u32, usize)> {
        let inexact = |window: &[Token]| -> Option<u32> {
            window
                .iter()
                .zip(phrase)
                .try_fold(0, |lost, (token, wanted)| Some(lost + likeness(token.word.as_deref()?, wanted)?))
        };
        self.heard.windows(phrase.len()).enumerate().filter_map(|(at, window)| Some((inexact(window)?, at))).min()
    }

    /// A phrase that begins with a little word, without it: "new pin code". It must still say enough.
    fn without_first_little_word<'p>(&self, phrase: &'p [String]) -> Option<&'p [String]> {
        let (first, rest) = phrase.split_first()?;
        let left = rest.iter().filter(|word| self.weight(word) == WEIGHT).count();
        (!self.words.unspaced && self.weight(first) < WEIGHT && left > 1).then_some(rest)
    }

    /// The phrase was heard as a whole; what is around it takes from the certainty.
    fn whole(&self, start: usize, count: usize, inexact: u32) -> Match {
        let end = start + count;
        let inside = &self.heard[start..end];
        let confidence = mean(inside.iter());
        let weight: u32 = inside.iter().filter_map(|token| token.word.as_deref()).map(|word| self.weight(word)).sum();
        let (length, loss) = match weight / if self.words.unspaced { 2 } else { 1 } {
            0..=3 => (Length::Word, WORD),
            4..=5 => (Length::Short, LESSER),
            6 => (Length::Pair, PAIR),
            _ => (Length::Long, PHRASE),
        };
        let there = Match {
            span: Some((start, end)),
            confidence: weigh_by(100, confidence, 1000),
            least: weigh_by(100, self.least_certain(inside), 1000),
            length,
            is_drawn: inside.iter().any(|token| !self.says_much(token) && token.ms > LITTLE_WORD_MS),
            ..Match::default()
        };
        if self.heard.len() == count {
            return Match { strength: weigh_by(100u32.saturating_sub(inexact), confidence, loss.doubt), ..there };
        }
        let around = 1000 - share(inside.iter(), &self.heard);
        let outside = self.heard[..start].iter().chain(&self.heard[end..]);
        let foreign =
            self.foreign(outside.filter_map(|token| token.word.as_deref()).map(|word| self.weight(word)).sum());
        let lost = loss.around * around / 1000 + loss.foreign * foreign + inexact;
        let strength = weigh_by(loss.contained.saturating_sub(lost), confidence, loss.doubt);
        Match { strength, among_words: true, around, ..there }
    }

    /// The confidence in the less certain of two words that say much; where there is one, in the least of all.
    fn least_certain(&self, phrase: &[Token]) -> f32 {
        let one = phrase.iter().filter(|token| self.says_much(token)).count() < 2;
        let telling = phrase.iter().filter(|token| one || self.says_much(token));
        telling.map(|token| token.confidence).fold(1.0, f32::min)
    }

    fn says_much(&self, token: &Token) -> bool {
        token.word.as_deref().is_some_and(|word| self.weight(word) == WEIGHT)
    }

    /// Some words of the phrase were heard, in their order.
    fn partial(&self, phrase: &[String]) -> Match {
        let known: Vec<&Token> = self.heard.iter().filter(|token| token.word.is_some()).collect();
        let common = self.longest_common(&known, phrase);
        if common == 0 {
            return Match::default();
        }
        let whole: u32 = phrase.iter().map(|word| self.weight(word)).sum();
        let unknown = share(self.heard.iter().filter(|token| token.word.is_none()), &self.heard);
        let heard: u32 = known.iter().filter_map(|token| token.word.as_deref()).map(|word| self.weight(word)).sum();
        let foreign = self.foreign(heard.saturating_sub(common));
        // One word of a phrase is no more than a word by itself.
        let loss = if common <= WEIGHT { WORD } else { PARTLY };
        let lost = loss.around * unknown / 1000 + loss.foreign * foreign;
        let strength = (PARTLY.contained * common / whole.max(1)).saturating_sub(lost);
        Match { strength: weigh(strength, mean(known.into_iter())), ..Match::default() }
    }

    /// The weight of the words that two lists have in common in the same order.
    fn longest_common(&self, heard: &[&Token], phrase: &[String]) -> u32 {
        let mut last = vec![0u32; phrase.len() + 1];
        for token in heard {
            let mut row = last.clone();
            for (index, wanted) in phrase.iter().enumerate() {
                let same = token.word.as_deref().is_some_and(|word| likeness(word, wanted).is_some());
                let with = if same { last[index] + self.weight(wanted) } else { 0 };
                row[index + 1] = with.max(last[index + 1]).max(row[index]);
            }
            last = row;
        }
        last[phrase.len()]
    }

    /// Words of a weight together, as far as they count.
    fn foreign(&self, weight: u32) -> u32 {
        let a_word = if self.words.unspaced { 2 * WEIGHT } else { WEIGHT };
        (weight / a_word).min(MOST_FOREIGN)
    }

    fn weight(&self, word: &str) -> u32 {
        if self.words.little.contains(&word) { 1 } else { WEIGHT }
    }
}

/// What an inexact word costs; `None` when it is another word. "complain" stands for "complaint", "bills" for "bill".
fn likeness(heard: &str, wanted: &str) -> Option<u32> {
    if heard == wanted {
        return Some(0);
    }
    let (short, long) = if heard.len() < wanted.len() { (heard, wanted) } else { (wanted, heard) };
    let inflected = short.len() >= 4 && long.len() <= short.len() + 2 && long.starts_with(short) && long.is_ascii();
    inflected.then_some(INFLECTED)
}

/// The share of some words in the whole time, in thousandths.
fn share<'t>(some: impl Iterator<Item = &'t Token>, all: &[Token]) -> u32 {
    let total: u32 = all.iter().map(|token| token.ms).sum();
    some.map(|token| token.ms).sum::<u32>() * 1000 / total.max(1)
}

fn mean<'t>(tokens: impl Iterator<Item = &'t Token>) -> f32 {
    let (sum, count) = tokens.fold((0.0, 0.0), |(sum, count), token| (sum + token.confidence, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

/// What a recogniser says for anything else.
pub(super) const UNKNOWN: &str = "[unk]";
/// Heard words that are looked at: ten seconds of fast speech.
const MOST_WORDS: usize = 60;
/// No word is longer; keeps sums of times small.
const LONGEST_MS: u32 = 20_000;
/// The weight of a word, where a little one has 1.
const WEIGHT: u32 = 3;
/// A phrase of one word fits much that was not meant.
const WORD: Loss = Loss { contained: 92, around: 30, foreign: 20, doubt: WORD_DOUBT };
/// A word with a little one: "my bill".
const LESSER: Loss = Loss { contained: 93, around: 16, foreign: 4, doubt: SHORT_DOUBT };
const PAIR: Loss = Loss { contained: 94, around: 12, foreign: 2, doubt: DOUBT };
const PHRASE: Loss = Loss { contained: 96, around: 8, foreign: 1, doubt: DOUBT };
/// Foreign words that are counted.
const MOST_FOREIGN: u32 = 5;
/// Several words of a phrase, but not all; times the share of its weight that was heard.
const PARTLY: Loss = Loss { contained: 85, around: 12, foreign: 3, doubt: DOUBT };
/// Of a short phrase that was heard in noise with a confidence under 0.8 a half was not said at all, of a longer one hardly
/// any.
const SHORT_DOUBT: u32 = 850;
/// A single word that fits is what engines say of any short sound.
const WORD_DOUBT: u32 = 500;
/// A word that has another ending.
const INFLECTED: u32 = 20;
/// Whoever asks for something in the middle of a question says little else: "could you help me to ..." does not.
const MOSTLY_ELSE: u32 = 600;
/// "my" takes 150 to 250 ms, also where it is drawn: of 972 that were said none was heard for longer where it was listened
/// for by itself, and 22 of 87 that were not said were.
const LITTLE_WORD_MS: u32 = 270;
/// What is asked back about, however sure the engine is.
const ASKED_BACK: Certainty = 85;
