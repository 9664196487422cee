//! The server's events in words.

use serde_json::Value;

/// A line for an event, where it is worth one.
pub fn of_event(event: &Value) -> Option<String> {
    let text = |key: &str| event[key].as_str().unwrap_or_default();
    let line = match text("type") {
        "started" if event["outbound"] == true => format!("is dialled: {}", text("caller")),
        "started" => format!("calls {} from {}", text("called"), text("caller")),
        "answered" => "the call is answered".to_owned(),
        "node_entered" => format!("  at node {}", text("node")),
        "prompt_started" => format!("server: \"{}\"", text("text")),
        "prompt_ended" if event["interrupted"] == true => {
            format!("    (interrupted after {:.1} s)", event["played_ms"].as_f64().unwrap_or_default() / 1000.0)
        }
        "speech_heard" => format!("    heard \"{}\"", text("text")),
        "turn_decided" => turn(event),
        "slot_filled" => format!("    {} is {}", text("slot"), text("value")),
        "fetch_ended" => match event["status"].as_u64() {
            Some(status) => format!("    the back end answers {status}: {}", text("body")),
            None => "    the back end does not answer".to_owned(),
        },
        "queued" => format!("waits in the queue {}", text("queue")),
        "agent_offered" => format!("{} is asked to take the call", text("agent")),
        "offer_failed" => format!("{} did not take it ({}); the next agent", text("agent"), text("cause")),
        "whisper_started" => format!("whisper to {}: \"{}\"", text("agent"), text("text")),
        "agent_accepted" => {
            let waited = event["waited_ms"].as_f64().unwrap_or_default() / 1000.0;
            format!("{} takes the call after {waited:.1} s of waiting", text("agent"))
        }
        "queue_left" => "no agent can be reached".to_owned(),
        "flow_failed" => format!("the flow fails at {}: {}", text("node"), text("reason")),
        "ended" => format!("the call has ended ({}, by {}): {}", text("cause"), text("by"), text("disposition")),
        _ => return None,
    };
    Some(line)
}

fn turn(event: &Value) -> String {
    let meaning = event["meaning"].as_str().unwrap_or_default();
    let certainty = &event["certainty"];
    match event["result"].as_str().unwrap_or_default() {
        "accepted" => format!("    understood: {meaning}, certainty {certainty} of 100"),
        "asked_back" => format!("    perhaps {meaning}, certainty {certainty} of 100: asks back"),
        "no_match" => "    not understood".to_owned(),
        _ => "    nothing was said".to_owned(),
    }
}
