//! Logs: to standard error, by `CALLWRIGHT_LOG` (such as `info` or `info,callwright::sip=debug`).
//!
//! Phone numbers and transcripts are never logged above DEBUG, passwords and tokens not at all.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging.
pub fn start() {
    let filter = EnvFilter::try_from_env("CALLWRIGHT_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal();
    // A second start (in tests) keeps the first.
    let _ =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours).try_init();
}
