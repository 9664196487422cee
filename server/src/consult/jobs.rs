//! Work that a service does meanwhile, and whose result comes by `POST /api/v1/jobs/{id}/result`.
//!
//! The service proves itself by the job's own token, which stands in the address that it is given. Since the address is
//! told as an event, the dialogue sees a marker in the place of the token; the token itself is put in when the service
//! is asked ([`JobTokens::reveal`]).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use call_model::{CallId, ConsultFailure, ConsultResult, Consulted, JobId, Message};
use ivr_flows::HttpRequest;
use storage::{JobResult, NewJob, Store, StoreError};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use super::{Asker, LONGEST_NAME, bounded, code, failed, later, refused, within};
use crate::chance;
use crate::services::Services;

/// Tells waiting calls that a result has come, or that they are over.
#[derive(Debug, Clone)]
pub struct JobBell(broadcast::Sender<Ring>);

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ring {
    /// The result of a job is there.
    Ended(JobId),
    /// A call is over and waits no more.
    Over(CallId),
}

/// The tokens of the jobs that one call has opened.
#[derive(Clone, Default)]
pub struct JobTokens(Arc<Mutex<BTreeMap<JobId, String>>>);

impl JobBell {
    /// A bell that nobody hears yet.
    pub fn new() -> Self {
        Self(broadcast::Sender::new(BELL_QUEUE))
    }

    /// The result of a job is there.
    pub fn ended(&self, job: JobId) {
        // Nobody waiting is no error.
        let _ = self.0.send(Ring::Ended(job));
    }

    fn over(&self, call: CallId) {
        let _ = self.0.send(Ring::Over(call));
    }
}

impl Default for JobBell {
    fn default() -> Self {
        Self::new()
    }
}

impl JobTokens {
    /// Puts the tokens into a request of the same call, in the place of their markers.
    pub fn reveal(&self, request: &mut HttpRequest) {
        for (job, token) in self.lock().iter() {
            let marker = marker(*job);
            let texts = request.headers.iter_mut().map(|(_, value)| value);
            for text in texts.chain([&mut request.url]).chain(request.body.as_mut()) {
                if text.contains(&marker) {
                    *text = text.replace(&marker, token);
                }
            }
        }
    }

    /// Says that the call is over, if it has opened jobs: their results go by message from now on.
    pub fn leave(&self, services: Arc<Services>, call: CallId) {
        if self.lock().is_empty() {
            return;
        }
        services.job_bell.over(call);
        tokio::spawn(async move {
            let now = services.clock.now();
            if let Err(error) = services.store.call_waits_no_more(call, now).await {
                tracing::error!(%error, %call, "results for a call that is over wait until it is taken to be gone");
            }
            services.outbox.wake();
        });
    }

