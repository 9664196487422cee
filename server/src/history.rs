//! Earlier calls of a number, as an agent reads them.

use call_model::CallId;
use storage::{CallRecord, CallSearch, Store};

/// The last calls of a number before this one, newest first, a line each. Empty when the database does not answer.
pub async fn of(store: &Store, number: &str, except: CallId) -> Vec<String> {
    let search = CallSearch { number: Some(number.to_owned()), ..CallSearch::default() };
    match store.calls(&search, MOST + 1).await {
        Ok(calls) => calls.iter().filter(|call| call.call != except).take(MOST as usize).map(line).collect(),
        Err(error) => {
            tracing::warn!(%error, "no history for the agent");
            Vec::new()
        }
    }
}

fn line(call: &CallRecord) -> String {
    let day = call.started_at.strftime("%Y-%m-%d %H:%M UTC");
    let outcome = call.disposition.map_or("in progress", call_model::Disposition::as_str);
    match &call.intent {
        Some(intent) => format!("{day}: {intent}, {outcome}"),
        None => format!("{day}: {outcome}"),
    }
}

const MOST: u32 = 5;
