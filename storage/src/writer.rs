//! The one task that writes: takes all that waits, commits once, then answers.
//!
//! What calls did is not lost while the disk is full or the database away: it is owed, in memory, and tried again until
//! it is stored.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use call_model::{EventRecord, ProjectId};
use serde::Serialize;
use tokio::sync::{mpsc, oneshot, watch};

use crate::calls::{self, CallEnd, StartedHere};
use crate::dialect::{Address, Connection};
use crate::error::StoreError;
use crate::events;

/// A change that is not a call's own: run inside a transaction that others share.
pub(crate) trait Write: Send + Sync + 'static {
    /// What the asker gets after the commit.
    type Output: Send + Sync + 'static;

    /// Runs the statements. It may be called again after a rollback or a lost connection, so it must lead to the same
    /// rows when they are there already. An error of the asker must be returned before anything was changed.
    fn run(&self, tx: &mut Connection) -> impl Future<Output = Result<Self::Output, StoreError>> + Send;
}

/// What the writer has done since it was started, and what waits for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct WriterCounts {
    /// Jobs that wait now.
    pub waiting: u64,
    /// Jobs that were committed.
    pub committed: u64,
    /// Transactions that were committed: the group commit at work.
    pub groups: u64,
    /// Microseconds spent in committed transactions.
    pub busy_us: u64,
    /// Jobs that failed and were told so.
    pub failed: u64,
    /// Jobs that were refused because the queue was full.
    pub refused: u64,
    /// Events that could not be written and were more than can be owed.
    pub lost_events: u64,
    /// Events and ends of calls that could not be written yet, and are tried again.
    pub owed: u64,
    /// Times that the connection was made again.
    pub reconnects: u64,
}

/// The asking end of the writer's queue.
#[derive(Debug, Clone)]
pub(crate) struct WriterQueue {
    jobs: mpsc::Sender<Job>,
    tally: Arc<Tally>,
}

/// The writer's limits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WriterLimits {
    pub(crate) queue: usize,
    pub(crate) group: usize,
    pub(crate) patience: Duration,
}

/// Rows of one call, or a change of another kind.
pub(crate) enum Job {
    Call(CallJob),
    Other(Box<dyn AnyWrite>),
    Close(oneshot::Sender<()>),
}

/// What is written of one call in one go.
pub(crate) struct CallJob {
    pub(crate) project: ProjectId,
    pub(crate) start: Option<StartedHere>,
    pub(crate) events: Vec<EventRecord>,
    pub(crate) end: Option<Box<CallEnd>>,
    pub(crate) reply: Option<oneshot::Sender<Result<(), StoreError>>>,
}

/// A [`Write`] together with the one who waits for it.
pub(crate) trait AnyWrite: Send + Sync {
    fn run<'a>(
        &'a mut self,
        tx: &'a mut Connection,
    ) -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;
    fn answer(&mut self, committed: Result<(), StoreError>);
}

struct Asked<W: Write> {
    write: W,
    outcome: Option<Result<W::Output, StoreError>>,
    reply: Option<oneshot::Sender<Result<W::Output, StoreError>>>,
}

#[derive(Debug, Default)]
struct Tally {
    committed: AtomicU64,
    groups: AtomicU64,
    busy_us: AtomicU64,
    failed: AtomicU64,
    refused: AtomicU64,
    lost_events: AtomicU64,
    owed: AtomicU64,
    reconnects: AtomicU64,
}

struct Writer {
    address: Address,
    connection: Option<Connection>,
    limits: WriterLimits,
    tally: Arc<Tally>,
    sequence: watch::Sender<i64>,
    /// What could not be written yet, the oldest first.
    owed: VecDeque<CallJob>,
    /// When what is owed is tried again.
    pay_at: Instant,
}

