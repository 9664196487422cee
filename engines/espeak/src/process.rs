//! A program that is given a text and gives bytes, within a time.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// The most that is read from a program: ten minutes of its sound, and its complaints.
const MOST_OUTPUT: u64 = 32 << 20;
const MOST_COMPLAINT: u64 = 4 << 10;

/// What a program did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub status: ExitStatus,
    pub output: Vec<u8>,
    pub complaint: String,
}

/// Why a program gave nothing.
#[derive(Debug)]
pub(crate) enum RunError {
    /// It could not be started.
    NotStarted(io::Error),
    /// It was killed when its time was up.
    TimedOut,
    /// Its output could not be read.
    Broken(io::Error),
}

/// Runs a program to its end. It is killed when it takes longer than `limit`, and never left behind.
pub(crate) fn run(program: &Path, arguments: &[&str], input: &str, limit: Duration) -> Result<Ran, RunError> {
    let until = Instant::now() + limit;
    let mut child = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(RunError::NotStarted)?;
    let mut stdin = child.stdin.take().expect("standard input was asked for");
    let stdout = child.stdout.take().expect("standard output was asked for");
    let stderr = child.stderr.take().expect("standard error was asked for");
    let input = input.to_owned();
    let (send, output) = mpsc::channel();
    // Each end of the program has a thread, so that a full pipe on one cannot stop the others. They end with the program.
    thread::spawn(move || {
        // A program that stops reading says why on standard error.
        let _ = stdin.write_all(input.as_bytes());
    });
    let complaint =
        thread::spawn(move || String::from_utf8_lossy(&read(stderr, MOST_COMPLAINT).unwrap_or_default()).into_owned());
    thread::spawn(move || {
        // Nobody waits any more when the time was up.
        let _ = send.send(read(stdout, MOST_OUTPUT));
    });
    let output = output.recv_timeout(until.saturating_duration_since(Instant::now()));
    if output.is_err() {
        // Both fail only for a child that is gone already.
        let _ = child.kill();
    }
    let status = child.wait().map_err(RunError::Broken)?;
    match output {
        Ok(Ok(output)) => Ok(Ran { status, output, complaint: complaint.join().unwrap_or_default() }),
        Ok(Err(error)) => Err(RunError::Broken(error)),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err(RunError::TimedOut),
    }
}

fn read(from: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, input: &str, limit: Duration) -> Result<Ran, RunError> {
        run(Path::new("/bin/sh"), &["-c", script], input, limit)
    }

    #[test]
    fn a_program_gives_what_it_made_of_the_text() {
        let ran = shell("tr a-z A-Z; echo hm >&2; exit 3", "hello", Duration::from_secs(20)).unwrap();
        assert_eq!(ran.output, b"HELLO");
        assert_eq!(ran.complaint, "hm\n");
        assert_eq!(ran.status.code(), Some(3));
    }

    #[test]
    fn a_program_that_hangs_is_killed() {
        let began = Instant::now();
        assert!(matches!(shell("exec sleep 60", "", Duration::from_millis(100)), Err(RunError::TimedOut)));
        assert!(began.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn a_program_that_does_not_read_its_text_is_no_harm() {
        let ran = shell("exit 0", &"x".repeat(1 << 20), Duration::from_secs(20)).unwrap();
        assert!(ran.status.success());
    }

    #[test]
    fn a_program_that_is_not_there_is_told() {
        let nothing = run(Path::new("/no/such/program"), &[], "", Duration::from_secs(1));
        assert!(matches!(nothing, Err(RunError::NotStarted(_))));
    }
}
