//! Four people call the hotline, one after the other.

use std::time::Duration;

use serde_json::Value;
use test_harness::{CALLER, OTHER_CALLER, Script, Serve, Talk};

use crate::cast::{self, Caller, IVY, JACK, KIM, LEO};
use crate::score::Score;
use crate::stage::Stage;

/// All four.
pub fn play(stage: &Stage, score: &mut Score) {
    stage.backend.owes("425", 31.5);
    // Alice has waited longer, so her telephone rings first; she lets it ring.
    stage.desk.serve("alice", &Serve::ring());
    stage.desk.serve("bob", &Serve::answer(600, cast::agent("bob")));
    score.act(IVY.name, |score| says_what_she_wants(stage, score));
    stage.desk.serve("alice", &Serve::answer(600, cast::agent("alice")));
    score.act(JACK.name, |score| speaks_an_account(stage, score));
    score.act(KIM.name, |score| finishes_by_keys(stage, score));
    score.act(LEO.name, |score| interrupts(stage, score));
}

fn says_what_she_wants(stage: &Stage, score: &mut Score) {
    let script = Script::new()
        .voice(OTHER_CALLER)
        .answer("i have a question about my bill")
        .answer("one two three")
        .answer("correct");
    let (talk, call) = begin(stage, score, &IVY, &script);
    stage.events.of_call_within(&call, "bridged", LONG);
    talk.then(&Script::new().voice(OTHER_CALLER).quiet(700).say("i do not know what to do about it"));
    let record = end(stage, &talk, &call);
    score.check(record["disposition"] == "handed_over", "Ivy is handed over");
    score.check(record["agent"] == "bob", "bob gets what alice lets ring");
    let whisper = stage.events.all_of(&call).into_iter().find(|event| event["type"] == "whisper_started");
    let whisper = whisper.and_then(|event| event["text"].as_str().map(str::to_lowercase)).unwrap_or_default();
    score.check(whisper.starts_with("bill enquiry, account"), "bob is told of the bill and the account");
}

fn speaks_an_account(stage: &Stage, score: &mut Score) {
    let script = Script::new()
        .voice(CALLER)
        .answer("how much do i owe")
        .answer("four two five")
        .answer("correct")
        // His balance is synthesised first; he waits until the server has really ended.
        .quiet(2200)
        .say("no thank you");
    let (talk, call) = begin(stage, score, &JACK, &script);
    let record = end(stage, &talk, &call);
    score.check(stage.backend.asked() == ["/balance/425"], "the back end is asked for account 425");
    score.check(said(stage, &call, "You owe"), "Jack hears his balance");
    score.check(record["ended_by"] == "flow", "Jack comes to the end of the flow");
}

fn finishes_by_keys(stage: &Stage, score: &mut Score) {
    let nonsense = "the purple elephant dances on the frozen river";
    let script =
        Script::new().voice(OTHER_CALLER).answer(nonsense).answer(nonsense).quiet(900).keys("3").quiet(900).keys("2");
    let (talk, call) = begin(stage, score, &KIM, &script);
    let record = end(stage, &talk, &call);
    let missed = stage.events.all_of(&call).iter().filter(|event| event["result"] == "no_match").count();
    score.check(missed == 2, "Kim is not understood twice");
    score.check(said(stage, &call, "We are open"), "Kim hears the opening hours");
    score.check(record["ended_by"] == "flow", "Kim comes to the end of the flow");
}

fn interrupts(stage: &Stage, score: &mut Score) {
    let script = Script::new().voice(CALLER).speech(1300).say("opening hours").answer("no thank you");
    let (talk, call) = begin(stage, score, &LEO, &script);
    let record = end(stage, &talk, &call);
    let interrupted = stage.events.all_of(&call).iter().any(|event| event["interrupted"] == true);
    score.check(interrupted, "Leo interrupts the prompt");
    score.check(said(stage, &call, "We are open"), "Leo hears the opening hours");
    score.check(record["ended_by"] == "flow", "Leo comes to the end of the flow");
}

fn begin(stage: &Stage, score: &mut Score, caller: &Caller, script: &Script) -> (Talk, String) {
    stage.narrator.title(&format!("{} {}", caller.name, caller.shows));
    let before = stage.events.count();
    let talk = stage.carrier.call(caller.number, &stage.server.uri("100"), script);
    stage.narrator.is_called(talk.name(), caller.name);
    score.inbound();
    let call = stage.events.call_begun(before);
    (talk, call)
}

fn end(stage: &Stage, talk: &Talk, call: &str) -> Value {
    talk.state("disconnected", LONG);
    stage.events.of_call_within(call, "ended", Duration::from_secs(10));
    let record = stage.server.ended_call(call);
    stage.narrator.catch_up();
    record
}

/// Whether the server said something that begins so.
fn said(stage: &Stage, call: &str, words: &str) -> bool {
    let prompts = stage.events.all_of(call).into_iter().filter(|event| event["type"] == "prompt_started");
    prompts.filter_map(|event| event["text"].as_str().map(str::to_owned)).any(|text| text.contains(words))
}

const LONG: Duration = Duration::from_secs(90);