/// What is owed at most, in events and ends of calls; a call has some thirty.
const MOST_OWED: u64 = 200_000;
/// How long what is owed waits from try to try.
const OWED_PAUSE: Duration = Duration::from_secs(2);
/// No transaction of ours takes as long; a database that does not answer for this long is taken to be gone.
const LONGEST_TRANSACTION: Duration = Duration::from_secs(30);
/// From this many jobs a group, the writer lets jobs gather before the next: a commit costs more than the rows of a
/// call, so at 600 calls a second a third of the processor time is saved. A quiet writer never waits.
const BUSY_GROUP: usize = 4;
const GATHER: Duration = Duration::from_millis(2);
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Starts the writer on a connection and returns its queue, with the sequence of the last committed event.
pub(crate) fn start(
    address: Address,
    connection: Connection,
    last_sequence: i64,
    limits: WriterLimits,
) -> (WriterQueue, watch::Receiver<i64>) {
    let (jobs, waiting) = mpsc::channel(limits.queue);
    let (sequence, committed) = watch::channel(last_sequence);
    let tally = Arc::new(Tally::default());
    let writer = Writer {
        address,
        connection: Some(connection),
        limits,
        tally: Arc::clone(&tally),
        sequence,
        owed: VecDeque::new(),
        pay_at: Instant::now(),
    };
    tokio::spawn(writer.serve(waiting));
    (WriterQueue { jobs, tally }, committed)
}

impl WriterQueue {
    /// Puts a job into the queue, or says at once that it is full.
    pub(crate) fn submit(&self, job: Job) -> Result<(), StoreError> {
        self.jobs.try_send(job).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => {
                self.tally.refused.fetch_add(1, Ordering::Relaxed);
                StoreError::Busy
            }
            mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
        })
    }

    /// Writes and waits until it is on disk.
    pub(crate) async fn write<W: Write>(&self, write: W) -> Result<W::Output, StoreError> {
        let (job, answer) = asked(write);
        self.submit(job)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// As [`Self::write`], but waits for a place in the queue: for bulk work, which no call depends on.
    pub(crate) async fn write_in_turn<W: Write>(&self, write: W) -> Result<W::Output, StoreError> {
        let (job, answer) = asked(write);
        self.jobs.send(job).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Lets everything that waits be written and ends the writer.
    pub(crate) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.jobs.send(Job::Close(done)).await.is_ok() {
            // An error only says that the writer has ended already.
            drop(closed.await);
        }
    }

    pub(crate) fn counts(&self) -> WriterCounts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        WriterCounts {
            waiting: (self.jobs.max_capacity() - self.jobs.capacity()) as u64,
            committed: read(&self.tally.committed),
            groups: read(&self.tally.groups),
            busy_us: read(&self.tally.busy_us),
            failed: read(&self.tally.failed),
            refused: read(&self.tally.refused),
            lost_events: read(&self.tally.lost_events),
            owed: read(&self.tally.owed),
            reconnects: read(&self.tally.reconnects),
        }
    }
}

fn asked<W: Write>(write: W) -> (Job, oneshot::Receiver<Result<W::Output, StoreError>>) {
    let (reply, answer) = oneshot::channel();
    (Job::Other(Box::new(Asked { write, outcome: None, reply: Some(reply) })), answer)
}

