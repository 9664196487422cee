//! The server under test: its configuration and flows in a folder of its own, its process on one core.

use std::fs::{self, File};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::api::Api;
use crate::machine;
use crate::setting::Setting;
use crate::sound::{self, ANSWER, APOLOGY, QUESTION};

/// What differs between measurements.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kind {
    /// Calls are recorded.
    pub recorded: bool,
    /// Recognisers listen.
    pub speech: bool,
}

/// A running server.
pub struct Server {
    child: Child,
    /// Its folder, which ends with it.
    pub folder: TempDir,
    /// Where it takes calls.
    pub sip: SocketAddr,
    /// Its API.
    pub api: Api,
}

impl Server {
    /// Starts one and waits until it is ready.
    pub fn start(setting: &Setting, kind: Kind) -> Result<Self> {
        let folder = match &setting.folder {
            Some(under) => TempDir::new_in(under)?,
            None => TempDir::new()?,
        };
        let sip = SocketAddr::new(SERVER, 5060);
        let http = SocketAddr::new(SERVER, 8080);
        write_files(folder.path(), setting, kind)?;
        // What others left to be written must not wait in the way of the server's first records.
        let _ = Command::new("sync").status();
        let log = File::create(folder.path().join("log"))?;
        let child = Command::new("nice")
            .args(["-n", &setting.nice.to_string(), "taskset", "-c", &setting.server_core.to_string()])
            .arg(&setting.server)
            .args(["serve", "--config"])
            .arg(folder.path().join("callwright.yaml"))
            .env("CALLWRIGHT_LOG", "warn,callwright::flows=error")
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("nice cannot be run: install the packages coreutils and util-linux")?;
        let mut server = Self { child, folder, sip, api: Api::new(http) };
        server.wait(kind)?;
        Ok(server)
    }

    fn wait(&mut self, kind: Kind) -> Result<()> {
        let until = Instant::now() + Duration::from_secs(90);
        loop {
            if self.child.try_wait()?.is_some() || Instant::now() > until {
                bail!("the server does not start:\n{}", self.log());
            }
            if self.api.get("/readyz").is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        // Recognisers load their models beside the first calls; a measurement begins after that.
        std::thread::sleep(Duration::from_secs(if kind.speech { 4 } else { 1 }));
        Ok(())
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Resident memory of the server without its recognisers, in kilobytes.
    pub fn resident_kb(&self) -> f64 {
        machine::resident_kb(self.pid()) as f64
    }

    /// What it wrote.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its own way down takes up to its drain time, and nothing of it is needed any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The server's address: of the loopback network, where nothing else listens.
const SERVER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 70));

/// Our callers' address.
pub const CALLERS: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 71));

fn write_files(folder: &Path, setting: &Setting, kind: Kind) -> Result<()> {
    let speech = match kind.speech {
        true => format!("speech: {{ models: {{ en: {:?} }}, turns_a_worker: 200 }}\n", absolute(&setting.model)?),
        false => String::new(),
    };
    let configuration = format!(
        "sip:\n  listen: [ {{ transport: udp, address: '{SERVER}:5060' }} ]\n  most_calls: 4000\n  most_calls_a_second: 5000\n\
         media: {{ address: {SERVER}, first_port: 20000, last_port: 29999 }}\nhttp: {{ listen: '{SERVER}:8080' }}\n\
         recordings: {{ enabled: {} }}\n{speech}\
         trunks: [ {{ name: load, host: '{CALLERS}:5060', from: [ '{CALLERS}' ], ping: 0s }} ]\n\
         queues: [ {{ name: nobody }} ]\n\
         routes:\n  - {{ number: '100', flow: prompt.yaml }}\n  - {{ number: '200', flow: speech.yaml }}\n\
         \x20 - {{ number: '300', flow: turns.yaml }}\n  - {{ number: '400', flow: digits.yaml }}\n",
        kind.recorded
    );
    fs::write(folder.join("callwright.yaml"), configuration)?;
    fs::write(folder.join("prompt.yaml"), include_str!("../flows/prompt.yaml"))?;
    fs::write(folder.join("speech.yaml"), include_str!("../flows/speech.yaml"))?;
    fs::write(folder.join("turns.yaml"), include_str!("../flows/turns.yaml"))?;
    fs::write(folder.join("digits.yaml"), include_str!("../flows/digits.yaml"))?;
    sound::write(&folder.join("long.wav"), &sound::tone(QUESTION, 180_000))?;
    sound::write(&folder.join("question.wav"), &sound::tone(QUESTION, 15_000))?;
    sound::write(&folder.join("ask.wav"), &sound::tone(QUESTION, 400))?;
    sound::write(&folder.join("answer.wav"), &sound::tone(ANSWER, 400))?;
    sound::write(&folder.join("apology.wav"), &sound::tone(APOLOGY, 400))
}

fn absolute(path: &Path) -> Result<PathBuf> {
    path.canonicalize().with_context(|| format!("{} is missing: run `make setup`", path.display()))
}
