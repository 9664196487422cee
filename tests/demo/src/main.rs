//! The demonstration: real telephones talk to a real server, and the conversation is printed as it happens.
//!
//! `make demo` builds the server and runs this. Everything that it uses lies in `demo/`: flows, list, campaign; what it
//! makes lies in `demo/run/`: configuration, database, recordings, results.

mod cast;
mod inbound;
mod narrator;
mod outbound;
mod score;
mod stage;
mod telling;

use std::io::IsTerminal;
use std::panic::catch_unwind;
use std::process::ExitCode;

use score::Score;
use stage::Stage;

fn main() -> ExitCode {
    // What does not work is told in a sentence, without the marks of a crash.
    std::panic::set_hook(Box::new(|panic| {
        let text = panic.payload().downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.payload().downcast_ref::<&str>().copied());
        eprintln!("demo: {}", text.unwrap_or("something broke"));
    }));
    println!("demo: starting the server; sentences that are new are spoken once, which takes a moment");
    let Ok(mut stage) = catch_unwind(Stage::open) else { return ExitCode::FAILURE };
    let mut score = Score::default();
    score.act("the callers", |score| inbound::play(&stage, score));
    score.act("the list", |score| outbound::play(&stage, score));
    stage.finish();
    let line = score.line(&stage);
    println!("\n{line}");
    if std::io::stdout().is_terminal() && std::io::stdin().is_terminal() {
        stage.invite();
        stage.server.wait();
    }
    if score.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
