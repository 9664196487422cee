//! Opening hours and holidays.
//!
//! ```yaml
//! hours:
//!   service:                                        # `open.service` in conditions
//!     monday to friday: "08:00-12:00, 13:00-18:00"
//!     saturday: "09:00-13:00"
//!     holidays: ["12-25", "2027-04-02"]             # closed: every year, or on that day
//!     special: { "12-24": "08:00-12:00" }           # beats everything else
//! ```
//!
//! A day that is not named is closed. Hours that end before they begin end on the next day. The times are those of the
//! flow's zone. `hours: hours.yaml` names a file with the same, so that several flows share it.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time, Weekday};

use crate::nearest::nearest;
use crate::reading::Reading;
use crate::source::stays_inside;
use crate::yaml::{Content, Fields, Text, Tree, entries, list_of, parse, text};

/// When a place is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Hours {
    /// From Monday on.
    week: [Vec<Span>; 7],
    /// Days of their own; no spans for a holiday.
    days: BTreeMap<Day, Vec<Span>>,
}

/// Minutes from midnight: from, and until; the latter may lie on the next day.
type Span = (u16, u16);

/// A day of one year, or of every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Day {
    Once(Date),
    Yearly(i8, i8),
}

impl Hours {
    /// Whether it is open at a wall time.
    pub(crate) fn open_at(&self, at: DateTime) -> bool {
        let minute = minute_of(at.time());
        let within = |spans: &[Span], minute: u16| spans.iter().any(|(from, until)| (*from..*until).contains(&minute));
        let from_yesterday = at.date().yesterday().is_ok_and(|day| within(self.spans(day), minute + MINUTES));
        from_yesterday || within(self.spans(at.date()), minute)
    }

    fn spans(&self, date: Date) -> &[Span] {
        let own = self.days.get(&Day::Once(date)).or_else(|| self.days.get(&Day::Yearly(date.month(), date.day())));
        own.unwrap_or(&self.week[index(date.weekday())])
    }
}

/// Takes `hours`: all of them, by their names.
pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> BTreeMap<String, Hours> {
    let file = fields.file();
    let Some(tree) = fields.tree("hours") else { return BTreeMap::new() };
    if !matches!(tree.content, Content::Text(_)) {
        return read_all(file, tree, reading);
    }
    let Some(path) = text(file, tree, "hours", &mut reading.findings) else { return BTreeMap::new() };
    let source = Some(&path.text).filter(|path| stays_inside(path)).and_then(|path| reading.files.read(path));
    let Some(source) = source else {
        let fix = "write the name of a file in the flow's folder; it must be UTF-8";
        reading.findings.error(path.place, format!("the file `{}` cannot be read", path.text), fix);
        return BTreeMap::new();
    };
    let file = reading.source(&path.text, source.clone());
    parse(file, &source, &mut reading.findings).map(|tree| read_all(file, &tree, reading)).unwrap_or_default()
}

fn read_all(file: u32, tree: &Tree, reading: &mut Reading<'_>) -> BTreeMap<String, Hours> {
    let mut all = BTreeMap::new();
    for (name, tree) in entries(file, tree, "hours", &mut reading.findings).unwrap_or_default() {
        if reading.is_variable(&name) {
            all.insert(name.text.clone(), read_one(file, &name, tree, reading));
        }
    }
    all
}

fn read_one(file: u32, name: &Text, tree: &Tree, reading: &mut Reading<'_>) -> Hours {
    let mut hours = Hours::default();
    let what = format!("hours `{}`", name.text);
    for (key, tree) in entries(file, tree, &what, &mut reading.findings).unwrap_or_default() {
        match key.text.as_str() {
            "holidays" => {
                let items = match &tree.content {
                    Content::List(items) => items.iter().collect(),
                    _ => vec![tree],
                };
                for item in items {
                    let written = text(file, item, "holidays", &mut reading.findings);
                    let day = written.and_then(|written| read_day(&written, reading));
                    hours.days.extend(day.map(|day| (day, Vec::new())));
                }
            }
            "special" => {
                for (day, tree) in entries(file, tree, "special", &mut reading.findings).unwrap_or_default() {
                    let spans = read_spans(file, tree, reading);
                    hours.days.extend(read_day(&day, reading).map(|day| (day, spans)));
                }
            }
            _ => {
                let spans = read_spans(file, tree, reading);
                for day in read_weekdays(&key, reading) {
                    hours.week[day] = spans.clone();
                }
            }
        }
    }
    if hours.week.iter().all(Vec::is_empty) && !reading.findings.has_errors() {
        let fix = "add days and hours, such as `monday to friday: \"08:00-18:00\"`";
        reading.findings.warning(name.place, format!("{what} are never open"), fix);
    }
    hours
}

