//! `pre_answer`: on the way to a person, tells the caller what calls of this number have usually been about.
//!
//! ```yaml
//! desk:
//!   pre_answer:
//!     habit: { intent: bill, same_day_for_months: 3, caller: verified }
//!     from: balance
//!     say: "While I connect you: you owe {{ balance.amount }}."
//!     then: waiting
//! ```
//!
//! The wait in the queue counts from here. The history of the number decides: a call with the intent on the same day
//! of each of the months before (on the last day, where a month is shorter). A caller who has said that it is about
//! something else, or who is not verified where that is asked for, hears nothing. Whatever fails, the caller goes on to
//! `then`.
//!
//! It is followed by an `http` node (`desk.from`) and a `play` node (`desk.say`).

use std::time::Instant;

use call_model::{BargeIn, Consult, ConsultResult, Consulted, Day, PastCall};

use super::http::Http;
use super::play::Play;
use super::verify::VERIFIED;
use super::{Kind, NodeId, Surroundings};
use crate::nearest::nearest;
use crate::reading::Reading;
use crate::run::{Consulting, Core, Step};
use crate::yaml::{Fields, Text, list_of};

/// A node that answers before the caller waits.
#[derive(Debug)]
pub(crate) struct PreAnswer {
    habit: Habit,
    /// Where the service is asked.
    asks: NodeId,
    then: NodeId,
}

/// What a number is usually called about.
#[derive(Debug)]
struct Habit {
    intent: Text,
    months: u8,
    /// Whether the caller must have proved to be who he says.
    verified: bool,
}

impl PreAnswer {
    pub(crate) fn read(fields: &mut Fields<'_>, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Self> {
        let habit = Habit::read(fields, reading);
        let from = fields.must_text("from", "add `from:` with a name from the services' file", &mut reading.findings);
        let line = reading.must_line(fields, "the answer");
        let fix = "add `then:` with the node that comes next, such as the `queue`";
        let then = reading.must_target(fields, "then", fix);
        let http = from.and_then(|from| Http::failing_to(then, &[], from, fields, around, reading));
        let said = reading.bring("say", Kind::Play(Play::new(line?, BargeIn::ByKey, then?)));
        let asks = reading.bring("from", Kind::Http(http?.leading_to(said)));
        Some(Self { habit: habit?, asks, then: then? })
    }

    /// The intent must be one of the flow's.
    pub(crate) fn check(&self, reading: &mut Reading<'_>) {
        check_intent(&self.habit.intent, reading);
    }

    pub(crate) fn exits(&self) -> Vec<(NodeId, Vec<String>)> {
        let known = if self.habit.verified { vec![VERIFIED.to_owned()] } else { Vec::new() };
        vec![(self.asks, known), (self.then, Vec::new())]
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        core.keep_place(now);
        let other = core.memory.intent_name().is_some_and(|intent| intent != self.habit.intent.text);
        if other || (self.habit.verified && !core.verified) {
            return Step::Goto(self.then);
        }
        let request = Consult::History { number: core.caller(), months: self.habit.months, zone: None };
        Consulting::begin(id, request, &[], core, now)
    }

    pub(crate) fn consulted(&self, result: &ConsultResult) -> Step {
        match result {
            Ok(Consulted::History { today, calls }) if self.habit.holds(*today, calls) => Step::Goto(self.asks),
            Ok(_) | Err(_) => Step::Goto(self.then),
        }
    }
}

impl Habit {
    fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let (place, file) = (fields.place, fields.file());
        let Some(tree) = fields.tree("habit") else {
            let fix = "add `habit: { intent: bill, same_day_for_months: 3, caller: verified }`";
            reading.findings.error(place, "the answer does not say for which habit it is given", fix);
            return None;
        };
        let mut inner = reading.open(file, tree, "the habit")?;
        let fix = "add `intent:` with the name of a menu's choice";
        let intent = inner.must_text("intent", fix, &mut reading.findings);
        let months = inner.count("same_day_for_months", 1, 24, &mut reading.findings);
        let months = months.map_or(DEFAULT_MONTHS, |(_, months)| u8::try_from(months).unwrap_or(u8::MAX));
        let caller = inner.text("caller", &mut reading.findings);
        let verified = caller.is_none_or(|caller| match caller.text.as_str() {
            "verified" => true,
            "anyone" => false,
            other => {
                let fix = "write `verified`, or `anyone` where the answer may be told to whoever holds the telephone";
                reading.findings.error(caller.place, format!("`caller` cannot be `{other}`"), fix);
                true
            }
        });
        inner.finish(&mut reading.findings);
        Some(Self { intent: intent?, months, verified })
    }

    /// Whether there was such a call on this day in each of the months before.
    fn holds(&self, today: Day, calls: &[PastCall]) -> bool {
        let about = |call: &&PastCall| call.intent.as_ref() == Some(&self.intent.text);
        (1..=u32::from(self.months)).all(|back| {
            calls.iter().filter(about).any(|call| {
                call.day.months() + back == today.months()
                    && call.day.day() == today.day().min(call.day.last_of_month())
            })
        })
    }
}

/// Complains of an intent that no menu of the flow has.
pub(super) fn check_intent(intent: &Text, reading: &mut Reading<'_>) {
    if reading.intents.contains(&intent.text) {
        return;
    }
    let fix = match nearest(&intent.text, reading.intents.iter().map(String::as_str)) {
        Some(known) => format!("write `{known}`"),
        None if reading.intents.is_empty() => "add a menu with a choice of this name".to_owned(),
        None => format!("name a choice of a menu: {}", list_of(&reading.intents)),
    };
    reading.findings.error(intent.place, format!("there is no intent `{}`", intent.text), fix);
}

/// Three months in a row are no accident.
const DEFAULT_MONTHS: u8 = 3;

#[cfg(test)]
mod tests {
    use call_model::{CallId, Disposition};

    use super::*;

    fn habit() -> Habit {
        Habit { intent: Text { place: Default::default(), text: "bill".into() }, months: 3, verified: false }
    }

    fn calls(days: &[(&str, &str)]) -> Vec<PastCall> {
        let call = |(day, intent): &(&str, &str)| PastCall {
            call: CallId::from_parts(0, 0),
            day: day.parse().unwrap(),
            intent: Some((*intent).to_owned()),
            service: None,
            disposition: Disposition::SelfServed,
        };
        days.iter().map(call).collect()
    }

    #[test]
    fn the_same_day_of_three_months_is_a_habit() {
        let today: Day = "2026-11-24".parse().unwrap();
        let three = [("2026-10-24", "bill"), ("2026-09-24", "bill"), ("2026-08-24", "bill")];
        assert!(habit().holds(today, &calls(&three)));
        assert!(!habit().holds(today, &calls(&three[..2])));
        let other = [("2026-10-24", "bill"), ("2026-09-24", "complaint"), ("2026-08-24", "bill")];
        assert!(!habit().holds(today, &calls(&other)));
        let day_after = [("2026-10-24", "bill"), ("2026-09-25", "bill"), ("2026-08-24", "bill")];
        assert!(!habit().holds(today, &calls(&day_after)));
    }

    #[test]
    fn the_last_day_of_a_short_month_stands_for_the_thirty_first() {
        let today: Day = "2027-01-31".parse().unwrap();
        let calls = calls(&[("2026-12-31", "bill"), ("2026-11-30", "bill"), ("2026-10-31", "bill")]);
        assert!(habit().holds(today, &calls));
        assert!(!habit().holds("2027-01-30".parse().unwrap(), &calls));
    }
}
