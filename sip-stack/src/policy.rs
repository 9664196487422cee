//! Who is let in, and how much.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::{Duration, Instant};

/// A network such as `192.0.2.0/24`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRange {
    network: IpAddr,
    prefix: u8,
}

/// A text that is no address range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an address range; write an address such as 192.0.2.7 or a network such as 192.0.2.0/24")]
pub struct ParseAddressRangeError(String);

impl AddressRange {
    /// Whether the address lies in it. An IPv4 address mapped into IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                same_prefix(network.to_bits().into(), address.to_bits().into(), 32, self.prefix)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                same_prefix(network.to_bits(), address.to_bits(), 128, self.prefix)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl From<IpAddr> for AddressRange {
    fn from(network: IpAddr) -> Self {
        Self { network, prefix: if network.is_ipv4() { 32 } else { 128 } }
    }
}

impl FromStr for AddressRange {
    type Err = ParseAddressRangeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseAddressRangeError(text.to_owned());
        let Some((network, prefix)) = text.split_once('/') else {
            return text.parse::<IpAddr>().map(Self::from).map_err(|_| error());
        };
        let network: IpAddr = network.parse().map_err(|_| error())?;
        let prefix: u8 = prefix.parse().map_err(|_| error())?;
        let longest = if network.is_ipv4() { 32 } else { 128 };
        if prefix <= longest { Ok(Self { network, prefix }) } else { Err(error()) }
    }
}

/// How much is let in, and how large the tables may grow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Legs at once, both ways, those that only wait for their last timers not counted.
    pub legs: usize,
    /// New incoming calls a second, over time.
    pub calls_per_second: u32,
    /// New incoming calls that may come at once.
    pub burst: u32,
    /// Seconds for `Retry-After` of the 503 beyond these limits.
    pub retry_after: u32,
    /// Transactions at once, those that only absorb repetitions included. Beyond it requests get 503.
    pub transactions: usize,
    /// TCP connections at once. Beyond it new ones are closed.
    pub connections: usize,
    /// The longest body in bytes; beyond it 413.
    pub body: usize,
    /// The longest message on a stream in bytes; beyond it the connection is closed.
    pub message: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            legs: 5_000,
            calls_per_second: 1_000,
            burst: 200,
            retry_after: 5,
            transactions: 200_000,
            connections: 10_000,
            body: 64 * 1024,
            message: 128 * 1024,
        }
    }
}

/// A bucket of tokens that fills with time: how many may come at once, and how many a second.
#[derive(Debug, Clone)]
pub struct RateLimit {
    per_second: f64,
    burst: f64,
    tokens: f64,
    filled: Instant,
}

impl RateLimit {
    /// A full bucket.
    pub fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        let burst = f64::from(burst.max(1));
        Self { per_second: f64::from(per_second), burst, tokens: burst, filled: now }
    }

    /// Takes one token, if there is one.
    pub fn take(&mut self, now: Instant) -> bool {
        let passed: Duration = now.saturating_duration_since(self.filled);
        self.filled = now;
        self.tokens = (self.tokens + passed.as_secs_f64() * self.per_second).min(self.burst);
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}

/// Whether a `User-Agent` is that of a scanner. `scanners` are in lower case.
pub(crate) fn is_scanner(user_agent: &str, scanners: &[String]) -> bool {
    let user_agent = user_agent.to_ascii_lowercase();
    scanners.iter().any(|scanner| user_agent.contains(scanner.as_str()))
}

fn same_prefix(a: u128, b: u128, width: u32, prefix: u8) -> bool {
    let kept = width - u32::from(prefix);
    (a ^ b).checked_shr(kept).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_their_addresses() {
        for (range, inside, outside) in [
            ("192.0.2.0/24", "192.0.2.255", "192.0.3.0"),
            ("192.0.2.7", "::ffff:192.0.2.7", "192.0.2.8"),
            ("0.0.0.0/0", "203.0.113.9", "2001:db8::1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
        ] {
            let range: AddressRange = range.parse().unwrap();
            assert!(range.contains(inside.parse().unwrap()), "{inside}");
            assert!(!range.contains(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn a_wrong_range_says_what_to_write() {
        for text in ["", "192.0.2.0/33", "192.0.2/24", "example.com", "::1/129"] {
            let error = text.parse::<AddressRange>().unwrap_err();
            assert!(error.to_string().contains("192.0.2.0/24"), "{text}");
        }
    }

    #[test]
    #[allow(clippy::disallowed_methods)]
    fn the_rate_holds_over_time() {
        let start = Instant::now();
        let mut limit = RateLimit::new(10, 3, start);
        assert_eq!((0..5).filter(|_| limit.take(start)).count(), 3);
        let taken = (1..=100).filter(|n| limit.take(start + Duration::from_millis(n * 10))).count();
        assert!((9..=10).contains(&taken), "{taken}");
    }

    #[test]
    fn scanners_are_known_by_name() {
        let scanners = vec!["friendly-scanner".to_owned()];
        assert!(is_scanner("Friendly-Scanner 1.0", &scanners));
        assert!(!is_scanner("Linphone/5.1", &scanners));
    }
}
