//! The calls in progress by their ids.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use call_control::Input;
use call_model::{AttemptId, CallId, Cause, LegId, Party};
use tokio::sync::{Notify, mpsc};

/// Every call task's queue, so that others can tell it something.
#[derive(Default)]
pub struct Registry {
    calls: Mutex<HashMap<CallId, Entry>>,
    stopping: AtomicBool,
    last_leg: AtomicU64,
    /// Told whenever a call has gone.
    gone: Notify,
    /// Calls since the start.
    begun: AtomicU64,
}

struct Entry {
    mail: mpsc::Sender<Input>,
    attempt: Option<AttemptId>,
    answered: bool,
}

impl Registry {
    /// An id for an outgoing leg; incoming legs are numbered by the endpoint, from higher up.
    pub fn next_leg(&self) -> LegId {
        LegId(self.last_leg.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Tells a call something. `false` when it has gone, or does not keep up.
    pub fn tell(&self, call: CallId, input: Input) -> bool {
        self.lock().get(&call).is_some_and(|entry| entry.mail.try_send(input).is_ok())
    }

    /// Ends a call.
    pub fn end(&self, call: CallId, by: Party, cause: Cause) -> bool {
        self.tell(call, Input::EndRequested { by, cause })
    }

    /// Ends the call of an attempt, unless it was answered.
    pub fn cancel_attempt(&self, attempt: AttemptId) {
        let calls = self.lock();
        let unanswered = calls.values().find(|entry| entry.attempt == Some(attempt) && !entry.answered);
        if let Some(entry) = unanswered {
            let _ = entry.mail.try_send(Input::EndRequested { by: Party::Operator, cause: Cause::Cancelled });
        }
    }

    /// Calls in progress.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// Calls since the start.
    pub fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    /// From now on no call begins.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether no call may begin any more.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Ends every call in progress.
    pub fn end_all(&self, cause: Cause) {
        for entry in self.lock().values() {
            let _ = entry.mail.try_send(Input::EndRequested { by: Party::System, cause });
        }
    }

    /// Waits until no call is in progress.
    pub async fn empty(&self) {
        loop {
            let gone = self.gone.notified();
            tokio::pin!(gone);
            gone.as_mut().enable();
            if self.count() == 0 {
                return;
            }
            gone.await;
        }
    }

    pub(super) fn insert(&self, call: CallId, mail: mpsc::Sender<Input>, attempt: Option<AttemptId>) {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.lock().insert(call, Entry { mail, attempt, answered: false });
    }

    pub(super) fn answered(&self, call: CallId) {
        if let Some(entry) = self.lock().get_mut(&call) {
            entry.answered = true;
        }
    }

    pub(super) fn remove(&self, call: CallId) {
        self.lock().remove(&call);
        self.gone.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<CallId, Entry>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
