//! `offer_transfer`: asks whether to connect the caller with a person.
//!
//! ```yaml
//! ask:
//!   offer_transfer: { say: "Shall I get a person?", accepted: desk, declined: welcome }
//! ```
//!
//! A yes moves at once. A no is remembered for the call: from then on every `offer_transfer` goes to its `declined`
//! without asking.

use std::time::Instant;

use call_model::CallEvent;

use super::form::Form;
use super::manner::Manner;
use super::question::{Question, node_asides};
use super::slot::{Slot, SlotKind, YES, yes_no};
use super::{NodeId, Surroundings};
use crate::reading::Reading;
use crate::run::{Asking, Core, Step};
use crate::understand::SlotType;
use crate::yaml::Fields;

/// A node that offers a person.
#[derive(Debug)]
pub(crate) struct OfferTransfer {
    pub(crate) form: Form,
    accepted: NodeId,
    declined: NodeId,
}

impl OfferTransfer {
    pub(crate) fn read(fields: &mut Fields<'_>, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Self> {
        let asides = node_asides(fields, around, reading);
        let manner = Manner::read(fields, &around.manner, reading);
        let question = Question::read(fields, "the offer", manner.clone(), &asides, reading);
        let accepted = reading.must_target(
            fields,
            "accepted",
            "add `accepted:` with the node that a yes leads to, such as a `queue`",
        );
        let declined = reading.must_target(fields, "declined", "add `declined:` with the node that a no leads to");
        let slot = Slot::unnamed(
            question?,
            SlotKind::new(SlotType::YesNo(yes_no(&manner.own_words, &asides, reading)), &asides, reading),
        );
        let form = Form::of_one(slot, manner, &asides, declined?, reading);
        Some(Self { form, accepted: accepted?, declined: declined? })
    }

    pub(crate) fn exits(&self) -> Vec<NodeId> {
        let failed = self.form.exits().into_iter().map(|(to, _)| to);
        [self.accepted, self.declined].into_iter().chain(failed).collect()
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        if core.memory.declined_person() {
            return Step::Goto(self.declined);
        }
        Asking::begin(id, core, now)
    }

    /// The caller has answered.
    pub(crate) fn answered(&self, node: &str, meaning: &str, core: &mut Core) -> Step {
        let accepted = meaning == YES;
        core.memory.offered(accepted);
        core.event(CallEvent::TransferOffered { node: node.to_owned(), accepted });
        Step::Goto(if accepted { self.accepted } else { self.declined })
    }
}
