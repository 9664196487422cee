//! The loop that owns the endpoint.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use call_control::Input;
use call_model::{AgentId, Cause, LegCommand, LegEvent, LegFailure, LegId};
use sip_stack::{Answer, RegistrationState, ResolveId};
use sip_stack::{ConnectionId, Endpoint, EndpointConfig, Flow, IncomingInvite, ListenerId, OutgoingInvite, Output};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use super::resolver::Names;
use super::sockets::{BoundListener, ListenerSocket};
use super::tcp::{self, StreamEvent};

/// What the SIP task tells the rest of the service. Nothing here may wait.
pub trait Telephony: Send + Sync + 'static {
    /// A call comes in. Gives the queue of its call task, or the status to refuse it with.
    fn invited(&self, leg: LegId, invite: IncomingInvite) -> Result<mpsc::Sender<Input>, u16>;
    /// An agent's telephone is registered.
    fn registered(&self, agent: AgentId);
    /// An agent's last telephone is gone.
    fn unregistered(&self, agent: AgentId);
    /// A trunk began or ceased to answer.
    fn trunk_changed(&self, trunk: String, alive: bool);
    /// Our registration at a trunk changed.
    fn registration_changed(&self, trunk: String, state: RegistrationState);
}

/// An order to the SIP task.
pub enum SipOrder {
    /// Send an INVITE.
    Invite(Box<InviteOrder>),
    /// Tell a leg something.
    Command {
        /// The leg.
        leg: LegId,
        /// What.
        command: LegCommand,
    },
    /// Take no more calls.
    Stop,
}

/// An INVITE to be sent.
pub struct InviteOrder {
    /// The new leg.
    pub leg: LegId,
    /// What to send.
    pub invite: OutgoingInvite,
    /// Who is told of it.
    pub call: mpsc::Sender<Input>,
}

/// Gives orders to the SIP task.
#[derive(Clone)]
pub struct SipHandle {
    orders: mpsc::Sender<SipOrder>,
}

/// The receiving side of a handle, for [`spawn`].
pub struct SipOrders(mpsc::Receiver<SipOrder>);

impl SipHandle {
    /// A handle and what the task is spawned with.
    pub fn new() -> (Self, SipOrders) {
        let (orders, queue) = mpsc::channel(ORDER_QUEUE);
        (Self { orders }, SipOrders(queue))
    }

    /// Gives an order. When the queue is full the order is refused; the caller ends its call.
    pub fn order(&self, order: SipOrder) -> Result<(), SipOrder> {
        self.orders.try_send(order).map_err(|error| match error {
            mpsc::error::TrySendError::Full(order) | mpsc::error::TrySendError::Closed(order) => order,
        })
    }
}

/// What the SIP task is made from.
pub struct SipParts {
    /// The endpoint's configuration; its listeners are those of `listeners`.
    pub config: EndpointConfig,
    /// The bound sockets.
    pub listeners: Vec<BoundListener>,
    /// The seed of tags, branches and nonces.
    pub seed: u64,
    /// Who is told of calls and registrations.
    pub telephony: Arc<dyn Telephony>,
}

/// Starts the SIP task.
pub fn spawn(mut parts: SipParts, orders: SipOrders) -> tokio::task::JoinHandle<()> {
    parts.config.listeners = parts.listeners.iter().map(|listener| listener.config.clone()).collect();
    let (streams, stream_queue) = mpsc::channel(STREAM_QUEUE);
    let (answers, answer_queue) = mpsc::channel(ANSWER_QUEUE);
    let connection_numbers = Arc::new(AtomicU64::new(1));
    let mut sockets = Vec::new();
    for listener in parts.listeners {
        match listener.socket {
            ListenerSocket::Udp(socket) => sockets.push((listener.config.id, socket)),
            ListenerSocket::Tcp(socket) => {
                tokio::spawn(tcp::accept(socket, listener.config.id, connection_numbers.clone(), streams.clone()));
            }
        }
    }
    let task = SipTask {
        endpoint: Endpoint::new(parts.config, parts.seed, Instant::now()),
        sockets,
        names: Names::new(answers),
        writers: HashMap::new(),
        calls: HashMap::new(),
        telephony: parts.telephony,
        streams,
        buffer: vec![0; LARGEST_DATAGRAM].into_boxed_slice(),
    };
    let queues = Queues { orders: orders.0, streams: stream_queue, answers: answer_queue };
    tokio::spawn(task.run(queues))
}

