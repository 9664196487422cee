//! Facts from the wire: datagrams, streams, and to whom a message goes.

use std::net::SocketAddr;
use std::time::Instant;

use super::trunks::Fact;
use super::{Endpoint, Incoming, Output, Owner};
use crate::dialog::{LocalTag, put};
use crate::flow::{ConnectionId, Flow, ListenerId, Transport};
use crate::message::{Fault, FramedItem, Limits, Message, Method, ParseError, Request, Response, StreamFramer, Via};
use crate::policy::is_scanner;
use crate::transaction::Received;

impl Endpoint {
    /// A datagram came.
    pub fn handle_datagram(&mut self, listener: ListenerId, from: SocketAddr, bytes: &[u8], now: Instant) {
        let flow = Flow::udp(listener, from);
        match Message::parse_datagram_within(bytes, &self.message_limits()) {
            Ok(message) => self.on_message(message, flow, now),
            Err(error) => self.on_unreadable(&error, flow),
        }
    }

    /// A TCP connection was accepted at a listener, or one that was ordered came about.
    pub fn handle_stream_opened(
        &mut self,
        connection: ConnectionId,
        listener: ListenerId,
        remote: SocketAddr,
        _now: Instant,
    ) {
        let framer = StreamFramer::new(self.message_limits());
        if !self.core.ways.opened(connection, listener, remote, framer) {
            self.core.out.push_back(Output::CloseConnection { connection });
        }
    }

    /// Bytes came over a TCP connection.
    pub fn handle_stream_bytes(&mut self, connection: ConnectionId, bytes: &[u8], now: Instant) {
        let Some(open) = self.core.ways.connection(connection) else { return };
        open.framer.push(bytes);
        let flow = Flow::tcp(open.listener, open.remote, connection);
        while let Some(item) = self.core.ways.connection(connection).and_then(|open| open.framer.next()) {
            match item {
                Ok(FramedItem::Message(message)) => self.on_message(message, flow, now),
                Ok(FramedItem::Ping) => self.core.transmit(flow, b"\r\n"[..].into()),
                Ok(FramedItem::Pong) => {}
                Err(error) => self.on_unreadable(&error, flow),
            }
        }
        if self.core.ways.connection(connection).is_some_and(|open| open.framer.is_broken()) {
            self.core.out.push_back(Output::CloseConnection { connection });
            self.handle_stream_closed(connection, now);
        }
    }

    /// A TCP connection is closed, by either side, or could not be opened.
    pub fn handle_stream_closed(&mut self, connection: ConnectionId, now: Instant) {
        if let Some(flow) = self.core.ways.closed(connection) {
            self.core.layer.on_transport_error(flow);
            self.drain_layer(now);
            self.registrar.on_connection_closed(connection);
            self.drain_registrar();
        }
    }

    fn on_message(&mut self, message: Message, flow: Flow, now: Instant) {
        match message {
            Message::Request(mut request) => {
                let Some((via, reply)) = note_source(&mut request, flow) else { return };
                let incoming = Incoming { request: &request, via: &via, flow, reply };
                self.on_request(&incoming, now);
            }
            Message::Response(response) => {
                if let Ok(via) = response.top_via() {
                    self.on_response(&response, &via, now);
                }
            }
        }
    }

    fn on_response(&mut self, response: &Response, via: &Via, now: Instant) {
        let passed = self.core.layer.on_response(response, via, &mut self.core.out, now);
        match passed {
            Some((id, Owner::Leg(leg))) => {
                self.with_leg(leg, |leg, core| leg.on_response(id, response, core, now));
            }
            Some((id, owner @ (Owner::Registration(_) | Owner::Ping(_)))) => {
                self.tell_trunk(owner, Fact::Response(id, response), now);
            }
            Some((_, Owner::Nobody)) | None => {}
        }
    }

    fn on_request(&mut self, incoming: &Incoming<'_>, now: Instant) {
        let request = incoming.request;
        let user_agent = request.headers.get("User-Agent");
        if user_agent.is_some_and(|name| is_scanner(name, &self.core.config.scanners)) {
            return;
        }
        match self.core.layer.on_request(request, incoming.via, &mut self.core.out, now) {
            Received::Absorbed => {}
            Received::Merged => {
                let response = self.core.tagged(request, 482);
                self.core.reply_stateless(incoming, &response);
            }
            Received::AckForDialog => {
                self.on_dialog_request(incoming, now);
            }
            Received::New if request.method == Method::Cancel => self.on_cancel(incoming, now),
            Received::New => self.on_new_request(incoming, now),
        }
    }

