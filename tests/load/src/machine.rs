//! What /proc tells of the machine and of the server's processes.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use crate::spread::{percentile, sorted};

/// Ticks a second of the times in /proc.
pub const TICKS: u64 = 100;

/// Time of one core, in ticks since it started.
#[derive(Debug, Clone, Copy, Default)]
pub struct CoreTime {
    /// Everything but idle and stolen time.
    pub busy: u64,
    /// Time that the host gave to others.
    pub steal: u64,
}

/// The time of a core.
pub fn core_time(core: usize) -> CoreTime {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let name = format!("cpu{core} ");
    let Some(line) = text.lines().find(|line| line.starts_with(&name)) else { return CoreTime::default() };
    let field: Vec<u64> = line.split_whitespace().skip(1).map(|text| text.parse().unwrap_or(0)).collect();
    let at = |index: usize| field.get(index).copied().unwrap_or(0);
    CoreTime { busy: at(0) + at(1) + at(2) + at(5) + at(6), steal: at(7) }
}

/// A process and everything it started, parents first.
pub fn family(pid: u32) -> Vec<u32> {
    let mut parents: Vec<(u32, u32)> = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if let Some(fields) = stat(process) {
            parents.push((process, fields.get(1).and_then(|text| text.parse().ok()).unwrap_or(0)));
        }
    }
    let mut found = vec![pid];
    let mut at = 0;
    while let Some(parent) = found.get(at).copied() {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(process, _)| *process));
        at += 1;
    }
    found
}

/// Ticks that processes have used, all their threads together.
pub fn used(family: &[u32]) -> u64 {
    family.iter().filter_map(|pid| stat(*pid)).map(|fields| number(&fields, 11) + number(&fields, 12)).sum()
}

/// Fields of /proc/PID/stat from the third, the state, on.
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(") ")?;
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

fn number(fields: &[String], at: usize) -> u64 {
    fields.get(at).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Resident memory of one process, in kilobytes.
pub fn resident_kb(pid: u32) -> u64 {
    value(format!("/proc/{pid}/status"), "VmRSS").and_then(|text| text.split(' ').next()?.parse().ok()).unwrap_or(0)
}

/// Datagrams that the system has thrown away because a receiver's buffer was full.
pub fn udp_overflows() -> u64 {
    let text = fs::read_to_string("/proc/net/snmp").unwrap_or_default();
    let mut lines = text.lines().filter(|line| line.starts_with("Udp: "));
    let (Some(names), Some(values)) = (lines.next(), lines.next()) else { return 0 };
    names
        .split(' ')
        .zip(values.split(' '))
        .find(|(name, _)| *name == "RcvbufErrors")
        .and_then(|(_, text)| text.parse().ok())
        .unwrap_or(0)
}

/// How long a disk takes to write 8 KB for good, for people: a server that answers only what is on disk cannot be
/// quicker. Begins with everything that waits to be written by whomever.
pub fn disk(folder: &Path) -> io::Result<String> {
    let path = folder.join("disk-probe");
    let mut file = File::create(&path)?;
    file.write_all(&[0; 8192])?;
    file.sync_all()?;
    let mut times = Vec::new();
    for _ in 0..100 {
        let began = Instant::now();
        file.write_all(&[0; 8192])?;
        file.sync_data()?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    fs::remove_file(path)?;
    let times = sorted(times);
    let at = |share| percentile(&times, share);
    Ok(format!("a write to disk p50 {:.1}, p99 {:.1}, max {:.1} ms", at(0.5), at(0.99), at(1.0)))
}

/// The processor, the cores and the kernel, in one line.
pub fn describe() -> String {
    let model = value("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned());
    // Not those that this process may use, which is kept on one.
    let cores = fs::read_to_string("/proc/cpuinfo").unwrap_or_default().matches("processor\t").count();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{model}, {cores} cores, Linux {}", kernel.trim())
}

fn value(path: impl AsRef<Path>, key: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
