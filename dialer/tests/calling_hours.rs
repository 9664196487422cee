//! When people may be called: at the edges, over several zones, on days when clocks are moved.
#![allow(clippy::unwrap_used)]

use dialer::{CallingHours, DayHours, HoursVerdict};
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

fn zones(names: &[&str]) -> Vec<TimeZone> {
    let known = jiff::tz::TimeZoneDatabase::bundled();
    names.iter().map(|name| known.get(name).unwrap()).collect()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn hours(text: &str) -> CallingHours {
    CallingHours::every_day(text.parse().unwrap())
}

fn not_before(text: &str) -> HoursVerdict {
    HoursVerdict::NotBefore(Some(at(text)))
}

#[test]
fn the_hours_begin_and_end_to_the_minute() {
    let hours = CallingHours::default();
    let london = zones(&["Europe/London"]);
    assert_eq!(hours.may_call(at("2026-01-14T08:59:59.999Z"), &london), not_before("2026-01-14T09:00:00Z"));
    assert_eq!(hours.may_call(at("2026-01-14T09:00:00Z"), &london), HoursVerdict::Open);
    assert_eq!(hours.may_call(at("2026-01-14T19:59:59.999Z"), &london), HoursVerdict::Open);
    assert_eq!(hours.may_call(at("2026-01-14T20:00:00Z"), &london), not_before("2026-01-15T09:00:00Z"));
}

#[test]
fn a_person_who_may_be_in_several_zones_is_called_when_all_are_open() {
    let hours = CallingHours::default();
    let either = zones(&["America/New_York", "America/Chicago"]);
    // 09:30 in New York, 08:30 in Chicago.
    assert_eq!(hours.may_call(at("2026-01-14T14:30:00Z"), &either), not_before("2026-01-14T15:00:00Z"));
    assert_eq!(hours.may_call(at("2026-01-14T15:00:00Z"), &either), HoursVerdict::Open);
    // 20:00 in New York, 19:00 in Chicago.
    assert_eq!(hours.may_call(at("2026-01-15T01:00:00Z"), &either), not_before("2026-01-15T15:00:00Z"));
}

#[test]
fn zones_whose_hours_never_meet_are_told() {
    let hours = CallingHours::default();
    let far = zones(&["Pacific/Honolulu", "Europe/London"]);
    // 20:00 in London is 10:00 in Honolulu in winter: the hours meet in no minute but from 19:00 UTC.
    assert_eq!(hours.may_call(at("2026-01-14T12:00:00Z"), &far), not_before("2026-01-14T19:00:00Z"));
    let farther = zones(&["Pacific/Honolulu", "Africa/Nairobi"]);
    assert_eq!(hours.may_call(at("2026-01-14T12:00:00Z"), &farther), HoursVerdict::NotBefore(None));
    assert_eq!(CallingHours::always().may_call(at("2026-01-14T12:00:00Z"), &farther), HoursVerdict::Open);
}

#[test]
fn clocks_are_put_forward() {
    let london = zones(&["Europe/London"]);
    // 29 March 2026, 01:00 UTC: 01:00 becomes 02:00.
    let default = CallingHours::default();
    assert_eq!(default.may_call(at("2026-03-28T20:00:00Z"), &london), not_before("2026-03-29T08:00:00Z"));
    // The clock never shows 01:30: the hours begin when it jumps over it.
    let night = hours("01:30-04:00");
    assert_eq!(night.may_call(at("2026-03-29T00:30:00Z"), &london), not_before("2026-03-29T01:00:00Z"));
    assert_eq!(night.may_call(at("2026-03-29T02:59:59Z"), &london), HoursVerdict::Open);
    assert_eq!(night.may_call(at("2026-03-29T03:00:00Z"), &london), not_before("2026-03-30T00:30:00Z"));
    // Hours that are skipped as a whole do not begin on this day.
    let skipped = hours("01:10-01:50");
    assert_eq!(skipped.may_call(at("2026-03-29T00:59:59Z"), &london), not_before("2026-03-30T00:10:00Z"));
}

#[test]
fn clocks_are_put_back() {
    let new_york = zones(&["America/New_York"]);
    // 1 November 2026, 06:00 UTC: 02:00 becomes 01:00, and 01:00 to 02:00 is shown twice.
    let night = hours("01:30-03:00");
    assert_eq!(night.may_call(at("2026-11-01T05:29:59Z"), &new_york), not_before("2026-11-01T05:30:00Z"));
    assert_eq!(night.may_call(at("2026-11-01T05:45:00Z"), &new_york), HoursVerdict::Open);
    assert_eq!(night.may_call(at("2026-11-01T06:00:00Z"), &new_york), not_before("2026-11-01T06:30:00Z"));
    assert_eq!(night.may_call(at("2026-11-01T06:30:00Z"), &new_york), HoursVerdict::Open);
    assert_eq!(night.may_call(at("2026-11-01T08:00:00Z"), &new_york), not_before("2026-11-02T06:30:00Z"));
    let default = CallingHours::default();
    assert_eq!(default.may_call(at("2026-11-01T13:59:59Z"), &new_york), not_before("2026-11-01T14:00:00Z"));
}

#[test]
fn days_have_hours_of_their_own() {
    let hours = CallingHours::default()
        .with_day(Weekday::Saturday, "10:00-13:00, 15:00-18:00".parse().unwrap())
        .with_day(Weekday::Sunday, DayHours::default());
    let tokyo = zones(&["Asia/Tokyo"]);
    // Saturday 17 January 2026, 13:00 in Tokyo.
    assert_eq!(hours.may_call(at("2026-01-17T04:00:00Z"), &tokyo), not_before("2026-01-17T06:00:00Z"));
    // Saturday 18:00: Monday 09:00.
    assert_eq!(hours.may_call(at("2026-01-17T09:00:00Z"), &tokyo), not_before("2026-01-19T00:00:00Z"));
    // In UTC it is still Sunday.
    assert_eq!(hours.may_call(at("2026-01-18T23:59:59Z"), &tokyo), not_before("2026-01-19T00:00:00Z"));
}

#[test]
fn hours_are_written_and_read() {
    let read = |yaml: &str| serde_saphyr::from_str::<CallingHours>(yaml);
    let hours = read("{ every_day: '08:00-21:00', saturday: '10:00-13:00, 15:00-18:00', sunday: closed }").unwrap();
    assert_eq!(hours.on(Weekday::Monday).to_string(), "08:00-21:00");
    assert_eq!(hours.on(Weekday::Saturday).to_string(), "10:00-13:00, 15:00-18:00");
    assert_eq!(hours.on(Weekday::Sunday).to_string(), "closed");
    assert_eq!(read("{ sunday: closed }").unwrap().on(Weekday::Monday).to_string(), "09:00-20:00");
    assert_eq!(serde_json::from_str::<CallingHours>(&serde_json::to_string(&hours).unwrap()).unwrap(), hours);
    for (wrong, says) in [
        ("{ monday: '9-17' }", "no span of hours"),
        ("{ monday: '09:00-25:00' }", "no span of hours"),
        ("{ monday: '22:00-02:00' }", "ends before it begins"),
        ("{ monday: '09:00-12:00, 11:00-13:00' }", "overlap"),
        ("{ mondays: closed }", "mondays"),
    ] {
        let error = read(wrong).unwrap_err().to_string();
        assert!(error.contains(says), "{wrong}: {error}");
    }
    assert!("00:00-24:00".parse::<DayHours>().is_ok());
}

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/London",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "America/Sao_Paulo",
];

