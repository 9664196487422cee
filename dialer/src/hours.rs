//! When people may be called, by their own clocks.

use std::fmt;
use std::sync::Arc;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The hours of a week in which people may be called: 09:00 to 20:00 on every day by default.
///
/// Written as `{ every_day: "09:00-20:00", saturday: "10:00-13:00, 15:00-18:00", sunday: closed }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenHours", into = "WrittenHours")]
pub struct CallingHours {
    /// Monday first. Shared, since each reservation carries them.
    days: Arc<[DayHours; 7]>,
}

/// The hours of one day, in order and apart from each other. Empty is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DayHours(Vec<Window>);

/// From one minute of the day to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    /// The first minute in which one may call.
    from: u16,
    /// The first minute in which one may not; up to 1440.
    until: u16,
}

/// Whether a person may be called now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoursVerdict {
    /// Yes, in every zone where the person may be.
    Open,
    /// Not before this instant; `None` where the hours of the zones have no minute in common within three weeks.
    NotBefore(Option<Timestamp>),
}

/// How far ahead the next open minute is looked for.
const DAYS_AHEAD: i32 = 21;
const MINUTES_OF_DAY: u16 = 24 * 60;

impl Default for CallingHours {
    fn default() -> Self {
        Self::every_day(DayHours(vec![Window { from: 9 * 60, until: 20 * 60 }]))
    }
}

impl CallingHours {
    /// The same hours on every day.
    pub fn every_day(hours: DayHours) -> Self {
        Self { days: Arc::new(std::array::from_fn(|_| hours.clone())) }
    }

    /// Every minute of the week: for tests and for lists of one's own telephones.
    pub fn always() -> Self {
        Self::every_day(DayHours(vec![Window { from: 0, until: MINUTES_OF_DAY }]))
    }

    /// The same, with other hours on one day.
    pub fn with_day(mut self, day: Weekday, hours: DayHours) -> Self {
        Arc::make_mut(&mut self.days)[index_of(day)] = hours;
        self
    }

    /// The hours of one day.
    pub fn on(&self, day: Weekday) -> &DayHours {
        &self.days[index_of(day)]
    }

    /// Whether there is any open minute.
    pub fn any(&self) -> bool {
        self.days.iter().any(|day| !day.0.is_empty())
    }

    /// Asks whether a person whose clock is that of one of `zones` may be called at `now`: only where all of these
    /// clocks are inside the hours. Hours that a clock skips or repeats when it is put forward or back are taken as
    /// the clock shows them.
    pub fn may_call(&self, now: Timestamp, zones: &[TimeZone]) -> HoursVerdict {
        if self.is_open(now, zones) {
            return HoursVerdict::Open;
        }
        let mut beginnings: Vec<Timestamp> = zones.iter().flat_map(|zone| self.beginnings(now, zone)).collect();
        beginnings.sort_unstable();
        beginnings.dedup();
        HoursVerdict::NotBefore(beginnings.into_iter().find(|at| self.is_open(*at, zones)))
    }

    /// Whether the hours are open at an instant by the clocks of all of `zones`.
    pub fn is_open(&self, at: Timestamp, zones: &[TimeZone]) -> bool {
        zones.iter().all(|zone| {
            let clock = zone.to_datetime(at);
            let minute = clock.hour() as u16 * 60 + clock.minute() as u16;
            self.on(clock.date().weekday()).0.iter().any(|w| (w.from..w.until).contains(&minute))
        })
    }

    /// The instants after `now` at which the hours may begin by the clock of `zone`: the beginnings of its windows,
    /// each twice where the clock shows it twice, and the instants at which the clock is moved.
    fn beginnings(&self, now: Timestamp, zone: &TimeZone) -> Vec<Timestamp> {
        let today = zone.to_datetime(now).date();
        let horizon = now.checked_add(SignedDuration::from_hours(24 * i64::from(DAYS_AHEAD))).unwrap_or(Timestamp::MAX);
        let moved = zone.following(now).map(|t| t.timestamp()).take_while(|at| *at <= horizon).take(100);
        let mut found: Vec<Timestamp> = moved.collect();
        for date in (0..=DAYS_AHEAD).filter_map(|n| today.checked_add(jiff::Span::new().days(n)).ok()) {
            for window in &self.on(date.weekday()).0 {
                found.extend(instants_of(date, window.from, zone).into_iter().flatten().filter(|at| *at > now));
            }
        }
        found
    }
}

