//! Samples of the real types, with every field, against what is said of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use call_model::{
    AgentId, AttemptId, CallContext, CallEvent, CallId, CampaignId, Cause, Disposition, EventRecord, FlowHash, LeadId,
    ListId, Party, PhoneNumber, ProjectId, QueueId, ServiceKind, Termination,
};
use dialer::{CampaignSettings, CampaignState, LeadState, Progress};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use storage::{
    AttemptState, CallRecord, CampaignProgress, CampaignRecord, Direction, DoNotCallEntry, ListRecord, StoredAttempt,
    StoredEvent, StoredRefusal,
};

use super::super::event_types::EVENTS;
use super::{fits, made};
use crate::acd::{AgentState, QueueState, WaitingCall};
use crate::http::events::{StoredJson, shown_json};
use crate::services::LiveEvent;

/// A real value, in which everything is filled, is exactly what is described.
#[track_caller]
pub(super) fn is_told(name: &str, sample: impl Serialize) {
    let description = fits::description();
    let (schema, value) = (fits::named(&description, name), serde_json::to_value(sample).expect("plain data"));
    fits::check(&description, &schema, &value).unwrap_or_else(|error| panic!("{name}: {error}\n{value}"));
    let described = schema["properties"].as_object().into_iter().flatten().map(|(key, _)| key);
    let absent: Vec<_> = described.filter(|key| value.get(key).is_none_or(Value::is_null)).collect();
    assert!(absent.is_empty(), "{name} is said to have {absent:?}");
}

/// What is described can be read as the real type, and comes back whole.
#[track_caller]
fn is_read<T: Serialize + DeserializeOwned>(what: &str, described: &Value) -> T {
    let read: T = serde_json::from_value(described.clone()).unwrap_or_else(|error| panic!("{what}: {error}"));
    let back = serde_json::to_value(&read).expect("plain data");
    assert_eq!(back, *described, "{what} is not as server/src/http/schema tells it");
    read
}

#[test]
fn calls_are_as_they_are_told() {
    is_told("Call", call());
    let description = fits::description();
    let context = made::value(&description, &fits::named(&description, "Context"));
    is_told("Context", is_read::<CallContext>("Context", &context));
}

#[test]
fn campaigns_are_as_they_are_told() {
    is_told("CampaignRecord", campaign(settings()));
    let counted = |name: LeadState| BTreeMap::from([(name, 1)]);
    is_told(
        "Progress",
        CampaignProgress {
            leads: counted(LeadState::Waiting),
            outcomes: BTreeMap::from([(Disposition::Busy, 1)]),
            refused_rows: 1,
            attempts: 1,
            open_attempts: 1,
        },
    );
    is_told(
        "List",
        ListRecord {
            list: ListId::from(1),
            campaign: CampaignId::from(1),
            name: "people.csv".to_owned(),
            uploaded_at: Timestamp::UNIX_EPOCH,
            completed_at: Some(Timestamp::UNIX_EPOCH),
            accepted: 1,
            refused: 1,
        },
    );
    let words = || "words".to_owned();
    is_told("RefusedRow", StoredRefusal { line: 1, reason: words(), explanation: words(), written: words() });
    is_told("Attempt", attempt());
    is_told(
        "DoNotCallEntry",
        DoNotCallEntry { number: number(), reason: words(), source: words(), added_at: Timestamp::UNIX_EPOCH },
    );
}

/// A campaign's settings are read with every key that is described, and written with no other.
#[test]
fn settings_of_a_campaign_are_as_they_are_told() {
    let description = fits::description();
    let described = made::value(&description, &fits::named(&description, "Settings"));
    let read: CampaignSettings = serde_json::from_value(described).expect("every key is known");
    is_told("Settings", &read);
    let shortest = json!({ "name": "a", "flow": "b", "trunk": "c", "caller_id": "+12025550100" });
    let shortest: CampaignSettings = serde_json::from_value(shortest).expect("the others have defaults");
    let schema = fits::named(&description, "Settings");
    let written = serde_json::to_value(shortest).expect("plain data");
    fits::check(&description, &schema, &written).expect("fits");
}

#[test]
fn agents_and_queues_are_as_they_are_told() {
    is_told("Agent", agent());
    let (since, offered_to) = (Timestamp::UNIX_EPOCH, Some(AgentId::new("alice")));
    let waiting = vec![WaitingCall { call: CallId::from(1), position: 1, since, offered_to }];
    is_told("Queue", QueueState { queue: QueueId::new("service"), waiting, ready: 1, present: 1 });
}

/// Each type of events, with all its fields, goes through the real type and comes back; there are no others.
#[test]
fn events_are_as_they_are_told() {
    let description = fits::description();
    let schema = fits::named(&description, "Event");
    for (kind, told) in schema["oneOf"].as_array().expect("types of events").iter().zip(EVENTS) {
        let described = made::value(&description, kind);
        let event: EventRecord = is_read(&format!("the event {}", told.name), &described);
        fits::check(&description, &schema, &serde_json::to_value(event).expect("plain data")).expect("fits");
    }
    let told: Vec<&str> = EVENTS.iter().map(|event| event.name).collect();
    assert_eq!(
        values_of::<CallEvent>(json!({ "type": "?" })),
        told,
        "describe it in server/src/http/schema/event_types.rs"
    );
}

