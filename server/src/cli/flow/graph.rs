//! `callwright flow graph`.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use ivr_flows::Graph;

use super::load;

/// The arguments of `callwright flow graph`.
#[derive(Debug, Args)]
pub struct GraphArgs {
    /// The flow's file.
    file: PathBuf,
    /// A picture, or the text from which Markdown pages draw one.
    #[arg(long, value_enum, default_value_t = Format::Svg)]
    format: Format,
    /// The file to write; without it the standard output.
    #[arg(short, long)]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Svg,
    Mermaid,
}

/// Draws a flow.
pub fn run(arguments: GraphArgs) -> Result<()> {
    let graph = Graph::of(&load(&arguments.file, None)?);
    let drawn = match arguments.format {
        Format::Svg => graph.svg(),
        Format::Mermaid => graph.mermaid(),
    };
    match arguments.output {
        Some(path) => std::fs::write(&path, drawn).with_context(|| format!("cannot write {}", path.display())),
        None => std::io::stdout().write_all(drawn.as_bytes()).context("cannot write the picture"),
    }
}
