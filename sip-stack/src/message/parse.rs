//! Reading messages.

use std::borrow::Cow;
use std::sync::Arc;

use super::Message;
use super::error::{Fault, HeaderError, ParseError};
use super::headers::Headers;
use super::limits::Limits;
use super::method::Method;
use super::number_headers::parse_u32;
use super::request::Request;
use super::response::Response;
use super::text::{is_token, trim};
use super::uri::Uri;

/// Reads one datagram (RFC 3261 18.3: without Content-Length the body is the rest).
pub(super) fn datagram(bytes: &[u8], limits: &Limits) -> Result<Message, ParseError> {
    let bytes = skip_blank(bytes);
    if bytes.is_empty() {
        return Err(ParseError::new(Fault::Empty, None));
    }
    let mut fault = (bytes.len() > limits.message).then_some(Fault::MessageTooLarge { limit: limits.message });
    let head = Head::split(bytes);
    if !head.is_ended {
        fault = fault.or(Some(Fault::HeaderLine("the empty line after the headers is missing; was the message cut?")));
    }
    if head.text.len() > limits.head {
        fault = fault.or(Some(Fault::MessageTooLarge { limit: limits.head }));
    }
    let mut message = read_head(head.text, limits, &mut fault)?;
    let body = cut_body(message.headers(), head.body, limits).unwrap_or_else(|cut| {
        fault = fault.or(Some(cut));
        head.body
    });
    set_body(&mut message, body);
    finish(message, fault)
}

/// Ends reading: the message, or the fault with what was read of a request.
pub(super) fn finish(message: Message, fault: Option<Fault>) -> Result<Message, ParseError> {
    let fault = fault.or_else(|| check_mandatory(&message).err());
    match (fault, message) {
        (None, message) => Ok(message),
        (Some(fault), Message::Request(request)) => Err(ParseError::new(fault, Some(request))),
        (Some(fault), Message::Response(_)) => Err(ParseError::new(fault, None)),
    }
}

/// The message without body; the first fault found is left in `fault` and reading goes on as far as it can.
pub(super) fn read_head(head: &[u8], limits: &Limits, fault: &mut Option<Fault>) -> Result<Message, ParseError> {
    let text = String::from_utf8_lossy(head);
    let (start, rest) = next_line(&text);
    let headers = read_headers(rest, limits, fault);
    let empty: Arc<[u8]> = Arc::from([]);
    if start.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("SIP/")) {
        let (status, reason) = status_line(start).map_err(|fault| ParseError::new(fault, None))?;
        let mut response = Response::new(status).with_reason(reason);
        response.headers = headers;
        response.body = empty;
        return Ok(Message::Response(response));
    }
    let mut words = start.split(' ');
    let (Some(method), Some(uri), version, None) = (words.next(), words.next(), words.next(), words.next()) else {
        return unreadable_request(start, headers);
    };
    let version_fault = match version {
        Some(version) if version.eq_ignore_ascii_case("SIP/2.0") => None,
        Some(version) if version.get(..4).is_some_and(|b| b.eq_ignore_ascii_case("SIP/")) => Some(Fault::Version),
        Some(_) | None => Some(Fault::StartLine("a request line ends with SIP/2.0")),
    };
    let method = match method.parse::<Method>() {
        Ok(method) => method,
        Err(error) => return Err(ParseError::new(Fault::StartLine(error.0), None)),
    };
    let uri = uri.parse::<Uri>().unwrap_or_else(|error| {
        *fault = fault.or(Some(Fault::StartLine(error.0)));
        Uri::Other(uri.into())
    });
    if uri.as_sip().is_some_and(|uri| uri.headers.is_some()) {
        *fault = fault.or(Some(Fault::StartLine("a Request-URI carries no headers behind a question mark")));
    }
    *fault = version_fault.or(*fault);
    Ok(Message::Request(Request { method, uri, headers, body: empty }))
}

fn unreadable_request(start: &str, headers: Headers) -> Result<Message, ParseError> {
    let fault = Fault::StartLine("a request line is a method, a URI and SIP/2.0 with single spaces between");
    let method = start.split(' ').next().and_then(|word| word.parse::<Method>().ok());
    let request = method.map(|method| Request { method, uri: Uri::Other("".into()), headers, body: Arc::from([]) });
    Err(ParseError::new(fault, request))
}

fn status_line(line: &str) -> Result<(u16, &str), Fault> {
    let (version, rest) = line.split_once(' ').ok_or(Fault::StartLine("a status line has a status code"))?;
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        return Err(Fault::Version);
    }
    let (status, reason) = rest.split_once(' ').unwrap_or((rest, ""));
    match status.parse::<u16>() {
        Ok(code @ 100..=699) if status.len() == 3 => Ok((code, reason)),
        _ => Err(Fault::StartLine("a status code is a number from 100 to 699")),
    }
}

fn read_headers(mut rest: &str, limits: &Limits, fault: &mut Option<Fault>) -> Headers {
    let mut headers = Headers::with_capacity(20);
    while !rest.is_empty() {
        let (line, after) = next_folded(rest);
        rest = after;
        if line.is_empty() {
            continue;
        }
        if headers.len() == limits.headers {
            *fault = fault.or(Some(Fault::MessageTooLarge { limit: limits.headers }));
            return headers;
        }
        match read_header(&line) {
            Ok((name, value)) => headers.push_read(name, value.into()),
            Err(problem) => *fault = fault.or(Some(problem)),
        }
    }
    headers
}

