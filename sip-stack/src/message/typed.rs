//! Typed reading of the headers the stack lives by.

use super::date::parse_date;
use super::error::{HeaderError, RefusedHeader, SyntaxError};
use super::headers::Headers;
use super::name_addr::{Contacts, NameAddr};
use super::number_headers::{CSeq, RAck, parse_u32};
use super::request::Request;
use super::response::Response;
use super::text::{find_outside, split_outside, trim};
use super::via::Via;
use super::with_params::{Reason, Replaces, SessionExpires, ValueWithParams, parse_retry_after};

/// Typed readings; each costs a little parsing, so keep the result.
impl Headers {
    /// The topmost Via.
    pub fn top_via(&self) -> Result<Via, HeaderError> {
        let value = self.get("Via").ok_or(HeaderError::Missing { name: "Via" })?;
        let first = split_outside(value, b',').next().unwrap_or(value);
        first.parse().map_err(malformed("Via"))
    }

    /// All Vias, top to bottom.
    pub fn vias(&self) -> Result<Vec<Via>, HeaderError> {
        self.list("Via")
    }

    /// Puts `via` in the place of the topmost one and leaves the others.
    ///
    /// # Errors
    /// When a part of `via` holds a line break or NUL.
    pub fn replace_top_via(&mut self, via: &Via) -> Result<(), RefusedHeader> {
        let below = self.get("Via").and_then(|value| find_outside(value, b',').map(|at| value[at..].to_owned()));
        self.set_first("Via", format!("{via}{}", below.unwrap_or_default()))
    }

    /// From.
    pub fn from(&self) -> Result<NameAddr, HeaderError> {
        self.one("From")
    }

    /// To.
    pub fn to(&self) -> Result<NameAddr, HeaderError> {
        self.one("To")
    }

    /// Call-ID.
    pub fn call_id(&self) -> Result<&str, HeaderError> {
        self.get("Call-ID").filter(|value| !value.is_empty()).ok_or(HeaderError::Missing { name: "Call-ID" })
    }

    /// CSeq.
    pub fn cseq(&self) -> Result<CSeq, HeaderError> {
        self.one("CSeq")
    }

    /// RAck of a PRACK.
    pub fn rack(&self) -> Result<RAck, HeaderError> {
        self.one("RAck")
    }

    /// RSeq of a reliable provisional response.
    pub fn rseq(&self) -> Result<Option<u32>, HeaderError> {
        self.number("RSeq")
    }

    /// Contacts, also from comma lists.
    pub fn contacts(&self) -> Result<Contacts, HeaderError> {
        if self.get_all("Contact").any(|value| trim(value) == "*") {
            return match self.get_all("Contact").count() {
                1 => Ok(Contacts::All),
                _ => Err(HeaderError::Malformed { name: "Contact", problem: "* stands alone" }),
            };
        }
        self.list("Contact").map(Contacts::List)
    }

    /// The first contact that names a URI: a dialog's remote target.
    pub fn contact(&self) -> Result<NameAddr, HeaderError> {
        match self.contacts()? {
            Contacts::List(list) => list.into_iter().next().ok_or(HeaderError::Missing { name: "Contact" }),
            Contacts::All => Err(HeaderError::Malformed { name: "Contact", problem: "a URI is expected, not *" }),
        }
    }

    /// Route, top to bottom.
    pub fn routes(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.list("Route")
    }

    /// Record-Route, top to bottom.
    pub fn record_routes(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.list("Record-Route")
    }

    /// Path, top to bottom (RFC 3327).
    pub fn paths(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.list("Path")
    }

    /// Refer-To (RFC 3515).
    pub fn refer_to(&self) -> Result<NameAddr, HeaderError> {
        self.one("Refer-To")
    }

    /// Expires, seconds.
    pub fn expires(&self) -> Result<Option<u32>, HeaderError> {
        self.number("Expires")
    }

    /// Min-Expires of a 423, seconds.
    pub fn min_expires(&self) -> Result<Option<u32>, HeaderError> {
        self.number("Min-Expires")
    }

    /// Max-Forwards.
    pub fn max_forwards(&self) -> Result<Option<u32>, HeaderError> {
        self.number("Max-Forwards")
    }

    /// Session-Expires (RFC 4028).
    pub fn session_expires(&self) -> Result<Option<SessionExpires>, HeaderError> {
        self.perhaps("Session-Expires")
    }

    /// Min-SE, seconds; its parameters are passed over (RFC 4028 5).
    pub fn min_se(&self) -> Result<Option<u32>, HeaderError> {
        let Some(parts) = self.perhaps::<ValueWithParams>("Min-SE")? else { return Ok(None) };
        parse_u32(&parts.value).map(Some).map_err(malformed("Min-SE"))
    }

