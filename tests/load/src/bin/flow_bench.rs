//! Measures what callers and designers get from the flow language: the recogniser itself, synthetic voices and recordings,
//! no server.
//!
//! ```text
//! cargo run --release -p load-generator --features speech --bin callwright-flow-bench -- all
//! ```

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use load_generator::dialogue::Ears;
use load_generator::flows::{self, CheckOptions, CutOptions, IntentOptions, SlotOptions, StringOptions};
use load_generator::machine;
use load_generator::report::{self, Row, ordinary, take};

/// Measures the flow language. Fails when a goal is not reached.
#[derive(Debug, Parser)]
#[command(name = "callwright-flow-bench", version)]
struct Cli {
    /// The Vosk model.
    #[arg(long, global = true, default_value = "models/en")]
    model: PathBuf,
    /// The model's language.
    #[arg(long, global = true, default_value = "en")]
    language: String,
    /// A file for the table, as Markdown.
    #[arg(long, global = true)]
    table: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Everything, with the ordinary numbers.
    All(AllOptions),
    /// Sentences that fill one to three slots of a form.
    Slots(SlotOptions),
    /// Strings of six digits.
    Strings(StringOptions),
    /// Pauses that end a turn, and how soon turns end.
    Cuts(CutOptions),
    /// Intents from examples.
    Intents(IntentOptions),
    /// The check of a large flow, and one step.
    Check(CheckOptions),
}

#[derive(Debug, clap::Args)]
struct AllOptions {
    #[command(flatten)]
    strings: StringOptions,
    #[arg(long, env = "INTENTS")]
    /// The folder of the sentences that intents are measured with.
    intents: Option<PathBuf>,
}

fn main() -> Result<ExitCode> {
    let cli = Cli::parse();
    println!("{}", machine::describe());
    let ears = || Ears::load(&cli.model, &cli.language);
    let mut rows = Vec::new();
    match &cli.what {
        What::All(options) => all(&ears()?, options, &mut rows)?,
        What::Slots(options) => take(&mut rows, flows::slots(&ears()?, options)?),
        What::Strings(options) => take(&mut rows, flows::strings(&ears()?, options)?),
        What::Cuts(options) => take(&mut rows, flows::cuts(&ears()?, options)?),
        What::Intents(options) => take(&mut rows, flows::intents(options)?),
        What::Check(options) => take(&mut rows, flows::check(options)?),
    }
    report::conclude(&rows, cli.table.as_deref())
}

fn all(ears: &Ears, options: &AllOptions, rows: &mut Vec<Row>) -> Result<()> {
    take(rows, flows::slots(ears, &ordinary())?);
    take(rows, flows::strings(ears, &options.strings)?);
    take(rows, flows::cuts(ears, &ordinary())?);
    let intents = IntentOptions { intents: options.intents.clone(), ..ordinary() };
    take(rows, flows::intents(&intents)?);
    let meaning =
        Some(PathBuf::from("models/meaning-en")).filter(|folder| intents.intents.is_some() && folder.is_dir());
    if meaning.is_some() {
        take(rows, flows::intents(&IntentOptions { meaning, ..intents })?);
    }
    take(rows, flows::check(&ordinary())?);
    Ok(())
}
