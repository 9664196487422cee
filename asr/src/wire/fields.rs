//! The fields that messages are made of.

use std::time::Duration;

use super::WireError;

/// Reads fields from bytes; every read is bounded by the bytes that are there.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn end(self) -> Result<(), WireError> {
        if self.rest.is_empty() { Ok(()) } else { Err(WireError::LeftOver(self.rest.len())) }
    }

    fn take<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], WireError> {
        let (bytes, rest) = self.rest.split_first_chunk::<N>().ok_or(WireError::CutOff(field))?;
        self.rest = rest;
        Ok(*bytes)
    }

    pub(super) fn byte(&mut self, field: &'static str) -> Result<u8, WireError> {
        self.take::<1>(field).map(|[byte]| byte)
    }

    pub(super) fn flag(&mut self, field: &'static str) -> Result<bool, WireError> {
        match self.byte(field)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(WireError::Impossible(field)),
        }
    }

    pub(super) fn u32(&mut self, field: &'static str) -> Result<u32, WireError> {
        self.take(field).map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self, field: &'static str) -> Result<u64, WireError> {
        self.take(field).map(u64::from_le_bytes)
    }

    pub(super) fn f32(&mut self, field: &'static str) -> Result<f32, WireError> {
        let value = self.take(field).map(f32::from_le_bytes)?;
        if value.is_finite() { Ok(value) } else { Err(WireError::Impossible(field)) }
    }

    pub(super) fn time(&mut self, field: &'static str) -> Result<Duration, WireError> {
        self.u32(field).map(|milliseconds| Duration::from_millis(u64::from(milliseconds)))
    }

    pub(super) fn text(&mut self, field: &'static str) -> Result<&'a str, WireError> {
        let length = self.u32(field)? as usize;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(WireError::CutOff(field))?;
        self.rest = rest;
        std::str::from_utf8(bytes).map_err(|_| WireError::Impossible(field))
    }

    pub(super) fn list<T>(
        &mut self,
        field: &'static str,
        mut item: impl FnMut(&mut Self) -> Result<T, WireError>,
    ) -> Result<Vec<T>, WireError> {
        let count = self.u32(field)? as usize;
        // An item has at least four bytes, so that a false count cannot ask for memory.
        if count > self.rest.len() / 4 {
            return Err(WireError::CutOff(field));
        }
        (0..count).map(|_| item(self)).collect()
    }

    pub(super) fn samples<const N: usize>(&mut self, field: &'static str) -> Result<[i16; N], WireError> {
        let (bytes, rest) = self.rest.split_at_checked(2 * N).ok_or(WireError::CutOff(field))?;
        self.rest = rest;
        let mut samples = [0; N];
        for (sample, pair) in samples.iter_mut().zip(bytes.chunks_exact(2)) {
            *sample = i16::from_le_bytes([pair[0], pair[1]]);
        }
        Ok(samples)
    }
}

pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

pub(super) fn put_list<T>(
    out: &mut Vec<u8>,
    items: impl ExactSizeIterator<Item = T>,
    mut put: impl FnMut(&mut Vec<u8>, T),
) {
    out.extend_from_slice(&(items.len() as u32).to_le_bytes());
    items.for_each(|item| put(out, item));
}

/// A time in whole milliseconds; what is longer than 49 days counts as that.
pub(super) fn put_time(out: &mut Vec<u8>, time: Duration) {
    let milliseconds = u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
    out.extend_from_slice(&milliseconds.to_le_bytes());
}
