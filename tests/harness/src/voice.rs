//! Voices of callers, which the server does not have.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place::shared;

/// The voice of most callers. Of the variants of eSpeak NG it is the one whose digits are best understood at 8 kHz; its
/// six and seven are not.
pub const CALLER: &str = "en-us+steph";
/// Another.
pub const OTHER_CALLER: &str = "en-us+Annie";

/// Speaks words by eSpeak NG into a WAV file at 8 kHz, which is kept for the next time.
pub fn speak(words: &str, voice: &str) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    (words, voice, SPEED).hash(&mut hasher);
    let file = shared("voices").join(format!("{:016x}.wav", hasher.finish()));
    if !file.is_file() {
        make(words, voice, &file);
    }
    file
}

/// What is said in a file that [`speak`] made.
pub fn words_of(file: &Path) -> Option<String> {
    std::fs::read_to_string(file.with_extension("txt")).ok()
}

fn make(words: &str, voice: &str, file: &Path) {
    let output = Command::new("espeak-ng")
        .args(["-v", voice, "-s", SPEED, "--stdout", words])
        .output()
        .unwrap_or_else(|error| panic!("espeak-ng cannot be started ({error}): run `make setup`"));
    assert!(output.status.success(), "espeak-ng: {}", String::from_utf8_lossy(&output.stderr));
    let (samples, rate) = read(&output.stdout);
    let silence = |ms: usize| vec![0; ms * 8];
    let spoken = audio::resample_all(&samples, rate, RATE);
    let sound = [silence(100), spoken, silence(100)].concat();
    // Moved in as a whole, since tests run side by side.
    let fresh = file.with_extension(format!("{}-{:?}", std::process::id(), std::thread::current().id()));
    std::fs::write(file.with_extension("txt"), words).expect("the folder of voices can be written");
    std::fs::write(&fresh, wav(&sound))
        .and_then(|()| std::fs::rename(&fresh, file))
        .expect("the folder of voices can be written");
}

/// eSpeak NG writes to a pipe with a length that it does not know yet.
fn read(bytes: &[u8]) -> (Vec<i16>, u32) {
    assert!(bytes.len() > 44 && bytes.starts_with(b"RIFF"), "espeak-ng did not write a WAV file");
    let rate = u32::from_le_bytes([bytes[24], bytes[25], bytes[26], bytes[27]]);
    (bytes[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect(), rate)
}

fn wav(samples: &[i16]) -> Vec<u8> {
    let size = u32::try_from(samples.len() * 2).expect("a sentence is short");
    let mut bytes = Vec::with_capacity(44 + samples.len() * 2);
    bytes.extend_from_slice(b"RIFF");
    bytes.extend_from_slice(&(36 + size).to_le_bytes());
    bytes.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend_from_slice(&RATE.to_le_bytes());
    bytes.extend_from_slice(&(RATE * 2).to_le_bytes());
    bytes.extend_from_slice(b"\x02\0\x10\0data");
    bytes.extend_from_slice(&size.to_le_bytes());
    samples.iter().for_each(|sample| bytes.extend_from_slice(&sample.to_le_bytes()));
    bytes
}

const RATE: u32 = 8_000;
/// Words a minute.
const SPEED: &str = "145";
