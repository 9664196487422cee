//! The thread that owns one recogniser process: it starts it, feeds it, and starts it again.
//!
//! It keeps each turn's sound. When the process dies or hangs, the surviving turns are played to the next one, so that
//! a crash in the recogniser costs no call.

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

use asr::wire::{Decoder, FromWorker, Message, ToWorker, Unknown, Work};
use audio::Frame;
use call_model::{Language, SoundFact};

use super::admission::{Watch, WorkerLoad};
use super::recognisers::{RecogniserCounts, RecogniserSettings};
use super::turns::LiveTurn;

/// What the parent thread is told.
pub enum Mail {
    /// Begin a turn.
    Open { turn: u64, live: Box<LiveTurn> },
    /// The next frame of a turn.
    Sound { turn: u64, voiced: bool, frame: Frame },
    /// End a turn.
    Close { turn: u64 },
    /// Ask which words are unknown.
    Ask { language: Language, words: Vec<String>, reply: SyncSender<Vec<Unknown>> },
    /// A process said something.
    Said { process: u64, message: FromWorker },
    /// A process is gone.
    Gone { process: u64 },
}

/// The owner of one recogniser process.
pub struct Parent {
    settings: RecogniserSettings,
    mail: SyncSender<Mail>,
    load: Arc<WorkerLoad>,
    counts: Arc<RecogniserCounts>,
    turns: HashMap<u64, LiveTurn>,
    questions: HashMap<u64, Question>,
    last_question: u64,
    process: Option<Process>,
    last_process: u64,
    watch: Watch,
    next_look: Instant,
    /// Not before this is the next process started, so that one that dies at once does not spin.
    next_start: Instant,
    out: Vec<u8>,
}

struct Process {
    number: u64,
    child: Child,
    stream: UnixStream,
    started: Instant,
    ready: bool,
    /// The question how it is doing that it has not answered, and when it was put.
    asked: Option<(u64, Instant)>,
}

struct Question {
    language: Language,
    words: Vec<String>,
    reply: SyncSender<Vec<Unknown>>,
}

impl Parent {
    pub(super) fn new(
        settings: RecogniserSettings,
        mail: SyncSender<Mail>,
        load: Arc<WorkerLoad>,
        counts: Arc<RecogniserCounts>,
    ) -> Self {
        Self {
            settings,
            mail,
            load,
            counts,
            turns: HashMap::new(),
            questions: HashMap::new(),
            last_question: 0,
            process: None,
            last_process: 0,
            watch: Watch::new(),
            next_look: Instant::now(),
            next_start: Instant::now(),
            out: Vec::new(),
        }
    }

    /// Runs until every sender has gone.
    pub(super) fn run(mut self, queue: &Receiver<Mail>) {
        loop {
            self.start_if_due();
            match queue.recv_timeout(LOOK_AROUND) {
                Ok(mail) => self.take(mail),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.stop(),
            }
            // What has come meanwhile goes out in one write.
            for mail in queue.try_iter().take(MAIL_AT_ONCE) {
                self.take(mail);
            }
            // Also while sound keeps coming: other turns must not hide one that hangs.
            if Instant::now() >= self.next_look {
                self.look_around();
                self.next_look = Instant::now() + LOOK_AROUND;
            }
            self.flush();
        }
    }

    fn take(&mut self, mail: Mail) {
        match mail {
            Mail::Open { turn, mut live } => {
                if self.process.is_some() {
                    live.tell_again(turn, &mut self.out);
                }
                self.turns.insert(turn, *live);
            }
            Mail::Sound { turn, voiced, frame } => self.sound(turn, voiced, frame),
            Mail::Close { turn } => {
                if self.forget(turn).is_some() {
                    ToWorker::Close { turn }.encode(&mut self.out);
                }
            }
            Mail::Ask { language, words, reply } => self.ask(Question { language, words, reply }),
            Mail::Said { process, message } if self.is_current(process) => self.said(message),
            Mail::Gone { process } if self.is_current(process) => self.lost("it ended"),
            Mail::Said { .. } | Mail::Gone { .. } => {}
        }
    }

    fn sound(&mut self, turn: u64, voiced: bool, frame: Frame) {
        let Some(live) = self.turns.get_mut(&turn) else { return };
        live.keep(voiced, frame, Instant::now());
        if self.process.is_some() {
            ToWorker::Sound { turn, voiced, frame }.encode(&mut self.out);
        }
    }