#[test]
fn values_by_name_are_as_they_are_told() {
    let description = fits::description();
    let told = |name: &str| -> Vec<String> {
        serde_json::from_value(fits::named(&description, name)["enum"].clone()).expect("names")
    };
    assert_eq!(values_of::<Cause>(json!("?")), told("Cause"));
    assert_eq!(values_of::<Party>(json!("?")), told("Party"));
    assert_eq!(values_of::<call_model::ListenEnd>(json!("?")), told("ListenEnd"));
    assert_eq!(values_of::<call_model::ServiceKind>(json!("?")), told("ServiceKind"));
    assert_eq!(values_of::<call_model::TransferFailure>(json!("?")), told("TransferFailure"));
    assert_eq!(values_of::<Disposition>(json!("?")), told("Disposition"));
    assert_eq!(values_of::<CampaignState>(json!("?")), told("CampaignState"));
}

/// The names that an enum reads, as its own error tells them.
fn values_of<T: DeserializeOwned>(wrong: Value) -> Vec<String> {
    let error = serde_json::from_value::<T>(wrong).map(|_| ()).expect_err("no such name").to_string();
    let (_, names) = error.split_once("expected one of ").expect("the names are told");
    names.split(", ").map(|name| name.trim_matches('`').to_owned()).collect()
}

#[test]
fn messages_of_the_stream_are_as_they_are_told() {
    let description = fits::description();
    let schema = fits::named(&description, "StreamMessage");
    let check = |message: Value| {
        fits::check(&description, &schema, &message).unwrap_or_else(|error| panic!("{error}\n{message}"));
    };
    let event = CallEvent::Ended {
        termination: Termination { by: Party::Caller, cause: Cause::Normal, sip_status: Some(487) },
        disposition: Disposition::Busy,
    };
    let record = EventRecord { call: CallId::from(1), number: 1, at_ms: 1, event };
    let stored = StoredEvent { sequence: 1, project: ProjectId::default(), record };
    check(serde_json::to_value(StoredJson::new(stored)).expect("plain data"));
    let context = made::value(&description, &fits::named(&description, "Context"));
    let live = [
        LiveEvent::Partial { call: CallId::from(1), text: "my b".into() },
        LiveEvent::Context(Arc::new(serde_json::from_value(context).expect("a context"))),
        LiveEvent::Agent(Arc::new(agent())),
        LiveEvent::Campaign(Arc::new(progress())),
    ];
    for live in live {
        check(shown_json(&live));
    }
    fits::check(&description, &schema, &json!({ "kind": "partial", "call": "", "words": "" })).expect_err("no words");
}

fn call() -> CallRecord {
    CallRecord {
        call: CallId::from(1),
        project: ProjectId::default(),
        server: "callwright-1".to_owned(),
        direction: Direction::Inbound,
        caller: "+12025550123".to_owned(),
        called: "100".to_owned(),
        flow: "hotline".to_owned(),
        flow_hash: FlowHash::new("7f83"),
        seed: u64::MAX,
        campaign: Some(CampaignId::from(1)),
        attempt: Some(AttemptId::from(1)),
        started_at: Timestamp::UNIX_EPOCH,
        answered_at: Some(Timestamp::UNIX_EPOCH),
        ended_at: Some(Timestamp::UNIX_EPOCH),
        ended_by: Some(Party::Caller.as_str().to_owned()),
        cause: Some(Cause::Normal.as_str().to_owned()),
        sip_status: Some(486),
        disposition: Some(Disposition::Busy),
        agent: Some(AgentId::new("alice")),
        queue_wait_ms: Some(1),
        intent: Some("bill".to_owned()),
        service: Some(ServiceKind::Query),
        recording: Some("a.wav".to_owned()),
        sip_call_id: Some("a@b".to_owned()),
    }
}

fn agent() -> AgentState {
    AgentState {
        agent: AgentId::new("alice"),
        name: "Alice".to_owned(),
        state: "ready",
        call: Some(CallId::from(1)),
        since: Timestamp::UNIX_EPOCH,
    }
}

fn progress() -> Progress {
    Progress {
        campaign: CampaignId::from(1),
        state: CampaignState::Running,
        hopper: 1,
        reserving: 1,
        dialling: 1,
        ringing: 1,
        answered: 1,
        unfinished: 1,
        dialled: 1,
        outcomes: BTreeMap::from([(Disposition::Busy, 1)]),
        refusals: BTreeMap::new(),
        next_due: None,
    }
}

fn attempt() -> StoredAttempt {
    StoredAttempt {
        attempt: AttemptId::from(1),
        campaign: Some(CampaignId::from(1)),
        lead: Some(LeadId::from(1)),
        number: number(),
        state: AttemptState::Unresolved,
        server: "callwright-1".to_owned(),
        reserved_at: Timestamp::UNIX_EPOCH,
        dialled_at: Some(Timestamp::UNIX_EPOCH),
        ended_at: Some(Timestamp::UNIX_EPOCH),
        call: Some(CallId::from(1)),
        sip_call_id: Some("a@b".to_owned()),
        disposition: Some(Disposition::Unresolved),
    }
}

fn campaign(settings: CampaignSettings) -> CampaignRecord {
    CampaignRecord {
        campaign: CampaignId::from(1),
        state: CampaignState::Running,
        settings,
        created_at: Timestamp::UNIX_EPOCH,
        state_at: Timestamp::UNIX_EPOCH,
    }
}

fn settings() -> CampaignSettings {
    CampaignSettings::named("spring", "campaign", "carrier", number())
}

fn number() -> PhoneNumber {
    "+12025550100".parse().expect("E.164")
}
