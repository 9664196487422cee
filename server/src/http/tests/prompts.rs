//! The library of recorded voices.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::support::{Api, json as answer};
use crate::speech::Resolved;
use crate::speech::recorded_tests::wav;

const FLOW: &str = "callwright: 1\nflow: hello\nlanguage: en\nstart: welcome\nperson: desk\nnodes:\n  \
    welcome:\n    play: { audio: jingle.wav, then: hello }\n  \
    hello:\n    play: { say: Hello there., then: number }\n  \
    number:\n    play: { say: \"You call from {{ caller }}.\", then: bye }\n  \
    desk:\n    queue: { name: service, if_nobody: bye }\n  bye:\n    hang_up: { say: Hello there. }\n";

async fn api() -> Api {
    let folder = tempfile::tempdir().expect("there is room");
    std::fs::write(folder.path().join("hello.yaml"), FLOW).expect("there is room");
    std::fs::write(folder.path().join("jingle.wav"), wav(1, 8_000, 100)).expect("there is room");
    Api::in_folder("{ flows: [hello.yaml], queues: [{ name: service }] }", folder).await
}

async fn prompts(api: &Api, query: &str) -> Vec<Value> {
    let (status, told) = answer(api.get(&format!("/api/v1/flows/hello/prompts{query}"))).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    told["prompts"].as_array().expect("a list").clone()
}

fn of_text<'p>(prompts: &'p [Value], text: &str) -> Option<&'p Value> {
    prompts.iter().find(|prompt| prompt["text"] == text)
}

async fn put(api: &Api, name: &str, wav: Vec<u8>) -> StatusCode {
    let request = api.request(Method::PUT, &format!("/api/v1/flows/hello/prompts/{name}"));
    request.header("content-type", "audio/wav").body(wav).send().await.expect("an answer").status()
}

/// How many frames of sound a caller hears for a fixed sentence.
async fn frames(api: &Api, text: &str) -> usize {
    let language = call_model::Language::new("en");
    let part = call_model::PromptPart::Say { text: text.to_owned(), language, fixed: true };
    let sounds = match api.services.prompts.resolve(api.folder.path(), &call_model::Prompt { parts: vec![part] }) {
        Resolved::Ready(sounds) => sounds,
        Resolved::Later(sounds) => sounds.await.expect("the voice answers").expect("it speaks"),
        Resolved::Missing => panic!("nothing is heard"),
    };
    sounds.iter().map(|sound| sound.frames()).sum()
}

#[tokio::test]
async fn what_a_flow_says_is_listed_with_what_is_not_recorded() {
    let api = api().await;
    let all = prompts(&api, "").await;
    let jingle = json!({ "name": null, "language": null, "text": null, "file": "jingle.wav", "state": "recorded" });
    assert!(all.contains(&jingle), "{all:?}");
    let hello = of_text(&all, "Hello there.").expect("it is listed");
    let name = hello["name"].as_str().expect("a name");
    assert_eq!(hello["state"], "synthetic");
    assert_eq!(hello["file"], format!("en/{name}.wav"));
    assert_eq!(all.iter().filter(|prompt| prompt["text"] == "Hello there.").count(), 1, "each is listed once");
    let varying = |prompt: &&Value| prompt["text"].as_str().is_some_and(|text| text.contains("You call from"));
    assert!(!all.iter().any(|prompt| varying(&prompt)), "what has variables cannot be recorded");
    assert_eq!(prompts(&api, "?state=recorded").await, [jingle]);
    assert_eq!(prompts(&api, "?state=synthetic").await.len(), all.len() - 1);
    assert_eq!(answer(api.get("/api/v1/flows/hello/prompts?state=loud")).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(answer(api.get("/api/v1/flows/other/prompts")).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_uploaded_recording_is_heard_until_it_is_removed() {
    let api = api().await;
    let all = prompts(&api, "").await;
    let name = of_text(&all, "Hello there.").and_then(|prompt| prompt["name"].as_str()).expect("a name").to_owned();
    let spoken = frames(&api, "Hello there.").await;
    assert_eq!(put(&api, &name, wav(1, 16_000, 5_000)).await, StatusCode::NO_CONTENT);
    assert_eq!(frames(&api, "Hello there.").await, 250);
    assert_eq!(of_text(&prompts(&api, "?state=recorded").await, "Hello there.").expect("it is recorded")["name"], name);
    assert!(api.folder.path().join(format!("recorded-voices/en/{name}.wav")).is_file());

    let refused = [(b"no sound".to_vec(), StatusCode::UNPROCESSABLE_ENTITY)];
    for (bytes, status) in refused.into_iter().chain([(vec![0; 17 << 20], StatusCode::PAYLOAD_TOO_LARGE)]) {
        assert_eq!(put(&api, &name, bytes).await, status);
        assert_eq!(frames(&api, "Hello there.").await, 250, "the old one stays");
    }
    for unknown in ["hello-there", "..%2F..%2Fhello"] {
        assert_eq!(put(&api, unknown, wav(1, 8_000, 500)).await, StatusCode::NOT_FOUND, "{unknown}");
    }

    let remove = || api.request(Method::DELETE, &format!("/api/v1/flows/hello/prompts/{name}")).send();
    assert_eq!(remove().await.expect("an answer").status(), StatusCode::NO_CONTENT);
    assert_eq!(frames(&api, "Hello there.").await, spoken);
    assert_eq!(remove().await.expect("an answer").status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn recordings_in_the_folder_are_heard_after_a_start() {
    let first = api().await;
    let all = prompts(&first, "").await;
    let file = of_text(&all, "Hello there.").and_then(|prompt| prompt["file"].as_str()).expect("a file").to_owned();
    let path = first.folder.path().join("recorded-voices").join(&file);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("there is room");
    std::fs::write(&path, wav(1, 8_000, 3_000)).expect("there is room");
    let again = Api::in_folder("{ flows: [hello.yaml], queues: [{ name: service }] }", first.folder).await;
    assert_eq!(frames(&again, "Hello there.").await, 150);
}
