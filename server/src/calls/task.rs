//! The task of one call: it feeds the machine and carries out what it orders.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use call_control::{Call, CallStart, Destination, Direction, Input, Output};
use call_model::{AttemptId, CallContext, CallEvent, Disposition, EventRecord, LegCommand, LegId, SoundFact};
use sip_stack::{OutgoingInvite, Target};
use storage::CallEnd;
use tokio::sync::mpsc;

use super::departure::Departure;
use super::recorder::Recorder;
use super::sound::{CallSound, PromptReady};
use crate::consult::Asker;
use crate::services::{LiveEvent, Services};
use crate::sip::{InviteOrder, SipOrder};

/// Begins a call and its task. Facts come by `inbox`, whose other end is `mail`.
pub(super) fn spawn(
    services: Arc<Services>,
    start: CallStart,
    sip_call_id: String,
    folder: PathBuf,
    mail: mpsc::Sender<Input>,
    inbox: mpsc::Receiver<Input>,
) {
    let now = Instant::now();
    let attempt = match &start.direction {
        Direction::Inbound { .. } => None,
        Direction::Outbound { attempt, .. } => *attempt,
    };
    services.calls.insert(start.call, mail.clone(), attempt);
    let recording = start
        .record
        .then(|| services.config.path(&services.config.recordings.folder()).join(format!("{}.wav", start.call)));
    let (ready, prompts) = mpsc::channel(PROMPT_QUEUE);
    let sound = CallSound::new(
        services.media.clone(),
        services.prompts.clone(),
        services.recognisers.clone(),
        folder,
        recording.clone(),
        mail.clone(),
        ready,
    );
    let departure = Departure::new(services.clone(), &start);
    let first_leg = matches!(start.direction, Direction::Outbound { .. }).then(|| sip_call_id.clone());
    let asker = Asker::new(services.clone(), start.call);
    let recorder = Recorder::new(services.clone(), start.call, asker.clone(), mail.clone());
    let task = CallTask {
        stored: stored_start(&start, &services, now, sip_call_id),
        began: now,
        number: called_number(&start),
        attempt,
        first_leg,
        recording,
        call: Call::new(start, now),
        services,
        sound,
        asker,
        recorder,
        mail,
        departure,
        facts: VecDeque::new(),
        events: Vec::new(),
        oldest_event: None,
        has_row: false,
        first_events: Vec::new(),
    };
    tokio::spawn(task.run(inbox, prompts));
}

struct CallTask {
    services: Arc<Services>,
    call: Call,
    began: Instant,
    stored: storage::CallStart,
    /// The called person's number, for do-not-call.
    number: Option<call_model::PhoneNumber>,
    attempt: Option<AttemptId>,
    /// The Call-ID of the leg to the called person, until it is called.
    first_leg: Option<String>,
    recording: Option<PathBuf>,
    sound: CallSound,
    /// Answers what the dialogue asks of the server.
    asker: Asker,
    /// Records what the caller is asked to say.
    recorder: Recorder,
    mail: mpsc::Sender<Input>,
    /// Cleans up whatever happens, a panic included.
    departure: Departure,
    /// Facts that follow from orders just carried out.
    facts: VecDeque<Input>,
    /// Events that are not stored yet.
    events: Vec<EventRecord>,
    oldest_event: Option<Instant>,
    /// Whether the call's row is stored.
    has_row: bool,
    /// The events that are to be stored with that row.
    first_events: Vec<EventRecord>,
}

impl CallTask {
    async fn run(mut self, mut inbox: mpsc::Receiver<Input>, mut prompts: mpsc::Receiver<PromptReady>) {
        let mut over = self.carry_out();
        while !over {
            let due = self.due();
            tokio::select! {
                Some(fact) = inbox.recv() => self.take(fact),
                Some(ready) = prompts.recv() => self.sound.prompt_ready(ready),
                () = tokio::time::sleep_until(due.into()) => self.on_time(),
            }
            over = self.carry_out();
        }
        self.sound.close();
        self.asker.tokens().leave(self.services.clone(), self.stored.call);
        self.departure.complete();
    }

    fn due(&self) -> Instant {
        let events = self.oldest_event.map(|at| at + EVENTS_WAIT);
        let call = self.call.poll_timeout();
        let now = Instant::now();
        [events, call].into_iter().flatten().min().unwrap_or(now + IDLE)
    }

