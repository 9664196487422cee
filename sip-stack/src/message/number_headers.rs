//! Headers made of numbers and a method: CSeq and RAck.

use std::fmt;
use std::str::FromStr;

use super::error::SyntaxError;
use super::method::Method;

/// CSeq (RFC 3261 20.16).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CSeq {
    /// Sequence number.
    pub number: u32,
    /// Method, the same as the request's.
    pub method: Method,
}

impl FromStr for CSeq {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let mut words = text.split_ascii_whitespace();
        let (Some(number), Some(method), None) = (words.next(), words.next(), words.next()) else {
            return Err(SyntaxError("CSeq is a number and a method"));
        };
        Ok(Self { number: parse_u32(number)?, method: method.parse()? })
    }
}

impl fmt::Display for CSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.method)
    }
}

/// RAck, which a PRACK carries (RFC 3262 7.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RAck {
    /// RSeq of the response that is acknowledged.
    pub rseq: u32,
    /// CSeq of the response that is acknowledged.
    pub cseq: CSeq,
}

impl FromStr for RAck {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let (rseq, cseq) =
            text.trim_start().split_once([' ', '\t']).ok_or(SyntaxError("RAck is two numbers and a method"))?;
        Ok(Self { rseq: parse_u32(rseq)?, cseq: cseq.parse()? })
    }
}

impl fmt::Display for RAck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.rseq, self.cseq)
    }
}

/// Reads digits only; `+1` is no SIP number.
pub(crate) fn parse_u32(text: &str) -> Result<u32, SyntaxError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(SyntaxError("expected a number of digits"));
    }
    text.parse().map_err(|_| SyntaxError("the number is larger than 4294967295"))
}
