//! Whatever is wrong with a request is told in one shape.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::support::{Api, body, json as answer};

const ID: &str = "01a20d10-7944-7bc3-bfef-3a8b1ab5c4c5";

#[track_caller]
fn tells((status, problem): &(StatusCode, Value), expected: StatusCode, name: &str, words: &str) {
    assert_eq!(*status, expected, "{problem}");
    assert_eq!(problem["error"], name, "{problem}");
    assert!(problem["message"].as_str().is_some_and(|message| message.contains(words)), "{problem}");
    assert_eq!(problem.as_object().map(serde_json::Map::len), Some(2), "{problem}");
}

#[tokio::test]
async fn a_body_that_is_no_json_or_does_not_fit_names_the_place() {
    let api = Api::of("{}").await;
    let post = |text: &'static str| {
        let request = api.request(Method::POST, "/api/v1/calls").header("content-type", "application/json");
        answer(request.body(text))
    };
    tells(&post("{").await, StatusCode::BAD_REQUEST, "bad_json", "line 1 column 1");
    tells(&post("{}").await, StatusCode::UNPROCESSABLE_ENTITY, "unusable", "missing field `number`");
    let wrong = post(r#"{ "number": 1, "flow": "x" }"#).await;
    tells(&wrong, StatusCode::UNPROCESSABLE_ENTITY, "unusable", "number: invalid type: integer `1`");
    let unknown = post(r#"{ "number": "1", "flow": "x", "trnk": "y" }"#).await;
    tells(&unknown, StatusCode::UNPROCESSABLE_ENTITY, "unusable", "unknown field `trnk`");
    let nested = post(r#"{ "number": "1", "flow": "x", "variables": { "name": 1 } }"#).await;
    tells(&nested, StatusCode::UNPROCESSABLE_ENTITY, "unusable", "variables.name");
}

#[tokio::test]
async fn a_body_that_is_not_said_to_be_json_or_is_too_large_is_refused() {
    let api = Api::of("{}").await;
    let plain = answer(api.request(Method::POST, "/api/v1/calls").body("{}")).await;
    tells(&plain, StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", "Content-Type");
    let large = json!({ "number": "1".repeat(3 << 20), "flow": "x" });
    let request = api.request(Method::POST, "/api/v1/calls").header("content-type", "application/json");
    let large = answer(request.body(large.to_string())).await;
    tells(&large, StatusCode::PAYLOAD_TOO_LARGE, "too_large", "larger");
}

#[tokio::test]
async fn an_address_that_cannot_be_read_names_its_part() {
    let api = Api::of("{}").await;
    for path in ["/api/v1/calls/x1", "/api/v1/calls/x1/events", "/api/v1/calls/x1/recording"] {
        tells(&answer(api.get(path)).await, StatusCode::BAD_REQUEST, "bad_path", "call: \"x1\" is not an id");
    }
    let list = answer(api.get("/api/v1/campaigns/spring/lists/x1/refused")).await;
    tells(&list, StatusCode::BAD_REQUEST, "bad_path", "list: \"x1\" is not an id");
    let number = answer(api.request(Method::DELETE, "/api/v1/do-not-call/12")).await;
    tells(&number, StatusCode::BAD_REQUEST, "bad_path", "number: \"12\" is not an E.164 number");
}

#[tokio::test]
async fn a_query_that_cannot_be_read_names_the_key() {
    let api = Api::of("{}").await;
    let query = |path: String| answer(api.get(&path));
    for (query_text, words) in [
        ("limit=x", "limit: invalid digit"),
        ("disposition=lost", "disposition: unknown variant `lost`"),
        ("from=yesterday", "from: "),
        ("before=x", "before: not an id"),
        ("page=2", "unknown field `page`"),
    ] {
        let told = query(format!("/api/v1/calls?{query_text}")).await;
        tells(&told, StatusCode::BAD_REQUEST, "bad_query", words);
    }
    tells(&query(format!("/api/v1/calls/{ID}/events?after=-1")).await, StatusCode::BAD_REQUEST, "bad_query", "after");
    tells(&query("/api/v1/do-not-call?after=12".to_owned()).await, StatusCode::BAD_REQUEST, "bad_query", "after");
}

#[tokio::test]
async fn what_is_not_there_is_told_as_everything_else() {
    let api = Api::of("{}").await;
    for (method, path) in [
        (Method::GET, "/api/v1/nothing"),
        (Method::POST, "/api/v1/nothing"),
        (Method::GET, "/api/v2/calls"),
        (Method::GET, &format!("/api/v1/calls/{ID}") as &str),
        (Method::GET, "/api/v1/campaigns/spring"),
        (Method::POST, "/api/v1/agents/nobody/pause"),
    ] {
        tells(&answer(api.request(method, path)).await, StatusCode::NOT_FOUND, "not_found", "there is no");
    }
}

#[tokio::test]
async fn a_method_that_is_not_taken_is_told_with_those_that_are() {
    let api = Api::of("{}").await;
    for (method, path, allowed) in [
        (Method::DELETE, "/api/v1/calls", ["GET", "POST"]),
        (Method::POST, "/api/v1/events", ["GET", "HEAD"]),
        (Method::PUT, "/docs", ["GET", "HEAD"]),
        (Method::POST, "/calls", ["GET", "HEAD"]),
    ] {
        let response = api.request(method, path).send().await.expect("the server answers");
        let allow = response.headers()["allow"].to_str().expect("names of methods").to_owned();
        assert!(allowed.iter().all(|name| allow.contains(name)), "{path}: {allow}");
        let told = (response.status(), body(response).await);
        tells(&told, StatusCode::METHOD_NOT_ALLOWED, "wrong_method", "cannot be done here");
    }
}

#[tokio::test]
async fn a_plain_request_for_the_event_stream_is_told_so() {
    let api = Api::of("{}").await;
    tells(&answer(api.get("/api/v1/events")).await, StatusCode::BAD_REQUEST, "no_websocket", "upgrade");
}
