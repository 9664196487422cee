//! The words that a model knows, read from its files: the library can only be asked about one.
//!
//! Large models have them in `graph/words.txt`, a word and its number a line. Small ones keep them inside
//! `graph/Gr.fst`, a graph of OpenFst: a header, and then a symbol table in which each symbol is its length, its letters
//! and its number, all little-endian.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

const FST_MARK: i32 = 2_125_659_606;
const TABLE_MARK: i32 = 2_125_658_996;
/// The flags of a graph that has a table of input or output symbols.
const HAS_SYMBOLS: i32 = 0b11;
/// More words than any language has, and the longest word: the table of a damaged file ends here.
const MOST_WORDS: i64 = 5_000_000;
const LONGEST_WORD: i32 = 1_000;

/// The model's words, lower-case as they are, without the marks that are no words; nothing where they cannot be told.
#[cfg_attr(not(feature = "libvosk"), allow(dead_code))]
pub(crate) fn words(folder: &Path) -> Option<Vec<Box<str>>> {
    if let Ok(text) = std::fs::read_to_string(folder.join("graph/words.txt")) {
        let words = text.lines().filter_map(|line| line.split_whitespace().next());
        return Some(words.filter(|word| is_word(word)).map(Box::from).collect());
    }
    let file = File::open(folder.join("graph/Gr.fst")).ok()?;
    symbol_table(&mut BufReader::new(file)).ok()
}

/// Whether a symbol is something that people say.
pub(crate) fn is_word(symbol: &str) -> bool {
    // What people say, letters of any script with their marks, has no sign of ASCII but these.
    let is_spoken = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '-') || (!c.is_ascii() && !c.is_control());
    symbol.chars().any(char::is_alphanumeric) && symbol.chars().all(is_spoken)
}

fn symbol_table(from: &mut impl Read) -> io::Result<Vec<Box<str>>> {
    expect(integer(from)? == FST_MARK)?;
    text(from)?; // the kind of graph
    text(from)?; // the kind of its arcs
    integer(from)?; // version
    let flags = integer(from)?;
    for _ in 0..4 {
        long(from)?; // properties, start, states, arcs
    }
    expect(flags & HAS_SYMBOLS != 0)?;
    expect(integer(from)? == TABLE_MARK)?;
    text(from)?; // the table's name
    long(from)?; // the next free number
    let count = long(from)?;
    expect((0..=MOST_WORDS).contains(&count))?;
    let mut words = Vec::new();
    for _ in 0..count {
        let symbol = text(from)?;
        long(from)?;
        if let Ok(symbol) = std::str::from_utf8(&symbol)
            && is_word(symbol)
        {
            words.push(Box::from(symbol));
        }
    }
    Ok(words)
}

fn expect(held: bool) -> io::Result<()> {
    if held { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
}

fn integer(from: &mut impl Read) -> io::Result<i32> {
    let mut bytes = [0; 4];
    from.read_exact(&mut bytes)?;
    Ok(i32::from_le_bytes(bytes))
}

fn long(from: &mut impl Read) -> io::Result<i64> {
    let mut bytes = [0; 8];
    from.read_exact(&mut bytes)?;
    Ok(i64::from_le_bytes(bytes))
}

fn text(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let length = integer(from)?;
    expect((0..=LONGEST_WORD).contains(&length))?;
    let mut bytes = vec![0; length as usize];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(out: &mut Vec<u8>, text: &str) {
        out.extend((text.len() as i32).to_le_bytes());
        out.extend(text.as_bytes());
    }

    fn graph(symbols: &[&str]) -> Vec<u8> {
        let mut out = FST_MARK.to_le_bytes().to_vec();
        put(&mut out, "ngram");
        put(&mut out, "standard");
        out.extend(4_i32.to_le_bytes());
        out.extend(3_i32.to_le_bytes());
        out.extend([0; 32]);
        out.extend(TABLE_MARK.to_le_bytes());
        put(&mut out, "words.txt");
        out.extend((symbols.len() as i64).to_le_bytes());
        out.extend((symbols.len() as i64).to_le_bytes());
        for (number, symbol) in symbols.iter().enumerate() {
            put(&mut out, symbol);
            out.extend((number as i64).to_le_bytes());
        }
        out.extend(b"the graph itself");
        out
    }

    #[test]
    fn words_are_read_from_the_graph_and_marks_are_left_out() {
        let bytes = graph(&["<eps>", "!SIL", "[unk]", "bill", "o'clock", "账单", "#0", "</s>"]);
        let words = symbol_table(&mut bytes.as_slice()).unwrap();
        assert_eq!(words.iter().map(AsRef::as_ref).collect::<Vec<_>>(), ["bill", "o'clock", "账单"]);
    }

    #[test]
    fn a_damaged_graph_gives_nothing_and_does_no_harm() {
        let bytes = graph(&["bill"]);
        for length in 0..bytes.len() - "the graph itself".len() {
            assert!(symbol_table(&mut &bytes[..length]).is_err());
        }
        let mut bytes = bytes;
        bytes[4..8].copy_from_slice(&i32::MAX.to_le_bytes());
        assert!(symbol_table(&mut bytes.as_slice()).is_err());
    }

    #[test]
    fn a_list_beside_the_graph_is_read_first() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("graph")).unwrap();
        std::fs::write(folder.path().join("graph/words.txt"), "<eps> 0\nbill 1\n#0 2\n").unwrap();
        assert_eq!(words(folder.path()).unwrap(), [Box::from("bill")]);
        assert_eq!(words(Path::new("/no/such/model")), None);
    }
}
