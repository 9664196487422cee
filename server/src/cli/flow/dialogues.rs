//! `callwright flow test`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use ivr_flows::Flow;
use ivr_flows::scripted::{Coverage, NeverTaken, Played, Script, junit};

use super::load;
use super::models::{ModelArgs, Models};
use crate::flows::folder_and_name;

/// The arguments of `callwright flow test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Files of dialogues, or folders in which every `*.dialogue` is meant.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print which nodes and ways no dialogue took.
    #[arg(long)]
    coverage: bool,
    /// Fail when less of a flow's nodes and ways was taken, in percent.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=100))]
    min_coverage: Option<u32>,
    /// Write the results as JUnit XML.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Tell how long a step took on average: one thing that the caller did, and all that came of it.
    #[arg(long)]
    time: bool,
    #[command(flatten)]
    models: ModelArgs,
}

/// Walks the dialogues and prints what came of them.
pub fn run(arguments: TestArgs) -> Result<ExitCode> {
    let files = match found(&arguments.files) {
        Ok(files) => files,
        Err(error) => {
            eprintln!("error: {error:#}");
            return Ok(ExitCode::from(UNREADABLE));
        }
    };
    let mut tests = Tests {
        models: Models::load(arguments.models)?,
        flows: BTreeMap::new(),
        played: Vec::new(),
        unreadable: false,
        walked: Duration::ZERO,
        steps: 0,
    };
    for file in &files {
        tests.walk(file);
    }
    let failed = tests.played.iter().flat_map(|(_, played)| played).filter(|played| played.failure.is_some()).count();
    let all: usize = tests.played.iter().map(|(_, played)| played.len()).sum();
    println!("{} of {all} dialogues went as they are written", all - failed);
    if arguments.time {
        let each = tests.walked.as_secs_f64() * 1000.0 / tests.steps.max(1) as f64;
        println!("{} steps of callers, {each:.3} ms each", tests.steps);
    }
    let covered = tests.tell_coverage(arguments.coverage, arguments.min_coverage);
    if let Some(path) = &arguments.junit {
        std::fs::write(path, junit(&tests.played)).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(match (tests.unreadable, failed == 0 && covered) {
        (true, _) => ExitCode::from(UNREADABLE),
        (false, true) => ExitCode::SUCCESS,
        (false, false) => ExitCode::FAILURE,
    })
}

struct Tests {
    models: Models,
    /// The flows by their files, with what was taken of them.
    flows: BTreeMap<PathBuf, (Arc<Flow>, Coverage)>,
    played: Vec<(String, Vec<Played>)>,
    unreadable: bool,
    walked: Duration,
    steps: usize,
}

impl Tests {
    fn walk(&mut self, file: &Path) {
        if let Err(told) = self.try_walk(file) {
            println!("{told:#}");
            self.unreadable = true;
        }
    }

    fn try_walk(&mut self, file: &Path) -> Result<()> {
        let shown = file.display().to_string();
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {shown}"))?;
        let script = Script::read(&shown, &text).map_err(|found| anyhow::anyhow!("{}", lines(&found)))?;
        let (folder, _) = folder_and_name(file);
        let path = folder.join(script.flow());
        if !self.flows.contains_key(&path) {
            let flow = Arc::new(
                load(&path, self.models.vocabulary()).with_context(|| format!("{shown}: the flow cannot be used"))?,
            );
            self.flows.insert(path.clone(), (flow.clone(), Coverage::new(flow)));
        }
        let Some((flow, coverage)) = self.flows.get_mut(&path) else { bail!("{shown}: the flow was not loaded") };
        let began = Instant::now();
        let played = script.play(flow, &mut self.models.ear(folder), began);
        self.walked += began.elapsed();
        self.steps += script.steps();
        for case in &played {
            coverage.note(&case.events);
            if let Some(failure) = &case.failure {
                println!("{shown}:{}: {}\n{failure}\n", failure.line, case.name);
            }
        }
        let failed = played.iter().filter(|case| case.failure.is_some()).count();
        println!("{shown}: {} dialogues, {failed} failed", played.len());
        self.played.push((shown, played));
        Ok(())
    }

    /// Prints what was taken; `false` when it is too little.
    fn tell_coverage(&self, tell: bool, least: Option<u32>) -> bool {
        let mut enough = true;
        for (path, (_, coverage)) in &self.flows {
            let too_little = least.is_some_and(|least| coverage.percent() < least);
            if !tell && !too_little {
                continue;
            }
            let ((nodes, all_nodes), (ways, all_ways)) = (coverage.nodes(), coverage.ways());
            println!(
                "{}: {nodes} of {all_nodes} nodes, {ways} of {all_ways} ways, {} %",
                path.display(),
                coverage.percent()
            );
            for NeverTaken { file, line, what } in coverage.missing() {
                println!("{}:{line}: never taken: {what}", path.with_file_name(file).display());
            }
            if too_little {
                println!("error: {} % are wanted", least.unwrap_or_default());
            }
            enough &= !too_little;
        }
        enough
    }
}

/// The files of dialogues among files and folders.
fn found(given: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in given {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let before = files.len();
        let mut open = vec![path.clone()];
        while let Some(folder) = open.pop() {
            let entries = std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
            for entry in entries {
                let entry = entry.with_context(|| format!("cannot read {}", folder.display()))?;
                let kind = entry.file_type().with_context(|| format!("cannot read {}", folder.display()))?;
                if kind.is_dir() {
                    open.push(entry.path());
                } else if entry.path().extension().is_some_and(|extension| extension == "dialogue") {
                    files.push(entry.path());
                }
            }
        }
        if files.len() == before {
            bail!("there is no *.dialogue in {}", path.display());
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn lines(found: &[ivr_flows::Diagnostic]) -> String {
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The exit status where a file could not be read: nothing is known about its dialogues.
const UNREADABLE: u8 = 2;
