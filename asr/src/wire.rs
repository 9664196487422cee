//! The messages between the server and its recogniser processes.
//!
//! Each message is four bytes of length (little-endian, of what follows), one byte of kind, and the fields in order:
//! integers little-endian, texts and lists behind a count of four bytes, times in milliseconds of four bytes. Neither side
//! trusts the other: a length over [`MOST_BYTES`], an unknown kind, a text that is not UTF-8 or bytes left over are a
//! [`WireError`], after which the stream is of no more use.

mod fields;
mod message;

pub use message::{FromWorker, ToWorker, Unknown, Work};

use fields::Reader;

/// The longest message; a grammar of the greatest size fits.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;

/// A message of either direction.
pub trait Message: Sized {
    /// Appends the message with its length to a buffer.
    fn encode(&self, out: &mut Vec<u8>);

    /// Reads a message from its bytes without the length.
    fn decode(bytes: &[u8]) -> Result<Self, WireError>;
}

/// Why bytes are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The length is over [`MOST_BYTES`] or zero.
    #[error("a message of {0} bytes cannot be; the other side is not a recogniser process of this version")]
    Length(usize),
    /// No message has this kind.
    #[error("no message has kind {0}; the other side is of another version")]
    Kind(u8),
    /// The message ends inside a field.
    #[error("a message ends inside its {0}")]
    CutOff(&'static str),
    /// A field has a value that it cannot have.
    #[error("a message has an impossible {0}")]
    Impossible(&'static str),
    /// Bytes are left over.
    #[error("a message has {0} bytes too many")]
    LeftOver(usize),
}

/// Cuts a stream of bytes into messages, however the bytes come.
#[derive(Debug, Default)]
pub struct Decoder {
    bytes: Vec<u8>,
    /// Bytes of it that have been read.
    read: usize,
}

impl Decoder {
    /// A decoder at the beginning of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes of the stream. Take messages out with [`Self::message`] until there is none before feeding
    /// more, and no more than a message and a chunk are ever held.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.read > 0 {
            self.bytes.drain(..self.read);
            self.read = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message; `None` until more bytes come.
    pub fn message<M: Message>(&mut self) -> Result<Option<M>, WireError> {
        let rest = &self.bytes[self.read..];
        let Some((head, rest)) = rest.split_first_chunk::<4>() else { return Ok(None) };
        let length = u32::from_le_bytes(*head) as usize;
        if length == 0 || length > MOST_BYTES {
            return Err(WireError::Length(length));
        }
        let Some(message) = rest.get(..length) else { return Ok(None) };
        let message = M::decode(message)?;
        self.read += 4 + length;
        Ok(Some(message))
    }
}

/// Writes the length and kind in front of what `fields` appends.
fn framed(out: &mut Vec<u8>, kind: u8, fields: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.push(kind);
    fields(out);
    let length = (out.len() - start - 4) as u32;
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

/// Reads the kind and then its fields, all of them.
fn unframed<M>(bytes: &[u8], fields: impl FnOnce(u8, &mut Reader<'_>) -> Result<M, WireError>) -> Result<M, WireError> {
    let mut reader = Reader::new(bytes);
    let kind = reader.byte("kind")?;
    let message = fields(kind, &mut reader)?;
    reader.end()?;
    Ok(message)
}
