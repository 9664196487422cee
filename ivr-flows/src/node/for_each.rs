//! `for_each`: goes through a list that a service answered, row by row.
//!
//! ```yaml
//! orders:
//!   for_each:
//!     in: customer.orders           # a `list` among the service's fields
//!     as: order                     # each row is `order.number` and so on
//!     ask: "Order {{ order.number }}, {{ order.state }}. Is it this one?"
//!     chosen: tell                  # a yes leads here, the row is kept
//!     none: desk                    # the list is at its end, or empty
//! ```
//!
//! With `say:` in place of `ask:` and `chosen:` every row is said, and then it goes on at `none`.

use std::collections::BTreeMap;

use super::compose;
use super::{Kind, NodeId, Surroundings};
use crate::nearest::nearest;
use crate::reading::Reading;
use crate::run::{Core, Step};
use crate::value::{Type, Value};
use crate::yaml::{Content, Fields, Text, Tree, list_of};

/// A node that begins with the first row.
#[derive(Debug)]
pub(crate) struct ForEach {
    next: NodeId,
}

/// A node that takes the next row.
#[derive(Debug)]
pub(crate) struct NextRow {
    /// The node that began, by its name.
    of: String,
    list: String,
    variable: String,
    columns: Vec<String>,
    /// Asks about the row, or says it.
    pub(crate) shown: NodeId,
    none: NodeId,
}

/// A node that knows whether the row is wanted.
#[derive(Debug)]
pub(crate) struct RowChosen {
    answer: String,
    chosen: NodeId,
    next: NodeId,
}

impl ForEach {
    pub(crate) fn read(fields: &mut Fields<'_>, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Self> {
        let file = fields.file();
        let at = (fields.place.line, fields.place.column);
        let list =
            fields.must_text("in", "add `in:` with a service's list, as in `customer.orders`", &mut reading.findings);
        let variable =
            fields.must_text("as", "add `as:` with a name for the row, as in `order`", &mut reading.findings);
        let none = reading.must_target(fields, "none", "add `none:` with the node that comes after the last row");
        let columns = list.as_ref().and_then(|list| columns(list, around, reading));
        let variable = variable.filter(|variable| reading.is_variable(variable) && is_free(variable, around, reading));
        if let (Some(columns), Some(variable)) = (&columns, &variable) {
            for (column, of) in columns {
                let name = format!("{}.{column}", variable.text);
                reading.slots.entry(name).or_insert((of.clone(), variable.place));
            }
        }
        // The row's node is known by its name before it is made, since what is shown leads back to it.
        let own = reading.own.1.text.clone();
        let next = reading.allot("next");
        let next_name = Content::Text(format!("{own}.next"));
        let shown = match fields.has("say") || fields.has("audio") {
            true => {
                let tree = compose::with(moved(fields, &["say", "audio", "barge_in"], at), "then", next_name);
                compose::bring("say", "play", &tree, file, around, reading)
            }
            false => {
                let chosen = reading.must_target(fields, "chosen", "add `chosen:` with the node that a yes leads to");
                let ask = fields.must_text(
                    "ask",
                    "add `ask:` with the question about a row, or `say:`",
                    &mut reading.findings,
                );
                let answer = format!("{}_chosen", variable.as_ref().map_or("row", |variable| variable.text.as_str()));
                let taken = RowChosen { answer: answer.clone(), chosen: chosen?, next };
                let taken = reading.bring("chosen", Kind::RowChosen(taken));
                let text = |text: &str| Content::Text(text.to_owned());
                let at = (ask.as_ref()?.place.line, ask.as_ref()?.place.column);
                let mut tree = compose::with(compose::empty(at), "say", text(&ask?.text));
                tree = compose::with(tree, "slot", text(&answer));
                tree = compose::with(tree, "type", text("yes_no"));
                tree = compose::with(tree, "then", Content::Text(compose::name_of(taken, reading)));
                compose::bring("ask", "ask", &tree, file, around, reading)
            }
        };
        let row = NextRow {
            of: own,
            list: list?.text,
            variable: variable?.text,
            columns: columns?.into_keys().collect(),
            shown: shown?,
            none: none?,
        };
        reading.put(next, Kind::NextRow(row));
        Some(Self { next })
    }

    pub(crate) fn exits(&self) -> Vec<NodeId> {
        vec![self.next]
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core) -> Step {
        let name = core.flow.nodes[id.0].name.clone();
        core.memory.rewind(&name);
        Step::Goto(self.next)
    }
}

impl NextRow {
    pub(crate) fn exits(&self) -> Vec<(NodeId, Vec<String>)> {
        let filled = self.columns.iter().map(|column| format!("{}.{column}", self.variable)).collect();
        vec![(self.shown, filled), (self.none, Vec::new())]
    }

    pub(crate) fn enter(&self, core: &mut Core) -> Step {
        let Some(row) = core.memory.next_row(&self.of, &self.list) else { return Step::Goto(self.none) };
        row.into_iter().for_each(|(column, value)| core.memory.set(format!("{}.{column}", self.variable), value));
        // A list has an end, so that no circle goes on for ever.
        core.attended();
        Step::Goto(self.shown)
    }
}

impl RowChosen {
    pub(crate) fn exits(&self) -> Vec<NodeId> {
        vec![self.chosen, self.next]
    }

    pub(crate) fn enter(&self, core: &Core) -> Step {
        let yes = core.memory.get(&self.answer) == Some(&Value::YesNo(true));
        Step::Goto(if yes { self.chosen } else { self.next })
    }
}

/// The columns of a service's list.
fn columns(list: &Text, around: &Surroundings, reading: &mut Reading<'_>) -> Option<BTreeMap<String, Type>> {
    let all = around.services.iter().flat_map(|(name, service)| {
        service.shape.lists.iter().map(move |(list, columns)| (format!("{name}.{list}"), columns))
    });
    let lists: BTreeMap<String, &BTreeMap<String, Type>> = all.collect();
    if let Some(columns) = lists.get(&list.text) {
        return Some((*columns).clone());
    }
    let names: Vec<&String> = lists.keys().collect();
    let fix = match nearest(&list.text, names.iter().map(|name| name.as_str())) {
        Some(known) => format!("write `{known}`"),
        None if names.is_empty() => {
            "declare it among the service's `fields:`, as in `orders: { list: { number: digits } }`".to_owned()
        }
        None => format!("name one of {}", list_of(&names)),
    };
    reading.findings.error(list.place, format!("no service answers a list `{}`", list.text), fix);
    None
}

fn is_free(variable: &Text, around: &Surroundings, reading: &mut Reading<'_>) -> bool {
    let taken = around.services.contains_key(&variable.text);
    if taken {
        let message = format!("`{}` is a service already", variable.text);
        reading.findings.error(variable.place, message, "give the row another name");
    }
    !taken
}

/// Takes some fields into a mapping of their own.
fn moved(fields: &mut Fields<'_>, names: &[&'static str], at: (u32, u32)) -> Tree {
    let mut tree = compose::empty(at);
    for name in names {
        if let Some(value) = fields.tree(name) {
            tree = compose::with_tree(tree, name, value.clone());
        }
    }
    tree
}
