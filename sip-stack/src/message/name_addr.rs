//! `name-addr` and `addr-spec` headers: From, To, Contact, Route, Record-Route, Path, Refer-To (RFC 3261 20).

use std::fmt;
use std::str::FromStr;

use super::error::SyntaxError;
use super::params::Params;
use super::text::{find_outside, is_token, read_quoted, trim, write_quoted};
use super::uri::Uri;

/// A display name, a URI and the parameters of the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameAddr {
    /// Display name without quotes and escapes.
    pub display: Option<Box<str>>,
    /// URI.
    pub uri: Uri,
    /// Parameters of the header, not of the URI: `tag`, `expires`, `q`, `+sip.instance`, ...
    pub params: Params,
}

impl NameAddr {
    /// Without display name or parameters.
    pub fn new(uri: Uri) -> Self {
        Self { display: None, uri, params: Params::new() }
    }

    /// With a display name.
    pub fn with_display(mut self, display: &str) -> Self {
        self.display = Some(display.into());
        self
    }

    /// With a tag.
    pub fn with_tag(mut self, tag: &str) -> Self {
        self.params.set("tag", Some(tag));
        self
    }

    /// The `tag` parameter (RFC 3261 19.3).
    pub fn tag(&self) -> Option<&str> {
        self.params.get("tag")
    }

    /// The `expires` parameter of a Contact, seconds. Not a number or too large counts as absent.
    pub fn expires(&self) -> Option<u32> {
        self.params.get("expires")?.parse().ok()
    }

    /// The `q` parameter of a Contact in thousandths, 0 to 1000.
    pub fn q(&self) -> Option<u16> {
        let value: f32 = self.params.get("q")?.parse().ok()?;
        // In range after the check, so the conversion keeps the value.
        (0.0..=1.0).contains(&value).then(|| (value * 1000.0).round() as u16)
    }

    /// The `+sip.instance` of a Contact without quotes and angle brackets (RFC 5626 4.1).
    pub fn instance(&self) -> Option<String> {
        let value = self.params.unquoted("+sip.instance")?;
        Some(value.trim_start_matches('<').trim_end_matches('>').to_owned())
    }

    /// The `reg-id` of a Contact (RFC 5626 4.2).
    pub fn reg_id(&self) -> Option<u32> {
        self.params.get("reg-id")?.parse().ok()
    }
}

impl FromStr for NameAddr {
    type Err = SyntaxError;

    /// Reads one value; a comma list must be split first.
    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let text = trim(text);
        if text.starts_with('"') {
            let (display, rest) = read_quoted(text).ok_or(SyntaxError("a display name misses its closing quote"))?;
            let rest = trim(rest).strip_prefix('<').ok_or(SyntaxError("after a quoted name stands <URI>"))?;
            return bracketed(Some(display.into()), rest);
        }
        if let Some(at) = text.find('<') {
            let display = trim(&text[..at]);
            check_bare_display(display)?;
            return bracketed((!display.is_empty()).then(|| display.into()), &text[at + 1..]);
        }
        // Without brackets everything after the first semicolon belongs to the header (RFC 3261 20).
        let (uri, params) = match find_outside(text, b';') {
            Some(at) => (trim(&text[..at]), &text[at + 1..]),
            None => (text, ""),
        };
        if uri.contains([',', '?']) {
            return Err(SyntaxError("a URI with a comma or question mark stands in <>"));
        }
        Ok(Self { display: None, uri: uri.parse()?, params: Params::parse(params)? })
    }
}

fn bracketed(display: Option<Box<str>>, rest: &str) -> Result<NameAddr, SyntaxError> {
    let (uri, rest) = rest.split_once('>').ok_or(SyntaxError("a URI begun with < must end with >"))?;
    let rest = trim(rest);
    let params = match rest.strip_prefix(';') {
        Some(params) => Params::parse(params)?,
        None if rest.is_empty() => Params::new(),
        None => return Err(SyntaxError("after <URI> stand parameters, each begun with a semicolon")),
    };
    Ok(NameAddr { display, uri: uri.parse()?, params })
}

/// Tokens with spaces, and any character beyond ASCII, since phones write names without quotes.
fn check_bare_display(display: &str) -> Result<(), SyntaxError> {
    let allowed =
        |c: char| !c.is_ascii() || c == ' ' || c == '\t' || !(c.is_ascii_control() || "\"<>,;:\\".contains(c));
    match display.chars().all(allowed) {
        true => Ok(()),
        false => Err(SyntaxError("a display name with punctuation stands in quotes")),
    }
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(display) = &self.display {
            if is_token(display) {
                f.write_str(display)?;
            } else {
                write_quoted(f, display)?;
            }
            f.write_str(" ")?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

/// The Contacts of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contacts {
    /// `Contact: *`: all bindings, in a REGISTER that removes them (RFC 3261 10.2.2).
    All,
    /// The listed contacts, possibly none.
    List(Vec<NameAddr>),
}
