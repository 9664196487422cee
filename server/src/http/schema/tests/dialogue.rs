//! What dialogues keep, as it is told.

use std::collections::BTreeMap;

use call_model::{CallId, JobId, QueueId, RecordingId, SlotValue, SurveyAnswer};
use jiff::Timestamp;
use storage::{JobRecord, MessageRecord, MessageState, RiskRecord, SurveyRecord, TicketRecord, VoicemailRecord};

use super::real::is_told;

const AT: Timestamp = Timestamp::UNIX_EPOCH;

fn words() -> String {
    "words".to_owned()
}

#[test]
fn tickets_and_messages_are_as_they_are_told() {
    is_told(
        "Ticket",
        TicketRecord {
            id: 1,
            number: "481516".parse().expect("a number"),
            kind: words(),
            status: "open".to_owned(),
            call: CallId::from(1),
            caller: words(),
            fields: BTreeMap::from([(words(), words())]),
            opened_at: AT,
            changed_at: AT,
        },
    );
    for state in [MessageState::Waiting, MessageState::Sent, MessageState::Failed] {
        is_told(
            "Message",
            MessageRecord {
                id: 1,
                key: words(),
                call: Some(CallId::from(1)),
                by: "sms".to_owned(),
                to: words(),
                text: words(),
                state,
                attempts: 1,
                next_at: AT,
                made_at: AT,
                ended_at: Some(AT),
                trouble: Some(words()),
            },
        );
    }
}

#[test]
fn surveys_risks_voicemails_and_jobs_are_as_they_are_told() {
    let call = CallId::from(1);
    let answers = vec![SurveyAnswer { question: words(), answer: words() }];
    is_told(
        "Survey",
        SurveyRecord { id: 1, call, survey: words(), number: words(), answers, complete: true, answered_at: AT },
    );
    is_told(
        "Risk",
        RiskRecord { id: 1, call, number: words(), intent: words(), noted_at: AT, calls: 3, flagged: true },
    );
    is_told(
        "Voicemail",
        VoicemailRecord {
            id: 1,
            recording: RecordingId::from(1),
            queue: QueueId::new("service"),
            call,
            number: words(),
            intent: Some(words()),
            slots: vec![SlotValue { name: words(), value: words(), confirmed: true }],
            length_ms: 4000,
            left_at: AT,
            done_at: Some(AT),
        },
    );
    is_told(
        "Job",
        JobRecord {
            job: JobId::from(1),
            name: words(),
            call,
            number: words(),
            ended: true,
            taken: true,
            opened_at: AT,
            expires_at: AT,
            ended_at: Some(AT),
        },
    );
}