    fn on_time(&mut self) {
        let now = Instant::now();
        if self.call.poll_timeout().is_some_and(|at| at <= now) {
            self.call.handle_timeout(now);
        }
        if self.oldest_event.is_some_and(|at| at + EVENTS_WAIT <= now) {
            self.store_events();
        }
    }

    fn take(&mut self, fact: Input) {
        let fact = match fact {
            Input::Sound(SoundFact::Partial { order, text }) => {
                if !self.sound.is_muted() {
                    self.services.live.show(LiveEvent::Partial { call: self.stored.call, text: text.clone().into() });
                }
                Input::Sound(SoundFact::Partial { order, text })
            }
            Input::Sound(fact) => match self.recorder.pass(fact).and_then(|fact| self.sound.pass(fact)) {
                Some(fact) => Input::Sound(fact),
                None => return,
            },
            other => {
                if matches!(other, Input::Begun) {
                    self.has_row = true;
                    self.first_events = Vec::new();
                }
                self.recorder.notice(&other);
                other
            }
        };
        self.call.handle_input(fact, Instant::now());
    }

    /// Carries out every order. `true` when the call is over.
    fn carry_out(&mut self) -> bool {
        loop {
            while let Some(output) = self.call.poll_output() {
                if matches!(output, Output::Over) {
                    return true;
                }
                self.order(output);
            }
            match self.facts.pop_front() {
                Some(fact) => self.call.handle_input(fact, Instant::now()),
                None => return false,
            }
        }
    }

    fn order(&mut self, output: Output) {
        match output {
            Output::Begin => self.begin(),
            Output::OpenSound { leg, offer } => self.open_sound(leg, offer.as_deref()),
            Output::ChangeSound { leg, offer } => self.change_sound(leg, offer.as_deref()),
            Output::AnswerSound { leg, answer } => {
                if let Err(error) = self.services.media.accept_answer(leg, &answer) {
                    self.refuse_sound(leg, &error);
                }
            }
            Output::CloseSound { leg } => {
                self.services.media.close(leg);
                self.departure.sound_closed(leg);
            }
            Output::Sound(order) => self.sound.order(order),
            Output::Leg { leg, command } => self.command(leg, command),
            Output::Originate { leg, destination, caller, sdp, headers, ring_time } => {
                self.originate(leg, destination, caller, sdp, headers, ring_time);
            }
            Output::NewLeg => {
                let leg = self.services.calls.next_leg();
                self.facts.push_back(Input::LegGiven { leg });
            }
            Output::Fetch { order, request } => self.fetch(order, request),
            Output::Consult { order, request } => self.consult(order, request),
            Output::Record { order, leg, request } => self.recorder.begin(order, leg, request),
            Output::StopRecording { order, .. } => self.recorder.stop(order),
            Output::Acd(order) => self.services.acd.order(self.stored.call, order),
            Output::Context(context) => self.tell_context(*context),
            Output::Event(event) => self.event(event),
            Output::Finish(record) => self.finish(record),
            Output::Over => {}
        }
    }

    fn begin(&mut self) {
        let events = self.take_events();
        self.first_events.clone_from(&events);
        let (services, start, mail) = (self.services.clone(), self.stored.clone(), self.mail.clone());
        tokio::spawn(async move {
            let fact = match begin(&services, start, events).await {
                Ok(()) => Input::Begun,
                Err(error) => {
                    tracing::error!(%error, "a call is refused: it cannot be stored");
                    Input::NotBegun
                }
            };
            let _ = mail.send(fact).await;
        });
    }

    fn open_sound(&mut self, leg: LegId, offer: Option<&[u8]>) {
        let mail = self.mail.clone();
        let sink = Arc::new(move |fact| {
            // A call that does not take its facts is ended by signalling, whose events do not fit either.
            let _ = mail.try_send(Input::Sound(fact));
        });
        let opened = match offer {
            Some(offer) => self.services.media.open_answer(leg, offer, sink),
            None => self.services.media.open_offer(leg, sink),
        };
        match opened {
            Ok(sdp) => {
                self.departure.sound_opened(leg);
                self.facts.push_back(Input::SoundReady { leg, sdp: sdp.into() });
            }
            Err(error) => self.refuse_sound(leg, &error),
        }
    }

    fn change_sound(&mut self, leg: LegId, offer: Option<&[u8]>) {
        let changed = match offer {
            Some(offer) => self.services.media.answer_change(leg, offer),
            None => self.services.media.offer_change(leg, media_runtime::Direction::SendRecv),
        };
        match changed {
            Ok(sdp) => self.facts.push_back(Input::SoundReady { leg, sdp: sdp.into() }),
            Err(error) => self.refuse_sound(leg, &error),
        }
    }

