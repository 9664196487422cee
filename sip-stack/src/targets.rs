//! Where a request goes: RFC 3263 as a machine that asks the domain name system and is answered.
//!
//! [`Targets::next`] yields one address after the other, the best first, and asks only when it must know more. Whoever
//! sends takes the next one when a transport fails, a 503 comes, or timer B or F runs out (RFC 3263 4.3).

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use crate::chance::Chance;
use crate::flow::Transport;

/// A question to the domain name system, numbered by the endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResolveId(pub u64);

/// What is asked of the domain name system. Names have no final dot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// NAPTR records of a domain (RFC 3263 4.1).
    Naptr(String),
    /// SRV records, of a name such as `_sip._udp.example.com`.
    Srv(String),
    /// IPv4 addresses of a host.
    A(String),
    /// IPv6 addresses of a host.
    Aaaa(String),
}

/// What the domain name system answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// NAPTR records in any order.
    Naptr(Vec<NaptrRecord>),
    /// SRV records in any order.
    Srv(Vec<SrvRecord>),
    /// Addresses in the order in which they shall be tried.
    Addresses(Vec<IpAddr>),
    /// There is no such name or record, or nobody answered.
    NotFound,
}

/// A NAPTR record (RFC 2915).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NaptrRecord {
    /// Smaller ones first.
    pub order: u16,
    /// Among equal orders, smaller ones first.
    pub preference: u16,
    /// Such as `SIP+D2U` or `SIP+D2T`.
    pub service: String,
    /// The name whose SRV records to ask for.
    pub replacement: String,
}

/// An SRV record (RFC 2782).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SrvRecord {
    /// Smaller ones first.
    pub priority: u16,
    /// The share among equal priorities.
    pub weight: u16,
    /// The port.
    pub port: u16,
    /// The host.
    pub target: String,
}

/// What a SIP URI says about where to send: of a request URI, a route or a trunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// A name, or an address without brackets (the `maddr` parameter, if there is one).
    pub host: String,
    /// The port, if it is given.
    pub port: Option<u16>,
    /// The `transport` parameter, if it is given.
    pub transport: Option<Transport>,
}

/// An address to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address {
    /// What to send by.
    pub transport: Transport,
    /// Where to.
    pub remote: SocketAddr,
}

/// What our listeners can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// UDP over IPv4.
    pub udp4: bool,
    /// UDP over IPv6.
    pub udp6: bool,
    /// TCP over IPv4.
    pub tcp4: bool,
    /// TCP over IPv6.
    pub tcp6: bool,
}

impl Reach {
    /// Whether an address can be reached.
    pub fn covers(&self, address: Address) -> bool {
        self.has(address.transport, address.remote.is_ipv6())
    }

    fn has(&self, transport: Transport, v6: bool) -> bool {
        match (transport, v6) {
            (Transport::Udp, false) => self.udp4,
            (Transport::Udp, true) => self.udp6,
            (Transport::Tcp, false) => self.tcp4,
            (Transport::Tcp, true) => self.tcp6,
        }
    }

    fn has_transport(&self, transport: Transport) -> bool {
        self.has(transport, false) || self.has(transport, true)
    }
}

/// The addresses of one destination, found out one after the other.
#[derive(Debug, Clone)]
pub struct Targets {
    destination: Destination,
    reach: Reach,
    todo: VecDeque<Todo>,
    ready: VecDeque<Address>,
    asked: Option<Todo>,
    /// The host itself is asked for when no SRV record was found.
    fallback: Option<Transport>,
    yielded: usize,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Send there.
    Try(Address),
    /// Ask this and come back with [`Targets::answered`].
    Ask(Query),
    /// The last question is not answered yet.
    Wait,
    /// There are no more addresses.
    Exhausted,
}

#[derive(Debug, Clone)]
enum Todo {
    Naptr,
    Srv { name: String, transport: Transport },
    Host { name: String, port: u16, transport: Transport, v6: bool },
}

