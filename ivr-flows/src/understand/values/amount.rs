//! Numbers as they are said, exact to the last decimal.

use crate::value::parse_money;

/// A number with its decimals as they were said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Amount {
    pub(super) negative: bool,
    pub(super) whole: u64,
    pub(super) decimals: String,
}

impl Amount {
    pub(super) fn whole(whole: u64) -> Self {
        Self { whole, ..Self::default() }
    }

    /// Reads figures: `1205`, `42.10`.
    pub(super) fn figure(figure: &str) -> Option<Self> {
        let (whole, decimals) = figure.split_once('.').unwrap_or((figure, ""));
        let fits = decimals.bytes().all(|b| b.is_ascii_digit()) && whole.len() <= 15;
        let whole = whole.parse().ok().filter(|_| fits)?;
        Some(Self { negative: false, whole, decimals: decimals.to_owned() })
    }

    /// The number as many times; `None` where it grows beyond all sense.
    pub(super) fn times(&self, power_of_ten: u64) -> Option<Self> {
        let zeros = power_of_ten.to_string().len() - 1;
        let mut decimals = self.decimals.clone();
        while decimals.len() < zeros {
            decimals.push('0');
        }
        let rest = decimals.split_off(zeros);
        let moved = if decimals.is_empty() { 0 } else { decimals.parse::<u64>().ok()? };
        let whole = self.whole.checked_mul(power_of_ten)?.checked_add(moved)?;
        Some(Self { negative: self.negative, whole, decimals: rest })
    }

    pub(super) fn number(&self) -> Option<f64> {
        self.text().parse().ok().filter(|number: &f64| number.is_finite())
    }

    pub(super) fn hundredths(&self) -> Option<i64> {
        parse_money(&self.text())
    }

    fn text(&self) -> String {
        let minus = if self.negative { "-" } else { "" };
        let point = if self.decimals.is_empty() { "" } else { "." };
        format!("{minus}{}{point}{}", self.whole, self.decimals)
    }
}
