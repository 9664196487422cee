//! WAV files as people and programs write them.

use audio::g711::{self, Law};
use audio::wav::{self, WavError};
use proptest::prelude::*;

/// A file with a format chunk of the given fields and a body.
fn file(tag: u16, channels: u16, rate: u32, bits: u16, body: &[u8]) -> Vec<u8> {
    let block = bits / 8 * channels;
    let mut format = Vec::new();
    format.extend(tag.to_le_bytes());
    format.extend(channels.to_le_bytes());
    format.extend(rate.to_le_bytes());
    format.extend((rate * u32::from(block)).to_le_bytes());
    format.extend(block.to_le_bytes());
    format.extend(bits.to_le_bytes());
    riff(&[(b"fmt ", &format), (b"data", body)])
}

fn riff(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut out = b"RIFF\0\0\0\0WAVE".to_vec();
    for (name, body) in chunks {
        out.extend(*name);
        out.extend((body.len() as u32).to_le_bytes());
        out.extend(*body);
        if body.len() % 2 == 1 {
            out.push(0);
        }
    }
    let length = (out.len() - 8) as u32;
    out[4..8].copy_from_slice(&length.to_le_bytes());
    out
}

fn bytes(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

#[test]
fn what_hound_writes_is_read_back() {
    for (bits, format) in [
        (8, hound::SampleFormat::Int),
        (16, hound::SampleFormat::Int),
        (24, hound::SampleFormat::Int),
        (32, hound::SampleFormat::Int),
    ] {
        for channels in [1, 2, 3] {
            let spec = hound::WavSpec { channels, sample_rate: 22_050, bits_per_sample: bits, sample_format: format };
            let mut file = std::io::Cursor::new(Vec::new());
            let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
            let samples: Vec<i32> = (0..300).map(|n| (n * 37 % 256 - 128) << (bits - 8)).collect();
            for &sample in &samples {
                (0..channels).for_each(|_| writer.write_sample(sample).unwrap());
            }
            writer.finalize().unwrap();
            let (read, rate) = wav::decode(file.get_ref()).unwrap();
            assert_eq!(rate, 22_050);
            let expected: Vec<i16> = samples.iter().map(|&sample| ((sample >> (bits - 8)) << 8) as i16).collect();
            assert_eq!(read, expected, "{bits} bits, {channels} channels");
        }
    }
}

#[test]
fn floating_point_is_read_and_what_is_too_loud_is_cut() {
    let body: Vec<u8> = [0.0f32, 0.5, -0.5, 1.0, -1.0, 7.0, f32::NAN].iter().flat_map(|v| v.to_le_bytes()).collect();
    let (samples, _) = wav::decode(&file(3, 1, 16_000, 32, &body)).unwrap();
    assert_eq!(samples, [0, 16_384, -16_384, 32_767, -32_768, 32_767, 0]);
    let body: Vec<u8> = [0.25f64, -0.25].iter().flat_map(|v| v.to_le_bytes()).collect();
    assert_eq!(wav::decode(&file(3, 1, 48_000, 64, &body)).unwrap(), (vec![8_192, -8_192], 48_000));
}

#[test]
fn both_laws_of_g711_are_read() {
    let body: Vec<u8> = (0..=255).collect();
    for (tag, law) in [(7, Law::Mu), (6, Law::A)] {
        let (samples, rate) = wav::decode(&file(tag, 1, 8_000, 8, &body)).unwrap();
        assert_eq!(rate, 8_000);
        assert!(samples.iter().zip(&body).all(|(&sample, &byte)| sample == g711::decode(law, byte)));
    }
}

#[test]
fn stereo_is_mixed_down() {
    let body = bytes(&[100, 300, -32_768, -32_768, 32_767, 32_767, 1_000, -1_000]);
    assert_eq!(wav::decode(&file(1, 2, 8_000, 16, &body)).unwrap().0, [200, -32_768, 32_767, 0]);
}

#[test]
fn an_extensible_format_and_foreign_chunks_are_taken() {
    let mut format = file(1, 1, 44_100, 16, &[])[20..36].to_vec();
    format[..2].copy_from_slice(&0xFFFEu16.to_le_bytes());
    format.extend([22, 0, 16, 0, 4, 0, 0, 0]);
    format.extend([1, 0, 0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113]);
    let bytes = riff(&[(b"LIST", b"odd"), (b"fmt ", &format), (b"fact", &[0; 4]), (b"data", &bytes(&[5, 6]))]);
    assert_eq!(wav::decode(&bytes).unwrap(), (vec![5, 6], 44_100));
}

#[test]
fn a_length_that_was_never_filled_in_means_all_that_is_there() {
    let mut endless = file(1, 1, 8_000, 16, &bytes(&[1, 2, 3]));
    let at = endless.len() - 10;
    endless[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(wav::decode(&endless).unwrap().0, [1, 2, 3]);
}

#[test]
fn every_refusal_says_what_is_wrong_and_what_to_do() {
    let some = bytes(&[1, 2]);
    for (bytes, error, words) in [
        (b"ID3\x03mp3 data here".to_vec(), WavError::NotWav, "sox"),
        (vec![], WavError::NotWav, "RIFF"),
        (riff(&[(b"data", &some)]), WavError::Missing("fmt "), "cut off"),
        (file(1, 1, 8_000, 16, &some)[..36].to_vec(), WavError::Missing("data"), "data"),
        (file(1, 1, 8_000, 16, &[]), WavError::Empty, "no sound"),
        (file(1, 0, 8_000, 16, &some), WavError::NoChannel, "0 channels"),
        (file(1, 1, 8_000, 12, &some), WavError::Width { bits: 12 }, "12 bits"),
        (file(0x55, 1, 8_000, 16, &some), WavError::Compressed { tag: 0x55, name: "MPEG" }, "PCM"),
        (file(0x31, 1, 8_000, 0, &some), WavError::Compressed { tag: 0x31, name: "GSM 6.10" }, "GSM"),
        (file(1, 1, 1_000, 16, &some), WavError::Rate(1_000), "4,000"),
        (file(1, 1, 4_000, 8, &vec![128; 4_000 * 902]), WavError::TooLong { seconds: 902 }, "900 s"),
        (
            riff(&[(b"fmt ", &[1, 0, 1, 0]), (b"data", &some)]),
            WavError::Damaged("its format chunk is too short"),
            "damaged",
        ),
    ] {
        let found = wav::decode(&bytes).unwrap_err();
        assert_eq!(found, error);
        assert!(found.to_string().contains(words), "{found}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(mut body in proptest::collection::vec(any::<u8>(), 0..200), flips in proptest::collection::vec((0usize..60, any::<u8>()), 0..6)) {
        let _ = wav::decode(&body);
        body = file(1, 2, 8_000, 16, &body);
        for (at, value) in flips {
            if let Some(byte) = body.get_mut(at) {
                *byte = value;
            }
        }
        let _ = wav::decode(&body);
        for cut in 0..body.len() {
            let _ = wav::decode(&body[..cut]);
        }
    }
}
