//! Which letters the bytes of a list stand for.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The text of a list and the name of its encoding. A byte-order mark decides; else UTF-8 where the bytes are that;
/// else GB18030 or Latin-1 (as windows-1252), by how the bytes beyond ASCII stand together.
pub(super) fn decode(bytes: &[u8]) -> (Cow<'_, str>, &'static str) {
    let encoding = Encoding::for_bom(bytes).map_or_else(|| guess(bytes), |(encoding, _)| encoding);
    let (text, encoding, _) = encoding.decode(bytes);
    (text, encoding.name())
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    if let Some(encoding) = guess_utf_16(bytes) {
        return encoding;
    }
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    if looks_chinese(bytes) && GB18030.decode_without_bom_handling_and_without_replacement(bytes).is_some() {
        return GB18030;
    }
    WINDOWS_1252
}

/// Text in UTF-16 without a byte-order mark: nearly all of its separators, digits and line ends have a zero byte.
fn guess_utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096)];
    if head.len() < 4 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let zeros_at = |parity: usize| head.iter().skip(parity).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros_at(0), zeros_at(1));
    let pairs = head.len() / 2;
    match () {
        () if odd * 3 > pairs && even * 20 < pairs => Some(UTF_16LE),
        () if even * 3 > pairs && odd * 20 < pairs => Some(UTF_16BE),
        () => None,
    }
}

/// Chinese letters are two bytes beyond ASCII each, while the accented letters of western languages mostly stand
/// between ASCII letters.
fn looks_chinese(bytes: &[u8]) -> bool {
    let (mut paired, mut alone) = (0usize, 0usize);
    let mut run = 0usize;
    for byte in bytes.iter().chain(std::iter::once(&b'\n')) {
        if *byte >= 0x80 {
            run += 1;
            continue;
        }
        paired += run / 2;
        alone += run % 2;
        run = 0;
    }
    paired > alone * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_found() {
        let text = "姓名,电话\n张伟,13912345678\n";
        assert_eq!(decode(text.as_bytes()), (text.into(), "UTF-8"));
        assert_eq!(decode(&[b"\xef\xbb\xbf", text.as_bytes()].concat()), (text.into(), "UTF-8"));
        assert_eq!(decode(&GB18030.encode(text).0), (text.into(), "gb18030"));
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&[b"\xff\xfe", &little[..]].concat()), (text.into(), "UTF-16LE"));
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&[b"\xfe\xff", &big[..]].concat()), (text.into(), "UTF-16BE"));
        assert_eq!(decode(&little).1, "UTF-16LE");
        assert_eq!(decode(&big).1, "UTF-16BE");
    }

    #[test]
    fn names_in_latin_1_are_not_taken_for_chinese() {
        let text = "name;phone\nMüller;+493012345678\nÅsa Öberg;+46812345678\nJosé;+34911234567\n";
        assert_eq!(decode(&WINDOWS_1252.encode(text).0), (text.into(), "windows-1252"));
    }
}
