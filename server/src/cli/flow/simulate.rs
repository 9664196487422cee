//! `callwright flow simulate`.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use ivr_flows::scripted::Simulation;
use jiff::{Timestamp, tz::TimeZone};

use super::load;
use super::models::{ModelArgs, Models};

/// The arguments of `callwright flow simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// The flow's file.
    file: PathBuf,
    /// A file with what services answer and who calls, as at the top of a file of dialogues. Requests that it does not
    /// answer are answered by whoever types.
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    #[command(flatten)]
    models: ModelArgs,
}

/// Takes lines from the standard input until it ends.
pub fn run(arguments: SimulateArgs) -> Result<()> {
    let models = Models::load(arguments.models)?;
    let flow = Arc::new(load(&arguments.file, models.vocabulary())?);
    let settings = match &arguments.answers {
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?,
        None => String::new(),
    };
    let local = flow.wall_time(Timestamp::now(), &TimeZone::system());
    let mut simulation =
        Simulation::new(flow, &settings, local, Instant::now()).map_err(|wrong| match &arguments.answers {
            Some(path) => anyhow::anyhow!("{}: {wrong}", path.display()),
            None => anyhow::anyhow!("{wrong}"),
        })?;
    let mut ear = models.ear(PathBuf::new());
    let (input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    let typed = std::io::stdin().is_terminal();
    if typed {
        writeln!(output, "type what the caller says, or `help`")?;
    }
    tell(&mut output, &simulation.go_on(), typed)?;
    for line in input.lines() {
        let line = line.context("cannot read what is typed")?;
        if !typed {
            writeln!(output, "> {line}")?;
        }
        match simulation.take(&line, &mut ear) {
            Some(lines) => tell(&mut output, &lines, typed)?,
            None => break,
        }
    }
    Ok(())
}

fn tell(output: &mut impl Write, lines: &[String], typed: bool) -> Result<()> {
    for line in lines {
        writeln!(output, "{line}")?;
    }
    if typed {
        write!(output, "> ")?;
        output.flush()?;
    }
    Ok(())
}
