//! Mandarin by its pinyin, without tones.

use pinyin::ToPinyin;

/// The key of a phrase, character by character; none where a character has no reading.
pub(super) fn sound(characters: &[String]) -> Option<String> {
    let readings =
        characters.iter().flat_map(|text| text.chars()).map(|c| c.to_pinyin().map(|reading| fold(reading.plain())));
    let syllables: Vec<String> = readings.collect::<Option<_>>()?;
    match syllables.as_slice() {
        // 一 and 七 are so alike that 幺 was invented.
        [only] if only == "qi" => Some("yi".to_owned()),
        _ => Some(syllables.join(" ")),
    }
}

/// Sounds that many speakers and every narrow line make alike: zh and z, n and l, -ing and -in.
fn fold(syllable: &str) -> String {
    let folded =
        [("zh", "z"), ("ch", "c"), ("sh", "s")].iter().find_map(|(from, to)| Some((*to, syllable.strip_prefix(from)?)));
    let (initial, rest) =
        folded.or_else(|| syllable.strip_prefix('n').map(|rest| ("l", rest))).unwrap_or(("", syllable));
    let rest = rest.strip_suffix("ng").map_or_else(|| rest.to_owned(), |open| format!("{open}n"));
    format!("{initial}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Option<String> {
        sound(&crate::text::tokens(text))
    }

    #[test]
    fn what_differs_by_tone_or_by_a_retroflex_sounds_alike() {
        for (a, b) in [("四", "十"), ("一", "七"), ("您", "零"), ("账单", "帐单"), ("业务", "夜雾"), ("南京", "兰金")]
        {
            assert_eq!(key(a), key(b), "{a} {b}");
        }
    }

    #[test]
    fn what_has_other_syllables_does_not() {
        for (a, b) in [("账单", "投诉"), ("三", "四"), ("一号", "七号")] {
            assert_ne!(key(a), key(b), "{a} {b}");
        }
        assert_eq!(key("abc"), None);
    }
}
