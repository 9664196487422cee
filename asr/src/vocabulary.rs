//! Words that a model knows, for those that it does not.

use call_model::longest_known;

/// The word nearest to `word` by the letters that must be added, left out, changed or swapped with their neighbour, if
/// it is near enough to be a suggestion: a third of the word's letters, at least one and at most three, may differ. The
/// letters of a Korean syllable count one by one.
///
/// Of words that are equally near, one with the same first letter comes first, then the first in the alphabet.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let letters: Vec<char> = letters_of(word).take(LONGEST + 1).collect();
    if letters.is_empty() || letters.len() > LONGEST {
        return None;
    }
    let mut most = (letters.len() / 3).clamp(1, 3);
    let mut best: Option<(usize, bool, &str)> = None;
    let mut other = Vec::with_capacity(LONGEST);
    for candidate in known {
        // Every letter that one has more than the other is a change; bytes are at most four a letter.
        if candidate.len() > (letters.len() + most) * 4 {
            continue;
        }
        other.clear();
        other.extend(letters_of(candidate));
        let Some(changes) = changes(&letters, &other, most) else { continue };
        let rank = (changes, other.first() != letters.first(), candidate);
        if best.is_none_or(|best| rank < best) {
            best = Some(rank);
            most = changes;
        }
    }
    best.map(|(_, _, word)| word)
}

/// A word as known ones: itself, or, where it is written in characters that no blanks part, the longest known within it.
pub(crate) fn known_words(word: &str, knows: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    if knows(word) {
        return Some(vec![word.to_owned()]);
    }
    let unspaced = |c: char| matches!(c, '\u{3005}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}');
    longest_known(word, knows).filter(|_| word.chars().all(unspaced))
}

/// The letters of a word; a Korean syllable is a consonant, a vowel and perhaps a consonant (The Unicode Standard, 3.12).
fn letters_of(word: &str) -> impl Iterator<Item = char> + '_ {
    word.chars()
        .flat_map(|c| {
            let syllable = u32::from(c).checked_sub(FIRST_SYLLABLE).filter(|number| *number < SYLLABLES);
            let Some(number) = syllable else { return [Some(c), None, None] };
            let (first, vowel, last) = (number / 588, number % 588 / 28, number % 28);
            let last = if last == 0 { None } else { char::from_u32(0x11a7 + last) };
            [char::from_u32(0x1100 + first), char::from_u32(0x1161 + vowel), last]
        })
        .flatten()
}

/// Letters to add, leave out, change or swap to make `b` of `a`; `None` where they are more than `most`.
/// (Optimal string alignment.)
fn changes(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut two_above = [0usize; LONGEST + 4];
    let mut above: [usize; LONGEST + 4] = std::array::from_fn(|n| n);
    let mut row = [0usize; LONGEST + 4];
    for i in 1..=a.len() {
        row[0] = i;
        let mut least = i;
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            let mut cost = (above[j - 1] + same).min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(two_above[j - 2] + 1);
            }
            row[j] = cost;
            least = least.min(cost);
        }
        // A swap reaches back two rows, so one row above the bound decides nothing until the next is too.
        if least > most + 1 {
            return None;
        }
        (two_above, above, row) = (above, row, two_above);
    }
    (above[b.len()] <= most).then_some(above[b.len()])
}

/// The longest word that a suggestion is looked for.
const LONGEST: usize = 40;

/// The Korean syllables, from 가 on.
const FIRST_SYLLABLE: u32 = 0xac00;
const SYLLABLES: u32 = 11_172;

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 9] =
        ["appointment", "billing", "building", "cancel", "operator", "order", "sales", "says", "två"];

    fn suggestion(word: &str) -> Option<&str> {
        nearest(word, KNOWN.into_iter())
    }

    #[test]
    fn a_misspelt_word_finds_the_one_that_was_meant() {
        assert_eq!(suggestion("appointmnet"), Some("appointment"));
        assert_eq!(suggestion("cancell"), Some("cancel"));
        assert_eq!(suggestion("opperater"), Some("operator"));
        assert_eq!(suggestion("två"), Some("två"));
        assert_eq!(suggestion("tva"), Some("två"));
    }

    #[test]
    fn a_korean_syllable_differs_by_its_letters() {
        let known = ["상담가", "상담실", "상담원", "상당"];
        assert_eq!(nearest("상담웜", known.into_iter()), Some("상담원"));
        assert_eq!(nearest("쌍담원", known.into_iter()), Some("상담원"));
        assert_eq!(nearest("비밀번호", known.into_iter()), None);
    }

    #[test]
    fn of_equally_near_words_the_same_is_given_every_time() {
        assert_eq!(suggestion("sals"), Some("sales"));
        assert_eq!(nearest("cat", ["bat", "cut", "cot"].into_iter()), Some("cot"));
    }

    #[test]
    fn a_word_like_none_has_no_suggestion() {
        assert_eq!(suggestion("xylophone"), None);
        assert_eq!(suggestion(""), None);
        assert_eq!(suggestion(&"a".repeat(500)), None);
    }

    #[test]
    fn distances_are_those_of_the_definition() {
        let count = |a: &str, b: &str| changes(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>(), 3);
        assert_eq!(count("ab", "ba"), Some(1));
        assert_eq!(count("kitten", "sitting"), Some(3));
        assert_eq!(count("same", "same"), Some(0));
        assert_eq!(count("abcdef", "ghijkl"), None);
        assert_eq!(count("a", "abcde"), None);
    }
}
