//! The settings file beside a voice's network.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use call_model::Language;
use serde::Deserialize;
use tts::VoiceError;

/// What a `*.onnx.json` says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Settings {
    pub audio: Audio,
    pub espeak: Espeak,
    #[serde(default)]
    pub inference: Inference,
    #[serde(default)]
    pub phoneme_type: Option<String>,
    #[serde(default = "one")]
    pub num_speakers: u32,
    /// Numbers of a phoneme; a phoneme is one character.
    pub phoneme_id_map: BTreeMap<String, Vec<i64>>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Audio {
    pub sample_rate: u32,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Espeak {
    pub voice: String,
}

/// How lively the voice is.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Inference {
    pub noise_scale: f32,
    pub length_scale: f32,
    pub noise_w: f32,
}

impl Default for Inference {
    /// Piper's own.
    fn default() -> Self {
        Self { noise_scale: 0.667, length_scale: 1.0, noise_w: 0.8 }
    }
}

fn one() -> u32 {
    1
}

impl Settings {
    /// Whether the voice's phonemes are those of a language.
    pub fn speaks(&self, language: &Language) -> bool {
        let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let wanted = match primary(language.as_str()).as_str() {
            "zh" => "cmn".to_owned(),
            other => other.to_owned(),
        };
        !wanted.is_empty() && primary(&self.espeak.voice) == wanted
    }
}

/// The network's file and the settings of the one voice in a folder.
pub(crate) fn find(folder: &Path) -> Result<(PathBuf, Settings), VoiceError> {
    let unusable = |path: &Path, why: String| VoiceError::ModelUnusable { path: path.to_owned(), why };
    let entries =
        fs::read_dir(folder).map_err(|error| unusable(folder, format!("the folder cannot be read: {error}")))?;
    let mut networks: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "onnx"))
        .collect();
    networks.sort();
    let network = match networks.as_slice() {
        [one] => one.clone(),
        [] => return Err(unusable(folder, "there is no *.onnx file in it".to_owned())),
        several => {
            return Err(unusable(folder, format!("there are {} *.onnx files in it; leave one", several.len())));
        }
    };
    let mut beside = network.clone().into_os_string();
    beside.push(".json");
    let beside = PathBuf::from(beside);
    let text = fs::read_to_string(&beside).map_err(|error| unusable(&beside, error.to_string()))?;
    let settings: Settings = serde_json::from_str(&text).map_err(|error| unusable(&beside, error.to_string()))?;
    check(&settings).map_err(|why| unusable(&beside, why))?;
    Ok((network, settings))
}

fn check(settings: &Settings) -> Result<(), String> {
    if settings.phoneme_type.as_deref().is_some_and(|kind| kind != "espeak") {
        return Err("its phonemes are not those of espeak-ng".to_owned());
    }
    if !(8_000..=48_000).contains(&settings.audio.sample_rate) {
        return Err(format!("its sample rate is {} Hz", settings.audio.sample_rate));
    }
    match ["^", "$", "_"].into_iter().find(|mark| !settings.phoneme_id_map.contains_key(*mark)) {
        Some(mark) => Err(format!("its phoneme_id_map has no \"{mark}\"")),
        None => Ok(()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const JSON: &str = r##"{
        "audio": { "sample_rate": 22050, "quality": "medium" },
        "espeak": { "voice": "en-us" },
        "inference": { "noise_scale": 0.5, "length_scale": 1, "noise_w": 0.8 },
        "phoneme_type": "espeak",
        "phoneme_id_map": { "_": [0], "^": [1], "$": [2], " ": [3], ",": [8], ".": [10], "?": [13], "a": [14],
                            "b": [15], "c": [16], "̧": [17], "ˈ": [120] },
        "num_speakers": 1
    }"##;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            fs::write(folder.path().join(name), content).unwrap();
        }
        folder
    }

    #[test]
    fn the_voice_of_a_folder_is_found_with_its_settings() {
        let folder = folder(&[("joe.onnx", ""), ("joe.onnx.json", JSON), ("MODEL_CARD", "")]);
        let (network, settings) = find(folder.path()).unwrap();
        assert!(network.ends_with("joe.onnx"));
        assert_eq!(settings.inference.noise_scale, 0.5);
        assert!(settings.speaks(&Language::new("en-GB")));
        assert!(!settings.speaks(&Language::new("zh")));
    }

    #[test]
    fn what_is_wrong_with_a_folder_is_told() {
        let nothing = find(Path::new("/no/such/voice")).unwrap_err();
        assert!(nothing.to_string().contains("make setup"), "{nothing}");
        let cases = [
            (folder(&[]), "no *.onnx file"),
            (folder(&[("a.onnx", ""), ("b.onnx", "")]), "2 *.onnx files"),
            (folder(&[("a.onnx", "")]), "a.onnx.json"),
            (folder(&[("a.onnx", ""), ("a.onnx.json", "{")]), "EOF"),
            (folder(&[("a.onnx", ""), ("a.onnx.json", &JSON.replace("22050", "7"))]), "sample rate is 7 Hz"),
            (folder(&[("a.onnx", ""), ("a.onnx.json", &JSON.replace("\"^\"", "\"x\""))]), "no \"^\""),
            (folder(&[("a.onnx", ""), ("a.onnx.json", &JSON.replace("\"espeak\",", "\"text\","))]), "not those of"),
        ];
        for (folder, why) in cases {
            let error = find(folder.path()).unwrap_err().to_string();
            assert!(error.contains(why), "{error} should say {why}");
        }
    }
}
