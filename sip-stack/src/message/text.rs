//! Character classes and splitting by the grammar of RFC 3261 25.1.

/// Whether `text` is a non-empty `token`.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// Whether `byte` may stand in a `token`.
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~')
}

/// Whether `value` may stand in a header: a CR, LF or NUL would end or hide a line.
pub(crate) fn is_one_line(value: &str) -> bool {
    !value.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | 0))
}

/// Takes spaces and tabs off both ends.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

/// Splits at `separator`, leaving alone those inside quoted strings and angle brackets.
pub(crate) fn split_outside(text: &str, separator: u8) -> Pieces<'_> {
    Pieces { rest: Some(text), separator }
}

/// The pieces of [`split_outside`], trimmed; empty pieces are kept.
#[derive(Debug, Clone)]
pub(crate) struct Pieces<'a> {
    rest: Option<&'a str>,
    separator: u8,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest?;
        match find_outside(rest, self.separator) {
            Some(at) => {
                self.rest = Some(&rest[at + 1..]);
                Some(trim(&rest[..at]))
            }
            None => {
                self.rest = None;
                Some(trim(rest))
            }
        }
    }
}

/// Where `wanted` first stands outside quoted strings and angle brackets.
pub(crate) fn find_outside(text: &str, wanted: u8) -> Option<usize> {
    let mut quoted = false;
    let mut bracketed = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        if quoted {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
            continue;
        }
        if byte == wanted && !bracketed {
            return Some(at);
        }
        match byte {
            b'"' => quoted = true,
            b'<' => bracketed = true,
            b'>' => bracketed = false,
            _ => {}
        }
    }
    None
}

/// Reads the quoted string `text` begins with: its unescaped content and what follows the closing quote.
pub(crate) fn read_quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut content = String::with_capacity(inner.len());
    let mut characters = inner.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((content, &inner[at + 1..])),
            '\\' => content.push(characters.next()?.1),
            other => content.push(other),
        }
    }
    None
}

/// Writes `content` as a quoted string.
pub(crate) fn write_quoted(out: &mut impl std::fmt::Write, content: &str) -> std::fmt::Result {
    out.write_char('"')?;
    for character in content.chars() {
        if matches!(character, '"' | '\\') {
            out.write_char('\\')?;
        }
        out.write_char(character)?;
    }
    out.write_char('"')
}
