//! The `name=value` list of a Digest header.

use crate::message::SyntaxError;
use crate::message::text::{read_quoted, split_outside, trim};

/// The pieces of `Digest a=1, b="2"`, with quotes and escapes taken off.
#[derive(Debug, Clone, Default)]
pub(super) struct Words(Vec<(String, String)>);

impl Words {
    /// Reads a header value; another scheme than Digest is an error.
    pub(super) fn parse(value: &str) -> Result<Self, SyntaxError> {
        let (scheme, rest) = trim(value).split_once([' ', '\t']).ok_or(SyntaxError("a scheme and its parameters"))?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return Err(SyntaxError("only the Digest scheme is known here"));
        }
        let pieces = split_outside(rest, b',').filter(|piece| !piece.is_empty());
        pieces.map(word).collect::<Result<_, _>>().map(Self)
    }

    /// The value of a word, by its name without case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(have, _)| have.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    /// The value of a word that must be there.
    pub(super) fn need(&self, name: &str, otherwise: &'static str) -> Result<String, SyntaxError> {
        self.get(name).map(str::to_owned).ok_or(SyntaxError(otherwise))
    }
}

fn word(piece: &str) -> Result<(String, String), SyntaxError> {
    let (name, value) = piece.split_once('=').ok_or(SyntaxError("a digest parameter is name=value"))?;
    let value = trim(value);
    let plain = match read_quoted(value) {
        Some((content, "")) => content,
        Some(_) => return Err(SyntaxError("after a quoted value stands a comma")),
        None if value.starts_with('"') => return Err(SyntaxError("a quoted value misses its closing quote")),
        None => value.to_owned(),
    };
    Ok((trim(name).to_owned(), plain))
}