impl Targets {
    /// Begins with a destination.
    pub fn new(destination: Destination, reach: Reach) -> Self {
        let mut targets = Self {
            destination,
            reach,
            todo: VecDeque::new(),
            ready: VecDeque::new(),
            asked: None,
            fallback: None,
            yielded: 0,
        };
        targets.begin();
        targets
    }

    /// The next address, or what is needed to find it.
    pub fn next(&mut self) -> Next {
        while let Some(address) = self.ready.pop_front() {
            if self.reach.covers(address) && self.yielded < MAX_TRIES {
                self.yielded += 1;
                return Next::Try(address);
            }
        }
        if self.asked.is_some() {
            return Next::Wait;
        }
        if self.todo.is_empty()
            && let Some(transport) = self.fallback.take()
        {
            let host = self.destination.host.clone();
            self.ask_host(&host, DEFAULT_PORT, transport);
        }
        let Some(todo) = self.todo.pop_front() else {
            return Next::Exhausted;
        };
        let query = match &todo {
            Todo::Naptr => Query::Naptr(self.destination.host.clone()),
            Todo::Srv { name, .. } => Query::Srv(name.clone()),
            Todo::Host { name, v6: false, .. } => Query::A(name.clone()),
            Todo::Host { name, v6: true, .. } => Query::Aaaa(name.clone()),
        };
        self.asked = Some(todo);
        Next::Ask(query)
    }

    /// The last question was answered. An answer of another kind than asked counts as nothing found.
    pub fn answered(&mut self, answer: Answer, chance: &mut Chance) {
        match (self.asked.take(), answer) {
            (Some(Todo::Naptr), answer) => self.on_naptr(answer),
            (Some(Todo::Srv { transport, .. }), Answer::Srv(records)) => self.on_srv(records, transport, chance),
            (Some(Todo::Host { port, transport, .. }), Answer::Addresses(addresses)) => {
                let found = addresses.into_iter().take(MAX_TRIES);
                self.ready.extend(found.map(|ip| Address { transport, remote: SocketAddr::new(ip, port) }));
            }
            (Some(Todo::Srv { .. } | Todo::Host { .. }) | None, _) => {}
        }
    }

    /// RFC 3263 4.1 and 4.2: what is known without asking.
    fn begin(&mut self) {
        let Destination { host, port, transport } = self.destination.clone();
        let default = self.default_transport();
        if let Ok(ip) = host.parse::<IpAddr>() {
            let remote = SocketAddr::new(ip, port.unwrap_or(DEFAULT_PORT));
            self.ready.push_back(Address { transport: transport.unwrap_or(default), remote });
        } else if let Some(port) = port {
            self.ask_host(&host, port, transport.unwrap_or(default));
        } else if let Some(transport) = transport {
            self.todo.push_back(srv_of(&host, transport));
            self.fallback = Some(transport);
        } else {
            self.todo.push_back(Todo::Naptr);
            self.fallback = Some(default);
        }
    }

    fn on_naptr(&mut self, answer: Answer) {
        let mut records = match answer {
            Answer::Naptr(records) => records,
            Answer::Srv(_) | Answer::Addresses(_) | Answer::NotFound => Vec::new(),
        };
        records.sort_by_key(|record| (record.order, record.preference));
        let useful = records.into_iter().filter_map(|record| {
            let transport = match record.service.to_ascii_uppercase().as_str() {
                "SIP+D2U" => Transport::Udp,
                "SIP+D2T" => Transport::Tcp,
                _ => return None,
            };
            let usable = self.reach.has_transport(transport) && !record.replacement.is_empty();
            usable.then(|| Todo::Srv { name: trim_dot(record.replacement), transport })
        });
        let useful: Vec<_> = useful.take(MAX_RECORDS).collect();
        if useful.is_empty() {
            let reach = self.reach;
            let usable = [Transport::Udp, Transport::Tcp].into_iter().filter(|t| reach.has_transport(*t));
            self.todo.extend(usable.map(|transport| srv_of(&self.destination.host, transport)));
        } else {
            self.todo.extend(useful);
        }
    }

