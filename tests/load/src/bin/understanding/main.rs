//! Measures how well menus understand what callers say, with the recogniser itself and synthetic voices.
//!
//! ```text
//! cargo run --release -p load-generator --features speech --bin callwright-understanding
//! ```
//!
//! A flow with a menu of 8 choices and a file of wordings with voices of their own: half of the utterances are a choice's
//! phrase within a sentence, a quarter hesitate, and a quarter belong to no choice. Each is spoken by eSpeak NG, mixed with
//! noise, sent through G.711, and heard as a recogniser process hears a caller; the dialogue is the flow's own. A caller who
//! is asked back says yes or no; one who is not understood says a phrase of the choice by itself.

mod caller;
mod score;

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use load_generator::dialogue::Ears;
use load_generator::report;
use load_generator::voices::Speaker;
use load_generator::wordings::Wordings;

use caller::Caller;
use score::Score;

/// Measures how well menus understand what callers say.
#[derive(Debug, Parser)]
#[command(name = "callwright-understanding", version)]
struct Options {
    /// The model's folder.
    #[arg(long, default_value = "models/en")]
    model: PathBuf,
    /// The model's language.
    #[arg(long, default_value = "en")]
    language: String,
    /// The flow; its first node is the menu.
    #[arg(long, default_value = "tests/load/utterances/bank.yaml")]
    flow: PathBuf,
    /// What callers say.
    #[arg(long, default_value = "tests/load/utterances/bank.txt")]
    wordings: PathBuf,
    /// Utterances.
    #[arg(long, default_value_t = 400)]
    count: usize,
    /// How far the noise lies below speech, in dB; without it there is none.
    #[arg(long)]
    noise: Option<f64>,
    /// A file for what was heard, a JSON object a line.
    #[arg(long)]
    heard: Option<PathBuf>,
    /// Listen freely, too, whatever the flow says.
    #[arg(long)]
    free: bool,
}

fn main() -> Result<ExitCode> {
    let options = Options::parse();
    let ears = Ears::load(&options.model, &options.language)?;
    let flow = ears.flow(&options.flow)?;
    let text = std::fs::read_to_string(&options.wordings)
        .with_context(|| format!("cannot read {}", options.wordings.display()))?;
    let wordings = Wordings::read(&text)?;
    let mut speaker = Speaker::new(options.noise);
    let mut kept = options.heard.as_ref().map(File::create).transpose()?;
    let mut score = Score::default();
    for utterance in wordings.utterances(options.count) {
        let caller = Caller::calls(flow.clone(), &ears, options.free);
        let said = caller.says(&utterance, &mut speaker, &wordings)?;
        if let Some(file) = &mut kept {
            writeln!(file, "{}", said.as_json(&utterance))?;
        }
        score.count(&utterance, &said);
    }
    let what = match options.noise {
        None => "clean".to_owned(),
        Some(decibels) => format!("{decibels} dB noise"),
    };
    score.print();
    let rows = score.rows(&what, options.noise.is_some());
    println!("\n{}", report::table(&rows));
    Ok(report::verdict(&rows))
}
