//! `ask`: fills a slot by asking for it.
//!
//! ```yaml
//! account:
//!   ask:
//!     slot: account
//!     type: digits
//!     length: 3
//!     say: "Please say your account number."
//!     read_back: "I heard {{ account }}. Is that right?"
//!     then: bill
//! ```
//!
//! Types: `digits` (`length`, or `min` and `max`), `yes_no`, and `one_of` with `options:` written like a menu's choices,
//! Digits are spoken one by one, in one turn or several, or pressed: `#` ends them, `*` begins again. With `read_back`
//! the value counts when the caller has said yes to it. An `ask` is a form of one slot.

use super::Surroundings;
use super::form::Form;
use super::question::node_asides;
use super::slot::{Around, Confirm, Slot};
use crate::reading::Reading;
use crate::yaml::Fields;

/// Reads a question for one slot.
pub(super) fn read_ask(fields: &mut Fields<'_>, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Form> {
    let asides = node_asides(fields, around, reading);
    let name = fields.must_text("slot", "add `slot:` with the name of what is asked", &mut reading.findings);
    let inherited = Around { manner: &around.manner, asides: &asides, confirm: Confirm::WhenUnsure, node: around };
    let mut fetches = Vec::new();
    let slot = Slot::read(fields, name, &inherited, &mut fetches, reading);
    let then = reading.must_target(fields, "then", "add `then:` with the node that comes next");
    let (slot, then) = (slot?, then?);
    let form = Form::of_one(slot, around.manner.clone(), &asides, then, reading);
    Some(Form { fetches, ..form })
}