fn read_header(line: &str) -> Result<(&str, &str), Fault> {
    let (name, value) = line.split_once(':').ok_or(Fault::HeaderLine("a header has a name and a colon"))?;
    let name = name.trim_end_matches([' ', '\t']);
    if !is_token(name) {
        return Err(Fault::HeaderLine("a header name is a token"));
    }
    if value.contains('\r') || has_bare_nul(value) {
        return Err(Fault::HeaderLine("a header value holds no bare CR and no NUL"));
    }
    Ok((name, trim(value)))
}

/// A NUL may stand in a quoted string behind a backslash only (RFC 3261 25.1 `quoted-pair`).
fn has_bare_nul(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| *byte == 0 && (at == 0 || bytes[at - 1] != b'\\'))
}

/// One line without its end (CRLF, or a lone LF as sloppy senders write), and what follows.
fn next_line(text: &str) -> (&str, &str) {
    match text.find('\n') {
        Some(at) => (text[..at].strip_suffix('\r').unwrap_or(&text[..at]), &text[at + 1..]),
        None => (text, ""),
    }
}

/// One header with its continuation lines joined by single spaces (RFC 3261 7.3.1).
fn next_folded(text: &str) -> (Cow<'_, str>, &str) {
    let (line, mut rest) = next_line(text);
    if !rest.starts_with([' ', '\t']) {
        return (Cow::Borrowed(line), rest);
    }
    let mut joined = line.trim_end_matches([' ', '\t']).to_owned();
    while rest.starts_with([' ', '\t']) {
        let (more, after) = next_line(rest);
        joined.push(' ');
        joined.push_str(trim(more));
        rest = after;
    }
    (Cow::Owned(joined), rest)
}

/// Start line and headers, and the bytes after the empty line.
struct Head<'a> {
    text: &'a [u8],
    body: &'a [u8],
    /// Whether the empty line was there.
    is_ended: bool,
}

impl<'a> Head<'a> {
    fn split(bytes: &'a [u8]) -> Self {
        match find_head_end(bytes) {
            Some((head, body)) => Self { text: &bytes[..head], body: &bytes[body..], is_ended: true },
            None => Self { text: bytes, body: &[], is_ended: false },
        }
    }
}

/// Where the head ends and where the body begins, when the empty line is there.
pub(super) fn find_head_end(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == b'\n').map(|at| at + from) {
        match &bytes[at + 1..] {
            [b'\n', ..] => return Some((at + 1, at + 2)),
            [b'\r', b'\n', ..] => return Some((at + 1, at + 3)),
            _ => from = at + 1,
        }
    }
    None
}

/// Takes line ends before the start line away (RFC 3261 7.5); nothing remains of a keep-alive of blanks and NULs.
fn skip_blank(bytes: &[u8]) -> &[u8] {
    if bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n' | b' ' | b'\t' | 0)) {
        return &[];
    }
    let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
    start.map_or(&[], |start| &bytes[start..])
}

/// The Content-Length, when there is one.
pub(super) fn content_length(headers: &Headers) -> Result<Option<usize>, HeaderError> {
    let mut found = None;
    for value in headers.get_all("Content-Length") {
        let problem = |problem| HeaderError::Malformed { name: "Content-Length", problem };
        let length = parse_u32(trim(value)).map_err(|error| problem(error.0))?;
        if found.is_some_and(|other| other != length) {
            return Err(HeaderError::Repeated { name: "Content-Length" });
        }
        found = Some(length);
    }
    Ok(found.map(|length| usize::try_from(length).unwrap_or(usize::MAX)))
}

fn cut_body<'a>(headers: &Headers, rest: &'a [u8], limits: &Limits) -> Result<&'a [u8], Fault> {
    let length = content_length(headers)?.unwrap_or(rest.len());
    if length > limits.body {
        return Err(Fault::BodyTooLarge { limit: limits.body });
    }
    rest.get(..length).ok_or(Fault::BodyCut { promised: length, present: rest.len() })
}

pub(super) fn set_body(message: &mut Message, body: &[u8]) {
    match message {
        Message::Request(request) => request.body = Arc::from(body),
        Message::Response(response) => response.body = Arc::from(body),
    }
}

/// What RFC 3261 8.1.1 demands of every message.
fn check_mandatory(message: &Message) -> Result<(), Fault> {
    let headers = message.headers();
    for name in ["From", "To", "Call-ID", "CSeq", "Max-Forwards"] {
        if headers.get_all(name).nth(1).is_some() {
            return Err(HeaderError::Repeated { name }.into());
        }
    }
    headers.top_via()?;
    headers.from()?;
    headers.to()?;
    headers.call_id()?;
    let cseq = headers.cseq()?;
    match message {
        Message::Request(request) if request.method != cseq.method => Err(Fault::CseqMethod),
        Message::Request(_) | Message::Response(_) => Ok(()),
    }
}
