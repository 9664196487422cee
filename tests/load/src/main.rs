//! Measures the server from outside: calls of our own, paced by absolute time, on a core of their own.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use load_generator::measure::{
    self, DigitOptions, LegOptions, ListenerOptions, MemoryOptions, RateOptions, SetupOptions, TurnOptions,
};
use load_generator::report::{self, Row, ordinary, take};
use load_generator::setting::Setting;
use load_generator::{machine, sys};

/// Measures Callwright with real calls.
#[derive(Debug, Parser)]
#[command(name = "callwright-bench", version)]
struct Cli {
    #[command(flatten)]
    setting: Setting,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Everything, with the ordinary numbers.
    All(DigitOptions),
    /// Many legs that hear a prompt.
    Legs(LegOptions),
    /// Whole calls a second.
    Rate(RateOptions),
    /// INVITE to 200.
    Setup(SetupOptions),
    /// Memory a leg and after many calls.
    Memory(MemoryOptions),
    /// Key and speech to silence, speech to answer.
    Turns(TurnOptions),
    /// Spoken digits.
    Digits(DigitOptions),
    /// Callers heard at once.
    Listeners(ListenerOptions),
}

fn main() -> Result<ExitCode> {
    let cli = Cli::parse();
    let setting = &cli.setting;
    sys::pin(setting.own_core).with_context(|| format!("cannot stay on core {}", setting.own_core))?;
    // Others on the machine must not delay the callers; where this is not permitted, their latest tick tells.
    sys::real_time(CALLERS_PRIORITY);
    println!("{}; server on core {}, callers on core {}", machine::describe(), setting.server_core, setting.own_core);
    let mut rows = Vec::new();
    match &cli.what {
        What::All(options) => all(setting, options, &mut rows)?,
        What::Legs(options) => take(&mut rows, measure::legs(setting, options)?),
        What::Rate(options) => take(&mut rows, measure::rate(setting, options)?),
        What::Setup(options) => take(&mut rows, measure::setup(setting, options)?),
        What::Memory(options) => take(&mut rows, measure::memory(setting, options)?),
        What::Turns(options) => take(&mut rows, measure::turns(setting, options)?),
        What::Digits(options) => take(&mut rows, measure::digits(setting, options)?),
        What::Listeners(options) => take(&mut rows, measure::listeners(setting, options)?),
    }
    report::conclude(&rows, setting.table.as_deref())
}

/// A measurement that cannot be made is a row that says so; the others go on.
fn all(setting: &Setting, digits: &DigitOptions, rows: &mut Vec<Row>) -> Result<()> {
    type Measurement<'a> = (&'a str, Box<dyn Fn() -> Result<Vec<Row>> + 'a>);
    let measurements: [Measurement<'_>; 7] = [
        ("legs", Box::new(|| measure::legs(setting, &ordinary()))),
        ("rate", Box::new(|| measure::rate(setting, &ordinary()))),
        ("setup", Box::new(|| measure::setup(setting, &ordinary()))),
        ("memory", Box::new(|| measure::memory(setting, &ordinary()))),
        ("turns", Box::new(|| measure::turns(setting, &ordinary()))),
        ("digits", Box::new(|| measure::digits(setting, digits))),
        ("listeners", Box::new(|| measure::listeners(setting, &ordinary()))),
    ];
    for (name, measurement) in measurements {
        println!("\n{name}");
        match measurement() {
            Ok(found) => take(rows, found),
            Err(error) => take(rows, vec![not_measured(name, &error)]),
        }
    }
    Ok(())
}

fn not_measured(name: &str, error: &anyhow::Error) -> Row {
    Row {
        what: name.to_owned(),
        reach: String::new(),
        measured: "could not be measured".to_owned(),
        reached: Some(false),
        note: format!("{error:#}").lines().next().unwrap_or_default().to_owned(),
    }
}

const CALLERS_PRIORITY: i32 = 20;
