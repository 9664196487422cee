//! The time zones in which a number may be.

use call_model::PhoneNumber;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The zones of the countries and areas in which `number` may be; empty where its country code is unknown.
pub fn zones_of(number: &PhoneNumber) -> Vec<TimeZone> {
    let known = TimeZoneDatabase::bundled();
    zone_names(number).iter().filter_map(|name| known.get(name).ok()).collect()
}

/// The IANA names of the zones in which `number` may be.
pub fn zone_names(number: &PhoneNumber) -> Vec<&'static str> {
    let digits = number.digits();
    if digits.starts_with('1') { vec!["America/New_York", "America/Los_Angeles"] } else { vec![] }
}
