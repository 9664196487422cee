//! Words in what is written without blanks.

/// Cuts a piece of text into the longest words that are known, from left to right. `None` where some letter begins none.
pub fn longest_known(piece: &str, knows: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    let letters: Vec<char> = piece.chars().collect();
    let mut words = Vec::new();
    let mut start = 0;
    while start < letters.len() {
        let end = (start + LONGEST_WORD).min(letters.len());
        let candidates = (start + 1..=end).rev().map(|end| letters[start..end].iter().collect::<String>());
        let known = candidates.into_iter().find(|part| knows(part))?;
        start += known.chars().count();
        words.push(known);
    }
    Some(words)
}

/// Letters of the longest Chinese word that is looked for.
const LONGEST_WORD: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_words_come_first() {
        let knows = |word: &str| ["招商", "银行", "银", "行"].contains(&word);
        assert_eq!(longest_known("招商银行", knows).unwrap(), ["招商", "银行"]);
        assert_eq!(longest_known("银招商", knows).unwrap(), ["银", "招商"]);
        assert_eq!(longest_known("招商局", knows), None);
        assert_eq!(longest_known("", knows), Some(Vec::new()));
    }
}
