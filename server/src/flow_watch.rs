//! `serve --watch`: a flow is loaded again while one writes it.
//!
//! Folders are looked at twice a second rather than subscribed to: that works alike on network drives and in containers,
//! and with every way in which editors save. What has errors is told on the log and changes nothing. New calls take the
//! new flow; calls that are in the old one keep it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime};

use crate::services::Services;

/// Begins to watch; ends with the service.
pub fn start(services: &Arc<Services>) -> std::io::Result<()> {
    let services = Arc::downgrade(services);
    std::thread::Builder::new().name("flow-watch".to_owned()).spawn(move || watch(&services)).map(|_| ())
}

fn watch(services: &Weak<Services>) {
    let mut seen: BTreeMap<PathBuf, Seen> = BTreeMap::new();
    while let Some(services) = services.upgrade() {
        for path in services.flows.now().paths() {
            let marks = marks_of(path);
            let seen = seen.entry(path.clone()).or_insert_with(|| Seen { marks: marks.clone(), changed: false });
            if seen.marks != marks {
                // Whoever saves several files is given the time to do so.
                *seen = Seen { marks, changed: true };
            } else if seen.changed {
                seen.changed = false;
                reload(&services, path);
            }
        }
        drop(services);
        std::thread::sleep(EVERY);
    }
}

fn reload(services: &Arc<Services>, path: &Path) {
    match services.flows.reload(path, &services.config, &services.recognisers, &services.prompts) {
        Ok(Some(name)) => tracing::info!(flow = name, "loaded again; new calls take it"),
        Ok(None) => {}
        Err(problem) => tracing::warn!("{}: the flow stays as it was:\n{problem:#}", path.display()),
    }
}

/// What a flow's folder looked like.
struct Seen {
    marks: Marks,
    /// Whether it changed since the flow was loaded.
    changed: bool,
}

type Marks = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// The files beside a flow, and in the folders beside it.
fn marks_of(flow: &Path) -> Marks {
    let mut marks = Marks::new();
    let folder = flow.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    mark(folder, DEEPEST, &mut marks);
    marks
}

fn mark(folder: &Path, deeper: u32, marks: &mut Marks) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(about) = std::fs::metadata(&path) else { continue };
        if about.is_dir() && deeper > 0 {
            mark(&path, deeper - 1, marks);
        } else if path.extension().is_some_and(|extension| FILES.iter().any(|known| extension == *known)) {
            marks.insert(path, (about.modified().ok(), about.len()));
        }
        if marks.len() >= MOST {
            return;
        }
    }
}

/// How often folders are looked at.
const EVERY: Duration = Duration::from_millis(500);
/// Folders in folders.
const DEEPEST: u32 = 2;
/// Files that a flow is made of.
const FILES: &[&str] = &["yaml", "yml", "wav"];
/// Files of one folder that are looked at.
const MOST: usize = 5_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_written_anew_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let flow = folder.path().join("a.yaml");
        std::fs::write(&flow, "a: 1").unwrap();
        std::fs::create_dir(folder.path().join("prompts")).unwrap();
        let first = marks_of(&flow);
        assert_eq!(first, marks_of(&flow));
        std::fs::write(folder.path().join("prompts/hello.wav"), "x").unwrap();
        let second = marks_of(&flow);
        assert_ne!(first, second);
        std::fs::write(&flow, "a: 12").unwrap();
        assert_ne!(second, marks_of(&flow));
        std::fs::write(folder.path().join("a.yaml.swp"), "x").unwrap();
        assert_eq!(marks_of(&flow).len(), 2);
    }
}
