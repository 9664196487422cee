//! Phonemes from `espeak-ng`, as a subprocess.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tts::VoiceError;

use crate::phonemes::Clause;

/// The most that is read from the program.
const MOST_OUTPUT: u64 = 1 << 20;

/// The program and whose phonemes it gives.
#[derive(Debug, Clone)]
pub(crate) struct Phonemiser {
    pub program: std::path::PathBuf,
    pub voice: String,
    pub limit: Duration,
}

impl Phonemiser {
    /// The phonemes of each clause, in order.
    pub fn phonemes(&self, clauses: &[Clause]) -> Result<Vec<String>, VoiceError> {
        let text: String = clauses.iter().flat_map(|clause| [clause.words.as_str(), "\n"]).collect();
        let output = self.run(&text)?;
        let lines: Vec<String> = output.lines().map(str::to_owned).collect();
        if lines.len() == clauses.len() {
            return Ok(lines);
        }
        // A clause that the program cuts further itself gives several lines; then each clause is asked for alone.
        clauses.iter().map(|clause| self.run(&format!("{}\n", clause.words))).collect()
    }

    fn run(&self, text: &str) -> Result<String, VoiceError> {
        let mut child = start(&self.program, &self.voice)?;
        let mut stdin = child.stdin.take().expect("standard input was asked for");
        let stdout = child.stdout.take().expect("standard output was asked for");
        let text = text.to_owned();
        thread::spawn(move || {
            // A program that stops reading ends with a status that tells.
            let _ = stdin.write_all(text.as_bytes());
        });
        let (send, output) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = stdout.take(MOST_OUTPUT).read_to_end(&mut bytes).map(|_| bytes);
            // Nobody waits any more when the time was up.
            let _ = send.send(read);
        });
        let output = output.recv_timeout(self.limit);
        if output.is_err() {
            // It fails only for a child that is gone already.
            let _ = child.kill();
        }
        let status = child.wait().map_err(|error| self.failed(&error.to_string()))?;
        match output {
            Err(_) => Err(VoiceError::TimedOut { voice: self.voice.clone(), limit: self.limit }),
            Ok(_) if !status.success() => Err(self.failed(&format!("it ended with {status}"))),
            Ok(Ok(bytes)) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Ok(Err(error)) => Err(self.failed(&error.to_string())),
        }
    }

    fn failed(&self, why: &str) -> VoiceError {
        VoiceError::Failed { voice: format!("espeak-ng {}", self.voice), why: why.to_owned() }
    }
}

/// Starts the program so that it prints the phonemes of each line and says nothing.
fn start(program: &Path, voice: &str) -> Result<Child, VoiceError> {
    Command::new(program)
        .args(["-q", "--ipa", "-b", "1", "-v", voice])
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| VoiceError::ProgramMissing {
            program: program.display().to_string(),
            why: error.to_string(),
            package: "espeak-ng",
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phonemes::clauses;

    fn phonemiser() -> Phonemiser {
        Phonemiser { program: "espeak-ng".into(), voice: "en-us".into(), limit: Duration::from_secs(20) }
    }

    #[test]
    fn each_clause_has_its_phonemes() {
        let clauses = clauses("Hello, Mr. Smith owes one thousand two hundred thirty-four dollars; is that right?");
        let spoken = phonemiser().phonemes(&clauses).unwrap();
        assert_eq!(spoken.len(), clauses.len());
        assert_eq!(spoken[0].trim(), "həlˈoʊ");
        assert!(spoken.iter().all(|line| line.chars().any(char::is_alphabetic)), "{spoken:?}");
    }

    #[test]
    fn a_very_long_clause_keeps_its_place() {
        let long = "word ".repeat(180);
        let clauses = clauses(&format!("yes, {long}, no"));
        let spoken = phonemiser().phonemes(&clauses).unwrap();
        assert_eq!(spoken.len(), 3);
        assert_eq!(spoken[2].trim(), "nˈoʊ");
        assert_eq!(spoken[1].matches('w').count(), 180);
    }

    #[test]
    fn a_program_that_is_missing_fails_or_hangs_is_told() {
        let clauses = clauses("hello");
        let missing = Phonemiser { program: "/no/such/espeak".into(), ..phonemiser() };
        assert!(matches!(missing.phonemes(&clauses), Err(VoiceError::ProgramMissing { .. })));
        let failing = Phonemiser { voice: "zzz".into(), ..phonemiser() };
        assert!(matches!(failing.phonemes(&clauses), Err(VoiceError::Failed { .. })));
        let hanging = Phonemiser { limit: Duration::ZERO, ..phonemiser() };
        assert!(matches!(hanging.phonemes(&clauses), Err(VoiceError::TimedOut { .. })));
    }
}
