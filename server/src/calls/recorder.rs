//! Records what a caller is asked to say: one side, to a file of its own.
//!
//! The caller's sound comes from the leg's ear, 20 ms at a time, with the judgement whether it holds speech. A task of
//! its own writes it and decides when it ends, so that the call's task never waits for the disk, and a caller who hangs up
//! has still left what was said.

use std::sync::Arc;

use call_control::Input;
use call_model::{
    BargeIn, CallId, LegId, OrderId, RecordFailure, RecordRequest, Recording, RecordingEnd, RecordingId, SoundFact,
};
use media::PromptAudio;
use media_runtime::{HeardFrame, HeardSink, Play};
use tokio::sync::mpsc;

use super::take::{Ear, SoundFile};
use crate::chance;
use crate::consult::Asker;
use crate::services::Services;

/// Begins and ends recordings of one call's caller.
pub(crate) struct Recorder {
    services: Arc<Services>,
    call: CallId,
    asker: Asker,
    mail: mpsc::Sender<Input>,
    now: Now,
}

/// What is going on.
enum Now {
    Nothing,
    /// The tone is heard.
    Tone {
        order: OrderId,
        leg: LegId,
        request: RecordRequest,
    },
    /// The caller is recorded.
    Running {
        order: OrderId,
        leg: LegId,
        key_ends: bool,
        end: mpsc::Sender<RecordingEnd>,
    },
}

/// One recording, in a task of its own.
struct Take {
    services: Arc<Services>,
    call: CallId,
    asker: Asker,
    order: OrderId,
    leg: LegId,
    request: RecordRequest,
    frames: mpsc::Receiver<HeardFrame>,
    told: mpsc::Receiver<RecordingEnd>,
}

impl Recorder {
    pub(crate) fn new(services: Arc<Services>, call: CallId, asker: Asker, mail: mpsc::Sender<Input>) -> Self {
        Self { services, call, asker, mail, now: Now::Nothing }
    }

    /// Records, after a tone where one is asked for. What was recorded before is stopped.
    pub(crate) fn begin(&mut self, order: OrderId, leg: LegId, request: RecordRequest) {
        self.end(RecordingEnd::Stopped);
        if !request.beep {
            return self.run(order, leg, request);
        }
        let tone = audio::ToneGenerator::new(audio::tone::BEEP).samples(TONE_MS);
        let tone = Play::once(vec![Arc::new(PromptAudio::from_samples(&tone))], BargeIn::Never);
        match self.services.media.play(leg, tone_of(order), tone) {
            Ok(()) => self.now = Now::Tone { order, leg, request },
            Err(_) => self.tell_nothing(order, RecordingEnd::HungUp),
        }
    }

    /// Ends a recording by order; what was said is kept.
    pub(crate) fn stop(&mut self, order: OrderId) {
        match &self.now {
            Now::Tone { order: running, leg, .. } if *running == order => {
                self.services.media.stop(*leg, tone_of(order));
                self.now = Now::Nothing;
                self.tell_nothing(order, RecordingEnd::Stopped);
            }
            Now::Running { order: running, .. } if *running == order => self.end(RecordingEnd::Stopped),
            Now::Tone { .. } | Now::Running { .. } | Now::Nothing => {}
        }
    }

    /// What of a fact concerns others.
    pub(crate) fn pass(&mut self, fact: SoundFact) -> Option<SoundFact> {
        match &fact {
            SoundFact::Finished { order }
            | SoundFact::Stopped { order, .. }
            | SoundFact::Failed { order, .. }
            | SoundFact::SpeechStarted { order, .. } => {
                if is_tone(*order) {
                    self.tone_ended(*order);
                    return None;
                }
                let own = matches!(&self.now, Now::Running { order: running, .. } if running == order);
                (!own).then_some(fact)
            }
            SoundFact::DigitPressed { leg, .. } => {
                self.key(*leg);
                Some(fact)
            }
            SoundFact::Partial { .. } | SoundFact::Heard { .. } | SoundFact::SilentTooLong { .. } => Some(fact),
        }
    }

    /// Learns of keys that come by signalling, and that the recording is over.
    pub(crate) fn notice(&mut self, fact: &Input) {
        match fact {
            Input::Leg { leg, event: call_model::LegEvent::DigitByInfo { .. } } => self.key(*leg),
            Input::Recorded { order, .. } => {
                if matches!(&self.now, Now::Running { order: running, .. } if running == order) {
                    self.now = Now::Nothing;
                }
            }
            _ => {}
        }
    }

    fn key(&mut self, leg: LegId) {
        if matches!(&self.now, Now::Running { leg: recorded, key_ends: true, .. } if *recorded == leg) {
            self.end(RecordingEnd::Key);
        }
    }