    fn on_cancel(&mut self, incoming: &Incoming<'_>, now: Instant) {
        let Some((id, owner)) = self.core.layer.cancelled(incoming.request, incoming.via) else {
            let response = self.core.tagged(incoming.request, 481);
            self.core.reply_stateless(incoming, &response);
            return;
        };
        // RFC 3261 9.2: answered with the tag of the INVITE's responses.
        let tag = match owner {
            Owner::Leg(leg) => self.legs.get(&leg).map(|leg| leg.head.tag.to_string()),
            Owner::Registration(_) | Owner::Ping(_) | Owner::Nobody => None,
        };
        let response = self.core.response(incoming.request, 200, tag.as_deref());
        self.core.reply(incoming, &response, now);
        if let Owner::Leg(leg) = owner {
            self.with_leg(leg, |leg, core| leg.on_cancel(id, core, now));
        }
    }

    fn on_new_request(&mut self, incoming: &Incoming<'_>, now: Instant) {
        let request = incoming.request;
        let unsupported = request.headers.require().join(", ");
        if !unsupported.is_empty() {
            // RFC 3261 8.2.2.3: there is no extension that we must be asked for.
            let mut response = self.core.tagged(request, 420);
            put(&mut response.headers, "Unsupported", &unsupported);
            self.core.reply_stateless(incoming, &response);
            return;
        }
        if request.to().is_ok_and(|to| to.tag().is_some()) {
            if !self.on_dialog_request(incoming, now) {
                let response = self.core.tagged(request, 481);
                self.core.reply_stateless(incoming, &response);
            }
            return;
        }
        match request.method {
            Method::Invite => self.on_invite(incoming, now),
            Method::Register => self.on_register(incoming, now),
            Method::Options => self.on_options(incoming),
            Method::Bye | Method::Info => {
                let response = self.core.tagged(request, 481);
                self.core.reply_stateless(incoming, &response);
            }
            _ => {
                let response = self.core.method_not_allowed(request);
                self.core.reply_stateless(incoming, &response);
            }
        }
    }

    /// A request with a tag of ours in its To. Says whether its dialog exists.
    fn on_dialog_request(&mut self, incoming: &Incoming<'_>, now: Instant) -> bool {
        let request = incoming.request;
        let Ok(to) = request.to() else { return false };
        let Some(tag) = to.tag().and_then(LocalTag::parse) else { return false };
        let Some(leg) = self.tags.get(&tag).copied() else { return false };
        let is_peer = self.legs.get(&leg).is_some_and(|leg| leg.is_peer(request));
        is_peer && self.with_leg(leg, |leg, core| leg.on_request(incoming, core, now)).unwrap_or(false)
    }

    /// Bytes that are no message: answered where they can be (400, 413, 505, 513).
    fn on_unreadable(&mut self, error: &ParseError, flow: Flow) {
        if error.fault == Fault::Empty {
            return;
        }
        tracing::debug!(%flow.remote, %error, "unreadable message");
        let Some(mut request) = error.request().cloned() else { return };
        let Some((via, reply)) = note_source(&mut request, flow) else { return };
        let incoming = Incoming { request: &request, via: &via, flow, reply };
        let response = self.core.tagged(&request, error.fault.status()).with_reason(&error.fault.reason());
        self.core.reply_stateless(&incoming, &response);
    }

    fn message_limits(&self) -> Limits {
        let limits = &self.core.config.limits;
        Limits { message: limits.message, body: limits.body, ..Limits::default() }
    }
}

/// Notes the source in the topmost Via, and tells where responses go (RFC 3261 18.2.2, RFC 3581 4).
fn note_source(request: &mut Request, flow: Flow) -> Option<(Via, Flow)> {
    let mut via = request.top_via().ok()?;
    via.note_source(flow.remote);
    request.headers.replace_top_via(&via).ok()?;
    let mut reply = flow;
    if flow.transport == Transport::Udp && !via.wants_rport() {
        reply.remote.set_port(via.port.unwrap_or_else(|| via.transport.default_port()));
    }
    Some((via, reply))
}
