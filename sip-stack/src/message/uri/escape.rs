//! `%HH` escapes (RFC 3261 25.1 `escaped`).

use std::borrow::Cow;
use std::fmt::Write;

/// Escapes what may not stand bare in the user part of a SIP URI.
pub fn escape_user(plain: &str) -> Cow<'_, str> {
    if plain.bytes().all(is_user_byte) {
        return Cow::Borrowed(plain);
    }
    let mut out = String::with_capacity(plain.len() + 8);
    for byte in plain.bytes() {
        if is_user_byte(byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("writing to a String cannot fail");
        }
    }
    Cow::Owned(out)
}

/// Resolves `%HH`. A percent sign that begins no escape stays; bytes that are no UTF-8 become U+FFFD.
pub fn unescape(text: &str) -> Cow<'_, str> {
    unescape_if(text, |_| true)
}

/// Resolves the escapes of bytes that `wanted` picks; the others stay, in upper case.
pub(super) fn unescape_if(text: &str, wanted: impl Fn(u8) -> bool) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match escaped_byte(&bytes[at..]) {
            Some(byte) => {
                if wanted(byte) {
                    out.push(byte);
                } else {
                    out.extend(bytes[at..at + 3].iter().map(u8::to_ascii_uppercase));
                }
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

fn escaped_byte(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else { return None };
    let high = char::from(*high).to_digit(16)?;
    let low = char::from(*low).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

/// `unreserved` and `user-unreserved`.
pub(super) fn is_user_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')')
        || matches!(byte, b'&' | b'=' | b'+' | b'$' | b',' | b';' | b'?' | b'/')
}
