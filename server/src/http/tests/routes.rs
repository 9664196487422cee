//! The routes against their description.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::support::{Api, json};

/// Every operation of the description: its method and a path that fits it.
fn operations(description: &Value) -> Vec<(Method, String)> {
    let mut operations = Vec::new();
    for (path, methods) in description["paths"].as_object().expect("there are paths") {
        for method in methods.as_object().expect("with methods").keys() {
            let method = method.to_uppercase().parse().expect("a method of HTTP");
            operations.push((method, path.replace(['{', '}'], "")));
        }
    }
    operations
}

#[tokio::test]
async fn every_described_operation_is_there_and_asks_for_the_token() {
    let api = Api::of("http: { token: a-token-of-the-tests }").await;
    let with_token = |request: reqwest::RequestBuilder| request.bearer_auth("a-token-of-the-tests");
    let (_, description) = json(with_token(api.get("/api/v1/openapi.json"))).await;
    let operations = operations(&description);
    assert!(operations.len() >= 28, "{operations:?}");
    for (method, path) in operations {
        let asked = api.request(method.clone(), &path).send().await.expect("the server answers");
        if path.starts_with("/healthz") || path.starts_with("/readyz") {
            assert_eq!(asked.status(), StatusCode::OK, "{path}");
        } else if path.ends_with("/result") {
            // It asks for the token of the job.
            assert_ne!(asked.status(), StatusCode::UNAUTHORIZED, "{path}");
        } else {
            assert_eq!(asked.status(), StatusCode::UNAUTHORIZED, "{method} {path}");
            let let_in = with_token(api.request(method.clone(), &path)).send().await.expect("the server answers");
            assert_ne!(let_in.status(), StatusCode::UNAUTHORIZED, "{method} {path}");
            assert_ne!(let_in.status(), StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        }
    }
}

/// Routes are made by `routes!`, which describes them. What is made by hand is a page, not the API.
#[test]
fn no_route_is_made_without_a_description() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/http");
    let by_hand = [".route", "("].concat();
    for file in std::fs::read_dir(folder).expect("our own source").flatten() {
        let Ok(text) = std::fs::read_to_string(file.path()) else { continue };
        let pages = if file.file_name() == "docs.rs" { 1 } else { 0 };
        assert_eq!(text.matches(&by_hand).count(), pages, "{}", file.path().display());
    }
}

#[tokio::test]
async fn flows_and_trunks_are_listed() {
    let trunks = "trunks: [{ name: carrier, host: 192.0.2.10, register: true, caller_id: '+12025550100' }]";
    let api = Api::of(trunks).await;
    api.services.trunks.set_alive("carrier".to_owned(), true);
    let (status, told) = json(api.get("/api/v1/trunks")).await;
    assert_eq!(status, StatusCode::OK);
    let expected = serde_json::json!([{
        "trunk": "carrier", "host": "192.0.2.10", "transport": "udp", "caller_id": "+12025550100", "alive": true,
        "registration": { "state": "pending", "sip_status": null },
    }]);
    assert_eq!(told, expected);
    assert_eq!(json(api.get("/api/v1/flows")).await, (StatusCode::OK, serde_json::json!([])));
}
