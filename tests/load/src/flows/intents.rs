//! Intents that are found from examples.
//!
//! The file is JSON with the keys `train`, `val`, `test`, `oos_val` and `oos_test`, each a list of `[sentence, intent]`, such
//! as a part of CLINC150. For each of ten seeds 40 intents and 10 training sentences of each are drawn. The threshold is
//! the score that refuses the wanted share of `oos_val`; reported are the share of `test` that is taken and right there,
//! and the share of `oos_test` that is refused. With `--meaning` a model of meaning joins in, as `speech.meaning` of the
//! configuration lets it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use call_model::Language;
use clap::Args;
use engine_meaning::{MeaningConfig, MeaningModel};
use ivr_flows::{IntentModel, SentenceMeaning};
use serde_json::Value;

use crate::dice::Dice;
use crate::report::Row;
use crate::spread::Spread;
use crate::tenths::Tenths;

/// Which sentences, and how many.
#[derive(Debug, Clone, Args)]
pub struct IntentOptions {
    /// A folder with a JSON file of sentences: `train`, `val`, `test`, `oos_val` and `oos_test`, each a list of
    /// `[sentence, intent]`.
    #[arg(long, env = "INTENTS")]
    pub intents: Option<PathBuf>,
    /// Intents that are drawn.
    #[arg(long, default_value_t = 40)]
    pub drawn: usize,
    /// Training sentences of each.
    #[arg(long, default_value_t = 10)]
    pub sentences: usize,
    /// Draws.
    #[arg(long, default_value_t = 10)]
    pub seeds: u64,
    /// The seed of the first draw.
    #[arg(long, default_value_t = 0)]
    pub first_seed: u64,
    /// The share of `oos_val` that the threshold is to refuse, in percent. Default: 90, and 93 with a model of meaning;
    /// `--develop` tells what that does without a look at what is reported.
    #[arg(long)]
    pub refuse: Option<f64>,
    /// Measure on `val` and `oos_train`, to choose settings by: `test` is for the report only.
    #[arg(long)]
    pub develop: bool,
    /// The folder of a model of meaning.
    #[arg(long, value_name = "FOLDER")]
    pub meaning: Option<PathBuf>,
    /// ONNX Runtime's library, for the model of meaning.
    #[arg(long, value_name = "FILE", default_value = ".setup/lib/libonnxruntime.so")]
    pub onnx_runtime: PathBuf,
}

/// Sentences by intent; under an empty name where they are of none.
type Sentences = BTreeMap<String, Vec<String>>;

/// Measures how many sentences find their intent while foreign ones are refused.
pub fn intents(options: &IntentOptions) -> Result<Vec<Row>> {
    let Some(folder) = &options.intents else { return Ok(vec![not_measured()]) };
    let file = json_in(folder)?;
    let text = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let all: Value = serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", file.display()))?;
    let train = sentences(&all, "train")?;
    let (test, foreign) = if options.develop {
        (sentences(&all, "val")?, sentences(&all, "oos_train")?)
    } else {
        (sentences(&all, "test")?, sentences(&all, "oos_test")?)
    };
    let foreign: Vec<String> = foreign.into_values().flatten().collect();
    let known_foreign: Vec<String> = sentences(&all, "oos_val")?.into_values().flatten().collect();
    let meaning = meaning(options)?;
    let refuse = options.refuse.unwrap_or(if meaning.is_some() { 93.0 } else { 90.0 });
    let mut found = Vec::new();
    let mut tenths = Tenths::default();
    for seed in options.first_seed..options.first_seed + options.seeds {
        let chosen = draw(&train, options, seed);
        let (model, took) = learn(&chosen, meaning.clone())?;
        let threshold = threshold(&model, &known_foreign, refuse);
        let mut right = (0_usize, 0_usize, 0_usize);
        for (index, (intent, _)) in chosen.iter().enumerate() {
            for sentence in test.get(intent).into_iter().flatten() {
                let Some(guess) = model.classify(sentence) else {
                    right.2 += 1;
                    continue;
                };
                let is_right = guess.best == index;
                tenths.count(guess.probability * 100.0, is_right);
                right.0 += usize::from(is_right && guess.probability > threshold);
                right.1 += usize::from(is_right);
                right.2 += 1;
            }
        }
        let scores: Vec<f64> =
            foreign.iter().map(|sentence| model.classify(sentence).map_or(0.0, |guess| guess.probability)).collect();
        scores.iter().for_each(|probability| tenths.count(probability * 100.0, false));
        let refused = scores.iter().filter(|probability| **probability <= threshold).count();
        let share = |part: usize, whole: usize| part as f64 * 100.0 / whole.max(1) as f64;
        let row = [
            share(right.0, right.2),
            share(refused, scores.len()),
            share(right.1, right.2),
            threshold,
            took.as_secs_f64() * 1000.0,
        ];
        println!(
            "seed {seed}: {:.1} % right while {:.1} % of the foreign are refused at {:.2}; {:.1} % right without a threshold; trained in {:.0} ms",
            row[0], row[1], row[3], row[2], row[4]
        );
        found.push(row);
    }
    tenths.print();
    Ok(vec![row(&found, options)])
}