/// "monday", "monday to friday" or "every day", as indices from Monday on.
fn read_weekdays(key: &Text, reading: &mut Reading<'_>) -> Vec<usize> {
    let written = key.text.to_lowercase();
    if written.trim() == "every day" {
        return (0..7).collect();
    }
    let (from, to) = written.split_once(" to ").unwrap_or((&written, &written));
    let named = |day: &str| DAYS.iter().position(|known| *known == day.trim());
    let (Some(from), Some(to)) = (named(from), named(to)) else {
        let known = DAYS.iter().copied().chain(["every day", "holidays", "special"]);
        let fix = match nearest(&written, known) {
            Some(known) => format!("write `{known}`"),
            None => format!("write {}, `monday to friday`, `every day`, `holidays` or `special`", list_of(&DAYS)),
        };
        reading.findings.error(key.place, format!("there is no day `{}`", key.text), fix);
        return Vec::new();
    };
    let days = if from <= to { to - from } else { to + 7 - from };
    (0..=days).map(|day| (from + day) % 7).collect()
}

fn read_day(written: &Text, reading: &mut Reading<'_>) -> Option<Day> {
    let day = match written.text.parse::<Date>() {
        Ok(date) => Some(Day::Once(date)),
        // A leap year, so that the 29th of February is a day.
        Err(_) => format!("2000-{}", written.text).parse::<Date>().ok().map(|d| Day::Yearly(d.month(), d.day())),
    };
    if day.is_none() {
        let fix = "write \"2027-04-02\" for one year, or \"12-25\" for every year, in quotes";
        reading.findings.error(written.place, format!("`{}` is no day", written.text), fix);
    }
    day
}

/// "08:00-12:00, 13:00-18:00", a list of such, or "closed".
fn read_spans(file: u32, tree: &Tree, reading: &mut Reading<'_>) -> Vec<Span> {
    let items = match &tree.content {
        Content::List(items) => items.iter().collect(),
        _ => vec![tree],
    };
    let mut spans = Vec::new();
    for item in items {
        let Some(written) = text(file, item, "hours", &mut reading.findings) else { continue };
        if written.text.trim() == "closed" {
            continue;
        }
        for part in written.text.split(',') {
            match read_span(part) {
                Some(span) => spans.push(span),
                None => {
                    let fix = "write \"08:00-18:00\", \"08:00-12:00, 13:00-18:00\" or \"closed\"";
                    reading.findings.error(written.place, format!("`{}` are no hours", part.trim()), fix);
                }
            }
        }
    }
    spans
}

fn read_span(written: &str) -> Option<Span> {
    let (from, until) = written.split_once(['-', '–'])?;
    let (from, until) = (read_minute(from.trim())?, read_minute(until.trim())?);
    match from == until {
        true => None,
        false if until < from => Some((from, until + MINUTES)),
        false => Some((from, until)),
    }
}

fn read_minute(written: &str) -> Option<u16> {
    let (hour, minute) = written.split_once(':')?;
    if minute.len() != 2 {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (hour <= 24 && minute < 60 && total <= MINUTES).then_some(total)
}

fn minute_of(time: Time) -> u16 {
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}

fn index(day: Weekday) -> usize {
    usize::from(day.to_monday_zero_offset().unsigned_abs())
}

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// Minutes of a day.
const MINUTES: u16 = 24 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    fn hours() -> Hours {
        let mut hours = Hours::default();
        for day in 0..5 {
            hours.week[day] = vec![(8 * 60, 12 * 60), (13 * 60, 18 * 60)];
        }
        hours.week[5] = vec![read_span("22:00-02:00").unwrap()];
        hours.days.insert(Day::Yearly(12, 25), Vec::new());
        hours.days.insert(Day::Once("2026-12-24".parse().unwrap()), vec![(8 * 60, 12 * 60)]);
        hours
    }

    #[test]
    fn a_place_is_open_by_day_and_hour() {
        for (at, open) in [
            ("2026-11-23T08:00", true),
            ("2026-11-23T07:59", false),
            ("2026-11-23T12:00", false),
            ("2026-11-23T17:59", true),
            ("2026-11-22T10:00", false),
            ("2026-11-28T21:59", false),
            ("2026-11-28T23:00", true),
            ("2026-11-29T01:59", true),
            ("2026-11-29T02:00", false),
            ("2026-12-24T13:00", false),
            ("2026-12-24T11:00", true),
            ("2026-12-25T10:00", false),
            ("2028-12-25T10:00", false),
            ("2027-12-24T13:00", true),
        ] {
            assert_eq!(hours().open_at(at.parse().unwrap()), open, "{at}");
        }
    }

    #[test]
    fn hours_are_written_with_colons() {
        assert_eq!(read_span("00:00-24:00"), Some((0, MINUTES)));
        assert_eq!(read_span("9:30 – 12:00"), Some((570, 720)));
        for text in ["8-18", "08:00", "25:00-26:00", "08:00-08:00", "08:60-09:00", "24:30-25:00", ""] {
            assert_eq!(read_span(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_minute_of_a_day_that_is_never_closed_is_open(hour in 0i8..24, minute in 0i8..60, day in 1i8..29) {
            let mut always = Hours::default();
            always.week.iter_mut().for_each(|spans| spans.push((0, MINUTES)));
            proptest::prop_assert!(always.open_at(jiff::civil::date(2026, 2, day).at(hour, minute, 0, 0)));
        }
    }
}