struct Queues {
    orders: mpsc::Receiver<SipOrder>,
    streams: mpsc::Receiver<StreamEvent>,
    answers: mpsc::Receiver<(ResolveId, Answer)>,
}

struct SipTask {
    endpoint: Endpoint,
    sockets: Vec<(ListenerId, UdpSocket)>,
    names: Names,
    writers: HashMap<ConnectionId, mpsc::Sender<Arc<[u8]>>>,
    calls: HashMap<LegId, mpsc::Sender<Input>>,
    telephony: Arc<dyn Telephony>,
    streams: mpsc::Sender<StreamEvent>,
    buffer: Box<[u8]>,
}

impl SipTask {
    async fn run(mut self, mut queues: Queues) {
        self.carry_out();
        loop {
            let due = self.endpoint.poll_timeout().unwrap_or_else(|| Instant::now() + IDLE);
            tokio::select! {
                socket = readable(&self.sockets) => self.read_datagrams(socket),
                order = queues.orders.recv() => match order {
                    Some(order) => self.take_orders(order, &mut queues.orders),
                    None => return,
                },
                Some(event) = queues.streams.recv() => self.on_stream(event),
                Some((id, answer)) = queues.answers.recv() => self.endpoint.handle_resolved(id, answer, Instant::now()),
                () = tokio::time::sleep_until(due.into()) => self.endpoint.handle_timeout(Instant::now()),
            }
            self.carry_out();
        }
    }

