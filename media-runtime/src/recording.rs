//! Recording: the media thread's end, the writer thread, and what a crash left behind.
//!
//! A recording is a stereo WAV of 8,000 samples a second and 16 bits: what the leg says on the left, what it hears on
//! the right. It grows as `NAME.part`; its header is made right every second, so that a crash costs a second at most.
//! Between the media thread and the writer lies one bounded queue a recording; what does not fit becomes silence of the
//! same length and is counted.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use audio::{FRAME, FRAME_MS, Frame, RATE, SILENCE};
use call_model::{OrderId, SoundFact, SoundFailure};
use hound::{SampleFormat, WavSpec, WavWriter};

use crate::counters::{Tally, add};
use crate::sink::SharedSink;

/// Periods that may wait for the writer: 1.28 s, some 40 KB.
const RING: usize = 64;
/// How often the writer looks at all recordings.
const ROUND: Duration = Duration::from_millis(100);
/// How often headers are made right.
const REFRESH: Duration = Duration::from_secs(1);
/// What a file in the making is called behind its name.
const PART: &str = "part";

/// One period of both sides; `missed` periods before it found no room.
struct Piece {
    missed: u32,
    left: Frame,
    right: Frame,
}

/// The media thread's end of a recording.
pub(crate) struct Track {
    pub(crate) order: OrderId,
    sender: SyncSender<Piece>,
    missed: u32,
    ending: Arc<AtomicU64>,
    tally: Arc<Tally>,
}

/// A recording for the writer to take on.
pub(crate) struct NewTrack {
    order: OrderId,
    path: PathBuf,
    sink: SharedSink,
    receiver: Receiver<Piece>,
    ending: Arc<AtomicU64>,
}

/// In `ending`: the order was stopped, rather than its leg ended. Below it lie the periods missed at the end.
const STOPPED: u64 = 1 << 32;

/// Makes both ends of a recording.
pub(crate) fn track(order: OrderId, path: PathBuf, sink: SharedSink, tally: Arc<Tally>) -> (Track, NewTrack) {
    let (sender, receiver) = sync_channel(RING);
    let ending = Arc::new(AtomicU64::new(0));
    let track = Track { order, sender, missed: 0, ending: Arc::clone(&ending), tally };
    (track, NewTrack { order, path, sink, receiver, ending })
}

impl Track {
    /// Records a period. `false` once the writer has given the recording up.
    pub(crate) fn push(&mut self, left: &Frame, right: &Frame) -> bool {
        match self.sender.try_send(Piece { missed: self.missed, left: *left, right: *right }) {
            Ok(()) => self.missed = 0,
            Err(TrySendError::Full(_)) => {
                self.missed += 1;
                add(&self.tally.recording_gaps, 1);
            }
            Err(TrySendError::Disconnected(_)) => return false,
        }
        true
    }

    /// Ends the recording as stopped by an order. Dropping it ends it as finished.
    pub(crate) fn stop(self) {
        self.ending.store(STOPPED, Ordering::Release);
    }
}

impl Drop for Track {
    fn drop(&mut self) {
        // The sender is dropped after this, which tells the writer that the ending is known.
        self.ending.fetch_or(u64::from(self.missed), Ordering::Release);
    }
}

/// Renames the files that a crash left in the making; each is whole up to its last second. Gives back their number.
///
/// # Errors
/// Where the folder cannot be read or a file not renamed.
pub fn finish_abandoned(folder: &Path) -> io::Result<usize> {
    let mut finished = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new(PART)) {
            fs::rename(&path, path.with_extension(""))?;
            finished += 1;
        }
    }
    Ok(finished)
}