    fn on_srv(&mut self, mut records: Vec<SrvRecord>, transport: Transport, chance: &mut Chance) {
        records.retain(|record| !record.target.is_empty() && record.target != ".");
        records.truncate(MAX_RECORDS);
        if records.is_empty() {
            return;
        }
        self.fallback = None;
        // Hosts of this answer come before the SRV records of the next transport.
        let later = std::mem::take(&mut self.todo);
        for record in order_srv(records, chance) {
            self.ask_host(&trim_dot(record.target), record.port, transport);
        }
        self.todo.extend(later);
    }

    fn ask_host(&mut self, host: &str, port: u16, transport: Transport) {
        if let Ok(ip) = host.parse::<IpAddr>() {
            self.ready.push_back(Address { transport, remote: SocketAddr::new(ip, port) });
            return;
        }
        for v6 in [false, true] {
            if self.reach.has(transport, v6) {
                self.todo.push_back(Todo::Host { name: host.to_owned(), port, transport, v6 });
            }
        }
    }

    fn default_transport(&self) -> Transport {
        if self.reach.has_transport(Transport::Udp) { Transport::Udp } else { Transport::Tcp }
    }
}

/// RFC 2782: by priority, and within one by chance in proportion to the weights.
fn order_srv(mut records: Vec<SrvRecord>, chance: &mut Chance) -> Vec<SrvRecord> {
    // Among equals the zero weights come first, so that they keep a small chance.
    records.sort_by(|a, b| (a.priority, a.weight, &a.target, a.port).cmp(&(b.priority, b.weight, &b.target, b.port)));
    let mut ordered = Vec::with_capacity(records.len());
    while let Some(priority) = records.first().map(|record| record.priority) {
        let same = records.iter().take_while(|record| record.priority == priority).count();
        let total: u64 = records[..same].iter().map(|record| u64::from(record.weight)).sum();
        let mut draw = chance.below(total + 1);
        let mut chosen = 0;
        for (at, record) in records[..same].iter().enumerate() {
            chosen = at;
            let weight = u64::from(record.weight);
            if draw <= weight {
                break;
            }
            draw -= weight;
        }
        ordered.push(records.remove(chosen));
    }
    ordered
}

fn srv_of(host: &str, transport: Transport) -> Todo {
    let name = match transport {
        Transport::Udp => format!("_sip._udp.{host}"),
        Transport::Tcp => format!("_sip._tcp.{host}"),
    };
    Todo::Srv { name, transport }
}

fn trim_dot(mut name: String) -> String {
    if name.ends_with('.') {
        name.pop();
    }
    name
}

