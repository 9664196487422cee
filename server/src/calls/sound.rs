//! Orders to the sound of a call's legs, carried out with the prompt library, the recognisers and the media threads.
//!
//! A prompt may have to be synthesised first, and a listening turn lives in two places at once (a media thread and a
//! recogniser process). What is under way is kept here, so that the call sees exactly one closing fact for each order.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use call_control::Input;
use call_model::{BargeIn, LegId, OrderId, Prompt, SoundFact, SoundFailure, SoundOrder};
use media::PromptAudio;
use media_runtime::{MediaRuntime, Play};
use tokio::sync::mpsc;

use crate::speech::{PromptLibrary, Recognisers, Resolved, TurnId};

/// A prompt whose sound has become ready, or has not.
pub(crate) struct PromptReady {
    order: OrderId,
    leg: LegId,
    barge_in: BargeIn,
    sound: Option<Vec<Arc<PromptAudio>>>,
}

/// The sound of one call.
pub(crate) struct CallSound {
    media: MediaRuntime,
    prompts: Arc<PromptLibrary>,
    recognisers: Arc<Recognisers>,
    /// Where the flow's recorded files lie.
    folder: PathBuf,
    recording: Option<PathBuf>,
    /// Whether what is said now stays out of every record.
    muted: bool,
    /// Where facts go.
    call: mpsc::Sender<Input>,
    /// Where finished syntheses go.
    ready: mpsc::Sender<PromptReady>,
    /// Prompts that are being synthesised.
    awaited: HashMap<OrderId, LegId>,
    /// Turns that are being listened to.
    turns: HashMap<OrderId, (LegId, TurnId)>,
    /// Turns that the recogniser has closed and whose echo from the media thread is still to come.
    closed_turns: HashSet<OrderId>,
}

impl CallSound {
    #[allow(clippy::too_many_arguments, reason = "a list of handles, each used once")]
    pub(crate) fn new(
        media: MediaRuntime,
        prompts: Arc<PromptLibrary>,
        recognisers: Arc<Recognisers>,
        folder: PathBuf,
        recording: Option<PathBuf>,
        call: mpsc::Sender<Input>,
        ready: mpsc::Sender<PromptReady>,
    ) -> Self {
        let (awaited, turns, closed_turns) = (HashMap::new(), HashMap::new(), HashSet::new());
        let muted = false;
        Self { media, prompts, recognisers, folder, recording, muted, call, ready, awaited, turns, closed_turns }
    }

    /// Whether what is said now stays out of every record.
    pub(crate) fn is_muted(&self) -> bool {
        self.muted
    }

    /// Carries out an order.
    pub(crate) fn order(&mut self, order: SoundOrder) {
        match order {
            SoundOrder::Play { order, leg, prompt, barge_in } => self.play(order, leg, &prompt, barge_in),
            SoundOrder::PlayMusic { order, leg } => {
                let given = self.media.play(leg, order, Play::music(self.prompts.music()));
                self.given(order, given);
            }
            SoundOrder::Stop { order, leg } => self.stop(order, leg),
            SoundOrder::Listen { order, leg, request } => self.listen(order, leg, request),
            SoundOrder::Bridge { order, a, b } => {
                let given = self.media.bridge(order, a, b);
                self.given(order, given);
            }
            SoundOrder::MuteRecording { leg, muted } => {
                self.muted = muted;
                self.media.mute_recording(leg, muted);
            }
            SoundOrder::Unbridge { leg } => self.media.unbridge(leg),
            SoundOrder::Record { order, leg } => match &self.recording {
                Some(path) => {
                    let given = self.media.record(leg, order, path.clone());
                    self.given(order, given);
                }
                None => self.tell(SoundFact::Failed { order, why: SoundFailure::DiskFull }),
            },
        }
    }

    /// What of a fact concerns the call; a turn that a recogniser has closed is closed on its leg, too.
    pub(crate) fn pass(&mut self, fact: SoundFact) -> Option<SoundFact> {
        match &fact {
            SoundFact::Heard { order, .. } => {
                let (leg, _) = self.turns.remove(order)?;
                self.closed_turns.insert(*order);
                self.media.stop(leg, *order);
            }
            SoundFact::Stopped { order, .. } | SoundFact::Failed { order, .. } => {
                if let Some((leg, turn)) = self.turns.remove(order) {
                    self.recognisers.close(turn);
                    self.media.stop(leg, *order);
                } else if self.closed_turns.remove(order) {
                    return None;
                }
            }
            SoundFact::Finished { .. }
            | SoundFact::SpeechStarted { .. }
            | SoundFact::Partial { .. }
            | SoundFact::DigitPressed { .. }
            | SoundFact::SilentTooLong { .. } => {}
        }
        Some(fact)
    }

    /// Plays a prompt that has become ready, unless it was stopped meanwhile.
    pub(crate) fn prompt_ready(&mut self, ready: PromptReady) {
        let PromptReady { order, leg, barge_in, sound } = ready;
        if self.awaited.remove(&order).is_none() {
            return;
        }
        match sound {
            Some(parts) => {
                let given = self.media.play(leg, order, Play::once(parts, barge_in));
                self.given(order, given);
            }
            None => self.tell(SoundFact::Failed { order, why: SoundFailure::PromptUnavailable }),
        }
    }

    /// Ends every turn; the call is over.
    pub(crate) fn close(&mut self) {
        for (_, turn) in self.turns.drain().map(|(_, place)| place) {
            self.recognisers.close(turn);
        }
    }

    fn play(&mut self, order: OrderId, leg: LegId, prompt: &Prompt, barge_in: BargeIn) {
        match self.prompts.resolve(&self.folder, prompt) {
            Resolved::Ready(parts) => {
                let given = self.media.play(leg, order, Play::once(parts, barge_in));
                self.given(order, given);
            }
            Resolved::Missing => self.tell(SoundFact::Failed { order, why: SoundFailure::PromptUnavailable }),
            Resolved::Later(sound) => {
                self.awaited.insert(order, leg);
                let ready = self.ready.clone();
                tokio::spawn(async move {
                    let sound = sound.await.ok().flatten();
                    let _ = ready.send(PromptReady { order, leg, barge_in, sound }).await;
                });
            }
        }
    }

    fn stop(&mut self, order: OrderId, leg: LegId) {
        if self.awaited.remove(&order).is_some() {
            self.tell(SoundFact::Stopped { order, played_ms: 0 });
        } else {
            self.media.stop(leg, order);
        }
    }

    fn listen(&mut self, order: OrderId, leg: LegId, request: call_model::ListenRequest) {
        let call = self.call.clone();
        let facts = Box::new(move |fact| call.try_send(Input::Sound(fact)).is_ok());
        match self.recognisers.open(order, request, facts) {
            Ok((turn, sink)) => {
                self.turns.insert(order, (leg, turn));
                let given = self.media.listen(leg, order, sink);
                self.given(order, given);
            }
            Err(why) => self.tell(SoundFact::Failed { order, why }),
        }
    }

    /// An order that the media threads cannot take is closed here.
    fn given(&self, order: OrderId, given: Result<(), media_runtime::UnknownLeg>) {
        if given.is_err() {
            self.tell(SoundFact::Failed { order, why: SoundFailure::LegGone });
        }
    }

    fn tell(&self, fact: SoundFact) {
        // A full queue means that the call is being ended for it.
        let _ = self.call.try_send(Input::Sound(fact));
    }
}
