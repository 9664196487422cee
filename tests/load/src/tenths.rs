//! Certainty against truth: whether what is stated at 80 % is right in 80 of 100.

use crate::report::Row;

/// Statements by tenth of certainty.
#[derive(Debug, Default, Clone)]
pub struct Tenths([Tenth; 10]);

#[derive(Debug, Default, Clone, Copy)]
struct Tenth {
    /// The sum of what was stated, in percent.
    stated: f64,
    all: u32,
    right: u32,
}

/// A tenth's distance between what is stated and what is true, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap {
    /// The tenth, 0 to 9.
    pub tenth: usize,
    /// Stated less true, without its sign.
    pub points: f64,
    /// Statements in the tenth.
    pub count: u32,
}

impl Tenths {
    /// Counts a statement; `certainty` is from 0 to 100.
    pub fn count(&mut self, certainty: f64, right: bool) {
        let tenth = &mut self.0[((certainty / 10.0) as usize).min(9)];
        tenth.stated += certainty;
        tenth.all += 1;
        tenth.right += u32::from(right);
    }

    /// Takes over what another has counted.
    pub fn add(&mut self, other: &Self) {
        for (tenth, more) in self.0.iter_mut().zip(other.0) {
            tenth.stated += more.stated;
            tenth.all += more.all;
            tenth.right += more.right;
        }
    }

    /// The largest gap among the tenths that have at least so many statements.
    pub fn largest_gap(&self, least: u32) -> Option<Gap> {
        let counted = self.0.iter().enumerate().filter(|(_, tenth)| tenth.all >= least.max(1));
        let gaps = counted.map(|(index, tenth)| Gap {
            tenth: index,
            points: (tenth.stated / f64::from(tenth.all) - tenth.share()).abs(),
            count: tenth.all,
        });
        gaps.max_by(|a, b| a.points.total_cmp(&b.points))
    }

    /// Prints every tenth.
    pub fn print(&self) {
        println!("  certainty: stated, right, statements");
        for (index, tenth) in self.0.iter().enumerate().filter(|(_, tenth)| tenth.all > 0) {
            let stated = tenth.stated / f64::from(tenth.all);
            println!("    from {:2} %: {stated:5.1} %, {:5.1} %, {:4}", index * 10, tenth.share(), tenth.all);
        }
    }

    /// The row of the table. A tenth with fewer than thirty statements says too little to be judged; it is told all the same.
    pub fn row(&self, what: &str) -> Row {
        let judged = self.largest_gap(FEW);
        let all = self.largest_gap(1);
        let told = |gap: Option<Gap>| {
            gap.map_or_else(
                || "nothing was stated".to_owned(),
                |gap| format!("{:.1} points (from {} %, {} statements)", gap.points, gap.tenth * 10, gap.count),
            )
        };
        Row {
            what: format!("certainty, {what}: stated against true, per tenth"),
            reach: format!("within {WITHIN} points"),
            measured: told(judged),
            reached: judged.map(|gap| gap.points <= WITHIN),
            note: format!("the tenths of at least {FEW} statements are judged; the largest gap of all: {}", told(all)),
        }
    }
}

impl Tenth {
    /// The share that was right, in percent.
    fn share(self) -> f64 {
        f64::from(self.right) * 100.0 / f64::from(self.all.max(1))
    }
}

/// Statements that a tenth needs to be judged: with fewer, chance alone moves it by more than the goal.
const FEW: u32 = 30;
/// The goal, in points.
const WITHIN: f64 = 5.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_gap_is_found_among_tenths_that_say_enough() {
        let mut tenths = Tenths::default();
        for n in 0..100 {
            tenths.count(95.0, n < 92);
            tenths.count(82.0, n < 90);
        }
        tenths.count(100.0, true);
        tenths.count(35.0, true);
        let gap = tenths.largest_gap(50).unwrap();
        assert_eq!((gap.tenth, gap.count), (8, 100));
        assert!((gap.points - 8.0).abs() < 1e-9);
        assert_eq!(tenths.largest_gap(1).map(|gap| gap.tenth), Some(3), "65 points, of one statement");
        assert_eq!(tenths.row("x").reached, Some(false));
        assert_eq!(Tenths::default().row("x").reached, None);
    }
}
