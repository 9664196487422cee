//! The speech synthesis interface, spoken numbers and prompt keys.