impl Writer {
    async fn serve(mut self, mut waiting: mpsc::Receiver<Job>) {
        let mut taken = Vec::with_capacity(self.limits.group);
        let mut closing = Vec::new();
        while self.take(&mut waiting, &mut taken).await {
            let mut group = Vec::with_capacity(taken.len());
            for job in taken.drain(..) {
                match job {
                    Job::Close(done) => {
                        waiting.close();
                        closing.push(done);
                    }
                    job => group.push(job),
                }
            }
            let busy = group.len() >= BUSY_GROUP;
            if !group.is_empty() {
                self.write_group(group).await;
            }
            if Instant::now() >= self.pay_at {
                self.pay().await;
            }
            if busy && closing.is_empty() {
                tokio::time::sleep(GATHER).await;
            }
        }
        self.pay().await;
        if !self.owed.is_empty() {
            tracing::error!(
                calls = self.owed.len(),
                "what calls did in the end is lost: the database did not come back"
            );
        }
        if let Some(connection) = self.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the writer's connection did not close in order; nothing is lost");
        }
        for done in closing {
            // Nobody waits any more where this fails.
            let _ = done.send(());
        }
    }

    /// Waits for jobs, or until what is owed is due. `false` once nothing more will come.
    async fn take(&self, waiting: &mut mpsc::Receiver<Job>, taken: &mut Vec<Job>) -> bool {
        let jobs = waiting.recv_many(taken, self.limits.group);
        if self.owed.is_empty() {
            return jobs.await > 0;
        }
        match tokio::time::timeout_at(self.pay_at.into(), jobs).await {
            Ok(count) => count > 0,
            Err(_) => true,
        }
    }

    /// Writes what is owed, until something fails again.
    async fn pay(&mut self) {
        while !self.owed.is_empty() {
            let count = self.owed.len().min(self.limits.group);
            let group: Vec<CallJob> = self.owed.drain(..count).collect();
            let left = self.owed.len();
            // What fails again is counted again, and must find its place.
            self.tally.owed.fetch_sub(group.iter().map(CallJob::rows).sum(), Ordering::Relaxed);
            self.write(group.into_iter().map(Job::Call).collect(), true).await;
            if self.owed.len() > left {
                break;
            }
        }
    }

    /// Writes a group, with as many attempts as its errors allow, and answers every job of it.
    async fn write_group(&mut self, group: Vec<Job>) {
        self.write(group, false).await;
    }

    /// As [`Self::write_group`]; with `again`, some of it may be stored already.
    async fn write(&mut self, mut group: Vec<Job>, mut again: bool) {
        let patience_ends = Instant::now() + self.limits.patience;
        let mut pause = FIRST_PAUSE;
        loop {
            let outcome = self.try_group(&mut group, again).await;
            match outcome {
                Ok(()) => return self.answer(group, Ok(())),
                Err(StoreError::Disconnected(error)) => {
                    self.connection = None;
                    if Instant::now() + pause > patience_ends {
                        return self.answer(group, Err(StoreError::Disconnected(error)));
                    }
                    tracing::warn!(%error, "the database cannot be reached; trying again");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    again = true;
                }
                Err(StoreError::DiskFull) => {
                    self.roll_back().await;
                    return self.answer(group, Err(StoreError::DiskFull));
                }
                Err(error) => {
                    self.roll_back().await;
                    if group.len() == 1 {
                        return self.answer(group, Err(error));
                    }
                    for job in group {
                        Box::pin(self.write(vec![job], again)).await;
                    }
                    return;
                }
            }
        }
    }

    /// One transaction. With `again`, rows that are there already are those of an attempt whose commit got through
    /// although its answer did not.
    async fn try_group(&mut self, group: &mut [Job], again: bool) -> Result<(), StoreError> {
        let began = Instant::now();
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                self.tally.reconnects.fetch_add(1, Ordering::Relaxed);
                let connecting = tokio::time::timeout(LONGEST_TRANSACTION, self.address.connect());
                // Whatever the reason, no job of the group is to blame for it.
                connecting.await.map_err(|_| no_answer())?.map_err(|error| StoreError::Disconnected(Arc::new(error)))?
            }
        };
        let transaction = tokio::time::timeout(LONGEST_TRANSACTION, apply(&mut connection, group, again));
        let outcome = transaction.await.unwrap_or_else(|_| Err(no_answer()));
        self.connection = Some(connection);
        let sequence = outcome?;
        self.tally.groups.fetch_add(1, Ordering::Relaxed);
        self.tally.busy_us.fetch_add(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        if let Some(sequence) = sequence {
            self.sequence.send_replace(sequence);
        }
        Ok(())
    }

    /// Keeps what could not be written, to try again.
    fn owe(&mut self, job: CallJob, error: &StoreError) {
        let (rows, call) = (job.rows(), job.events.first().map(|event| event.call));
        if error.is_tried_again() && job.can_wait() && self.tally.owed.load(Ordering::Relaxed) + rows <= MOST_OWED {
            if self.owed.is_empty() {
                tracing::error!(%error, "what calls do cannot be stored; it is kept in memory and tried again");
            }
            self.tally.owed.fetch_add(rows, Ordering::Relaxed);
            self.owed.push_back(job);
            self.pay_at = Instant::now() + OWED_PAUSE;
        } else if job.can_wait() {
            self.tally.lost_events.fetch_add(job.events.len() as u64, Ordering::Relaxed);
            tracing::error!(?call, events = job.events.len(), %error, "events were not stored");
        }
    }

    async fn roll_back(&mut self) {
        if let Some(connection) = &mut self.connection
            && connection.rollback().await.is_err()
        {
            self.connection = None;
        }
    }

    fn answer(&mut self, group: Vec<Job>, outcome: Result<(), StoreError>) {
        let counter = if outcome.is_ok() { &self.tally.committed } else { &self.tally.failed };
        counter.fetch_add(group.len() as u64, Ordering::Relaxed);
        for job in group {
            match job {
                Job::Call(mut job) => {
                    if let Some(reply) = job.reply.take() {
                        // The asker may have gone; the rows are what counts.
                        drop(reply.send(outcome.clone()));
                    }
                    if let Err(error) = &outcome {
                        self.owe(job, error);
                    }
                }
                Job::Other(mut job) => job.answer(outcome.clone()),
                Job::Close(_) => {}
            }
        }
    }
}