    fn end(&mut self, why: RecordingEnd) {
        if let Now::Running { end, .. } = &self.now {
            // The first reason counts.
            let _ = end.try_send(why);
        }
    }

    fn tone_ended(&mut self, tone: OrderId) {
        match std::mem::replace(&mut self.now, Now::Nothing) {
            Now::Tone { order, leg, request } if tone_of(order) == tone => self.run(order, leg, request),
            other => self.now = other,
        }
    }

    fn run(&mut self, order: OrderId, leg: LegId, request: RecordRequest) {
        let (sender, frames) = mpsc::channel(FRAMES);
        let (end, told) = mpsc::channel(1);
        if self.services.media.listen(leg, order, Arc::new(Sound(sender))).is_err() {
            return self.tell_nothing(order, RecordingEnd::HungUp);
        }
        self.now = Now::Running { order, leg, key_ends: request.key_ends, end };
        let (services, call, asker) = (self.services.clone(), self.call, self.asker.clone());
        let take = Take { services, call, asker, order, leg, request, frames, told };
        let mail = self.mail.clone();
        tokio::spawn(async move {
            let recording = take.record().await;
            let _ = mail.send(Input::Recorded { order, recording }).await;
        });
    }

    fn tell_nothing(&self, order: OrderId, ended: RecordingEnd) {
        let recording = Ok(Recording { id: None, length_ms: 0, ended });
        let mail = self.mail.clone();
        tokio::spawn(async move {
            let _ = mail.send(Input::Recorded { order, recording }).await;
        });
    }
}

impl Take {
    async fn record(mut self) -> call_model::RecordResult {
        let id = chance::recording_id(self.services.clock.unix_ms());
        let taken = self.write(id).await;
        self.services.media.stop(self.leg, self.order);
        let (length_ms, ended) = taken.map_err(|error| {
            tracing::error!(%error, call = %self.call, "a caller cannot be recorded; see the disk and the folder");
            RecordFailure::Disk
        })?;
        if length_ms == 0 {
            return Ok(Recording { id: None, length_ms, ended });
        }
        self.note(id, length_ms, ended).await?;
        Ok(Recording { id: Some(id), length_ms, ended })
    }

    /// Writes until it ends. Gives back the length that is kept, 0 where nothing was said.
    async fn write(&mut self, id: RecordingId) -> std::io::Result<(u32, RecordingEnd)> {
        let folder = self.services.config.path(&self.services.config.recordings.folder());
        let mut file = SoundFile::create(&folder, id).await?;
        let mut ear = Ear::new(&self.request);
        let ended = loop {
            tokio::select! {
                biased;
                frame = self.frames.recv() => match frame {
                    Some(frame) => {
                        file.push(&frame.samples).await?;
                        if let Some(ended) = ear.hear(frame.voiced) {
                            break ended;
                        }
                    }
                    None => break RecordingEnd::HungUp,
                },
                Some(ended) = self.told.recv() => break ended,
            }
        };
        // An end by order closes the ear as well, which looks as if the leg had gone.
        let ended = if ended == RecordingEnd::HungUp { self.told.try_recv().unwrap_or(ended) } else { ended };
        file.complete(ear.kept_frames()).await.map(|length_ms| (length_ms, ended))
    }

    /// Keeps the row of a recording, and the voicemail of a caller who has hung up.
    async fn note(&self, id: RecordingId, length_ms: u32, ended: RecordingEnd) -> Result<(), RecordFailure> {
        let made_at = self.services.clock.now();
        let row = storage::RecordingRow { recording: id, call: self.call, length_ms, made_at };
        if let Err(error) = self.services.store.save_recording(row).await {
            tracing::error!(%error, call = %self.call, recording = %id, "a recording is on disk, but not in the database");
            return Err(RecordFailure::Disk);
        }
        if let (RecordingEnd::HungUp, Some(label)) = (ended, self.request.voicemail.clone())
            && let Err(error) = self.asker.keep_voicemail(label, id, length_ms).await
        {
            tracing::error!(%error, call = %self.call, recording = %id, "a voicemail is recorded, but shown to nobody");
        }
        Ok(())
    }
}

/// The leg's ear. A task that does not keep up for two seconds loses sound.
struct Sound(mpsc::Sender<HeardFrame>);

impl HeardSink for Sound {
    fn hear(&self, frame: &HeardFrame) -> bool {
        self.0.try_send(*frame).is_ok()
    }
}

/// The tone's own order, which no flow and no call gives.
fn tone_of(order: OrderId) -> OrderId {
    OrderId(order.0 | TONE_ORDERS)
}

fn is_tone(order: OrderId) -> bool {
    order.0 & TONE_ORDERS != 0
}

const TONE_ORDERS: u64 = 1 << 48;
const TONE_MS: u32 = 220;
const FRAMES: usize = 100;

#[cfg(test)]
mod tests;
