//! `identify`: finds out who calls, by the number first, and then by asking.
//!
//! ```yaml
//! who:
//!   identify:
//!     from: customer                 # a service; status 404 means that it does not know the caller
//!     by: [caller, member]           # it is asked with `caller`, then with `member`
//!     ask: { type: digits, length: 6, say: "Please say your member number." }
//!     if_unknown: desk
//!     if_failed: desk
//!     then: welcome
//! ```
//!
//! Its fields are then known as `customer.name` and so on. It is made of `http` nodes and an `ask`: `who`, `who.ask` and
//! `who.look`.

use super::compose;
use super::http::Http;
use super::{Kind, NodeId, Surroundings};
use crate::diagnostic::Place;
use crate::reading::Reading;
use crate::text::Line;
use crate::yaml::{Content, Fields, Text, Tree};

/// What all steps of one node share.
struct Steps {
    from: Text,
    place: Place,
    say_while: Option<Line>,
    if_failed: NodeId,
    if_unknown: NodeId,
    then: NodeId,
}

/// Reads the steps: the first is the node itself.
pub(super) fn read(fields: &mut Fields<'_>, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Kind> {
    let from = fields.must_text("from", "add `from:` with a name from the services' file", &mut reading.findings);
    let by = fields.texts("by", &mut reading.findings);
    let say_while = reading.line(fields, "say_while", "audio_while");
    let fix = "add `if_failed:` with the node that comes next when the service fails";
    let if_failed = reading.must_target(fields, "if_failed", fix);
    let fix = "add `if_unknown:` with the node that comes next when nobody knows the caller";
    let if_unknown = reading.must_target(fields, "if_unknown", fix);
    let then = reading.must_target(fields, "then", "add `then:` with the node that comes next");
    let by = by.filter(|by| !by.is_empty()).unwrap_or_else(|| vec![text(fields.place, CALLER)]);
    let asked: Vec<&Text> = by.iter().filter(|by| by.text != CALLER).collect();
    if let Some(second) = asked.get(1) {
        let fix = "name `caller` and one slot; ask for a second thing with another `identify`";
        reading.findings.error(second.place, "one `identify` asks for one thing", fix);
        return None;
    }
    let question = match asked.first() {
        None => {
            fields.tree("ask");
            None
        }
        Some(_) => {
            let fix = "add `ask: { type: digits, length: 6, say: \"...\" }`";
            Some(compose::mapping(fields, "ask", fix, reading)?)
        }
    };
    let file = fields.file();
    let steps = Steps {
        place: fields.place,
        from: from?,
        say_while,
        if_failed: if_failed?,
        if_unknown: if_unknown?,
        then: then?,
    };
    let by_caller = by.iter().any(|by| by.text == CALLER);
    match (asked.first(), question) {
        (Some(slot), Some(question)) if by_caller => {
            let tree = steps.question(slot, question, around, reading)?;
            let ask = compose::bring("ask", "ask", &tree, file, around, reading)?;
            steps.look(CALLER, ask, around, reading)
        }
        (Some(slot), Some(question)) => {
            let tree = steps.question(slot, question, around, reading)?;
            let written = text(steps.place, "ask");
            super::read_kind(file, "ask", &written, &tree, around, reading)
        }
        _ => steps.look(CALLER, steps.if_unknown, around, reading),
    }
}

impl Steps {
    /// Asks the service with one value.
    fn look(&self, by: &str, unknown: NodeId, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Kind> {
        let value = reading.template(&text(self.place, &format!("{{{{ {by} }}}}")))?;
        let service = Http::known(&self.from, around, reading)?;
        let http = Http::asking(service, (by, value), self.say_while.clone(), self.place, around, reading);
        Some(Kind::Http(http.with_failures(self.if_failed, unknown).leading_to(self.then)))
    }

    /// The question, with the look-up behind it.
    fn question(&self, slot: &Text, tree: &Tree, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Tree> {
        let look = self.look(&slot.text, self.if_unknown, around, reading)?;
        let look = reading.bring("look", look);
        let tree = compose::with(tree.clone(), "slot", Content::Text(slot.text.clone()));
        Some(compose::with(tree, "then", Content::Text(compose::name_of(look, reading))))
    }
}

fn text(place: Place, text: &str) -> Text {
    Text { place, text: text.to_owned() }
}

/// The caller's own number.
const CALLER: &str = "caller";