    fn ask(&mut self, question: Question) {
        self.last_question += 1;
        let request = self.last_question;
        if self.process.is_some() {
            let (language, words) = (question.language.clone(), question.words.clone());
            ToWorker::Knows { request, language, words }.encode(&mut self.out);
        }
        self.questions.insert(request, question);
    }

    fn said(&mut self, message: FromWorker) {
        match message {
            FromWorker::Ready { languages } => {
                if let Some(process) = &mut self.process {
                    process.ready = true;
                    let milliseconds = process.started.elapsed().as_millis();
                    tracing::info!(pid = process.child.id(), milliseconds, ?languages, "recogniser ready");
                }
            }
            FromWorker::Partial { turn, text } => {
                if let Some(live) = self.turns.get(&turn) {
                    live.tell(|order| SoundFact::Partial { order, text });
                }
            }
            FromWorker::Heard { turn, heard } => {
                if let Some(live) = self.forget(turn) {
                    live.tell(|order| SoundFact::Heard { order, heard });
                }
            }
            FromWorker::Failed { turn, why } => {
                tracing::warn!(turn, why, "a listening turn failed");
                self.counts.failed.fetch_add(1, Ordering::Relaxed);
                if let Some(live) = self.forget(turn) {
                    live.fail();
                }
            }
            FromWorker::Doing { request, work } => self.doing(request, work),
            FromWorker::Known { request, unknown } => {
                if let Some(question) = self.questions.remove(&request) {
                    let _ = question.reply.try_send(unknown);
                }
            }
        }
    }

    fn forget(&mut self, turn: u64) -> Option<LiveTurn> {
        let live = self.turns.remove(&turn)?;
        self.load.closed(live.is_free());
        Some(live)
    }

    fn is_current(&self, process: u64) -> bool {
        self.process.as_ref().is_some_and(|current| current.number == process)
    }

    fn look_around(&mut self) {
        let now = Instant::now();
        let unanswered = self.how_are_you(now);
        if unanswered > HANG_TIME || self.turns.values().any(|turn| turn.is_overdue(now)) {
            self.counts.hung.fetch_add(1, Ordering::Relaxed);
            self.lost("it hangs");
        }
        if self.process.as_ref().is_some_and(|process| !process.ready && process.started.elapsed() > START_TIME) {
            self.lost("it did not load its models in time");
        }
        let orphans: Vec<u64> =
            self.turns.iter().filter(|(_, turn)| turn.is_orphaned(now)).map(|(id, _)| *id).collect();
        for turn in orphans {
            self.forget(turn);
            ToWorker::Close { turn }.encode(&mut self.out);
        }
    }

    /// Asks the process how it is doing; gives how long it has not answered.
    fn how_are_you(&mut self, now: Instant) -> Duration {
        let Some(process) = &mut self.process else { return Duration::ZERO };
        if !process.ready {
            // Turns wait for it; one that takes long to load is as good as busy.
            self.load.delayed(now.saturating_duration_since(process.started).saturating_sub(SHORT_LOAD));
            return Duration::ZERO;
        }
        match process.asked {
            Some((_, at)) => {
                let unanswered = now.saturating_duration_since(at);
                if unanswered > LOOK_AROUND {
                    self.load.delayed(unanswered);
                }
                unanswered
            }
            None => {
                self.last_question += 1;
                process.asked = Some((self.last_question, now));
                ToWorker::HowAreYou { request: self.last_question }.encode(&mut self.out);
                Duration::ZERO
            }
        }
    }

    fn doing(&mut self, request: u64, work: Work) {
        let now = Instant::now();
        let Some(process) = &mut self.process else { return };
        if let Some((asked, at)) = process.asked
            && asked == request
        {
            process.asked = None;
            self.load.delayed(now.saturating_duration_since(at));
            self.watch.look(work, now, &self.load);
        }
    }

    fn flush(&mut self) {
        if self.out.is_empty() {
            return;
        }
        if let Some(process) = &mut self.process
            && let Err(error) = process.stream.write_all(&self.out)
        {
            let why = if error.kind() == ErrorKind::WouldBlock { "it does not read" } else { "its pipe broke" };
            self.lost(why);
        }
        self.out.clear();
    }

