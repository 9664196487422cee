//! Where the dialogue is: in which language, and in which sub-flow.

use std::collections::BTreeMap;
use std::sync::Arc;

use call_model::CallEvent;

use super::{Core, Step};
use crate::flow::Flow;
use crate::node::{Kind, NodeId};
use crate::part::{DEEPEST, Part};
use crate::value::Value;

impl Core {
    /// The part whose variables are seen.
    pub(crate) fn part(&self) -> &Part {
        &self.flow.parts[self.part]
    }

    /// Goes into a sub-flow, from the node that calls it.
    pub(crate) fn call(&mut self, from: NodeId, part: usize, taken: BTreeMap<String, Value>) -> Step {
        if self.memory.depth() >= DEEPEST {
            return Step::Broken("sub-flows are called too deep; let one return before the next is called".to_owned());
        }
        self.memory.call(from, taken);
        self.part = part;
        Step::Goto(self.flow.parts[part].start)
    }

    /// Comes back from a sub-flow to the node that called it.
    pub(crate) fn return_from(&mut self, results: &BTreeMap<String, Value>) -> Step {
        let flow = self.flow.clone();
        let Some(id) = self.memory.leave() else { return Step::Person };
        self.part = flow.nodes[id.0].part;
        match &flow.nodes[id.0].kind {
            Kind::Call(call) => call.returned(results, self),
            _ => Step::Person,
        }
    }

    /// Whether the flow can go on in a language.
    pub(crate) fn speaks(&self, language: &str) -> bool {
        self.in_language(language).is_some()
    }

    /// Goes on in a language, at a node of the one that was spoken until now.
    pub(crate) fn speak(&mut self, language: &str, then: NodeId) -> Step {
        let Some(other) = self.in_language(language) else { return Step::Goto(then) };
        let before = std::mem::replace(&mut self.flow, other);
        let now = self.flow.clone();
        // The files were checked to have the same nodes and parts.
        let same = |id: NodeId| now.named(&before.nodes[id.0].name).unwrap_or(now.person);
        self.part = now.part_named(&before.parts[self.part].name).unwrap_or_default();
        self.node = same(self.node);
        self.asked.iter_mut().for_each(|node| *node = same(*node));
        self.memory.rename_calls(same);
        if before.language() != now.language() {
            self.event(CallEvent::LanguageChosen { language: now.language().clone() });
        }
        Step::Goto(same(then))
    }

    /// The flow in a language, by its tag; a region is passed over where it has no file of its own.
    fn in_language(&self, language: &str) -> Option<Arc<Flow>> {
        let all = || std::iter::once(&self.first).chain(self.first.siblings.values());
        let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_lowercase();
        let exact = all().find(|flow| flow.language().as_str().eq_ignore_ascii_case(language));
        exact.or_else(|| all().find(|flow| primary(flow.language().as_str()) == primary(language))).cloned()
    }
}
