//! The `callwright` binary.

mod acd;
mod allocator;
mod calls;
mod chance;
mod cli;
mod config;
mod consult;
mod dialer;
mod fetch;
mod flow_watch;
mod flows;
mod history;
mod http;
mod lease;
mod logging;
mod outbox;
mod services;
mod shutdown;
mod sip;
mod speech;
mod startup;
mod trunks;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("callwright: {error:#}");
            ExitCode::FAILURE
        }
    }
}