    /// Retry-After, seconds.
    pub fn retry_after(&self) -> Result<Option<u32>, HeaderError> {
        self.get("Retry-After")
            .map(|value| parse_retry_after(trim(value)).map_err(malformed("Retry-After")))
            .transpose()
    }

    /// Reasons (RFC 3326), in order.
    pub fn reasons(&self) -> Result<Vec<Reason>, HeaderError> {
        self.list("Reason")
    }

    /// Replaces (RFC 3891).
    pub fn replaces(&self) -> Result<Option<Replaces>, HeaderError> {
        self.perhaps("Replaces")
    }

    /// Event (RFC 6665).
    pub fn event(&self) -> Result<Option<ValueWithParams>, HeaderError> {
        self.perhaps("Event")
    }

    /// Subscription-State (RFC 6665).
    pub fn subscription_state(&self) -> Result<Option<ValueWithParams>, HeaderError> {
        self.perhaps("Subscription-State")
    }

    /// P-Asserted-Identity (RFC 3325), in order; trust it from a trunk only.
    pub fn asserted_identities(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.list("P-Asserted-Identity")
    }

    /// Diversion, the latest first (RFC 5806).
    pub fn diversions(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.list("Diversion")
    }

    /// Date, in seconds since 1970-01-01 00:00:00 UTC.
    pub fn date(&self) -> Result<Option<u64>, HeaderError> {
        self.get("Date").map(|value| parse_date(value).map_err(malformed("Date"))).transpose()
    }

    /// Option tags the peer demands.
    pub fn require(&self) -> Vec<&str> {
        self.tokens("Require")
    }

    /// Option tags the peer knows.
    pub fn supported(&self) -> Vec<&str> {
        self.tokens("Supported")
    }

    /// Methods the peer accepts.
    pub fn allow(&self) -> Vec<&str> {
        self.tokens("Allow")
    }

    /// Whether the comma lists of that name hold `token`, without case.
    pub fn lists(&self, name: &str, token: &str) -> bool {
        self.get_all(name).flat_map(|value| split_outside(value, b',')).any(|have| have.eq_ignore_ascii_case(token))
    }

    /// Content-Type without parameters, in lower case.
    pub fn content_type(&self) -> Option<String> {
        let value = self.get("Content-Type")?;
        Some(trim(value.split(';').next().unwrap_or(value)).to_ascii_lowercase())
    }

    /// All values of the comma lists of that name; empty pieces are left out.
    fn tokens(&self, name: &'static str) -> Vec<&str> {
        self.get_all(name).flat_map(|value| split_outside(value, b',')).filter(|piece| !piece.is_empty()).collect()
    }

    fn list<T: std::str::FromStr<Err = SyntaxError>>(&self, name: &'static str) -> Result<Vec<T>, HeaderError> {
        let pieces = self.get_all(name).flat_map(|value| split_outside(value, b','));
        pieces.filter(|piece| !piece.is_empty()).map(|piece| piece.parse().map_err(malformed(name))).collect()
    }

    fn one<T: std::str::FromStr<Err = SyntaxError>>(&self, name: &'static str) -> Result<T, HeaderError> {
        self.get(name).ok_or(HeaderError::Missing { name })?.parse().map_err(malformed(name))
    }

    fn perhaps<T: std::str::FromStr<Err = SyntaxError>>(&self, name: &'static str) -> Result<Option<T>, HeaderError> {
        self.get(name).map(|value| value.parse().map_err(malformed(name))).transpose()
    }

    fn number(&self, name: &'static str) -> Result<Option<u32>, HeaderError> {
        self.get(name).map(|value| parse_u32(trim(value)).map_err(malformed(name))).transpose()
    }
}

fn malformed(name: &'static str) -> impl Fn(SyntaxError) -> HeaderError {
    move |SyntaxError(problem)| HeaderError::Malformed { name, problem }
}

/// The accessors a message passes on to its headers.
macro_rules! pass_on {
    ($($message:ty),*) => {$(
        impl $message {
            /// The topmost Via.
            pub fn top_via(&self) -> Result<Via, HeaderError> {
                self.headers.top_via()
            }

            /// From.
            pub fn from(&self) -> Result<NameAddr, HeaderError> {
                self.headers.from()
            }

            /// To.
            pub fn to(&self) -> Result<NameAddr, HeaderError> {
                self.headers.to()
            }

            /// Call-ID.
            pub fn call_id(&self) -> Result<&str, HeaderError> {
                self.headers.call_id()
            }

            /// CSeq.
            pub fn cseq(&self) -> Result<CSeq, HeaderError> {
                self.headers.cseq()
            }
        }
    )*};
}
pass_on!(Request, Response);
