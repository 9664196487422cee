//! What is remembered of a number from one call to another.

use std::collections::BTreeMap;

use call_model::{ConsultResult, Consulted};
use storage::NewFact;

use super::{Asker, DAY_S, LONGEST_NAME, LONGEST_VALUE, bounded, failed, is_nobody, later, refused, within};

impl Asker {
    /// Remembers something, or forgets it.
    pub(super) async fn remember(&self, number: String, fact: String, value: String, days: u32) -> ConsultResult {
        within("days", days, 1, 3660)?;
        if is_nobody(&number) {
            return Err(refused("the caller shows no number"));
        }
        bounded("the number", &number, LONGEST_NAME)?;
        bounded("what is remembered", &fact, LONGEST_NAME)?;
        if value.chars().count() > LONGEST_VALUE {
            return Err(refused(format!("what is remembered is longer than {LONGEST_VALUE} characters")));
        }
        let at = self.now();
        let until = later(at, u64::from(days) * DAY_S);
        let fact = NewFact { number, fact, value, at, until };
        self.services.store.remember(fact).await.map_err(|error| failed(&error))?;
        Ok(Consulted::Done)
    }

    /// What is remembered, of what is asked for.
    pub(super) async fn recall(&self, number: &str, facts: &[String]) -> ConsultResult {
        if is_nobody(number) {
            return Ok(Consulted::Recalled { facts: BTreeMap::new() });
        }
        let mut known = self.services.store.recall(number, self.now()).await.map_err(|error| failed(&error))?;
        known.retain(|name, _| facts.contains(name));
        Ok(Consulted::Recalled { facts: known })
    }
}
