//! The linear algebra of training: one symmetric positive matrix, factored once (Cholesky).

/// The lower factor of a kernel matrix.
#[derive(Debug)]
pub(super) struct Factor {
    /// Row by row; row `n` has `n + 1` values.
    rows: Vec<Vec<f64>>,
}

impl Factor {
    /// Factors a symmetric matrix, given by its lower rows, with something added on its diagonal.
    pub(super) fn of(mut rows: Vec<Vec<f64>>, ridge: f64) -> Self {
        for n in 0..rows.len() {
            let (above, rest) = rows.split_at_mut(n);
            let row = &mut rest[0];
            for column in 0..n {
                let known = dot(&row[..column], &above[column][..column]);
                row[column] = (row[column] - known) / above[column][column];
            }
            let left = row[n] + ridge - dot(&row[..n], &row[..n]);
            // A kernel is positive, so what is left is no less than the ridge, but for rounding.
            row[n] = left.max(ridge * 1e-3).sqrt();
        }
        Self { rows }
    }

    /// The weights of every point for every intent, where the target is 1 for a point's own intent and 0 else. Points
    /// beyond the labels belong to none.
    pub(super) fn solve(&self, labels: &[usize], intents: usize) -> Vec<Vec<f64>> {
        let count = self.rows.len();
        let mut values: Vec<Vec<f64>> = (0..count)
            .map(|row| (0..intents).map(|n| f64::from(u8::from(labels.get(row) == Some(&n)))).collect())
            .collect();
        for n in 0..count {
            let (above, rest) = values.split_at_mut(n);
            for (known, factor) in above.iter().zip(&self.rows[n]) {
                subtract(&mut rest[0], known, *factor);
            }
            rest[0].iter_mut().for_each(|value| *value /= self.rows[n][n]);
        }
        for n in (0..count).rev() {
            let (above, rest) = values.split_at_mut(n);
            rest[0].iter_mut().for_each(|value| *value /= self.rows[n][n]);
            for (open, factor) in above.iter_mut().zip(&self.rows[n]) {
                subtract(open, &rest[0], *factor);
            }
        }
        values
    }

    /// The diagonal of the inverse of the matrix.
    pub(super) fn inverse_diagonal(&self) -> Vec<f64> {
        let count = self.rows.len();
        let mut diagonal = vec![0.0; count];
        // Row by row of the inverse of the factor; the sum of the squares of its columns is wanted.
        let mut inverse: Vec<Vec<f64>> = Vec::with_capacity(count);
        for n in 0..count {
            let mut row = vec![0.0; n + 1];
            for (known, factor) in inverse.iter().zip(&self.rows[n]) {
                subtract(&mut row[..known.len()], known, *factor);
            }
            row[n] = 1.0;
            for (column, value) in row.iter_mut().enumerate() {
                *value /= self.rows[n][n];
                diagonal[column] += *value * *value;
            }
            inverse.push(row);
        }
        diagonal
    }
}

fn subtract(from: &mut [f64], what: &[f64], times: f64) {
    from.iter_mut().zip(what).for_each(|(value, other)| *value -= other * times);
}

/// In four sums, which a processor adds at once; always in the same order.
fn dot(one: &[f64], two: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (left, right) = (one.chunks_exact(4), two.chunks_exact(4));
    let rest: f64 = left.remainder().iter().zip(right.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in left.zip(right) {
        for lane in 0..4 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved_and_its_inverse_known() {
        let matrix = vec![vec![2.0], vec![0.5, 1.0], vec![0.1, 0.2, 3.0]];
        let factor = Factor::of(matrix, 0.5);
        let full = [[2.5, 0.5, 0.1], [0.5, 1.5, 0.2], [0.1, 0.2, 3.5]];
        let solved = factor.solve(&[0, 1], 2);
        for (row, coefficients) in full.iter().enumerate() {
            for intent in [0, 1] {
                let got: f64 = coefficients.iter().zip(&solved).map(|(a, x)| a * x[intent]).sum();
                let wanted = if row == intent { 1.0 } else { 0.0 };
                assert!((got - wanted).abs() < 1e-12, "{row} {intent} {got}");
            }
        }
        let whole = factor.solve(&[0, 1, 2], 3);
        for (n, value) in factor.inverse_diagonal().into_iter().enumerate() {
            assert!((value - whole[n][n]).abs() < 1e-12);
        }
    }
}
