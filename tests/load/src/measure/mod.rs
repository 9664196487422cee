//! The measurements, a file each.

mod calls;
mod digits;
mod legs;
mod memory;
mod turns;

pub use calls::{RateOptions, SetupOptions, rate, setup};
pub use digits::{DigitOptions, digits};
pub use legs::{LegOptions, legs};
pub use memory::{MemoryOptions, memory};
pub use turns::{ListenerOptions, TurnOptions, listeners, turns};

use anyhow::Result;

use crate::phone::Phone;
use crate::server::{CALLERS, Kind, Server};
use crate::setting::Setting;

/// How often a load is tried again, in one repetition, because the host took time while it failed.
const MOST_NOISY: u32 = 4;

/// A fresh server and callers for it.
fn begin(setting: &Setting, kind: Kind) -> Result<(Server, Phone)> {
    let server = Server::start(setting, kind)?;
    let phone = Phone::new(CALLERS, server.sip)?;
    Ok((server, phone))
}

/// The reasons of failures, with their numbers.
fn failures(phone: &Phone) -> (usize, String) {
    let mut reasons = std::collections::BTreeMap::<&str, usize>::new();
    for reason in phone.legs.values().filter_map(|leg| leg.failed.as_deref()) {
        *reasons.entry(reason).or_default() += 1;
    }
    let text: Vec<String> = reasons.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    (reasons.values().sum(), text.join(", "))
}