/// The JSON file of a folder, or the file that is named.
fn json_in(folder: &Path) -> Result<PathBuf> {
    if folder.is_file() {
        return Ok(folder.to_owned());
    }
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "json"));
    files.sort();
    files.into_iter().next().with_context(|| format!("{} holds no JSON file", folder.display()))
}

fn not_measured() -> Row {
    Row {
        what: WHAT.to_owned(),
        reach: format!("{} / {} %", BY_WORDS.0, BY_WORDS.1),
        measured: "not measured".to_owned(),
        reached: None,
        note: "name the folder of the sentences: `make bench-flows INTENTS=...`".to_owned(),
    }
}

fn sentences(all: &Value, key: &str) -> Result<Sentences> {
    let rows = all[key].as_array().with_context(|| format!("the file has no list `{key}`"))?;
    let mut found = Sentences::new();
    for row in rows {
        let (Some(sentence), Some(intent)) = (row[0].as_str(), row[1].as_str()) else {
            bail!("a row of `{key}` is not [sentence, intent]");
        };
        found.entry(intent.to_owned()).or_default().push(sentence.to_owned());
    }
    Ok(found)
}

/// Draws intents and their training sentences.
fn draw(train: &Sentences, options: &IntentOptions, seed: u64) -> Vec<(String, Vec<String>)> {
    let mut dice = Dice::new(seed, 1);
    let names: Vec<String> = train.keys().cloned().collect();
    let mut names = dice.some(names, options.drawn);
    names.sort();
    let take = |name: String| {
        let sentences = dice.some(train.get(&name).cloned().unwrap_or_default(), options.sentences);
        (name, sentences)
    };
    names.into_iter().map(take).collect()
}

/// The model of meaning that was asked for.
fn meaning(options: &IntentOptions) -> Result<Option<Arc<dyn SentenceMeaning>>> {
    let Some(folder) = options.meaning.clone() else { return Ok(None) };
    let config = MeaningConfig { folder, runtime: options.onnx_runtime.clone() };
    Ok(Some(Arc::new(EachOnce(MeaningModel::load(&config)?))))
}

/// A model that is asked for each sentence once, since every draw has the same ones.
#[derive(Debug)]
struct EachOnce(MeaningModel);

impl SentenceMeaning for EachOnce {
    fn vector(&self, sentence: &str) -> Option<Vec<f32>> {
        self.0.vector_of_example(sentence)
    }
}

fn learn(
    chosen: &[(String, Vec<String>)],
    meaning: Option<Arc<dyn SentenceMeaning>>,
) -> Result<(IntentModel, std::time::Duration)> {
    let examples: Vec<(usize, &str)> = chosen
        .iter()
        .enumerate()
        .flat_map(|(index, (_, sentences))| sentences.iter().map(move |sentence| (index, sentence.as_str())))
        .collect();
    let began = Instant::now();
    let model =
        IntentModel::train(&examples, &Language::new("en"), meaning).context("no training sentence has a word")?;
    Ok((model, began.elapsed()))
}

/// The lowest probability that refuses a share of foreign sentences.
fn threshold(model: &IntentModel, foreign: &[String], refuse: f64) -> f64 {
    let mut scores: Vec<f64> =
        foreign.iter().map(|sentence| model.classify(sentence).map_or(0.0, |guess| guess.probability)).collect();
    scores.sort_by(f64::total_cmp);
    let place = (scores.len() as f64 * refuse / 100.0).ceil() as usize;
    scores.get(place.saturating_sub(1)).copied().unwrap_or(0.5)
}

fn row(found: &[[f64; 5]], options: &IntentOptions) -> Row {
    let column = |n: usize| Spread::of(&found.iter().map(|row| row[n]).collect::<Vec<_>>());
    let mean = |n: usize| found.iter().map(|row| row[n]).sum::<f64>() / found.len().max(1) as f64;
    let (right, refused) = (mean(0), mean(1));
    let by_meaning = options.meaning.is_some();
    let (least, fewest) = if by_meaning { BY_MEANING } else { BY_WORDS };
    let range = |n: usize| format!("{:.1} to {:.1}", column(n).least, column(n).greatest);
    Row {
        what: format!(
            "{WHAT} ({}, {} intents of {} sentences, {} draws)",
            if by_meaning { "with embeddings" } else { "words only" },
            options.drawn,
            options.sentences,
            found.len()
        ),
        reach: format!("{least} / {fewest} %"),
        measured: format!("{right:.1} / {refused:.1} % ({} / {})", range(0), range(1)),
        reached: Some(right >= least && refused >= fewest),
        note: format!("{:.1} % right without a threshold; trained in {:.0} ms", mean(2), mean(4)),
    }
}

const WHAT: &str = "intents from examples: right / out of scope refused, at one threshold";
/// The goals, in percent: by words, and with sentence embeddings.
const BY_WORDS: (f64, f64) = (88.0, 80.0);
const BY_MEANING: (f64, f64) = (92.0, 85.0);
