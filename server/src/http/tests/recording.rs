//! Recordings are served whole and in parts.

use reqwest::{Method, StatusCode};

use super::support::{Api, json};

#[tokio::test]
async fn a_page_can_seek_in_a_recording() {
    let api = Api::of("{}").await;
    let sound: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let call = api.recorded_call(&sound).await;
    let path = format!("/api/v1/calls/{call}/recording");

    let whole = api.get(&path).send().await.expect("the server answers");
    assert_eq!(whole.status(), StatusCode::OK);
    assert_eq!(whole.headers()["content-type"], "audio/wav");
    assert_eq!(whole.headers()["accept-ranges"], "bytes");
    assert_eq!(whole.bytes().await.expect("all of it"), sound);

    let head = api.request(Method::HEAD, &path).send().await.expect("the server answers");
    assert_eq!((head.status(), &head.headers()["content-length"]), (StatusCode::OK, &"100000".parse().expect("text")));
    assert!(head.bytes().await.expect("nothing").is_empty());

    for (range, told, part) in [
        ("bytes=0-9", "bytes 0-9/100000", &sound[..10]),
        ("bytes=99990-", "bytes 99990-99999/100000", &sound[99_990..]),
        ("bytes=-5", "bytes 99995-99999/100000", &sound[99_995..]),
    ] {
        let answer = api.get(&path).header("range", range).send().await.expect("the server answers");
        assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(answer.headers()["content-range"], told);
        assert_eq!(answer.bytes().await.expect("all of it"), part, "{range}");
    }
}

#[tokio::test]
async fn a_part_beyond_the_end_and_a_recording_that_is_gone_are_refused() {
    let api = Api::of("{}").await;
    let call = api.recorded_call(b"short").await;
    let path = format!("/api/v1/calls/{call}/recording");
    let beyond = api.get(&path).header("range", "bytes=10-").send().await.expect("the server answers");
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.headers()["content-range"], "bytes */5");
    assert_eq!(super::support::body(beyond).await["error"], "no_such_part");

    std::fs::remove_file(api.folder.path().join(format!("recordings/{call}.wav"))).expect("it is there");
    let (status, problem) = json(api.get(&path)).await;
    assert_eq!((status, &problem["error"]), (StatusCode::NOT_FOUND, &"not_found".into()));
}

#[tokio::test]
async fn a_call_is_found_by_the_call_id_of_a_trace() {
    let api = Api::of("{}").await;
    let call = api.recorded_call(b"").await;
    let (_, found) = json(api.get("/api/v1/calls?sip_call_id=a@192.0.2.10")).await;
    assert_eq!(found["calls"][0]["call"], call.to_string());
    assert_eq!(found["calls"][0]["sip_call_id"], "a@192.0.2.10");
    let (_, found) = json(api.get("/api/v1/calls?sip_call_id=b@192.0.2.10")).await;
    assert_eq!(found["calls"].as_array().map(Vec::len), Some(0));
}

#[tokio::test]
async fn a_calls_seed_is_a_text_since_it_may_be_larger_than_what_javascript_counts() {
    let api = Api::of("{}").await;
    let call = api.recorded_call(b"").await;
    let (_, record) = json(api.get(&format!("/api/v1/calls/{call}"))).await;
    assert_eq!(record["seed"], u64::MAX.to_string());
}