fn some_hours() -> impl Strategy<Value = CallingHours> {
    let day = (0u32..1440, 1u32..1440).prop_map(|(from, length)| {
        let until = (from + length).min(1440);
        format!("{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
    });
    let day = prop_oneof![4 => day, 1 => Just("closed".to_owned())];
    proptest::collection::vec(day, 7).prop_map(|days| {
        let week = [
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
            Weekday::Saturday,
            Weekday::Sunday,
        ];
        week.into_iter().zip(days).fold(CallingHours::default(), |h, (day, t)| h.with_day(day, t.parse().unwrap()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// What is said to be the next open instant is open, and no minute before it is.
    #[test]
    fn the_next_open_instant_is_the_first(
        hours in some_hours(),
        zone_numbers in proptest::collection::btree_set(0..ZONES.len(), 1..3),
        // Around the days on which these zones move their clocks, and any other.
        start in prop_oneof![
            Just("2026-03-07T00:00:00Z"), Just("2026-03-28T00:00:00Z"), Just("2026-04-04T00:00:00Z"),
            Just("2026-10-03T00:00:00Z"), Just("2026-10-24T00:00:00Z"), Just("2026-10-31T00:00:00Z"),
            Just("2026-06-10T00:00:00Z"),
        ],
        seconds in 0i64..200_000,
    ) {
        let names: Vec<&str> = zone_numbers.into_iter().map(|n| ZONES[n]).collect();
        let zones = zones(&names);
        let now = at(start) + SignedDuration::from_secs(seconds);
        let HoursVerdict::NotBefore(next) = hours.may_call(now, &zones) else { return Ok(()) };
        let end = next.unwrap_or(now + SignedDuration::from_hours(24 * 15));
        if let Some(next) = next {
            prop_assert!(next > now);
            prop_assert_eq!(hours.may_call(next, &zones), HoursVerdict::Open);
        }
        let mut between = now + SignedDuration::from_mins(1);
        while between < end {
            let open = hours.is_open(between, &zones);
            prop_assert!(!open, "open at {} already, not only at {}", between, end);
            between += SignedDuration::from_mins(7);
        }
    }
}