/// Both instants at which the clock of `zone` shows this minute of this date; they are one on most days.
fn instants_of(date: Date, minute: u16, zone: &TimeZone) -> [Option<Timestamp>; 2] {
    let shown = date.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
    let earlier = zone.to_ambiguous_timestamp(shown).earlier().ok();
    let later = zone.to_ambiguous_timestamp(shown).later().ok();
    [earlier, later]
}

fn index_of(day: Weekday) -> usize {
    day.to_monday_zero_offset() as usize
}

/// A text that says no hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseHoursError {
    /// Not a window.
    #[error("{0:?} is no span of hours; write \"09:00-20:00\", several with commas, or closed")]
    NotAWindow(String),
    /// The window ends before it begins.
    #[error("{0:?} ends before it begins; for hours past midnight write two: \"00:00-02:00, 20:00-24:00\"")]
    Backwards(String),
    /// Two windows of a day overlap or are out of order.
    #[error("{0:?}: the spans overlap or are out of order")]
    Overlap(String),
}

impl TryFrom<String> for DayHours {
    type Error = ParseHoursError;
    fn try_from(text: String) -> Result<Self, ParseHoursError> {
        if text.trim().eq_ignore_ascii_case("closed") {
            return Ok(Self::default());
        }
        let windows = text.split(',').map(parse_window).collect::<Result<Vec<_>, _>>()?;
        if windows.windows(2).any(|pair| pair[0].until > pair[1].from) {
            return Err(ParseHoursError::Overlap(text));
        }
        Ok(Self(windows))
    }
}

fn parse_window(text: &str) -> Result<Window, ParseHoursError> {
    let not_a_window = || ParseHoursError::NotAWindow(text.trim().to_owned());
    let (from, until) = text.split_once(['-', '–']).ok_or_else(not_a_window)?;
    let from = parse_minute(from).ok_or_else(not_a_window)?;
    let until = parse_minute(until).ok_or_else(not_a_window)?;
    if from >= until {
        return Err(ParseHoursError::Backwards(text.trim().to_owned()));
    }
    Ok(Window { from, until })
}

fn parse_minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let plain = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !plain(hour) || minute.len() != 2 || !plain(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute < 60 && hour * 60 + minute <= MINUTES_OF_DAY).then_some(hour * 60 + minute)
}

impl std::str::FromStr for DayHours {
    type Err = ParseHoursError;
    fn from_str(text: &str) -> Result<Self, ParseHoursError> {
        text.to_owned().try_into()
    }
}

impl fmt::Display for DayHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("closed");
        }
        for (n, Window { from, until }) in self.0.iter().enumerate() {
            let comma = if n == 0 { "" } else { ", " };
            write!(f, "{comma}{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)?;
        }
        Ok(())
    }
}

impl From<DayHours> for String {
    fn from(hours: DayHours) -> String {
        hours.to_string()
    }
}

/// The hours as they are written: a day of its own goes before `every_day`, which goes before the default.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenHours {
    #[serde(skip_serializing_if = "Option::is_none")]
    every_day: Option<DayHours>,
    #[serde(skip_serializing_if = "Option::is_none")]
    monday: Option<DayHours>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tuesday: Option<DayHours>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wednesday: Option<DayHours>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thursday: Option<DayHours>,
    #[serde(skip_serializing_if = "Option::is_none")]
    friday: Option<DayHours>,
    #[serde(skip_serializing_if = "Option::is_none")]
    saturday: Option<DayHours>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sunday: Option<DayHours>,
}

impl From<WrittenHours> for CallingHours {
    fn from(w: WrittenHours) -> Self {
        let rest = w.every_day.map_or_else(Self::default, Self::every_day);
        let days = [w.monday, w.tuesday, w.wednesday, w.thursday, w.friday, w.saturday, w.sunday];
        let mut rest = rest.days.iter().cloned();
        Self { days: Arc::new(days.map(|day| day.or(rest.next()).unwrap_or_default())) }
    }
}

impl From<CallingHours> for WrittenHours {
    fn from(hours: CallingHours) -> Self {
        let every_day = Some(hours.days[0].clone());
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] =
            Arc::unwrap_or_clone(hours.days).map(Some);
        let differs = |day: Option<DayHours>| if day == every_day { None } else { day };
        Self {
            monday: differs(monday),
            tuesday: differs(tuesday),
            wednesday: differs(wednesday),
            thursday: differs(thursday),
            friday: differs(friday),
            saturday: differs(saturday),
            sunday: differs(sunday),
            every_day,
        }
    }
}
