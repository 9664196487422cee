//! A loaded model.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ivr_flows::SentenceMeaning;
use onnx_runtime::{Input, Network, OnnxError, Output, Settings};

use crate::remembered::Remembered;
use crate::tokens::Tokens;
use crate::{MeaningConfig, MeaningError};

/// A model that gives sentences places by their meaning.
pub struct MeaningModel {
    tokens: Tokens,
    /// A network runs one sentence at a time, some milliseconds.
    network: Mutex<Network>,
    /// Whether the network asks which of two sentences each token is of.
    wants_types: bool,
    remembered: Mutex<Remembered>,
}

impl MeaningModel {
    /// Loads a model: a fifth of a second.
    ///
    /// # Errors
    ///
    /// [`MeaningError::Unusable`] when the folder, a file in it or ONNX Runtime's library is missing or wrong, and
    /// [`MeaningError::Failed`] when the network cannot do what such a model does.
    pub fn load(config: &MeaningConfig) -> Result<Self, MeaningError> {
        let tokens = Tokens::read(&config.folder.join("tokenizer.json"))?;
        let file = config.folder.join("model.onnx");
        let unusable = |why: String| MeaningError::Unusable { path: file.clone(), why };
        if !file.is_file() {
            return Err(unusable("the file is not there".to_owned()));
        }
        let network = Network::load(&file, Settings { library: &config.runtime, threads: 1 }).map_err(of_runtime)?;
        for name in [TOKENS, MASK] {
            if !network.takes(name) {
                return Err(unusable(format!("it is no model of sentences: its network has no input \"{name}\"")));
            }
        }
        let wants_types = network.takes(TYPES);
        let model = Self { tokens, network: Mutex::new(network), wants_types, remembered: Mutex::default() };
        model.place("hello").map_err(|error| unusable(error.to_string()))?;
        Ok(model)
    }

    /// Where a sentence lies: a vector of length 1.
    ///
    /// # Errors
    ///
    /// [`MeaningError::Failed`] when the network does not compute.
    pub fn place(&self, sentence: &str) -> Result<Vec<f32>, MeaningError> {
        let tokens = self.tokens.of(sentence);
        let count = tokens.len();
        let of = |values: Vec<i64>| Input::Integers { shape: vec![1, count], values };
        let mut inputs = vec![(TOKENS, of(tokens)), (MASK, of(vec![1; count]))];
        if self.wants_types {
            inputs.push((TYPES, of(vec![0; count])));
        }
        let output = locked(&self.network).run(inputs).map_err(of_runtime)?;
        mean(&output, count)
            .ok_or_else(|| MeaningError::Failed(format!("its output of the shape {:?} is no vector", output.shape)))
    }
}

impl SentenceMeaning for MeaningModel {
    fn vector(&self, sentence: &str) -> Option<Vec<f32>> {
        self.place(sentence).ok()
    }

    fn vector_of_example(&self, sentence: &str) -> Option<Vec<f32>> {
        if let Some(known) = locked(&self.remembered).get(sentence) {
            return Some(known.clone());
        }
        let vector = self.vector(sentence)?;
        locked(&self.remembered).keep(sentence, vector.clone());
        Some(vector)
    }
}

impl fmt::Debug for MeaningModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeaningModel").finish_non_exhaustive()
    }
}

/// The mean of the tokens' vectors, at length 1. `None` where the output is not a vector for each token, or is no number.
fn mean(output: &Output, tokens: usize) -> Option<Vec<f32>> {
    let [1, rows, width] = *output.shape else { return None };
    if rows != tokens || rows == 0 || width == 0 {
        return None;
    }
    let mut sums = vec![0.0_f64; width];
    for row in output.values.chunks_exact(width) {
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
    }
    let length = sums.iter().map(|sum| sum * sum).sum::<f64>().sqrt();
    (length.is_finite() && length > 0.0).then(|| sums.into_iter().map(|sum| (sum / length) as f32).collect())
}

fn of_runtime(error: OnnxError) -> MeaningError {
    match error {
        OnnxError::Library { path, why } => MeaningError::Unusable { path, why: format!("ONNX Runtime: {why}") },
        OnnxError::Network { path, why } => MeaningError::Unusable { path, why },
        OnnxError::Run(why) => MeaningError::Failed(why),
    }
}

/// What is inside is whole at any time, so a panic elsewhere does not spoil it.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const TOKENS: &str = "input_ids";
const MASK: &str = "attention_mask";
const TYPES: &str = "token_type_ids";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_the_tokens_has_length_one() {
        let output = Output { shape: vec![1, 2, 2], values: vec![3.0, 0.0, 3.0, 8.0] };
        assert_eq!(mean(&output, 2), Some(vec![0.6, 0.8]));
    }

    #[test]
    fn an_output_that_is_no_vector_a_token_is_refused() {
        for (shape, values) in [
            (vec![1, 2], vec![1.0, 2.0]),
            (vec![2, 1, 1], vec![1.0, 2.0]),
            (vec![1, 1, 2], vec![1.0, 2.0]),
            (vec![1, 2, 1], vec![f32::NAN, 1.0]),
            (vec![1, 2, 1], vec![1.0, -1.0]),
        ] {
            assert_eq!(mean(&Output { shape: shape.clone(), values }, 2), None, "{shape:?}");
        }
    }
}
