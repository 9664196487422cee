//! A list of eight people is dialled, and then again.

use std::time::{Duration, Instant};

use test_harness::{Script, Serve, repository};

use crate::cast::{self, NEVER_AGAIN, PEOPLE};
use crate::score::Score;
use crate::stage::{Stage, read};

/// The campaign, its results, and the list once more.
pub fn play(stage: &Stage, score: &mut Score) {
    people(stage);
    stage.narrator.title("A list of eight people is dialled (demo/leads.csv, demo/campaign.yaml)");
    score.leads(read("leads.csv").lines().count() - 1);
    let imported = start(stage, "demo", &read("campaign.yaml"));
    score.check(imported.contains("7 accepted, 1 refused"), "one number is invalid and never dialled");
    stage.server.wait_for_campaign("demo", Duration::from_secs(180));
    stage.narrator.catch_up();
    results(stage, score);
    run_again(stage, score);
}

/// Makes, fills and starts a campaign by the command line, as an operator does; gives what was said of the list.
fn start(stage: &Stage, name: &str, settings: &str) -> String {
    let file = stage.run.join(format!("{name}.yaml"));
    std::fs::write(&file, settings).unwrap_or_else(|error| panic!("cannot write {}: {error}", file.display()));
    let list = repository().join("demo/leads.csv");
    let (file, list) = (file.display().to_string(), list.display().to_string());
    stage.server.command(&["campaign", "create", &file]);
    let imported = stage.server.command(&["campaign", "import", name, &list]);
    print!("{imported}");
    stage.server.command(&["campaign", "start", name]);
    imported
}

fn people(stage: &Stage) {
    let [ann, ben, cid, dora, erin, finn, gus] = PEOPLE.map(|person| person.number);
    stage.carrier.serve(ann, &Serve::answer(900, cast::answers("yes please")));
    stage.carrier.serve(ben, &Serve::answer(1200, cast::answers("i am interested")));
    stage.carrier.serve(cid, &Serve::answer(700, cast::answers("no thank you")));
    stage.carrier.serve(dora, &Serve::answer(1000, cast::answers("not interested")));
    stage.carrier.serve(erin, &Serve::answer(800, cast::answers("do not call me again")));
    stage.carrier.serve(finn, &Serve::refuse(486));
    stage.carrier.serve(gus, &Serve::ring());
    stage.carrier.serve("*", &Serve::answer(0, Script::new()));
}

fn results(stage: &Stage, score: &mut Score) {
    let file = stage.run.join("results.csv");
    stage.server.command(&["campaign", "results", "demo", "--output", &file.display().to_string()]);
    let results =
        std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()));
    stage.narrator.title(&format!("What became of the list ({})", file.display()));
    print!("{results}");
    for person in &PEOPLE {
        let line = results.lines().find(|line| line.contains(person.number)).unwrap_or_default();
        score.check(
            line.contains(person.outcome),
            &format!("{} should come to {}: {line:?}", person.name, person.outcome),
        );
    }
    let invalid = results.lines().any(|line| line.contains("12345") && line.contains("refused"));
    score.check(invalid, "the refused row is in the results");
}

/// The same list as another campaign: whoever asked not to be called is not.
fn run_again(stage: &Stage, score: &mut Score) {
    stage.narrator.title("The list runs again: Erin, who asked never to be called again, is not");
    let before = stage.carrier.calls_to(NEVER_AGAIN).len();
    // Hours lie between two attempts to a person, so whoever was reached is not dialled now either.
    start(stage, "again", &read("campaign.yaml").replace("name: demo", "name: again"));
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
    stage.server.command(&["campaign", "stop", "again"]);
    stage.narrator.catch_up();
    score.check(before == 1, "Erin was called once");
    score.check(stage.carrier.calls_to(NEVER_AGAIN).len() == before, "Erin's telephone does not ring again");
}
