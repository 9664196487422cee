//! Settings as they are written, and what is wrong with them.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use dialer::{CampaignSettings, CampaignState, Retry};

fn read(yaml: &str) -> Result<CampaignSettings, String> {
    serde_saphyr::from_str(yaml).map_err(|error| error.to_string())
}

const LEAST: &str = "name: spring\nflow: offer\ntrunk: carrier\ncaller_id: '+12025550100'\n";

#[test]
fn the_least_settings_take_the_defaults() {
    let settings = read(LEAST).unwrap();
    let caller_id = "+12025550100".parse().unwrap();
    assert_eq!(settings, CampaignSettings::named("spring", "offer", "carrier", caller_id));
    assert_eq!(settings.ring_time, Duration::from_secs(25));
    assert_eq!(settings.problems(), []);
}

#[test]
fn every_key_is_read_and_written_again() {
    let settings = read(&format!(
        "{LEAST}region: gb\nattempts_per_second: 2.5\nat_once: 20\nring_time: 30s\n\
         calling_hours: {{ every_day: '10:00-18:00', sunday: closed }}\n\
         budget: {{ per_day: 2, min_gap: 2h, total: 4 }}\n\
         retry: {{ busy: 5m, no_answer: 1d 2h, rejected: never }}\n"
    ))
    .unwrap();
    assert_eq!(settings.region.map(|r| r.to_string()).as_deref(), Some("GB"));
    assert_eq!(settings.budget.min_gap, Duration::from_secs(7200));
    assert_eq!(settings.retry.busy, Retry::After(Duration::from_secs(300)));
    assert_eq!(settings.retry.no_answer, Retry::After(Duration::from_secs(26 * 3600)));
    assert_eq!(settings.problems(), []);
    let json = serde_json::to_string(&settings).unwrap();
    assert_eq!(serde_json::from_str::<CampaignSettings>(&json).unwrap(), settings);
    let yaml = serde_saphyr::to_string(&settings).unwrap();
    assert_eq!(read(&yaml).unwrap(), settings);
}

#[test]
fn what_is_wrong_is_told_with_its_key() {
    for (more, says) in [
        ("at_once: 0", "at_once: 0 is out of range"),
        ("attempts_per_second: 0", "attempts_per_second: 0 is out of range"),
        ("attempts_per_second: .nan", "attempts_per_second: NaN is out of range"),
        ("ring_time: 14s", "ring_time: 14s is out of range"),
        ("ring_time: 3m", "ring_time: 180s is out of range"),
        ("calling_hours: { every_day: closed }", "calling_hours: closed on every day"),
        ("budget: { per_day: 0 }", "budget.per_day: 0 is out of range"),
        ("retry: { busy: 1s }", "retry.busy: 1s is too soon"),
        ("retry: { busy: 9000h }", "retry.busy: is longer than 366 days"),
    ] {
        let problems = read(&format!("{LEAST}{more}\n")).unwrap_or_else(|e| panic!("{more}: {e}")).problems();
        assert_eq!(problems.len(), 1, "{more}");
        assert!(problems[0].to_string().starts_with(says), "{more}: {}", problems[0]);
    }
    let empty = CampaignSettings::named(" ", "", "", "+12025550100".parse().unwrap());
    assert_eq!(empty.problems().len(), 3);
}

#[test]
fn what_cannot_be_read_is_told() {
    for (more, says) in [
        ("at_one: 3", "at_one"),
        ("region: XX", "no country code"),
        ("retry: { busy: soon }", "no time to try again"),
        ("budget: { daily: 3 }", "daily"),
    ] {
        let error = read(&format!("{LEAST}{more}\n")).unwrap_err();
        assert!(error.contains(says), "{more}: {error}");
    }
    assert!(read("name: spring\nflow: offer\ntrunk: carrier\ncaller_id: '123'\n").unwrap_err().contains("E.164"));
}

#[test]
fn states_follow_on_each_other() {
    use CampaignState::*;
    let allowed = [
        (Draft, Running),
        (Running, Paused),
        (Running, Stopped),
        (Running, Finished),
        (Paused, Running),
        (Paused, Stopped),
        (Stopped, Running),
        (Finished, Running),
    ];
    for from in CampaignState::ALL {
        for to in CampaignState::ALL {
            assert_eq!(from.may_become(*to), allowed.contains(&(*from, *to)), "{from} to {to}");
        }
        assert_eq!(from.as_str().parse(), Ok(*from));
    }
}
