//! Callers who may be lost.

use call_model::{ConsultResult, Consulted};
use storage::NewRisk;

use super::{Asker, DAY_S, LONGEST_NAME, bounded, earlier, failed, is_nobody, within};

impl Asker {
    /// Notes a call with an intent that is a risk.
    pub(super) async fn note_risk(&self, number: String, intent: String, times: u32, days: u32) -> ConsultResult {
        within("times", times, 1, 100)?;
        within("days", days, 1, 366)?;
        bounded("the intent", &intent, LONGEST_NAME)?;
        if is_nobody(&number) {
            return Ok(Consulted::Risk { count: 1, flagged: times == 1 });
        }
        let at = self.now();
        let since = earlier(at, u64::from(days) * DAY_S);
        let risk = NewRisk { call: self.call, number, intent, at, since, times };
        let (count, flagged) = self.services.store.note_risk(risk).await.map_err(|error| failed(&error))?;
        Ok(Consulted::Risk { count, flagged })
    }
}
