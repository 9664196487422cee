//! The recogniser processes as the rest of the server sees them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use asr::wire::Unknown;
use call_model::{Language, ListenRequest, OrderId, SoundFact, SoundFailure};
use ivr_flows::SentenceMeaning;
use media_runtime::{HeardFrame, HeardSink};

use super::admission::{Admission, WorkerLoad};
use super::meanings::Meanings;
use super::parent::{self, Mail, Parent};
use super::turns::LiveTurn;

/// Takes the facts of a turn; `false` when its call has gone.
pub type TurnFacts = Box<dyn Fn(SoundFact) -> bool + Send>;

/// How recognisers are run.
#[derive(Debug, Clone)]
pub struct RecogniserSettings {
    /// The program to run as `asr-worker`; ours.
    pub program: PathBuf,
    /// A model for each language.
    pub models: BTreeMap<String, PathBuf>,
    /// Processes.
    pub workers: usize,
    /// Turns that one process listens to at once.
    pub turns_a_worker: usize,
}

/// A listening turn at a recogniser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TurnId {
    worker: usize,
    turn: u64,
}

/// What recognisers have done, for metrics.
#[derive(Debug, Default)]
pub struct RecogniserCounts {
    /// Turns that were opened.
    pub turns: AtomicU64,
    /// Turns for which no recogniser was free.
    pub refused: AtomicU64,
    /// Turns that a recogniser could not carry through.
    pub failed: AtomicU64,
    /// Processes that were started again.
    pub restarts: AtomicU64,
    /// Turns that were to be heard freely and were listened to by their phrases only.
    pub narrowed: AtomicU64,
    /// Processes that hung, among those that were started again.
    pub hung: AtomicU64,
    /// Frames that were lost because a process did not keep up.
    pub lost_frames: AtomicU64,
}

/// All recogniser processes.
pub struct Recognisers {
    workers: Vec<WorkerQueue>,
    languages: Vec<Language>,
    most_turns: usize,
    last_turn: AtomicU64,
    counts: Arc<RecogniserCounts>,
}

struct WorkerQueue {
    mail: SyncSender<Mail>,
    /// Shared with the parent thread, which measures and counts down.
    load: Arc<WorkerLoad>,
}

impl Recognisers {
    /// Starts a process and its parent thread for each worker. Without models there is none, and every turn is refused.
    pub fn start(settings: &RecogniserSettings) -> std::io::Result<Self> {
        let counts = Arc::new(RecogniserCounts::default());
        let number = if settings.models.is_empty() { 0 } else { settings.workers };
        let mut workers = Vec::with_capacity(number);
        for index in 0..number {
            let (mail, queue) = sync_channel(MAIL_QUEUE);
            let load = Arc::new(WorkerLoad::default());
            let parent = Parent::new(settings.clone(), mail.clone(), load.clone(), counts.clone());
            std::thread::Builder::new().name(format!("asr-parent-{index}")).spawn(move || parent.run(&queue))?;
            workers.push(WorkerQueue { mail, load });
        }
        let languages = settings.models.keys().map(|tag| Language::new(tag)).collect();
        Ok(Self { workers, languages, most_turns: settings.turns_a_worker, last_turn: AtomicU64::new(0), counts })
    }

    /// Opens a turn at the process with the fewest. The sink takes the leg's sound.
    pub fn open(
        &self,
        order: OrderId,
        request: ListenRequest,
        facts: TurnFacts,
    ) -> Result<(TurnId, Arc<dyn HeardSink>), SoundFailure> {
        let refused = || {
            self.counts.refused.fetch_add(1, Ordering::Relaxed);
            SoundFailure::RecogniserUnavailable
        };
        if !self.languages.contains(&request.language) {
            return Err(refused());
        }
        let free = request.free;
        let least = self.workers.iter().enumerate().min_by_key(|(_, worker)| {
            (worker.load.admits(free, self.most_turns) != Admission::Taken, worker.load.open_free(), worker.load.open())
        });
        let (index, worker) = least.ok_or_else(refused)?;
        match worker.load.admits(free, self.most_turns) {
            Admission::Taken => {}
            Admission::OnlyPhrases => {
                self.counts.narrowed.fetch_add(1, Ordering::Relaxed);
                return Err(SoundFailure::OnlyPhrases);
            }
            Admission::Refused if free && self.could_listen() => {
                self.counts.narrowed.fetch_add(1, Ordering::Relaxed);
                return Err(SoundFailure::OnlyPhrases);
            }
            Admission::Refused => return Err(refused()),
        }
        let turn = self.last_turn.fetch_add(1, Ordering::Relaxed) + 1;
        worker.load.opened(free);
        let live = LiveTurn::new(order, request, facts);
        if worker.mail.try_send(Mail::Open { turn, live: Box::new(live) }).is_err() {
            worker.load.closed(free);
            return Err(refused());
        }
        self.counts.turns.fetch_add(1, Ordering::Relaxed);
        let sink = TurnSink { turn, mail: worker.mail.clone(), counts: self.counts.clone() };
        Ok((TurnId { worker: index, turn }, Arc::new(sink)))
    }

