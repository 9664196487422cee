//! Questions to the domain name system (RFC 3263), asked beside the SIP task.

use std::net::IpAddr;

use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::{RData, RecordType};
use sip_stack::{Answer, NaptrRecord, Query, ResolveId, SrvRecord};
use tokio::sync::mpsc;

/// Answers questions; the resolver caches by the records' time to live.
#[derive(Clone)]
pub(super) struct Names {
    resolver: Option<TokioResolver>,
    answers: mpsc::Sender<(ResolveId, Answer)>,
}

impl Names {
    pub(super) fn new(answers: mpsc::Sender<(ResolveId, Answer)>) -> Self {
        let resolver = TokioResolver::builder_tokio().and_then(|builder| builder.build());
        let resolver =
            resolver.inspect_err(|error| tracing::warn!(%error, "no name resolution: give trunks as addresses")).ok();
        Self { resolver, answers }
    }

    /// Asks; the answer comes by the queue, also when nothing was found.
    pub(super) fn ask(&self, id: ResolveId, query: Query) {
        let names = self.clone();
        tokio::spawn(async move {
            let answer = names.look_up(query).await;
            let _ = names.answers.send((id, answer)).await;
        });
    }

    async fn look_up(&self, query: Query) -> Answer {
        let Some(resolver) = &self.resolver else { return Answer::NotFound };
        let (name, kind) = match &query {
            Query::Naptr(name) => (name, RecordType::NAPTR),
            Query::Srv(name) => (name, RecordType::SRV),
            Query::A(name) => (name, RecordType::A),
            Query::Aaaa(name) => (name, RecordType::AAAA),
        };
        match resolver.lookup(name.as_str(), kind).await {
            Ok(lookup) => answer(&query, lookup.answers().iter().map(|record| &record.data)),
            Err(error) => {
                tracing::debug!(name, %error, "name not resolved");
                Answer::NotFound
            }
        }
    }
}

fn answer<'a>(query: &Query, records: impl Iterator<Item = &'a RData>) -> Answer {
    match query {
        Query::Naptr(_) => Answer::Naptr(records.filter_map(naptr).collect()),
        Query::Srv(_) => Answer::Srv(records.filter_map(srv).collect()),
        Query::A(_) | Query::Aaaa(_) => Answer::Addresses(records.filter_map(address).collect()),
    }
}

fn naptr(record: &RData) -> Option<NaptrRecord> {
    let RData::NAPTR(record) = record else { return None };
    Some(NaptrRecord {
        order: record.order,
        preference: record.preference,
        service: String::from_utf8_lossy(&record.services).into_owned(),
        replacement: undotted(&record.replacement.to_utf8()),
    })
}

fn srv(record: &RData) -> Option<SrvRecord> {
    let RData::SRV(record) = record else { return None };
    Some(SrvRecord {
        priority: record.priority,
        weight: record.weight,
        port: record.port,
        target: undotted(&record.target.to_utf8()),
    })
}

fn address(record: &RData) -> Option<IpAddr> {
    match record {
        RData::A(address) => Some(IpAddr::V4(address.0)),
        RData::AAAA(address) => Some(IpAddr::V6(address.0)),
        _ => None,
    }
}

fn undotted(name: &str) -> String {
    name.trim_end_matches('.').to_owned()
}
