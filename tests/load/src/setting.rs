//! Where and how long is measured.

use std::path::PathBuf;

use clap::Args;

/// What all measurements share.
#[derive(Debug, Clone, Args)]
pub struct Setting {
    /// The server's program.
    #[arg(long, global = true, default_value = "target/release/callwright")]
    pub server: PathBuf,
    /// The core of the server.
    #[arg(long, global = true, default_value_t = 0)]
    pub server_core: usize,
    /// The core of the callers.
    #[arg(long, global = true, default_value_t = 1)]
    pub own_core: usize,
    /// The server's nice value. On a machine that others use, -15 keeps their programs from measuring themselves; it takes
    /// a right that not everybody has.
    #[arg(long, global = true, default_value_t = 0, allow_negative_numbers = true)]
    pub nice: i32,
    /// The folder for databases and recordings, on the disk to measure. Default: the system's folder for temporary files.
    #[arg(long, global = true)]
    pub folder: Option<PathBuf>,
    /// The Vosk model.
    #[arg(long, global = true, default_value = "models/en")]
    pub model: PathBuf,
    /// Repetitions of each measurement.
    #[arg(long, global = true, default_value_t = 3)]
    pub repetitions: usize,
    /// A file for the table, as Markdown.
    #[arg(long, global = true)]
    pub table: Option<PathBuf>,
}