    /// Ends a turn; nothing more is told of it.
    pub fn close(&self, turn: TurnId) {
        let Some(worker) = self.workers.get(turn.worker) else { return };
        // A full queue belongs to a process that is being started again; it forgets turns whose sound stays away.
        let _ = worker.mail.try_send(Mail::Close { turn: turn.turn });
    }

    /// What has been done so far.
    pub fn counts(&self) -> &RecogniserCounts {
        &self.counts
    }

    /// How each process is doing.
    pub fn loads(&self) -> impl Iterator<Item = &WorkerLoad> {
        self.workers.iter().map(|worker| worker.load.as_ref())
    }

    /// Turns that are open now.
    pub fn open_turns(&self) -> usize {
        self.loads().map(WorkerLoad::open).sum()
    }

    /// Whether a turn with phrases only would be taken.
    fn could_listen(&self) -> bool {
        self.loads().any(|load| load.admits(false, self.most_turns) == Admission::Taken)
    }

    /// The vocabularies of the models, asked from a process, and the models of meaning beside them.
    pub fn vocabulary(self: &Arc<Self>, meanings: Meanings) -> WorkerVocabulary {
        WorkerVocabulary { recognisers: self.clone(), meanings, known: Mutex::new(BTreeMap::new()) }
    }

    /// Which of some words the model does not know. Waits for the process to have loaded its model.
    fn unknown(&self, language: &Language, words: Vec<String>) -> Option<Vec<Unknown>> {
        let worker = self.workers.first()?;
        let (reply, answer) = sync_channel(1);
        worker.mail.send(Mail::Ask { language: language.clone(), words, reply }).ok()?;
        answer.recv_timeout(MODEL_LOAD_TIME).ok()
    }
}

/// The models' vocabularies, for checking flows.
pub struct WorkerVocabulary {
    recognisers: Arc<Recognisers>,
    meanings: Meanings,
    /// Answers so far: a language and a word, and what is unknown of it.
    known: Mutex<BTreeMap<(Language, String), Option<Unknown>>>,
}

impl WorkerVocabulary {
    fn look_up(&self, language: &Language, word: &str) -> Option<Unknown> {
        let key = (language.clone(), word.to_owned());
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = known.get(&key) {
            return answer.clone();
        }
        // A process that does not answer must not make every word an error.
        let unknown = self.recognisers.unknown(language, vec![word.to_owned()]).unwrap_or_default();
        let answer = unknown.into_iter().next();
        known.insert(key, answer.clone());
        answer
    }
}

impl ivr_flows::Vocabulary for WorkerVocabulary {
    fn speaks(&self, language: &Language) -> bool {
        self.recognisers.languages.contains(language)
    }

    fn knows(&self, language: &Language, word: &str) -> bool {
        self.look_up(language, word).is_none()
    }

    fn nearest(&self, language: &Language, word: &str) -> Option<String> {
        self.look_up(language, word).and_then(|unknown| unknown.nearest)
    }

    fn meaning(&self, language: &Language) -> Option<Arc<dyn SentenceMeaning>> {
        self.meanings.get(language)
    }
}

/// Where a media thread puts the sound of a turn.
struct TurnSink {
    turn: u64,
    mail: SyncSender<Mail>,
    counts: Arc<RecogniserCounts>,
}

impl HeardSink for TurnSink {
    fn hear(&self, frame: &HeardFrame) -> bool {
        let mail = Mail::Sound { turn: self.turn, voiced: frame.voiced, frame: frame.samples };
        match self.mail.try_send(mail) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                self.counts.lost_frames.fetch_add(1, Ordering::Relaxed);
                false
            }
        }
    }
}

/// Four seconds of forty turns; beyond it frames are lost and counted.
const MAIL_QUEUE: usize = 40 * 200;
const MODEL_LOAD_TIME: Duration = parent::START_TIME;
