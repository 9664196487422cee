//! What every stage of a call shares: its start, its journal, its orders and its two possible legs.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use call_model::{CallEvent, Cause, Disposition, LegCommand, LegId, OrderId, Party, SoundOrder, Termination};

use crate::journal::Journal;
use crate::output::{AcdOrder, CallRecord, Output};
use crate::{CallStart, Direction};

/// The part of a call that outlives its stages.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) start: CallStart,
    pub(crate) began: Instant,
    pub(crate) journal: Journal,
    /// The caller's (or called person's) leg.
    pub(crate) caller: Line,
    outputs: VecDeque<Output>,
    last_order: u64,
}

/// One leg as the call sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) leg: LegId,
    /// Whether signalling still knows it.
    pub(crate) alive: bool,
    /// Whether its sound is open.
    pub(crate) sound: bool,
    /// What the next session description of ours is for.
    pub(crate) change: Change,
}

/// Whether a change of the media is under way on a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// No.
    None,
    /// The peer offered one and waits for our answer.
    Offered,
}

impl Line {
    pub(crate) fn new(leg: LegId) -> Self {
        Self { leg, alive: true, sound: false, change: Change::None }
    }
}

impl Core {
    pub(crate) fn new(start: CallStart, now: Instant) -> Self {
        let leg = match &start.direction {
            Direction::Inbound { leg, .. } | Direction::Outbound { leg, .. } => *leg,
        };
        let journal = Journal::new(start.call, now);
        let mut core = Self {
            start,
            began: now,
            journal,
            caller: Line::new(leg),
            outputs: VecDeque::new(),
            last_order: OWN_ORDERS,
        };
        core.write_started(now);
        core
    }

    pub(crate) fn push(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    pub(crate) fn event(&mut self, event: CallEvent, now: Instant) {
        let record = self.journal.write(event, now);
        self.push(Output::Event(record));
    }

    pub(crate) fn next_order(&mut self) -> OrderId {
        self.last_order += 1;
        OrderId(self.last_order)
    }

    pub(crate) fn sound(&mut self, order: SoundOrder) {
        self.push(Output::Sound(order));
    }

    pub(crate) fn acd(&mut self, order: AcdOrder) {
        self.push(Output::Acd(order));
    }

    pub(crate) fn command(&mut self, leg: LegId, command: LegCommand) {
        self.push(Output::Leg { leg, command });
    }

    pub(crate) fn open_sound(&mut self, leg: LegId, offer: Option<Arc<[u8]>>) {
        self.push(Output::OpenSound { leg, offer });
    }

    /// Ends a leg's signalling and gives its sound back. A leg whose other side hung up is told, too: only then is its BYE
    /// answered.
    pub(crate) fn drop_line(&mut self, line: &mut Line) {
        if line.sound {
            line.sound = false;
            self.push(Output::CloseSound { leg: line.leg });
        }
        if line.alive {
            line.alive = false;
            self.command(line.leg, LegCommand::End);
        }
    }

    /// The call's final record, from what the journal remembers.
    pub(crate) fn record(&self, termination: Termination, disposition: Disposition, now: Instant) -> CallRecord {
        let (campaign, attempt) = match &self.start.direction {
            Direction::Inbound { .. } => (None, None),
            Direction::Outbound { campaign, attempt, .. } => (*campaign, *attempt),
        };
        CallRecord {
            call: self.start.call,
            termination,
            disposition,
            answered_ms: self.journal.answered_ms,
            ended_ms: self.journal.elapsed_ms(now),
            agent: self.journal.agent.clone(),
            waited_ms: self.journal.waited_ms,
            intent: self.journal.intent.clone(),
            service: self.journal.service,
            campaign,
            attempt,
        }
    }

    fn write_started(&mut self, now: Instant) {
        let (outbound, campaign, attempt) = match &self.start.direction {
            Direction::Inbound { .. } => (false, None, None),
            Direction::Outbound { campaign, attempt, .. } => (true, *campaign, *attempt),
        };
        let event = CallEvent::Started {
            outbound,
            caller: self.start.caller.clone(),
            called: self.start.called.clone(),
            flow: self.start.flow.name().to_owned(),
            flow_hash: self.start.flow.hash().clone(),
            seed: self.start.seed,
            campaign,
            attempt,
        };
        self.event(event, now);
    }
}

/// A termination by the leg's own end, told from the leg's side.
pub(crate) fn ended_by(party: Party, failure: call_model::LegFailure) -> Termination {
    let by = if failure.by_peer { party } else { Party::System };
    Termination { by, cause: failure.cause, sip_status: failure.sip_status }
}

/// The disposition of a call that was never answered.
pub(crate) fn unanswered(cause: Cause) -> Disposition {
    match cause {
        Cause::Busy => Disposition::Busy,
        Cause::NoAnswer => Disposition::NoAnswer,
        Cause::Rejected | Cause::Forbidden => Disposition::Rejected,
        Cause::InvalidNumber => Disposition::InvalidNumber,
        Cause::Unreachable | Cause::NoCommonMedia | Cause::NoRoute => Disposition::Unreachable,
        Cause::Cancelled
        | Cause::Normal
        | Cause::MediaTimeout
        | Cause::TooLong
        | Cause::Overload
        | Cause::Shutdown
        | Cause::ServerLost
        | Cause::InternalError => Disposition::Failed,
    }
}

/// A flow numbers its orders from 1; the call's own orders begin here, so that the two never meet.
pub(crate) const OWN_ORDERS: u64 = 1 << 32;