    fn lost(&mut self, why: &str) {
        self.out.clear();
        let Some(mut process) = self.process.take() else { return };
        tracing::error!(pid = process.child.id(), turns = self.turns.len(), "a recogniser is started again: {why}");
        self.counts.restarts.fetch_add(1, Ordering::Relaxed);
        self.watch = Watch::new();
        self.load.delayed(Duration::ZERO);
        let lived = process.started.elapsed();
        let _ = process.child.kill();
        let _ = process.child.wait();
        self.next_start = if lived < SHORT_LIFE { Instant::now() + START_PAUSE } else { Instant::now() };
    }

    fn start_if_due(&mut self) {
        if self.process.is_some() || Instant::now() < self.next_start {
            return;
        }
        match self.start() {
            Ok(process) => {
                self.process = Some(process);
                self.tell_everything();
            }
            Err(error) => {
                tracing::error!(%error, "a recogniser cannot be started; menus take keys only");
                self.next_start = Instant::now() + START_PAUSE;
                self.give_up_turns();
            }
        }
    }

    fn tell_everything(&mut self) {
        self.out.clear();
        let mut spoilt = Vec::new();
        for (turn, live) in &mut self.turns {
            if !live.tell_again(*turn, &mut self.out) {
                spoilt.push(*turn);
            }
        }
        for turn in spoilt {
            if let Some(live) = self.forget(turn) {
                self.counts.failed.fetch_add(1, Ordering::Relaxed);
                live.fail();
            }
        }
        for (request, question) in &self.questions {
            let (language, words) = (question.language.clone(), question.words.clone());
            ToWorker::Knows { request: *request, language, words }.encode(&mut self.out);
        }
        self.flush();
    }

    fn give_up_turns(&mut self) {
        let turns: Vec<u64> = self.turns.keys().copied().collect();
        for turn in turns {
            if let Some(live) = self.forget(turn) {
                live.fail();
            }
        }
    }

    fn start(&mut self) -> std::io::Result<Process> {
        let (ours, theirs) = UnixStream::pair()?;
        let mut command = Command::new(&self.settings.program);
        command.arg("asr-worker");
        for (language, folder) in &self.settings.models {
            command.arg("--model").arg(format!("{language}={}", folder.display()));
        }
        let child = command.stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs))).stdout(Stdio::null()).spawn()?;
        self.last_process += 1;
        let number = self.last_process;
        let reading = ours.try_clone()?;
        let mail = self.mail.clone();
        std::thread::Builder::new().name("asr-reader".to_owned()).spawn(move || read(reading, number, &mail))?;
        // A process that does not read for so long hangs.
        ours.set_write_timeout(Some(WRITE_TIME))?;
        Ok(Process { number, child, stream: ours, started: Instant::now(), ready: false, asked: None })
    }

    fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.child.kill();
            let _ = process.child.wait();
        }
    }
}

/// Reads what a process says until it has gone.
fn read(mut stream: UnixStream, process: u64, mail: &SyncSender<Mail>) {
    let mut decoder = Decoder::new();
    let mut buffer = vec![0u8; READ_BUFFER];
    'reading: while let Ok(length) = stream.read(&mut buffer) {
        if length == 0 {
            break;
        }
        decoder.feed(&buffer[..length]);
        loop {
            match decoder.message::<FromWorker>() {
                Ok(Some(message)) => {
                    if mail.send(Mail::Said { process, message }).is_err() {
                        return;
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::error!(%error, "a recogniser speaks another language");
                    break 'reading;
                }
            }
        }
    }
    let _ = mail.send(Mail::Gone { process });
}

/// A model is loaded in a third of a second on an idle machine; a busy one gets half a minute.
pub(super) const START_TIME: Duration = Duration::from_secs(30);
const LOOK_AROUND: Duration = Duration::from_millis(250);
const WRITE_TIME: Duration = Duration::from_secs(1);
/// A process that says nothing for so long hangs; turns that it was to hear are heard by the next one.
const HANG_TIME: Duration = Duration::from_secs(5);
/// Loading that callers do not notice.
const SHORT_LOAD: Duration = Duration::from_secs(2);
const SHORT_LIFE: Duration = Duration::from_secs(2);
const START_PAUSE: Duration = Duration::from_secs(1);
const MAIL_AT_ONCE: usize = 512;
const READ_BUFFER: usize = 16 * 1024;
