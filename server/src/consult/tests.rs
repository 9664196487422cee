//! A dialogue, a real database, and a way of sending messages at the other end of a socket.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use call_model::{Consult, ConsultFailure, ConsultResult, Consulted, JobId, Lock, Message, Secret, Subject};
use ivr_flows::{FilesInMemory, Flow, FlowRun, Input, Output, Start};
use reqwest::Method;
use serde_json::{Value, json};

use super::Asker;
use crate::chance;
use crate::http::tests::support::{Api, json as answer, with_json};

const CALLER: &str = "+12025550123";

/// A way of sending messages: what it was sent, and what it answers, by turns; then 200.
#[derive(Clone, Default)]
struct Way {
    sent: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
    answers: Arc<Mutex<Vec<u16>>>,
}

impl Way {
    async fn start(answers: &[u16]) -> (Self, String) {
        let way = Self { answers: Arc::new(Mutex::new(answers.iter().rev().copied().collect())), ..Self::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        let router = Router::new().route("/send", post(Self::take)).with_state(way.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (way, url)
    }

    async fn take(State(way): State<Self>, headers: HeaderMap, body: Bytes) -> StatusCode {
        way.sent.lock().unwrap().push((headers, serde_json::from_slice(&body).unwrap()));
        let status = way.answers.lock().unwrap().pop().unwrap_or(200);
        StatusCode::from_u16(status).unwrap()
    }

    async fn sent(&self, count: usize) -> Vec<(HeaderMap, Value)> {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let sent = self.sent.lock().unwrap().clone();
            if sent.len() >= count {
                return sent;
            }
            assert!(Instant::now() < until, "{count} messages should be sent: {sent:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn configuration(url: &str) -> String {
    format!(
        "http: {{ private_services: true, secrets: {{ sms_token: s3cret }} }}\n\
         messages: {{ sms: {{ url: '{url}', secret: sms_token, allow_private: true }} }}\n\
         queues: [{{ name: service }}]\n"
    )
}

fn asker(api: &Api) -> Asker {
    Asker::new(api.services.clone(), chance::call_id(api.services.clock.unix_ms()))
}

/// Walks a dialogue that never listens: everything that it says.
async fn walk(flow: &Arc<Flow>, asker: &Asker) -> Vec<String> {
    let start = Start { caller: CALLER.into(), called: "100".into(), seed: chance::random_u64(), ..Start::default() };
    let now = Instant::now();
    let mut run = FlowRun::new(flow.clone(), start, now);
    let mut said = Vec::new();
    loop {
        match run.poll_output().expect("the dialogue goes on") {
            Output::Play { order, prompt, .. } => {
                said.push(prompt.transcript());
                run.handle_input(Input::Finished { order }, now);
            }
            Output::Consult { order, request } => {
                let result = asker.answer(request).await;
                run.handle_input(Input::Consulted { order, result }, now);
            }
            Output::HangUp { .. } => return said,
            _ => {}
        }
    }
}

fn flow(nodes: &str) -> Arc<Flow> {
    let yaml = format!(
        "callwright: 1\nflow: fault\nlanguage: en\nstart: first\nperson: desk\nnodes:\n{nodes}\n  \
         desk: {{ queue: {{ name: service, if_nobody: sorry }} }}\n  \
         sorry: {{ hang_up: {{ say: \"Sorry.\" }} }}\n"
    );
    let loaded = Flow::load("flow.yaml", &FilesInMemory::new().with("flow.yaml", &yaml), None);
    Arc::new(loaded.unwrap_or_else(|wrong| panic!("{}", wrong.iter().map(|d| format!("{d}\n")).collect::<String>())))
}

const REPORT: &str = "  first:\n    ticket: { open: fault, fields: { what: \"no light\" }, if_failed: sorry, then: tell }\n  \
                      tell:\n    message: { by: sms, text: \"Your ticket is {{ ticket }}.\", if_failed: sorry, then: bye }\n  \
                      bye:\n    hang_up: { say: \"It is noted.\" }";

#[tokio::test]
async fn a_caller_is_sent_the_number_of_the_ticket_until_it_was_taken() {
    let (way, url) = Way::start(&[503]).await;
    let api = Api::of(&configuration(&url)).await;
    crate::outbox::spawn(api.services.clone());
    assert_eq!(walk(&flow(REPORT), &asker(&api)).await, ["It is noted."]);

    let (_, tickets) = answer(api.get("/api/v1/tickets?status=open")).await;
    let number = tickets["tickets"][0]["number"].as_str().unwrap().to_owned();
    assert_eq!(tickets["tickets"][0]["fields"], json!({ "what": "no light" }));
    let sent = way.sent(2).await;
    for (headers, letter) in &sent {
        assert_eq!(letter["text"], format!("Your ticket is {number}."));
        assert_eq!((&letter["to"], &letter["by"]), (&json!(CALLER), &json!("sms")));
        assert_eq!(headers["idempotency-key"], sent[0].0["idempotency-key"], "the same message");
        assert_eq!(headers["authorization"], "Bearer s3cret");
    }
    let until = Instant::now() + Duration::from_secs(10);
    while answer(api.get("/api/v1/messages?state=sent")).await.1["messages"].as_array().unwrap().is_empty() {
        assert!(Instant::now() < until, "it was taken, but is not marked so");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let path = format!("/api/v1/tickets/{number}");
    let change = with_json(api.request(Method::PATCH, &path), &json!({ "status": "solved" }));
    assert_eq!(answer(change).await.1["status"], "solved");
}

#[tokio::test]
async fn a_message_outlives_the_process_that_took_it() {
    let (way, url) = Way::start(&[]).await;
    let Api { services, folder, .. } = Api::of(&configuration(&url)).await;
    // Nobody sends here, as if the process were killed at once.
    let asker = Asker::new(services.clone(), chance::call_id(services.clock.unix_ms()));
    walk(&flow(REPORT), &asker).await;
    assert!(way.sent.lock().unwrap().is_empty());
    let api = Api::in_folder(&configuration(&url), folder).await;
    crate::outbox::spawn(api.services.clone());
    assert_eq!(way.sent(1).await.len(), 1);
}

#[tokio::test]
async fn what_is_not_configured_leads_where_the_flow_says() {
    let api = Api::of("{}").await;
    assert_eq!(walk(&flow(REPORT), &asker(&api)).await, ["Sorry."]);
    let (_, messages) = answer(api.get("/api/v1/messages")).await;
    assert_eq!(messages["messages"], json!([]));
}

#[tokio::test]
async fn a_way_at_a_private_address_is_not_asked_without_permission() {
    let (way, url) = Way::start(&[]).await;
    let api = Api::of(&format!("messages: {{ sms: {{ url: '{url}' }} }}")).await;
    crate::outbox::spawn(api.services.clone());
    assert_eq!(asker(&api).answer(Consult::SendMessage { message: message("a") }).await, Ok(Consulted::Done));
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let (_, messages) = answer(api.get("/api/v1/messages")).await;
        if messages["messages"][0]["trouble"].as_str().is_some_and(|trouble| trouble.contains("Refused")) {
            break;
        }
        assert!(Instant::now() < until, "{messages}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(way.sent.lock().unwrap().is_empty());
}

fn message(key: &str) -> Message {
    Message { by: "sms".into(), to: CALLER.into(), text: "Your code is {code}.".into(), key: key.into() }
}

#[tokio::test]
async fn a_code_goes_by_message_works_once_and_stands_in_no_answer() {
    let (way, url) = Way::start(&[]).await;
    let api = Api::of(&configuration(&url)).await;
    crate::outbox::spawn(api.services.clone());
    let asker = asker(&api);
    let (subject, lock) = (Subject { by: "code".into(), who: CALLER.into() }, Lock { after: 3, for_s: 900 });
    let send =
        |length| Consult::SendCode { subject: subject.clone(), lock, message: message("code"), length, valid_s: 300 };
    assert!(matches!(asker.answer(send(3)).await, Err(ConsultFailure::Refused { .. })));
    let answered = asker.answer(send(6)).await;
    assert_eq!(answered, Ok(Consulted::Attempts { right: false, failures: 0, locked_ms: None }));
    let text = way.sent(1).await[0].1["text"].as_str().unwrap().to_owned();
    let code = text.trim_start_matches("Your code is ").trim_end_matches('.').to_owned();
    assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{text}");
    let check = |code: &str| Consult::CheckCode { subject: subject.clone(), lock, code: Secret::new(code) };
    assert!(is_right(&asker.answer(check(&code)).await));
    assert!(!is_right(&asker.answer(check(&code)).await), "it works once");
    let (_, messages) = answer(api.get("/api/v1/messages")).await;
    assert!(!messages.to_string().contains(&code), "{messages}");
    for wrong in ["1", "2"] {
        asker.answer(check(wrong)).await.unwrap();
    }
    let locked = asker.answer(Consult::Attempts { subject: subject.clone(), lock }).await;
    assert!(matches!(locked, Ok(Consulted::Attempts { failures: 3, locked_ms: Some(1..=900_000), .. })), "{locked:?}");
}

fn is_right(result: &ConsultResult) -> bool {
    matches!(result, Ok(Consulted::Attempts { right: true, .. }))
}

/// Opens a job and gives back its id with the address that the service is given.
async fn open_job(asker: &Asker) -> (JobId, String) {
    let gone = Message { text: "It costs {price}.".into(), ..message("gone") };
    let open = Consult::OpenJob {
        name: "quote".into(),
        number: CALLER.into(),
        key: format!("job of {}", asker.call),
        if_gone: Some(gone),
        expires_s: 3600,
    };
    let Ok(Consulted::JobOpened { job, callback }) = asker.answer(open).await else { panic!("no job") };
    let mut request = ivr_flows::HttpRequest {
        service: "quote".to_owned(),
        method: ivr_flows::HttpMethod::Post,
        url: callback.clone(),
        headers: Vec::new(),
        body: None,
        timeout: Duration::from_secs(1),
        allow_private: true,
        secret: None,
    };
    asker.tokens().reveal(&mut request);
    assert_ne!(request.url, callback, "the dialogue does not see the token");
    (job, request.url)
}

/// What a service sends.
fn result_of(api: &Api, callback: &str) -> reqwest::RequestBuilder {
    let path = callback.split_once("8080").expect("the default address").1;
    with_json(api.request(Method::POST, path), &json!({ "result": { "price": 12 } }))
}

#[tokio::test]
async fn a_waiting_call_gets_the_result_that_a_service_sends() {
    let (way, url) = Way::start(&[]).await;
    let api = Api::of(&configuration(&url)).await;
    crate::outbox::spawn(api.services.clone());
    let asker = asker(&api);
    let (job, callback) = open_job(&asker).await;
    let waiting = tokio::spawn({
        let asker = asker.clone();
        async move { asker.answer(Consult::AwaitJob { job, within_ms: 10_000 }).await }
    });
    let wrong = callback.rsplit_once('=').unwrap().0.to_owned() + "=guessed";
    assert_eq!(answer(result_of(&api, &wrong)).await.0, StatusCode::NOT_FOUND);
    for _ in 0..2 {
        assert_eq!(result_of(&api, &callback).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    }
    let ended = Consulted::JobEnded { ok: true, result: r#"{"price":12}"#.into() };
    assert_eq!(waiting.await.unwrap(), Ok(ended));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(way.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_result_for_a_caller_who_is_gone_goes_by_message() {
    let (way, url) = Way::start(&[]).await;
    let api = Api::of(&configuration(&url)).await;
    crate::outbox::spawn(api.services.clone());
    let asker = asker(&api);
    let (job, callback) = open_job(&asker).await;
    let waiting = tokio::spawn({
        let asker = asker.clone();
        async move { asker.answer(Consult::AwaitJob { job, within_ms: 60_000 }).await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    asker.tokens().leave(api.services.clone(), asker.call);
    assert_eq!(waiting.await.unwrap(), Ok(Consulted::JobRuns));
    assert_eq!(result_of(&api, &callback).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(way.sent(1).await[0].1["text"], "It costs 12.");
}

#[tokio::test]
async fn what_is_remembered_and_noted_is_there_in_the_next_call() {
    let api = Api::of("{}").await;
    let first = asker(&api);
    let (number, fact, value) = (CALLER.to_owned(), "language".to_owned(), "zh".to_owned());
    let remember = Consult::Remember { number: number.clone(), fact: fact.clone(), value: value.clone(), days: 30 };
    assert_eq!(first.answer(remember).await, Ok(Consulted::Done));
    let second = asker(&api);
    let recall = Consult::Recall { number: number.clone(), facts: vec![fact.clone(), "other".into()] };
    assert_eq!(second.answer(recall).await, Ok(Consulted::Recalled { facts: [(fact, value)].into() }));
    let risk = || Consult::NoteRisk { number: number.clone(), intent: "leave".into(), times: 2, days: 60 };
    assert_eq!(first.answer(risk()).await, Ok(Consulted::Risk { count: 1, flagged: false }));
    assert_eq!(second.answer(risk()).await, Ok(Consulted::Risk { count: 2, flagged: true }));
    let (_, risks) = answer(api.get("/api/v1/risks?flagged=true")).await;
    assert_eq!(risks["risks"][0]["calls"], 2);
    let history = Consult::History { number: number.clone(), months: 3, zone: Some("Asia/Shanghai".into()) };
    let Ok(Consulted::History { calls, .. }) = second.answer(history).await else { panic!("no history") };
    assert!(calls.is_empty(), "a call that goes on is no habit");
    let nowhere = Consult::History { number, months: 3, zone: Some("Europe/Atlantis".into()) };
    assert!(matches!(second.answer(nowhere).await, Err(ConsultFailure::Refused { .. })));
}

#[tokio::test]
async fn callers_without_a_number_are_not_taken_for_one_another() {
    let api = Api::of("{}").await;
    let (first, second) = (asker(&api), asker(&api));
    let nobody = || "anonymous".to_owned();
    let open = Consult::OpenTicket { kind: "fault".into(), number: nobody(), fields: [].into(), key: "key".into() };
    let Ok(Consulted::Ticket { ticket: Some(ticket) }) = first.answer(open).await else { panic!("no ticket") };
    let find = |number| Consult::FindTicket { ticket: ticket.number.clone(), number };
    assert_eq!(second.answer(find(Some(nobody()))).await, Ok(Consulted::Ticket { ticket: None }));
    assert_eq!(second.answer(find(None)).await, Ok(Consulted::Ticket { ticket: Some(ticket.clone()) }));
    let risk = || Consult::NoteRisk { number: nobody(), intent: "leave".into(), times: 2, days: 60 };
    for asker in [&first, &second] {
        assert_eq!(asker.answer(risk()).await, Ok(Consulted::Risk { count: 1, flagged: false }));
    }
    let remember = Consult::Remember { number: nobody(), fact: "language".into(), value: "zh".into(), days: 1 };
    assert!(matches!(first.answer(remember).await, Err(ConsultFailure::Refused { .. })));
}