    fn refuse_sound(&mut self, leg: LegId, error: &media_runtime::OpenError) {
        tracing::info!(%leg, %error, "no sound for a leg");
        let why = match error.sip_status() {
            488 => call_control::SoundTrouble::NoCommonCodec,
            400 => call_control::SoundTrouble::BadDescription,
            _ => call_control::SoundTrouble::Full,
        };
        self.facts.push_back(Input::SoundRefused { leg, why });
    }

    fn command(&mut self, leg: LegId, command: LegCommand) {
        if matches!(command, LegCommand::End | LegCommand::Reject { .. }) {
            self.departure.leg_ended(leg);
        }
        if self.services.sip.order(SipOrder::Command { leg, command }).is_err() {
            tracing::error!(%leg, "the queue of signalling is full; a command is lost and the call ended");
            self.services.calls.end(self.stored.call, call_model::Party::System, call_model::Cause::Overload);
        }
    }

    fn originate(
        &mut self,
        leg: LegId,
        destination: Destination,
        caller: String,
        sdp: Arc<[u8]>,
        headers: Vec<(&'static str, String)>,
        ring_time: Duration,
    ) {
        let (to, call_id) = match destination {
            Destination::Number { trunk, number } => {
                let to = Target::Trunk { name: trunk, user: number.as_str().to_owned() };
                (to, self.first_leg.take())
            }
            Destination::Agent(agent) => (Target::Agent(agent), None),
            Destination::Outside(to) => match (to.starts_with("sip:"), self.services.config.transfer_trunk()) {
                (true, _) => (Target::Uri(to), None),
                (false, Some(trunk)) => (Target::Trunk { name: trunk.to_owned(), user: to }, None),
                (false, None) => return self.no_route(leg),
            },
        };
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let sdp = Some(sdp);
        let invite = OutgoingInvite { to, from_user: Some(caller), display: None, headers, sdp, call_id, ring_time };
        let order = SipOrder::Invite(Box::new(InviteOrder { leg, invite, call: self.mail.clone() }));
        self.departure.leg_began(leg);
        if self.services.sip.order(order).is_err() {
            let failure =
                call_model::LegFailure { cause: call_model::Cause::Overload, sip_status: None, by_peer: false };
            self.facts.push_back(Input::Leg { leg, event: call_model::LegEvent::Ended(failure) });
        }
    }

    /// No trunk is configured that a number could be called by.
    fn no_route(&mut self, leg: LegId) {
        tracing::warn!("a caller cannot be connected: no trunk is configured");
        let failure = call_model::LegFailure { cause: call_model::Cause::NoRoute, sip_status: None, by_peer: false };
        self.facts.push_back(Input::Leg { leg, event: call_model::LegEvent::Ended(failure) });
    }

    fn fetch(&mut self, order: call_model::OrderId, mut request: ivr_flows::HttpRequest) {
        self.asker.tokens().reveal(&mut request);
        let (services, mail) = (self.services.clone(), self.mail.clone());
        tokio::spawn(async move {
            let result = services.fetcher.fetch(request).await;
            let _ = mail.send(Input::Fetched { order, result }).await;
        });
    }

    fn consult(&mut self, order: call_model::OrderId, request: call_model::Consult) {
        let (asker, mail) = (self.asker.clone(), self.mail.clone());
        tokio::spawn(async move {
            let result = asker.answer(request).await;
            let _ = mail.send(Input::Consulted { order, result }).await;
        });
    }

    fn tell_context(&mut self, mut context: CallContext) {
        let services = self.services.clone();
        tokio::spawn(async move {
            context.history = crate::history::of(&services.store, &context.caller, context.call).await;
            if let Err(error) = services.store.save_context(&context).await {
                tracing::error!(%error, call = %context.call, "what the agent is told is not stored");
            }
            services.live.show(LiveEvent::Context(Arc::new(context)));
        });
    }

    fn event(&mut self, event: EventRecord) {
        match &event.event {
            CallEvent::Ringing => self.tell_dialer(dialer::Input::AttemptRinging),
            CallEvent::Answered => {
                self.services.calls.answered(self.stored.call);
                self.tell_dialer(dialer::Input::AttemptAnswered);
            }
            _ => {}
        }
        self.oldest_event.get_or_insert_with(Instant::now);
        self.events.push(event);
    }

    fn tell_dialer(&self, fact: impl FnOnce(AttemptId) -> dialer::Input) {
        if let Some(attempt) = self.attempt {
            self.services.dialer.tell(fact(attempt));
        }
    }

    fn take_events(&mut self) -> Vec<EventRecord> {
        self.oldest_event = None;
        std::mem::take(&mut self.events)
    }

    fn store_events(&mut self) {
        let events = self.take_events();
        if let Err(error) = self.services.store.post_events(events) {
            tracing::error!(%error, call = %self.stored.call, "events of a call are lost");
        }
    }

    fn finish(&mut self, record: call_control::CallRecord) {
        let mut events = std::mem::take(&mut self.first_events);
        events.extend(self.take_events());
        let end = self.stored_end(&record);
        let disposition = record.disposition;
        let never_again = (disposition == Disposition::DoNotCall).then(|| self.number.clone()).flatten();
        self.departure.outcome(disposition);
        let (services, mail) = (self.services.clone(), self.mail.clone());
        let refused = (!self.has_row).then(|| self.stored.clone());
        tokio::spawn(async move {
            if let Some(number) = never_again
                && let Err(error) = services.store.add_do_not_call(wish(number, &services)).await
            {
                tracing::error!(%error, call = %end.call, "a wish not to be called is not stored");
            }
            let stored = match refused {
                Some(start) => services.store.refused_call(start, events, end).await,
                None => services.store.end_call(end, events).await,
            };
            match stored {
                Err(error) if error.is_tried_again() => {
                    tracing::warn!(%error, call = %record.call, "the record of a call is not stored yet");
                }
                Err(error) => tracing::error!(%error, call = %record.call, "the record of a call is not stored"),
                Ok(()) => {}
            }
            let _ = mail.send(Input::Stored).await;
        });
    }

    fn stored_end(&self, record: &call_control::CallRecord) -> CallEnd {
        let at = |milliseconds: u64| self.services.clock.timestamp(self.began + Duration::from_millis(milliseconds));
        let recording = self.recording.as_ref().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
        CallEnd {
            call: record.call,
            answered_at: record.answered_ms.map(at),
            ended_at: at(record.ended_ms),
            termination: record.termination,
            disposition: record.disposition,
            agent: record.agent.clone(),
            queue_wait_ms: record.waited_ms,
            intent: record.intent.clone(),
            service: record.service,
            // Nothing is heard of a call before it is answered.
            recording: record.answered_ms.and(recording),
        }
    }
}

/// The call's row, and for an attempt that it is being dialled.
async fn begin(
    services: &Services,
    start: storage::CallStart,
    events: Vec<EventRecord>,
) -> Result<(), storage::StoreError> {
    let (call, attempt) = (start.call, start.attempt);
    let sip_call_id = start.sip_call_id.clone().unwrap_or_default();
    services.store.begin_call(start, events).await?;
    match attempt {
        Some(attempt) => services.store.mark_dialling(attempt, call, &sip_call_id, services.clock.now()).await,
        None => Ok(()),
    }
}

fn wish(number: call_model::PhoneNumber, services: &Services) -> storage::DoNotCallEntry {
    storage::DoNotCallEntry {
        number,
        reason: "asked in a call".to_owned(),
        source: "call".to_owned(),
        added_at: services.clock.now(),
    }
}

fn stored_start(start: &CallStart, services: &Services, began: Instant, sip_call_id: String) -> storage::CallStart {
    let (direction, campaign, attempt) = match &start.direction {
        Direction::Inbound { .. } => (storage::Direction::Inbound, None, None),
        Direction::Outbound { campaign, attempt, .. } => (storage::Direction::Outbound, *campaign, *attempt),
    };
    storage::CallStart {
        call: start.call,
        direction,
        caller: start.caller.clone(),
        called: start.called.clone(),
        flow: start.flow.name().to_owned(),
        flow_hash: start.flow.hash().clone(),
        seed: start.seed,
        campaign,
        attempt,
        started_at: services.clock.timestamp(began),
        sip_call_id: Some(sip_call_id),
    }
}

fn called_number(start: &CallStart) -> Option<call_model::PhoneNumber> {
    match &start.direction {
        Direction::Inbound { .. } => start.caller.parse().ok(),
        Direction::Outbound { number, .. } => Some(number.clone()),
    }
}

/// Events are stored in groups; a short call needs no write between its first and its last.
const EVENTS_WAIT: Duration = Duration::from_millis(200);
const IDLE: Duration = Duration::from_secs(3600);
const PROMPT_QUEUE: usize = 16;
