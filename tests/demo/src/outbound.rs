//! A list of eight people is dialled, and then again.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use test_harness::{Script, Serve};

use crate::cast::{self, NEVER_AGAIN, PEOPLE};
use crate::score::Score;
use crate::stage::{Stage, read};

/// The campaign, its results, and the list once more.
pub fn play(stage: &Stage, score: &mut Score) {
    people(stage);
    stage.narrator.title("A list of eight people is dialled (demo/leads.csv)");
    let list = read("leads.csv");
    let uploaded = stage.server.start_campaign("demo", &settings(), &list);
    score.leads(list.lines().count() - 1);
    for row in uploaded["refused"].as_array().into_iter().flatten() {
        let text = |key: &str| row[key].as_str().unwrap_or_default();
        stage.narrator.line("", None, &format!("line {} of the list is refused: {}: {}", row["line"], text("written"), text("explanation")));
    }
    score.check(uploaded["list"]["refused"] == 1, "one number is invalid and never dialled");
    stage.server.wait_for_campaign("demo", Duration::from_secs(180));
    stage.narrator.catch_up();
    results(stage, score);
    run_again(stage, score, &list);
}

fn people(stage: &Stage) {
    let [ann, ben, cid, dora, erin, finn, gus] = PEOPLE.map(|person| person.number);
    stage.carrier.serve(ann, &Serve::answer(900, cast::answers("yes please")));
    stage.carrier.serve(ben, &Serve::answer(1200, cast::answers("yes, tell me more")));
    stage.carrier.serve(cid, &Serve::answer(700, cast::answers("no thank you")));
    stage.carrier.serve(dora, &Serve::answer(1000, cast::answers("not interested")));
    stage.carrier.serve(erin, &Serve::answer(800, cast::answers("stop calling me")));
    stage.carrier.serve(finn, &Serve::refuse(486));
    stage.carrier.serve(gus, &Serve::ring());
    stage.carrier.serve("*", &Serve::answer(0, Script::new()));
}

/// `demo/campaign.yaml`, read by the command line of the server as well.
fn settings() -> Value {
    json!({
        "attempts_per_second": 1, "retry": { "busy": "never", "no_answer": "never" },
    })
}

fn results(stage: &Stage, score: &mut Score) {
    let results = stage.server.api().text("/api/v1/campaigns/demo/results.csv");
    let file = stage.run.join("results.csv");
    std::fs::write(&file, &results).unwrap_or_else(|error| panic!("cannot write {}: {error}", file.display()));
    stage.narrator.title(&format!("What became of the list ({})", file.display()));
    print!("{results}");
    for person in &PEOPLE {
        let line = results.lines().find(|line| line.contains(person.number)).unwrap_or_default();
        score.check(line.contains(person.outcome), &format!("{} should come to {}: {line:?}", person.name, person.outcome));
    }
    let invalid = results.lines().any(|line| line.contains("12345") && line.contains("refused"));
    score.check(invalid, "the refused row is in the results");
}

/// The same list as another campaign: whoever asked not to be called is not.
fn run_again(stage: &Stage, score: &mut Score, list: &str) {
    stage.narrator.title("The list runs again: Erin, who asked never to be called again, is not");
    let before = stage.carrier.calls_to(NEVER_AGAIN).len();
    let mut settings = settings();
    // The hours between two attempts to a person are kept; who was reached is not dialled now.
    settings["budget"] = json!({ "min_gap": "4h" });
    stage.server.start_campaign("again", &settings, list);
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let results = stage.server.api().text("/api/v1/campaigns/again/results.csv");
        let erin = results.lines().find(|line| line.contains(NEVER_AGAIN)).unwrap_or_default();
        if erin.contains("blocked") {
            stage.narrator.line("", None, &format!("Erin's row: {erin}"));
            break;
        }
        if Instant::now() > until {
            score.failed(&format!("Erin's row should be blocked: {erin:?}"));
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    stage.server.api().ask("POST", "/api/v1/campaigns/again/stop", None);
    stage.narrator.catch_up();
    score.check(before == 1, "Erin was called once");
    score.check(stage.carrier.calls_to(NEVER_AGAIN).len() == before, "Erin's telephone does not ring again");
}