    fn keep(&self, job: JobId, token: String) {
        self.lock().insert(job, token);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<JobId, String>> {
        // The map is whole after every statement, so that a panic under the lock leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asker {
    /// Registers a job.
    pub(super) async fn open_job(
        &self,
        name: String,
        number: String,
        key: String,
        if_gone: Option<Message>,
        expires_s: u32,
    ) -> ConsultResult {
        within("the seconds until a result is no longer taken", expires_s, 60, 604_800)?;
        bounded("the job's name", &name, LONGEST_NAME)?;
        bounded("the job's key", &key, LONGEST_NAME)?;
        if let Some(message) = &if_gone {
            self.check_message(message)?;
        }
        let (at, token) = (self.now(), code::token()?);
        let job = chance::job_id(self.services.clock.unix_ms());
        let new = NewJob {
            job,
            key,
            name,
            call: self.call,
            number,
            token: token.clone(),
            if_gone,
            waits_until: later(at, BEFORE_WAITING_S),
            at,
            expires_at: later(at, expires_s.into()),
        };
        let opened = self.services.store.open_job(new).await.map_err(|error| failed(&error))?;
        if opened != job {
            return Err(refused("the job's key was used before"));
        }
        self.tokens.keep(job, token);
        let base = self.services.config.public_url();
        let callback = format!("{base}/api/v1/jobs/{job}/result?token={}", marker(job));
        Ok(Consulted::JobOpened { job, callback })
    }

    /// Waits for the result of a job.
    pub(super) async fn await_job(&self, job: JobId, within_ms: u32) -> ConsultResult {
        let services = &self.services;
        let mut rings = services.job_bell.0.subscribe();
        let wait = Duration::from_millis(within_ms.into());
        let deadline = Instant::now() + wait;
        let until = later(self.now(), wait.as_secs() + SLACK_S);
        if let Some(result) = services.store.await_job(job, until).await.map_err(|error| unknown(&error))? {
            return Ok(told(result));
        }
        if heard(&mut rings, &services.store, job, self.call, deadline).await == Heard::Over {
            // Said again: what was written before may have been written after the call's last word.
            let now = services.clock.now();
            services.store.call_waits_no_more(self.call, now).await.map_err(|error| failed(&error))?;
            services.outbox.wake();
            return Ok(Consulted::JobRuns);
        }
        let last = services.store.give_up_job(job).await.map_err(|error| unknown(&error))?;
        Ok(last.map_or(Consulted::JobRuns, told))
    }
}

/// Why the wait has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    /// The result is there, or the time has passed.
    Enough,
    /// The call is over.
    Over,
}

/// Waits for the bell; results that came to another server of the same database are looked for each second.
async fn heard(
    rings: &mut broadcast::Receiver<Ring>,
    store: &Store,
    job: JobId,
    call: CallId,
    deadline: Instant,
) -> Heard {
    let mut look = tokio::time::interval(LOOK);
    look.reset();
    loop {
        tokio::select! {
            ring = rings.recv() => match ring {
                Ok(Ring::Ended(ended)) if ended == job => return Heard::Enough,
                Ok(Ring::Over(over)) if over == call => return Heard::Over,
                // What was missed is found by looking.
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Heard::Enough,
            },
            _ = look.tick() => {
                if store.job_has_ended(job).await.unwrap_or(false) {
                    return Heard::Enough;
                }
            }
            () = tokio::time::sleep_until(deadline) => return Heard::Enough,
        }
    }
}

fn told(result: JobResult) -> Consulted {
    Consulted::JobEnded { ok: result.ok, result: result.result }
}

fn unknown(error: &StoreError) -> ConsultFailure {
    match error {
        StoreError::NotFound(_) => refused("there is no such job"),
        other => failed(other),
    }
}

/// What stands in the place of a job's token until the service is asked.
fn marker(job: JobId) -> String {
    format!("token-of-{job}")
}

/// A dialogue asks the service and speaks before it waits.
const BEFORE_WAITING_S: u64 = 120;
const SLACK_S: u64 = 5;
const LOOK: Duration = Duration::from_secs(1);
const BELL_QUEUE: usize = 1024;

#[cfg(test)]
mod tests {
    use ivr_flows::HttpMethod;

    use super::*;

    #[test]
    fn a_token_is_put_in_only_when_the_service_is_asked() {
        let (job, tokens) = (JobId::from_parts(1, 2), JobTokens::default());
        tokens.keep(job, "s3cret".to_owned());
        let mut request = HttpRequest {
            service: "quote".to_owned(),
            method: HttpMethod::Post,
            url: "http://service.example/start".to_owned(),
            headers: vec![("x-callback".to_owned(), format!("https://us/?token={}", marker(job)))],
            body: Some(format!(r#"{{"callback":"https://us/?token={}"}}"#, marker(job))),
            timeout: Duration::from_secs(1),
            allow_private: false,
            secret: None,
        };
        tokens.reveal(&mut request);
        assert_eq!(request.body.as_deref(), Some(r#"{"callback":"https://us/?token=s3cret"}"#));
        assert_eq!(request.headers[0].1, "https://us/?token=s3cret");
    }
}
