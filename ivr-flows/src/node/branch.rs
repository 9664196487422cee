//! `branch`: goes different ways.
//!
//! ```yaml
//! choose:
//!   branch:
//!     - { if: "balance.amount > 100", goto: installments }
//!     - { else: tell }
//! ```

use std::collections::BTreeMap;

use super::NodeId;
use crate::diagnostic::Place;
use crate::reading::Reading;
use crate::run::{Core, Step};
use crate::text::Condition;
use crate::value::Type;
use crate::yaml::{Content, Tree, at};

/// A node that goes different ways.
#[derive(Debug)]
pub(crate) struct Branch {
    ways: Vec<(Place, Condition, NodeId)>,
    otherwise: NodeId,
}

impl Branch {
    /// Reads the list of ways. The last must be `else`.
    pub(crate) fn read(file: u32, place: Place, tree: &Tree, reading: &mut Reading<'_>) -> Option<Self> {
        let Content::List(items) = &tree.content else {
            let fix = "write `- { if: \"...\", goto: node }` lines below it, and `- { else: node }` as the last";
            reading.findings.error(place, format!("the branch is {}, but must be a list", tree.content.kind()), fix);
            return None;
        };
        let (mut ways, mut otherwise, mut complete) = (Vec::new(), None, true);
        for item in items {
            let item_place = at(file, item.at);
            let Some(mut fields) = reading.open(file, item, "the way") else { continue };
            if otherwise.is_some() {
                reading.findings.error(item_place, "nothing comes after `else`", "put `else` last");
            }
            if fields.has("else") {
                let target = reading.must_target(&mut fields, "else", "");
                complete &= target.is_some();
                otherwise = Some(target);
            } else {
                let condition = fields.must_text("if", "write `if: \"...\"` or `else: node`", &mut reading.findings);
                let target = reading.must_target(&mut fields, "goto", "add `goto:` with the node of this way");
                if let (Some(condition), Some(_)) = (&condition, target) {
                    reading.way_is_taken_if(&condition.text);
                }
                let condition = condition.and_then(|text| match Condition::parse(&text.text) {
                    Ok(condition) => Some((text.place, condition)),
                    Err(mistake) => {
                        reading.findings.error(text.place, mistake.message, mistake.fix);
                        None
                    }
                });
                match (condition, target) {
                    (Some((place, condition)), Some(target)) => ways.push((place, condition, target)),
                    _ => complete = false,
                }
            }
            fields.finish(&mut reading.findings);
        }
        if otherwise.is_none() {
            let fix = "add `- { else: node }` as the last way";
            reading.findings.error(place, "the branch does not say where to go when no condition holds", fix);
        }
        let otherwise = otherwise??;
        complete.then_some(Self { ways, otherwise })
    }

    pub(crate) fn check(&self, scope: &BTreeMap<String, Type>, reading: &mut Reading<'_>) {
        for (place, condition, _) in &self.ways {
            for mistake in condition.check(scope) {
                reading.findings.error(*place, mistake.message, mistake.fix);
            }
        }
    }

    pub(crate) fn exits(&self) -> Vec<NodeId> {
        self.ways.iter().map(|(_, _, to)| *to).chain([self.otherwise]).collect()
    }

    pub(crate) fn enter(&self, core: &mut Core) -> Step {
        let holds = |condition: &Condition| condition.holds(core.memory.conditions());
        let way = self.ways.iter().find(|(_, condition, _)| holds(condition));
        Step::Goto(way.map_or(self.otherwise, |(_, _, to)| *to))
    }
}
