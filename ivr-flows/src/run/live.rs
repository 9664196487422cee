//! What is asked at a node during one visit: as it is written, or with the options that services have answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Core;
use crate::flow::Flow;
use crate::node::{Asked, Form, NodeId, offers_of};
use crate::understand::SlotType;
use crate::value::Value;

/// The form of this visit, where it is another than the one that is written.
#[derive(Debug, Clone, Default)]
pub(super) struct Live(Option<Arc<Form>>);

impl Live {
    /// What is asked at a node that was just come to. The error is where an empty list of options leads.
    pub(super) fn of(asked: Asked<'_>, core: &mut Core) -> Result<Self, NodeId> {
        let Asked::Form(form) = asked else { return Ok(Self::default()) };
        if !form.is_served() {
            return Ok(Self::default());
        }
        let form = form.with_options(core)?;
        for slot in &form.slots {
            let SlotType::Served(served) = &slot.kind.of else { continue };
            let options = served.choices.own();
            let offered: Vec<(String, Option<char>)> =
                options.iter().map(|option| (option.label.clone(), option.key)).collect();
            core.memory.set(offers_of(&slot.name), Value::Text(core.flow.turns.offers(&offered)));
            // A text that is heard holds the value as it is said, others as it is stored.
            let said =
                options.iter().map(|option| (slot.value(&option.name).spoken(core.flow.words), option.label.clone()));
            let stored = options.iter().map(|option| (option.name.clone(), option.label.clone()));
            core.memory.label(&slot.name, said.chain(stored).collect::<BTreeMap<_, _>>());
        }
        Ok(Self(Some(Arc::new(form))))
    }

    /// What is asked at the node.
    pub(super) fn asked<'f>(&'f self, flow: &'f Flow, node: NodeId) -> Option<Asked<'f>> {
        match &self.0 {
            Some(form) => Some(Asked::Form(form)),
            None => flow.nodes[node.0].asked(),
        }
    }
}
