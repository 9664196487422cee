//! Which of many sentences is most like another: for questions of which each has an answer of its own, too many and
//! with too few wordings to be learnt as intents.

use std::collections::BTreeMap;
use std::sync::Arc;

use call_model::{Certainty, Language};

use super::lexicon::Lexicon;
use super::space::{Point, Space};
use super::{SentenceMeaning, features, meaning_of, meaning_of_example};

/// Sentences, of which the one most like another can be found.
#[derive(Debug, Clone)]
pub(crate) struct Alike {
    space: Space,
    lexicon: &'static Lexicon,
    meaning: Option<Arc<dyn SentenceMeaning>>,
    /// What each sentence belongs to, and what its likeness counts. Everyday talk belongs to nothing.
    points: Vec<(Option<usize>, f64, Point)>,
}

/// What a sentence is most like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Likeness {
    /// What the likest sentence belongs to.
    pub(crate) index: usize,
    /// How alike they are, 0 to 1.
    pub(crate) likeness: f64,
    /// How alike the best of what belongs elsewhere is.
    pub(crate) second: f64,
}

impl Alike {
    /// Takes sentences with what they belong to and what their likeness counts, 0 to 1.
    pub(crate) fn of(
        sentences: &[(usize, f64, &str)],
        language: &Language,
        meaning: Option<Arc<dyn SentenceMeaning>>,
    ) -> Self {
        let lexicon = Lexicon::of(language);
        let read: Vec<BTreeMap<String, u32>> = sentences.iter().map(|(.., text)| features::of(text, lexicon)).collect();
        let space = Space::of(read.iter());
        let point = |found: &BTreeMap<String, u32>, text: &str| Point {
            words: space.place(found),
            meaning: meaning_of_example(meaning.as_ref(), text),
        };
        let known = sentences.iter().zip(&read);
        let mut points: Vec<_> =
            known.map(|((index, counts, text), found)| (Some(*index), *counts, point(found, text))).collect();
        for sentence in lexicon.background {
            let foreign = point(&features::of(sentence, lexicon), sentence);
            if points.iter().all(|(_, _, known)| known.likeness(&foreign) < OF_THE_FILE) {
                points.push((None, 1.0, foreign));
            }
        }
        Self { space, lexicon, meaning, points }
    }

    /// What a sentence is most like; `None` where it is like nothing, or more like everyday talk than like anything.
    pub(crate) fn find(&self, sentence: &str) -> Option<Likeness> {
        let words = self.space.place(&features::of(sentence, self.lexicon));
        let point = Point { words, meaning: meaning_of(self.meaning.as_ref(), sentence) };
        let mut best: BTreeMap<Option<usize>, f64> = BTreeMap::new();
        for (index, counts, known) in &self.points {
            let likeness = known.likeness(&point) * counts;
            let held = best.entry(*index).or_insert(0.0);
            *held = held.max(likeness);
        }
        let (index, likeness) = best
            .iter()
            .fold((None, 0.0), |held, (index, likeness)| if *likeness > held.1 { (*index, *likeness) } else { held });
        let second = best.iter().filter(|(other, _)| **other != index).map(|(_, likeness)| *likeness);
        Some(Likeness { index: index?, likeness, second: second.fold(0.0, f64::max) })
    }
}

impl Likeness {
    /// How certain it is that the sentences ask the same, 0 to 100: how alike they are, the more so the less there is
    /// elsewhere that is like them, too.
    pub(crate) fn certainty(self) -> Certainty {
        let behind = if self.likeness > 0.0 { self.second / self.likeness } else { 1.0 };
        (100.0 * self.likeness.max(0.0).sqrt() * (1.0 - behind * behind)).round().clamp(0.0, 100.0) as Certainty
    }
}

/// A sentence of everyday talk that is so much like one of the file's is the file's business.
const OF_THE_FILE: f64 = 0.5;

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &[(usize, f64, &str)] = &[
        (0, 1.0, "when are you open"),
        (0, 1.0, "what are your opening hours"),
        (1, 1.0, "how can i pay my bill"),
        (1, 1.0, "which ways of payment are there"),
        (2, 1.0, "how do i cancel my contract"),
        (3, 1.0, "where is your shop"),
        (3, 1.0, "what is your address"),
    ];

    fn found(sentences: &[(usize, f64, &str)], language: &str, asked: &str) -> Option<usize> {
        let alike = Alike::of(sentences, &Language::new(language), None);
        alike.find(asked).filter(|found| found.certainty() >= 45).map(|found| found.index)
    }

    #[test]
    fn a_question_in_other_words_finds_its_answer() {
        let asked = [
            ("are you open on sunday", 0),
            ("tell me your opening times please", 0),
            ("can i pay the bill by card", 1),
            ("i want to cancel the contract", 2),
            ("could you tell me where your shop is", 3),
        ];
        for (asked, expected) in asked {
            assert_eq!(found(ENGLISH, "en", asked), Some(expected), "{asked}");
        }
    }

    #[test]
    fn what_is_not_in_the_file_is_not_found() {
        for asked in [
            "my dog has eaten the carpet",
            "what is the weather like",
            "what is your name",
            "how can i get a new card",
            "thank you very much",
            "",
        ] {
            assert_eq!(found(ENGLISH, "en", asked), None, "{asked}");
        }
    }

    /// Sees only whether a sentence speaks of paying.
    #[derive(Debug)]
    struct OfPaying;

    impl SentenceMeaning for OfPaying {
        fn vector(&self, sentence: &str) -> Option<Vec<f32>> {
            let of_paying = ["pay", "invoice"].iter().any(|word| sentence.contains(word));
            Some(if of_paying { vec![1.0, 0.0] } else { vec![0.0, 1.0] })
        }
    }

    #[test]
    fn a_question_without_a_known_word_is_found_by_what_it_means() {
        let asked = "invoice settlement";
        assert_eq!(found(ENGLISH, "en", asked), None);
        let alike = Alike::of(ENGLISH, &Language::new("en"), Some(Arc::new(OfPaying)));
        let likeness = alike.find(asked).unwrap();
        assert_eq!(likeness.index, 1);
        assert!(likeness.certainty() >= 45, "{likeness:?}");
    }

    #[test]
    fn chinese_questions_are_found_by_their_characters() {
        let chinese: &[(usize, f64, &str)] = &[
            (0, 1.0, "你们几点开门"),
            (0, 1.0, "营业时间是什么时候"),
            (1, 1.0, "怎么交话费"),
            (2, 1.0, "你们的地址在哪里"),
        ];
        for (asked, expected) in [("请问你们的营业时间", Some(0)), ("我想交话费", Some(1)), ("地址是哪里", Some(2))]
        {
            assert_eq!(found(chinese, "zh", asked), expected, "{asked}");
        }
        assert_eq!(found(chinese, "zh", "我要投诉"), None);
    }
}
