//! `transfer`: connects the caller with somebody outside of the queues.
//!
//! ```yaml
//! branch_office:
//!   transfer: { to: "+4930123456", say: "I will connect you.", ring: 30s, if_busy: later, if_failed: desk }
//! ```
//!
//! `to:` is a telephone number with its country code, or a `sip:` address. When the conversation ends, the call ends.
//! A caller who is not connected goes on at `if_failed`, or where `if_busy`, `if_no_answer`, `if_declined` say. The other
//! side is given the call's handle (User-to-User, RFC 7433), by which the context can be fetched.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use call_model::{BargeIn, TransferFailure, TransferRequest};

use super::NodeId;
use super::queue::read_ways;
use crate::reading::Reading;
use crate::run::{Afterwards, Core, Saying, Step};
use crate::text::{Line, Template, Voice};
use crate::yaml::Fields;

/// A node that connects the caller with somebody.
#[derive(Debug)]
pub(crate) struct Transfer {
    to: Template,
    pub(crate) line: Option<Line>,
    ring: Duration,
    if_failed: NodeId,
    otherwise: BTreeMap<TransferFailure, NodeId>,
}

impl Transfer {
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let to = fields.must_text("to", "add `to: \"+4930123456\"` or `to: \"sip:...\"`", &mut reading.findings);
        let line = reading.line(fields, "say", "audio");
        let ring = reading.duration(fields, "ring", SHORTEST_RING, LONGEST_RING).unwrap_or(DEFAULT_RING);
        let fix = "add `if_failed:` with the node that comes next when the caller is not connected";
        let if_failed = reading.must_target(fields, "if_failed", fix);
        let otherwise = read_ways(fields, reading);
        let to = to.and_then(|to| {
            let template = reading.template(&to)?;
            match &template {
                Template::Fixed(written) if address(written).is_none() => {
                    let fix = "write a number with its country code, as in \"+4930123456\", or a `sip:` address";
                    reading.findings.error(to.place, format!("nobody can be called at `{written}`"), fix);
                    None
                }
                _ => Some(template),
            }
        });
        Some(Self { to: to?, line, ring, if_failed: if_failed?, otherwise })
    }

    pub(crate) fn exits(&self) -> Vec<NodeId> {
        std::iter::once(self.if_failed).chain(self.otherwise.values().copied()).collect()
    }

    /// Where a caller goes on who was not connected.
    pub(crate) fn after(&self, why: TransferFailure) -> NodeId {
        self.otherwise.get(&why).copied().unwrap_or(self.if_failed)
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        let lines: Vec<&Line> = self.line.iter().collect();
        Saying::begin(&lines, BargeIn::Never, Afterwards::Enqueue(id), core, now)
    }

    /// Whom to call; the error says why nobody can be called.
    pub(crate) fn order(&self, core: &Core) -> Result<TransferRequest, String> {
        let written = core.render(&self.to, Voice::Service)?;
        let to = address(&written).ok_or("nobody can be called there: it is no number with its country code")?;
        Ok(TransferRequest { to, ring: self.ring })
    }
}

/// A number without its blanks and hyphens, or a SIP address.
fn address(written: &str) -> Option<String> {
    let written = written.trim();
    if let Some(rest) = written.strip_prefix("sip:") {
        let fits = !rest.is_empty() && rest.chars().all(|c| c.is_ascii_graphic() && !"<>\"\\".contains(c));
        return fits.then(|| written.to_owned());
    }
    let digits: String = written.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.')).collect();
    let number = digits.strip_prefix('+')?;
    let fits = (6..=15).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    fits.then_some(digits)
}

/// As long as people let it ring.
const DEFAULT_RING: Duration = Duration::from_secs(30);
const SHORTEST_RING: Duration = Duration::from_secs(5);
const LONGEST_RING: Duration = Duration::from_secs(180);

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn a_number_has_its_country_code() {
        assert_eq!(address("+49 30 (123) 45-6").as_deref(), Some("+4930123456"));
        assert_eq!(address("sip:desk@example.com").as_deref(), Some("sip:desk@example.com"));
        for wrong in ["030123456", "", "+", "+12a456789", "sip:", "sip:a b", "sip:a\r\nVia: x", "tel:+49301234567"] {
            assert_eq!(address(wrong), None, "{wrong}");
        }
    }
}