impl CallJob {
    /// The rows that would be lost with it.
    fn rows(&self) -> u64 {
        self.events.len() as u64 + u64::from(self.end.is_some())
    }

    /// Whether its call goes on, or has ended, whatever becomes of the job. A call whose beginning cannot be written is
    /// refused instead, and writes that with its end.
    fn can_wait(&self) -> bool {
        self.start.is_none() || self.end.is_some()
    }
}

/// Runs a group: the beginnings of calls, events, changes of other kinds, the ends of calls. Returns the sequence of the
/// last event.
async fn apply(tx: &mut Connection, group: &mut [Job], again: bool) -> Result<Option<i64>, StoreError> {
    let (mut starts, mut events, mut ends) = (Vec::new(), Vec::new(), Vec::new());
    for job in group.iter() {
        let Job::Call(job) = job else { continue };
        if let Some(start) = &job.start {
            calls::add_row(&mut starts, job.project, start);
        }
        for event in &job.events {
            events::add_row(&mut events, job.project, event);
        }
        ends.extend(job.end.as_deref());
    }
    tx.begin().await?;
    calls::insert(tx, starts, again).await?;
    let sequence = events::insert(tx, events, again).await?;
    calls::finish(tx, &ends, again).await?;
    for job in group {
        if let Job::Other(job) = job {
            job.run(tx).await?;
        }
    }
    tx.commit().await?;
    Ok(sequence)
}

impl<W: Write> AnyWrite for Asked<W> {
    fn run<'a>(
        &'a mut self,
        tx: &'a mut Connection,
    ) -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>> {
        Box::pin(async move {
            let outcome = self.write.run(tx).await;
            match outcome {
                Err(error) if !error.is_of_the_asker() => Err(error),
                outcome => {
                    self.outcome = Some(outcome);
                    Ok(())
                }
            }
        })
    }

    fn answer(&mut self, committed: Result<(), StoreError>) {
        let outcome = match committed {
            Ok(()) => self.outcome.take().unwrap_or(Err(StoreError::Closed)),
            Err(error) => Err(error),
        };
        if let Some(reply) = self.reply.take() {
            // The asker may have gone; the rows are what counts.
            drop(reply.send(outcome));
        }
    }
}

fn no_answer() -> StoreError {
    StoreError::Disconnected(Arc::new(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())))
}