/// The port of SIP over UDP and TCP.
const DEFAULT_PORT: u16 = 5060;
/// Records of one answer that are looked at.
const MAX_RECORDS: usize = 16;
/// Addresses that are tried for one request.
const MAX_TRIES: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Reach = Reach { udp4: true, udp6: true, tcp4: true, tcp6: true };
    const UDP4: Reach = Reach { udp4: true, udp6: false, tcp4: false, tcp6: false };

    fn destination(host: &str, port: Option<u16>, transport: Option<Transport>) -> Destination {
        Destination { host: host.to_owned(), port, transport }
    }

    fn srv(priority: u16, weight: u16, port: u16, target: &str) -> SrvRecord {
        SrvRecord { priority, weight, port, target: target.to_owned() }
    }

    fn try_at(text: &str, transport: Transport) -> Next {
        Next::Try(Address { transport, remote: text.parse().unwrap() })
    }

    #[test]
    fn an_address_is_not_asked_for() {
        let mut targets = Targets::new(destination("192.0.2.1", None, None), ALL);
        assert_eq!(targets.next(), try_at("192.0.2.1:5060", Transport::Udp));
        assert_eq!(targets.next(), Next::Exhausted);
        let mut targets = Targets::new(destination("2001:db8::1", Some(5070), Some(Transport::Tcp)), ALL);
        assert_eq!(targets.next(), try_at("[2001:db8::1]:5070", Transport::Tcp));
    }

    #[test]
    fn a_name_with_a_port_is_a_host() {
        let mut targets = Targets::new(destination("pbx.example", Some(5062), None), UDP4);
        assert_eq!(targets.next(), Next::Ask(Query::A("pbx.example".into())));
        assert_eq!(targets.next(), Next::Wait);
        targets.answered(Answer::Addresses(vec!["192.0.2.7".parse().unwrap()]), &mut Chance::new(1));
        assert_eq!(targets.next(), try_at("192.0.2.7:5062", Transport::Udp));
        assert_eq!(targets.next(), Next::Exhausted);
    }

    #[test]
    fn naptr_leads_to_srv_and_srv_to_hosts_one_at_a_time() {
        let chance = &mut Chance::new(1);
        let mut targets = Targets::new(destination("carrier.example", None, None), UDP4);
        assert_eq!(targets.next(), Next::Ask(Query::Naptr("carrier.example".into())));
        let naptr = |order, service: &str, replacement: &str| NaptrRecord {
            order,
            preference: 0,
            service: service.into(),
            replacement: replacement.into(),
        };
        targets.answered(
            Answer::Naptr(vec![
                naptr(10, "SIPS+D2T", "_sips._tcp.carrier.example."),
                naptr(30, "SIP+D2T", "_sip._tcp.carrier.example."),
                naptr(20, "SIP+D2U", "_sip._udp.carrier.example."),
            ]),
            chance,
        );
        assert_eq!(targets.next(), Next::Ask(Query::Srv("_sip._udp.carrier.example".into())));
        targets.answered(Answer::Srv(vec![srv(2, 0, 5060, "b.example."), srv(1, 0, 5080, "a.example.")]), chance);
        assert_eq!(targets.next(), Next::Ask(Query::A("a.example".into())));
        targets.answered(Answer::Addresses(vec!["192.0.2.1".parse().unwrap()]), chance);
        assert_eq!(targets.next(), try_at("192.0.2.1:5080", Transport::Udp));
        assert_eq!(targets.next(), Next::Ask(Query::A("b.example".into())));
        targets.answered(Answer::NotFound, chance);
        assert_eq!(targets.next(), Next::Exhausted);
    }

    #[test]
    fn without_records_the_host_itself_is_taken() {
        let chance = &mut Chance::new(1);
        let mut targets = Targets::new(destination("small.example", None, None), UDP4);
        assert_eq!(targets.next(), Next::Ask(Query::Naptr("small.example".into())));
        targets.answered(Answer::NotFound, chance);
        assert_eq!(targets.next(), Next::Ask(Query::Srv("_sip._udp.small.example".into())));
        targets.answered(Answer::NotFound, chance);
        assert_eq!(targets.next(), Next::Ask(Query::A("small.example".into())));
        targets.answered(Answer::Addresses(vec!["192.0.2.3".parse().unwrap()]), chance);
        assert_eq!(targets.next(), try_at("192.0.2.3:5060", Transport::Udp));
    }

    #[test]
    fn weights_share_among_equal_priorities() {
        let mut chance = Chance::new(3);
        let mut first = 0;
        for _ in 0..1000 {
            let ordered = order_srv(vec![srv(1, 75, 1, "a"), srv(1, 25, 2, "b"), srv(0, 0, 3, "c")], &mut chance);
            assert_eq!(ordered[0].target, "c");
            assert_eq!(ordered.len(), 3);
            first += u32::from(ordered[1].target == "a");
        }
        assert!((700..800).contains(&first), "{first} of 1000 went to the heavier one");
    }

    #[test]
    fn an_answer_of_the_wrong_kind_finds_nothing() {
        let mut targets = Targets::new(destination("x.example", Some(1), None), UDP4);
        targets.answered(Answer::NotFound, &mut Chance::new(1));
        assert_eq!(targets.next(), Next::Ask(Query::A("x.example".into())));
        targets.answered(Answer::Srv(vec![srv(1, 1, 1, "a")]), &mut Chance::new(1));
        assert_eq!(targets.next(), Next::Exhausted);
    }
}
