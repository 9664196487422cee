//! Percentiles.

/// The value below which `share` (0 to 1) of the sorted values lie.
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let at = ((sorted.len() as f64 * share).ceil() as usize).saturating_sub(1).min(last);
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

/// Sorts values.
pub fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// The least, the middle and the greatest of some repetitions.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    /// The least.
    pub least: f64,
    /// The middle one.
    pub middle: f64,
    /// The greatest.
    pub greatest: f64,
}

impl Spread {
    /// Of values in any order. A repetition of which nothing could be judged is none.
    pub fn of(values: &[f64]) -> Self {
        let values = sorted(values.iter().copied().filter(|value| !value.is_nan()).collect());
        let at = |share| percentile(&values, share);
        let upper = values.get(values.len() / 2).copied().unwrap_or(f64::NAN);
        // Of an even number the mean of the middle two, so that two repetitions do not count as the better one.
        let middle = if values.len().is_multiple_of(2) { f64::midpoint(at(0.5), upper) } else { upper };
        Self { least: at(0.0), middle, greatest: at(1.0) }
    }

    /// As `middle (least to greatest)`.
    pub fn text(self, digits: usize, unit: &str) -> String {
        let Self { least, middle, greatest } = self;
        format!("{middle:.digits$}{unit} ({least:.digits$} to {greatest:.digits$})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repetition_without_a_judged_second_is_none() {
        let spread = Spread::of(&[3.0, f64::NAN, 1.0]);
        assert_eq!((spread.least, spread.middle, spread.greatest), (1.0, 2.0, 3.0));
    }

    #[test]
    fn the_percentile_is_one_of_the_values() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(percentile(&values, 0.99), 99.0);
        assert_eq!(percentile(&values, 1.0), 100.0);
        assert!(percentile(&[], 0.5).is_nan());
        let spread = Spread::of(&[3.0, 1.0, 2.0]);
        assert_eq!((spread.least, spread.middle, spread.greatest), (1.0, 2.0, 3.0));
        assert_eq!(Spread::of(&[1.0, 4.0]).middle, 2.5);
    }
}
