//! Measures intents that are found from examples.
//!
//! ```text
//! cargo run --release -p load-generator --bin callwright-intents -- FILE
//! cargo run --release -p load-generator --features speech --bin callwright-intents -- FILE --meaning models/meaning-en
//! ```
//!
//! FILE is JSON with the keys `train`, `val`, `test`, `oos_val` and `oos_test`, each a list of `[sentence, intent]`, such
//! as a part of CLINC150. For each of ten seeds 40 intents and 10 training sentences of each are drawn. The threshold is
//! the score that refuses the wanted share of `oos_val`; reported are the share of `test` that is taken and right there,
//! and the share of `oos_test` that is refused. With `--meaning` a model of meaning joins in, as `speech.meaning` of the
//! configuration lets it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use call_model::Language;
use clap::Parser;
use engine_meaning::{MeaningConfig, MeaningModel};
use ivr_flows::{IntentModel, SentenceMeaning};
use serde_json::Value;

/// Measures intents that are found from examples.
#[derive(Debug, Parser)]
#[command(name = "callwright-intents", version)]
struct Options {
    /// The sentences.
    file: PathBuf,
    /// Intents that are drawn.
    #[arg(long, default_value_t = 40)]
    intents: usize,
    /// Training sentences of each.
    #[arg(long, default_value_t = 10)]
    sentences: usize,
    /// Draws.
    #[arg(long, default_value_t = 10)]
    seeds: u64,
    /// The seed of the first draw.
    #[arg(long, default_value_t = 0)]
    first_seed: u64,
    /// The share of `oos_val` that the threshold is to refuse, in percent. Default: 90, and 93 with a model of meaning,
    /// which were chosen with `--develop`.
    #[arg(long)]
    refuse: Option<f64>,
    /// Measure on `val` and `oos_train`, to choose settings by: `test` is for the report only.
    #[arg(long)]
    develop: bool,
    /// The folder of a model of meaning.
    #[arg(long, value_name = "FOLDER")]
    meaning: Option<PathBuf>,
    /// ONNX Runtime's library, for the model of meaning.
    #[arg(long, value_name = "FILE", default_value = ".setup/lib/libonnxruntime.so")]
    onnx_runtime: PathBuf,
}

/// Sentences by intent; under an empty name where they are of none.
type Sentences = BTreeMap<String, Vec<String>>;

fn main() -> Result<()> {
    let options = Options::parse();
    let text = std::fs::read(&options.file).with_context(|| format!("cannot read {}", options.file.display()))?;
    let all: Value = serde_json::from_slice(&text).context("the file is not JSON")?;
    let train = sentences(&all, "train")?;
    let (test, foreign) = if options.develop {
        (sentences(&all, "val")?, sentences(&all, "oos_train")?)
    } else {
        (sentences(&all, "test")?, sentences(&all, "oos_test")?)
    };
    let foreign: Vec<String> = foreign.into_values().flatten().collect();
    let known_foreign: Vec<String> = sentences(&all, "oos_val")?.into_values().flatten().collect();
    let meaning = meaning(&options)?;
    let refuse = options.refuse.unwrap_or(if meaning.is_some() { 93.0 } else { 90.0 });
    let mut found = Vec::new();
    let mut tenths = [(0.0, 0_usize, 0_usize); 10];
    for seed in options.first_seed..options.first_seed + options.seeds {
        let chosen = draw(&train, &options, seed);
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
                count(&mut tenths, guess.probability, is_right);
                right.0 += usize::from(is_right && guess.probability > threshold);
                right.1 += usize::from(is_right);
                right.2 += 1;
            }
        }
        let scores: Vec<f64> =
            foreign.iter().map(|sentence| model.classify(sentence).map_or(0.0, |guess| guess.probability)).collect();
        scores.iter().for_each(|probability| count(&mut tenths, *probability, false));
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
    report(&found, &tenths, &options);
    Ok(())
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
fn draw(train: &Sentences, options: &Options, seed: u64) -> Vec<(String, Vec<String>)> {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1));
    let names: Vec<String> = train.keys().cloned().collect();
    let mut names = dice.some(names, options.intents);
    names.sort();
    let take = |name: String| {
        let sentences = dice.some(train.get(&name).cloned().unwrap_or_default(), options.sentences);
        (name, sentences)
    };
    names.into_iter().map(take).collect()
}

/// The model of meaning that was asked for.
fn meaning(options: &Options) -> Result<Option<Arc<dyn SentenceMeaning>>> {
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

fn count(tenths: &mut [(f64, usize, usize); 10], probability: f64, right: bool) {
    let (sum, all, good) = &mut tenths[((probability * 10.0) as usize).min(9)];
    *sum += probability;
    *all += 1;
    *good += usize::from(right);
}

fn report(found: &[[f64; 5]], tenths: &[(f64, usize, usize); 10], options: &Options) {
    let column = |n: usize| {
        let values: Vec<f64> = found.iter().map(|row| row[n]).collect();
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (mean, least, most)
    };
    let (right, least, most) = column(0);
    let (refused, fewest, all) = column(1);
    println!("\ncertainty: stated against true, over sentences and foreign ones together");
    for (tenth, (sum, all, good)) in tenths.iter().enumerate().filter(|(_, (_, all, _))| *all > 0) {
        let (stated, share) = (sum * 100.0 / *all as f64, *good as f64 * 100.0 / *all as f64);
        println!("  {}0 %: stated {stated:.1}, right {share:.1}, {all} sentences", tenth);
    }
    println!(
        "\n| {} intents of {} sentences, {} draws, {}: right / out of scope refused, at one threshold | {} | {right:.1} / {refused:.1} % (from {least:.1} to {most:.1} / from {fewest:.1} to {all:.1}) | {:.1} % right without a threshold; trained in {:.0} ms |",
        options.intents,
        options.sentences,
        found.len(),
        if options.meaning.is_some() { "with embeddings" } else { "words only" },
        if options.meaning.is_some() { "92 / 85 %" } else { "88 / 80 %" },
        column(2).0,
        column(4).0
    );
}

/// Chance with a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % below.max(1)
    }

    /// Some of a list, each once.
    fn some<T>(&mut self, mut list: Vec<T>, count: usize) -> Vec<T> {
        for n in 0..count.min(list.len()) {
            let other = n + self.roll(list.len() - n);
            list.swap(n, other);
        }
        list.truncate(count);
        list
    }
}
