//! English by its spelling: vowels by their usual sound, consonants without their voice.

/// The key of a phrase.
pub(super) fn sound(words: &[String]) -> String {
    let mut key = String::new();
    for word in words {
        for c in of_word(word).chars() {
            if !key.ends_with(c) {
                key.push(c);
            }
        }
    }
    key
}

fn of_word(word: &str) -> String {
    if let Some((_, sound)) = EXCEPTIONS.iter().find(|(known, _)| *known == word) {
        return (*sound).to_owned();
    }
    let word: String = word.chars().filter(char::is_ascii_alphabetic).collect();
    // "fifteen" and "fifty" are mistaken for each other every day.
    let word =
        word.strip_suffix("teen").filter(|tens| !tens.is_empty()).map_or(word.clone(), |tens| format!("{tens}ty"));
    let (mut key, mut at) = (String::new(), 0);
    while at < word.len() {
        let rest = &word[at..];
        let rule = RULES
            .iter()
            .find(|(spelling, place, _)| rest.starts_with(spelling) && place.fits(&word, at, spelling.len()));
        match rule {
            Some((spelling, _, sound)) => {
                key.push_str(sound);
                at += spelling.len();
            }
            None => {
                let (sound, length) = vowel(&word, at);
                key.push_str(sound);
                at += length;
            }
        }
    }
    key
}

/// A single vowel: long before a consonant and a silent e, and at the end of a short word.
fn vowel(word: &str, at: usize) -> (&'static str, usize) {
    let rest = &word.as_bytes()[at..];
    let long = matches!(rest, [_, consonant, b'e'] if !is_vowel(*consonant));
    let only = !word[..at].bytes().any(is_vowel);
    match (rest[0], long) {
        (b'a', true) => ("A", 1),
        (b'i', true) => ("Y", 1),
        (b'o', true) => ("O", 1),
        (b'u', true) => ("U", 1),
        (b'e', _) if rest.len() == 1 => (if only { "E" } else { "" }, 1),
        (b'y', _) if rest.len() == 1 => (if only { "Y" } else { "E" }, 1),
        (b'y', _) if at == 0 => ("J", 1),
        (b'o', _) if rest.len() == 1 => ("O", 1),
        (b'a', _) => ("a", 1),
        (b'e' | b'i' | b'y', _) => ("i", 1),
        (b'o' | b'u', _) => ("o", 1),
        _ => ("", 1),
    }
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// Where in a word a spelling has a sound.
#[derive(Debug, Clone, Copy)]
enum Place {
    Anywhere,
    Beginning,
    End,
}

impl Place {
    fn fits(self, word: &str, at: usize, length: usize) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Beginning => at == 0,
            Self::End => at + length == word.len(),
        }
    }
}

const EXCEPTIONS: &[(&str, &str)] = &[
    ("to", "TU"),
    ("two", "TU"),
    ("too", "TU"),
    ("one", "WoN"),
    ("won", "WoN"),
    ("eye", "Y"),
    ("i", "Y"),
    ("there", "0iR"),
    ("their", "0iR"),
    ("hour", "AoR"),
    ("our", "AoR"),
];

/// Spellings and their sounds, the longer before the shorter.
const RULES: &[(&str, Place, &str)] = &[
    ("eigh", Place::Anywhere, "A"),
    ("igh", Place::Anywhere, "Y"),
    ("tch", Place::Anywhere, "C"),
    ("our", Place::End, "oR"),
    ("tion", Place::Anywhere, "Son"),
    ("uy", Place::End, "Y"),
    ("ye", Place::End, "Y"),
    ("ie", Place::End, "Y"),
    ("ai", Place::Anywhere, "A"),
    ("ay", Place::Anywhere, "A"),
    ("ei", Place::Anywhere, "A"),
    ("ey", Place::End, "E"),
    ("ee", Place::Anywhere, "E"),
    ("ea", Place::Anywhere, "E"),
    ("ie", Place::Anywhere, "E"),
    ("oo", Place::Anywhere, "U"),
    ("ew", Place::Anywhere, "U"),
    ("ue", Place::End, "U"),
    ("ou", Place::Anywhere, "U"),
    ("oa", Place::Anywhere, "O"),
    ("ow", Place::End, "O"),
    ("oe", Place::End, "O"),
    ("oi", Place::Anywhere, "Oi"),
    ("oy", Place::Anywhere, "Oi"),
    ("au", Place::Anywhere, "o"),
    ("aw", Place::Anywhere, "o"),
    ("wr", Place::Beginning, "R"),
    ("kn", Place::Beginning, "N"),
    ("wh", Place::Beginning, "W"),
    ("ch", Place::Anywhere, "C"),
    ("sh", Place::Anywhere, "S"),
    ("ph", Place::Anywhere, "F"),
    ("th", Place::Anywhere, "0"),
    ("gh", Place::Anywhere, ""),
    ("ck", Place::Anywhere, "K"),
    ("qu", Place::Anywhere, "KW"),
    ("ce", Place::Anywhere, "Si"),
    ("ci", Place::Anywhere, "Si"),
    ("mb", Place::End, "M"),
    ("b", Place::Anywhere, "P"),
    ("p", Place::Anywhere, "P"),
    ("d", Place::Anywhere, "T"),
    ("t", Place::Anywhere, "T"),
    ("v", Place::Anywhere, "F"),
    ("f", Place::Anywhere, "F"),
    ("z", Place::Anywhere, "Z"),
    ("s", Place::Anywhere, "Z"),
    ("g", Place::Anywhere, "K"),
    ("c", Place::Anywhere, "K"),
    ("k", Place::Anywhere, "K"),
    ("q", Place::Anywhere, "K"),
    ("x", Place::Anywhere, "KZ"),
    ("j", Place::Anywhere, "C"),
    ("h", Place::Anywhere, "H"),
    ("l", Place::Anywhere, "L"),
    ("m", Place::Anywhere, "M"),
    ("n", Place::Anywhere, "N"),
    ("r", Place::Anywhere, "R"),
    ("w", Place::Anywhere, "W"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> String {
        sound(&crate::text::tokens(text))
    }

    #[test]
    fn what_is_hard_to_tell_apart_has_the_same_key() {
        let pairs = [
            ("two", "too"),
            ("four", "for"),
            ("write", "right"),
            ("buy", "bye"),
            ("bill", "pill"),
            ("bill", "bell"),
            ("fifteen", "fifty"),
            ("see", "sea"),
            ("no", "know"),
            ("eight", "ate"),
            ("card", "cart"),
            ("my new bill", "my new bell"),
        ];
        for (a, b) in pairs {
            assert_eq!(key(a), key(b), "{a} {b}");
        }
    }

    #[test]
    fn what_is_easy_to_tell_apart_has_not() {
        let pairs = [
            ("bill", "complaint"),
            ("green", "basic"),
            ("yes", "no"),
            ("five", "nine"),
            ("opening hours", "my bill"),
            ("six", "seven"),
            ("pay", "buy"),
            ("order", "other"),
            ("sales", "service"),
        ];
        for (a, b) in pairs {
            assert_ne!(key(a), key(b), "{a} {b}");
        }
    }
}
