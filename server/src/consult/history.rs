//! The past calls of a number.

use call_model::{ConsultFailure, ConsultResult, Consulted, PastCall};
use jiff::ToSpan;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::{Asker, day_of, failed, is_nobody, refused, within};

impl Asker {
    /// The past calls of a number, newest first, told in days of a zone.
    pub(super) async fn history(&self, number: &str, months: u8, zone: Option<&str>) -> ConsultResult {
        within("months", months, 1, 24)?;
        let zone = match zone {
            Some(name) => TimeZoneDatabase::bundled()
                .get(name)
                .map_err(|_| refused(format!("`{name}` is no zone; write one such as Europe/Berlin")))?,
            None => TimeZone::system(),
        };
        let now = self.now().to_zoned(zone.clone());
        let since = now.checked_sub(i64::from(months).months()).and_then(|then| then.start_of_day());
        let since = since.map_err(|_| ConsultFailure::Failed)?.timestamp();
        let calls = match is_nobody(number) {
            true => Ok(Vec::new()),
            false => self.services.store.calls_of_number(number, self.call, since, MOST_CALLS).await,
        };
        let calls = calls.map_err(|error| failed(&error))?.into_iter().filter_map(|call| {
            Some(PastCall {
                call: call.call,
                day: day_of(call.started_at, &zone)?,
                intent: call.intent,
                service: call.service,
                disposition: call.disposition,
            })
        });
        let today = day_of(now.timestamp(), &zone).ok_or(ConsultFailure::Failed)?;
        Ok(Consulted::History { today, calls: calls.collect() })
    }
}

const MOST_CALLS: u32 = 200;
