//! Messages about calls, and locks.

use call_model::{CallId, Lock, Subject};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use storage::Trial;

use super::support::{Api, json as answer, with_json};

const WAY: &str = "messages: { sms: { url: 'http://192.0.2.10/sms' } }";

async fn send(api: &Api, call: CallId, key: Option<&str>, body: Value) -> (StatusCode, Value) {
    let request = with_json(api.request(Method::POST, &format!("/api/v1/calls/{call}/messages")), &body);
    answer(match key {
        Some(key) => request.header("idempotency-key", key),
        None => request,
    })
    .await
}

async fn outbox(api: &Api) -> usize {
    let (_, page) = answer(api.get("/api/v1/messages")).await;
    page["messages"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn a_message_about_a_call_is_sent_once_a_key() {
    let api = Api::of(WAY).await;
    let call = api.recorded_call(b"").await;
    let body = json!({ "text": "We have missed your call." });
    let (status, first) = send(&api, call, Some("missed"), body.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{first}");
    assert_eq!(
        (&first["to"], &first["by"], &first["state"]),
        (&json!("+12025550123"), &json!("sms"), &json!("waiting"))
    );
    assert_eq!(first["call"], json!(call.to_string()));
    let (status, again) = send(&api, call, Some("missed"), body.clone()).await;
    assert_eq!((status, &again["id"]), (StatusCode::OK, &first["id"]));
    let (status, other) = send(&api, call, Some("missed"), json!({ "text": "Something else." })).await;
    assert_eq!((status, &other["error"]), (StatusCode::CONFLICT, &json!("key_taken")));
    assert_eq!(outbox(&api).await, 1);
    // A key is of one call.
    let (status, _) = send(&api, api.recorded_call(b"").await, Some("missed"), body).await;
    assert_eq!((status, outbox(&api).await), (StatusCode::CREATED, 2));
}

#[tokio::test]
async fn a_message_that_cannot_be_sent_names_what_is_wrong() {
    let api = Api::of("messages: { sms: { url: 'http://192.0.2.10/a' }, mail: { url: 'http://192.0.2.10/b' } }").await;
    let call = api.recorded_call(b"").await;
    let text = json!({ "by": "sms", "text": "Hello." });
    for key in [None, Some(""), Some(" "), Some(&*"k".repeat(101))] {
        let (status, told) = send(&api, call, key, text.clone()).await;
        assert_eq!((status, &told["error"]), (StatusCode::BAD_REQUEST, &json!("no_key")), "{key:?}");
    }
    let nobody = crate::chance::call_id(1);
    assert_eq!(send(&api, nobody, Some("a"), text).await.0, StatusCode::NOT_FOUND);
    let wrong = [
        (json!({ "text": "Hello." }), "by:"),
        (json!({ "by": "fax", "text": "Hello." }), "fax"),
        (json!({ "by": "sms", "text": " " }), "text:"),
        (json!({ "by": "sms", "text": "x".repeat(4_001) }), "text:"),
        (json!({ "by": "sms", "text": "Hello.", "to": "" }), "to:"),
        (json!({ "by": "sms" }), "text"),
    ];
    for (body, named) in wrong {
        let (status, told) = send(&api, call, Some("a"), body.clone()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert!(told["message"].as_str().is_some_and(|message| message.contains(named)), "{body}: {told}");
    }
    assert_eq!(outbox(&api).await, 0);
}

/// Fails to prove to be somebody until it is locked.
async fn lock(api: &Api, by: &str, who: &str) {
    for attempt in 0..3 {
        let subject = Subject { by: by.to_owned(), who: who.to_owned() };
        let trial = Trial { subject, lock: Lock { after: 3, for_s: 3_600 }, at: api.services.clock.now() };
        let name = format!("{by} {who} {attempt}");
        api.services.store.note_attempt(trial, name, false).await.expect("the database writes");
    }
}

async fn locks(api: &Api, query: &str) -> (Vec<String>, Value) {
    let (status, page) = answer(api.get(&format!("/api/v1/locks{query}"))).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let names = page["locks"].as_array().expect("a list").iter();
    (names.map(|lock| lock["lock"].as_str().expect("a name").to_owned()).collect(), page["next"].clone())
}

#[tokio::test]
async fn locks_are_found_by_who_and_ended_by_their_names() {
    let api = Api::of("{}").await;
    lock(&api, "pin", "+12025550123").await;
    lock(&api, "pin", "member 7/a").await;
    lock(&api, "code", "+12025550123").await;
    let all = ["code:+12025550123", "pin:+12025550123", "pin:member 7/a"];
    assert_eq!(locks(&api, "").await, (all.map(str::to_owned).to_vec(), Value::Null));
    let (first, next) = locks(&api, "?limit=2").await;
    assert_eq!((first, &next), (all[..2].iter().map(|name| (*name).to_owned()).collect(), &json!(all[1])));
    assert_eq!(locks(&api, "?limit=2&after=pin:%2B12025550123").await.0, all[2..]);
    assert_eq!(locks(&api, "?who=%2B12025550123").await.0, all[..2]);
    assert_eq!(locks(&api, "?by=code").await.0, all[..1]);
    let (status, told) = answer(api.get("/api/v1/locks?after=pin")).await;
    assert_eq!((status, &told["error"]), (StatusCode::BAD_REQUEST, &json!("bad_query")));

    let end = |name: &'static str| api.request(Method::DELETE, &format!("/api/v1/locks/{name}")).send();
    assert_eq!(end("pin:member%207%2Fa").await.expect("an answer").status(), StatusCode::NO_CONTENT);
    assert_eq!(end("pin:member%207%2Fa").await.expect("an answer").status(), StatusCode::NOT_FOUND);
    assert_eq!(end("nonsense").await.expect("an answer").status(), StatusCode::NOT_FOUND);
    assert_eq!(locks(&api, "").await.0, all[..2]);
}
