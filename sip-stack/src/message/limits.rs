//! How large a message may be.

/// Limits on what is read. Messages beyond them are refused with 413 or 513.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a whole message.
    pub message: usize,
    /// Bytes of the start line and headers.
    pub head: usize,
    /// Bytes of the body.
    pub body: usize,
    /// Header lines.
    pub headers: usize,
}

impl Default for Limits {
    /// 64 KiB a message, the most a datagram holds (RFC 3261 18.1.1); half of it for the head; 256 header lines.
    fn default() -> Self {
        Self { message: 65_535, head: 32_768, body: 65_535, headers: 256 }
    }
}