/// The writer thread: takes recordings on until every sender is gone and every recording is complete.
pub(crate) fn write_all(new_tracks: &Receiver<NewTrack>) {
    let mut open = Vec::new();
    loop {
        match new_tracks.recv_timeout(ROUND) {
            Ok(track) => open.extend(Recording::begin(track)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) if open.is_empty() => return,
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(ROUND / 10),
        }
        open.extend(new_tracks.try_iter().filter_map(Recording::begin));
        open.retain_mut(Recording::proceed);
    }
}

/// A file in the making.
struct Recording {
    track: NewTrack,
    part: PathBuf,
    wav: Option<WavWriter<BufWriter<File>>>,
    periods: u64,
    refreshed: Instant,
}

impl Recording {
    fn begin(track: NewTrack) -> Option<Self> {
        let mut part = track.path.clone().into_os_string();
        part.push(".");
        part.push(PART);
        let part = PathBuf::from(part);
        let spec = WavSpec { channels: 2, sample_rate: RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let opened = File::create(&part).map_err(hound::Error::IoError);
        match opened.and_then(|file| WavWriter::new(BufWriter::new(file), spec)) {
            Ok(wav) => Some(Self { track, part, wav: Some(wav), periods: 0, refreshed: Instant::now() }),
            Err(error) => {
                fail(&track, &error);
                None
            }
        }
    }

    /// Writes what waits; `false` once the recording is complete or given up.
    fn proceed(&mut self) -> bool {
        match self.write_waiting() {
            Ok(true) => return true,
            Ok(false) => {
                let ending = self.track.ending.load(Ordering::Acquire);
                match self.complete(ending & (STOPPED - 1)) {
                    Ok(()) => self.track.sink.fact(self.closing_fact(ending & STOPPED != 0)),
                    Err(error) => fail(&self.track, &error),
                }
            }
            Err(error) => fail(&self.track, &error),
        }
        false
    }

    /// `false` once the other end is gone and nothing waits.
    fn write_waiting(&mut self) -> hound::Result<bool> {
        let Some(wav) = &mut self.wav else { return Ok(false) };
        loop {
            let piece = match self.track.receiver.try_recv() {
                Ok(piece) => piece,
                Err(TryRecvError::Disconnected) => return Ok(false),
                Err(TryRecvError::Empty) => break,
            };
            for _ in 0..piece.missed {
                write_period(wav, &SILENCE, &SILENCE)?;
            }
            write_period(wav, &piece.left, &piece.right)?;
            self.periods += u64::from(piece.missed) + 1;
        }
        if self.refreshed.elapsed() >= REFRESH {
            wav.flush()?;
            self.refreshed = Instant::now();
        }
        Ok(true)
    }

    fn complete(&mut self, missed: u64) -> hound::Result<()> {
        let Some(mut wav) = self.wav.take() else { return Ok(()) };
        for _ in 0..missed {
            write_period(&mut wav, &SILENCE, &SILENCE)?;
        }
        self.periods += missed;
        wav.finalize()?;
        fs::rename(&self.part, &self.track.path)?;
        Ok(())
    }

    fn closing_fact(&self, stopped: bool) -> SoundFact {
        let order = self.track.order;
        if !stopped {
            return SoundFact::Finished { order };
        }
        let played_ms = u32::try_from(self.periods).unwrap_or(u32::MAX).saturating_mul(FRAME_MS);
        SoundFact::Stopped { order, played_ms }
    }
}

fn write_period<W: io::Write + io::Seek>(wav: &mut WavWriter<W>, left: &Frame, right: &Frame) -> hound::Result<()> {
    let mut samples = wav.get_i16_writer(2 * FRAME as u32);
    for (left, right) in left.iter().zip(right) {
        samples.write_sample(*left);
        samples.write_sample(*right);
    }
    samples.flush()
}

/// A recording that cannot be written is told once; the call goes on without it.
fn fail(track: &NewTrack, error: &hound::Error) {
    tracing::error!(
        path = %track.path.display(),
        %error,
        "recording given up: make room on the disk or check the folder; the call goes on unrecorded"
    );
    track.sink.fact(SoundFact::Failed { order: track.order, why: SoundFailure::DiskFull });
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    fn frames(number: i16) -> (Frame, Frame) {
        ([number; FRAME], [-number; FRAME])
    }

    /// Runs a writer beside `work`, which gets a recording and leaves it; gives back the facts.
    fn record(path: &Path, work: impl FnOnce(Track)) -> Vec<SoundFact> {
        let (facts, told) = channel();
        let sink: SharedSink = Arc::new(move |fact| facts.send(fact).unwrap());
        let (track, new) = track(OrderId(5), path.to_owned(), sink, Arc::default());
        let (sender, receiver) = channel();
        let writer = std::thread::spawn(move || write_all(&receiver));
        sender.send(new).unwrap();
        drop(sender);
        work(track);
        writer.join().unwrap();
        told.try_iter().collect()
    }

    #[test]
    fn a_recording_holds_both_sides_and_bears_its_name_only_when_complete() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("call.wav");
        let facts = record(&path, |mut track| {
            for number in 0..10 {
                let (left, right) = frames(number);
                assert!(track.push(&left, &right));
            }
        });
        assert_eq!(facts, [SoundFact::Finished { order: OrderId(5) }]);
        let samples: Vec<i16> = hound::WavReader::open(&path).unwrap().samples().map(Result::unwrap).collect();
        assert_eq!(samples.len(), 10 * 2 * FRAME);
        for (at, pair) in samples.chunks(2).enumerate() {
            let number = (at / FRAME) as i16;
            assert_eq!(pair, [number, -number]);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_the_writer_cannot_take_becomes_silence_of_the_same_length() {
        let (facts, told) = channel();
        let sink: SharedSink = Arc::new(move |fact| facts.send(fact).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slow.wav");
        let tally = Arc::new(Tally::default());
        let (mut track, new) = track(OrderId(5), path.clone(), sink, Arc::clone(&tally));
        let (left, right) = frames(7);
        for _ in 0..RING + 20 {
            assert!(track.push(&left, &right));
        }
        track.stop();
        let mut recording = Recording::begin(new).unwrap();
        assert!(!recording.proceed());
        assert_eq!(tally.snapshot().recording_gaps, 20);
        let played_ms = (RING as u32 + 20) * FRAME_MS;
        assert_eq!(told.try_recv(), Ok(SoundFact::Stopped { order: OrderId(5), played_ms }));
        let samples: Vec<i16> = hound::WavReader::open(&path).unwrap().samples().map(Result::unwrap).collect();
        assert_eq!(samples.len(), (RING + 20) * 2 * FRAME);
        assert!(samples[RING * 2 * FRAME..].iter().all(|sample| *sample == 0));
    }

    #[test]
    fn a_full_disk_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("full.wav");
        std::os::unix::fs::symlink("/dev/full", folder.path().join("full.wav.part")).unwrap();
        let facts = record(&path, |mut track| {
            let (left, right) = frames(1);
            let given_up = Instant::now() + Duration::from_secs(10);
            while track.push(&left, &right) {
                assert!(Instant::now() < given_up, "the writer does not notice");
                std::thread::yield_now();
            }
        });
        assert_eq!(facts, [SoundFact::Failed { order: OrderId(5), why: SoundFailure::DiskFull }]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_told() {
        let facts = record(Path::new("/nonexistent/folder/x.wav"), drop);
        assert_eq!(facts, [SoundFact::Failed { order: OrderId(5), why: SoundFailure::DiskFull }]);
    }

    #[test]
    fn abandoned_files_get_their_names() {
        let folder = tempfile::tempdir().unwrap();
        File::create(folder.path().join("a.wav.part")).unwrap();
        File::create(folder.path().join("b.wav")).unwrap();
        assert_eq!(finish_abandoned(folder.path()).unwrap(), 1);
        assert!(folder.path().join("a.wav").exists());
    }
}
