//! `callwright flow schema`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

/// The arguments of `callwright flow schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Which files it describes.
    #[arg(long, value_enum, default_value_t = Of::Flow)]
    of: Of,
    /// The file to write; without it the standard output.
    #[arg(short, long)]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Of {
    Flow,
    Services,
}

/// Writes the schema.
pub fn run(arguments: SchemaArgs) -> Result<()> {
    let schema = match arguments.of {
        Of::Flow => ivr_flows::flow_schema(),
        Of::Services => ivr_flows::services_schema(),
    };
    let text = serde_json::to_string_pretty(&schema).context("the schema cannot be written as JSON")?;
    match arguments.output {
        Some(path) => std::fs::write(&path, text + "\n").with_context(|| format!("cannot write {}", path.display())),
        None => {
            println!("{text}");
            Ok(())
        }
    }
}
