//! `return`: ends a sub-flow and gives its results back.
//!
//! ```yaml
//! known:
//!   return: { verified: "yes", name: "{{ customer.name }}" }
//! ```
//!
//! Its keys are the names under `returns:`, all of them.

use std::collections::BTreeMap;

use super::Node;
use crate::nearest::nearest;
use crate::part::Part;
use crate::reading::Reading;
use crate::run::{Core, Step};
use crate::text::{Template, Voice};
use crate::value::Type;
use crate::yaml::{Content, Fields, Text, Tree, entries, list_of, text};

/// A node that ends a sub-flow.
#[derive(Debug)]
pub(crate) struct Return {
    values: Vec<(Text, Template)>,
}

impl Return {
    pub(crate) fn read(fields: Fields<'_>, tree: &Tree, reading: &mut Reading<'_>) -> Option<Self> {
        if reading.part == 0 {
            let fix = "write `hang_up`, or move the node to the file of a sub-flow";
            reading.findings.error(fields.place, "only a sub-flow can return", fix);
            return None;
        }
        let mut values = Vec::new();
        let given = match &tree.content {
            Content::Nothing => Vec::new(),
            _ => entries(fields.file(), tree, "return", &mut reading.findings).unwrap_or_default(),
        };
        for (name, tree) in given {
            let value = match &tree.content {
                Content::Flag(yes) => {
                    Some(Text { place: fields.at(tree), text: (if *yes { "yes" } else { "no" }).to_owned() })
                }
                _ => text(fields.file(), tree, &name.text, &mut reading.findings),
            };
            let template = value.and_then(|value| reading.template(&value));
            values.extend(template.map(|template| (name, template)));
        }
        Some(Self { values })
    }

    /// Everything that is declared must be given, and nothing else.
    pub(crate) fn check(&self, node: &Node, parts: &[Part], reading: &mut Reading<'_>) {
        let part = &parts[node.part];
        for (name, template) in &self.values {
            match (part.returns.get(&name.text), template) {
                (None, _) => {
                    let fix = match nearest(&name.text, part.returns.keys().map(String::as_str)) {
                        Some(known) => format!("write `{known}`"),
                        None => format!("declare it: `returns: {{ {}: text }}`", name.text),
                    };
                    let message = format!("the sub-flow declares no result `{}`", name.text);
                    reading.findings.error(name.place, message, fix);
                }
                (Some(of), Template::Fixed(value)) if of.parse(value).is_none() => {
                    let message = format!("the result `{}` is {} and cannot be \"{value}\"", name.text, of.what());
                    reading.findings.error(name.place, message, "write a value of that kind");
                }
                (Some(_), _) => {}
            }
        }
        let given = |name: &String| self.values.iter().any(|(given, _)| given.text == *name);
        let missing: Vec<&String> = part.returns.keys().filter(|name| !given(name)).collect();
        if !missing.is_empty() {
            let message = format!("the sub-flow returns here without {}", list_of(&missing));
            let fix = format!("add `{}: \"...\"` to the `return`", missing[0]);
            reading.findings.error(node.place, message, fix);
        }
    }

    pub(crate) fn enter(&self, core: &mut Core) -> Step {
        let mut results = BTreeMap::new();
        for (name, template) in &self.values {
            let text = match core.render(template, Voice::Service) {
                Ok(text) => text,
                Err(reason) => return Step::Broken(reason),
            };
            let of = core.part().returns.get(&name.text).cloned().unwrap_or(Type::Text);
            let Some(value) = of.parse(&text) else {
                return Step::Broken(format!("the result `{}` is {} and cannot be given so", name.text, of.what()));
            };
            results.insert(name.text.clone(), value);
        }
        core.return_from(&results)
    }
}
