//! The time zones in which a number may be.
//!
//! A number tells a country, and in some countries an area; where an area lies in several zones, or a mobile number
//! says nothing of an area, all zones are meant, and a person may be called only when the hours are open in each.
//! People move and keep their numbers: this is the best that a number can tell, not where a telephone is.

mod countries;
mod north_america;

use call_model::PhoneNumber;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The zones in which `number` may be, at least one.
pub fn zones_of(number: &PhoneNumber) -> Vec<TimeZone> {
    let known = TimeZoneDatabase::bundled();
    let zones: Vec<TimeZone> = zone_names(number).iter().filter_map(|name| known.get(name).ok()).collect();
    if zones.is_empty() { vec![TimeZone::UTC] } else { zones }
}

/// The IANA names of the zones in which `number` may be, at least one.
///
/// A number of no country (satellite telephones, international freephone) may be anywhere: zones all around the world
/// are named, which no hours but those without a night have in common.
pub fn zone_names(number: &PhoneNumber) -> &'static [&'static str] {
    let digits = number.digits();
    match digits.strip_prefix('1') {
        Some(national) => north_america::zones(national),
        None => countries::zones(digits).unwrap_or(ANYWHERE),
    }
}

/// Zones all around the world.
const ANYWHERE: &[&str] = &[
    "Pacific/Honolulu",
    "America/Los_Angeles",
    "America/New_York",
    "Europe/London",
    "Asia/Dubai",
    "Asia/Shanghai",
    "Pacific/Auckland",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn names(number: &str) -> &'static [&'static str] {
        zone_names(&number.parse().unwrap())
    }

    #[test]
    fn a_number_tells_its_zones() {
        assert_eq!(names("+12125550123"), ["America/New_York"]);
        assert_eq!(names("+18085550123"), ["Pacific/Honolulu"]);
        assert_eq!(names("+18765550123"), ["America/Jamaica"]);
        assert_eq!(names("+18505550123"), ["America/New_York", "America/Chicago"]);
        assert_eq!(names("+442079460000"), ["Europe/London"]);
        assert_eq!(names("+8613912345678"), ["Asia/Shanghai"]);
        assert_eq!(names("+77011234567"), ["Asia/Almaty"]);
        assert_eq!(names("+74951234567"), ["Europe/Moscow"]);
        assert_eq!(names("+61291234567"), ["Australia/Sydney", "Australia/Lord_Howe"]);
        assert_eq!(names("+61889123456"), ["Australia/Darwin"]);
        assert!(names("+79161234567").len() > 8, "a Russian mobile may be anywhere in Russia");
    }

    #[test]
    fn a_new_area_code_may_be_anywhere_in_north_america() {
        assert!(names("+12995550123").contains(&"Pacific/Honolulu"));
        assert!(names("+12995550123").contains(&"America/St_Johns"));
    }

    #[test]
    fn a_satellite_telephone_may_be_anywhere() {
        assert_eq!(names("+881612345678"), ANYWHERE);
        assert_eq!(zones_of(&"+881612345678".parse().unwrap()).len(), ANYWHERE.len());
    }

    #[test]
    fn every_zone_that_is_named_exists() {
        let known = TimeZoneDatabase::bundled();
        let areas = (0..1000).map(|area| north_america::zones(&format!("{area:03}5550123")));
        for name in areas.chain(countries::all()).chain([ANYWHERE]).flatten() {
            assert!(known.get(name).is_ok(), "{name}");
        }
    }
}
