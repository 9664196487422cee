//! `answer`: asks a service and says what it answered, in one step.
//!
//! ```yaml
//! bill:
//!   answer: { from: balance, with: { account: "{{ account }}" }, say: "You owe {{ balance.amount }}.", if_failed: desk, then: bye }
//! ```
//!
//! It is an `http` node and a `play` node (`bill.say`) behind it.

use call_model::BargeIn;

use super::http::Http;
use super::play::{Play, read_barge_in};
use super::{Kind, Surroundings};
use crate::reading::Reading;
use crate::yaml::Fields;

/// Reads the two steps: the first is the node itself.
pub(super) fn read(fields: &mut Fields<'_>, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Kind> {
    let from = fields.must_text("from", "add `from:` with a name from the services' file", &mut reading.findings);
    let line = reading.must_line(fields, "the answer");
    let barge_in = read_barge_in(fields, BargeIn::ByKey, reading);
    let then = reading.must_target(fields, "then", "add `then:` with the node that comes next");
    let asked = from.and_then(|from| Http::of_service(from, fields, around, reading));
    let said = reading.bring("say", Kind::Play(Play::new(line?, barge_in, then?)));
    Some(Kind::Http(asked?.leading_to(said)))
}
