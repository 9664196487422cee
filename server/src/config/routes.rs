//! Which flow answers which number.

use std::path::PathBuf;

use serde::Deserialize;

/// A route. The first that fits is taken.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteConfig {
    /// The dialled number or user; `*` at the end stands for anything further, `*` alone for everything.
    pub number: String,
    /// The flow's file.
    pub flow: PathBuf,
}

impl RouteConfig {
    /// Whether the route is for a dialled number.
    pub fn fits(&self, dialled: &str) -> bool {
        match self.number.strip_suffix('*') {
            Some(start) => dialled.starts_with(start),
            None => dialled == self.number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_the_rest() {
        let route = |number: &str| RouteConfig { number: number.to_owned(), flow: PathBuf::new() };
        assert!(route("100").fits("100") && !route("100").fits("1001"));
        assert!(route("1*").fits("1001") && route("*").fits("") && !route("2*").fits("1001"));
    }
}