    /// A burst is read at once, but not so long that timers and calls wait.
    fn read_datagrams(&mut self, socket: usize) {
        for _ in 0..DATAGRAMS_AT_ONCE {
            let (listener, socket) = &self.sockets[socket];
            match socket.try_recv_from(&mut self.buffer) {
                Ok((length, from)) => {
                    self.endpoint.handle_datagram(*listener, from, &self.buffer[..length], Instant::now());
                    self.carry_out();
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return,
                // An ICMP error of an earlier datagram; the transaction's timer finds out as well.
                Err(error) => tracing::trace!(%error, "datagram not received"),
            }
        }
    }

    fn take_orders(&mut self, first: SipOrder, more: &mut mpsc::Receiver<SipOrder>) {
        let mut next = Some(first);
        while let Some(order) = next {
            self.on_order(order);
            self.carry_out();
            next = more.try_recv().ok();
        }
    }

    fn on_order(&mut self, order: SipOrder) {
        let now = Instant::now();
        match order {
            SipOrder::Invite(order) => self.invite(*order, now),
            SipOrder::Command { leg, command } => {
                // A leg that has ended meanwhile has told so already.
                let _ = self.endpoint.command(leg, command, now);
            }
            SipOrder::Stop => self.endpoint.stop_accepting(now),
        }
    }

    fn invite(&mut self, order: InviteOrder, now: Instant) {
        match self.endpoint.invite(order.leg, order.invite, now) {
            Ok(()) => {
                self.calls.insert(order.leg, order.call);
            }
            Err(error) => {
                tracing::info!(leg = %order.leg, %error, "a leg could not be called");
                let failure = LegFailure { cause: Cause::Unreachable, sip_status: None, by_peer: false };
                let _ = order.call.try_send(Input::Leg { leg: order.leg, event: LegEvent::Ended(failure) });
            }
        }
    }

    fn on_stream(&mut self, event: StreamEvent) {
        let now = Instant::now();
        match event {
            StreamEvent::Opened { connection, listener, remote, writer } => {
                self.writers.insert(connection, writer);
                self.endpoint.handle_stream_opened(connection, listener, remote, now);
            }
            StreamEvent::Bytes { connection, bytes } => self.endpoint.handle_stream_bytes(connection, &bytes, now),
            StreamEvent::Closed { connection } => {
                self.writers.remove(&connection);
                self.endpoint.handle_stream_closed(connection, now);
            }
        }
    }

    fn carry_out(&mut self) {
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                Output::Transmit { flow, bytes } => self.transmit(flow, bytes),
                Output::Connect { connection, listener, remote } => {
                    tokio::spawn(tcp::connect(connection, listener, remote, self.streams.clone()));
                }
                Output::CloseConnection { connection } => {
                    self.writers.remove(&connection);
                }
                Output::Resolve { id, query } => self.names.ask(id, query),
                Output::IncomingInvite { leg, invite } => self.invited(leg, *invite),
                Output::Leg { leg, event } => self.tell(leg, event),
                Output::Registered { agent, .. } => self.telephony.registered(agent),
                Output::Unregistered { agent } => self.telephony.unregistered(agent),
                Output::TrunkState { trunk, alive } => self.telephony.trunk_changed(trunk, alive),
                Output::TrunkRegistration { trunk, state } => self.telephony.registration_changed(trunk, state),
            }
        }
    }

    fn transmit(&mut self, flow: Flow, bytes: Arc<[u8]>) {
        if let Some(connection) = flow.connection {
            let full = self.writers.get(&connection).is_some_and(|writer| writer.try_send(bytes).is_err());
            if full {
                // A peer that does not read: its connection is closed, its transactions time out.
                self.writers.remove(&connection);
                self.endpoint.handle_stream_closed(connection, Instant::now());
            }
            return;
        }
        let Some((_, socket)) = self.sockets.iter().find(|(id, _)| *id == flow.listener) else { return };
        if let Err(error) = socket.try_send_to(&bytes, flow.remote) {
            // UDP may lose it: the transaction sends it again.
            tracing::debug!(%error, remote = %flow.remote, "datagram not sent");
        }
    }

    fn invited(&mut self, leg: LegId, invite: IncomingInvite) {
        match self.telephony.invited(leg, invite) {
            Ok(call) => {
                self.calls.insert(leg, call);
            }
            Err(status) => {
                let retry_after = (status == 503).then_some(RETRY_AFTER_SECONDS);
                let _ = self.endpoint.command(leg, LegCommand::Reject { status, retry_after }, Instant::now());
            }
        }
    }

    fn tell(&mut self, leg: LegId, event: LegEvent) {
        let last = matches!(event, LegEvent::Ended(_));
        let Some(call) = self.calls.get(&leg) else { return };
        let told = call.try_send(Input::Leg { leg, event });
        if last {
            self.calls.remove(&leg);
            if told.is_err() {
                // Nobody is left who would let the answer to a BYE go.
                let _ = self.endpoint.command(leg, LegCommand::End, Instant::now());
            }
        } else if told.is_err() {
            // A call that does not take its events is ended.
            tracing::error!(%leg, "a call's queue is full; the leg is ended");
            self.calls.remove(&leg);
            let _ = self.endpoint.command(leg, LegCommand::End, Instant::now());
        }
    }
}

/// The first socket with something to read.
async fn readable(sockets: &[(ListenerId, UdpSocket)]) -> usize {
    std::future::poll_fn(|context| {
        for (index, (_, socket)) in sockets.iter().enumerate() {
            if socket.poll_recv_ready(context).is_ready() {
                return std::task::Poll::Ready(index);
            }
        }
        std::task::Poll::Pending
    })
    .await
}

/// Orders that wait; beyond, a call that gives one is ended.
const ORDER_QUEUE: usize = 16 * 1024;
/// Stream events that wait; beyond, the readers wait and TCP slows its peers down.
const STREAM_QUEUE: usize = 1024;
const ANSWER_QUEUE: usize = 256;
const DATAGRAMS_AT_ONCE: usize = 64;
const LARGEST_DATAGRAM: usize = 65_535;
const RETRY_AFTER_SECONDS: u32 = 5;
/// An endpoint without timers is looked at now and then all the same.
const IDLE: Duration = Duration::from_secs(60);
